package transport

import (
	"fmt"
	"strings"
	"testing"
)

// Section 7: Close. Frames behind one are not looked at.
func autobahnClose() (all []autobahnCase) {
	closing := func(body string) pf { return pf{Op: opX, P: body} }
	code := func(n uint16) string { return string([]byte{byte(n >> 8), byte(n)}) }
	long := strings.Repeat("*", 123)
	for _, c := range []autobahnCase{
		{name: "after a message", send: []pf{text("Hello"), closing(code(1000))},
			want: []pf{text("Hello")}, body: code(1000)},
		{name: "twice", send: []pf{closing(code(1000)), closing(code(1000))}, body: code(1000)},
		{name: "then ping", send: []pf{closing(code(1000)), {Op: opI}}, body: code(1000)},
		{name: "then text", send: []pf{closing(code(1000)), text("Hello")}, body: code(1000)},
		{name: "then garbage", send: []pf{closing(code(1000)), {Op: 3, Rsv: 7}}, body: code(1000)},
		{name: "then much", send: []pf{closing(code(1000)), text(strings.Repeat("x", 1<<17))},
			body: code(1000), large: true, unread: true},
		{name: "in a message", send: []pf{{Op: opT, P: "frag", More: true}, closing(code(1000)),
			{Op: opC, P: "ment"}}, body: code(1000)},
		{name: "without code", send: []pf{closing("")}},
		{name: "one byte", send: []pf{closing("a")}, code: CloseProtocolError},
		{name: "two bytes", send: []pf{closing(code(1000))}, body: code(1000)},
		{name: "reason", send: []pf{closing(code(1000) + "Hello W\u00f6rld")}, body: code(1000) +
			"Hello W\u00f6rld"},
		{name: "longest reason", send: []pf{closing(code(1000) + long)}, body: code(1000) + long},
		{name: "reason too long", send: []pf{closing(code(1000) + long + "x")}, code: CloseProtocolError},
		{name: "reason not UTF-8", send: []pf{closing(code(1000) +
			"\xce\xba\xe1\xbd\xb9\xcf\x83\xed\xa0\x80")}, code: CloseInvalidPayload},
		{name: "reason ends inside a character", send: []pf{closing(code(1000) + "\xce")},
			code: CloseInvalidPayload},
		{name: "masked wrongly", send: []pf{{Op: opX, Mask: true}}, code: CloseProtocolError},
	} {
		c.name, c.req = "7 close/"+c.name, "WSP-CLOSE-01"
		all = append(all, c)
	}
	for _, n := range []uint16{1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014,
		3000, 3999, 4000, 4999} {
		all = append(all, autobahnCase{name: fmt.Sprint("7 close/code ", n), req: "WSP-CLOSE-03",
			send: []pf{closing(code(n))}, body: code(n)})
	}
	for _, n := range []uint16{0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000,
		2999, 5000, 65535} {
		all = append(all, autobahnCase{name: fmt.Sprint("7 close/invalid code ", n), req: "WSP-CLOSE-03",
			send: []pf{closing(code(n))}, code: CloseProtocolError})
	}
	return all
}

// Section 9: limits, up to the read limit, which the fragments of a message share.
func autobahnLimits(t *testing.T) (all []autobahnCase) {
	most := strings.Repeat("0123456789abcdef", DefaultReadLimit/16)
	sizes := []int{1 << 16, 1 << 18, 1 << 20, DefaultReadLimit}
	if testing.Short() {
		t.Attr("less", "fewer sizes")
		sizes = sizes[:2] // larger ones take the same way for longer
	}
	for _, n := range sizes {
		for _, op := range []pf{text(""), bin("")} {
			p := most[:n]
			all = append(all, autobahnCase{name: fmt.Sprintf("9 limits/%v of %d",
				kindOf(op.Op), n), send: []pf{{Op: op.Op, P: p}}, want: []pf{{Op: op.Op, P: p}}})
		}
	}
	for _, piece := range []int{64, 1 << 10, 1 << 16} {
		p := most[:1<<18]
		all = append(all, autobahnCase{name: fmt.Sprint("9 limits/fragments of ", piece),
			send: fragments(opT, p, piece), want: []pf{text(p)}})
	}
	all = append(all,
		autobahnCase{name: "9 limits/one too many announced",
			send: []pf{{Op: opB, P: "x", Claim: DefaultReadLimit + 1}}, code: CloseTooBig},
		autobahnCase{name: "9 limits/one too many in fragments", send: []pf{{Op: opB, P: most[:1<<20],
			More: true}, {Op: opC, Claim: DefaultReadLimit - 1<<20 + 1}}, code: CloseTooBig},
		autobahnCase{name: "9 limits/the largest length there is",
			send: []pf{{Op: opB, Claim: 1<<63 - 1}}, code: CloseTooBig},
	)
	for i := range all {
		all[i].req, all[i].large = "WSP-FRAME-02", true
	}
	return all
}
