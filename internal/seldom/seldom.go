// Package seldom keeps a flood of equal lines from filling a log.
package seldom

import (
	"sync"
	"time"
)

// Line is one line of a log, which is written once in each period, with the number of those that
// were left out before it. The zero value was not written yet.
type Line struct {
	mu     sync.Mutex // guards the rest
	said   time.Time
	silent int
}

// Period is the time between two lines, unless another one is said.
const Period = 10 * time.Second

// Say reports whether it is time for the line, and for how many there was none since the last one.
func (l *Line) Say(now time.Time, period time.Duration) (silent int, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.said.IsZero() && now.Sub(l.said) < period {
		l.silent++
		return 0, false
	}
	silent, l.silent, l.said = l.silent, 0, now
	return silent, true
}
