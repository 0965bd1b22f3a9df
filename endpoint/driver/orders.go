package driver

import (
	"errors"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/wire"
)

// Orders carry out on one connection what its driver says. Slices are valid during the call. An
// error of the first five means that nothing more can be written: the driver orders no more writes,
// tells the endpoint that the connection is lost, and has it disconnected. A host that still wants
// to read what the peer has sent before returns nil, and calls [Conn.Lost] in its own time.
//
// Orders may call the driver: what they tell is handled after what is being carried out.
type Orders interface {
	// SendBytes writes p as it is: a part of the opening handshake.
	SendBytes(p []byte) error
	// SendMessage sends p as one message, in one frame.
	SendMessage(t wire.MessageType, p []byte) error
	// SendPong sends a Pong with p.
	SendPong(p []byte) error
	// SendClose sends a Close frame, with an empty body if code is 0. It is the last frame that is
	// sent.
	SendClose(code uint16, reason string) error
	// Flush follows the last of several orders that write, for those who collect what goes out
	// together.
	Flush() error
	// Upgraded tells that the opening handshake is through: what is read from now on are frames,
	// and the first of them begins with rest.
	Upgraded(rest []byte)
	// Disconnect drops the connection. It is the last order; what the host still tells of the
	// connection is ignored.
	Disconnect()
}

// Layer has what [Orders] do not need whose WebSocket library shakes hands, answers Pings, and
// sends each message at once. Embed it.
type Layer struct{}

// SendBytes is the library's.
func (Layer) SendBytes([]byte) error { return nil }

// SendPong is the library's.
func (Layer) SendPong([]byte) error { return nil }

// Flush has nothing to do.
func (Layer) Flush() error { return nil }

// Upgraded is known to the library.
func (Layer) Upgraded([]byte) {}

// Host is what a driver serves, on either side: the application, and a timer for it. It may call
// the driver as [Orders] may.
type Host interface {
	// Wake asks to call Expire at a time; the zero time asks for no call. It replaces what was
	// asked before. To call Expire too early, or once more, has no effect.
	Wake(at time.Time)
	// Open tells that the application may start, and what was agreed on.
	Open(r endpoint.Result)
	// Receive takes a message of the application; p is valid during the call.
	Receive(t wire.MessageType, p []byte)
	// Dropped tells of an answer that had no effect: ErrLate, or why a decision cannot be sent, in
	// the place of which the client gets a 500.
	Dropped(err error)
	// Over is the last call: it is over as the application asked, or after Open, with nil; or the
	// handshake failed, with a *endpoint.HandshakeError.
	Over(err error)
}

// ServerHost is the host of a [Server].
type ServerHost interface {
	Host
	// AskDecision asks the application to decide. It must not wait for the answer: the connection
	// goes on meanwhile.
	AskDecision(q Question)
}

// ClientHost is the host of a [Client].
type ClientHost interface {
	Host
	// Dial asks for a connection to u: by TCP to u.HostPort(), with TLS if u is Secure, through the
	// proxy if there is one, with the proxy's credentials if
	// [endpoint.Client.UsesProxyCredentials]. It must not wait for the outcome; c is told. A dial
	// that takes longer than Wake asked is not waited for; what it still brings is disconnected.
	Dial(c *Conn, u wire.URL)
	// AskCredentials asks for credentials. It must not wait for them. Only the first origin is
	// asked for.
	AskCredentials(q Challenge)
}

// ErrLate tells that the question was over when its answer came: another answer was first, or the
// connection ended, or nobody waits any longer.
var ErrLate = errors.New("driver: the answer came after its question was over, and was dropped")
