package accept

import (
	"net"
	"sync"
)

// Listeners are those that a server accepts from.
type Listeners struct {
	mu     sync.Mutex // guards the rest
	closed bool
	open   map[net.Listener]struct{}
	done   chan struct{} // closed when closed is set
}

// Add registers a listener; ok is false if the server is closed. Either way Remove has to be
// called.
func (l *Listeners) Add(ln net.Listener) (done <-chan struct{}, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open == nil {
		l.open = make(map[net.Listener]struct{})
	}
	if l.done == nil {
		l.done = make(chan struct{})
	}
	l.open[ln] = struct{}{}
	return l.done, !l.closed
}

// Remove closes a listener and forgets it.
func (l *Listeners) Remove(ln net.Listener) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.open, ln)
	_ = ln.Close()
}

// Close closes all, and those that are added later.
func (l *Listeners) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.done == nil {
		l.done = make(chan struct{})
	}
	if !l.closed {
		l.closed = true
		close(l.done)
	}
	for ln := range l.open {
		_ = ln.Close()
	}
}
