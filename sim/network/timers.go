package network

import (
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
)

// Timeouts say how long timers run; one that is not listed has the default of the endpoint.
type Timeouts map[fsm.Timer]time.Duration

// timers are the timers of one host.
type timers struct {
	net      *Network
	timeouts Timeouts
	expired  func(fsm.Timer)
	running  [fsm.TimerReplay + 1]*scheduled
	left     [fsm.TimerReplay + 1]time.Duration // of a paused one
}

// of returns how long a timer runs.
func (t Timeouts) of(timer fsm.Timer) time.Duration {
	if d, ok := t[timer]; ok {
		return d
	}
	return time.Duration(endpoint.DefaultSeconds(timer)) * time.Second
}

func (t *timers) arm(timer fsm.Timer) { t.start(timer, t.timeouts.of(timer)) }

func (t *timers) start(timer fsm.Timer, d time.Duration) {
	t.stop(timer)
	r := late
	if t.net.opts.TimersFirst {
		r = early
	}
	t.running[timer] = t.net.at(t.net.now+d, r, func() {
		t.running[timer] = nil
		t.expired(timer)
	})
}

func (t *timers) stop(timer fsm.Timer) {
	if e := t.running[timer]; e != nil {
		e.f = nil
	}
	t.running[timer], t.left[timer] = nil, 0
}

func (t *timers) stopAll() {
	for i := range t.running {
		t.stop(fsm.Timer(i))
	}
}

func (t *timers) pause(timer fsm.Timer) {
	if e := t.running[timer]; e != nil {
		left := max(e.at-t.net.now, 1)
		t.stop(timer)
		t.left[timer] = left
	}
}

func (t *timers) resume(timer fsm.Timer) {
	if left := t.left[timer]; left > 0 {
		t.start(timer, left)
	}
}
