package accept

import (
	"cmp"
	"sync"
	"time"
)

// defaultPeriod is that of a Seldom without one.
const defaultPeriod = 10 * time.Second

// Seldom keeps a flood of the same from filling a log: one line in each period, with the number of
// those that were left out before it.
type Seldom struct {
	Period time.Duration // 0 is 10 seconds

	mu     sync.Mutex // guards the rest
	said   time.Time
	silent int
}

// Say reports whether it is time for a line, and for how many there was none since the last one.
func (s *Seldom) Say(now time.Time) (silent int, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.said.IsZero() && now.Sub(s.said) < cmp.Or(s.Period, defaultPeriod) {
		s.silent++
		return 0, false
	}
	silent, s.silent, s.said = s.silent, 0, now
	return silent, true
}
