package driver

import (
	"errors"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/wire"
)

// Orders carries out the driver's orders on one connection.
//
// Slices are valid during the call, and must not be changed, not even to mask them: they may be
// those that were passed to Send, Message or Ping. A host that writes later copies them.
//
// An error of one of the first five methods means that the connection cannot be written to: the
// driver orders no more writes, reports the loss to the endpoint, and orders Disconnect. A host
// that still has to read earlier bytes of the peer returns nil and calls [Conn.Lost] later.
//
// A host with sockets that do not block keeps bytes that cannot be written at once, up to a bound
// of its own, beyond which it returns an error: the peer does not read. When a later attempt fails
// it calls [Conn.Lost]. One whose writes block gives them a deadline, because the driver's timers
// wait for the call.
//
// Orders may call the driver, which handles such a call after the current one.
type Orders interface {
	// SendBytes writes p unchanged: a part of the opening handshake.
	SendBytes(p []byte) error
	// SendMessage sends p as one message, in one frame.
	SendMessage(t wire.MessageType, p []byte) error
	// SendPong sends a Pong with p.
	SendPong(p []byte) error
	// SendClose sends a Close frame, the last frame of the connection; its body is empty if code is 0:
	// see [wire.AppendClose]. A script in a browser may send some codes only: see
	// [wire.ScriptCloseCode].
	SendClose(code uint16, reason string) error
	// Flush follows the last of several writing orders, for hosts that buffer writes.
	Flush() error
	// Upgraded reports that the opening handshake has completed: all bytes from now on are frames,
	// of which rest is the beginning. A host that passes rest to its parser at once may do so here;
	// one that keeps it copies it.
	Upgraded(rest []byte)
	// Disconnect drops the connection without waiting for its end. It is the last order, and the
	// driver ignores later events of the connection. A host that has kept bytes writes these first,
	// within a time of its own: the last of them are the Close frame.
	Disconnect()
}

// Peer takes the events that a host reports of a connection: [Server], and [Conn] of a client.
type Peer interface {
	Received(now time.Time, p []byte)
	Message(now time.Time, t wire.MessageType, p []byte)
	Ping(now time.Time, p []byte)
	PeerClosed(now time.Time, code uint16, reason string)
	Violation(now time.Time, f fsm.Failure, detail string)
	Lost(now time.Time, detail string)
}

// Layer implements the orders that have no effect on a host whose WebSocket library performs the
// opening handshake, answers Pings and sends each message at once. Embed it.
type Layer struct{}

// SendBytes does nothing: the library performs the opening handshake.
func (Layer) SendBytes([]byte) error { return nil }

// SendPong does nothing: the library answers Pings.
func (Layer) SendPong([]byte) error { return nil }

// Flush does nothing: the library sends at once.
func (Layer) Flush() error { return nil }

// Upgraded does nothing: the library reads the frames.
func (Layer) Upgraded([]byte) {}

// Host is the application's side of a driver, and its timer. Its methods may call the driver, as
// [Orders] may.
type Host interface {
	// Wake sets the time at which to call Expire, and replaces an earlier one; the zero time
	// cancels it. Calling Expire too early or twice has no effect.
	Wake(at time.Time)
	// Open reports that the connection is open, with the outcome of the negotiation.
	Open(r endpoint.Result)
	// Receive delivers a message to the application; p is valid during the call. The slice is the one
	// that was passed to Message, or a copy of it, and may be changed if that one may be.
	Receive(t wire.MessageType, p []byte)
	// Dropped reports an answer without effect: ErrLate, or the reason why a decision cannot be
	// sent; the client then gets a 500.
	Dropped(err error)
	// Over is the last call. err is nil if the connection ended as the application asked, or after
	// Open; it is a *endpoint.HandshakeError if the handshake failed.
	Over(err error)
}

// ServerHost is the host of a [Server].
type ServerHost interface {
	Host
	// AskDecision asks the application for a decision. It must not wait for the answer, because the
	// connection continues meanwhile.
	AskDecision(q Question)
}

// ClientHost is the host of a [Client].
type ClientHost interface {
	Host
	// Dial asks for a connection to u: by TCP to u.HostPort(), with TLS if u is Secure, through the
	// proxy if there is one, with the proxy's credentials if
	// [endpoint.Client.UsesProxyCredentials]. It must not wait for the outcome, which it reports to
	// c. The driver does not wait for a dial beyond the deadline; it disconnects a connection that
	// comes later.
	Dial(c *Conn, u wire.URL)
	// AskCredentials asks for credentials. It must not wait for them. The driver asks for the first
	// origin only.
	AskCredentials(q Challenge)
}

// ErrLate reports an answer to a question that was over: it was answered before, or timed out, or
// the connection ended.
var ErrLate = errors.New("driver: the answer came after its question was over, and was dropped")
