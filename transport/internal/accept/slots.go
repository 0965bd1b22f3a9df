package accept

import (
	"net/netip"
	"sync"
)

// Slots counts connections: first a slot is taken, then a connection comes to use it.
type Slots struct {
	mu    sync.Mutex
	taken int
	used  int
	of    map[netip.Prefix]int // if there is a bound for each address
	free  chan struct{}        // closed when one is left, if somebody waits
}

// Wait takes a slot as soon as fewer than most are taken; ok is false if done is closed before.
// most 0 is no bound.
func (s *Slots) Wait(most int, done <-chan struct{}) (ok bool) {
	for {
		s.mu.Lock()
		if most <= 0 || s.taken < most {
			s.taken++
			s.mu.Unlock()
			return true
		}
		if s.free == nil {
			s.free = make(chan struct{})
		}
		free := s.free
		s.mu.Unlock()
		select {
		case <-free:
		case <-done:
			return false
		}
	}
}

// Enter uses a slot that was taken, unless that address has most already; 0 is no bound.
func (s *Slots) Enter(host netip.Prefix, most int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.admit(host, most) {
		return false
	}
	s.used++
	return true
}

// admit counts one more of an address, unless it has most already.
func (s *Slots) admit(host netip.Prefix, most int) bool {
	if most <= 0 || !host.IsValid() {
		return true
	}
	if s.of[host] >= most {
		return false
	}
	if s.of == nil {
		s.of = make(map[netip.Prefix]int)
	}
	s.of[host]++
	return true
}

// Claim counts one more of an address that has become known after Enter, as Enter does.
func (s *Slots) Claim(host netip.Prefix, most int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.admit(host, most)
}

// Waive undoes Claim.
func (s *Slots) Waive(host netip.Prefix) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dismiss(host)
}

func (s *Slots) dismiss(host netip.Prefix) {
	if s.of[host] > 1 {
		s.of[host]--
	} else {
		delete(s.of, host)
	}
}

// Claimed returns how many addresses are counted.
func (s *Slots) Claimed() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.of)
}

// Exit undoes Enter, and gives the slot back.
func (s *Slots) Exit(host netip.Prefix) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used--
	s.dismiss(host)
	s.release()
}

// Leave gives a slot back that was not used.
func (s *Slots) Leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.release()
}

func (s *Slots) release() {
	s.taken--
	if s.free != nil {
		close(s.free)
		s.free = nil
	}
}

// Count returns how many slots are used.
func (s *Slots) Count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.used
}
