package endpoint

import (
	"errors"
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

// Timeouts say how long an endpoint waits. A zero field stands for its default; a negative one is
// refused by [NewClient], and means the default to a server. None can be switched off. Received
// bytes extend none of them.
type Timeouts struct {
	Opening     time.Duration // client: dialing, TLS and opening handshake (10 s)
	Response    time.Duration // client: extended request to the end of its response (10 s)
	Wait        time.Duration // client: from the first 202 to the deciding response (30 s)
	Credentials time.Duration // client: credential provider (60 s); Wait and Overall stand still meanwhile
	Request     time.Duration // server: opening 101 to extended request (10 s)
	Body        time.Duration // server: 100 to the end of the body (10 s)
	Replay      time.Duration // server: 401 to the request with credentials (30 s)
	Overall     time.Duration // both: extended handshake of one connection, without the time that credentials take (60 s)
	Close       time.Duration // both: closing handshake and end of TCP (5 s)
}

// Of returns how long a timer runs: its field, or the default of that. It returns 0 for a value
// that is no timer.
func (t *Timeouts) Of(timer fsm.Timer) time.Duration {
	d, standard := t.field(timer)
	if d == nil || *d <= 0 {
		return standard
	}
	return *d
}

// Set sets the field of a timer.
func (t *Timeouts) Set(timer fsm.Timer, d time.Duration) {
	if field, _ := t.field(timer); field != nil {
		*field = d
	}
}

// field returns the field of a timer, nil for a value that is no timer, and its default.
func (t *Timeouts) field(timer fsm.Timer) (d *time.Duration, standard time.Duration) {
	switch timer {
	case fsm.TimerOpening:
		return &t.Opening, 10 * time.Second
	case fsm.TimerResponse:
		return &t.Response, 10 * time.Second
	case fsm.TimerWait:
		return &t.Wait, 30 * time.Second
	case fsm.TimerCredentials:
		return &t.Credentials, 60 * time.Second
	case fsm.TimerRequest:
		return &t.Request, 10 * time.Second
	case fsm.TimerBody:
		return &t.Body, 10 * time.Second
	case fsm.TimerReplay:
		return &t.Replay, 30 * time.Second
	case fsm.TimerOverall:
		return &t.Overall, 60 * time.Second
	case fsm.TimerClose:
		return &t.Close, 5 * time.Second
	}
	return nil, 0
}

// check refuses negative durations.
func (t *Timeouts) check() error {
	for timer := range clockSize {
		if d, standard := t.field(fsm.Timer(timer)); d != nil && *d < 0 {
			name := fsm.Timer(timer).String()[len("Timer"):]
			return errors.New("endpoint: Timeouts." + name + " is " + d.String() +
				"; use a positive duration, or 0 for " + standard.String())
		}
	}
	return nil
}
