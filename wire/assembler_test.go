package wire

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

type part struct {
	t    MessageType
	s    string
	want Progress
	kind Kind
}

func TestAssembler_Messages(t *testing.T) {
	t.Attr("req", "WSP-TEXT-01")
	const head = "HTTP/1.1 401 No\r\nContent-Length: 3\r\n\r\n"
	const open = "HTTP/1.1 403 No\r\n\r\n"
	const done = "HTTP/1.1 101 OK\r\n\r\n"
	for _, c := range []struct {
		name  string
		l     Limits
		parts []part
	}{
		{"one message", Limits{}, []part{{Binary, done, UnitFull, 0}, {Binary, "", UnitTerminated, 0}}},
		{"text with binary terminator", Limits{},
			[]part{{Text, done, UnitFull, 0}, {Binary, "", UnitTerminated, 0}}},
		{"length", Limits{}, []part{{Binary, head[:9], UnitPartial, 0}, {Binary, head[9:] + "a", UnitBody,
			0}, {Binary, "bc", UnitFull, 0}, {Binary, "", UnitTerminated, 0}}},
		{"length zero", Limits{}, []part{{Binary, "HTTP/1.1 403\r\nContent-Length: 0\r\n\r\n", UnitFull,
			0}, {Binary, "", UnitTerminated, 0}}},
		{"body to the terminator", Limits{}, []part{{Binary, open, UnitBody, 0},
			{Binary, "a", UnitBody, 0}, {Binary, "", UnitTerminated, 0}}},
		{"no unit", Limits{}, []part{{Binary, "", UnitPartial, KindNoUnit}}},
		{"no unit after empty text", Limits{},
			[]part{{Text, "", UnitPartial, 0}, {Binary, "", UnitPartial, KindNoUnit}}},
		{"empty text first", Limits{}, []part{{Text, "", UnitPartial, 0}, {Binary, done, UnitFull, 0},
			{Binary, "", UnitTerminated, 0}}},
		{"empty text in text", Limits{}, []part{{Text, done, UnitFull, 0}, {Text, "", UnitFull, 0},
			{Binary, "", UnitTerminated, 0}}},
		{"empty text in binary", Limits{},
			[]part{{Binary, done, UnitFull, 0}, {Text, "", UnitFull, KindMixedTypes}}},
		{"mixed", Limits{}, []part{{Binary, done[:5], UnitPartial, 0},
			{Text, done[5:], UnitPartial, KindMixedTypes}}},
		{"invalid type", Limits{}, []part{{0, done, UnitPartial, KindMixedTypes}}},
		{"after the terminator", Limits{}, []part{{Binary, done, UnitFull, 0},
			{Binary, "", UnitTerminated, 0}, {Binary, "", UnitTerminated, KindSurplus}}},
		{"surplus", Limits{}, []part{{Binary, head + "abc", UnitFull, 0},
			{Binary, "d", UnitFull, KindSurplus}}},
		{"surplus after 101", Limits{}, []part{{Binary, done, UnitFull, 0},
			{Binary, "d", UnitFull, KindBodyForbidden}}},
		{"second response", Limits{}, []part{{Binary, open, UnitBody, 0}, {Binary, "HTTP", UnitBody, 0},
			{Binary, "/1.1", UnitBody, KindSurplus}}},
		{"terminated in the head", Limits{},
			[]part{{Binary, done[:17], UnitPartial, 0}, {Binary, "", UnitPartial, KindIncomplete}}},
		{"terminated in the body", Limits{},
			[]part{{Binary, head + "a", UnitBody, 0}, {Binary, "", UnitBody, KindBodyTooShort}}},
		{"bad head at once", Limits{}, []part{{Binary, "HTTP/1.0", UnitPartial, KindVersion}}},
		{"not http", Limits{}, []part{{Text, "Hello", UnitPartial, KindStatusLine}}},
		{"balancer message", Limits{}, []part{{Binary, "\xef\x83\xbfN", UnitPartial, KindStatusLine}}},
		{"utf-8 cut by a message", Limits{}, []part{{Text, open + "\xe2\x82", UnitBody, 0},
			{Text, "\xac", UnitBody, 0}, {Binary, "", UnitTerminated, 0}}},
		{"utf-8 cut by the end", Limits{},
			[]part{{Text, open + "\xe2\x82", UnitBody, 0}, {Binary, "", UnitBody, KindUTF8}}},
		{"utf-8 invalid", Limits{}, []part{{Text, open + "\xff", UnitBody, KindUTF8}}},
		{"utf-8 surrogate", Limits{}, []part{{Text, open + "\xed\xa0\x80", UnitBody, KindUTF8}}},
		{"any bytes in binary", Limits{},
			[]part{{Binary, open + "\xff", UnitBody, 0}, {Binary, "", UnitTerminated, 0}}},
		{"messages", Limits{Messages: 2}, []part{{Binary, done[:1], UnitPartial, 0},
			{Binary, done[1:2], UnitPartial, 0}, {Binary, done[2:], UnitPartial, KindTooManyMessages}}},
		{"messages exact", Limits{Messages: 2}, []part{{Binary, done[:1], UnitPartial, 0},
			{Binary, done[1:], UnitFull, 0}, {Binary, "", UnitTerminated, 0}}},
		{"empty messages count", Limits{Messages: 2}, []part{{Text, "", UnitPartial, 0},
			{Text, "", UnitPartial, 0}, {Text, "", UnitPartial, KindTooManyMessages}}},
		{"unit", Limits{Unit: len(open) + 2},
			[]part{{Binary, open + "ab", UnitBody, 0}, {Binary, "c", UnitBody, KindUnitTooLarge}}},
		{"body", Limits{Body: 2}, []part{{Binary, open + "ab", UnitBody, 0},
			{Binary, "c", UnitBody, KindBodyTooLarge}}},
		{"body announced", Limits{Body: 2}, []part{{Binary, head, UnitPartial, KindBodyTooLarge}}},
		{"head", Limits{Head: 30}, []part{{Binary, "HTTP/1.1 200 OK\r\nA: bcdefghi", UnitPartial, 0},
			{Binary, "jk", UnitPartial, KindHeadTooLarge}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var a Assembler
			a.Reset(c.l)
			for _, p := range c.parts {
				got, err := a.Add(p.t, []byte(p.s))
				wantKind(t, p.kind, err)
				require.Equal(t, p.want, got, "after %q", p.s)
				require.Equal(t, got > UnitPartial, a.HeadComplete())
				if err != nil {
					_, again := a.Add(Binary, []byte("x"))
					require.Equal(t, err, again, "an error stays")
					require.Equal(t, err, a.Finish())
				}
			}
			a.Reset(c.l)
			require.Zero(t, a.Len())
			require.False(t, a.HeadComplete())
		})
	}
}

func TestAssembler_Finish(t *testing.T) {
	var a Assembler
	wantKind(t, KindNoUnit, a.Finish())
	_, err := a.Add(Binary, []byte("HTTP/1.1 101 OK\r\n\r\n"))
	wantKind(t, KindNoUnit, err) // it stays, also that of an assembler that was not Reset
	a.Reset(Limits{})
	_, err = a.Add(Binary, []byte("HTTP/1.1 403\r\n\r\nbody"))
	require.NoError(t, err)
	require.NoError(t, a.Finish())
	require.NoError(t, a.Finish())
	require.Equal(t, "body", string(a.Response.Body))
	a.Reset(Limits{})
	_, err = a.Add(Binary, []byte("HTTP/1.1 403\r\n"))
	require.NoError(t, err)
	wantKind(t, KindIncomplete, a.Finish())
}

// Views taken when the head was complete outlive the growth of the buffer, and the caller may reuse
// the slices that it passed.
func TestAssembler_Views(t *testing.T) {
	var a Assembler
	p := []byte("HTTP/1.1 403 No\r\nA: b\r\n\r\n")
	_, err := a.Add(Binary, p)
	require.NoError(t, err)
	clear(p)
	value, _ := a.Response.Fields.Get("A")
	for range 500 {
		_, err := a.Add(Binary, []byte(strings.Repeat("x", 100)))
		require.NoError(t, err)
	}
	require.Equal(t, "b", string(value))
	require.Len(t, a.Response.Body, 50000)
}

func TestAssembler_NoAllocation(t *testing.T) {
	var a Assembler
	in := []byte("HTTP/1.1 101 OK\r\nUpgrade: websocket\r\n\r\n")
	run := func() {
		a.Reset(Limits{})
		_, _ = a.Add(Binary, in[:10])
		_, _ = a.Add(Binary, in[10:])
		if p, _ := a.Add(Binary, nil); p != UnitTerminated {
			t.Error("not terminated")
		}
	}
	run()
	require.Zero(t, testing.AllocsPerRun(100, run))
}

// However a unit is cut, the verdict, its kind, its place and the response are the
// same.
func TestAssembler_CutsAgree(t *testing.T) {
	t.Attr("req", "KHP-EXT-04")
	t.Attr("req", "INV-52")
	piece := rapid.SampledFrom([]string{
		"HTTP/1.1 200 OK\r\n", "HTTP/1.1 403\r\n", "HTTP/1.1 101", "A: b\r\n", "Content-Length: 3\r\n",
		"\r\n", "\r\n", "abc", "\r", "\n",
		" ", ":", "HTTP/1.", "1", "\xe2\x82\xac", "\xff", "\x00",
		"long-field-name: and a value of some length\r\n",
	})
	l := Limits{Head: 90, Line: 40, Fields: 3, Body: 12, Unit: 100}
	rapid.Check(t, func(t *rapid.T) {
		s := []byte("HTTP/1.1 200 OK\r\n" +
			strings.Join(rapid.SliceOfN(piece, 0, 10).Draw(t, "pieces"), ""))
		if rapid.Bool().Draw(t, "bare") {
			s = s[len("HTTP/1.1 200 OK\r\n"):]
		}
		mt := rapid.SampledFrom([]MessageType{Text, Binary}).Draw(t, "type")
		var whole, cut, bytewise Assembler
		whole.Reset(l)
		cut.Reset(l)
		bytewise.Reset(l)
		i := rapid.IntRange(0, len(s)).Draw(t, "cut")
		want := feed(&whole, mt, s)
		var single [][]byte
		for j := range s {
			single = append(single, s[j:j+1])
		}
		for name, got := range map[string]error{"cut": feed(&cut, mt, s[:i], s[i:]),
			"bytes": feed(&bytewise, mt, single...)} {
			require.Equal(t, KindOf(want), KindOf(got), "%s: %v, whole: %v", name, got, want)
			if want != nil {
				require.Equal(t, want.(*ParseError).Offset, got.(*ParseError).Offset,
					"%s: %v, whole: %v", name, got, want)
			}
		}
		if want == nil {
			require.Equal(t, whole.Response, cut.Response)
			require.Equal(t, whole.Response, bytewise.Response)
		}
	})
}

func TestProgress_String(t *testing.T) {
	require.Equal(t, []string{"invalid", "partial", "body", "full", "terminated", "invalid"}, []string{
		Progress(0).String(), UnitPartial.String(), UnitBody.String(), UnitFull.String(),
		UnitTerminated.String(), Progress(9).String(),
	})
	require.Equal(t, []string{"invalid", "text", "binary"},
		[]string{MessageType(0).String(), Text.String(), Binary.String()})
}

// A unit begins in the memory it is given, goes on in its own when that is too small, and leaves a
// unit alone that has begun.
func TestAssembler_Use(t *testing.T) {
	reply := []byte("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n")
	for _, size := range []int{0, 1, 20, len(reply), 512} {
		var a Assembler
		a.Reset(DefaultLimits())
		room := make([]byte, size)
		a.Use(room)
		_, err := a.Add(Binary, reply[:10])
		require.NoError(t, err)
		a.Use(make([]byte, 512))
		_, err = a.Add(Binary, reply[10:])
		require.NoError(t, err)
		require.True(t, a.HeadComplete(), "with %d bytes of memory", size)
		require.Equal(t, "websocket", string(a.Response.Fields[0].Value))
		if size >= len(reply) {
			require.Equal(t, reply, room[:len(reply)], "the memory is used")
		}
	}
}

// After Reset nothing of the unit before is reached any more: its fields are slices of its bytes.
func TestAssembler_Reset_LetsGo(t *testing.T) {
	var a Assembler
	a.Reset(Limits{})
	_, err := a.Add(Binary, []byte("HTTP/1.1 101 S\r\nAuthorization: secret\r\nN: v\r\n\r\n"))
	require.NoError(t, err)
	fields := a.Response.Fields
	require.Len(t, fields, 2)
	a.Reset(Limits{})
	require.Equal(t, Fields{{}, {}}, fields)
}

// An error says where in the unit it is.
func TestAssembler_WhereItIsWrong(t *testing.T) {
	const done, open = "HTTP/1.1 101 OK\r\n\r\n", "HTTP/1.1 403 No\r\n\r\n"
	for name, c := range map[string]struct {
		parts []part
		want  ParseError
	}{
		"behind the terminator": {[]part{{t: Binary, s: done}, {t: Binary}, {t: Binary, s: "x"}},
			ParseError{KindSurplus, len(done), "message after the terminator"}},
		"another type": {[]part{{t: Binary, s: open}, {t: Text, s: "x"}},
			ParseError{KindMixedTypes, len(open), "text message in a binary unit"}},
		"no text": {[]part{{t: Text, s: open + "ab"}, {t: Text, s: "c\xe2\x82"}, {t: Text, s: "d"}},
			ParseError{KindUTF8, len(open) + 3, ""}},
		"text that is cut": {[]part{{t: Text, s: open + "a"}, {t: Text, s: "b\xe2"}, {t: Text, s: "\x82"},
			{t: Binary}}, ParseError{KindUTF8, len(open) + 2, "cut inside a character"}},
		"the character for what is none is one": {[]part{{t: Text, s: open + "a\ufffdb\xff"}},
			ParseError{KindUTF8, len(open) + 5, ""}},
		"no text where no name may be": {[]part{{t: Text, s: "HTTP/1.1 403 No\r\nA\xff: b\r\n\r\n"}},
			ParseError{KindUTF8, len("HTTP/1.1 403 No\r\nA"), ""}},
		"no text behind a wrong name": {[]part{{t: Text, s: "HTTP/1.1 403 No\r\nA ü\xff: b\r\n\r\n"}},
			ParseError{KindFieldName, len("HTTP/1.1 403 No\r\nA"),
				`blank in a name or before the colon, near "A \u00fc"`}},
	} {
		var a Assembler
		var err error
		for _, p := range c.parts {
			require.NoError(t, err, name)
			_, err = a.Add(p.t, []byte(p.s))
		}
		require.Equal(t, &c.want, err, name)
	}
}

// Where messages of text are cut makes no difference to the error: that of the earliest byte which
// proves one is told, and KindUTF8 where this byte breaks a rule of HTTP as well. [INV-31]
func TestAssembler_TextErrorAnyCut(t *testing.T) {
	const first = "HTTP/1.1 200 OK\r\n"
	at := func(k Kind, before string) *ParseError {
		return &ParseError{Kind: k, Offset: len(first + before)}
	}
	for text, want := range map[string]*ParseError{
		"\xff: b":                         at(KindUTF8, ""),
		"\xe2\x82A: x":                    at(KindFieldName, ""), // proven by its first byte
		"\xe2A: x":                        at(KindFieldName, ""),
		"A\xff: x":                        at(KindUTF8, "A"),
		"A\xe2(: x":                       at(KindFieldName, "A"),
		"A: \xe2\x82\x00":                 at(KindUTF8, "A: "), // the last byte is wrong for both
		"A: \xe2\x82\nx":                  at(KindUTF8, "A: "),
		"A: \xf0\x9f\x92\xa9\xed\xa0\x80": at(KindUTF8, "A: \xf0\x9f\x92\xa9"),
		"Content-Length: 5\xff\r\n":       at(KindUTF8, "Content-Length: 5"), // proven by the line end
		"Content-Length: x\r\n\xff":       at(KindContentLength, ""),
		"Content-Length: x\r\xff":         at(KindUTF8, "Content-Length: x\r"),
		"A: b\r\n\r\nabc\xc0\xaf":         at(KindUTF8, "A: b\r\n\r\nabc"),
		"A: b\r\n\r\nHTTP/1.\xff":         at(KindSurplus, "A: b\r\n\r\n"),
		"A: b\r\n\r\nHTTP/1\xff.":         at(KindUTF8, "A: b\r\n\r\nHTTP/1"),
		"A: b\r\n\r\nx\xe2\x82":           at(KindUTF8, "A: b\r\n\r\nx"),
		"A: \xe2\x82":                     at(KindIncomplete, "A: \xe2\x82"),
	} {
		unit := first + text
		for from := range len(unit) {
			for to := from + 1; to <= len(unit); to++ {
				var a Assembler
				var err error
				for _, p := range []string{unit[:from], unit[from:to], unit[to:]} {
					if p != "" && err == nil {
						_, err = a.Add(Text, []byte(p))
					}
				}
				if err == nil {
					_, err = a.Add(Binary, nil)
				}
				var got *ParseError
				require.ErrorAs(t, err, &got)
				got.Detail = ""
				require.Equal(t, want, got, "%q cut at %d and %d", unit, from, to)
			}
		}
	}
}

// A limit that is smaller than the first bytes of a response is one for all cuts.
func TestAssembler_SmallBodyAnyCut(t *testing.T) {
	const open = "HTTP/1.1 403 No\r\n\r\n"
	for limit := 1; limit < 9; limit++ {
		want := &ParseError{Kind: KindBodyTooLarge, Offset: len(open) + limit, Detail: "over the limit"}
		if limit >= len("HTTP/1.") {
			want = &ParseError{Kind: KindSurplus, Offset: len(open), Detail: "a second response"}
		}
		for cut := range len(open) {
			var a Assembler
			a.Reset(Limits{Body: limit})
			_, err := a.Add(Binary, []byte(open + open)[:len(open)+cut])
			if err == nil {
				_, err = a.Add(Binary, []byte(open)[cut:])
			}
			require.Equal(t, want, err, "limit %d, cut at %d", limit, cut)
		}
		var r Response
		require.Equal(t, want, r.Parse([]byte(open+open), Limits{Body: limit}))
	}
}

// The bytes of a line that was read in part are not read again: those that an attacker sends one
// at a time would cost the square of their number.
func TestAssembler_ReadsAHeadOnce(t *testing.T) {
	const head = "HTTP/1.1 403 A long reason\r\nName: a long value\r\nOther-Name: x\r\n\r\n"
	var a Assembler
	for i := range len(head) {
		_, err := a.Add(Binary, []byte{head[i]})
		require.NoError(t, err, "%q", head[:i+1])
		if i > len("HTTP/1.1 403 ") && head[i] != '\r' {
			clear(a.buf) // which is nothing that may stand in a head
		}
	}
	require.Equal(t, UnitBody, a.progress)
	require.Len(t, a.Response.Fields, 2)
}

// A unit that is too large is refused at the first byte that is too much, and not kept beyond it.
func TestAssembler_UnitTooLarge(t *testing.T) {
	const open = "HTTP/1.1 403 No\r\n\r\n"
	for _, first := range []string{"", open, open + "ab"} {
		var a Assembler
		a.Reset(Limits{Unit: len(open) + 2})
		if first != "" {
			_, err := a.Add(Binary, []byte(first))
			require.NoError(t, err)
		}
		_, err := a.Add(Binary, []byte((open + "abcdef")[len(first):]))
		require.Equal(t, &ParseError{KindUnitTooLarge, len(open) + 2, "over the limit"}, err)
		require.Equal(t, len(open)+2, a.Len())
	}
}
