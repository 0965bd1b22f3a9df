package endpoint

import (
	"iter"
	"maps"
	"slices"
	"strings"

	"example.com/khp/internal/place"
	"example.com/khp/internal/scan"
	"example.com/khp/wire"
)

// kept is the memory for values that outlive a handshake: the fields of its heads, and the elements
// of their lists. None of it is used twice, so copies of its results stay valid.
type kept struct {
	text     strings.Builder
	fields   []HeaderField // free
	elements []string      // free
}

// Room for the fields and elements of one handshake, as most need: one allocation each. Those that
// need more get memory of their own.
type (
	clientRoom struct {
		fields   [8]HeaderField
		elements [4]string
	}
	serverRoom struct {
		fields   [16]HeaderField
		elements [4]string
	}
)

func keptByClient() *kept {
	room := new(clientRoom)
	return &kept{fields: room.fields[:], elements: room.elements[:]}
}

// reserve makes room for texts of n bytes together, and of more that may follow.
func (k *kept) reserve(n, more int) {
	if k.text.Cap()-k.text.Len() < n {
		k.text = strings.Builder{} // strings made of the old one keep it
		k.text.Grow(n + more)
	}
}

// string copies b.
func (k *kept) string(b []byte) string {
	k.reserve(len(b), 0)
	from := k.text.Len()
	k.text.Write(b)
	return k.text.String()[from:]
}

// copyFields copies parsed fields out of the buffer they are views of.
func (k *kept) copyFields(fields wire.Fields) []HeaderField {
	n := len(fields)
	if n == 0 {
		return nil
	}
	k.reserve(sizeOf(fields), 0)
	if len(k.fields) < n {
		k.fields = make([]HeaderField, n)
	}
	list := k.fields[:n:n]
	k.fields = k.fields[n:]
	for i, f := range fields {
		list[i] = HeaderField{Name: k.string(f.Name), Value: k.string(f.Value)}
	}
	return list
}

func copyFields(fields wire.Fields) []HeaderField { return new(kept).copyFields(fields) }

// sizeOf is the length of all names and values.
func sizeOf(fields wire.Fields) (n int) {
	for i := range fields {
		n += len(fields[i].Name) + len(fields[i].Value)
	}
	return n
}

// grow returns list with room for n more elements.
func (k *kept) grow(list []string, n int) []string {
	if list == nil && len(k.elements) >= n {
		list, k.elements = k.elements[:0:n], k.elements[n:]
	}
	return slices.Grow(list, n)
}

// subprotocols appends the elements of a field to a list. They are parts of copy, its value as a
// string.
func (k *kept) subprotocols(to []string, value []byte, copy string) ([]string, error) {
	var room [4][]byte
	list, err := wire.ParseTokens(room[:0], value)
	text := shared{copy}
	to = k.grow(to, len(list))
	for _, p := range list {
		to = append(to, text.token(p))
	}
	return to, err
}

// extensions does the same for extensions.
func (k *kept) extensions(to []string, value []byte, copy string) ([]string, error) {
	var room [4]wire.Extension
	list, err := wire.ParseExtensions(room[:0], value)
	text := shared{copy}
	to = k.grow(to, len(list))
	for _, e := range list {
		to = append(to, text.element(e))
	}
	return to, err
}

// selected returns the extensions that a response selects, whose fields were copied.
func (k *kept) selected(fields wire.Fields, copies []HeaderField) (list []string) {
	for i, f := range fields {
		if scan.EqualFold(f.Name, "Sec-WebSocket-Extensions") {
			list, _ = k.extensions(list, f.Value, copies[i].Value)
		}
	}
	return list
}

// lists returns the elements of the two negotiation fields of a request. copies are the fields as
// strings. An empty field is a fault unless its kind may be empty: deployed clients send one when
// they have nothing to list. [AMB-23]
func (k *kept) lists(
	fields wire.Fields, copies []HeaderField, mayBeEmpty [2]bool,
) (subprotocols, extensions []string, fault string) {
	var err error
	for i, f := range fields {
		switch empty := len(f.Value) == 0; {
		case scan.EqualFold(f.Name, "Sec-WebSocket-Protocol") && !(empty && mayBeEmpty[0]):
			if subprotocols, err = k.subprotocols(subprotocols, f.Value, copies[i].Value); err != nil {
				return nil, nil, "Sec-WebSocket-Protocol: " + parseText(err)
			}
		case scan.EqualFold(f.Name, "Sec-WebSocket-Extensions") && !(empty && mayBeEmpty[1]):
			if extensions, err = k.extensions(extensions, f.Value, copies[i].Value); err != nil {
				return nil, nil, "Sec-WebSocket-Extensions: " + parseText(err)
			}
		}
	}
	return subprotocols, extensions, ""
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
	if e.Params == nil {
		return s.token(e.Name)
	}
	_, behind, _ := strings.Cut(s.rest, string(e.Name))
	params, ok := strings.CutPrefix(behind, ";")
	end := min(len(params), len(e.Params))
	if !ok || params[:end] != string(e.Params) {
		return string(e.Name) + ";" + string(e.Params)
	}
	end += len(s.rest) - len(params)
	element := s.rest[end-len(e.Name)-len(";")-len(e.Params) : end]
	s.rest = s.rest[end:]
	return element
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

// OpeningFromHTTP returns the opening request that a host's HTTP server has parsed, for
// [Server.Opened]: the request target as sent, the value of Host, and the other fields. With
// net/http that is
//
//	endpoint.OpeningFromHTTP(r.RequestURI, r.Host, r.Header)
//
// Malformed lists are left out: the library has accepted them before it answered. The arguments are
// not kept.
func OpeningFromHTTP(target, host string, header map[string][]string) OpeningRequest {
	fields := make([]HeaderField, 0, len(header)+1)
	fields = append(fields, HeaderField{Name: "Host", Value: host})
	for _, name := range slices.Sorted(maps.Keys(header)) {
		for _, value := range header[name] {
			if !strings.EqualFold(name, "Host") || value != host {
				fields = append(fields, HeaderField{Name: name, Value: value})
			}
		}
	}
	return openingOf(target, fields)
}

// OpeningFromRequest is [OpeningFromHTTP] for a host that parses opening requests with package wire
// and answers them itself. One that leaves the answer to the endpoint calls [Server.Opening]. r is
// not kept; nil gives a request without fields.
func OpeningFromRequest(r *wire.Request) OpeningRequest {
	if r == nil {
		return OpeningRequest{}
	}
	return openingOf(string(r.Target), copyFields(r.Fields))
}

// openingOf finds the parts of an opening request that is known to be valid in its fields.
func openingOf(target string, fields []HeaderField) OpeningRequest {
	o := OpeningRequest{
		Target: place.OriginForm(target), Opening: fields,
		Host: fieldValue(fields, "Host"), Key: fieldValue(fields, "Sec-WebSocket-Key"),
	}
	for _, f := range fields {
		switch {
		case strings.EqualFold(f.Name, "Sec-WebSocket-Protocol"):
			list, _ := wire.ParseTokens(nil, []byte(f.Value))
			for _, p := range list {
				o.Subprotocols = append(o.Subprotocols, string(p))
			}
		case strings.EqualFold(f.Name, "Sec-WebSocket-Extensions"):
			list, _ := wire.ParseExtensions(nil, []byte(f.Value))
			for _, e := range list {
				o.Extensions = append(o.Extensions, elementText(e))
			}
		}
	}
	return o
}
