package differential

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"example.com/khp/fuzz/corpus"
	"example.com/khp/wire"
)

// Any bytes as a request, here and in net/http.
func FuzzDiffRequest(f *testing.F) {
	for c := range corpus.Of(corpus.Request) {
		f.Add(c.Input)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var ours wire.Request
		err := ours.Parse(b, wire.Limits{})
		theirs, body, theirErr := readRequest(b)
		if (err == nil) != (theirErr == nil) {
			if explain(err, theirErr) == nil {
				t.Fatalf("wire: %v, net/http: %v", err, theirErr)
			}
			return
		}
		if err != nil {
			return
		}
		if theirs.Method != string(ours.Method) || theirs.RequestURI != string(ours.Target) ||
			theirs.ProtoMinor != ours.Minor || !bytes.Equal(body, ours.Body) ||
			!sameHeader(ours.Fields, theirs.Header) {
			t.Fatalf("wire: %+v, net/http: %+v, body %q", ours, theirs, body)
		}
	})
}

// readRequest reads one request and its body with net/http. Bytes behind it are no error there.
func readRequest(b []byte) (*http.Request, []byte, error) {
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(b)))
	if err != nil {
		return nil, nil, err
	}
	body, err := io.ReadAll(r.Body)
	return r, body, err
}

// Any bytes as a response, here and in net/http.
func FuzzDiffResponse(f *testing.F) {
	for c := range corpus.Of(corpus.Response) {
		f.Add(c.Input)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var ours wire.Response
		err := ours.Parse(b, wire.Limits{})
		theirs, body, theirErr := readResponse(b)
		if (err == nil) != (theirErr == nil) {
			if explain(err, theirErr) == nil {
				t.Fatalf("wire: %v, net/http: %v", err, theirErr)
			}
			return
		}
		if err != nil {
			return
		}
		if theirs.StatusCode != ours.Status || theirs.ProtoMinor != ours.Minor ||
			!bytes.Equal(ours.Body, body) || !sameHeader(ours.Fields, theirs.Header) {
			t.Fatalf("wire: %+v, net/http: %+v, body %q", ours, theirs, body)
		}
	})
}

func readResponse(b []byte) (*http.Response, []byte, error) {
	r, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(b)), nil)
	if err != nil {
		return nil, nil, err
	}
	body, err := io.ReadAll(r.Body)
	return r, body, err
}

// verdicts parses a message on both sides.
func verdicts(kind corpus.Kind, b []byte) (ours, theirs error) {
	if kind == corpus.Response {
		var r wire.Response
		_, _, theirs = readResponse(b)
		return r.Parse(b, wire.Limits{}), theirs
	}
	var r wire.Request
	_, _, theirs = readRequest(b)
	return r.Parse(b, wire.Limits{}), theirs
}

// Each difference of the list is a real one, and the example belongs to it.
func TestDifferences_Examples(t *testing.T) {
	for i, d := range Differences {
		kind := corpus.Request
		if strings.HasPrefix(d.Example, "HTTP") {
			kind = corpus.Response
		}
		ours, theirs := verdicts(kind, []byte(d.Example))
		if found := explain(ours, theirs); (ours == nil) == (theirs == nil) || found != &Differences[i] {
			t.Errorf("%s: wire: %v, net/http: %v, explained by %v", d.Name, ours, theirs, found)
		}
	}
}

// The corpus shows no difference that is not listed, and the page lists all.
func TestDifferences_Corpus(t *testing.T) {
	for _, c := range corpus.Cases() {
		if c.Kind != corpus.Request && c.Kind != corpus.Response {
			continue
		}
		if ours, theirs := verdicts(c.Kind, c.Input); (ours == nil) != (theirs == nil) &&
			explain(ours, theirs) == nil {
			t.Errorf("%s: wire: %v, net/http: %v", c.ID, ours, theirs)
		}
	}
	page, err := os.ReadFile("../../docs/fuzzing.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range Differences {
		if !strings.Contains(string(page), "| "+d.Name+" | "+d.Why+" |") {
			t.Errorf("docs/fuzzing.md has no row | %s | %s |", d.Name, d.Why)
		}
	}
}
