package judge

import (
	"iter"
	"strings"
	"testing"

	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// large is a head of which each size is known.
type large struct {
	text     string
	request  wire.Request
	line     int    // the longest
	elements [2]int // of the lists of subprotocols and extensions
}

// larges draws a head whose lines have no blank that could be left out.
func larges(t *rapid.T) (h large) {
	target := "/" + strings.Repeat("t", rapid.IntRange(0, 30).Draw(t, "target"))
	first := "GET " + target + " HTTP/1.1"
	h.text, h.line = first+"\r\n", len(first)
	for range rapid.IntRange(0, 5).Draw(t, "fields") {
		name := rapid.SampledFrom([]string{"A", "X-Long-Name", "Sec-WebSocket-Protocol",
			"sec-websocket-extensions", "Sec-WebSocket-Protocom"}).Draw(t, "name")
		value := strings.Repeat("v", rapid.IntRange(1, 20).Draw(t, "value"))
		more := rapid.IntRange(0, 3).Draw(t, "commas")
		value += strings.Repeat(",v", more)
		switch {
		case strings.EqualFold(name, "Sec-WebSocket-Protocol"):
			h.elements[0] += more + 1
		case strings.EqualFold(name, "Sec-WebSocket-Extensions"):
			h.elements[1] += more + 1
		}
		h.text += name + ":" + value + "\r\n"
		h.line = max(h.line, len(name)+1+len(value))
	}
	h.text += "\r\n"
	require.NoError(t, h.request.Parse([]byte(h.text), wire.Limits{}))
	return h
}

func (h *large) fields() iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for _, f := range h.request.Fields {
			if !yield(string(f.Name), string(f.Value)) {
				return
			}
		}
	}
}

// A head that is just as large as a limit is within it, for the parser as for a head that was
// parsed elsewhere; one byte, field or element less is too much for it.
func TestSizes_EachLimit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := larges(t)
		most := max(h.elements[0], h.elements[1])
		for name, v := range map[string]struct {
			limit  func(l *wire.Limits) *int
			size   int
			status int
			says   string
			parsed bool // the parser has this limit, too
		}{
			"target": {func(l *wire.Limits) *int { return &l.Target }, len(h.request.Target), 414,
				"target has", true},
			"line": {func(l *wire.Limits) *int { return &l.Line }, h.line, 431, "are read", true},
			"head": {func(l *wire.Limits) *int { return &l.Head }, len(h.text), 431,
				"the head has", true},
			"fields": {func(l *wire.Limits) *int { return &l.Fields }, len(h.request.Fields),
				431, "fields", true},
			"elements": {func(l *wire.Limits) *int { return &l.Elements }, most, 431,
				"more elements", false},
		} {
			if v.size == 0 {
				continue
			}
			for less := range 2 {
				l := wire.DefaultLimits()
				if *v.limit(&l) = v.size - less; v.size == less {
					continue
				}
				var r wire.Request
				if err := r.Parse([]byte(h.text), l); v.parsed {
					require.Equal(t, less == 0, err == nil, "%s: %v of %q", name, err, h.text)
				}
				want := []int{0, v.status}[less]
				if less == 1 && name == "line" && len("GET ")+len(h.request.Target)+len(" HTTP/1.1") == h.line {
					want, v.says = 414, "target has" // the first line
				}
				status, what := RequestSize(&h.request, &l)
				require.Equal(t, want, status, "%s: %s of %q", name, what, h.text)
				require.Equal(t, less == 1, what != "", what)
				if less == 1 {
					require.Contains(t, what, v.says)
				}
				status, what = OpeningSize(OpeningParts{Target: string(h.request.Target), Fields: h.fields()},
					&l)
				require.Equal(t, want, status, "%s: %s of %q", name, what, h.text)
				if what = ListsSize(h.request.Fields, &l); name == "elements" {
					require.Equal(t, less == 1, what != "", what)
				} else {
					require.Empty(t, what)
				}
			}
		}
		l := wire.DefaultLimits()
		head := len(h.text) - len("GET ") - len(h.request.Target) - len(" HTTP/1.1\r\n\r\n")
		for less := range 2 {
			if l.Head = head - less; l.Head > 0 {
				require.Equal(t, less == 1, FieldsSize(h.request.Fields, &l) != "",
					"a head of %d bytes, %d are read", head, l.Head)
			}
		}
	})
}

// The name of a field has 256 bytes at most, whatever a line may have.
func TestSizes_FieldName(t *testing.T) {
	l := wire.DefaultLimits()
	for n, fits := range map[int]bool{256: true, 257: false} {
		fields := wire.Fields{{Name: []byte(strings.Repeat("n", n))}}
		what := FieldsSize(fields, &l)
		require.Equal(t, fits, what == "", what)
		require.Less(t, len(what), 300)
	}
}

// The first limit that is exceeded is the one that is named.
func TestSizes_FirstCounts(t *testing.T) {
	l := wire.Limits{Target: 3, Line: 30, Elements: 1, Fields: 1, Head: 60}.OrDefault()
	protocol := wire.Field{Name: []byte("Sec-WebSocket-Protocol"), Value: []byte("a,b")}
	for _, v := range []struct {
		target string
		fields wire.Fields
		status int
		says   string
	}{
		{"/long", wire.Fields{protocol, protocol}, 414, "the request target has 5 bytes, 3 are read"},
		{"/", wire.Fields{protocol, protocol}, 431,
			"Sec-WebSocket-Protocol has more elements than the 1 that are read"},
		{"/", wire.Fields{{Name: []byte("A")}, {Name: []byte("B")}}, 431,
			"the head has 2 fields, 1 are read"},
		{"/", wire.Fields{{Name: []byte("A"), Value: []byte(strings.Repeat("a", 29))}}, 431,
			"field A is too long: 30 bytes, 30 are read"},
	} {
		status, what := RequestSize(&wire.Request{Method: []byte("GET"), Target: []byte(v.target),
			Fields: v.fields}, &l)
		require.Equal(t, v.status, status)
		require.Equal(t, v.says, what)
	}
}

// An opening request that another library has parsed is bounded in its parts, too: the elements
// of its lists, and the bytes of these and of all other values together.
func TestOpeningSize_Parts(t *testing.T) {
	none := func(func(string, string) bool) {}
	for name, v := range map[string]struct {
		parts OpeningParts
		limit wire.Limits
		says  string
	}{
		"elements at the limit": {OpeningParts{Lists: [2][]string{{"a", "b"}, {"c", "d"}}},
			wire.Limits{Elements: 2}, ""},
		"elements": {OpeningParts{Lists: [2][]string{{"a", "b"}, {"c", "d", "e"}}},
			wire.Limits{Elements: 2}, "Sec-WebSocket-Extensions has more elements"},
		"subprotocols": {OpeningParts{Lists: [2][]string{{"a", "b", "c"}, nil}},
			wire.Limits{Elements: 2}, "Sec-WebSocket-Protocol has more elements"},
		"bytes at the limit": {OpeningParts{Lists: [2][]string{{"aaaa"}, {"bbbb", "cc"}},
			Others: 30}, wire.Limits{Head: 40}, ""},
		"bytes of lists": {OpeningParts{Lists: [2][]string{{"aaaa"}, {"bbbb", "ccc"}},
			Others: 30}, wire.Limits{Head: 40}, "the head has 41 bytes, 40 are read"},
		"bytes of others": {OpeningParts{Others: 41}, wire.Limits{Head: 40},
			"the head has 41 bytes"},
		"fields are not in lists": {OpeningParts{Lists: [2][]string{{"aaaa"}, nil}},
			wire.Limits{Fields: 1}, ""},
	} {
		l := v.limit.OrDefault()
		v.parts.Target, v.parts.Fields = "/", none
		status, what := OpeningSize(v.parts, &l)
		require.Contains(t, what, v.says, name)
		require.Equal(t, v.says == "", what == "", "%s: %s", name, what)
		require.Equal(t, map[bool]int{true: 0, false: 431}[v.says == ""], status, name)
	}
}
