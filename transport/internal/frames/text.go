package frames

import (
	"unicode/utf8"

	"github.com/gobwas/ws"
)

// errText is text that is not UTF-8, found at the first frame or piece of a large one that shows
// it.
var errText = &Error{codeInvalidPayload, "text message is not UTF-8"}

// wholeCharacters returns how many bytes at the start of p are whole characters. The bytes behind
// them, at most three, may be the beginning of one; ok is false if they cannot be, or if an earlier
// byte is wrong.
func wholeCharacters(p []byte) (n int, ok bool) {
	n = len(p)
	for back := 1; back < utf8.UTFMax && back <= len(p); back++ {
		if utf8.RuneStart(p[len(p)-back]) {
			if !utf8.FullRune(p[len(p)-back:]) {
				n = len(p) - back
			}
			break
		}
	}
	return n, utf8.Valid(p[:n])
}

// checkText judges the last n bytes of msg, with the beginning of a character before them.
//
//khp:impl WSP-TEXT-01
func (c *Conn) checkText(n int) error {
	if c.op != ws.OpText || c.packed() {
		return nil
	}
	fresh := c.msg[len(c.msg)-n-int(c.begun):]
	whole, ok := wholeCharacters(fresh)
	if !ok {
		return errText
	}
	c.begun = uint8(len(fresh) - whole)
	return nil
}

// preview judges payload ahead of time, for buffered, which must not touch it.
type preview struct {
	op   ws.OpCode // type of the message
	rest []byte    // beginning of a character
}

// wrong reports whether p, payload of frame h from offset on, makes the message wrong text.
func (t *preview) wrong(h ws.Header, offset int64, p []byte) bool {
	if t.op != ws.OpText {
		return false
	}
	from := len(t.rest)
	t.rest = append(t.rest, p...)
	if h.Masked {
		ws.Cipher(t.rest[from:], h.Mask, int(offset%4))
	}
	n, ok := wholeCharacters(t.rest)
	t.rest = t.rest[n:]
	return !ok
}
