package transport

import "time"

// seldom keeps a flood of the same from filling a log: one line in each period, with the number of those that were left out before it.
type seldom struct {
	period time.Duration
	said   time.Time
	silent int
}

// say reports whether it is time for a line, and for how many there was none since the last one.
func (s *seldom) say(now time.Time) (silent int, ok bool) {
	if !s.said.IsZero() && now.Sub(s.said) < s.period {
		s.silent++
		return 0, false
	}
	silent, s.silent, s.said = s.silent, 0, now
	return silent, true
}
