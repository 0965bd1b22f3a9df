// Package loop runs the driver of one side on blocking sockets, in the goroutine of its caller,
// until the handshake is over. It carries out the driver's orders and reports events to it. A
// function that runs beside the loop (credential provider, application) leaves its result and wakes
// the loop.
//
// A side embeds a [Loop], sets its [Config], and calls Run. Afterwards the results say how it
// ended.
//
// The order of reports is fixed: the end of the context, the deadline, messages of the peer that
// have arrived, pending calls, results of functions beside the loop, and then further messages of
// the peer. So the outcome does not depend on which goroutine was faster.
package loop

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/endpoint/driver"
	"example.com/khp/transport/internal/deflate"
	"example.com/khp/transport/internal/frames"
	"example.com/khp/transport/internal/sock"
	"example.com/khp/transport/internal/tracker"
	"example.com/khp/wire"
)

const codeGoingAway = 1001

// Driver are the calls of a driver that the loop makes.
type Driver interface {
	Begin(now time.Time, outs []endpoint.Output)
	Deadline() time.Time
	Expire(now time.Time)
	GiveUp(now time.Time, code uint16, reason string)
}

// Side are the calls that clients and servers implement differently.
type Side interface {
	Settled() // is called when all that follows from one thing that happened is done
	Phase() string
}

// Trace hears of each event before the driver does.
type Trace interface {
	Read(p []byte)     // bytes of the opening handshake
	Upgraded(rest int) // the last of them were not
	Message(t wire.MessageType, p []byte)
	TooEarly() // that message was here before the request was sent
	Ping()
	Close(code uint16, reason string)
	Violation(code uint16, detail string)
	Lost(detail string)
	Expired() // the timer that runs
	Disconnected()
}

// Config has the parts that a loop needs.
type Config struct {
	Context  context.Context
	Driver   Driver
	First    []endpoint.Output // of the endpoint's first call: Run carries them out
	Side     Side
	Trace    Trace
	Timeouts *endpoint.Timeouts
	Limit    int64          // of a message, in bytes
	Entry    *tracker.Entry // tells the end of Context; nil if that has to be watched
	Client   bool
	// Client: the endpoint will refuse that message, because it was here before the extended
	// request was sent.
	TooEarly func(p []byte) bool
}

// Loop is one handshake.
type Loop struct {
	Config

	// Results.
	IsOpen  bool   // the driver said Open
	Failure error  // from the driver's Over
	Network error  // network error of the current connection
	GaveUp  string // phase in which Context ended
	Beside  bool   // something ran beside, and may be running still
	over    bool   // Open or Over came

	Compression *deflate.Params // as the opening handshake agreed; nil for none

	Link *frames.Conn // nil until the opening handshake is through
	// Frames that go out together; memory for them may come from a loop that is over.
	Corked []byte
	Next   func() // pends: to be done before anything is waited for

	nc   net.Conn
	peer driver.Peer // of nc
	due  time.Time   // deadline of nc for writing, if known
	// Bytes received behind an opening request that is being decided on; nil otherwise.
	held   []byte
	broken bool // the peer broke the rules of frames
	deaf   bool // the peer did not read in time

	mu          sync.Mutex // guards the next two
	socket      net.Conn   // nc, while wake may interrupt it
	interrupted bool       // Context ended

	result chan func() // of the functions that Later runs
	woken  atomic.Bool
	bell   chan struct{} // rung by wake, for idle; nil until that waits; guarded by mu
}

// Run begins with the first outputs, and goes on until the handshake is over. An open connection is
// left without deadlines.
func (d *Loop) Run() {
	if d.Entry != nil {
		d.Entry.EndBy(d)
		defer d.Entry.EndBy(nil)
	} else {
		stop := context.AfterFunc(d.Context, d.Interrupt)
		defer func() { d.Beside = !stop() || d.Beside }()
	}
	for d.Driver.Begin(time.Now(), d.First); !d.over; d.happen() {
		d.Side.Settled()
	}
	d.Side.Settled()
	d.setSocket(nil)
	if d.nc != nil {
		_ = d.nc.SetDeadline(time.Time{})
	}
}

// Connected takes over nc, of which peer is told.
func (d *Loop) Connected(nc net.Conn, peer driver.Peer) {
	d.due = time.Time{}
	d.nc, d.peer, d.broken, d.deaf = nc, peer, false, false
	d.setSocket(nc)
}

// setSocket says which socket wake interrupts. Once it is nil only the caller touches the
// deadlines.
func (d *Loop) setSocket(nc net.Conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.socket = nc
}

// wake ends the wait of Run. The flag is set before the deadline, and Run looks at it after setting
// its own: so one of the two always sees the other.
func (d *Loop) wake() {
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

// Interrupt is wake for the end of ctx: a write in progress is broken off too, and from here on
// each has little time.
func (d *Loop) Interrupt() {
	d.mu.Lock()
	again := d.interrupted
	d.interrupted = true
	if d.socket != nil && !again {
		// A write in progress, or one that is about to begin, comes before the last words.
		_ = d.socket.SetWriteDeadline(time.Now().Add(sock.GiveUpTimeout))
	}
	d.mu.Unlock()
	if !again {
		d.wake()
	}
}

// Later runs f beside the loop and has its result handled by Run. Only the result of the last f is.
func (d *Loop) Later(f func() func()) {
	d.Beside = true
	result := make(chan func(), 1)
	d.result = result
	go func() {
		result <- f()
		d.wake()
	}()
}

// takeResult returns the result of Later, nil if there is none.
func (d *Loop) takeResult() func() {
	select {
	case f := <-d.result:
		return f
	default:
		return nil
	}
}

// happen waits for the next thing that happens and tells the driver.
func (d *Loop) happen() {
	if d.Context.Err() != nil {
		d.Abandon()
		return
	}
	if due := d.Driver.Deadline(); !due.IsZero() {
		if now := time.Now(); !now.Before(due) {
			d.Trace.Expired()
			d.Driver.Expire(now)
			return
		}
	}
	if d.buffered() {
		d.readItem()
		return
	}
	if f := d.Next; f != nil {
		d.Next = nil
		f()
		return
	}
	if f := d.takeResult(); f != nil {
		// The context of the function may have ended since: then report this end, and no failure that it
		// causes.
		if d.Context.Err() == nil {
			f()
		}
		return
	}
	if d.nc == nil {
		d.idle()
		return
	}
	// The next write uses this deadline as well and need not set its own: to set one costs as much as
	// to parse a frame.
	d.due = d.Driver.Deadline()
	_ = d.nc.SetDeadline(d.due)
	switch {
	case d.woken.Swap(false):
	case d.held != nil:
		d.readHeld()
	case d.Link == nil:
		d.readOpening()
	default:
		d.readItem()
	}
}

// idle waits without a connection.
func (d *Loop) idle() {
	var expired <-chan time.Time
	if due := d.Driver.Deadline(); !due.IsZero() {
		expired = time.After(time.Until(due))
	}
	select {
	case <-d.ring():
	case <-expired:
	}
}

// ring returns the bell. If wake was called before there was one, it rings.
func (d *Loop) ring() <-chan struct{} {
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

// Abandon ends the attempt at once, because ctx ended. The closing handshake is not waited for.
func (d *Loop) Abandon() {
	if d.GaveUp == "" {
		d.GaveUp = d.Side.Phase()
	}
	d.Interrupt()
	d.Driver.GiveUp(time.Now(), codeGoingAway, "")
}

// Wake implements [driver.Host]: the loop looks at the deadline before it waits.
func (d *Loop) Wake(time.Time) {}

// Open implements [driver.Host].
func (d *Loop) Open(endpoint.Result) { d.over, d.IsOpen = true, true }

// Receive implements [driver.Host]. It is never called: after Open the driver is told nothing.
func (d *Loop) Receive(wire.MessageType, []byte) {}

// Over implements [driver.Host].
func (d *Loop) Over(err error) { d.over, d.Failure = true, err }

var _ driver.Orders = (*Loop)(nil)
