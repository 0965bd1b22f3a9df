package accept

import (
	"net/http"
	"net/netip"
	"sync"
)

// slots counts connections: first a slot is taken, then a connection comes to use it.
type slots struct {
	mu    sync.Mutex
	taken int
	used  int
	of    map[netip.Prefix]int // also without a bound, which may be set later
	free  chan struct{}        // closed when one is left, if a caller waits
}

// wait takes a slot as soon as fewer than most are taken; 0 is no bound. done ends the wait with
// http.ErrServerClosed.
func (s *slots) wait(most func() int, done <-chan struct{}) error {
	for {
		s.mu.Lock()
		if n := most(); n <= 0 || s.taken < n {
			s.taken++
			s.mu.Unlock()
			return nil
		}
		if s.free == nil {
			s.free = make(chan struct{})
		}
		free := s.free
		s.mu.Unlock()
		select {
		case <-free:
		case <-done:
			return http.ErrServerClosed
		}
	}
}

// enter uses a slot that was taken, unless that address has most already; 0 is no bound.
func (s *slots) enter(host netip.Prefix, most int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.admit(host, most) {
		return false
	}
	s.used++
	return true
}

// admit counts one more of an address, unless it has most already.
func (s *slots) admit(host netip.Prefix, most int) bool {
	if !host.IsValid() {
		return true
	}
	if most > 0 && s.of[host] >= most {
		return false
	}
	if s.of == nil {
		s.of = make(map[netip.Prefix]int)
	}
	s.of[host]++
	return true
}

// claim counts one more of an address that has become known after enter, as enter does.
func (s *slots) claim(host netip.Prefix, most int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.admit(host, most)
}

// waive undoes claim.
func (s *slots) waive(host netip.Prefix) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dismiss(host)
}

func (s *slots) dismiss(host netip.Prefix) {
	if s.of[host] > 1 {
		s.of[host]--
	} else {
		delete(s.of, host)
	}
}

// claimed returns how many addresses are counted.
func (s *slots) claimed() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.of)
}

// exit undoes enter, and releases the slot.
func (s *slots) exit(host netip.Prefix) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used--
	s.dismiss(host)
	s.release()
}

// leave releases a slot that was not used.
func (s *slots) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.release()
}

func (s *slots) release() {
	s.taken--
	s.call()
}

// wake has the waiting clients look at the bound again.
func (s *slots) wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.call()
}

func (s *slots) call() {
	if s.free != nil {
		close(s.free)
		s.free = nil
	}
}

// count returns how many slots are used.
func (s *slots) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.used
}
