package extension

//go:generate go tool -modfile=../../internal/tools/go.mod stringer -output strings_gen.go -type=Kind,ActionKind

import "time"

// Kind is the kind of a [Message].
type Kind uint8

// Kinds of messages. Close is not among them: it stays as it is.
const (
	Text   Kind = 1 + iota // a data message whose bytes are UTF-8, and have to stay so
	Binary                 // a data message
	Ping                   // a Ping frame, or its substitute
	Pong                   // a Pong frame, or its substitute
)

// Message is a message on its way through a session. Data is valid during the call that brings it,
// and must not be changed; code that keeps it longer copies it, so a session may use its own memory
// again after its call.
type Message struct {
	Kind Kind
	Data []byte // at most 125 bytes for a Ping or Pong that goes out
}

// Session is an extension at work on one connection, between the application and the peer. It is
// not called from several goroutines at once. Calls have the present time in their [Flow], and act
// through it; a Flow is of no use after its call.
//
// Embed [Pass] and write the methods that differ.
type Session interface {
	// Open is the first call, when the handshake is over.
	Open(f Flow)
	// Outgoing takes a message from the application's side. It usually ends in f.Send. A message
	// whose writing was given up before its first byte may come again.
	Outgoing(f Flow, m Message)
	// Incoming takes a message from the peer's side. It usually ends in f.Deliver. A Ping has been
	// answered by the reader of the wire.
	Incoming(f Flow, m Message)
	// Heard reports, before Expired, since when the peer is silent although the connection is read.
	// Bytes of an unfinished message end a silence, too.
	Heard(at time.Time)
	// Deadline returns when Expired should be called next, the zero time for never. The stack reads it
	// after each call.
	Deadline() time.Time
	// Expired is called when the deadline has passed.
	Expired(f Flow)
}

// Pass is a session that passes everything on and has no deadline.
type Pass struct{}

// Open does nothing.
func (Pass) Open(Flow) {}

// Outgoing sends m.
func (Pass) Outgoing(f Flow, m Message) { f.Send(m) }

// Incoming delivers m.
func (Pass) Incoming(f Flow, m Message) { f.Deliver(m) }

// Heard does nothing.
func (Pass) Heard(time.Time) {}

// Deadline returns the zero time.
func (Pass) Deadline() time.Time { return time.Time{} }

// Expired does nothing.
func (Pass) Expired(Flow) {}

// Flow is the place of a session in its stack during one call. Calls on the zero Flow have no
// effect.
type Flow struct {
	stack *Stack
	at    int
}

// Now returns the time of the call.
func (f Flow) Now() (now time.Time) {
	if f.stack != nil {
		now = f.stack.now
	}
	return now
}

// Send passes m on towards the peer: to the next session below, then to the wire. Several in a row
// are sent in a row.
func (f Flow) Send(m Message) { f.stack.send(f.at+1, m) }

// Deliver passes m on towards the application: to the next session above, then to the reader. That
// is for Incoming; at other times there is no reader, and m is lost. A Ping is of no consequence to
// the application; a Pong ends its wait for one.
func (f Flow) Deliver(m Message) { f.stack.deliver(f.at-1, m) }

// Fail ends the connection with a close code and a reason, which must not quote the peer. Messages
// sent or delivered after it are dropped, and messages that the same call delivered before it may
// be lost.
func (f Flow) Fail(code uint16, reason string) { f.stack.fail(code, reason) }
