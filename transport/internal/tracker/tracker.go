// Package tracker knows the connections of a server, so that they can be ended.
package tracker

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"

	"example.com/khp/transport/internal/sock"
)

// Tracker knows the connections of one server, or of one of its parts: a connection may be known to
// two. The zero value knows none.
type Tracker struct {
	mu     sync.Mutex
	live   map[*Entry]struct{}
	ending bool
	idle   chan struct{} // closed when ending and none is left
}

// Entry is the state that trackers keep of a connection. Begin makes it.
type Entry struct {
	cancel context.CancelCauseFunc

	mu      sync.Mutex // guards the rest
	nc      net.Conn   // once taken over
	ender   Ender
	unheard bool // the client has not asked for anything yet
	ending  bool
	dropped bool
}

// Ender ends a connection in the way that its state asks for. It is called at most once, and must
// not wait.
type Ender interface{ Interrupt() }

// Begin returns the context of the connection, which is ended with it.
func (e *Entry) Begin(ctx context.Context) context.Context {
	ctx, e.cancel = context.WithCancelCause(ctx)
	return ctx
}

// CancelFunc returns the function that ends the context.
func (e *Entry) CancelFunc() context.CancelCauseFunc { return e.cancel }

// Connected makes nc the connection that is dropped when there is no more time. unheard means that
// it is only read until Heard is called: the end breaks that off.
func (e *Entry) Connected(nc net.Conn, unheard bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.nc, e.unheard = nc, unheard
	if e.dropped || e.ending && unheard {
		sock.Abort(nc)
	}
}

// Heard reports that the client has sent a request.
func (e *Entry) Heard() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.unheard = false
}

// EndBy makes x hear of the end of the context, at once if that is over; nil hears nothing.
func (e *Entry) EndBy(x Ender) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.ender = x
	if x != nil && e.ending {
		x.Interrupt()
	}
}

// end asks the connection to come to its end.
func (e *Entry) end() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.ending {
		return
	}
	e.ending = true
	e.cancel(http.ErrServerClosed)
	switch {
	case e.ender != nil:
		e.ender.Interrupt()
	case e.unheard:
		sock.Abort(e.nc)
	}
}

// silent reports whether the client has not asked for anything yet.
func (e *Entry) silent() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.unheard
}

// drop ends it by force.
func (e *Entry) drop() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.dropped = true
	if e.nc != nil {
		sock.Abort(e.nc)
	}
}

// Add registers a connection, unless the server is being shut down. Where there is no tracker,
// nothing is registered.
func (t *Tracker) Add(e *Entry) bool {
	if t == nil {
		return true
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ending {
		return false
	}
	if t.live == nil {
		t.live = make(map[*Entry]struct{})
	}
	t.live[e] = struct{}{}
	return true
}

// Remove forgets a connection, if it knows it.
func (t *Tracker) Remove(e *Entry) {
	e.cancel(nil)
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.live[e]; !ok {
		return
	}
	delete(t.live, e)
	if t.ending && len(t.live) == 0 {
		close(t.idle)
	}
}

// Count returns how many there are.
func (t *Tracker) Count() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.live)
}

// Shutdown asks all connections to end, those that have asked for something one after another over
// that time, and waits until they have ended.
func (t *Tracker) Shutdown(ctx context.Context, over time.Duration) error {
	t.mu.Lock()
	var rest []*Entry
	if !t.ending {
		t.ending, t.idle = true, make(chan struct{})
		if len(t.live) == 0 {
			close(t.idle)
		}
		for e := range t.live { // in no order, so that no kind of client comes first
			if over <= 0 || e.silent() {
				e.end()
			} else {
				rest = append(rest, e)
			}
		}
	}
	t.mu.Unlock()
	if t.endAll(ctx, rest, over) {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for e := range t.live {
		e.drop()
	}
	return ctx.Err()
}

// endAll asks the connections of a list to end, and reports whether all have ended before ctx.
func (t *Tracker) endAll(ctx context.Context, list []*Entry, over time.Duration) bool {
	begin := time.Now()
	for i, e := range list {
		select {
		case <-time.After(time.Until(begin.Add(over * time.Duration(i) / time.Duration(len(list))))):
		case <-t.idle:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			return t.allEnded()
		}
		t.mu.Lock()
		if _, ok := t.live[e]; ok {
			e.end()
		}
		t.mu.Unlock()
	}
	select {
	case <-t.idle:
	case <-ctx.Done():
	}
	return t.allEnded()
}

// allEnded reports whether no connection is left of a tracker that is shut down: also if the time
// for that ended at the same moment.
func (t *Tracker) allEnded() bool {
	select {
	case <-t.idle:
		return true
	default:
		return false
	}
}
