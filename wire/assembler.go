package wire

import (
	"bytes"
	"unicode/utf8"
)

// MessageType is the type of a WebSocket data message; the values are the opcodes
// of RFC 6455 section 11.8.
type MessageType uint8

const (
	Text   MessageType = 1
	Binary MessageType = 2
)

// String returns "text", "binary" or "invalid".
func (t MessageType) String() string {
	switch t {
	case Text:
		return "text"
	case Binary:
		return "binary"
	}
	return "invalid"
}

// Progress is the state of a unit.
type Progress uint8

const (
	UnitPartial    Progress = 1 + iota // the head is not complete
	UnitBody                           // the head is complete, more body may come
	UnitFull                           // all of the response is here, the terminator is not
	UnitTerminated                     // complete and terminated
)

// String returns "partial", "body", "full" or "terminated".
func (p Progress) String() string {
	switch p {
	case UnitPartial:
		return "partial"
	case UnitBody:
		return "body"
	case UnitFull:
		return "full"
	case UnitTerminated:
		return "terminated"
	}
	return "invalid"
}

// Assembler puts one extended response together from the WebSocket messages that carry it: the
// unit, ended by an empty binary message. The zero value is ready and has default limits. It copies
// the messages it is given, and reads every byte of a head once, however they cut it.
//
// An error ends the unit: Add and Finish keep returning it until Reset.
type Assembler struct {
	// Response is valid once HeadComplete, also after an error in the body; its views are valid until
	// Reset. Body holds the bytes received so far. After an error in the head it is empty, with
	// ContentLength -1.
	Response Response

	// Unwrap takes a 401 that is the body of a 200, the form of Kaazing gateways
	// 3.x, for the response. The 200 is then forgotten; offsets of errors count
	// from the 401. Reset keeps the setting.
	Unwrap bool

	limits  Limits
	buf     []byte
	h       head
	err     error
	headLen int // 0 while the head is not complete
	// How many bytes at the end of buf are not known to be UTF-8; looked at if they are text.
	unchecked int
	messages  int
	kind      MessageType
	progress  Progress // 0 until the first Add
	// Content-Length of the response around this one, -1 if it has none, 0 if there is none around.
	wrapping int64
}

// Reset starts the next unit under the given limits and keeps the memory. Views
// into the old Response become invalid.
func (a *Assembler) Reset(l Limits) {
	clear(a.Response.Fields)
	a.Response.reset()
	*a = Assembler{
		Response: a.Response,
		Unwrap:   a.Unwrap,
		limits:   l.OrDefault(),
		buf:      a.buf[:0],
		h:        newHead(),
		progress: UnitPartial,
	}
}

// Use lets the unit begin in b, which belongs to the assembler from then on. Longer units get
// memory of their own, and so does one that has begun already.
func (a *Assembler) Use(b []byte) {
	if len(a.buf) == 0 {
		a.buf = b[:0]
	}
}

// HeadComplete reports whether Response can be read.
func (a *Assembler) HeadComplete() bool { return a.headLen != 0 }

// Unwrapped reports whether Response was the body of another response, by Unwrap.
func (a *Assembler) Unwrapped() bool { return a.wrapping != 0 }

// Len returns how many bytes the unit holds.
func (a *Assembler) Len() int { return len(a.buf) }

// Add takes the next data message of the peer, with all its fragments joined. p is copied.
//
// An empty binary message ends the unit, which is then checked as a whole. An
// empty text message adds nothing. Content must be of one type, and text must be UTF-8 over the
// unit: a message may end within a character that the next one completes. After UnitTerminated
// only Reset is of use.
//
// Where the messages are cut makes no difference to the kind and offset of an error: it is the one
// that the earliest byte proves, and KindUTF8 where the same byte breaks another rule, too.
//
// Errors: KindNoUnit for a terminator with nothing before it; KindMixedTypes; KindUTF8;
// KindTooManyMessages, KindUnitTooLarge, KindBodyTooLarge; the kinds of [Response.ParseHead] for
// the head, except that KindIncomplete means a terminator before the empty line; KindSurplus,
// KindBodyForbidden and KindBodyTooShort for the body.
//
//khp:impl KHP-EXT-04
//khp:impl KHP-CLOSE-04
//khp:impl WSP-FRAME-01
//khp:impl WSP-TEXT-01
func (a *Assembler) Add(t MessageType, p []byte) (Progress, error) {
	if a.progress == 0 {
		a.Reset(a.limits)
	}
	switch {
	case a.err != nil:
		return a.progress, a.err
	case a.progress == UnitTerminated:
		return a.fail(&ParseError{Kind: KindSurplus, Offset: len(a.buf),
			Detail: "message after the terminator"})
	case t == Binary && len(p) == 0:
		return a.end()
	case t != Text && t != Binary, a.kind != 0 && t != a.kind:
		return a.fail(&ParseError{Kind: KindMixedTypes, Offset: len(a.buf), Detail: t.String() +
			" message in a " + a.kind.String() + " unit"})
	}
	if a.messages++; a.messages > a.limits.Messages {
		return a.fail(&ParseError{Kind: KindTooManyMessages, Offset: len(a.buf),
			Detail: "over the limit"})
	}
	if len(p) == 0 {
		return a.progress, nil
	}
	a.kind = t
	over := len(p) > a.limits.Unit-len(a.buf)
	if over {
		p = p[:a.limits.Unit-len(a.buf)]
	}
	a.buf = append(a.buf, p...)
	a.unchecked += len(p)
	text := t != Text || a.takeText()
	err := a.advance()
	if err == nil && !text {
		err = &ParseError{Kind: KindUTF8, Offset: len(a.buf) - a.unchecked}
	}
	if err == nil && over {
		err = &ParseError{Kind: KindUnitTooLarge, Offset: len(a.buf), Detail: "over the limit"}
	}
	if err != nil {
		return a.fail(err)
	}
	return a.progress, nil
}

// Finish ends the unit without a terminator, for peers that send none.
func (a *Assembler) Finish() error {
	if a.progress == 0 {
		a.Reset(a.limits)
	}
	if a.err != nil {
		return a.err
	}
	_, err := a.end()
	return err
}

func (a *Assembler) fail(err error) (Progress, error) {
	if a.err = err; a.headLen == 0 {
		a.Response.reset()
	}
	return a.progress, err
}

// advance reads the bytes added since the last call.
func (a *Assembler) advance() error {
	if a.headLen == 0 {
		switch k := a.h.response(&a.Response, a.buf, &a.limits); k {
		case 0:
			a.headLen = a.h.line
		case KindIncomplete:
			return nil
		default:
			return a.h.err(k, a.buf)
		}
		if err := a.checkWrapping(); err != nil {
			return err
		}
	}
	if a.Unwrap && a.Response.Status == 200 && a.Response.ContentLength != 0 {
		switch body := a.buf[a.headLen:]; {
		case bytes.HasPrefix(body, challengeLine):
			return a.unwrap()
		case len(body) > 0 && bytes.HasPrefix(challengeLine, body) &&
			int64(len(body)) != a.Response.ContentLength:
			a.progress = UnitBody // it shows with the next bytes
			return nil
		}
	}
	full, err := a.Response.takeBody(a.buf, a.headLen, a.limits.Body, false)
	if err != nil {
		return err
	}
	a.progress = UnitBody
	if full {
		a.progress = UnitFull
	}
	return nil
}

// challengeLine is how a wrapped response begins.
var challengeLine = []byte("HTTP/1.1 401")

// unwrap drops the head around a response and reads on in the response.
func (a *Assembler) unwrap() error {
	a.wrapping = a.Response.ContentLength
	clear(a.Response.Fields)
	a.Response.reset()
	a.limits.Unit -= a.headLen // it counts all of the unit
	a.buf = append(a.buf[:0], a.buf[a.headLen:]...)
	a.headLen, a.h, a.progress = 0, newHead(), UnitPartial
	return a.advance()
}

// checkWrapping holds the length of a wrapped response against the one around
// it, which also counts where the wrapped one has none.
func (a *Assembler) checkWrapping() error {
	if a.wrapping <= 0 {
		return nil
	}
	switch left := a.wrapping - int64(a.headLen); {
	case left < 0, a.Response.ContentLength >= 0 && a.Response.ContentLength != left:
		return &ParseError{Kind: KindContentLength, Offset: a.headLen,
			Detail: "the response around it has another length"}
	default:
		a.Response.ContentLength = left
	}
	return nil
}

func (a *Assembler) end() (Progress, error) {
	var err error
	switch {
	case len(a.buf) == 0:
		err = &ParseError{Kind: KindNoUnit, Detail: "nothing came before the terminator"}
	case a.headLen == 0:
		err = &ParseError{Kind: KindIncomplete, Offset: len(a.buf), Detail: "ended before the empty line"}
	case a.kind == Text && a.unchecked > 0:
		err = &ParseError{Kind: KindUTF8, Offset: len(a.buf) - a.unchecked,
			Detail: "cut inside a character"}
	default:
		_, err = a.Response.takeBody(a.buf, a.headLen, a.limits.Body, true)
	}
	if err != nil {
		return a.fail(err)
	}
	a.progress = UnitTerminated
	return a.progress, nil
}

// takeText looks at the bytes that are unchecked; a character may be cut at the end of them. It
// reports false if they are not UTF-8, and then drops the byte that proves it and all behind that
// byte: the bytes before it are judged as if they had arrived alone, so that of two errors the one
// that is proven first counts, wherever messages are cut.
func (a *Assembler) takeText() bool {
	for a.unchecked > 0 {
		at := len(a.buf) - a.unchecked
		rest := a.buf[at:]
		r, n := utf8.DecodeRune(rest)
		if r == utf8.RuneError && n == 1 {
			if !utf8.FullRune(rest) {
				return true
			}
			for !utf8.FullRune(rest[:n]) {
				n++
			}
			a.buf, a.unchecked = a.buf[:at+n-1], n-1
			return false
		}
		a.unchecked -= n
	}
	return true
}
