package transport

import (
	"context"
	"net"
	"sync"

	"example.com/khp/transport/internal/sock"
)

// tracker knows the connections of a server, so that they can be ended. One connection may be known to two: a [Server] and its [Handler].
type tracker struct {
	mu     sync.Mutex
	live   map[*tracked]struct{}
	ending bool
	idle   chan struct{} // closed when ending and none is left
}

// tracked is one of them.
type tracked struct {
	cancel   context.CancelFunc
	passedOn bool // it is somebody else's now

	mu      sync.Mutex // guards the rest
	nc      net.Conn   // once taken over
	loop    *loop      // while hands are shaken
	conn    *Conn      // once open
	unheard bool       // the client has not asked for anything yet
	ending  bool
	dropped bool
}

// newTracked makes what trackers know of a connection, and the context that they end.
func newTracked(ctx context.Context) (context.Context, *tracked) {
	e := &tracked{}
	ctx, e.cancel = context.WithCancel(ctx)
	return ctx, e
}

// connected makes nc what is dropped when there is no more time. Unheard means that reading is all that is done with it until heard is called: end breaks that off.
func (e *tracked) connected(nc net.Conn, unheard bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.nc, e.unheard = nc, unheard
	if e.dropped || e.ending && unheard {
		sock.Abort(nc)
	}
}

func (e *tracked) heard() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.unheard = false
}

// shaking makes d hear of the end of the context; nil hears nothing.
func (e *tracked) shaking(d *loop) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.loop = d
	if d != nil && e.ending {
		d.interrupt()
	}
}

// opened makes conn the way to end e.
func (e *tracked) opened(conn *Conn) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.conn = conn
	if e.ending {
		goAway(conn)
	}
}

// end asks the connection to come to its end.
func (e *tracked) end() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.ending {
		return
	}
	e.ending = true
	e.cancel()
	switch {
	case e.conn != nil:
		e.conn.homeEnds()
		goAway(e.conn)
	case e.loop != nil:
		e.loop.interrupt()
	case e.unheard:
		sock.Abort(e.nc)
	}
}

// drop ends it by force.
func (e *tracked) drop() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.dropped = true
	if e.nc != nil {
		sock.Abort(e.nc)
	}
}

func goAway(conn *Conn) { go func() { _ = conn.Close(CloseGoingAway, "") }() }

// add registers a connection, unless the server is being shut down. Where there is no tracker, nothing is registered.
func (t *tracker) add(e *tracked) bool {
	if t == nil {
		return true
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ending {
		return false
	}
	if t.live == nil {
		t.live = make(map[*tracked]struct{})
	}
	t.live[e] = struct{}{}
	return true
}

// remove forgets a connection, if it knows it.
func (t *tracker) remove(e *tracked) {
	e.cancel()
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

func (t *tracker) count() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.live)
}

// shutdown asks all connections to end and waits for that.
func (t *tracker) shutdown(ctx context.Context) error {
	t.mu.Lock()
	if !t.ending {
		t.ending, t.idle = true, make(chan struct{})
		if len(t.live) == 0 {
			close(t.idle)
		}
		for e := range t.live {
			e.end()
		}
	}
	t.mu.Unlock()
	select {
	case <-t.idle:
		return nil
	case <-ctx.Done():
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for e := range t.live {
		e.drop()
	}
	return ctx.Err()
}
