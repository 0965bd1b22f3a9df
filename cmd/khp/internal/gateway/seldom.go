package gateway

import (
	"sync"
	"time"
)

// seldom keeps a line of the log from being written too often. The zero value is ready.
type seldom struct {
	mu     sync.Mutex
	last   time.Time
	silent int
}

// say reports whether ten seconds have passed since the last line, and how many were left out.
func (s *seldom) say(now time.Time) (silent int, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.last.IsZero() && now.Sub(s.last) < 10*time.Second {
		s.silent++
		return 0, false
	}
	silent, s.silent, s.last = s.silent, 0, now
	return silent, true
}
