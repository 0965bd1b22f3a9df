package endpoint

import "example.com/khp/wire"

// head collects the lines of a message head. The first line that cannot be written is left out and
// makes it fail; so does a head that a peer with the default limits would not read.
type head struct {
	b      []byte
	from   int // where the head begins in b
	fields int
	err    error
}

func (h *head) requestLine(method, target string) {
	if h.err == nil {
		h.b, h.err = wire.AppendRequestLine(h.b, method, target)
	}
}

func (h *head) statusLine(status int, reason string) {
	if h.err == nil {
		h.b, h.err = wire.AppendStatusLine(h.b, status, reason)
	}
}

func (h *head) field(name, value string) {
	if h.err == nil {
		h.b, h.err = wire.AppendField(h.b, name, value)
		h.fields++
	}
}

func (h *head) bytes(name string, value []byte) {
	if h.err == nil {
		h.b, h.err = wire.AppendField(h.b, name, value)
		h.fields++
	}
}

// list writes the elements of all lists as one field, if there are any.
func (h *head) list(name string, lists ...[]string) {
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
		h.bytes(name, value)
	}
}

// end writes the empty line and returns the head.
func (h *head) end() []byte {
	h.b = wire.AppendEnd(h.b)
	limits := wire.DefaultLimits()
	switch n := len(h.b) - h.from; {
	case h.err != nil:
	case h.fields > limits.Fields:
		h.err = &wire.ParseError{Kind: wire.KindTooManyFields, Offset: n, Detail: itoa(h.fields) + " fields, " + itoa(limits.Fields) + " are read"}
	case n > limits.Head:
		h.err = &wire.ParseError{Kind: wire.KindHeadTooLarge, Offset: limits.Head, Detail: itoa(n) + " bytes, " + itoa(limits.Head) + " are read"}
	}
	return h.b
}
