package transport

import (
	"fmt"
	"strings"

	"example.com/khp/transport/internal/frametest"
	"example.com/khp/transport/internal/sock"
)

// Section 6: UTF-8, in one frame, in fragments, and in fragments that stop where the text is
// certainly wrong: the verdict must not wait for more.
func autobahnText() (all []autobahnCase) {
	add := func(c autobahnCase) {
		c.name, c.req = "6 UTF-8/"+c.name, "WSP-TEXT-01"
		all = append(all, c)
	}
	for _, s := range frametest.GoodText {
		add(autobahnCase{name: fmt.Sprintf("good %+q", s), send: []pf{text(s)}, want: []pf{text(s)}})
		add(autobahnCase{name: fmt.Sprintf("good %+q in fragments", s), send: fragments(opT, s, 1),
			want: []pf{text(s)}})
		add(autobahnCase{name: fmt.Sprintf("good %+q with pings", s),
			send: withPings(fragments(opT, s, 1)), want: withPongs(len(fragments(opT, s, 1))-1, text(s))})
	}
	for _, s := range frametest.BadText {
		add(autobahnCase{name: fmt.Sprintf("bad %+q", s.P), send: []pf{text(s.P), text("x")},
			code: CloseInvalidPayload})
		add(autobahnCase{name: fmt.Sprintf("bad %+q as binary", s.P), send: []pf{bin(s.P)},
			want: []pf{bin(s.P)}})
		add(autobahnCase{name: fmt.Sprintf("bad %+q after good", s.P), send: []pf{text("good"),
			text(s.P)}, want: []pf{text("good")}, code: CloseInvalidPayload})
		if s.At == 0 {
			add(autobahnCase{name: fmt.Sprintf("bad %+q in fragments", s.P), send: fragments(opT, s.P, 1),
				code: CloseInvalidPayload})
			continue
		}
		cut := fragments(opT, s.P[:s.At]+"x", 1)
		add(autobahnCase{name: fmt.Sprintf("bad %+q at once", s.P), send: cut[:s.At],
			code: CloseInvalidPayload})
		// which makes it a large frame, of which the rest never comes
		padding := strings.Repeat("0", sock.BufferSize+997)
		add(autobahnCase{name: fmt.Sprintf("bad %+q in a large frame", s.P),
			send: []pf{{Op: opT, P: padding + s.P, Claim: 1 << 20}}, code: CloseInvalidPayload, large: true})
	}
	return all
}

// withPings puts a Ping behind every frame but the last.
func withPings(frames []pf) (all []pf) {
	for i, f := range frames {
		if i > 0 {
			all = append(all, pf{Op: opI})
		}
		all = append(all, f)
	}
	return all
}

func withPongs(n int, last pf) (all []pf) {
	for range n {
		all = append(all, pf{Op: opO})
	}
	return append(all, last)
}
