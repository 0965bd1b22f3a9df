package sock

import (
	"context"
	"net"
	"sync"
	"time"
)

// Watcher makes the socket calls of one direction fail with os.ErrDeadlineExceeded once the context
// of the call ends. One call at a time: Start, the read or write, Stop. A context that comes twice
// in a row stays watched in between, and costs nothing from then on; home never costs anything.
type Watcher struct {
	nc   net.Conn
	d    Direction
	home context.Context // its end is told by HomeEnds; nil if there is none

	mu sync.Mutex
	// End of the context of the present call; nil if there is no call or no end.
	present <-chan struct{}
	fired   bool            // the deadline was set
	over    bool            // home has ended
	last    <-chan struct{} // end of the context that was watched last
	keep    bool            // it came twice
	unwatch func() bool     // nil if it is not watched now
	closed  bool
	armed   bool // Arm has set a deadline, which is still there
}

// atHome stands for the end of home.
var atHome = make(<-chan struct{})

// Init makes w watch calls in one direction of nc. HomeEnds must be called when home ends; nil is
// no such context.
func (w *Watcher) Init(nc net.Conn, d Direction, home context.Context) {
	w.nc, w.d, w.home = nc, d, home
}

// Start begins a call with this context.
func (w *Watcher) Start(ctx context.Context) {
	if ctx == w.home {
		w.mu.Lock()
		if w.present = atHome; w.over {
			w.fire()
		}
		w.mu.Unlock()
		return
	}
	end := ctx.Done()
	if end == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.watch(ctx, end)
	if w.present = end; ctx.Err() != nil {
		w.fire()
	}
}

// watch has ended called, unless it will be already.
func (w *Watcher) watch(ctx context.Context, end <-chan struct{}) {
	if end == w.last && w.unwatch != nil {
		return
	}
	w.drop()
	w.keep, w.last = end == w.last && !w.closed, end
	w.unwatch = context.AfterFunc(ctx, func() { w.ended(end) })
}

// Stop ends a call. The socket has no deadline then if the context has ended, and the one it had if
// not.
func (w *Watcher) Stop() {
	w.mu.Lock()
	if w.fired {
		w.d.set(w.nc, time.Time{})
		w.armed = false
	}
	w.present, w.fired = nil, false
	if !w.keep {
		w.drop()
	}
	w.mu.Unlock()
}

// HomeEnds tells that home has ended.
func (w *Watcher) HomeEnds() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over = true
	if w.present == atHome {
		w.fire()
	}
}

// ended tells that a context has ended.
func (w *Watcher) ended(end <-chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if end == w.present {
		w.fire()
	}
}

// Arm sets a deadline that stays from call to call, if it has moved or is not there any more; false
// says that the context of the present call has ended.
func (w *Watcher) Arm(due time.Time, moved bool) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.fired && (moved || !w.armed) {
		w.d.set(w.nc, due)
		w.armed = true
	}
	return !w.fired
}

// Disarm takes the deadline of Arm away.
func (w *Watcher) Disarm() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.fired && w.armed {
		w.d.set(w.nc, time.Time{})
		w.armed = false
	}
	return !w.fired
}

func (w *Watcher) fire() {
	w.d.set(w.nc, LongAgo)
	w.fired = true
}

// Close forgets the context that is watched between calls.
func (w *Watcher) Close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed, w.keep = true, false
	if w.present == nil {
		w.drop()
	}
}

func (w *Watcher) drop() {
	if w.unwatch != nil {
		w.unwatch()
		w.unwatch = nil
	}
}
