package wire

import (
	"bufio"
	"encoding/json"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

type corpusCase struct {
	ID, Kind, Layer, Input, Verdict, Why, Source string

	bytes []byte
}

func loadCorpus(t testing.TB) []corpusCase {
	t.Helper()
	f, err := os.Open("testdata/corpus.jsonl")
	require.NoError(t, err)
	defer f.Close()
	var cases []corpusCase
	seen := map[string]bool{}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c corpusCase
		require.NoError(t, json.Unmarshal(lines.Bytes(), &c))
		in, err := strconv.Unquote(`"` + c.Input + `"`)
		require.NoError(t, err, c.ID)
		require.False(t, seen[c.ID], "id %s twice", c.ID)
		seen[c.ID] = true
		c.bytes = []byte(in)
		cases = append(cases, c)
	}
	require.NoError(t, lines.Err())
	require.NotEmpty(t, cases)
	return cases
}

func (c corpusCase) parse(b []byte) (Fields, error) {
	if c.Kind == "request" {
		var r Request
		err := r.Parse(b, Limits{})
		return r.Fields, err
	}
	var r Response
	err := r.Parse(b, Limits{})
	return r.Fields, err
}

func (c corpusCase) parseHead(b []byte) (int, error) {
	if c.Kind == "request" {
		var r Request
		return r.ParseHead(b, Limits{})
	}
	var r Response
	return r.ParseHead(b, Limits{})
}

// Cases of layer fsm whose fault is in a place that this package reads.
var corpusKinds = map[string]Kind{
	"q105-pipelined":         KindSurplus,
	"r064-balancer-noop":     KindStatusLine,
	"r065-balancer-redirect": KindStatusLine,
}

var corpusLists = map[string]bool{
	"q141-ext-header-empty": true, "q142-ext-only-commas": true, "q143-ext-two-words": true,
	"q144-ext-param-no-name": true, "q145-ext-param-no-value": true, "q146-ext-open-quote": true,
	"r074-ext-empty": true,
}

// Every message of the corpus gets the verdict written next to it.
func TestCorpus_Verdict(t *testing.T) {
	t.Attr("req", "KHP-EXT-03")
	for _, c := range loadCorpus(t) {
		t.Run(c.ID, func(t *testing.T) {
			fields, err := c.parse(c.bytes)
			var lists error
			var exts []Extension
			for v := range fields.All("Sec-WebSocket-Extensions") {
				if exts, lists = ParseExtensions(exts, v); lists != nil {
					break
				}
			}
			switch {
			case c.Layer == "wire" && c.Verdict == "accept":
				require.NoError(t, err, c.Why)
				require.NoError(t, lists, c.Why)
			case c.Layer == "wire":
				require.Error(t, err, c.Why)
			case corpusKinds[c.ID] != 0:
				require.Equal(t, corpusKinds[c.ID], KindOf(err), "%v", err)
			case corpusLists[c.ID]:
				require.NoError(t, err)
				require.Equal(t, KindList, KindOf(lists), c.Why)
			default:
				require.NoError(t, err)
				require.NoError(t, lists)
			}
		})
	}
}

// A prefix is either incomplete or has the very error of the whole.
func TestCorpus_EveryPrefix(t *testing.T) {
	for _, c := range loadCorpus(t) {
		t.Run(c.ID, func(t *testing.T) {
			n, whole := c.parseHead(c.bytes)
			step := 1 + len(c.bytes)/600
			for i := 0; i < len(c.bytes); i += step {
				m, err := c.parseHead(c.bytes[:i])
				switch {
				case err == nil:
					require.NoError(t, whole)
					require.Equal(t, n, m)
				case KindOf(err) == KindIncomplete:
					require.Equal(t, i, err.(*ParseError).Offset)
				default:
					require.Equal(t, KindOf(whole), KindOf(err), "at %d: %v, whole: %v", i, err, whole)
					require.Equal(t, whole.(*ParseError).Offset, err.(*ParseError).Offset)
				}
			}
		})
	}
}

// A response cut into messages at any byte gives what one message gives.
func TestCorpus_AssemblerEveryCut(t *testing.T) {
	t.Attr("req", "KHP-EXT-04")
	t.Attr("req", "WSP-FRAME-01")
	for _, c := range loadCorpus(t) {
		if c.Kind != "response" || len(c.bytes) == 0 {
			continue
		}
		t.Run(c.ID, func(t *testing.T) {
			var r Response
			want := r.Parse(c.bytes, Limits{})
			step := 1 + len(c.bytes)/600
			for i := 0; i <= len(c.bytes); i += step {
				var a Assembler
				err := feed(&a, Binary, c.bytes[:i], c.bytes[i:])
				require.Equal(t, KindOf(want), KindOf(err), "cut at %d: %v, whole: %v", i, err, want)
				if err != nil {
					require.Equal(t, want.(*ParseError).Offset, err.(*ParseError).Offset, "cut at %d", i)
					continue
				}
				require.Equal(t, r, a.Response, "cut at %d", i)
			}
		})
	}
}

// feed adds the parts that are not empty, and the terminator.
func feed(a *Assembler, t MessageType, parts ...[]byte) error {
	for _, p := range parts {
		if len(p) == 0 {
			continue
		}
		if _, err := a.Add(t, p); err != nil {
			return err
		}
	}
	_, err := a.Add(Binary, nil)
	return err
}
