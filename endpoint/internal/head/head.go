// Package head writes the head of a request or response within the limits of its readers.
package head

import (
	"strconv"
	"time"

	"example.com/khp/wire"
)

// Head collects the lines of a message head. The first line that cannot be written is left out and
// makes it fail; so does a head that a peer with the default limits would not read.
type Head struct {
	B    []byte
	From int   // where the head begins in B
	Err  error // why the head cannot be sent; nil if it can

	fields int
}

// RequestLine writes the first line of a request.
func (h *Head) RequestLine(method, target string) {
	h.B, h.Err = wire.AppendRequestLine(h.B, method, target)
}

// StatusLine writes the first line of a response.
func (h *Head) StatusLine(status int, reason string) {
	h.B, h.Err = wire.AppendStatusLine(h.B, status, reason)
}

// Field writes a header field.
func (h *Head) Field(name, value string) {
	if h.Err == nil {
		h.B, h.Err = wire.AppendField(h.B, name, value)
		h.fields++
	}
}

// Bytes writes a header field whose value is bytes.
func (h *Head) Bytes(name string, value []byte) {
	if h.Err == nil {
		h.B, h.Err = wire.AppendField(h.B, name, value)
		h.fields++
	}
}

// Date writes the field Date. now is a time in UTC. [RFC 9110 5.6.7]
func (h *Head) Date(now time.Time) {
	const layout = "Mon, 02 Jan 2006 15:04:05 GMT"
	var room [len(layout)]byte
	h.Bytes("Date", now.AppendFormat(room[:0], layout))
}

// List writes the elements of all lists as one field, if there are any.
func (h *Head) List(name string, lists ...[]string) {
	var room [256]byte
	value := room[:0]
	for _, list := range lists {
		for _, e := range list {
			if len(value) > 0 {
				value = append(value, ", "...)
			}
			value = append(value, e...)
		}
	}
	if len(value) > 0 {
		h.Bytes(name, value)
	}
}

// End writes the empty line and returns the head.
func (h *Head) End() []byte {
	h.B = wire.AppendEnd(h.B)
	limits := wire.DefaultLimits()
	switch n := len(h.B) - h.From; {
	case h.Err != nil:
	case h.fields > limits.Fields:
		h.Err = &wire.ParseError{Kind: wire.KindTooManyFields, Offset: n,
			Detail: strconv.Itoa(h.fields) + " fields, " + strconv.Itoa(limits.Fields) + " are read"}
	case n > limits.Head:
		h.Err = &wire.ParseError{Kind: wire.KindHeadTooLarge, Offset: limits.Head,
			Detail: strconv.Itoa(n) + " bytes, " + strconv.Itoa(limits.Head) + " are read"}
	}
	return h.B
}
