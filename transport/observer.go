package transport

import (
	"sync/atomic"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/wire"
)

// Observer is told what happens on a connection until its handshake is over. It is called from the goroutine that shakes hands, and from
// several for several connections, so it must be fast and safe for concurrent use.
//
// The values of credential and cookie fields and of those listed in [DialOptions].Sensitive are replaced before it sees them. URLs and bodies
// are shown as they are.
type Observer interface{ Observe(Event) }

// Event is one step of a handshake.
type Event struct {
	Time    time.Time
	Conn    uint64 // number of the connect call or served connection in this process
	Server  bool   // which side we are
	Attempt int    // client: connection of the connect call, from 1
	Kind    EventKind
	Type    MessageType // of a message
	Data    []byte      // bytes sent or received, with secret field values replaced; empty for the terminator; the observer may keep it
	Code    uint16      // close code, or status with EventOpen
	Text    string      // URL, close reason, name of the timer, what was wrong, or subprotocol with EventOpen
	Phase   string      // what the machine waited for when this arrived, or waits for after doing this
	Err     error       // EventFail: why
}

// EventKind says what an [Event] is about.
type EventKind string

// Kinds of events.
const (
	EventDial           EventKind = "dial"            // Text is the URL
	EventSendOpening    EventKind = "send-opening"    // HTTP bytes of the opening handshake
	EventReceiveOpening EventKind = "receive-opening" //
	EventSend           EventKind = "send"            // a message
	EventReceive        EventKind = "receive"         //
	EventSendClose      EventKind = "send-close"      // a Close frame
	EventReceiveClose   EventKind = "receive-close"   //
	EventPing           EventKind = "ping"            // a Ping was received and answered
	EventViolation      EventKind = "violation"       // the peer broke a rule of frames, or a limit of ours; Code is the close code for it
	EventLost           EventKind = "lost"            // the connection ended
	EventTimer          EventKind = "timer"           // a timer expired
	EventCredentials    EventKind = "credentials"     // the provider is asked
	EventOpen           EventKind = "open"            // the handshake completed
	EventFail           EventKind = "fail"            // it failed
	EventClosed         EventKind = "closed"          // it was given up
)

// connections numbers the connections of this process for observers.
var connections atomic.Uint64

// trace tells an observer about one connection; without an observer it costs nothing.
type trace struct {
	to     Observer
	conn   uint64
	server bool

	in, out wire.Redactor // of each direction: messages come in pieces
}

func newTrace(to Observer, server bool) trace {
	t := trace{to: to, server: server}
	if to != nil {
		t.conn = connections.Add(1)
	}
	return t
}

// event completes and delivers ev. HTTP bytes are redacted whatever they are part of.
func (t *trace) event(ev Event) {
	if t.to == nil {
		return
	}
	ev.Time, ev.Conn, ev.Server = time.Now(), t.conn, t.server
	//exhaustive:ignore
	switch ev.Kind {
	case EventDial:
		t.out.Reset()
		t.in.Reset()
	case EventSendOpening, EventSend:
		ev.Data = redact(&t.out, ev.Data)
	case EventReceiveOpening, EventReceive:
		ev.Data = redact(&t.in, ev.Data)
	}
	t.to.Observe(ev)
}

func redact(r *wire.Redactor, piece []byte) []byte {
	return r.Append(make([]byte, 0, len(piece)), piece)
}

// output tells about what is being carried out.
func (t *trace) output(o *endpoint.Output, phase string, attempt int) {
	if t.to == nil {
		return
	}
	ev := Event{Attempt: attempt, Phase: phase}
	//exhaustive:ignore
	switch o.Kind {
	case endpoint.Dial:
		ev.Kind, ev.Text = EventDial, o.URL.String()
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
	case endpoint.Closed:
		ev.Kind = EventClosed
	default:
		return
	}
	t.event(ev)
}

// opened tells that the handshake completed.
func (t *trace) opened(protocol string, status, attempt int, phase string) {
	t.event(Event{Kind: EventOpen, Text: protocol, Code: uint16(status), Attempt: attempt, Phase: phase})
}
