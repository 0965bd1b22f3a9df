package wire

import (
	"cmp"
	"flag"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var mutated = flag.Int("mutated", 1, "sentences of each kind to mutate in every place")

// hostile are the texts that take the place of a part, or come between two of them.
var hostile = []string{
	"\x00", "\t", "\n", "\r", "\r\n", "\r\n\r\n", "\v", "\x1b", " ", "!", "\"", "#", "%", ",", "/",
	"0", "9", ":", ";", "<", "=", "A", "\\", "]", "e", "\x7f",
	"\x80", "\x85", "\xa0", "\xff", "HTTP/1.1", "Host: a\r\n", "Content-Length: 0\r\n",
	"Transfer-Encoding: chunked\r\n",
}

// change is one mutation of a sentence: the bytes from one offset to another are replaced.
type change struct {
	from, to int
	by       string
}

func (s sentence) apply(c change) []byte {
	return slices.Concat(s.bytes[:c.from], []byte(c.by), s.bytes[c.to:])
}

// changesOf lists the mutations of one part: dropped, doubled, swapped with the terminal behind it,
// replaced by something hostile, and something hostile put in front of it and behind it.
func (s sentence) changesOf(p span) []change {
	own := string(s.bytes[p.from:p.to])
	list := []change{{p.from, p.to, ""}, {p.to, p.to, own}}
	for _, h := range hostile {
		list = append(list, change{p.from, p.from, h}, change{p.to, p.to, h}, change{p.from, p.to, h})
	}
	for _, q := range s.spans {
		if p.name == "" && q.name == "" && p.to == q.from {
			list = append(list, change{p.from, q.to, string(s.bytes[q.from:q.to]) + own})
		}
	}
	return list
}

// changes lists the mutations of all parts, each once.
func (s sentence) changes() []change {
	var list []change
	for _, p := range s.spans {
		list = append(list, s.changesOf(p)...)
	}
	slices.SortFunc(list, compareChanges)
	return slices.Compact(list)
}

func compareChanges(x, y change) int {
	return cmp.Or(cmp.Compare(x.from, y.from), cmp.Compare(x.to, y.to), cmp.Compare(x.by, y.by))
}

// agree checks that wire and the recogniser give b the same verdict, and so they do for the fields
// that have a grammar of their own. It reports whether b has left the language.
func agree(t require.TestingT, g *grammar, general string, accepts func([]byte) error,
	b []byte) (left bool) {
	same := func(production string, err error, b []byte) bool {
		want := g.recognise(production, b)
		if want != (err == nil) {
			require.Fail(t, "verdicts differ", "%s %q: in the grammar: %v, wire: %v",
				production, b, want, err)
		}
		return want
	}
	left = !same(general, accepts(b), b)
	for _, f := range typed {
		for value := range fieldsOf(b).All(f.field) {
			same(f.production, f.accepts(value), value)
		}
	}
	return left
}

// Every mutation of a single part of some sentences: a mutation that leaves the grammar is
// rejected, and another one is not.
func TestGrammar_EveryMutation(t *testing.T) {
	if testing.Short() {
		t.Skip("tries every change, which takes long under the race detector")
	}
	t.Attr("req", "KHP-EXT-03")
	g := loadGrammar(t)
	for _, s := range subjects {
		t.Run(s.production, func(t *testing.T) {
			t.Parallel()
			rejected, all := 0, 0
			for _, example := range examples(g, s.production, *mutated) {
				for _, c := range example.changes() {
					all++
					if agree(t, g, s.general, s.accepts, example.apply(c)) {
						rejected++
					}
				}
			}
			require.NotZero(t, rejected)
			t.Logf("%d mutations, %d of them outside the grammar", all, rejected)
		})
	}
}

// examples returns n sentences that are neither very short nor long.
func examples(g *grammar, production string, n int) []sentence {
	var list []sentence
	for seed := range 4 * n {
		list = append(list, g.sentences(production).Example(seed))
	}
	slices.SortStableFunc(list, func(x, y sentence) int { return len(x.bytes) - len(y.bytes) })
	return list[n : 2*n]
}

// Random mutations of random sentences, up to three at once.
func TestGrammar_RandomMutations(t *testing.T) {
	g := loadGrammar(t)
	for _, s := range subjects {
		t.Run(s.production, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				example := g.sentences(s.production).Draw(t, "sentence")
				for range rapid.IntRange(1, 3).Draw(t, "changes") {
					p := example.spans[rapid.IntRange(0, len(example.spans)-1).Draw(t, "part")]
					c := rapid.SampledFrom(example.changesOf(p)).Draw(t, "change")
					example = sentence{bytes: example.apply(c), spans: shift(example.spans, c)}
				}
				agree(t, g, s.general, s.accepts, example.bytes)
			})
		})
	}
}

// shift returns the spans that a change has left alone, where they are now.
func shift(spans []span, c change) []span {
	var list []span
	by := len(c.by) - (c.to - c.from)
	for _, p := range spans {
		switch {
		case p.to <= c.from:
			list = append(list, p)
		case p.from >= c.to:
			list = append(list, span{p.name, p.from + by, p.to + by})
		}
	}
	return append(list, span{"", c.from, c.from + len(c.by)})
}
