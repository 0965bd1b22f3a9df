// Package clock holds the running timers of an endpoint, which has no clock of its own.
package clock

import (
	"time"

	"example.com/khp/fsm"
)

// clockSize has room for every timer of a machine.
const clockSize = int(fsm.TimerReplay) + 1

// Clock turns the timers of a machine into points in time. The caller passes the current time with
// each call.
type Clock struct {
	// Timeouts tells how long each timer runs.
	Timeouts interface {
		Of(t fsm.Timer) time.Duration
	}
	// Now is the time of the current call.
	Now time.Time
	// At has the end of each running timer, since base, and the time left of each paused one.
	At      [clockSize]time.Duration
	Running Set

	paused Set
	base   time.Time // of the first call that armed a timer
}

// Set is a set of timers.
type Set uint16

// Has reports whether t is in the set.
func (s Set) Has(t fsm.Timer) bool { return s>>t&1 != 0 }
func (s *Set) add(t fsm.Timer)     { *s |= 1 << t }
func (s *Set) remove(t fsm.Timer)  { *s &^= 1 << t }

// Obey carries out an effect on a timer.
func (k *Clock) Obey(e fsm.Effect) {
	t := e.Timer
	switch e.Kind {
	case fsm.EffectArmTimer:
		k.start(t, k.Timeouts.Of(t))
	case fsm.EffectStopTimer:
		k.stop(t)
	case fsm.EffectPauseTimer:
		if k.Running.Has(t) {
			left := max(k.Due(t).Sub(k.Now), 1)
			k.stop(t)
			k.paused.add(t)
			k.At[t] = left
		}
	case fsm.EffectResumeTimer:
		if k.paused.Has(t) {
			k.start(t, k.At[t])
		}
	case fsm.EffectStopTimers:
		k.Running, k.paused = 0, 0
	}
}

// start has a timer end after d.
func (k *Clock) start(t fsm.Timer, d time.Duration) {
	if k.base.IsZero() {
		k.base = k.Now
	}
	k.stop(t)
	k.Running.add(t)
	k.At[t] = k.Now.Sub(k.base) + d
}

func (k *Clock) stop(t fsm.Timer) {
	k.Running.remove(t)
	k.paused.remove(t)
}

// Due returns when a timer ends that runs.
func (k *Clock) Due(t fsm.Timer) time.Time { return k.base.Add(k.At[t]) }

// Next returns the timer that ends first, and when; 0 and the zero time if none runs. Of two that
// end together, it is the one with the smaller number, so that runs repeat.
func (k *Clock) Next() (timer fsm.Timer, due time.Time) {
	if k.Running == 0 {
		return 0, due
	}
	for t := fsm.TimerOpening; int(t) < clockSize; t++ {
		if k.Running.Has(t) && (timer == 0 || k.At[t] < k.At[timer]) {
			timer = t
		}
	}
	return timer, k.Due(timer)
}

// Expired returns a timer that has ended by now, and stops it; 0 if there is none.
func (k *Clock) Expired() fsm.Timer {
	timer, due := k.Next()
	if k.Now.Before(due) {
		return 0
	}
	k.stop(timer)
	return timer
}
