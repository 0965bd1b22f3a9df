package ghost

import (
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
)

// timers are those of a machine, as points in time.
type timers struct {
	runs   map[fsm.Timer]time.Time
	paused map[fsm.Timer]time.Duration
}

// obey carries out an effect on a timer at the time now.
func (k *timers) obey(e fsm.Effect, now time.Time, lengths *endpoint.Timeouts) {
	//exhaustive:ignore
	switch e.Kind {
	case fsm.EffectArmTimer:
		k.start(e.Timer, now.Add(length(lengths, e.Timer)))
	case fsm.EffectStopTimer:
		delete(k.runs, e.Timer)
		delete(k.paused, e.Timer)
	case fsm.EffectPauseTimer:
		if due, runs := k.runs[e.Timer]; runs {
			delete(k.runs, e.Timer)
			k.paused[e.Timer] = max(due.Sub(now), 1)
		}
	case fsm.EffectResumeTimer:
		if left, waits := k.paused[e.Timer]; waits {
			k.start(e.Timer, now.Add(left))
		}
	case fsm.EffectStopTimers:
		clear(k.runs)
		clear(k.paused)
	}
}

func (k *timers) start(t fsm.Timer, due time.Time) {
	if k.runs == nil {
		k.runs, k.paused = map[fsm.Timer]time.Time{}, map[fsm.Timer]time.Duration{}
	}
	delete(k.paused, t)
	k.runs[t] = due
}

// first returns the timer that ends first, and when: 0 and the zero time if none runs. Of two that
// end together it is the one of the smaller number.
func (k *timers) first() (first fsm.Timer, due time.Time) {
	for t, at := range k.runs {
		if first == 0 || at.Before(due) || at.Equal(due) && t < first {
			first, due = t, at
		}
	}
	return first, due
}

// expire stops a timer that has ended by now and returns it, 0 if there is none.
func (k *timers) expire(now time.Time) fsm.Timer {
	t, due := k.first()
	if t == 0 || due.After(now) {
		return 0
	}
	delete(k.runs, t)
	return t
}

// length is how long a timer runs: as configured, or as documented.
func length(l *endpoint.Timeouts, t fsm.Timer) time.Duration {
	configured, documented := time.Duration(0), 0
	//exhaustive:enforce
	switch t {
	case fsm.TimerOpening:
		configured, documented = l.Opening, 10
	case fsm.TimerResponse:
		configured, documented = l.Response, 10
	case fsm.TimerWait:
		configured, documented = l.Wait, 30
	case fsm.TimerCredentials:
		configured, documented = l.Credentials, 60
	case fsm.TimerOverall:
		configured, documented = l.Overall, 60
	case fsm.TimerClose:
		configured, documented = l.Close, 5
	case fsm.TimerRequest:
		configured, documented = l.Request, 10
	case fsm.TimerBody:
		configured, documented = l.Body, 10
	case fsm.TimerReplay:
		configured, documented = l.Replay, 30
	}
	if configured > 0 {
		return configured
	}
	return time.Duration(documented) * time.Second
}
