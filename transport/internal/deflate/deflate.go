// Package deflate is permessage-deflate, without frames: its negotiation, and the compression and
// inflation of messages. [RFC 7692 7]
package deflate

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"sync"

	"example.com/khp/wire"
	"github.com/klauspost/compress/flate"
)

// Name is the token of the extension.
const Name = "permessage-deflate"

const (
	level      = flate.BestSpeed
	windowSize = 32 << 10 // bytes that a message may refer to, of those before it
	smallest   = 64       // bytes of a message below which compressing it is not worth while
)

// Params are the agreement of both sides: whether each message of a side stands for itself.
type Params struct{ ClientAlone, ServerAlone bool }

// String returns the element with which a server grants p.
func (p Params) String() string {
	text := Name
	if p.ClientAlone {
		text += "; client_no_context_takeover"
	}
	if p.ServerAlone {
		text += "; server_no_context_takeover"
	}
	return text
}

// Offer returns the element that a client offers. alone asks for messages that stand for
// themselves, which takes 64 KiB less for each connection.
func Offer(alone bool) string {
	return Params{ClientAlone: alone, ServerAlone: alone}.String()
}

// Accept returns the element that a server grants of those that a client has offered: the first
// that it can keep to.
func Accept(offered []string, alone bool) (granted string, p Params, ok bool) {
	for _, text := range offered {
		p, narrow, err := parse(text, true)
		if err != nil || narrow {
			continue
		}
		p.ClientAlone, p.ServerAlone = p.ClientAlone || alone, p.ServerAlone || alone
		return p.String(), p, true
	}
	return "", Params{}, false
}

// Granted returns the parameters that a server has granted of Offer(alone), nil if none. A server
// that may let its messages refer to others has not accepted an offer that forbids it. [RFC 7692
// 7.1.1.1]
func Granted(response wire.Fields, alone bool) (granted *Params, err error) {
	for v := range response.All("Sec-WebSocket-Extensions") {
		for element := range strings.SplitSeq(string(v), ",") {
			if !Is(element) {
				continue
			}
			p, _, err := parse(strings.Trim(element, " \t"), false)
			switch {
			case err != nil:
				return nil, err
			case granted != nil:
				return nil, errors.New("it is granted twice")
			case alone && !p.ServerAlone:
				return nil, errors.New("parameter server_no_context_takeover is missing")
			}
			p.ClientAlone = p.ClientAlone || alone
			granted = &p
		}
	}
	return granted, nil
}

// Is reports whether an element of extensions is permessage-deflate.
func Is(element string) bool {
	name, _, _ := strings.Cut(element, ";")
	return strings.EqualFold(strings.Trim(name, " \t"), Name)
}

// parse reads an element. narrow says that the server's window is to be smaller than ours is.
func parse(text string, offer bool) (p Params, narrow bool, err error) {
	list, err := wire.ParseExtensions(nil, []byte(text))
	if err != nil || len(list) != 1 || !strings.EqualFold(string(list[0].Name), Name) {
		return p, false, errors.New("not " + Name)
	}
	seen := map[string]bool{}
	for param := range strings.SplitSeq(strings.TrimLeft(string(list[0].Params), "; \t"), ";") {
		name, value, _ := strings.Cut(strings.Trim(param, " \t"), "=")
		value = strings.Trim(value, `"`)
		switch {
		case name == "":
		case seen[name]:
			return p, false, errors.New("parameter " + name + " is repeated")
		case name == "client_no_context_takeover" && value == "":
			p.ClientAlone = true
		case name == "server_no_context_takeover" && value == "":
			p.ServerAlone = true
		case name == "server_max_window_bits" && isBits(value):
			narrow = value != "15"
		case name == "client_max_window_bits" && offer && (value == "" || isBits(value)):
		default:
			return p, false, errors.New("parameter " + name + " is not understood here")
		}
		seen[name] = true
	}
	return p, narrow, nil
}

// isBits reports whether a parameter is a size of a window, 8 to 15.
func isBits(v string) bool {
	return v == "8" || v == "9" || len(v) == 2 && v[0] == '1' && v[1] >= '0' &&
		v[1] <= '5'
}

// Codec compresses the messages of one direction, or inflates those of the other. It is not safe
// for concurrent use.
type Codec struct {
	Alone  bool   // each message stands for itself
	window []byte // the last bytes of the messages before; nil if Alone
}

// keep makes p the last bytes of the window.
func (c *Codec) keep(p []byte) {
	switch {
	case c.Alone:
	case len(p) >= windowSize:
		c.window = append(c.window[:0], p[len(p)-windowSize:]...)
	default:
		if over := len(c.window) + len(p) - windowSize; over > 0 {
			c.window = c.window[:copy(c.window, c.window[over:])]
		}
		c.window = append(c.window, p...)
	}
}

var writers = sync.Pool{New: func() any {
	w, _ := flate.NewWriterDict(io.Discard, level, nil) // the level is right
	return w
}}

// tail ends each message on the wire, where it is left out.
const tail = "\x00\x00\xff\xff"

// Worthwhile reports whether a message of n bytes is compressed.
func Worthwhile(n int) bool { return n >= smallest }

// Compress appends p to b. Sent has to be called if the message was sent.
func (c *Codec) Compress(b *bytes.Buffer, p []byte) {
	w := writers.Get().(*flate.Writer)
	w.ResetDict(b, c.window)
	_, _ = w.Write(p) // a Buffer has no errors
	_ = w.Flush()
	w.ResetDict(io.Discard, nil) // it lets go of b and of the window
	writers.Put(w)
	b.Truncate(b.Len() - len(tail))
}

// Sent notes that p was sent.
func (c *Codec) Sent(p []byte) { c.keep(p) }

// Errors of Inflate.
var (
	ErrTooLong = errors.New("message exceeds the limit")
	ErrData    = errors.New("compressed message cannot be inflated")
)

var readers = sync.Pool{New: func() any { return flate.NewReader(nothing) }}

// nothing is read by readers that wait for a message.
var nothing = strings.NewReader("")

// letGo releases a reader, which then refers to no message.
func letGo(r io.ReadCloser) {
	_ = r.(flate.Resetter).Reset(nothing, nil)
	readers.Put(r)
}

// Inflate returns the message that p is, of limit bytes at most.
func (c *Codec) Inflate(p []byte, limit int64) ([]byte, error) {
	r := readers.Get().(io.ReadCloser)
	defer letGo(r)
	// A final block behind the tail makes the reader come to its end.
	from := io.MultiReader(bytes.NewReader(p), strings.NewReader(tail+"\x01\x00\x00\xff\xff"))
	_ = r.(flate.Resetter).Reset(from, c.window) // never fails
	var b bytes.Buffer
	n, err := io.Copy(&b, io.LimitReader(r, limit+1))
	switch {
	case n > limit:
		return nil, ErrTooLong
	case err != nil:
		return nil, ErrData
	}
	c.keep(b.Bytes())
	return b.Bytes(), nil
}
