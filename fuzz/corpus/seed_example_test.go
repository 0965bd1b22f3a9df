package corpus_test

import (
	"bufio"
	"bytes"
	"net/http"
	"testing"

	"example.com/khp/fuzz/corpus"
)

// Any parser can be fuzzed with the corpus in ten lines; this one is net/http's.
func FuzzYourParser(f *testing.F) {
	for c := range corpus.Of(corpus.Request) {
		f.Add(c.Input)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(b)))
		if err == nil && r.Method == "" {
			t.Errorf("%q has no method", b)
		}
	})
}
