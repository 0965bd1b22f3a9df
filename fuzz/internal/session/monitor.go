package session

import (
	"errors"
	"fmt"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/internal/balancer"
	"example.com/khp/internal/inside"
	"example.com/khp/sim/network"
	"example.com/khp/wire"
)

// monitor is the one of the simulation, for the outputs of one call, with bounds for their size.
type monitor struct {
	network.Monitor
	asked int // AskDecision that are not answered
}

// start is when programs begin.
var start = time.Unix(1_700_000_000, 0).UTC()

// after is a later time: the deadline, or some seconds on.
func after(now, deadline time.Time, how byte) time.Time {
	if how%2 == 0 && deadline.After(now) {
		return deadline
	}
	return now.Add(time.Duration(how) * time.Second)
}

// mostData bounds the bytes that an endpoint sends in one piece before it is open: a head and a
// body by the default limits.
const mostData = 16<<10 + 64<<10

// take checks the outputs of one call.
func (m *monitor) take(outs []endpoint.Output) error {
	if len(outs) > 4*inside.MaxEffects {
		return fmt.Errorf("%d outputs of one call", len(outs))
	}
	for _, o := range outs {
		if (o.Kind == endpoint.SendBytes || o.Kind == endpoint.SendMessage) && len(o.Data) > mostData {
			return fmt.Errorf("%v of %d bytes", o.Kind, len(o.Data))
		}
		if o.Kind == endpoint.AskDecision {
			m.asked++
		}
		if err := m.Take(o); err != nil {
			return err
		}
	}
	return nil
}

// ending is the part of a client or server by which it ends.
type ending interface {
	Expire(now time.Time) []endpoint.Output
	Deadline() time.Time
	Close(now time.Time, code uint16, reason string) []endpoint.Output
}

// end checks that the memory of e is bounded, and that Close ends it in any phase. given is memory
// of the host that e was told to look at.
func (m *monitor) end(e ending, now time.Time, limits wire.Limits, given int) error {
	if err := m.take(e.Expire(now)); err != nil { // until this call, outputs view the host's messages
		return err
	}
	if err := bounded(e, limits, given); err != nil {
		return err
	}
	if err := m.take(e.Close(now, 1000, "enough")); err != nil {
		return err
	}
	if err := m.take(e.Expire(e.Deadline())); err != nil {
		return err
	}
	if !m.Over() {
		return errors.New("a Close does not end it")
	}
	return nil
}

// completed reports whether a response that completes the handshake and its terminator were sent
// last, except for the messages of the kaazing profile behind them.
func (m *monitor) completed() bool {
	sent := m.Handshake()
	if n := len(sent); n > 0 {
		if b, _ := balancer.Parse(sent[n-1]); b != balancer.None {
			sent = sent[:n-1]
		}
	}
	n := len(sent)
	return n >= 2 && len(sent[n-1]) == 0 && completing(sent[n-2])
}

// completing reports whether b is a whole response that completes a handshake.
func completing(b []byte) bool {
	var r wire.Response
	if r.Parse(b, wire.Limits{}) != nil {
		return false
	}
	return r.Status == 101 || r.Status == 201 || r.Status == 204 || r.Status == 205
}
