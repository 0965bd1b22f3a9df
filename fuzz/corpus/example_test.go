package corpus_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"

	"example.com/khp/fuzz/corpus"
)

// accepts is the parser under test: net/http's, taken as strictly as it can be.
func accepts(b []byte) bool {
	r := bufio.NewReader(bytes.NewReader(b))
	req, err := http.ReadRequest(r)
	if err != nil {
		return false
	}
	_, err = io.Copy(io.Discard, req.Body)
	return err == nil && r.Buffered() == 0
}

// Where does another parser differ from the corpus, and what does it do with mutations of it?
func Example() {
	differences, survived := 0, 0
	for c := range corpus.Of(corpus.Request) {
		if c.Layer == "wire" && accepts(c.Input) != c.Accepted() {
			differences++ // c.ID and c.Why say which and why
		}
		for range corpus.Mutations(c.Input[:min(len(c.Input), 60)]) {
			survived++ // call the parser: it must not panic
		}
	}
	fmt.Println(differences > 0, survived > 10_000)
	// Output: true true
}

// Cut every response of the corpus everywhere.
func ExampleSplits() {
	cuts := 0
	for c := range corpus.Of(corpus.Response) {
		for first, second := range corpus.Splits(c.Input) {
			if len(first)+len(second) == len(c.Input) {
				cuts++
			}
		}
	}
	fmt.Println(cuts > 1000)
	// Output: true
}
