package transport

import (
	"context"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/transport/endpoint"
)

// machine is what the two endpoints have in common.
type machine interface {
	Message(t MessageType, p []byte) []endpoint.Output
	Ping(p []byte) []endpoint.Output
	PeerClosed(code uint16, reason string) []endpoint.Output
	Lost(detail string) []endpoint.Output
	Violation(f fsm.Failure, detail string) []endpoint.Output
	TimerExpired(t fsm.Timer) []endpoint.Output
	Close(code uint16, reason string) []endpoint.Output
}

// driver carries out the outputs of one endpoint and tells it what happens, in the goroutine of its caller, until the handshake is over.
// What runs beside it (credential provider, application) reports through results and wakes the reader.
type driver struct {
	ctx      context.Context
	endpoint machine
	timers   timers
	trace    trace
	special  func(o *endpoint.Output) // carries out what only one side knows
	phase    func() string
	attempt  func() int
	opening  func(b []byte) (used int, out []endpoint.Output) // takes bytes before there is a WebSocket

	nc     net.Conn
	link   *link  // nil until the opening handshake is through
	head   []byte // bytes of the opening handshake
	limits int64
	client bool

	corked  []byte                        // frames that go out together
	pending func() []endpoint.Output      // to be told next, before anything is waited for
	settled func()                        // called when all outputs of a call are carried out
	results chan func() []endpoint.Output // of what runs beside
	woken   atomic.Bool
	mu      sync.Mutex // guards socket
	socket  net.Conn   // nc, for wake

	over bool  // Open, Fail or Closed came
	open bool  // it was Open
	err  error // it was Fail
	net  error // network error behind it
}

// run goes on until the handshake is over.
func (d *driver) run(first []endpoint.Output) {
	stop := context.AfterFunc(d.ctx, d.wake)
	d.do(first)
	for !d.over {
		d.do(d.happen())
	}
	stop()
	d.setSocket(nil)
	if d.nc != nil {
		_ = d.nc.SetDeadline(time.Time{})
	}
}

// connected takes over nc.
func (d *driver) connected(nc net.Conn) {
	d.nc = nc
	d.setSocket(nc)
}

// setSocket says which socket wake interrupts.
func (d *driver) setSocket(nc net.Conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.socket = nc
}

// wake interrupts whatever run waits for.
func (d *driver) wake() {
	select {
	case d.results <- nil:
	default:
	}
	d.woken.Store(true)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.socket != nil {
		_ = d.socket.SetReadDeadline(longAgo)
	}
}

// happen waits for the next thing that happens and tells the endpoint.
func (d *driver) happen() []endpoint.Output {
	if f := d.pending; f != nil {
		d.pending = nil
		return f()
	}
	if d.ctx.Err() != nil {
		return d.giveUp()
	}
	select {
	case f := <-d.results:
		if f != nil {
			return f()
		}
		return nil
	default:
	}
	if t := d.timers.expired(); t != 0 {
		d.trace.event(Event{Kind: EventTimer, Text: t.String(), Phase: d.phase(), Attempt: d.attempt()})
		return d.endpoint.TimerExpired(t)
	}
	if d.nc == nil {
		return d.idle()
	}
	_, due := d.timers.next()
	_ = d.nc.SetReadDeadline(due)
	if d.woken.Swap(false) {
		return nil
	}
	if d.link == nil {
		return d.readOpening()
	}
	return d.readItem()
}

// idle waits without a connection, for the credential provider.
func (d *driver) idle() []endpoint.Output {
	_, due := d.timers.next()
	timer := time.NewTimer(time.Until(due))
	defer timer.Stop()
	select {
	case f := <-d.results:
		if f != nil {
			return f()
		}
	case <-timer.C:
	case <-d.ctx.Done():
	}
	return nil
}

// giveUp ends the attempt at once, because the caller's context ended.
func (d *driver) giveUp() []endpoint.Output {
	d.do(d.endpoint.Close(CloseGoingAway, ""))
	if d.over {
		return nil
	}
	return d.endpoint.TimerExpired(fsm.TimerClose)
}

// readOpening reads more of the opening handshake.
func (d *driver) readOpening() []endpoint.Output {
	if len(d.head) == cap(d.head) {
		d.head = slices.Grow(d.head, 1024)
	}
	n, err := d.nc.Read(d.head[len(d.head):cap(d.head)])
	if d.head = d.head[:len(d.head)+n]; n > 0 {
		used, out := d.opening(d.head)
		if used > 0 {
			d.trace.event(Event{Kind: EventReceiveOpening, Data: d.head[:used], Phase: d.phase(), Attempt: d.attempt()})
			d.established(d.head[used:])
			return out
		}
	}
	return d.readError(err)
}

// established starts the WebSocket, with the bytes that came behind the opening handshake.
func (d *driver) established(rest []byte) {
	d.link = newLink(d.nc, d.client, rest, d.limits)
	d.head = nil
}

// readItem reads one message or control frame.
func (d *driver) readItem() []endpoint.Output {
	it, err := d.link.next()
	if err != nil {
		return d.readError(err)
	}
	switch it.kind {
	case itemMessage:
		d.trace.event(Event{Kind: EventReceive, Type: it.typ, Data: append([]byte{}, it.data...), Phase: d.phase(), Attempt: d.attempt()})
		return d.endpoint.Message(it.typ, it.data)
	case itemPing:
		d.trace.event(Event{Kind: EventPing, Phase: d.phase(), Attempt: d.attempt()})
		return d.endpoint.Ping(it.data)
	case itemClose:
		d.trace.event(Event{Kind: EventReceiveClose, Code: it.code, Text: it.reason, Phase: d.phase(), Attempt: d.attempt()})
		return d.endpoint.PeerClosed(it.code, it.reason)
	}
	return nil
}

// readError tells the endpoint why nothing more can be read; an expired deadline is no such reason.
func (d *driver) readError(err error) []endpoint.Output {
	var bad *frameError
	switch {
	case err == nil || errors.Is(err, os.ErrDeadlineExceeded):
		return nil
	case errors.As(err, &bad):
		return d.endpoint.Violation(violationOf(bad.code), bad.msg)
	case errors.Is(err, errCloseReceived):
		return d.awaitEOF()
	}
	d.net = err
	return d.lost(err)
}

func (d *driver) lost(err error) []endpoint.Output {
	d.trace.event(Event{Kind: EventLost, Text: err.Error(), Phase: d.phase(), Attempt: d.attempt()})
	return d.endpoint.Lost("the connection ended: " + lostText(err))
}

// awaitEOF reads on after the peer's Close frame; what comes is thrown away.
func (d *driver) awaitEOF() []endpoint.Output {
	var b [512]byte
	if _, err := d.nc.Read(b[:]); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		return d.lost(err)
	}
	return nil
}

// do carries out outputs in order. Messages that follow each other go out in one write.
func (d *driver) do(outs []endpoint.Output) {
	for i := range outs {
		o := &outs[i]
		d.trace.output(o, d.phase(), d.attempt())
		if o.Kind == endpoint.SendMessage {
			d.corked = d.link.appendFrame(d.corked, opcode(o.Type), o.Data)
			continue
		}
		d.flush()
		d.one(o)
	}
	d.flush()
	if d.settled != nil {
		d.settled()
	}
}

// flush writes the frames collected. An error shows itself to the reader or at a timer.
func (d *driver) flush() {
	if len(d.corked) == 0 {
		return
	}
	d.limitWrite()
	_ = d.link.writeRaw(d.corked)
	d.corked = d.corked[:0]
}

// limitWrite makes a peer that does not read fail like one that does not answer.
func (d *driver) limitWrite() {
	_, due := d.timers.next()
	_ = d.nc.SetWriteDeadline(due)
}

// one carries out one output.
func (d *driver) one(o *endpoint.Output) {
	switch o.Kind {
	case endpoint.SendBytes:
		d.limitWrite()
		_, _ = d.nc.Write(o.Data)
	case endpoint.SendPong:
		d.limitWrite()
		_ = d.link.pong(o.Data)
	case endpoint.SendClose:
		d.limitWrite()
		_ = d.link.close(o.Code, o.Text)
	case endpoint.Disconnect:
		d.disconnect()
	case endpoint.ArmTimer:
		d.timers.arm(o.Timer)
	case endpoint.StopTimer:
		d.timers.stop(o.Timer)
	case endpoint.PauseTimer:
		d.timers.pause(o.Timer)
	case endpoint.ResumeTimer:
		d.timers.resume(o.Timer)
	case endpoint.StopTimers:
		d.timers.stopAll()
	case endpoint.Open:
		d.over, d.open = true, true
	case endpoint.Closed:
		d.over = true
	case endpoint.Fail:
		d.over, d.err = true, o.Err
	default:
		d.special(o)
	}
}

// disconnect drops the connection.
func (d *driver) disconnect() {
	d.setSocket(nil)
	if d.nc != nil && !d.client {
		linger(d.nc)
	}
	if d.nc != nil {
		_ = d.nc.Close()
	}
	d.nc, d.link, d.head = nil, nil, nil
}

// linger ends our side of the stream and lets the peer read what it was told: closing a socket with unread data resets the connection, and
// the reset can overtake our last bytes.
func linger(nc net.Conn) {
	half, ok := nc.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil {
		return
	}
	_ = nc.SetReadDeadline(time.Now().Add(failTimeout))
	_, _ = io.CopyN(io.Discard, nc, maxDiscard)
}

// later runs f beside the driver and has its result handled by run.
func (d *driver) later(f func() func() []endpoint.Output) {
	go func() {
		result := f()
		for {
			select {
			case d.results <- result:
			case <-d.results: // a wake-up that nobody needs any more
				continue
			}
			break
		}
		d.wake()
	}()
}

// violationOf maps the close code of a frame error to a failure.
func violationOf(code uint16) fsm.Failure {
	switch code {
	case CloseTooBig:
		return fsm.FailureLimit
	case CloseInvalidPayload:
		return fsm.FailureUTF8
	}
	return fsm.FailureFrame
}

func lostText(err error) string {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err.Error()
	}
	return err.Error()
}

func sortedKeys(h http.Header) []string { return slices.Sorted(maps.Keys(h)) }
