package transport

import (
	"net"
	"sync/atomic"
	"unicode/utf8"

	"example.com/khp/wire"
	"github.com/gobwas/ws"
)

// MessageType says whether a message is text or binary.
type MessageType = wire.MessageType

// The two kinds of messages of RFC 6455 section 5.6. The bytes of a Text message are UTF-8.
const (
	Text   = wire.Text
	Binary = wire.Binary
)

// itemKind says what kind of thing arrived.
type itemKind uint8

const (
	itemMessage itemKind = iota + 1
	itemPing
	itemPong
	itemClose
)

// item is one thing that arrived: a whole message or one control frame.
type item struct {
	kind   itemKind
	typ    MessageType // itemMessage: its type
	owned  bool        // data is nobody else's: the receiver may keep it
	code   uint16      // itemClose: the code, CloseNoStatus for an empty body
	data   []byte      // itemMessage, itemPing, itemPong: its bytes, valid until the next call of next or rest
	reason string      // itemClose: the reason
}

// link is one WebSocket connection below the application: it turns bytes into messages and control
// frames and back (RFC 6455 section 5). It knows no KHP, starts no goroutine, and answers nothing
// by itself, with one exception: see answer.
//
// One goroutine may read (next, buffered, rest) while any number write.
//
// An idle link holds no buffer but its own small one: it waits for the first bytes in there and takes a
// larger one from a pool only for as long as there is more to parse.
type link struct {
	writer
	limit atomic.Int64 // largest message in bytes

	// Reading.
	dead   error      // set once nothing more may be read
	base   []byte     // where socket bytes land: small, big or the bytes given to newLink
	r, w   int        // base[r:w] is unread
	hungry bool       // the last read filled its room: more is probably waiting
	begun  uint8      // bytes at the end of msg that are no whole character yet, if it is text; what is before them is right
	state  ws.State   // side, and whether a message is unfinished
	op     ws.OpCode  // type of the message begun
	msg    []byte     // bytes of the message begun; nil unless fragmented or large
	h      ws.Header  // large frame whose payload is being read
	left   int64      // bytes of that payload still to come; 0 means none is being read
	big    *bigBuffer // from bigBuffers, nil when not needed
	alive  *keepAlive // nil without one
	small  [smallSize]byte
}

// newLink starts a link on nc, on the client's or the server's side. buffered is what was read from
// nc beyond the opening handshake; it is copied. limit is the largest message accepted, in bytes.
func newLink(nc net.Conn, client bool, buffered []byte, limit int64) *link {
	l := &link{state: ws.StateServerSide}
	if client {
		l.state = ws.StateClientSide
	}
	l.limit.Store(limit)
	l.writer.open(nc, client)
	// The handshake comes next, and with it more than small holds.
	l.hungry = true
	if len(buffered) > 0 {
		l.base = append(l.base, buffered...)
		l.w = len(buffered)
	}
	return l
}

// next returns what arrives next. It blocks as the socket's read deadline allows. After an expired
// deadline (os.ErrDeadlineExceeded), at whatever byte, the next call goes on where this one stopped.
//
// A *frameError is the peer's fault and final. The end of the stream comes as an error that matches
// io.ErrUnexpectedEOF, because only a Close frame ends a WebSocket connection; after one, nothing
// more is read.
//
//khp:impl WSP-FRAME-01
//khp:impl WSP-FRAME-02
func (l *link) next() (item, error) {
	for l.dead == nil {
		it, err := l.advance()
		switch {
		case err != nil:
			if _, ok := err.(*frameError); ok {
				//khp:impl WSP-CLOSE-04
				l.dead = err
			}
			return item{}, err
		case it.kind == itemClose:
			l.dead = errCloseReceived
			return it, nil
		case it.kind != 0:
			return it, nil
		}
	}
	return item{}, l.dead
}

// buffered reports whether next would return without reading the socket.
func (l *link) buffered() bool {
	if l.dead != nil {
		return true
	}
	b, state, size := l.base[l.r:l.w], l.state, int64(len(l.msg))
	text := preview{l.op, l.msg[len(l.msg)-int(l.begun) : len(l.msg) : len(l.msg)]}
	if l.left > 0 {
		here := min(int64(len(b)), l.left)
		if text.wrong(l.h, l.h.Length-l.left, b[:here]) {
			return true
		}
		if here < l.left {
			return false
		}
		b, state, size = b[l.left:], state.Set(ws.StateFragmented), size+l.left
		if l.h.Fin {
			return true
		}
	}
	for {
		h, n := peekHeader(b)
		if n == 0 {
			return false
		}
		if checkHeader(h, state) != nil {
			return true
		}
		switch {
		case len(b) < n:
			return false
		case h.OpCode.IsData() && h.Length > l.limit.Load()-size:
			return true
		}
		if h.OpCode.IsData() && h.OpCode != ws.OpContinuation {
			text.op = h.OpCode
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
func (l *link) advance() (item, error) {
	if l.left > 0 {
		return l.readLarge()
	}
	b := l.base[l.r:l.w]
	h, n := peekHeader(b)
	if n == 0 {
		return item{}, l.fill(ws.MinHeaderSize)
	}
	if err := checkHeader(h, l.state); err != nil {
		return item{}, err
	}
	if len(b) < n {
		return item{}, l.fill(n)
	}
	if h.OpCode.IsData() && h.Length > l.limit.Load()-int64(len(l.msg)) {
		return item{}, &frameError{CloseTooBig, "message exceeds the limit"}
	}
	if isLarge(h) {
		l.r += n
		l.h, l.left = h, h.Length
		if h.OpCode != ws.OpContinuation {
			l.op = h.OpCode
		}
		return item{}, nil
	}
	n += int(h.Length)
	if len(b) < n {
		return item{}, l.fill(n)
	}
	l.r += n
	p := b[n-int(h.Length) : n]
	if h.Masked {
		ws.Cipher(p, h.Mask, 0)
	}
	return l.frame(h, p)
}

// frame takes in a frame that is there in full, unmasked.
func (l *link) frame(h ws.Header, p []byte) (item, error) {
	//exhaustive:ignore
	switch h.OpCode {
	case ws.OpPing:
		return item{kind: itemPing, data: p}, nil
	case ws.OpPong:
		return item{kind: itemPong, data: p}, nil
	case ws.OpClose:
		code, reason, err := parseClose(p)
		if err != nil {
			return item{}, err
		}
		return item{kind: itemClose, code: code, reason: reason}, nil
	case ws.OpText, ws.OpBinary:
		l.op = h.OpCode
	}
	if h.Fin && l.msg == nil {
		if l.op == ws.OpText && !utf8.Valid(p) {
			return item{}, errText
		}
		return l.message(p, false), nil
	}
	l.msg = append(l.msg, p...)
	return l.fragment(h, len(p))
}

// isLarge reports whether the payload of a frame goes to its message piece by piece.
func isLarge(h ws.Header) bool { return h.Length > bigSize-ws.MaxHeaderSize }

// fragment closes a frame whose payload is in msg, of which the last n bytes are new.
func (l *link) fragment(h ws.Header, n int) (item, error) {
	err := l.checkText(n)
	switch {
	case err != nil:
		return item{}, err
	case h.Fin && l.begun > 0:
		return item{}, errText
	case h.Fin:
		return l.message(l.msg, true), nil
	}
	l.state = l.state.Set(ws.StateFragmented)
	return item{}, nil
}

// message hands out a complete message.
func (l *link) message(p []byte, owned bool) item {
	l.msg = nil
	l.state = l.state.Clear(ws.StateFragmented)
	typ := Binary
	if l.op == ws.OpText {
		typ = Text
	}
	return item{kind: itemMessage, typ: typ, data: p, owned: owned}
}
