package endpoint

import (
	"time"

	"example.com/khp/fsm"
)

// clockSize has room for every timer of a machine.
const clockSize = int(fsm.TimerReplay) + 1

// clock turns the timers of a machine into points in time. The caller passes the current time with
// each call.
type clock struct {
	timeouts *Timeouts
	now      time.Time                // of the current call
	base     time.Time                // of the first call that armed a timer; the others are counted from there
	at       [clockSize]time.Duration // a running timer: its end, since base; a paused one: the time left
	running  timerSet
	paused   timerSet
}

// timerSet is a set of timers.
type timerSet uint16

func (s timerSet) has(t fsm.Timer) bool { return s>>t&1 != 0 }
func (s *timerSet) add(t fsm.Timer)     { *s |= 1 << t }
func (s *timerSet) remove(t fsm.Timer)  { *s &^= 1 << t }

// obey carries out an effect on a timer.
func (k *clock) obey(e fsm.Effect) {
	t := e.Timer
	switch e.Kind {
	case fsm.EffectArmTimer:
		k.start(t, k.timeouts.Of(t))
	case fsm.EffectStopTimer:
		k.stop(t)
	case fsm.EffectPauseTimer:
		if k.running.has(t) {
			left := max(k.due(t).Sub(k.now), 1)
			k.stop(t)
			k.paused.add(t)
			k.at[t] = left
		}
	case fsm.EffectResumeTimer:
		if k.paused.has(t) {
			k.start(t, k.at[t])
		}
	case fsm.EffectStopTimers:
		k.running, k.paused = 0, 0
	}
}

// start has a timer end after d.
func (k *clock) start(t fsm.Timer, d time.Duration) {
	if k.base.IsZero() {
		k.base = k.now
	}
	k.stop(t)
	k.running.add(t)
	k.at[t] = k.now.Sub(k.base) + d
}

func (k *clock) stop(t fsm.Timer) {
	k.running.remove(t)
	k.paused.remove(t)
}

// due returns when a timer ends that runs.
func (k *clock) due(t fsm.Timer) time.Time { return k.base.Add(k.at[t]) }

// next returns the timer that ends first, and when; 0 and the zero time if none runs. Of two that
// end together, it is the one with the smaller number, so that runs repeat.
func (k *clock) next() (timer fsm.Timer, due time.Time) {
	if k.running == 0 {
		return 0, due
	}
	for t := fsm.TimerOpening; int(t) < clockSize; t++ {
		if k.running.has(t) && (timer == 0 || k.at[t] < k.at[timer]) {
			timer = t
		}
	}
	return timer, k.due(timer)
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
