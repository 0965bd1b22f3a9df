package replay

import (
	"bytes"
	"slices"
	"testing"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// liar changes one of the messages that a side sends.
type liar struct {
	side Side
	at   int // the number of that message
	sent int
	did  bool
	draw *rapid.T
}

// insertions are frames that stand before or behind the message.
var insertions = []parcel{
	{kind: endpoint.SendMessage, typ: wire.Binary},
	{kind: endpoint.SendMessage, typ: wire.Text, data: []byte("hello")},
	{kind: endpoint.SendMessage, typ: wire.Text, data: []byte("\xff")},
	{kind: endpoint.SendMessage, typ: wire.Binary, data: []byte("\xef\x83\xbfN")},
	{kind: endpoint.SendMessage, typ: wire.Binary, data: []byte("\xef\x83\xbfRws://a.example/r")},
	{kind: endpoint.SendMessage, typ: wire.Binary, data: []byte("HTTP/1.1 101 x\r\n\r\n")},
	{kind: endpoint.SendMessage, typ: wire.Binary, data: []byte("HTTP/1.1 403 x\r\n\r\n")},
	{kind: endpoint.SendMessage, typ: wire.Binary, data: []byte("HTTP/1.1 100 x\r\n\r\n")},
	{kind: endpoint.SendMessage, typ: wire.Binary, data: []byte("GET /p HTTP/1.1\r\n\r\n")},
	{kind: endpoint.SendClose, code: 1000},
}

// replacements are texts of messages, each with another one in its place.
var replacements = [][2]string{
	{" 101 ", " 204 "}, {" 101 ", " 200 "}, {" 101 ", " 401 "}, {" 101 ", " 302 "}, {" 101 ", " 999 "},
	{" 101 ", " 202 "}, {" 101 ", " 100 "}, {" 403 ", " 101 "}, {" 302 ", " 101 "}, {" 401 ", " 101 "},
	{" 401 ", " 407 "}, {"HTTP/1.1", "HTTP/1.0"}, {"\r\n\r\n", "\r\n"}, {"\r\n", "\n"},
	{"\r\n\r\n", "\r\n\r\nmore"}, {"\r\n", "\r\nContent-Length: 3\r\n"},
	{"\r\n", "\r\nTransfer-Encoding: chunked\r\n"}, {"Accept: ", "Accept: x"},
	{"Protocol: a", "Protocol: b"}, {"Protocol: a", "Protocol: z"}, {"Protocol: a", "Other: a"},
	{"Extensions: x", "Extensions: z"}, {"Extensions: x", "Other: x"}, {"Upgrade: ", "Other: "},
	{"Location: ", "Other: "}, {"Authorization: ", "Other: "}, {"/p?q HTTP", "/q?q HTTP"},
	{"WWW-Authenticate: ", "Other: "},
}

// alter is that of a rig.
func (l *liar) alter(from Side, p parcel) []parcel {
	if from != l.side || p.end || p.kind == endpoint.SendBytes {
		return []parcel{p}
	}
	l.sent++
	if l.sent-1 != l.at {
		return []parcel{p}
	}
	q := p
	q.data = slices.Clone(p.data)
	was, now := []parcel{p}, []parcel(nil)
	switch rapid.IntRange(0, 7).Draw(l.draw, "lie") {
	case 0:
	case 1:
		now = []parcel{p, p}
	case 2:
		now = []parcel{rapid.SampledFrom(insertions).Draw(l.draw, "inserted"), p}
	case 3:
		now = []parcel{p, rapid.SampledFrom(insertions).Draw(l.draw, "inserted")}
	case 4:
		q.typ = wire.Text + wire.Binary - p.typ
		now = []parcel{q}
	case 5:
		if len(p.data) > 1 {
			i := rapid.IntRange(1, len(p.data)-1).Draw(l.draw, "cut")
			r := q
			q.data, r.data = p.data[:i], p.data[i:]
			now = []parcel{q, r}
		} else {
			now = was
		}
	default:
		x := rapid.SampledFrom(replacements).Draw(l.draw, "other")
		q.data = bytes.Replace(q.data, []byte(x[0]), []byte(x[1]), 1)
		now = []parcel{q}
	}
	l.did = !slices.EqualFunc(was, now, func(a, b parcel) bool {
		return a.kind == b.kind && a.typ == b.typ && bytes.Equal(a.data, b.data) && a.code == b.code
	})
	return now
}

// blames are failures for which the peer alone can be the reason.
var blames = []fsm.Failure{fsm.FailureMalformed, fsm.FailureUnexpectedMessage,
	fsm.FailureAcceptMismatch, fsm.FailureExtensionNotRequested, fsm.FailureProtocolNotRequested,
	fsm.FailureUTF8, fsm.FailureUnexpectedContinue}

// Where one side says something else than it should, the other is never blamed, and the one is if
// the other, an endpoint, finds so.
func TestCheck_Liar(t *testing.T) {
	blamed := 0
	check := func(t *rapid.T) {
		g := anyRig(t)
		l := &liar{side: rapid.SampledFrom([]Side{Client, Server}).Draw(t, "liar"),
			at: rapid.IntRange(0, 6).Draw(t, "at"), draw: t}
		g.alter = l.alter
		for range rapid.IntRange(0, 30).Draw(t, "length") {
			g.anyStep(t)
		}
		g.settle()
		if !l.did {
			wantPath(t, g)
			return
		}
		honest := l.side.Other()
		found := fsm.Failure(0)
		for _, s := range g.all {
			for _, st := range s.Steps {
				if st.From == honest && st.Kind == Failed && slices.Contains(blames, st.Failure) {
					found = st.Failure
				}
			}
		}
		wrong := 0
		for _, s := range g.all {
			r := Check(s)
			if r.Verdict != NotPath {
				continue
			}
			if wrong++; r.Wrong.Blame == honest {
				t.Fatalf("recorded by %s: %+v\n%s", s.Recorder, r.Wrong, story(s))
			}
		}
		if found != 0 {
			blamed++
			if wrong == 0 {
				t.Fatalf("%v, and nothing is found by %d recorders\n%s", found, len(g.all), story(g.all[0]))
			}
		}
	}
	const rounds = 20 // of a hundred as a rule
	for range rounds {
		rapid.Check(t, check)
	}
	require.Greater(t, blamed, rounds)
}
