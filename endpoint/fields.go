package endpoint

import (
	"iter"
	"slices"
	"strings"

	"example.com/khp/internal/scan"
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

// copyFields copies parsed fields out of the buffer they are views of.
func copyFields(fields wire.Fields) []HeaderField {
	if len(fields) == 0 {
		return nil
	}
	size := 0
	for _, f := range fields {
		size += len(f.Name) + len(f.Value)
	}
	var text strings.Builder // one string for all
	text.Grow(size)
	for _, f := range fields {
		text.Write(f.Name)
		text.Write(f.Value)
	}
	rest := text.String()
	cut := func(n int) (s string) {
		s, rest = rest[:n], rest[n:]
		return s
	}
	list := make([]HeaderField, len(fields))
	for i, f := range fields {
		list[i] = HeaderField{Name: cut(len(f.Name)), Value: cut(len(f.Value))}
	}
	return list
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

// parseLists returns the elements of the two negotiation fields of a request. copies are the fields
// as strings, of which the elements are parts. An empty field is a fault unless its kind may be
// empty: deployed clients send one when they have nothing to list. [AMB-23]
func parseLists(
	fields wire.Fields, copies []HeaderField, mayBeEmpty [2]bool,
) (subprotocols, extensions []string, fault string) {
	for i, f := range fields {
		switch empty := len(f.Value) == 0; {
		case scan.EqualFold(f.Name, "Sec-WebSocket-Protocol") && !(empty && mayBeEmpty[0]):
			var room [4][]byte
			list, err := wire.ParseTokens(room[:0], f.Value)
			if err != nil {
				return nil, nil, "Sec-WebSocket-Protocol: " + parseText(err)
			}
			value := shared{copies[i].Value}
			subprotocols = slices.Grow(subprotocols, len(list))
			for _, p := range list {
				subprotocols = append(subprotocols, value.token(p))
			}
		case scan.EqualFold(f.Name, "Sec-WebSocket-Extensions") && !(empty && mayBeEmpty[1]):
			var room [4]wire.Extension
			list, err := wire.ParseExtensions(room[:0], f.Value)
			if err != nil {
				return nil, nil, "Sec-WebSocket-Extensions: " + parseText(err)
			}
			value := shared{copies[i].Value}
			for _, e := range list {
				extensions = append(extensions, value.element(e))
			}
		}
	}
	return subprotocols, extensions, ""
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

// shared returns parts of one text, a field value that is kept anyway, from left to right: the
// elements of a list then take no memory of their own.
type shared struct{ rest string }

// token returns p as a string.
func (s *shared) token(p []byte) string {
	if string(p) == Subprotocol {
		return Subprotocol
	}
	i := strings.Index(s.rest, string(p))
	if i < 0 {
		return string(p)
	}
	token := s.rest[i : i+len(p)]
	s.rest = s.rest[i+len(p):]
	return token
}

// element returns e as it would be written.
func (s *shared) element(e wire.Extension) string {
	n := len(e.Name) + len(";") + len(e.Params)
	i := strings.Index(s.rest, string(e.Name))
	if e.Params == nil || i < 0 || len(s.rest) < i+n || s.rest[i+len(e.Name)] != ';' ||
		s.rest[i+n-len(e.Params):i+n] != string(e.Params) {
		if e.Params == nil {
			return s.token(e.Name)
		}
		return string(e.Name) + ";" + string(e.Params)
	}
	element := s.rest[i : i+n]
	s.rest = s.rest[i+n:]
	return element
}
