package extension

import (
	"errors"
	"strconv"
	"time"

	"example.com/khp/wire"
)

// Close codes of RFC 6455 section 7.4.1.
const (
	protocolError   = 1002
	policyViolation = 1008
)

// maxPeriod keeps milliseconds within the range of a script's timer, 24 days.
const maxPeriod = (1<<31 - 1) * time.Millisecond

// IdleTimeout is x-kaazing-idle-timeout: the server announces a period, sends something at least
// that often, and the client gives up a server that does not.
//
// The server sends a Ping when it has sent nothing for three quarters of the period: the timers of
// deployed Java clients count messages and Pings, but not Pongs. It also watches the client: it
// sends a Ping when it has heard nothing for half of the period, and ends the connection with 1008
// if that remains so for another half. While the application does not read, silence of the client
// proves nothing, and does not count. The client answers Pings as ever, and ends the connection
// with 1008 after a whole period of silence.
//
// A Ping waits for its turn behind a message that is being written: the period has to be longer
// than a client may take to receive one.
//
// Scripts in a browser see no frames but messages, and ask for [PingPong] as well. A server
// declines them unless it also grants that, below.
type IdleTimeout struct {
	// Period is the period that a server announces, in whole milliseconds, at least 4 ms and at most
	// 24 days; 0 declines. A client has no use for it.
	Period time.Duration
}

// Name returns [IdleTimeoutName].
func (IdleTimeout) Name() string { return IdleTimeoutName }

// Offer returns no parameters.
func (IdleTimeout) Offer() string { return "" }

// Accept announces the period.
func (x IdleTimeout) Accept(asked Request) (params string, s Session, ok bool) {
	period := min(x.Period.Truncate(time.Millisecond), maxPeriod)
	if period < 4*time.Millisecond || named(asked.Asked, PingPongName) &&
		!named(asked.Below, PingPongName) {
		return "", nil, false
	}
	return "timeout=" + strconv.FormatInt(period.Milliseconds(), 10), &idleServer{period: period}, true
}

// Confirm takes the server's period from timeout, which is a positive number of milliseconds.
func (IdleTimeout) Confirm(answer wire.Extension) (Session, error) {
	value, _ := answer.Param("timeout")
	ms, err := strconv.ParseUint(string(value), 10, 64)
	if err != nil || ms == 0 || ms > uint64(maxPeriod.Milliseconds()) {
		return nil, errors.New("expected timeout=MILLISECONDS from 1 to " +
			strconv.FormatInt(maxPeriod.Milliseconds(), 10))
	}
	return &idleClient{period: time.Duration(ms) * time.Millisecond}, nil
}

// hearing is the state that sessions of both sides keep about the peer.
type hearing struct {
	Pass
	heard time.Time
}

// Open starts the silence.
func (h *hearing) Open(f Flow) { h.heard = f.Now() }

// Incoming ends the silence.
func (h *hearing) Incoming(f Flow, m Message) {
	h.heard = f.Now()
	f.Deliver(m)
}

// Heard shortens the silence.
func (h *hearing) Heard(at time.Time) {
	if at.After(h.heard) {
		h.heard = at
	}
}

// idleClient gives up a silent server.
type idleClient struct {
	hearing
	period time.Duration
}

// Deadline is the end of the period.
func (c *idleClient) Deadline() time.Time { return c.heard.Add(c.period) }

// Expired gives the server up.
func (c *idleClient) Expired(f Flow) {
	f.Fail(policyViolation, IdleTimeoutName+": the server was silent for "+c.period.String())
}

// idleServer keeps the client content, and gives it up when it is silent.
type idleServer struct {
	hearing
	period time.Duration
	sent   time.Time
	asked  time.Time // when the Ping was sent that nothing came after; not after heard otherwise
}

// Open starts the period.
func (s *idleServer) Open(f Flow) {
	s.hearing.Open(f)
	s.sent, s.asked = f.Now(), f.Now()
}

// Outgoing notes that something is sent.
func (s *idleServer) Outgoing(f Flow, m Message) {
	s.sent = f.Now()
	f.Send(m)
}

// KeepsAlive returns the period within which a silent client is asked and then given up. A host can
// do the same by itself.
func (s *idleServer) KeepsAlive() time.Duration { return s.period }

func (s *idleServer) waiting() bool { return s.asked.After(s.heard) }

// silence is when the client has been silent for too long, or long enough for a Ping.
func (s *idleServer) silence() time.Time {
	if s.waiting() {
		return s.asked.Add(s.period / 2)
	}
	return s.heard.Add(s.period / 2)
}

// Deadline is when something has to be sent, or the client is silent for too long.
func (s *idleServer) Deadline() time.Time {
	quiet, silence := s.quiet(), s.silence()
	if silence.Before(quiet) {
		return silence
	}
	return quiet
}

// quiet is when something has to be sent.
func (s *idleServer) quiet() time.Time { return s.sent.Add(s.period - s.period/4) }

// Expired sends a Ping, or gives the client up.
func (s *idleServer) Expired(f Flow) {
	silent := !f.Now().Before(s.silence())
	if silent && s.waiting() {
		f.Fail(policyViolation, IdleTimeoutName+": the client was silent for "+s.period.String())
		return
	}
	if silent {
		s.asked = f.Now()
	}
	s.Outgoing(f, Message{Kind: Ping})
}
