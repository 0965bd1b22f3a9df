package transport

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/endpoint/driver"
	"example.com/khp/fsm"
	"example.com/khp/transport/internal/frames"
	"example.com/khp/transport/internal/sock"
)

// giveUpTimeout is how long last words may take to be written once nobody waits for the handshake any more.
const giveUpTimeout = 250 * time.Millisecond

// clocked is what the loop needs of a driver.
type clocked interface {
	Deadline() time.Time
	Expire(now time.Time)
	GiveUp(now time.Time, code uint16, reason string)
}

// told is what the loop tells a driver about a connection.
type told interface {
	Received(now time.Time, p []byte)
	Message(now time.Time, t MessageType, p []byte)
	Ping(now time.Time, p []byte)
	PeerClosed(now time.Time, code uint16, reason string)
	Violation(now time.Time, f fsm.Failure, detail string)
	Lost(now time.Time, detail string)
}

// side is what dialer and acceptor have each their own of.
type side interface {
	begin()
	settled() // is called when all that follows from one thing that happened is done
	phase() string
	attempt() int
	timer() fsm.Timer
}

// loop runs a driver on blocking connections, in the goroutine of its caller, until the handshake is over. It carries out the driver's orders and tells it
// what happens. What runs beside the loop (credential provider, application) leaves its result and wakes it.
//
// The order in which things are told is fixed: the end of ctx, the deadline, what the peer has said already, what pends here, results from
// beside, and then what the peer says next. So the outcome does not depend on which goroutine was faster.
type loop struct {
	ctx      context.Context
	driver   clocked
	side     side
	timeouts *endpoint.Timeouts
	trace    trace
	limits   int64    // of a message, in bytes
	entry    *tracked // tells the end of ctx; nil if ctx has to be watched
	client   bool
	tooEarly func(p []byte) bool // client: the endpoint will refuse that message, because it was here before the extended request was sent

	nc     net.Conn
	conn   told         // of nc
	due    time.Time    // deadline of nc for writing, if known
	link   *frames.Conn // nil until the opening handshake is through
	head   heard        // bytes of the opening handshake, for the trace
	corked []byte       // frames that go out together
	broken bool         // the peer broke the rules of frames
	deaf   bool         // the peer did not read in time
	next   func()       // pends: to be done before anything is waited for

	mu          sync.Mutex // guards the next two
	socket      net.Conn   // nc, while wake may interrupt it
	interrupted bool       // ctx ended

	result chan func() // of what later runs
	woken  atomic.Bool
	bell   chan struct{} // rung by wake, for idle; nil until that waits; guarded by mu

	beside bool   // something ran beside, and may be running still
	over   bool   // Open, Fail or Closed came
	open   bool   // it was Open
	err    error  // it was Fail
	net    error  // network error of the current connection
	gaveUp string // phase in which ctx ended
}

// run begins, and goes on until the handshake is over. An open connection is left without deadlines.
func (d *loop) run() {
	if d.entry != nil {
		d.entry.shaking(d)
		defer d.entry.shaking(nil)
	} else {
		stop := context.AfterFunc(d.ctx, d.interrupt)
		defer func() { d.beside = !stop() || d.beside }()
	}
	for d.side.begin(); !d.over; d.happen() {
		d.side.settled()
	}
	d.side.settled()
	d.setSocket(nil)
	if d.nc != nil {
		_ = d.nc.SetDeadline(time.Time{})
	}
}

// connected takes over nc, of which conn is told.
func (d *loop) connected(nc net.Conn, conn told) {
	d.due = time.Time{}
	d.nc, d.conn, d.broken, d.deaf = nc, conn, false, false
	d.setSocket(nc)
}

// setSocket says which socket wake interrupts. Once it is nil nobody but the caller touches the deadlines.
func (d *loop) setSocket(nc net.Conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.socket = nc
}

// wake makes whatever run waits for come to its end. The flag is set before the deadline, and run looks at it after setting its own: so one
// of the two always sees the other.
func (d *loop) wake() {
	d.woken.Store(true)
	d.mu.Lock()
	defer d.mu.Unlock()
	select {
	case d.bell <- struct{}{}:
	default:
	}
	if d.socket != nil {
		_ = d.socket.SetReadDeadline(sock.LongAgo)
	}
}

// interrupt is wake for the end of ctx: a write in progress is broken off too, and from here on each has little time.
func (d *loop) interrupt() {
	d.mu.Lock()
	again := d.interrupted
	d.interrupted = true
	if d.socket != nil && !again {
		_ = d.socket.SetWriteDeadline(time.Now().Add(giveUpTimeout)) // what is being written, or is about to be, comes before the last words
	}
	d.mu.Unlock()
	if !again {
		d.wake()
	}
}

// later runs f beside the loop and has its result handled by run. Only the result of the last f is.
func (d *loop) later(f func() func()) {
	d.beside = true
	result := make(chan func(), 1)
	d.result = result
	go func() {
		result <- f()
		d.wake()
	}()
}

// takeResult returns what later left, nil if nothing.
func (d *loop) takeResult() func() {
	select {
	case f := <-d.result:
		return f
	default:
		return nil
	}
}

// happen waits for the next thing that happens and tells the driver.
func (d *loop) happen() {
	if d.ctx.Err() != nil {
		d.giveUp()
		return
	}
	if due := d.driver.Deadline(); !due.IsZero() {
		if now := time.Now(); !now.Before(due) {
			d.showHeard()
			d.trace.event(Event{Kind: EventTimer, Text: d.side.timer().String(), Phase: d.side.phase(), Attempt: d.side.attempt()})
			d.driver.Expire(now)
			return
		}
	}
	if d.buffered() {
		d.readItem()
		return
	}
	f := d.next
	if d.next = nil; f == nil {
		f = d.takeResult()
	}
	switch {
	case f != nil:
		f()
	case d.nc == nil:
		d.idle()
	default:
		d.read()
	}
}

// idle waits without a connection.
func (d *loop) idle() {
	var expired <-chan time.Time
	if due := d.driver.Deadline(); !due.IsZero() {
		timer := time.NewTimer(time.Until(due))
		defer timer.Stop()
		expired = timer.C
	}
	select {
	case <-d.ring():
	case <-expired:
	}
}

// ring returns the bell. What wake did before there was one is made up for.
func (d *loop) ring() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.bell == nil {
		d.bell = make(chan struct{}, 1)
		if d.woken.Load() {
			d.bell <- struct{}{}
		}
	}
	return d.bell
}

// giveUp ends the attempt at once, because ctx ended. The closing handshake is not waited for.
func (d *loop) giveUp() {
	if d.gaveUp == "" {
		d.gaveUp = d.side.phase()
	}
	d.interrupt()
	d.driver.GiveUp(time.Now(), CloseGoingAway, "")
}

// Wake implements [driver.Host]: the loop looks at the deadline before it waits.
func (d *loop) Wake(time.Time) {}

// Open implements [driver.Host].
func (d *loop) Open(endpoint.Result) { d.over, d.open = true, true }

// Receive implements [driver.Host]. It is never called: after Open the driver is told nothing.
func (d *loop) Receive(MessageType, []byte) {}

// Over implements [driver.Host].
func (d *loop) Over(err error) { d.over, d.err = true, err }

var _ driver.Orders = (*loop)(nil)
