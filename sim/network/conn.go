package network

import (
	"bytes"
	"errors"
	"io"
	"time"
)

// errReset tells that a connection ended without the end of its stream.
var errReset = errors.New("connection reset")

// receiver takes the bytes that arrive at one end of a connection.
type receiver interface {
	arrived(p []byte)      // the next bytes, in pieces of any length; p is the receiver's
	streamEnded(err error) // nothing more comes: io.EOF after an orderly end, errReset otherwise
}

// Conn is one end of a connection: an ordered stream of bytes in each direction.
type Conn struct {
	net      *Network
	peer     *Conn
	receiver receiver
	pieces   func(n int) int
	every    time.Duration // between two pieces
	last     time.Duration // when the last piece that was written arrives
	closed   bool          // no more is written, and arriving bytes are dropped
	gone     bool          // of both ends: the connection was cut
	silent   bool          // of both ends: nothing arrives any more, and neither end is told
	onWay    *piece        // the last one, if bytes written at the same moment may still join it
}

// piece are bytes that arrive together.
type piece struct {
	at   time.Duration
	data []byte
}

// listen has accept called with the server's end of each connection to address, a host with or
// without port. accept has to call receive before it returns.
func (n *Network) listen(address string, accept func(*Conn)) { n.listeners[address] = accept }

// dial connects to host and port. It takes a round trip, after which exactly one of done and failed
// is called.
func (n *Network) dial(hostPort, host string, done func(*Conn), failed func(reason string)) {
	n.After(n.opts.Latency, func() {
		accept := n.listeners[hostPort]
		if accept == nil {
			accept = n.listeners[host]
		}
		if accept == nil {
			n.After(n.opts.Latency, func() { failed("connection refused") })
			return
		}
		client, server := n.pair()
		n.After(n.opts.Latency, func() { done(client) }) // before anything that accept sends
		accept(server)
	})
}

// pair returns both ends of a new connection.
func (n *Network) pair() (client, server *Conn) {
	client, server = &Conn{net: n, pieces: n.opts.Pieces}, &Conn{net: n, pieces: n.opts.Pieces}
	client.peer, server.peer = server, client
	return client, server
}

// receive sets the receiver of arriving bytes.
func (c *Conn) receive(r receiver) {
	c.receiver = r
	if c.gone { // before the connection was accepted
		c.net.After(0, func() { r.streamEnded(errReset) })
	}
}

// Split has bytes written from now on arrive in pieces of at most n bytes, each that much later
// than the one before. 0 bytes is no limit.
func (c *Conn) Split(n int, every time.Duration) {
	c.every, c.pieces = every, nil
	if n > 0 {
		c.pieces = func(left int) int { return min(n, left) }
	}
}

// Write sends p, which may be used again afterwards. Bytes written at the same moment arrive
// together, unless they are split. After Close, once the connection is gone, and on an exhausted
// network Write does nothing.
func (c *Conn) Write(p []byte) {
	if !c.net.spend(len(p)) {
		return
	}
	if w := c.onWay; w != nil && c.pieces == nil && !c.closed && w.at == c.arrival() {
		w.data = append(w.data, p...)
		return
	}
	for len(p) > 0 && !c.closed && !c.gone {
		n := len(p)
		if c.pieces != nil {
			n = min(max(c.pieces(n), 1), n)
		}
		if !c.net.spend(PieceBytes) {
			return
		}
		w := &piece{data: bytes.Clone(p[:n])}
		c.arrive(func(r receiver) { r.arrived(w.data) })
		w.at, c.onWay = c.last, w
		p = p[n:]
	}
}

// Close ends the stream behind the bytes written so far, and drops bytes that still arrive.
func (c *Conn) Close() { c.end(io.EOF) }

// Reset is Close without an orderly end.
func (c *Conn) Reset() { c.end(errReset) }

func (c *Conn) end(err error) {
	if c.closed || c.gone {
		return
	}
	c.arrive(func(r receiver) { r.streamEnded(err) })
	c.closed = true
}

// Cut breaks the connection: bytes on their way are lost, and both ends are told at once.
func (c *Conn) Cut() {
	if c.gone {
		return
	}
	c.gone, c.peer.gone = true, true
	for _, end := range [2]*Conn{c, c.peer} {
		if !end.closed && !end.silent && end.receiver != nil {
			c.net.After(0, func() { end.receiver.streamEnded(errReset) })
		}
	}
}

// Vanish breaks the connection without telling either side: from now on nothing arrives at either
// end.
func (c *Conn) Vanish() { c.silent, c.peer.silent = true, true }

// arrival is the time at which bytes written now arrive.
func (c *Conn) arrival() time.Duration { return max(c.net.now+c.net.opts.Latency, c.last+c.every) }

// arrive schedules an event at the other end, behind all that was written before.
func (c *Conn) arrive(f func(receiver)) {
	c.last = c.arrival()
	c.onWay = nil
	to := c.peer
	c.net.at(c.last, usual, func() {
		c.onWay = nil
		if !to.closed && !to.gone && !to.silent {
			f(to.receiver)
		}
	})
}
