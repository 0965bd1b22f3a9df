package transport

import (
	"cmp"
	"context"
	"errors"
	"sync/atomic"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/internal/redact"
	"example.com/khp/internal/watch"
	"example.com/khp/transport/internal/opening"

	format "example.com/khp/transport/trace"
)

// connections numbers the connections of this process for observers.
var connections atomic.Uint64

// stage says where a handshake is.
type stage interface {
	Phase() string
	Attempt() int
	Timer() fsm.Timer
}

// trace reports one connection to an observer; without an observer it costs nothing. It implements
// [loop.Trace].
type trace struct {
	to     Observer
	ctx    context.Context
	conn   uint64
	server bool
	url    string
	since  time.Time // of the first event
	stage  stage
	heard  Event // with the bytes of the opening handshake that the observer is not told of yet

	in, out redact.Redactor // of each direction: messages come in pieces
}

func newTrace(ctx context.Context, to Observer, at stage, server bool) trace {
	t := trace{to: to, ctx: ctx, stage: at, server: server}
	if to != nil {
		t.conn, t.since = connections.Add(1), time.Now()
	}
	return t
}

// observed returns the observer of a handshake: to, or in tests that watch all handshakes one that
// they are shown as well.
func observed(to Observer, of watch.Traced) Observer {
	if watch.Trace == nil {
		return to
	}
	record, output := watch.Trace(of)
	if record == nil {
		return to
	}
	w := watching{to, record, output}
	if end, ok := to.(EndObserver); ok {
		return watchingEnd{w, end}
	}
	return w
}

// watching shows tests the events of an observer, which may be nil, and all orders of the endpoint.
type watching struct {
	to     Observer
	record func(format.Record)
	output func(*endpoint.Output)
}

// Observe implements Observer.
func (w watching) Observe(ev Event) {
	w.record(ev.Record())
	if w.to != nil {
		w.to.Observe(ev)
	}
}

// order shows an order of the endpoint.
func (w watching) order(o *endpoint.Output) { w.output(o) }

// watchingEnd is watching for an EndObserver.
type watchingEnd struct {
	watching
	end EndObserver
}

// ObserveEnd implements EndObserver.
func (w watchingEnd) ObserveEnd(ev Event) { w.end.ObserveEnd(ev) }

// tell delivers ev, which happens now, after the bytes that were heard before.
func (t *trace) tell(ev Event) {
	if t.to == nil {
		return
	}
	t.tellHeard()
	ev.Phase, ev.Attempt = t.stage.Phase(), t.stage.Attempt()
	t.deliver(ev)
}

// tellHeard reports the bytes of the opening handshake that were read.
func (t *trace) tellHeard() {
	ev := t.heard
	t.heard = Event{}
	if len(ev.Data) > 0 {
		t.deliver(ev)
	}
}

// deliver completes ev. It redacts HTTP bytes of every kind.
func (t *trace) deliver(ev Event) {
	ev.Time, ev.Conn, ev.Server, ev.URL, ev.ctx = time.Now(), t.conn, t.server, t.url, t.ctx
	//exhaustive:ignore
	switch ev.Kind {
	case EventDial:
		t.out.Reset()
		t.in.Reset()
	case EventSendOpening, EventSend:
		ev.Data = shown(&t.out, ev.Data)
	case EventReceiveOpening, EventReceive:
		ev.Data = shown(&t.in, ev.Data)
	case EventOpen, EventFail, EventClosed:
		ev.Duration = ev.Time.Sub(t.since)
	}
	t.to.Observe(ev)
}

func shown(r *redact.Redactor, piece []byte) []byte {
	return r.Append(make([]byte, 0, len(piece)), piece)
}

// received reports the opening request, written anew if net/http has read it.
func (t *trace) received(o *opening.Request) {
	b := o.Head
	if o.Parsed != nil {
		t.url = string(o.Parsed.Target)
	}
	if b == nil {
		b, _ = o.Parsed.Append([]byte{})
	}
	t.deliver(Event{Kind: EventReceiveOpening, Data: b, Phase: fsm.ServerOpening.String()})
}

// Read implements [loop.Trace]. The observer gets p once it is known which part of p belongs to the
// opening handshake.
func (t *trace) Read(p []byte) {
	if t.to != nil {
		t.heard = Event{Kind: EventReceiveOpening, Data: append(t.heard.Data, p...),
			Phase: t.stage.Phase(), Attempt: t.stage.Attempt()}
	}
}

// Upgraded implements [loop.Trace].
func (t *trace) Upgraded(rest int) {
	t.heard.Data = t.heard.Data[:max(0, len(t.heard.Data)-rest)]
	t.tellHeard()
}

// Disconnected implements [loop.Trace].
func (t *trace) Disconnected() { t.heard = Event{} }

// Message implements [loop.Trace].
func (t *trace) Message(typ MessageType, p []byte) {
	t.tell(Event{Kind: EventReceive, Type: typ, Data: p})
}

// TooEarly implements [loop.Trace].
func (t *trace) TooEarly() { t.Violation(CloseProtocolError, "a message before the request") }

// Ping implements [loop.Trace].
func (t *trace) Ping() { t.tell(Event{Kind: EventPing}) }

// Close implements [loop.Trace].
func (t *trace) Close(code uint16, reason string) {
	t.tell(Event{Kind: EventReceiveClose, Code: code, Text: reason})
}

// Violation implements [loop.Trace].
func (t *trace) Violation(code uint16, detail string) {
	t.tell(Event{Kind: EventViolation, Code: code, Text: detail})
}

// Lost implements [loop.Trace].
func (t *trace) Lost(detail string) { t.tell(Event{Kind: EventLost, Text: detail}) }

// Expired implements [loop.Trace].
func (t *trace) Expired() { t.tell(Event{Kind: EventTimer, Text: t.stage.Timer().String()}) }

// observe reports an order that is being carried out.
func (t *trace) observe(o *endpoint.Output) {
	if w, ok := t.to.(interface{ order(*endpoint.Output) }); ok {
		w.order(o)
	}
	t.tellHeard()
	ev := Event{}
	//exhaustive:ignore
	switch o.Kind {
	case endpoint.Dial:
		t.url = o.URL.String()
		ev.Kind, ev.Text = EventDial, t.url
	case endpoint.SendBytes:
		ev.Kind, ev.Data = EventSendOpening, o.Data
	case endpoint.SendMessage:
		ev.Kind, ev.Type, ev.Data = EventSend, o.Type, o.Data
		if ev.Data == nil {
			ev.Data = []byte{} // the terminator
		}
	case endpoint.SendClose:
		ev.Kind, ev.Code, ev.Text = EventSendClose, o.Code, o.Text
	case endpoint.AskCredentials:
		ev.Kind = EventCredentials
	case endpoint.Fail:
		ev.Kind, ev.Err = EventFail, o.Err
		var failed *endpoint.HandshakeError
		if errors.As(o.Err, &failed) {
			ev.Failure, ev.Status = failed.Failure, failed.Status
		}
	case endpoint.Closed:
		ev.Kind = EventClosed
	default:
		return
	}
	t.tell(ev)
}

// opened reports that the handshake completed, and returns the value that reports the end, nil if
// nothing is to be reported then.
func (t *trace) opened(protocol string, status int) *watched {
	if t.to == nil {
		return nil
	}
	t.tell(Event{Kind: EventOpen, Text: protocol, Code: uint16(status), Status: status})
	to, ok := t.to.(EndObserver)
	if !ok {
		return nil
	}
	return &watched{to: to, ctx: t.ctx, conn: t.conn, server: t.server, url: t.url, since: time.Now()}
}

// watched reports the end of an open connection to an observer. A nil one counts nothing.
type watched struct {
	to     EndObserver
	ctx    context.Context
	conn   uint64
	server bool
	url    string
	since  time.Time
	code   atomic.Uint32 // of the Close frame that was sent

	sent, received struct{ messages, bytes atomic.Uint64 }
}

// sends counts messages that were sent, and bytes of messages.
func (w *watched) sends(messages, bytes int) {
	if w != nil {
		w.sent.bytes.Add(uint64(bytes))
		w.sent.messages.Add(uint64(messages))
	}
}

// receives counts messages for the application, and bytes of messages.
func (w *watched) receives(messages, bytes int) {
	if w != nil {
		w.received.bytes.Add(uint64(bytes))
		w.received.messages.Add(uint64(messages))
	}
}

// closes notes the code of our Close frame.
func (w *watched) closes(code uint16) {
	if w != nil {
		w.code.CompareAndSwap(0, uint32(code))
	}
}

// ends reports the end.
func (w *watched) ends(err error) {
	if w == nil {
		return
	}
	code := cmp.Or(CloseCode(err), uint16(w.code.Load()), CloseAbnormal)
	var broken *ProtocolError
	if errors.As(err, &broken) {
		code = broken.Code
	}
	now := time.Now()
	w.to.ObserveEnd(Event{
		Kind:     EventEnd,
		Time:     now,
		Conn:     w.conn,
		Server:   w.server,
		URL:      w.url,
		ctx:      w.ctx,
		Code:     code,
		Err:      err,
		Duration: now.Sub(w.since),
		Sent:     Traffic{w.sent.messages.Load(), w.sent.bytes.Load()},
		Received: Traffic{w.received.messages.Load(), w.received.bytes.Load()},
	})
}
