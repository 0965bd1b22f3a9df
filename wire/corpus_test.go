package wire

import (
	"bytes"
	"cmp"
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"example.com/khp/internal/corpus"
	"example.com/khp/internal/retryafter"
	"github.com/stretchr/testify/require"
)

type corpusCase struct {
	corpus.Case
	bytes    []byte // of a unit, all its messages
	messages []corpus.Message
}

func loadCorpus(t testing.TB) []corpusCase {
	t.Helper()
	f, err := os.Open("../fuzz/corpus/corpus.jsonl")
	require.NoError(t, err)
	defer f.Close()
	read, err := corpus.Read(f)
	require.NoError(t, err)
	var cases []corpusCase
	for _, r := range read {
		c := corpusCase{Case: r}
		if c.Kind == "unit" {
			c.messages, err = c.Messages()
			for _, m := range c.messages {
				c.bytes = append(c.bytes, m.Content...)
			}
		} else {
			c.bytes, err = c.Bytes()
		}
		require.NoError(t, err)
		cases = append(cases, c)
	}
	return cases
}

// corpusBase is the URL that Location values are relative to, and corpusNow the time for
// Retry-After.
const (
	corpusBase = "wss://h:8443/b/c/d;p?q"
	corpusNow  = 784111740
)

var errNotATime = errors.New("not a time")

// result runs a case. It returns the result where that is more than a verdict, and the error of a
// case that is refused.
func (c corpusCase) result() (got string, err error) {
	switch c.Kind {
	case "request", "response":
		return "", c.parse()
	case "extensions":
		return "", acceptsExtensions(c.bytes)
	case "tokens":
		return "", acceptsTokens(c.bytes)
	case "challenges":
		return "", acceptsChallenges(c.bytes)
	case "url":
		_, err := ParseURL(string(c.bytes), nil)
		return "", err
	case "location":
		base, err := ParseURL(corpusBase, nil)
		if err != nil {
			return "", err
		}
		u, err := base.Resolve(c.bytes, nil)
		if err != nil {
			return "", err
		}
		return u.String(), nil
	case "retry-after":
		n, ok := retryafter.Seconds(c.bytes, corpusNow)
		if !ok {
			return "", errNotATime
		}
		return strconv.FormatInt(n, 10), nil
	case "unit":
		return "", c.assemble()
	}
	return "", os.ErrInvalid
}

// parse reads a message, and the extension lists in it.
func (c corpusCase) parse() (err error) {
	var fields Fields
	if c.Kind == "request" {
		var r Request
		err = r.Parse(c.bytes, Limits{})
		fields = r.Fields
	} else {
		var r Response
		err = r.Parse(c.bytes, Limits{})
		fields = r.Fields
	}
	for v := range fields.All("Sec-WebSocket-Extensions") {
		if err == nil {
			err = acceptsExtensions(v)
		}
	}
	return err
}

func (c corpusCase) assemble() error {
	var a Assembler
	last := UnitPartial
	for _, m := range c.messages {
		t := Binary
		if m.Text {
			t = Text
		}
		var err error
		if last, err = a.Add(t, m.Content); err != nil {
			return err
		}
	}
	if last != UnitTerminated {
		return &ParseError{Kind: KindIncomplete, Offset: a.Len()}
	}
	return nil
}

func (c corpusCase) parseHead(b []byte) (int, error) {
	if c.Kind == "request" {
		var r Request
		return r.ParseHead(b, Limits{})
	}
	var r Response
	return r.ParseHead(b, Limits{})
}

// Every case gets the verdict written next to it, and for the reason written there.
func TestCorpus_Verdict(t *testing.T) {
	t.Attr("req", "KHP-EXT-03")
	for _, c := range loadCorpus(t) {
		t.Run(c.ID, func(t *testing.T) {
			if c.Verdict == "same" || c.Verdict == "different" {
				from, to, ok := strings.Cut(string(c.bytes), " ")
				require.True(t, ok)
				require.Equal(t, c.Verdict == "same", mustURL(t, from).Key() == mustURL(t, to).Key(), c.Why)
				return
			}
			got, err := c.result()
			switch {
			case c.Verdict == "accept":
				require.NoError(t, err, c.Why)
				require.Equal(t, c.Want, got, c.Why)
			case c.Layer == "fsm" && c.Want == "":
				require.NoError(t, err, "what is wrong is above the syntax: %s", c.Why)
			default:
				require.Error(t, err, c.Why)
				if err != errNotATime {
					require.Equal(t, c.Want, KindOf(err).String(), c.Why)
				}
			}
		})
	}
}

// The file is as its README says.
func TestCorpus_File(t *testing.T) {
	family := map[string]string{
		"request": "q", "response": "r", "extensions": "e", "tokens": "t", "challenges": "c", "url": "u",
		"location": "l", "retry-after": "a", "unit": "m",
	}
	cases := loadCorpus(t)
	require.GreaterOrEqual(t, len(cases), 400)
	ids, inputs, last := map[string]bool{}, map[string]string{}, map[string]int{}
	for _, c := range cases {
		require.Regexp(t, `^[a-z][0-9]{3}(-[a-z0-9]+)+$`, c.ID)
		require.False(t, ids[c.ID], "%s is there once", c.ID)
		ids[c.ID] = true
		require.Equal(t, family[c.Kind], c.ID[:1], c.ID)
		n, err := strconv.Atoi(c.ID[1:4])
		require.NoError(t, err)
		require.Greater(t, n, last[c.Kind], "%s stands in the order of its family", c.ID)
		last[c.Kind] = n

		input := c.Kind + " " + string(c.bytes)
		for _, m := range c.messages {
			input += strconv.FormatBool(m.Text) + strconv.Itoa(len(m.Content))
		}
		require.Empty(t, inputs[input], "%s has an input of its own", c.ID)
		inputs[input] = c.ID

		require.Contains(t, []string{"wire", "fsm"}, c.Layer, c.ID)
		require.Contains(t, []string{"accept", "reject", "same", "different"}, c.Verdict, c.ID)
		require.False(t, c.Verdict == "same" && c.Kind != "url", c.ID)
		require.NotEmpty(t, c.Why, c.ID)
		require.NotEmpty(t, c.Source, c.ID)
		require.Less(t, len(c.Input), 4096, "%s writes long runs with \\R", c.ID)
	}
	for kind := range family {
		require.NotZero(t, last[kind], "there are cases of kind %s", kind)
	}
}

// A prefix is either incomplete or has the very error of the whole.
func TestCorpus_EveryPrefix(t *testing.T) {
	for _, c := range messages(t, "request", "response") {
		t.Run(c.ID, func(t *testing.T) {
			n, whole := c.parseHead(c.bytes)
			for _, i := range places(c.bytes) {
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

// A response cut into messages at any byte has the same result as one message.
func TestCorpus_AssemblerEveryCut(t *testing.T) {
	t.Attr("req", "KHP-EXT-04")
	t.Attr("req", "WSP-FRAME-01")
	for _, c := range messages(t, "response") {
		if len(c.bytes) == 0 {
			continue
		}
		t.Run(c.ID, func(t *testing.T) {
			var r Response
			want := r.Parse(c.bytes, Limits{})
			for _, i := range append(places(c.bytes), len(c.bytes)) {
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

// messages returns the cases of some kinds.
func messages(t *testing.T, kinds ...string) []corpusCase {
	return slices.DeleteFunc(loadCorpus(t),
		func(c corpusCase) bool { return !slices.Contains(kinds, c.Kind) })
}

// places returns where to cut b: everywhere, or where something may happen if it is long.
func places(b []byte) []int {
	var list []int
	for i := range b {
		if len(b) < 600 || i < 80 || i > len(b)-20 || i%997 == 0 ||
			bytes.ContainsAny(b[i-2:i+1], "\r\n") && i%7 < 3 {
			list = append(list, i)
		}
	}
	slices.SortFunc(list, cmp.Compare)
	return list[:min(len(list), 700)]
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
