package frames

import (
	"example.com/khp/transport/internal/sock"
	"github.com/gobwas/ws"
)

const (
	// Bytes an idle connection waits in; holds a header and any control frame.
	smallSize = 256
	bigSize   = sock.BufferSize // bytes of a pooled read buffer; a frame that fits is parsed in place
)

// fill reads the socket once so that base[r:w] grows towards need bytes, at most bigSize. Its frame
// is small, because idle connections wait in it, and so is that of socket.
func (c *Conn) fill(need int) error {
	c.makeRoom(need)
	n, err := c.source.Read(c.base[c.w:])
	return c.filled(n, err)
}

// filled adds the n bytes that were read to the unread ones.
func (c *Conn) filled(n int, err error) error {
	c.hungry = c.w+n == len(c.base)
	c.w += n
	if n > 0 || err == nil {
		return nil // an error that matters comes again
	}
	return err
}

// makeRoom makes room behind the unread bytes, so that these can grow towards need. It moves unread
// bytes where it must, and releases the pooled buffer before it waits for a first byte.
func (c *Conn) makeRoom(need int) {
	switch {
	case c.r == c.w:
		c.r, c.w = 0, 0
		if c.hungry || need > smallSize {
			c.dropWide()
			c.base = c.takeBig()[:]
		} else {
			c.Rest()
		}
	case c.r+need > len(c.base):
		to := c.base
		if need > len(to) {
			to = c.takeBig()[:]
		}
		c.w = copy(to, c.base[c.r:c.w])
		c.base, c.r = to, 0
	}
}

// Await waits for the first byte of an item, if there is none yet: then next has something to start
// with.
func (c *Conn) Await() error {
	if c.dead != nil || c.left > 0 || c.r < c.w {
		return nil
	}
	return c.fill(ws.MinHeaderSize)
}

// socket reads the socket, and lets extensions know that the connection is read; without room it
// reads behind the unread bytes, for More. The end of the stream comes as an error that matches
// io.ErrUnexpectedEOF.
type socket Conn

// Read implements [io.Reader].
func (s *socket) Read(p []byte) (n int, err error) {
	if s.ext != nil {
		s.ext.Listening()
	}
	if p == nil {
		n, err = s.relay.lazy.Read()
	} else {
		n, err = s.nc.Read(p)
	}
	if s.ext != nil {
		s.ext.Listened(n > 0)
	}
	if err != nil {
		err = lost(err)
	}
	return n, err
}

func (c *Conn) takeBig() *sock.Buffer {
	if c.big == nil {
		c.big = sock.GetBuffer()
	}
	return c.big
}

// Rest releases the pooled buffer if nothing is left in it. It ends the validity of an item's data.
func (c *Conn) Rest() {
	if c.r != c.w {
		return
	}
	c.dropBig()
	c.dropWide()
	c.base, c.r, c.w = c.small[:], 0, 0
}

func (c *Conn) dropBig() {
	if c.big != nil {
		sock.PutBuffer(c.big)
		c.big = nil
	}
}

func (c *Conn) dropWide() {
	if c.relay != nil && c.relay.wide != nil {
		sock.PutWide(c.relay.wide)
		c.relay.wide = nil
	}
}

// readLarge moves payload of the large frame h into msg: bytes from base, or else one socket read
// without a detour.
func (c *Conn) readLarge() (Item, error) {
	at := len(c.msg)
	if c.r < c.w {
		n := int(min(c.left, int64(c.w-c.r)))
		c.msg = append(c.msg, c.base[c.r:c.r+n]...)
		c.r += n
	} else {
		c.Rest()
		c.growMsg()
		room := c.msg[at:cap(c.msg)]
		if int64(len(room)) > c.left {
			room = room[:c.left]
		}
		n, err := c.source.Read(room)
		if n == 0 && err != nil {
			return Item{}, err
		}
		c.msg = c.msg[:at+n]
	}
	chunk := c.msg[at:]
	if c.h.Masked {
		ws.Cipher(chunk, c.h.Mask, int((c.h.Length-c.left)%4))
	}
	if c.left -= int64(len(chunk)); c.left > 0 {
		return Item{}, c.checkText(len(chunk))
	}
	c.hungry = c.r < c.w // the rest of this frame was waiting
	return c.fragment(c.h, len(chunk))
}

// growMsg makes room in msg when it is full: as much again as has arrived, at least bigSize, never
// more than the frame announces. An announced length alone reserves no memory.
func (c *Conn) growMsg() {
	if len(c.msg) < cap(c.msg) {
		return
	}
	more := min(c.left, int64(max(len(c.msg), bigSize)))
	c.msg = append(make([]byte, 0, len(c.msg)+int(more)), c.msg...)
}
