package driver

import (
	"bytes"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/wire"
)

// machine is an endpoint of either side.
type machine interface {
	OpeningReceived(now time.Time, b []byte) (used int, out []endpoint.Output)
	Message(now time.Time, t wire.MessageType, p []byte) []endpoint.Output
	Ping(now time.Time, p []byte) []endpoint.Output
	PeerClosed(now time.Time, code uint16, reason string) []endpoint.Output
	Lost(now time.Time, detail string) []endpoint.Output
	Violation(now time.Time, f fsm.Failure, detail string) []endpoint.Output
	Deadline() time.Time
	Expire(now time.Time) []endpoint.Output
	Send(now time.Time, t wire.MessageType, p []byte) (out []endpoint.Output, ok bool)
	Close(now time.Time, code uint16, reason string) []endpoint.Output
	Result() endpoint.Result
}

// side has the parts of a driver that differ between client and server.
type side interface {
	special(now time.Time, o *endpoint.Output) // carries out Dial and questions
	// Makes the call that is due once all outputs are carried out.
	followUp(now time.Time) []endpoint.Output
	waiting() bool // whether the answer to a question is waited for
}

// core is common to the drivers of both sides: one endpoint, at most one connection, at most one
// question, and the waiting calls.
type core struct {
	machine machine
	side    side
	host    Host
	conn    *connection // nil while there is none

	busy     bool     // outputs are being carried out
	draining bool     // waiting calls are being made
	calls    []func() // made meanwhile

	generation uint64 // of the last question
	asked      uint64 // generation of the question that is open, 0 if none is
	due        time.Time
	open       bool
	closed     bool // a Close frame was sent
	over       bool

	// Observe is shown each output before it is carried out; it may be nil, and must neither keep
	// nor change its argument.
	Observe func(o *endpoint.Output)
}

// later keeps a call that is made while outputs are carried out.
func (d *core) later(call func()) { d.calls = append(d.calls, call) }

// Begin carries out the outputs of the first call on the endpoint, for a host that made that call
// before there was a driver.
func (d *core) Begin(now time.Time, outs []endpoint.Output) {
	if !d.busy {
		d.do(now, outs)
	}
}

// do carries out the outputs of one call, and then makes the calls that were kept.
func (d *core) do(now time.Time, outs []endpoint.Output) {
	d.busy = true
	for len(outs) > 0 {
		for i := range outs {
			d.carryOut(now, &outs[i])
		}
		outs = d.settle(now)
	}
	d.wake()
	if d.busy = false; d.draining {
		return
	}
	d.draining = true
	for len(d.calls) > 0 {
		call := d.calls[0]
		d.calls = d.calls[1:]
		call()
	}
	d.calls, d.draining = nil, false
}

// wake reports a changed deadline to the host.
func (d *core) wake() {
	if due := d.machine.Deadline(); !due.Equal(d.due) {
		d.due = due
		d.host.Wake(due)
	}
}

// settle flushes the connection after the outputs of one call, reports its loss if a write failed,
// and returns the outputs that this leads to.
func (d *core) settle(now time.Time) []endpoint.Output {
	if !d.side.waiting() {
		d.asked = 0
	}
	if c := d.conn; c != nil {
		c.flush()
		switch {
		case c.broken != nil:
			return c.lost(now, c.broken.Error())
		case c.violated:
			return c.lost(now, "nothing can be read behind a breach of the rules of frames")
		}
	}
	return d.side.followUp(now)
}

// carryOut carries out one output.
func (d *core) carryOut(now time.Time, o *endpoint.Output) {
	if d.Observe != nil {
		d.Observe(o)
	}
	c := d.conn
	//exhaustive:enforce
	switch o.Kind {
	case endpoint.SendBytes:
		if c.writable() {
			c.wrote(c.orders.SendBytes(o.Data))
		}
	case endpoint.SendMessage:
		if c.writable() {
			c.wrote(c.orders.SendMessage(o.Type, o.Data))
		}
	case endpoint.SendPong:
		if c.writable() {
			c.wrote(c.orders.SendPong(o.Data))
		}
	case endpoint.SendClose:
		if d.closed = true; c.writable() {
			c.wrote(c.orders.SendClose(o.Code, o.Text))
		}
	case endpoint.Disconnect:
		if d.conn = nil; c != nil && c.orders != nil {
			c.flush()
			c.orders.Disconnect()
		}
	case endpoint.Open:
		d.open = true
		d.host.Open(d.machine.Result())
	case endpoint.Deliver:
		d.host.Receive(o.Type, o.Data)
	case endpoint.Closed, endpoint.Fail:
		d.over = true
		d.wake() // cancels the timer
		d.host.Over(o.Err)
	case endpoint.Dial, endpoint.AskCredentials, endpoint.AskDecision:
		d.side.special(now, o)
	}
}

// ask opens a question and ends an earlier one.
func (d *core) ask() (generation uint64) {
	d.generation++
	d.asked = d.generation
	return d.asked
}

// late reports whether the question of that generation is over.
func (d *core) late(generation uint64) bool { return d.asked != generation }

// answer passes an answer to the question of that generation to the endpoint, and carries out the
// outputs, unless the question is over.
func (d *core) answer(now time.Time, generation uint64, tell func() []endpoint.Output) {
	switch {
	case d.late(generation):
		d.host.Dropped(ErrLate)
	case d.busy:
		d.later(func() { d.answer(now, generation, tell) })
	default:
		d.asked = 0
		d.do(now, tell())
	}
}

// Deadline returns when to call Expire, the zero time for never: the last argument of Wake.
func (d *core) Deadline() time.Time { return d.machine.Deadline() }

// Expire reports the time. Before Deadline it has no effect.
func (d *core) Expire(now time.Time) {
	if d.busy {
		d.later(func() { d.Expire(now) })
		return
	}
	d.do(now, d.machine.Expire(now))
}

// Send sends a message of the application, and reports whether it did so: it does between Open and
// the end.
func (d *core) Send(now time.Time, t wire.MessageType, p []byte) bool {
	switch {
	case d.over:
		return false
	case d.busy:
		if !d.open || d.closed {
			return false
		}
		copied := bytes.Clone(p)
		d.later(func() { d.Send(now, t, copied) })
		return true
	}
	outs, ok := d.machine.Send(now, t, p)
	d.do(now, outs)
	return ok
}

// Close ends the connection or gives up the attempt, in any phase, after the closing handshake or
// once that has taken too long. Code 0 sends an empty Close frame.
func (d *core) Close(now time.Time, code uint16, reason string) {
	if d.busy {
		d.later(func() { d.Close(now, code, reason) })
		return
	}
	d.do(now, d.machine.Close(now, code, reason))
}

// GiveUp is Close without waiting for the peer.
func (d *core) GiveUp(now time.Time, code uint16, reason string) {
	if d.busy {
		d.later(func() { d.GiveUp(now, code, reason) })
		return
	}
	d.do(now, d.machine.Close(now, code, reason))
	for due := d.machine.Deadline(); !due.IsZero(); due = d.machine.Deadline() {
		d.do(now, d.machine.Expire(due))
	}
}
