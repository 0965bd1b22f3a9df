package endpoint

import (
	"time"

	"example.com/khp/fsm"
)

// clockSize has room for every timer of a machine.
const clockSize = int(fsm.TimerReplay) + 1

// clock turns the timers of a machine into points in time. It does not know what time it is: each call of an endpoint says so.
type clock struct {
	timeouts Timeouts
	now      time.Time                // of the current call
	due      [clockSize]time.Time     // zero: not running
	left     [clockSize]time.Duration // of a paused timer; zero: not paused
}

// obey carries out an effect on a timer.
func (k *clock) obey(e fsm.Effect) {
	t := e.Timer
	switch e.Kind {
	case fsm.EffectArmTimer:
		k.due[t], k.left[t] = k.now.Add(k.timeouts.Of(t)), 0
	case fsm.EffectStopTimer:
		k.stop(t)
	case fsm.EffectPauseTimer:
		if due := k.due[t]; !due.IsZero() {
			k.due[t], k.left[t] = time.Time{}, max(due.Sub(k.now), 1)
		}
	case fsm.EffectResumeTimer:
		if left := k.left[t]; left > 0 {
			k.due[t], k.left[t] = k.now.Add(left), 0
		}
	case fsm.EffectStopTimers:
		clear(k.due[:])
		clear(k.left[:])
	}
}

func (k *clock) stop(t fsm.Timer) { k.due[t], k.left[t] = time.Time{}, 0 }

// next returns the timer that ends first, and when; 0 and the zero time if none runs. Of two that end together, it is the one with the smaller number, so that runs repeat.
func (k *clock) next() (timer fsm.Timer, due time.Time) {
	for i, d := range k.due {
		if !d.IsZero() && (timer == 0 || d.Before(due)) {
			timer, due = fsm.Timer(i), d
		}
	}
	return timer, due
}

// expired returns a timer that has ended by now, and stops it; 0 if there is none.
func (k *clock) expired() fsm.Timer {
	timer, due := k.next()
	if timer == 0 || k.now.Before(due) {
		return 0
	}
	k.stop(timer)
	return timer
}
