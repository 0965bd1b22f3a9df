package wire

import (
	"strconv"
	"testing"

	"example.com/khp/internal/upgrade"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// span is a part of a sentence that one production, or one terminal, stands for.
type span struct {
	name     string // "" for a terminal
	from, to int
}

// sentence is a text that the grammar generates.
type sentence struct {
	bytes []byte
	spans []span
}

// generator writes sentences of the grammar; the choices are rapid's.
type generator struct {
	t      *rapid.T
	g      *grammar
	out    sentence
	length int // of Content-Length
}

// sentences generates sentences of a production. Nothing is repeated more than a few times, so all
// limits are far away.
func (g *grammar) sentences(production string) *rapid.Generator[sentence] {
	return rapid.Custom(func(t *rapid.T) sentence {
		w := generator{t: t, g: g}
		w.production(production)
		return w.out
	})
}

func (w *generator) production(name string) {
	from := len(w.out.bytes)
	switch name {
	case "length":
		w.length = rapid.IntRange(0, 12).Draw(w.t, "length")
		for range rapid.IntRange(0, 2).Draw(w.t, "zeros") {
			w.terminal("0")
		}
		w.terminal(strconv.Itoa(w.length))
	case "counted":
		for range w.length {
			w.production("octet")
		}
	default:
		n := len(w.out.spans)
		w.write(w.g.productions[name])
		for reserved[name] != "" && w.g.recognise(reserved[name], w.out.bytes[from:]) {
			w.out.bytes, w.out.spans = w.out.bytes[:from], w.out.spans[:n]
			w.write(w.g.productions[name])
		}
	}
	w.out.spans = append(w.out.spans, span{name, from, len(w.out.bytes)})
}

func (w *generator) terminal(s string) {
	from := len(w.out.bytes)
	w.out.bytes = append(w.out.bytes, s...)
	w.out.spans = append(w.out.spans, span{"", from, len(w.out.bytes)})
}

func (w *generator) write(n *node) {
	switch n.op {
	case opText:
		w.terminal(n.text)
	case opRange:
		w.terminal(string([]byte{rapid.ByteRange(n.lo, n.hi).Draw(w.t, "byte")}))
	case opSequence:
		for _, kid := range n.kids {
			w.write(kid)
		}
	case opEither:
		w.write(n.kids[rapid.IntRange(0, len(n.kids)-1).Draw(w.t, "choice")])
	case opOption:
		if rapid.Bool().Draw(w.t, "option") {
			w.write(n.kids[0])
		}
	case opRepeat:
		for range rapid.IntRange(0, 3).Draw(w.t, "times") {
			w.write(n.kids[0])
		}
	case opName:
		w.production(n.name)
	}
}

// subjects are the productions that wire has an entry for, and the productions that must recognise
// them after a change: the order that khp writes an opening message in is not asked of others.
var subjects = []struct {
	production, general string
	accepts             func(b []byte) error
}{
	{"openingRequest", "extendedRequest", acceptsRequest},
	{"openingResponse", "extendedResponse", acceptsResponse},
	{"extendedRequest", "extendedRequest", acceptsRequest},
	{"extendedResponse", "extendedResponse", acceptsResponse},
	{"extensions", "extensions", acceptsExtensions},
	{"tokens", "tokens", acceptsTokens},
	{"challenges", "challenges", acceptsChallenges},
}

func acceptsRequest(b []byte) error {
	var r Request
	return r.Parse(b, Limits{})
}

func acceptsResponse(b []byte) error {
	var r Response
	return r.Parse(b, Limits{})
}

func acceptsExtensions(b []byte) error {
	_, err := ParseExtensions(nil, b)
	return err
}

func acceptsTokens(b []byte) error {
	_, err := ParseTokens(nil, b)
	return err
}

func acceptsChallenges(b []byte) error {
	_, err := ParseChallenges(nil, b)
	return err
}

// typed are the fields whose values have a production of their own.
var typed = []struct {
	field, production string
	accepts           func(b []byte) error
}{
	{"Sec-WebSocket-Extensions", "extensions", acceptsExtensions},
	{"Sec-WebSocket-Protocol", "tokens", acceptsTokens},
	{"WWW-Authenticate", "challenges", acceptsChallenges},
	{"Sec-WebSocket-Key", "key", func(b []byte) error {
		if !upgrade.ValidKey(b) {
			return &ParseError{Kind: KindFieldValue}
		}
		return nil
	}},
}

// fieldsOf returns the fields of a message of either kind, none if it is malformed.
func fieldsOf(b []byte) Fields {
	var q Request
	if q.Parse(b, Limits{}) == nil {
		return q.Fields
	}
	var r Response
	if r.Parse(b, Limits{}) == nil {
		return r.Fields
	}
	return nil
}

// Wire and the recogniser accept every input that the grammar generates.
func TestGrammar_GeneratedIsAccepted(t *testing.T) {
	t.Attr("req", "KHP-EXT-03")
	g := loadGrammar(t)
	for _, s := range subjects {
		t.Run(s.production, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				b := g.sentences(s.production).Draw(t, "sentence").bytes
				require.NoError(t, s.accepts(b), "%q", b)
				require.True(t, g.recognise(s.production, b), "%q", b)
				require.True(t, g.recognise(s.general, b), "%q", b)
				for _, f := range typed {
					for value := range fieldsOf(b).All(f.field) {
						require.NoError(t, f.accepts(value), "%s: %q", f.field, value)
					}
				}
			})
		})
	}
}

// No production is left out by the generator.
func TestGrammar_EveryProductionIsGenerated(t *testing.T) {
	g := loadGrammar(t)
	seen := map[string]bool{"khp": true, "": true}
	names := []string{"reservedRequest", "reservedResponse"} // always refused
	for _, s := range subjects {
		names = append(names, s.production)
	}
	for seed := 0; len(seen) < len(g.productions)+1 && seed < 1000; seed++ {
		for _, name := range names {
			for _, part := range g.sentences(name).Example(seed).spans {
				seen[part.name] = true
			}
		}
	}
	for name := range g.productions {
		require.True(t, seen[name], "%s is generated", name)
	}
}
