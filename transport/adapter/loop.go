package adapter

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/endpoint/driver"
	"example.com/khp/fsm"
	"example.com/khp/transport"
	"example.com/khp/wire"
)

// attemptTimeout is how long a write may take that little can be hoped for: last words of a
// handshake that is not waited for, or to a peer that does not read.
const attemptTimeout = 250 * time.Millisecond

// clocked are the calls of a driver that the loop makes.
type clocked interface {
	Deadline() time.Time
	Expire(now time.Time)
	GiveUp(now time.Time, code uint16, reason string)
}

// told are the events of a connection that the loop reports to a driver.
type told interface {
	Message(now time.Time, t wire.MessageType, p []byte)
	PeerClosed(now time.Time, code uint16, reason string)
	Violation(now time.Time, f fsm.Failure, detail string)
	Lost(now time.Time, detail string)
}

// side has the methods in which client and server differ.
type side interface {
	begin()
	settled()      // is called when all that follows from one thing that happened is done
	patient() bool // whether nothing is to be read now
}

// loop runs a driver on connections of another library, in the goroutine of its caller, until the
// handshake is over. Reads, the credential provider and the application run beside it and send it
// their results.
type loop struct {
	driver.Layer
	ctx      context.Context
	driver   clocked
	side     side
	timeouts *endpoint.Timeouts
	limit    int64 // of a message, in bytes

	told     told     // of conn
	conn     Conn     // nil while there is none
	socket   net.Conn // below it, if known
	reading  bool
	deaf     bool          // nothing more can be read
	stuck    bool          // the peer did not take a message in time
	incoming chan message  // of conn
	inbox    taking        // of conn, nil if it has none
	answers  chan func()   // of goroutines beside the loop
	done     chan struct{} // closed when run returns
	next     func()        // to be done before anything is waited for
	message  *message      // of incoming, not told yet
	tell     func()        // of answers, not told yet

	over   bool  // Open, Fail or Closed came
	open   bool  // it was Open
	err    error // it was Fail
	net    error // network error of the current connection
	gaveUp bool  // ctx ended
}

// run begins, and goes on until the handshake is over.
func (d *loop) run() {
	d.answers, d.done = make(chan func()), make(chan struct{})
	defer close(d.done)
	for d.side.begin(); !d.over; d.happen() {
		d.side.settled()
	}
	d.side.settled()
}

// attach makes c the connection, with to for its events, on a socket that may be unknown.
func (d *loop) attach(c Conn, socket net.Conn, to told) {
	c.SetReadLimit(d.limit)
	d.conn, d.socket, d.told, d.incoming = c, socket, to, make(chan message, 1)
	d.deaf, d.stuck = false, false
	d.inbox, _ = c.(taking)
}

// taking is a connection with an [Inbox], from which a message is taken or not: no read is under
// way that might take one that is the application's.
type taking interface {
	arrival() <-chan struct{}
	read() (m message, ok bool)
}

// later runs f beside the loop, which then calls the function that f returned.
func (d *loop) later(f func() (tell func())) {
	go func() {
		select {
		case d.answers <- f():
		case <-d.done:
		}
	}()
}

// happen waits for the next occurrence and tells the driver. Of several it takes the end of ctx
// first, then the deadline, pending calls of this goroutine, messages that the peer has sent, and
// results of other goroutines: so the outcome does not depend on which goroutine was faster.
func (d *loop) happen() {
	if d.ctx.Err() != nil {
		d.giveUp()
		return
	}
	if due, now := d.driver.Deadline(), time.Now(); !due.IsZero() && !now.Before(due) {
		d.driver.Expire(now)
		return
	}
	if f := d.next; f != nil {
		d.next = nil
		f()
		return
	}
	if d.arrived() {
		return
	}
	switch {
	case d.conn == nil || d.reading || d.inbox == nil && d.side.patient():
	case d.deaf:
		d.told.Lost(time.Now(), "nothing more can be read")
		return
	case d.inbox == nil:
		d.read()
	}
	d.wait()
}

// arrived reports the messages that are there already to the driver, and whether there were any.
func (d *loop) arrived() bool {
	switch {
	case d.message != nil:
	case d.inbox != nil && !d.deaf:
		if m, ok := d.inbox.read(); ok {
			d.message = &m
		}
	default:
		select {
		case m := <-d.incoming:
			d.message = &m
		default:
		}
	}
	if m := d.message; m != nil {
		d.message = nil
		d.received(*m)
		return true
	}
	if d.tell == nil {
		select {
		case d.tell = <-d.answers:
		default:
		}
	}
	if tell := d.tell; tell != nil {
		d.tell = nil
		// The context of that goroutine may have ended since: then report this end, and no failure that
		// it causes.
		if d.ctx.Err() == nil {
			tell()
		}
		return true
	}
	return false
}

// wait is the one place that blocks, apart from dialing. It leaves it to happen to tell the driver.
func (d *loop) wait() {
	var expired <-chan time.Time
	if due := d.driver.Deadline(); !due.IsZero() {
		expired = time.After(time.Until(due))
	}
	var arrived <-chan struct{}
	if d.inbox != nil {
		arrived = d.inbox.arrival()
	}
	select {
	case <-arrived:
	case m := <-d.incoming:
		d.message = &m
	case d.tell = <-d.answers:
	case <-expired:
	case <-d.ctx.Done():
	}
}

// giveUp ends the attempt at once, because ctx ended.
func (d *loop) giveUp() {
	d.gaveUp = true
	d.driver.GiveUp(time.Now(), transport.CloseGoingAway, "")
}

// Wake implements [driver.Host]: the loop looks at the deadline before it waits.
func (d *loop) Wake(time.Time) {}

// Open implements [driver.Host].
func (d *loop) Open(endpoint.Result) { d.over, d.open = true, true }

// Receive implements [driver.Host]. It is never called: after Open the driver gets no messages.
func (d *loop) Receive(wire.MessageType, []byte) {}

// Over implements [driver.Host].
func (d *loop) Over(err error) { d.over, d.err = true, err }

// Orders that write return no errors: a connection that cannot be written any more may still hold
// earlier messages of the peer. It cannot be read much longer either, and if it can, the deadline
// ends the wait.

// SendMessage implements [driver.Orders].
func (d *loop) SendMessage(t wire.MessageType, p []byte) error {
	d.write(func(ctx context.Context) error { return d.conn.WriteMessage(ctx, t, p) })
	return nil
}

// SendClose implements [driver.Orders].
func (d *loop) SendClose(code uint16, reason string) error {
	if !d.gaveUp { // the answer would not be waited for
		d.write(func(ctx context.Context) error { return d.conn.WriteClose(ctx, code, reason) })
	}
	return nil
}

// write runs f with as much time as there is for an answer. After one that took too long the others
// are mere attempts.
func (d *loop) write(f func(context.Context) error) {
	if d.conn == nil {
		return
	}
	least, most := time.Now().Add(attemptTimeout), time.Now().Add(d.timeouts.Of(fsm.TimerResponse))
	if due := d.driver.Deadline(); !due.IsZero() && due.Before(most) {
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

// Disconnect implements [driver.Orders].
func (d *loop) Disconnect() {
	if d.conn != nil {
		_ = d.conn.Close()
	}
	if d.socket != nil { // some libraries take their time
		_ = d.socket.Close()
	}
	d.conn, d.socket, d.incoming, d.inbox, d.reading, d.message = nil, nil, nil, nil, false, nil
}

// outcome is nil if the handshake is open, and the reason otherwise; then the connection is gone.
// cause is the error behind a failure.
func (d *loop) outcome(cause error) error {
	err := d.err
	switch {
	// By the message read last, or by a decision, during which nothing is read: no read is under
	// way.
	case d.open:
		return nil
	case d.gaveUp:
		cause = d.ctx.Err()
		if err == nil {
			err = fmt.Errorf("given up: %w", context.Cause(d.ctx))
		}
	case err == nil:
		err = errors.New("the connection was closed")
	}
	d.Disconnect()
	return transport.NewHandshakeError(err, cause)
}
