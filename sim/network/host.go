package network

import (
	"errors"
	"fmt"
	"io"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/endpoint/driver"
	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/gobwas/ws"
)

// clock is the part of an endpoint that hosts use.
type clock interface {
	Deadline() time.Time
	Timer() fsm.Timer
}

// drive is common to the drivers of both sides.
type drive interface {
	Expire(now time.Time)
	Send(now time.Time, t wire.MessageType, p []byte) bool
	Close(now time.Time, code uint16, reason string)
}

// Message is an application message.
type Message struct {
	Type wire.MessageType
	Data string
}

// host serves the driver of an endpoint: it stands between the driver and a [Conn].
type host struct {
	net     *Network
	name    string
	client  bool
	side    clock // the endpoint
	drive   drive
	phase   func() string
	opening func(p []byte) // takes bytes of the opening handshake
	conn    *Conn
	told    driver.Peer // of conn
	serial  int         // number of the connection
	frames  *frameReader
	items   []Item        // that have come and wait
	limit   int           // largest message in bytes
	ahead   time.Duration // by which its clock is before that of the network
	alarm   *scheduled    // nil if the endpoint waits for nothing
	watch   Monitor

	open     bool
	over     bool
	settled  time.Duration // when the connect call or handshake came to open, or to its end
	err      error
	received []Message
	sent     []Message     // by the application, on the connection that opened
	on       func()        // is called when the connection opens
	got      func(Message) // is called for each application message
}

// setUp prepares h for its first connection.
func (h *host) setUp() {
	h.limit = wire.DefaultLimits().Unit
	h.opening = func(p []byte) { h.told.Received(h.now(), p) }
	h.watch = Monitor{Server: !h.client, Deadline: h.side.Deadline}
}

// attach takes over a new connection, of which to is told.
func (h *host) attach(c *Conn, to driver.Peer) {
	h.conn, h.told, h.frames, h.items = c, to, nil, nil
	c.receive(h)
}

// arrived implements [receiver].
func (h *host) arrived(p []byte) {
	if h.frames != nil {
		h.items = append(h.items, h.frames.feed(p)...)
	} else {
		h.opening(p)
	}
	h.drain()
}

// orders implement the orders of a driver to a host.
type orders struct{ *host }

// Upgraded implements [driver.Orders].
func (h orders) Upgraded(rest []byte) {
	state := ws.StateServerSide
	if h.client {
		state = ws.StateClientSide
	}
	h.frames = &frameReader{state: state, limit: h.limit}
	h.items = h.frames.feed(rest)
}

// drain tells the endpoint of the items, as long as it wants to know.
func (h *host) drain() {
	for c := h.conn; len(h.items) > 0 && h.conn == c && c != nil; {
		it := h.items[0]
		h.items = h.items[1:]
		h.note(Event{Kind: Received, Item: it})
		h.blame(it)
		h.tell(it)
	}
}

// blame reports frames of our own making that we refuse ourselves. [INV-48]
func (h *host) blame(it Item) {
	if _, ours := h.conn.peer.receiver.(*host); ours && it.Broken != 0 &&
		it.Broken != fsm.FailureLimit {
		h.net.broken = append(h.net.broken, fmt.Errorf("%s, connection %d, at %s: INV-48: "+
			"refuses a frame of our own: %s", h.name, h.serial, h.net.now, it.Text))
	}
}

// tell gives one item to the driver.
func (h *host) tell(it Item) {
	switch {
	case it.Broken != 0:
		h.told.Violation(h.now(), it.Broken, it.Text)
	case it.Op == ws.OpPing:
		h.told.Ping(h.now(), it.Data)
	case it.Op == ws.OpClose:
		h.told.PeerClosed(h.now(), it.Code, it.Text)
	case it.Type != 0: // not a Pong
		h.told.Message(h.now(), it.Type, it.Data)
	}
}

// streamEnded implements [receiver].
func (h *host) streamEnded(err error) {
	text := err.Error()
	if errors.Is(err, io.EOF) {
		text = "the peer ended it"
	}
	h.note(Event{Kind: Lost, Text: text})
	h.watch.Cut()
	h.told.Lost(h.now(), text)
}

// now returns the time by the clock of the host.
func (h *host) now() time.Time { return time.Unix(0, int64(h.net.now+h.ahead)) }

// Wake implements [driver.Host].
func (h orders) Wake(at time.Time) {
	if h.alarm != nil {
		h.alarm.f, h.alarm = nil, nil
	}
	if at.IsZero() {
		return
	}
	r := late
	if h.net.opts.TimersFirst {
		r = early
	}
	h.alarm = h.net.at(h.net.now+at.Sub(h.now()), r, func() { h.expired(h.side.Timer()) })
}

// expired tells the driver the time, because timer t has ended.
func (h *host) expired(t fsm.Timer) {
	h.note(Event{Kind: Expired, Timer: t})
	h.drive.Expire(h.now())
}

// observe looks at an output before it is carried out.
func (h *host) observe(o *endpoint.Output) {
	if err := h.watch.Take(*o); err != nil {
		h.net.broken = append(h.net.broken, fmt.Errorf("%s, connection %d, at %s: %w",
			h.name, h.serial, h.net.now, err))
	}
	if o.Kind == endpoint.Dial {
		h.serial++
	}
	h.note(Event{Kind: Did, Output: *o})
}

// SendBytes implements [driver.Orders].
func (h orders) SendBytes(p []byte) error {
	if h.net.opts.Head != nil {
		p = h.net.opts.Head(h.client, p)
	}
	return h.write(p)
}

// SendMessage implements [driver.Orders].
func (h orders) SendMessage(t wire.MessageType, p []byte) error { return h.frame(ws.OpCode(t), p) }

// SendPong implements [driver.Orders].
func (h orders) SendPong(p []byte) error { return h.frame(ws.OpPong, p) }

// SendClose implements [driver.Orders].
func (h orders) SendClose(code uint16, reason string) error {
	return h.frame(ws.OpClose, closeData(code, reason))
}

// Flush implements [driver.Orders].
func (h orders) Flush() error { return nil }

// Disconnect implements [driver.Orders].
func (h orders) Disconnect() {
	h.conn.Close()
	h.conn, h.items = nil, nil
}

// Open implements [driver.Host].
func (h orders) Open(endpoint.Result) {
	h.open, h.settled = true, h.net.now
	if h.on != nil {
		h.net.After(0, h.on)
	}
}

// Receive implements [driver.Host].
func (h orders) Receive(t wire.MessageType, p []byte) {
	m := Message{t, string(p)}
	h.received = append(h.received, m)
	if h.got != nil {
		h.net.After(0, func() { h.got(m) })
	}
}

// Over implements [driver.Host].
func (h orders) Over(err error) {
	h.over, h.err = true, err
	if !h.open {
		h.settled = h.net.now
	}
}

func (h *host) write(p []byte) error {
	h.conn.Write(p)
	return nil
}

func (h *host) frame(op ws.OpCode, p []byte) error {
	frames := []Frame{{Op: op, Data: p, Masked: h.client}}
	if h.net.opts.Frames != nil {
		frames = h.net.opts.Frames(h.client, frames[0])
	}
	for _, f := range frames {
		if f.Masked {
			f.Mask = h.net.mask()
		}
		_ = h.write(f.Append(nil))
	}
	return nil
}

func (n *Network) mask() (m [4]byte) {
	for i, v := 0, n.rand.Uint32(); i < 4; i, v = i+1, v>>8 {
		m[i] = byte(v)
	}
	return m
}

// note tells the observer.
func (h *host) note(e Event) {
	if h.net.opts.Observe == nil {
		return
	}
	e.At, e.Host, e.Conn, e.Phase = h.net.now, h.name, h.serial, h.phase()
	if due := h.side.Deadline(); !due.IsZero() {
		e.Waits, e.Until = h.side.Timer(), h.net.now+due.Sub(h.now())
	}
	h.net.opts.Observe(e)
}
