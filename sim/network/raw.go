package network

import (
	"bytes"

	"github.com/gobwas/ws"
)

// Raw is an end of a connection that follows no protocol: its owner says which bytes it sends, and
// receives bytes. It answers nothing by itself, not even Ping and Close.
type Raw struct {
	net    *Network
	client bool
	conn   *Conn
	head   []byte
	frames *frameReader
	// Head is called with the head of the opening handshake, up to and with its empty line; Item
	// with each item behind it; End once.
	Head func(head []byte)
	Item func(Item)
	End  func(err error)
	// Wrote is called with all bytes that are written; it may be nil. It must not keep the slice.
	Wrote func(p []byte)
}

// mostHead bounds the head of an opening handshake, in bytes. A longer text counts as one.
const mostHead = 64 << 10

// RawServer has accept called with the server's end of each connection to address. accept sets the
// functions of the [Raw].
func (n *Network) RawServer(address string, accept func(*Raw)) {
	n.listen(address, func(c *Conn) {
		r := &Raw{net: n, conn: c}
		c.receive(r)
		accept(r)
	})
}

// RawDial connects to hostPort, or, if that port has no listener, to host. failed is called
// if host has none either.
func (n *Network) RawDial(hostPort, host string, connected func(*Raw), failed func(reason string)) {
	n.dial(hostPort, host, func(c *Conn) {
		r := &Raw{net: n, client: true, conn: c}
		c.receive(r)
		connected(r)
	}, failed)
}

// Conn returns the connection.
func (r *Raw) Conn() *Conn { return r.conn }

// Send writes one frame. Frames of a client are masked unless f says how.
func (r *Raw) Send(f Frame) {
	if r.client && !f.Masked {
		f.Masked, f.Mask = true, r.net.mask()
	}
	r.SendAsIs(f)
}

// SendAsIs writes one frame as it is, masked or not.
func (r *Raw) SendAsIs(f Frame) { r.Write(f.Append(nil)) }

// Write writes bytes as they are.
func (r *Raw) Write(p []byte) {
	if r.Wrote != nil {
		r.Wrote(p)
	}
	r.conn.Write(p)
}

// SendClose writes a Close frame; code 0 is an empty one.
func (r *Raw) SendClose(code uint16, reason string) {
	r.Send(Frame{Op: ws.OpClose, Data: closeData(code, reason)})
}

// arrived implements [receiver].
func (r *Raw) arrived(p []byte) {
	if r.frames != nil {
		r.take(p)
		return
	}
	r.head = append(r.head, p...)
	end := bytes.Index(r.head, []byte("\r\n\r\n"))
	switch {
	case end >= 0:
		end += len("\r\n\r\n")
	case len(r.head) > mostHead:
		end = len(r.head)
	default:
		return
	}
	state := ws.StateServerSide
	if r.client {
		state = ws.StateClientSide
	}
	r.frames = &frameReader{state: state, limit: 1 << 20, keep: true}
	if r.Head != nil {
		r.Head(r.head[:end])
	}
	r.take(r.head[end:])
}

func (r *Raw) take(p []byte) {
	for _, it := range r.frames.feed(p) {
		if r.Item != nil {
			r.Item(it)
		}
	}
}

// streamEnded implements [receiver].
func (r *Raw) streamEnded(err error) {
	if r.End != nil {
		r.End(err)
	}
}
