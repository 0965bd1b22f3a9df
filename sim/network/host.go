package network

import (
	"errors"
	"fmt"
	"io"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/gobwas/ws"
)

// side is what the two endpoints have in common.
type side interface {
	OpeningReceived(now time.Time, b []byte) (used int, out []endpoint.Output)
	Message(now time.Time, t wire.MessageType, p []byte) []endpoint.Output
	Ping(now time.Time, p []byte) []endpoint.Output
	PeerClosed(now time.Time, code uint16, reason string) []endpoint.Output
	Lost(now time.Time, detail string) []endpoint.Output
	Violation(now time.Time, f fsm.Failure, detail string) []endpoint.Output
	Deadline() time.Time
	Timer() fsm.Timer
	Expire(now time.Time) []endpoint.Output
	Send(now time.Time, t wire.MessageType, p []byte) (out []endpoint.Output, ok bool)
	Close(now time.Time, code uint16, reason string) []endpoint.Output
}

// Message is an application message.
type Message struct {
	Type wire.MessageType
	Data string
}

// host is the driver of an endpoint: it stands between the endpoint and a [Conn] as the package documentation of endpoint asks for.
type host struct {
	net     *Network
	name    string
	client  bool
	side    side
	phase   func() string
	carried func(outs []endpoint.Output)                                    // is called when outputs are carried out; may be nil
	special func(o *endpoint.Output)                                        // carries out what only this kind of host is told
	opening func(now time.Time, b []byte) (used int, out []endpoint.Output) // side.OpeningReceived, unless the host shakes hands itself
	conn    *Conn
	serial  int    // number of the connection
	head    []byte // of the opening handshake
	frames  *frameReader
	items   []Item        // that have come and wait
	limit   int           // largest message in bytes
	ahead   time.Duration // by which its clock is before that of the network
	due     time.Time     // deadline of the endpoint that alarm is set to
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
	h.opening = h.side.OpeningReceived
	h.watch = Monitor{Server: !h.client, Deadline: h.side.Deadline}
}

// attach takes over a new connection.
func (h *host) attach(c *Conn) {
	h.conn, h.head, h.frames, h.items = c, nil, nil, nil
	c.Receive(h)
}

// Received implements [Receiver].
func (h *host) Received(p []byte) {
	if h.frames != nil {
		h.items = append(h.items, h.frames.feed(p)...)
		h.drain()
		return
	}
	h.head = append(h.head, p...)
	used, out := h.opening(h.now(), h.head)
	if used == 0 {
		return
	}
	state := ws.StateServerSide
	if h.client {
		state = ws.StateClientSide
	}
	h.frames = &frameReader{state: state, limit: h.limit}
	h.items = h.frames.feed(h.head[used:])
	h.do(out)
	h.drain()
}

// drain tells the endpoint of the items, as long as it wants to know.
func (h *host) drain() {
	for c := h.conn; len(h.items) > 0 && h.conn == c && c != nil; {
		it := h.items[0]
		h.items = h.items[1:]
		h.note(Event{Kind: Received, Item: it})
		h.blame(it)
		h.do(h.tell(it))
	}
}

// blame reports frames of our own making that we refuse ourselves. [INV-48]
func (h *host) blame(it Item) {
	if _, ours := h.conn.peer.receiver.(*host); ours && it.Broken != 0 && it.Broken != fsm.FailureLimit {
		h.net.broken = append(h.net.broken, fmt.Errorf("%s, connection %d, at %s: INV-48: refuses a frame of our own: %s", h.name, h.serial, h.net.now, it.Text))
	}
}

// tell gives one item to the endpoint.
func (h *host) tell(it Item) []endpoint.Output {
	switch {
	case it.Broken != 0:
		return h.side.Violation(h.now(), it.Broken, it.Text)
	case it.Op == ws.OpPing:
		return h.side.Ping(h.now(), it.Data)
	case it.Op == ws.OpClose:
		return h.side.PeerClosed(h.now(), it.Code, it.Text)
	case it.Type == 0: // a Pong
		return nil
	}
	return h.side.Message(h.now(), it.Type, it.Data)
}

// Ended implements [Receiver].
func (h *host) Ended(err error) {
	text := err.Error()
	if errors.Is(err, io.EOF) {
		text = "the peer ended it"
	}
	h.note(Event{Kind: Lost, Text: text})
	h.watch.cut()
	h.do(h.side.Lost(h.now(), text))
}

// now is what the clock of the host shows.
func (h *host) now() time.Time { return time.Unix(0, int64(h.net.now+h.ahead)) }

// wait sets the alarm to the deadline of the endpoint.
func (h *host) wait() {
	due := h.side.Deadline()
	if due.Equal(h.due) {
		return
	}
	if h.due = due; h.alarm != nil {
		h.alarm.f, h.alarm = nil, nil
	}
	if due.IsZero() {
		return
	}
	r := late
	if h.net.opts.TimersFirst {
		r = early
	}
	h.alarm = h.net.at(h.net.now+due.Sub(h.now()), r, func() { h.expired(h.side.Timer()) })
}

// expired tells the endpoint what time it is, because timer t has ended.
func (h *host) expired(t fsm.Timer) {
	h.note(Event{Kind: Expired, Timer: t})
	h.do(h.side.Expire(h.now()))
}

// later calls f, which tells the endpoint something, once d has passed, unless the host has gone on to another connection by then.
func (h *host) later(d time.Duration, f func() []endpoint.Output) {
	serial := h.serial
	h.net.After(d, func() {
		if h.serial == serial && !h.over {
			h.do(f())
		}
	})
}

// do carries out outputs, in order.
func (h *host) do(outs []endpoint.Output) {
	for i := range outs {
		o := &outs[i]
		if err := h.watch.Take(*o); err != nil {
			h.net.broken = append(h.net.broken, fmt.Errorf("%s, connection %d, at %s: %w", h.name, h.serial, h.net.now, err))
		}
		h.one(o)
		h.note(Event{Kind: Did, Output: *o})
	}
	h.wait()
	if h.carried != nil {
		h.carried(outs)
	}
}

// one carries out one output.
func (h *host) one(o *endpoint.Output) {
	switch o.Kind {
	case endpoint.SendBytes:
		h.write(o.Data)
	case endpoint.SendMessage:
		h.frame(ws.OpCode(o.Type), o.Data)
	case endpoint.SendPong:
		h.frame(ws.OpPong, o.Data)
	case endpoint.SendClose:
		h.frame(ws.OpClose, closeData(o.Code, o.Text))
	case endpoint.Disconnect:
		if h.conn != nil {
			h.conn.Close()
		}
		h.conn, h.items = nil, nil
	case endpoint.Open:
		h.open, h.settled = true, h.net.now
		if h.on != nil {
			h.net.After(0, h.on)
		}
	case endpoint.Deliver:
		m := Message{o.Type, string(o.Data)}
		h.received = append(h.received, m)
		if h.got != nil {
			h.net.After(0, func() { h.got(m) })
		}
	case endpoint.Closed, endpoint.Fail:
		h.over, h.err = true, o.Err
		if !h.open {
			h.settled = h.net.now
		}
	case endpoint.Dial, endpoint.AskCredentials, endpoint.AskDecision:
		h.special(o)
	case endpoint.StopBody: // the body is one write
	}
}

func (h *host) write(p []byte) {
	if h.conn != nil {
		h.conn.Write(p)
	}
}

func (h *host) frame(op ws.OpCode, p []byte) {
	f := Frame{Op: op, Data: p, Masked: h.client}
	if f.Masked {
		f.Mask = h.net.mask()
	}
	h.write(f.Append(nil))
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
