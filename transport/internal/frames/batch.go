package frames

import (
	"unicode/utf8"

	"example.com/khp/transport/internal/sock"
	"github.com/gobwas/ws"
)

// Form is the form in which Batch returns messages.
type Form uint8

// Forms of a Batch.
const (
	Unmasked Form = iota + 1 // frames as a server sends them
	Masked                   // frames as a client sends them
	Bare                     // the payload, one message behind the other
)

// Batch is messages that arrived together and go on together. Its memory is that in which they
// arrived.
type Batch struct {
	Bytes    []byte // to be sent
	Messages int
	Payload  int // bytes of the messages

	wide *sock.Wide
}

// Free releases the memory.
func (b *Batch) Free() {
	if b.wide != nil {
		sock.PutWide(b.wide)
		*b = Batch{}
	}
}

// relay is the additional state of a connection whose messages are passed on in batches.
type relay struct {
	wide *sock.Wide // holds base; nil while it is not needed
	raw  bool       // lazy can read the socket
	lazy sock.Lazy
}

// lazyRoom is where a connection reads without memory while it waits.
type lazyRoom Conn

// Relay prepares c for More and Batch. It has no effect the second time. Only the goroutine that
// reads calls it.
func (c *Conn) Relay() {
	if c.relay == nil {
		c.relay = &relay{}
		c.relay.raw = c.relay.lazy.Init(c.nc, (*lazyRoom)(c))
	}
}

// Relays reports whether messages of this connection can be passed on to one of that side as they
// arrive: frames get no larger, and nothing but frames is to be understood. A nil to takes the bare
// payload.
func (c *Conn) Relays(to *Conn) bool {
	if c.ext != nil || c.comp != nil {
		return false
	}
	return to == nil || to.ext == nil && to.comp == nil && (!to.client || !c.client)
}

// Form is the form of frames that the other connection takes.
func (c *Conn) Form() Form {
	if c.client {
		return Masked
	}
	return Unmasked
}

// More reads once; it waits if no byte is there.
func (c *Conn) More() error {
	switch {
	case c.dead != nil:
		return nil // Next says why
	case !c.relay.raw:
		return c.Await()
	}
	n, err := c.source.Read(nil)
	c.w += n
	c.hungry = n >= smallSize
	if n > 0 || err == nil {
		return nil
	}
	c.Rest()
	return err
}

// Take implements [sock.Room]. Mostly nothing is there until the system says so, and where little
// comes, little is enough.
func (x *lazyRoom) Take(sure bool) []byte {
	c := (*Conn)(x)
	if c.r == c.w && !sure && !c.hungry && c.relay.wide == nil {
		c.Rest()
	} else {
		c.widen()
	}
	return c.base[c.w:]
}

// Leave implements [sock.Room].
func (x *lazyRoom) Leave() {
	c := (*Conn)(x)
	if wide := c.relay.wide; wide != nil && c.w-c.r <= bigSize {
		c.narrow(c.base[c.r:c.w])
		sock.PutWide(wide)
	}
}

// widen moves unread bytes to the beginning of a wide buffer.
func (c *Conn) widen() {
	x := c.relay
	if x.wide != nil {
		if c.r > 0 {
			c.r, c.w = 0, copy(c.base, c.base[c.r:c.w])
		}
		return
	}
	x.wide = sock.GetWide()
	to := x.wide.Bytes()
	c.w = copy(to, c.base[c.r:c.w])
	c.r = 0
	c.dropBig()
	c.base = to
}

// narrow takes the wide buffer out of use, which becomes the caller's. rest has its unread bytes.
func (c *Conn) narrow(rest []byte) {
	c.relay.wide = nil
	switch {
	case len(rest) <= smallSize:
		c.base = c.small[:]
	case len(rest) <= bigSize:
		c.base = c.takeBig()[:]
	default:
		c.relay.wide = sock.GetWide()
		c.base = c.relay.wide.Bytes()
	}
	c.r, c.w = 0, copy(c.base, rest)
}

// Batch takes the whole messages at the front of the buffer: unfragmented, right by all rules, and
// not beyond the limit. Next reads the ones behind them. There may be none.
func (c *Conn) Batch(form Form) (b Batch) {
	if c.dead != nil || c.left > 0 || c.msg != nil || c.given > 0 || c.state.Fragmented() {
		return b
	}
	if _, _, ok := c.whole(c.base[c.r:c.w]); !ok {
		return b
	}
	c.widen()
	from, out := c.r, c.r
	for {
		h, n, ok := c.whole(c.base[c.r:c.w])
		if !ok {
			break
		}
		p := c.base[c.r+n : c.r+n+int(h.Length)]
		if h.OpCode == ws.OpText {
			if h.Masked {
				ws.Cipher(p, h.Mask, 0)
			}
			if !utf8.Valid(p) {
				if h.Masked {
					ws.Cipher(p, h.Mask, 0) // as Next expects it
				}
				break
			}
			h.Mask = [4]byte{}
		}
		out += c.place(form, h, p, c.base[out:])
		c.r += n + int(h.Length)
		b.Messages++
		b.Payload += int(h.Length)
	}
	if b.Messages == 0 {
		return b
	}
	b.wide, b.Bytes = c.relay.wide, c.base[from:out]
	c.narrow(c.base[c.r:c.w])
	return b
}

// whole finds the header of a message that is here in full, in one frame, and keeps all rules but
// that of text.
func (c *Conn) whole(b []byte) (h ws.Header, n int, ok bool) {
	h, n = peekHeader(b)
	switch {
	case n == 0, len(b) < n:
		return h, n, false
	case !h.Fin, h.OpCode != ws.OpText && h.OpCode != ws.OpBinary, c.checkHeader(h, c.state) != nil:
		return h, n, false
	}
	return h, n, h.Length <= c.limit.Load() && h.Length <= int64(len(b)-n)
}

// place puts a message at the beginning of to, which does not begin behind it: p is its payload,
// masked with the key of h. It returns how many bytes it takes.
func (c *Conn) place(form Form, h ws.Header, p, to []byte) int {
	key := h.Mask
	h.Masked, h.Mask = form == Masked, [4]byte{}
	if h.Masked {
		h.Mask = c.relay.wide.Key()
		for i := range key {
			key[i] ^= h.Mask[i] // one pass takes one mask off and puts the other on
		}
	}
	if key != [4]byte{} {
		ws.Cipher(p, key, 0)
	}
	n := 0
	if form != Bare {
		n = headerSize(h)
	}
	if len(p) > 0 && &to[n] != &p[0] {
		copy(to[n:], p)
	}
	if form != Bare {
		appendHeader(to[:0], h)
	}
	return n + len(p)
}

// Ahead says how to take in the next frame.
type Ahead uint8

// Ahead is the kind of data behind the last Batch of a connection.
const (
	AheadMore Ahead = iota + 1 // More, and then Batch again
	// Next: it is no message, a wrong one, or one that cannot come in a Batch.
	AheadItem
	// NextInto: a message that is too large for a Batch, or comes in fragments.
	AheadLarge
)

// Ahead looks at the data that Batch has left.
func (c *Conn) Ahead() Ahead {
	b := c.base[c.r:c.w]
	h, n := peekHeader(b)
	switch {
	case c.dead != nil, c.left > 0, c.msg != nil, c.given > 0, c.state.Fragmented():
		return AheadItem
	case len(b) == 0:
		return AheadMore
	case n == 0:
		return c.aheadMore()
	case h.OpCode.IsControl(), c.checkHeader(h, c.state) != nil:
		return AheadItem
	case len(b) < n:
		return c.aheadMore()
	case h.Length > c.limit.Load():
		return AheadItem
	case !h.Fin, h.Length > sock.WideSize:
		return AheadLarge
	case h.Length <= int64(len(b)-n): // it is wrong text
		return AheadItem
	}
	return c.aheadMore()
}

// aheadMore is for a message that has not arrived in full. If too much of it would be held on the
// way, it is gathered in a buffer that grows with it.
func (c *Conn) aheadMore() Ahead {
	if !c.relay.raw {
		return AheadItem
	}
	return AheadMore
}
