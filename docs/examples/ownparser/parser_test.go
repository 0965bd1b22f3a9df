package ownparser

import (
	"slices"
	"strings"
	"testing"

	"example.com/khp/fuzz/corpus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// differences says which cases of the corpus this parser may decide otherwise, by a part of their
// ids, and why.
var differences = map[string]string{
	"-host":     "Host is read by the caller",
	"-absolute": "and so is the authority of a target in absolute form",
	"-long-":    "the caller bounds the size of messages",
	"-over-":    "see -long-",
	"-many-":    "see -long-",
}

// known returns why the parser may decide a case otherwise, "" if it must not.
func known(id string) string {
	for part, why := range differences {
		if strings.Contains(id, part) {
			return why
		}
	}
	return ""
}

// Where the parser and the corpus differ is known: any other difference is a fault, or gets its
// reason.
func TestParse_Verdicts(t *testing.T) {
	for c := range corpus.Of(corpus.Request) {
		// faults above the layer wire do not show in the syntax
		if c.Layer != "wire" || known(c.ID) != "" {
			continue
		}
		_, err := Parse(c.Input)
		assert.Equal(t, c.Accepted(), err == nil, "%s: %s", c.ID, c.Why)
	}
}

// Well-formed requests without end, in spellings that are odd but legal, are accepted.
func TestParse_WellFormed(t *testing.T) {
	n := 0
	for b := range corpus.Generate(corpus.Request, 1) {
		_, err := Parse(b)
		require.NoError(t, err, "%q", b)
		if n++; n == 1000 {
			return
		}
	}
}

// Mutations of a request, hostile bytes at each boundary, lines doubled, moved and cut, break
// neither the parser nor its promises.
func TestParse_Mutations(t *testing.T) {
	for _, b := range corpus.Mutations([]byte("GET /p?q HTTP/1.1\r\nHost: h\r\n" +
		"Content-Length: 2\r\n\r\nhi")) {
		promise(t, b)
	}
}

// FuzzParse begins with the corpus.
func FuzzParse(f *testing.F) {
	for c := range corpus.Of(corpus.Request) {
		f.Add(c.Input)
	}
	f.Fuzz(func(t *testing.T, b []byte) { promise(t, b) })
}

// promise holds for any input: it stays as it is, and an accepted message can be written and read
// again.
func promise(t *testing.T, b []byte) {
	before := slices.Clone(b)
	r, err := Parse(b)
	require.Equal(t, before, b)
	if err == nil {
		again, err := Parse(r.Append(nil))
		require.NoError(t, err)
		require.Equal(t, r, again)
	}
}
