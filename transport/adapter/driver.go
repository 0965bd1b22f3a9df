package adapter

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/transport"
	"example.com/khp/wire"
)

// attemptTimeout is how long a write may take that little can be hoped for: last words of a handshake that nobody waits for, or to a peer that does not read.
const attemptTimeout = 250 * time.Millisecond

// machine is what the driver needs of both endpoints.
type machine interface {
	Message(now time.Time, t wire.MessageType, p []byte) []endpoint.Output
	PeerClosed(now time.Time, code uint16, reason string) []endpoint.Output
	Lost(now time.Time, detail string) []endpoint.Output
	Violation(now time.Time, f fsm.Failure, detail string) []endpoint.Output
	Deadline() time.Time
	Expire(now time.Time) []endpoint.Output
	Close(now time.Time, code uint16, reason string) []endpoint.Output
}

// driver carries out the outputs of one endpoint and tells it what happens, in the goroutine of its caller, until the handshake is over. Reads, the
// credential provider and the application run beside it and send it their results.
type driver struct {
	ctx      context.Context
	endpoint machine
	timeouts *endpoint.Timeouts
	special  func(o *endpoint.Output) // carries out what only one side knows
	settled  func()                   // called when all outputs of a call are carried out
	patient  func() bool              // whether nothing is to be read now
	limit    int64                    // of a message, in bytes

	conn     Conn     // nil while there is none
	socket   net.Conn // below it, if known
	reading  bool
	deaf     bool                          // nothing more can be read
	stuck    bool                          // the peer did not take a message in time
	incoming chan message                  // of conn
	answers  chan func() []endpoint.Output // of what runs beside
	done     chan struct{}                 // closed when run returns
	next     func() []endpoint.Output      // to be told before anything is waited for

	over   bool  // Open, Fail or Closed came
	open   bool  // it was Open
	err    error // it was Fail
	net    error // network error of the current connection
	gaveUp bool  // ctx ended
}

// run goes on until the handshake is over.
func (d *driver) run(first []endpoint.Output) {
	d.answers, d.done = make(chan func() []endpoint.Output), make(chan struct{})
	defer close(d.done)
	d.do(first)
	for !d.over {
		d.do(d.happen())
	}
}

// attach makes c the connection, on a socket that may be unknown.
func (d *driver) attach(c Conn, socket net.Conn) {
	c.SetReadLimit(d.limit)
	d.conn, d.socket, d.incoming = c, socket, make(chan message, 1)
	d.reading, d.deaf, d.stuck = false, false, false
}

// later runs f beside the driver, which then tells the endpoint what it returned. The machines ask one question at a time, and ignore an answer that nobody waits
// for any more.
func (d *driver) later(f func() (tell func() []endpoint.Output)) {
	go func() {
		select {
		case d.answers <- f():
		case <-d.done:
		}
	}()
}

// happen waits for the next thing that happens and tells the endpoint.
func (d *driver) happen() []endpoint.Output {
	if d.ctx.Err() != nil {
		return d.giveUp()
	}
	if due, now := d.endpoint.Deadline(), time.Now(); !due.IsZero() && !now.Before(due) {
		return d.endpoint.Expire(now)
	}
	if f := d.next; f != nil {
		d.next = nil
		return f()
	}
	switch {
	case d.conn == nil || d.reading || d.patient():
	case d.deaf:
		return d.endpoint.Lost(time.Now(), "nothing more can be read")
	default:
		d.read()
	}
	return d.wait()
}

// wait is the one place that blocks, apart from dialing.
func (d *driver) wait() []endpoint.Output {
	var expired <-chan time.Time
	if due := d.endpoint.Deadline(); !due.IsZero() {
		t := time.NewTimer(time.Until(due))
		defer t.Stop()
		expired = t.C
	}
	select {
	case m := <-d.incoming:
		return d.received(m)
	case tell := <-d.answers:
		return tell()
	case <-expired:
	case <-d.ctx.Done():
	}
	return nil
}

// giveUp ends the attempt at once, because ctx ended.
func (d *driver) giveUp() []endpoint.Output {
	d.gaveUp = true
	d.do(d.endpoint.Close(time.Now(), transport.CloseGoingAway, ""))
	if d.over {
		return nil
	}
	return d.endpoint.Expire(d.endpoint.Deadline())
}

// do carries out outputs in order.
//
// Errors of writes are not looked at: a connection that cannot be written any more cannot be read much longer either, and if it can, a timer ends the wait.
func (d *driver) do(outs []endpoint.Output) {
	for i := range outs {
		d.one(&outs[i])
	}
	d.settled()
}

func (d *driver) one(o *endpoint.Output) {
	//exhaustive:enforce
	switch o.Kind {
	case endpoint.SendMessage:
		d.write(func(ctx context.Context) error { return d.conn.WriteMessage(ctx, o.Type, o.Data) })
	case endpoint.SendClose:
		if !d.gaveUp { // nobody would wait for the answer
			d.write(func(ctx context.Context) error { return d.conn.WriteClose(ctx, o.Code, o.Text) })
		}
	case endpoint.Disconnect:
		d.disconnect()
	case endpoint.Open:
		d.over, d.open = true, true
	case endpoint.Closed:
		d.over = true
	case endpoint.Fail:
		d.over, d.err = true, o.Err
	case endpoint.Dial, endpoint.AskCredentials, endpoint.AskDecision:
		d.special(o)
	case endpoint.SendBytes, endpoint.SendPong, endpoint.Deliver, endpoint.StopBody:
		// the library's; the library's; never before Open; the body is one write
	}
}

// write runs f with as much time as there is for an answer. After one that took too long the others are mere attempts.
func (d *driver) write(f func(context.Context) error) {
	if d.conn == nil {
		return
	}
	least, most := time.Now().Add(attemptTimeout), time.Now().Add(d.timeouts.Of(fsm.TimerResponse))
	if due := d.endpoint.Deadline(); !due.IsZero() && due.Before(most) {
		most = due
	}
	if d.gaveUp || d.stuck || most.Before(least) { // a timer that is over, but not told yet
		most = least
	}
	parent := d.ctx
	if d.gaveUp {
		parent = context.WithoutCancel(d.ctx)
	}
	ctx, cancel := context.WithDeadline(parent, most)
	defer cancel()
	d.stuck = f(ctx) != nil && ctx.Err() != nil || d.stuck
}

func (d *driver) disconnect() {
	if d.conn != nil {
		_ = d.conn.Close()
	}
	if d.socket != nil { // some libraries take their time
		_ = d.socket.Close()
	}
	d.conn, d.socket, d.incoming, d.reading = nil, nil, nil, false
}

// outcome is nil if the handshake is open, and the reason otherwise; then the connection is gone. cause is what was behind a failure.
func (d *driver) outcome(cause error) error {
	err := d.err
	switch {
	case d.open: // by the message read last, or by a decision, during which nothing is read: no read is under way
		return nil
	case d.gaveUp:
		cause = d.ctx.Err()
		if err == nil {
			err = fmt.Errorf("given up: %w", context.Cause(d.ctx))
		}
	case err == nil:
		err = errors.New("the connection was closed")
	}
	d.disconnect()
	return transport.NewHandshakeError(err, cause)
}
