package adapter

import (
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/transport"
)

// timers are the running timers of a machine with the time when they are over, and the paused ones with what is left of them.
type timers struct {
	timeouts *transport.Timeouts
	due      map[fsm.Timer]time.Time
	left     map[fsm.Timer]time.Duration
}

func newTimers(timeouts *transport.Timeouts) timers {
	return timers{timeouts: timeouts, due: make(map[fsm.Timer]time.Time), left: make(map[fsm.Timer]time.Duration)}
}

// obey carries out an output about timers; others mean nothing to it.
func (t *timers) obey(o *endpoint.Output) {
	due, runs := t.due[o.Timer]
	left, paused := t.left[o.Timer]
	//exhaustive:ignore
	switch o.Kind {
	case endpoint.StopTimers:
		clear(t.due)
		clear(t.left)
	case endpoint.ArmTimer:
		t.due[o.Timer] = time.Now().Add(t.timeouts.Of(o.Timer))
		delete(t.left, o.Timer)
	case endpoint.StopTimer:
		delete(t.due, o.Timer)
		delete(t.left, o.Timer)
	case endpoint.PauseTimer:
		if runs {
			t.left[o.Timer] = time.Until(due)
			delete(t.due, o.Timer)
		}
	case endpoint.ResumeTimer:
		if paused {
			t.due[o.Timer] = time.Now().Add(left)
			delete(t.left, o.Timer)
		}
	}
}

// next returns the timer that is over first, 0 if none runs. Of two at the same time it is the one with the smaller number, so that runs repeat.
func (t *timers) next() (first fsm.Timer, due time.Time) {
	for timer, at := range t.due {
		if first == 0 || at.Before(due) || at.Equal(due) && timer < first {
			first, due = timer, at
		}
	}
	return first, due
}

// expired returns a timer that is over, and forgets it; 0 if none is.
func (t *timers) expired() fsm.Timer {
	timer, due := t.next()
	if timer == 0 || time.Now().Before(due) {
		return 0
	}
	delete(t.due, timer)
	return timer
}
