package transport

import (
	"context"
	"net"
	"sync"
	"time"
)

// watcher makes the socket calls of one direction fail with os.ErrDeadlineExceeded once the context of the call ends. One call at a time: start, what reads or
// writes, stop. A context that comes twice in a row stays watched in between, and costs nothing from then on; home never costs anything.
type watcher struct {
	nc   net.Conn
	d    direction
	home context.Context // whoever ends it calls ended(atHome); nil if there is none

	mu      sync.Mutex
	present <-chan struct{} // end of the context of the present call; nil if there is no call or no end
	fired   bool            // the deadline was set
	last    <-chan struct{} // end of the context that was watched last
	keep    bool            // it came twice
	unwatch func() bool     // nil if it is not watched now
	closed  bool
}

// atHome stands for the end of home.
var atHome = make(<-chan struct{})

func (w *watcher) start(ctx context.Context) {
	end := atHome
	if ctx != w.home {
		end = ctx.Done()
	}
	if end == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if end != atHome {
		w.watch(ctx, end)
	}
	if w.present = end; ctx.Err() != nil {
		w.fire()
	}
}

// watch has ended called, unless it will be already.
func (w *watcher) watch(ctx context.Context, end <-chan struct{}) {
	if end == w.last && w.unwatch != nil {
		return
	}
	w.drop()
	w.keep, w.last = end == w.last && !w.closed, end
	w.unwatch = context.AfterFunc(ctx, func() { w.ended(end) })
}

// stop leaves the socket without a deadline if the context has ended, and as it was if not.
func (w *watcher) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fired {
		w.d.set(w.nc, time.Time{})
	}
	w.present, w.fired = nil, false
	if !w.keep {
		w.drop()
	}
}

// ended tells that a context has ended.
func (w *watcher) ended(end <-chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if end == w.present {
		w.fire()
	}
}

func (w *watcher) fire() {
	w.d.set(w.nc, longAgo)
	w.fired = true
}

// close forgets what is watched between calls.
func (w *watcher) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed, w.keep = true, false
	if w.present == nil {
		w.drop()
	}
}

func (w *watcher) drop() {
	if w.unwatch != nil {
		w.unwatch()
		w.unwatch = nil
	}
}
