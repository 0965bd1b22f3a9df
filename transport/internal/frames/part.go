package frames

import (
	"unicode/utf8"

	"github.com/gobwas/ws"
)

// handOut moves the part of a message that Next has gathered, before a deadline, to into.
func (c *Conn) handOut(into []byte) Item {
	if n := len(c.msg) - int(c.begun); n >= 0 {
		copy(c.piece[:], c.msg[n:])
	}
	n := copy(into, c.msg)
	if c.msg = c.msg[n:]; len(c.msg) == 0 {
		c.msg = nil
	}
	c.state = c.state.Set(ws.StateFragmented)
	return c.part(into[:n], true)
}

// readInto moves payload of the frame h to into: bytes from base, or else the bytes of one read of
// the socket.
func (c *Conn) readInto(into []byte) (Item, error) {
	room := into[:min(int64(len(into)), c.left)]
	switch {
	case c.left == 0:
	case len(into) == 0:
		c.state = c.state.Set(ws.StateFragmented)
		return c.part(nil, true), nil
	case c.r < c.w:
		n := copy(room, c.base[c.r:c.w])
		c.r += n
		room = room[:n]
	case len(into) < smallSize:
		return Item{}, c.fill(1)
	default:
		c.Rest()
		n, err := c.source.Read(room)
		if n == 0 && err != nil {
			return Item{}, err
		}
		room = room[:n]
	}
	if c.h.Masked {
		ws.Cipher(room, c.h.Mask, int((c.h.Length-c.left)%4))
	}
	c.left -= int64(len(room))
	if err := c.checkPiece(room); err != nil {
		return Item{}, err
	}
	if c.left == 0 && c.h.Fin {
		if c.begun > 0 {
			return Item{}, errText
		}
		c.state = c.state.Clear(ws.StateFragmented)
		return c.part(room, false), nil
	}
	c.state = c.state.Set(ws.StateFragmented)
	return c.part(room, true), nil
}

// resume prepares for the rest of a message that was handed out up to the middle of a character.
func (c *Conn) resume() {
	if len(c.msg) < int(c.begun) {
		c.given -= int64(int(c.begun) - len(c.msg))
		c.msg = append([]byte(nil), c.piece[:c.begun]...)
	}
}

// part returns a part of a message.
func (c *Conn) part(p []byte, more bool) Item {
	it := c.item(p)
	it.More = more
	if c.given += int64(len(p)); !more {
		c.given = 0
	}
	return it
}

// checkPiece judges the next bytes of a message that is handed out in parts.
//
//khp:impl WSP-TEXT-01
func (c *Conn) checkPiece(p []byte) error {
	if c.op != ws.OpText {
		return nil
	}
	for c.begun > 0 && len(p) > 0 {
		c.piece[c.begun] = p[0]
		c.begun++
		p = p[1:]
		if begun := c.piece[:c.begun]; utf8.FullRune(begun) {
			if !utf8.Valid(begun) {
				return errText
			}
			c.begun = 0
		}
	}
	if c.begun > 0 {
		return nil
	}
	whole, ok := wholeCharacters(p)
	if !ok {
		return errText
	}
	c.begun = uint8(copy(c.piece[:], p[whole:]))
	return nil
}
