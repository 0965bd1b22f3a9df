package driver

import (
	"slices"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/wire"
)

// Client drives an [endpoint.Client]: a whole connect call, with one connection after the other.
type Client struct {
	core
	endpoint *endpoint.Client
	host     ClientHost
	origin   wire.URL // of the first connection: credentials go nowhere else
	first    Conn     // of a client that was not reset
	reset    bool

	// ReportsBody says that the host calls BodyWritten. Otherwise the request body counts as
	// written once SendMessage has returned.
	ReportsBody bool
}

// NewClient returns the driver of a connect call that has not begun.
func NewClient(e *endpoint.Client, host ClientHost) *Client {
	c := &Client{}
	c.Reset(e, host)
	return c
}

// Reset prepares c for another connect call, as NewClient does, for hosts that embed a Client.
func (c *Client) Reset(e *endpoint.Client, host ClientHost) {
	generation, reset := c.generation, c.machine != nil
	*c = Client{endpoint: e, host: host, core: core{machine: e, host: host, generation: generation},
		reset: reset}
	c.side = c
}

// Endpoint returns the endpoint, to read its phase, URL and result. Events are reported to c
// instead.
func (c *Client) Endpoint() *endpoint.Client { return c.endpoint }

// Connect starts the connect call.
func (c *Client) Connect(now time.Time) {
	if c.busy {
		c.later(func() { c.Connect(now) })
		return
	}
	c.do(now, c.endpoint.Connect(now))
}

func (c *Client) special(now time.Time, o *endpoint.Output) {
	switch o.Kind {
	case endpoint.Dial:
		if c.endpoint.Attempt() == 1 {
			c.origin = *o.URL
		}
		conn := &c.first
		if c.reset || conn.core != nil {
			conn = &Conn{}
		}
		conn.core = &c.core
		c.conn, c.closed = &conn.connection, false
		c.host.Dial(conn, *o.URL)
	case endpoint.AskCredentials:
		q := Challenge{c, c.ask()}
		if url := c.endpoint.URL(); !url.SameOrigin(c.origin) { // [AMB-65]
			q.None(now, "credentials for "+c.origin.HostPort()+" are not given to "+url.HostPort())
			return
		}
		c.host.AskCredentials(q)
	}
}

// BodyWritten reports that the message with the request body is written.
func (c *Client) BodyWritten(now time.Time) {
	if c.busy {
		c.later(func() { c.BodyWritten(now) })
		return
	}
	c.do(now, c.endpoint.BodyWritten(now))
}

// followUp reports the request body as written once the message with it is.
func (c *Client) followUp(now time.Time) []endpoint.Output {
	if c.endpoint.Phase() == fsm.ClientSendingBody && !c.ReportsBody {
		return c.endpoint.BodyWritten(now)
	}
	return nil
}

func (c *Client) waiting() bool {
	p := c.endpoint.Phase()
	return p == fsm.ClientAwaitLogin || p == fsm.ClientAwaitCredentials
}

// Conn is one connection that a [Client] wants, has or had. Its methods report the events of the
// connection; they keep no slice, and have no effect once the client has gone on to another
// connection or has ended.
type Conn struct{ connection }

// Wanted reports whether the client still waits for the connection, or has it. A host stops dialing
// when it returns false.
func (c *Conn) Wanted() bool { return c.current() }

// Connected reports that a dialed connection is established; orders carries out the driver's orders
// on it. nonce is 16 bytes from crypto/rand. The driver disconnects a connection that comes too
// late.
func (c *Conn) Connected(now time.Time, orders Orders, nonce [16]byte) {
	switch {
	case !c.current() || c.orders != nil:
		orders.Disconnect()
	case c.core.busy:
		c.core.later(func() { c.Connected(now, orders, nonce) })
	default:
		c.orders = orders
		if e, ok := c.core.machine.(*endpoint.Client); ok {
			c.core.do(now, e.Connected(now, nonce))
		}
	}
}

// Failed reports that dialing failed; detail gives the reason.
func (c *Conn) Failed(now time.Time, detail string) {
	switch {
	case !c.current() || c.orders != nil:
	case c.core.busy:
		c.core.later(func() { c.Failed(now, detail) })
	default:
		if e, ok := c.core.machine.(*endpoint.Client); ok {
			c.core.do(now, e.ConnectFailed(now, detail))
		}
	}
}

// Opened reports that the host's own WebSocket library has completed the opening handshake of a
// dialed connection; see [endpoint.Client.Opened].
func (c *Conn) Opened(now time.Time, subprotocol string, extensions []string, accept string) {
	switch {
	case !c.hears() || c.shaken || c.orders == nil:
	case c.core.busy:
		extensions = slices.Clone(extensions)
		c.core.later(func() { c.Opened(now, subprotocol, extensions, accept) })
	default:
		c.shaken = true
		if e, ok := c.core.machine.(*endpoint.Client); ok {
			c.core.do(now, e.Opened(now, subprotocol, extensions, accept))
		}
	}
}

// OpeningRefused reports that the host's own WebSocket library got another answer than 101 on a
// dialed connection; see [endpoint.Client.OpeningRefused].
func (c *Conn) OpeningRefused(
	now time.Time, status int, fields []endpoint.HeaderField, body []byte,
) {
	switch {
	case !c.hears() || c.shaken || c.orders == nil: // it is disconnected at once
	case c.core.busy:
		fields, body = slices.Clone(fields), slices.Clone(body)
		c.core.later(func() { c.OpeningRefused(now, status, fields, body) })
	default:
		if e, ok := c.core.machine.(*endpoint.Client); ok {
			c.core.do(now, e.OpeningRefused(now, status, fields, body))
		}
	}
}

// Challenge asks for credentials. The host answers it once, now or later. The driver drops a second
// answer, and an answer to a question that is over.
type Challenge struct {
	client     *Client
	generation uint64
}

// Challenges returns the challenges of the 401.
func (q Challenge) Challenges() []wire.Challenge {
	if q.client == nil {
		return nil
	}
	return q.client.endpoint.Challenges()
}

// Over reports whether an answer would be dropped.
func (q Challenge) Over() bool { return q.client == nil || q.client.late(q.generation) }

// Credentials answers with the value of an Authorization field.
func (q Challenge) Credentials(now time.Time, value string) {
	if c := q.client; c != nil {
		c.answer(now, q.generation, func() []endpoint.Output {
			return c.endpoint.Credentials(now, value)
		})
	}
}

// None answers that there are no credentials; detail gives the reason.
func (q Challenge) None(now time.Time, detail string) {
	if c := q.client; c != nil {
		c.answer(now, q.generation, func() []endpoint.Output {
			return c.endpoint.NoCredentials(now, detail)
		})
	}
}
