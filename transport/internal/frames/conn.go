// Package frames is a WebSocket connection below KHP: frames, messages, control frames and the
// rules that RFC 6455 has for them. It knows neither handshakes nor applications.
//
//	c := frames.New(nc, client, rest, limit)
//	item, err := c.Next()              // a whole message or a control frame; see Error
//	err = c.Write(ctx, ws.OpText, p)   // one frame
//	c.Answer(ping)                     // without waiting for a peer that does not read
//	err = c.Close(ctx, 1000, "")       // the Close frame; closing the socket is CloseSocket
//
// Headers and masking are those of github.com/gobwas/ws, but where its functions allocate or cannot
// be resumed in the middle.
package frames

import (
	"context"
	"io"
	"net"
	"sync/atomic"
	"unicode/utf8"

	"example.com/khp/transport/internal/sock"
	"example.com/khp/wire"
	"github.com/gobwas/ws"
)

// Kind is the kind of an item.
type Kind uint8

// Kinds of an Item.
const (
	Message Kind = iota + 1
	Ping
	Pong
	Close
)

// Item is one thing that arrived: a whole message or one control frame.
type Item struct {
	Kind   Kind
	Type   wire.MessageType // of a Message
	Owned  bool             // the receiver may keep Data
	Code   uint16           // of a Close, 1005 for an empty body
	Data   []byte           // of a Message, Ping or Pong, valid until the next call of Next or Rest
	Reason string           // of a Close
	More   bool             // of a part of a Message: other parts follow
}

// Conn is one WebSocket connection below the application: it turns bytes into messages and control
// frames and back. It starts no goroutine, and answers nothing by itself, with one exception: see
// Answer.
//
// One goroutine may read (Next, Buffered, Await, Rest) while any number write.
//
// An idle connection holds no buffer but its own small one: it waits for the first bytes in there
// and takes a larger one from a pool only for as long as there is more to parse.
type Conn struct {
	nc     net.Conn
	client bool

	// Writing.
	turn      chan struct{} // holds a token while a call writes; guards the fields up to late
	watcher   sock.Watcher
	err       error  // set once the stream is broken off inside a frame
	closeSent bool   // no data frame may follow
	tail      []byte // rest of a Pong or Ping the socket did not take at once; goes first

	// Closed with the end of a message that is written in fragments; nil without one.
	unfinished atomic.Pointer[chan struct{}]
	gone       <-chan struct{} // closed with the socket

	late    atomic.Pointer[[]byte] // payload of the Pong to send by the holder of the turn
	asking  atomic.Bool            // the holder of the turn sends a Ping, too
	asked   atomic.Int32           // Pings sent for which no Pong has come
	spoiled atomic.Bool            // a message written in fragments was not finished: none can follow
	ext     Extensions             // nil without extensions
	comp    *compression           // nil without compression

	limit atomic.Int64 // largest message in bytes

	// Reading.
	source io.Reader // the socket, or the reader of ReadBy before it
	dead   error     // set once nothing more may be read
	base   []byte    // where socket bytes land: small, big or the bytes given to New
	r, w   int       // base[r:w] is unread
	hungry bool      // the last read filled its room: more is probably waiting
	// begun counts the bytes at the end of msg that are no whole character yet, if it is text; the
	// bytes before them are right.
	begun uint8
	piece [4]byte      // the last begun bytes, for NextInto
	state ws.State     // side, and whether a message is unfinished
	op    ws.OpCode    // type of the message begun
	msg   []byte       // bytes of the message begun; nil unless fragmented or large
	h     ws.Header    // large frame whose payload is being read
	left  int64        // bytes of that payload still to come; 0 means none is being read
	given int64        // bytes of the message begun that NextInto has handed out
	big   *sock.Buffer // nil when not needed
	relay *relay       // nil unless messages are passed on
	small [smallSize]byte
}

// New starts a connection on nc, on the client's or the server's side. buffered has the bytes that
// were read from nc beyond the opening handshake; New copies them. limit is the largest message
// accepted, in bytes.
func New(nc net.Conn, client bool, buffered []byte, limit int64) *Conn {
	c := &Conn{nc: nc, client: client, turn: make(chan struct{}, 1), state: ws.StateServerSide}
	if client {
		c.state = ws.StateClientSide
	}
	c.source = (*socket)(c)
	c.limit.Store(limit)
	c.watcher.Init(nc, sock.Write, nil)
	// The handshake comes next, and with it more than small holds.
	c.hungry = true
	if len(buffered) > 0 {
		c.base = append(c.base, buffered...)
		c.w = len(buffered)
	}
	return c
}

// Next returns the next item. It blocks as the socket's read deadline allows. After an expired
// deadline (os.ErrDeadlineExceeded), at any byte, the next call goes on where this one stopped.
//
// An *Error is the peer's fault and final. The end of the stream comes as an error that matches
// io.ErrUnexpectedEOF, because only a Close frame ends a WebSocket connection; after one, nothing
// more is read.
//
//khp:impl WSP-FRAME-01
//khp:impl WSP-FRAME-02
func (c *Conn) Next() (Item, error) { return c.NextInto(nil) }

// NextInto returns the next item as Next does, but a message one part after the other, in the
// memory of into; nil makes it Next. An empty into, which is not nil, gets the type of a message
// without any of its bytes. A part may end in the middle of a character, and may be empty. Next can
// only discard the rest of a message that NextInto has begun.
func (c *Conn) NextInto(into []byte) (Item, error) {
	for c.dead == nil {
		it, err := c.advance(into)
		switch {
		case err != nil:
			if _, ok := err.(*Error); ok {
				//khp:impl WSP-CLOSE-04
				c.dead = err
			}
			return Item{}, err
		case it.Kind == Close:
			c.dead = ErrCloseReceived
			return it, nil
		case it.Kind == Pong && c.Asked():
			c.asked.Add(-1)
			return it, nil
		case it.Kind != 0:
			return it, nil
		}
	}
	return Item{}, c.dead
}

// Buffered reports whether Next would return without reading the socket.
func (c *Conn) Buffered() bool {
	if c.dead != nil {
		return true
	}
	b, state, size := c.base[c.r:c.w], c.state, c.given+int64(len(c.msg))
	op := c.op
	if c.packed() { // a compressed text is checked at its end
		op = ws.OpBinary
	}
	text := preview{op, c.msg[len(c.msg)-int(c.begun) : len(c.msg) : len(c.msg)]}
	if c.left > 0 {
		here := min(int64(len(b)), c.left)
		if text.wrong(c.h, c.h.Length-c.left, b[:here]) {
			return true
		}
		if here < c.left {
			return false
		}
		b, state, size = b[c.left:], state.Set(ws.StateFragmented), size+c.left
		if c.h.Fin {
			return true
		}
	}
	for {
		h, n := peekHeader(b)
		if n == 0 {
			return false
		}
		if c.checkHeader(h, state) != nil {
			return true
		}
		switch {
		case len(b) < n:
			return false
		case h.OpCode.IsData() && h.Length > c.limit.Load()-size:
			return true
		}
		if h.OpCode.IsData() && h.OpCode != ws.OpContinuation {
			if text.op = h.OpCode; h.Rsv != 0 {
				text.op = ws.OpBinary
			}
		}
		switch {
		case int64(len(b)-n) < h.Length:
			return isLarge(h) && text.wrong(h, 0, b[n:])
		case h.Fin: // so is every control frame
			return true
		case text.wrong(h, 0, b[n:n+int(h.Length)]):
			return true
		}
		b, state, size = b[n+int(h.Length):], state.Set(ws.StateFragmented), size+h.Length
	}
}

// advance does at most one read of the socket and returns an item if there is one by then.
func (c *Conn) advance(into []byte) (Item, error) {
	switch {
	case into != nil && c.msg != nil:
		return c.handOut(into), nil
	case into != nil && c.left > 0:
		return c.readInto(into)
	case into == nil:
		c.resume()
	}
	if c.left > 0 {
		return c.readLarge()
	}
	b := c.base[c.r:c.w]
	h, n := peekHeader(b)
	if n == 0 {
		return Item{}, c.fill(ws.MinHeaderSize)
	}
	if err := c.checkHeader(h, c.state); err != nil {
		return Item{}, err
	}
	if len(b) < n {
		return Item{}, c.fill(n)
	}
	if h.OpCode.IsData() && h.Length > c.limit.Load()-c.given-int64(len(c.msg)) {
		return Item{}, &Error{codeTooBig, "message exceeds the limit"}
	}
	if isLarge(h) || into != nil && h.OpCode.IsData() {
		c.r += n
		c.h, c.left = h, h.Length
		if h.OpCode != ws.OpContinuation {
			c.begins(h)
		}
		if into != nil {
			return c.readInto(into)
		}
		return Item{}, nil
	}
	n += int(h.Length)
	if len(b) < n {
		return Item{}, c.fill(n)
	}
	c.r += n
	p := b[n-int(h.Length) : n]
	if h.Masked {
		ws.Cipher(p, h.Mask, 0)
	}
	return c.frame(h, p)
}

// frame takes in a frame that is there in full, unmasked.
func (c *Conn) frame(h ws.Header, p []byte) (Item, error) {
	//exhaustive:ignore
	switch h.OpCode {
	case ws.OpPing:
		return Item{Kind: Ping, Data: p}, nil
	case ws.OpPong:
		return Item{Kind: Pong, Data: p}, nil
	case ws.OpClose:
		code, reason, err := parseClose(p)
		if err != nil {
			return Item{}, err
		}
		return Item{Kind: Close, Code: code, Reason: reason}, nil
	case ws.OpText, ws.OpBinary:
		c.begins(h)
	}
	switch {
	case h.Fin && c.msg == nil && c.packed():
		return c.inflate(p)
	case h.Fin && c.msg == nil:
		if c.op == ws.OpText && !utf8.Valid(p) {
			return Item{}, errText
		}
		return c.message(p, false), nil
	}
	c.msg = append(c.msg, p...)
	return c.fragment(h, len(p))
}

// isLarge reports whether the payload of a frame goes to its message piece by piece.
func isLarge(h ws.Header) bool { return h.Length > bigSize-ws.MaxHeaderSize }

// fragment closes a frame whose payload is in msg, of which the last n bytes are new.
func (c *Conn) fragment(h ws.Header, n int) (Item, error) {
	err := c.checkText(n)
	switch {
	case err != nil:
		return Item{}, err
	case h.Fin && c.begun > 0:
		return Item{}, errText
	case h.Fin && c.packed():
		return c.inflate(c.msg)
	case h.Fin:
		return c.message(c.msg, true), nil
	}
	c.state = c.state.Set(ws.StateFragmented)
	return Item{}, nil
}

// message hands out a complete message.
func (c *Conn) message(p []byte, owned bool) Item {
	c.msg, c.given = nil, 0
	c.state = c.state.Clear(ws.StateFragmented)
	it := c.item(p)
	it.Owned = owned
	return it
}

// item returns data of the message begun.
func (c *Conn) item(p []byte) Item {
	typ := wire.Binary
	if c.op == ws.OpText {
		typ = wire.Text
	}
	return Item{Kind: Message, Type: typ, Data: p}
}

// Asked reports whether a Ping was sent that the peer has not answered: its Pong may be on the way.
func (c *Conn) Asked() bool { return c.asked.Load() > 0 }

// Opened reports that the handshake is over: more bytes are not expected at once, and the
// connection waits in its small buffer.
func (c *Conn) Opened() {
	c.hungry = false
	c.Rest()
}

// Until names the channel that is closed with the socket. Call it before c is used.
func (c *Conn) Until(gone <-chan struct{}) { c.gone = gone }

// ReadBy has Next read from r; r reads from Socket, and its errors, other than an expired deadline,
// are final. Call it before c is used.
func (c *Conn) ReadBy(r io.Reader) { c.source = r }

// Socket returns the reader of the socket, for ReadBy.
func (c *Conn) Socket() io.Reader { return (*socket)(c) }

// NetConn returns the socket.
func (c *Conn) NetConn() net.Conn { return c.nc }

// Client reports whether this is the client's side.
func (c *Conn) Client() bool { return c.client }

// Limit returns the largest message that is accepted, in bytes.
func (c *Conn) Limit() int64 { return c.limit.Load() }

// SetLimit sets it.
func (c *Conn) SetLimit(n int64) { c.limit.Store(n) }

// Ended reports whether Next returns nothing more.
func (c *Conn) Ended() bool { return c.dead != nil }

// Home names the context whose end HomeEnds reports: to write with it costs nothing. Call it before
// the first write.
func (c *Conn) Home(ctx context.Context) { c.watcher.Init(c.nc, sock.Write, ctx) }

// HomeEnds breaks off a write with that context.
func (c *Conn) HomeEnds() { c.watcher.HomeEnds() }

// Idle reports whether the connection holds no buffer but its own small one.
func (c *Conn) Idle() bool {
	return c.big == nil && c.msg == nil && (c.relay == nil || c.relay.wide == nil)
}

// CloseSocket closes the socket, without a Close frame.
func (c *Conn) CloseSocket() {
	_ = c.nc.Close()
	c.watcher.Close()
}
