package accept

import (
	"sync"
	"time"
)

// seldom keeps a flood of equal lines from filling a log: one line in each period, with the number
// of those that were left out before it.
type seldom struct {
	mu     sync.Mutex // guards the rest
	said   time.Time
	silent int
}

// period is the time between two lines of a seldom, if nothing else is said.
const period = 10 * time.Second

// say reports whether it is time for a line, and for how many there was none since the last one.
func (s *seldom) say(now time.Time, period time.Duration) (silent int, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.said.IsZero() && now.Sub(s.said) < period {
		s.silent++
		return 0, false
	}
	silent, s.silent, s.said = s.silent, 0, now
	return silent, true
}
