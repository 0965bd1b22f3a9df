package endpoint

import (
	"iter"
	"slices"
	"strings"

	"example.com/khp/wire"
)

// head collects the lines of a message head. The first line that cannot be written is left out and
// makes it fail; so does a head that a peer with the default limits would not read.
type head struct {
	b      []byte
	from   int // where the head begins in b
	fields int
	err    error
}

func (h *head) requestLine(method, target string) {
	h.b, h.err = wire.AppendRequestLine(h.b, method, target)
}

func (h *head) statusLine(status int, reason string) {
	h.b, h.err = wire.AppendStatusLine(h.b, status, reason)
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
		h.err = &wire.ParseError{Kind: wire.KindTooManyFields, Offset: n,
			Detail: itoa(h.fields) + " fields, " + itoa(limits.Fields) + " are read"}
	case n > limits.Head:
		h.err = &wire.ParseError{Kind: wire.KindHeadTooLarge, Offset: limits.Head,
			Detail: itoa(n) + " bytes, " + itoa(limits.Head) + " are read"}
	}
	return h.b
}

// eachField iterates over fields.
func eachField(fields []HeaderField) iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for i := range fields {
			if !yield(fields[i].Name, fields[i].Value) {
				return
			}
		}
	}
}

// fieldValue returns the value of the first field of that name, "" if there is none.
func fieldValue(fields []HeaderField, name string) string {
	for _, f := range fields {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// findField returns the first field of that name, nil if there is none.
func findField(fields []HeaderField, name string) *HeaderField {
	for i := range fields {
		if strings.EqualFold(fields[i].Name, name) {
			return &fields[i]
		}
	}
	return nil
}

func containsFold(list []string, s string) bool {
	return slices.ContainsFunc(list, func(x string) bool { return strings.EqualFold(x, s) })
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// ofApplication keeps, in place, one of each subprotocol of the application: not that of KHP, nor
// the token that clients list beside it.
func ofApplication(list []string) []string {
	kept := list[:0]
	for _, p := range list {
		if p != Subprotocol && p != bump && !slices.Contains(kept, p) {
			kept = append(kept, p)
		}
	}
	if len(kept) == 0 {
		return nil
	}
	return kept
}
