package transport

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
)

// giveUpTimeout is how long last words may take to be written once nobody waits for the handshake any more.
const giveUpTimeout = 250 * time.Millisecond

// machine is what the two endpoints have in common.
type machine interface {
	Message(now time.Time, t MessageType, p []byte) []endpoint.Output
	Ping(now time.Time, p []byte) []endpoint.Output
	PeerClosed(now time.Time, code uint16, reason string) []endpoint.Output
	Lost(now time.Time, detail string) []endpoint.Output
	Violation(now time.Time, f fsm.Failure, detail string) []endpoint.Output
	Deadline() time.Time
	Timer() fsm.Timer
	Expire(now time.Time) []endpoint.Output
	Close(now time.Time, code uint16, reason string) []endpoint.Output
}

// side is what they have not.
type side interface {
	special(o *endpoint.Output)                         // carries out what only one side knows
	settled()                                           // is called when all outputs of a call are carried out
	opening(b []byte) (used int, out []endpoint.Output) // takes bytes before there is a WebSocket
	phase() string
	attempt() int
}

// driver carries out the outputs of one endpoint and tells it what happens, in the goroutine of its caller, until the handshake is over.
// What runs beside it (credential provider, application) leaves its result and wakes it.
//
// The order in which things are told is fixed: the end of ctx, expired timers, what the peer has said already, what pends here, results from
// beside, and then what the peer says next. So the outcome does not depend on which goroutine was faster.
type driver struct {
	ctx      context.Context
	endpoint machine
	side     side
	timeouts *endpoint.Timeouts
	trace    trace
	limits   int64    // of a message, in bytes
	entry    *tracked // tells the end of ctx; nil if ctx has to be watched
	client   bool
	tooEarly func(p []byte) bool // client: the endpoint will refuse that message, because it was here before the extended request was sent

	nc     net.Conn
	due    time.Time                // deadline of nc for writing, if known
	link   *link                    // nil until the opening handshake is through
	head   []byte                   // bytes of the opening handshake
	corked []byte                   // frames that go out together
	broken bool                     // the peer broke the rules of frames
	deaf   bool                     // the peer did not read in time
	next   func() []endpoint.Output // pends: to be told before anything is waited for

	mu          sync.Mutex // guards the fields up to result
	socket      net.Conn   // nc, while wake may interrupt it
	interrupted bool       // ctx ended
	result      func() []endpoint.Output

	woken atomic.Bool
	bell  chan struct{} // rung by wake, for idle; nil until that waits; guarded by mu

	beside bool   // something ran beside, and may be running still
	over   bool   // Open, Fail or Closed came
	open   bool   // it was Open
	err    error  // it was Fail
	net    error  // network error of the current connection
	gaveUp string // phase in which ctx ended
}

// run goes on until the handshake is over. An open connection is left without deadlines.
func (d *driver) run(first []endpoint.Output) {
	if d.entry != nil {
		d.entry.shaking(d)
		defer d.entry.shaking(nil)
	} else {
		stop := context.AfterFunc(d.ctx, d.interrupt)
		defer func() { d.beside = !stop() || d.beside }()
	}
	d.do(first)
	for !d.over {
		d.do(d.happen())
	}
	d.setSocket(nil)
	if d.nc != nil {
		_ = d.nc.SetDeadline(time.Time{})
	}
}

// connected takes over nc.
func (d *driver) connected(nc net.Conn) {
	d.due = time.Time{}
	d.nc, d.broken, d.deaf = nc, false, false
	d.setSocket(nc)
}

// setSocket says which socket wake interrupts. Once it is nil nobody but the caller touches the deadlines.
func (d *driver) setSocket(nc net.Conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.socket = nc
}

// wake makes whatever run waits for come to its end. The flag is set before the deadline, and run looks at it after setting its own: so one
// of the two always sees the other.
func (d *driver) wake() {
	d.woken.Store(true)
	d.mu.Lock()
	defer d.mu.Unlock()
	select {
	case d.bell <- struct{}{}:
	default:
	}
	if d.socket != nil {
		_ = d.socket.SetReadDeadline(longAgo)
	}
}

// interrupt is wake for the end of ctx: a write in progress is broken off too, and from here on each has little time.
func (d *driver) interrupt() {
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

// later runs f beside the driver and has its result handled by run. One at a time: the result of one that is no longer waited for is dropped.
func (d *driver) later(f func() func() []endpoint.Output) {
	d.beside = true
	go func() {
		result := f()
		d.mu.Lock()
		d.result = result
		d.mu.Unlock()
		d.wake()
	}()
}

// takeResult returns what later left, nil if nothing.
func (d *driver) takeResult() func() []endpoint.Output {
	d.mu.Lock()
	defer d.mu.Unlock()
	f := d.result
	d.result = nil
	return f
}

// happen waits for the next thing that happens and tells the endpoint.
func (d *driver) happen() []endpoint.Output {
	if d.ctx.Err() != nil {
		return d.giveUp()
	}
	if due := d.endpoint.Deadline(); !due.IsZero() {
		if now := time.Now(); !now.Before(due) {
			d.showRest()
			d.trace.event(Event{Kind: EventTimer, Text: d.endpoint.Timer().String(), Phase: d.side.phase(), Attempt: d.side.attempt()})
			return d.endpoint.Expire(now)
		}
	}
	if d.buffered() {
		return d.readItem()
	}
	if f := d.next; f != nil {
		d.next = nil
		return f()
	}
	if f := d.takeResult(); f != nil {
		return f()
	}
	if d.nc == nil {
		d.idle()
		return nil
	}
	return d.read()
}

// idle waits without a connection.
func (d *driver) idle() {
	var expired <-chan time.Time
	if due := d.endpoint.Deadline(); !due.IsZero() {
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
func (d *driver) ring() <-chan struct{} {
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
func (d *driver) giveUp() []endpoint.Output {
	if d.gaveUp == "" {
		d.gaveUp = d.side.phase()
	}
	d.interrupt()
	d.do(d.endpoint.Close(time.Now(), CloseGoingAway, ""))
	if d.over {
		return nil
	}
	return d.endpoint.Expire(d.endpoint.Deadline())
}
