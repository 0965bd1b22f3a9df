package accept

import "time"

// Seldom keeps a flood of the same from filling a log: one line in each period, with the number of those that were left out before it.
type Seldom struct {
	Period time.Duration
	said   time.Time
	silent int
}

// Say reports whether it is time for a line, and for how many there was none since the last one.
func (s *Seldom) Say(now time.Time) (silent int, ok bool) {
	if !s.said.IsZero() && now.Sub(s.said) < s.Period {
		s.silent++
		return 0, false
	}
	silent, s.silent, s.said = s.silent, 0, now
	return silent, true
}
