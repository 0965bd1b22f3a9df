package transport

import (
	"context"
	"net"
	"sync"
)

// tracker knows the connections of a server, so that they can be ended.
type tracker struct {
	mu      sync.Mutex
	live    map[*tracked]struct{}
	ending  bool
	dropped bool          // what was left has been dropped
	idle    chan struct{} // closed when ending and none is left
}

// tracked is one of them.
type tracked struct {
	owner  *tracker
	nc     net.Conn // once taken over
	conn   *Conn    // once open
	cancel context.CancelFunc
}

// add registers a connection. ok is false if the server is being shut down.
func (t *tracker) add(ctx context.Context) (_ context.Context, e *tracked, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ending {
		return ctx, nil, false
	}
	if t.live == nil {
		t.live = make(map[*tracked]struct{})
	}
	ctx, cancel := context.WithCancel(ctx)
	e = &tracked{owner: t, cancel: cancel}
	t.live[e] = struct{}{}
	return ctx, e, true
}

// connected makes nc what is dropped when there is no more time.
func (e *tracked) connected(nc net.Conn) {
	e.owner.mu.Lock()
	defer e.owner.mu.Unlock()
	e.nc = nc
	if e.owner.dropped {
		abort(nc)
	}
}

// opened makes conn the way to end e.
func (e *tracked) opened(conn *Conn) {
	e.owner.mu.Lock()
	defer e.owner.mu.Unlock()
	e.conn = conn
	if e.owner.ending {
		go func() { _ = conn.Close(CloseGoingAway, "") }()
	}
}

func (t *tracker) remove(e *tracked) {
	e.cancel()
	t.mu.Lock()
	defer t.mu.Unlock()
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
			e.cancel()
			if e.conn != nil {
				go func() { _ = e.conn.Close(CloseGoingAway, "") }()
			}
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
	t.dropped = true
	for e := range t.live {
		if e.nc != nil {
			abort(e.nc)
		}
	}
	return ctx.Err()
}
