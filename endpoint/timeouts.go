package endpoint

import (
	"errors"
	"time"

	"example.com/khp/fsm"
)

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
			return errors.New("endpoint: Timeouts." + name + " is " + d.String() + "; use a positive duration, or 0 for " + standard.String())
		}
	}
	return nil
}
