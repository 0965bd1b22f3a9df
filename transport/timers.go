package transport

import (
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
)

// Timeouts are the deadlines of a handshake. A zero field stands for its default; none can be switched off. Received bytes extend none of
// them.
type Timeouts struct {
	Opening     time.Duration // client: dialing, TLS and opening handshake (10 s)
	Response    time.Duration // client: extended request to the end of its response (10 s)
	Wait        time.Duration // client: from the first 202 to the deciding response (30 s)
	Credentials time.Duration // client: credential provider (60 s); Response and Overall stand still meanwhile
	Request     time.Duration // server: opening 101 to extended request (10 s)
	Body        time.Duration // server: 100 to the end of the body (10 s)
	Replay      time.Duration // server: 401 to the request with credentials (30 s)
	Overall     time.Duration // both: extended handshake of one connection, without the time that credentials take (60 s)
	Close       time.Duration // both: closing handshake and end of TCP (5 s)
}

// Of returns how long a timer runs: the field that belongs to it, or its default; 0 for a timer that does not exist. It is for those who drive package endpoint themselves.
func (t *Timeouts) Of(timer fsm.Timer) time.Duration {
	fields := [...]time.Duration{
		fsm.TimerOpening: t.Opening, fsm.TimerResponse: t.Response, fsm.TimerWait: t.Wait, fsm.TimerCredentials: t.Credentials, fsm.TimerOverall: t.Overall,
		fsm.TimerClose: t.Close, fsm.TimerRequest: t.Request, fsm.TimerBody: t.Body, fsm.TimerReplay: t.Replay,
	}
	if int(timer) < len(fields) && fields[timer] > 0 {
		return fields[timer]
	}
	return time.Duration(endpoint.DefaultSeconds(timer)) * time.Second
}

// timers maps the timers of a machine to deadlines. The one that is due first becomes the deadline of the socket.
type timers struct {
	timeouts *Timeouts
	due      [fsm.TimerReplay + 1]time.Time     // zero: not running
	left     [fsm.TimerReplay + 1]time.Duration // of a paused one
}

func (t *timers) arm(timer fsm.Timer) {
	t.due[timer], t.left[timer] = time.Now().Add(t.timeouts.Of(timer)), 0
}

func (t *timers) stop(timer fsm.Timer) { t.due[timer], t.left[timer] = time.Time{}, 0 }

func (t *timers) stopAll() { clear(t.due[:]); clear(t.left[:]) }

func (t *timers) pause(timer fsm.Timer) {
	if due := t.due[timer]; !due.IsZero() {
		t.left[timer] = max(time.Until(due), 1)
		t.due[timer] = time.Time{}
	}
}

func (t *timers) resume(timer fsm.Timer) {
	if left := t.left[timer]; left > 0 {
		t.due[timer], t.left[timer] = time.Now().Add(left), 0
	}
}

// next returns the timer that is due first, 0 if none runs.
func (t *timers) next() (timer fsm.Timer, due time.Time) {
	for i, d := range t.due {
		if !d.IsZero() && (due.IsZero() || d.Before(due)) {
			timer, due = fsm.Timer(i), d
		}
	}
	return timer, due
}

// expired returns a timer that is due, and stops it; 0 if none is.
func (t *timers) expired() fsm.Timer {
	timer, due := t.next()
	if timer == 0 || time.Now().Before(due) {
		return 0
	}
	t.stop(timer)
	return timer
}
