package transport

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// goodText is UTF-8 at every boundary of it: of length, of the surrogates, of the planes, and what is no character but legal.
var goodText = []string{
	"", "Hello-\u00b5@\u00df\u00f6\u00e4\u00fc\u00e0\u00e1-UTF-8!!", "\x00", "\x7f", "\u0080", "\u07ff", "\u0800", "\uffff", "\U00010000", "\U0010ffff",
	"\ud7ff", "\ue000", "\ufffd", "\ufeff", "\ufffe", "\U0001fffe", "\U0010fffe", "κόσμε", "\u2000\u2001\u2003",
}

// badText is not; at is the number of bytes after which that is certain, 0 if only the end of the message shows it.
var badText = []struct {
	p  string
	at int
}{
	{"\x80", 1}, {"\xbf", 1}, {"\x80\xbf", 1}, {"a\x80", 2}, // continuation bytes alone
	{"\xc0 ", 1}, {"\xc1\xbf", 1}, {"\xe0\x80\xaf", 2}, {"\xe0\x9f\xbf", 2}, {"\xf0\x80\x80\xaf", 2}, {"\xf0\x8f\xbf\xbf", 2}, // too long a form
	{"\xed\xa0\x80", 2}, {"\xed\xbf\xbf", 2}, {"\xed\xa0\x80\xed\xb0\x80", 2}, // surrogates
	{"\xf4\x90\x80\x80", 2}, {"\xf5\x80\x80\x80", 1}, {"\xf8\x88\x80\x80\x80", 1}, {"\xfc\x84\x80\x80\x80\x80", 1}, {"\xfe", 1}, {"\xff", 1}, // beyond the last plane
	{"\xc2 ", 2}, {"\xe1\x80 ", 3}, {"\xf1\x80\x80 ", 4}, {"\xe1 ", 2}, {"\xf1\x80 ", 3}, {"\xe1\x80\xe1\x80\x80", 3}, // broken off
	{"\xc2", 0}, {"\xe1", 0}, {"\xe1\x80", 0}, {"\xf1", 0}, {"\xf1\x80", 0}, {"\xf4\x8f\xbf", 0}, {"ok \xce\xba\xe1\xbd", 0}, // at the end
	{"κόσμε\xed\xa0\x80edited", 12}, {"κόσμε\xf4\x90\x80\x80edited", 12},
}

// Section 6: UTF-8, in one frame, in fragments, and in fragments that stop where the text is certainly wrong: the verdict must not wait for more.
func autobahnText() (all []autobahnCase) {
	add := func(c autobahnCase) {
		c.name, c.req = "6 UTF-8/"+c.name, "WSP-TEXT-01"
		all = append(all, c)
	}
	for _, s := range goodText {
		add(autobahnCase{name: fmt.Sprintf("good %+q", s), send: []pf{text(s)}, want: []pf{text(s)}})
		add(autobahnCase{name: fmt.Sprintf("good %+q in fragments", s), send: fragments(opT, s, 1), want: []pf{text(s)}})
		add(autobahnCase{name: fmt.Sprintf("good %+q with pings", s), send: withPings(fragments(opT, s, 1)), want: withPongs(len(fragments(opT, s, 1))-1, text(s))})
	}
	for _, s := range badText {
		add(autobahnCase{name: fmt.Sprintf("bad %+q", s.p), send: []pf{text(s.p), text("x")}, code: CloseInvalidPayload})
		add(autobahnCase{name: fmt.Sprintf("bad %+q as binary", s.p), send: []pf{bin(s.p)}, want: []pf{bin(s.p)}})
		add(autobahnCase{name: fmt.Sprintf("bad %+q after good", s.p), send: []pf{text("good"), text(s.p)}, want: []pf{text("good")}, code: CloseInvalidPayload})
		if s.at == 0 {
			add(autobahnCase{name: fmt.Sprintf("bad %+q in fragments", s.p), send: fragments(opT, s.p, 1), code: CloseInvalidPayload})
			continue
		}
		cut := fragments(opT, s.p[:s.at]+"x", 1)
		add(autobahnCase{name: fmt.Sprintf("bad %+q at once", s.p), send: cut[:s.at], code: CloseInvalidPayload})
		padding := strings.Repeat("0", bigSize+997) // which makes it a large frame, of which the rest never comes
		add(autobahnCase{name: fmt.Sprintf("bad %+q in a large frame", s.p), send: []pf{{op: opT, p: padding + s.p, claim: 1 << 20}}, code: CloseInvalidPayload, large: true})
	}
	return all
}

// withPings puts a Ping behind every frame but the last.
func withPings(frames []pf) (all []pf) {
	for i, f := range frames {
		if i > 0 {
			all = append(all, pf{op: opI})
		}
		all = append(all, f)
	}
	return all
}

func withPongs(n int, last pf) (all []pf) {
	for range n {
		all = append(all, pf{op: opO})
	}
	return append(all, last)
}

// The tables are right: Go's own decoder agrees, and no verdict is expected early.
func TestAutobahn_TextTables(t *testing.T) {
	for _, s := range goodText {
		require.True(t, utf8.ValidString(s) || strings.Contains(s, "\ufffd"), "%q", s)
	}
	for _, s := range badText {
		require.False(t, utf8.ValidString(s.p), "%q", s.p)
		first := 0
		for n := range len(s.p) {
			if _, ok := wholeCharacters([]byte(s.p[:n+1])); !ok {
				first = n + 1
				break
			}
		}
		require.Equal(t, s.at, first, "%q", s.p)
		completable := s.at == 0
		for _, tail := range []string{"\x80", "\x80\x80", "\x80\x80\x80", "\xbf", "\xa0\x80", "\x90\x80\x80", ""} {
			if s.at > 0 {
				completable = completable || utf8.ValidString(s.p[:s.at-1]+tail)
			}
		}
		require.True(t, completable, "%q is certainly wrong before byte %d", s.p, s.at)
	}
}
