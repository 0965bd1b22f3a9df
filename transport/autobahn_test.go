package transport

import (
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"example.com/khp/transport/extension"
	"example.com/khp/transport/internal/frametest"
	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
)

// A suite in the manner of Autobahn's, with its sections: a peer sends frames to an application
// that echoes, and compares the echo. Each case is played against a server and a client, in one
// piece, byte by byte, and in pieces that cut frames anywhere.

// autobahnCase is one of them.
type autobahnCase struct {
	name string
	req  string // the requirement it belongs to
	send []pf
	want []pf // echoes and Pongs
	// of the Close that comes without being asked for; 0 if the peer has to close, with 1000
	code uint16
	// payload of that Close, or of the answer to a Close among send; compared if there is one
	body  string
	large bool // too large to be sent byte by byte
	// bytes behind the peer's Close reset the connection, which may take our Close with it
	unread bool
}

// autobahnCases lists all sections.
func autobahnCases(t *testing.T) (all []autobahnCase) {
	return slices.Concat(autobahnFraming(), autobahnPings(), autobahnReserved(), autobahnFragments(),
		autobahnText(), autobahnClose(), autobahnLimits(t))
}

func TestAutobahn(t *testing.T) {
	cases := autobahnCases(t)
	require.Greater(t, len(cases), 250)
	seen := map[string]bool{}
	for _, c := range cases {
		require.False(t, seen[c.name], "two cases are named %s", c.name)
		seen[c.name] = true
		for _, client := range []bool{false, true} {
			for _, size := range []int{1 << 30, 1, 997} {
				if size == 1 && c.large {
					continue
				}
				name := fmt.Sprintf("%s/%s/%s",
					c.name, map[bool]string{true: "client", false: "server"}[client],
					map[int]string{1 << 30: "whole", 1: "bytes", 997: "pieces"}[size])
				t.Run(name, func(t *testing.T) {
					t.Attr("req", c.req)
					some := virtualNetworks
					if c.unread || size == 1 { // bytes come one by one on a pipe only
						some = map[string]network{"pipe": pipePair}
					}
					onNetworks(t, some, func(t *testing.T) { c.play(t, client, size) })
				})
			}
		}
	}
}

// play sends the frames to an echo and compares the answers. A Conn that waits for more when it
// should not is a deadlock, which synctest reports.
func (c autobahnCase) play(t *testing.T, client bool, size int) {
	a, b := connection(t)
	ended := echo(testConn(a, client))
	send := c.send
	if c.code == 0 && !slices.ContainsFunc(c.send, func(f pf) bool { return f.Op == opX }) {
		send = append(slices.Clone(send), pf{Op: opX, P: "\x03\xe8"})
		c.body = "\x03\xe8"
	}
	go func() {
		for piece := range slices.Chunk(frametest.Encode(client, send...), size) {
			if _, err := b.Write(piece); err != nil {
				return // the other side has heard enough
			}
		}
	}()
	var got []pf
	var last ws.Frame
	for {
		f, err := frametest.ReadFrame(b)
		if err != nil {
			break
		}
		require.Equal(t, client, f.Header.Masked)
		require.True(t, f.Header.Fin, "nothing is sent in fragments")
		require.NotEqual(t, opX, last.Header.OpCode, "a frame after Close")
		if last = ws.UnmaskFrameInPlace(f); f.Header.OpCode != opX {
			got = append(got, pf{Op: f.Header.OpCode, P: string(f.Payload)})
		} else if client {
			_ = b.Close() // a client waits for the server to end TCP
		}
	}
	require.Equal(t, len(c.want), len(got), "frames that came back: %.200v", got)
	for i := range got {
		require.True(t, c.want[i] == got[i], "frame %d: want %.80v, got %.80v", i, c.want[i], got[i])
	}
	require.Equal(t, opX, last.Header.OpCode, "the end comes with a Close frame")
	if c.code != 0 {
		require.GreaterOrEqual(t, len(last.Payload), 2)
		require.Equal(t, c.code, uint16(last.Payload[0])<<8|uint16(last.Payload[1]), "close code")
	} else {
		require.Equal(t, c.body, string(last.Payload))
	}
	_ = b.Close()
	require.Error(t, <-ended)
	synctest.Wait()
	_, err := a.Write([]byte{0})
	require.True(t, errors.Is(err, io.ErrClosedPipe) || errors.Is(err, net.ErrClosed),
		"TCP is closed: %v", err)
}

// Sections 1 and 10: framing, of text and binary messages of all sizes and length forms; cut
// anywhere by the way of sending.
func autobahnFraming() (all []autobahnCase) {
	for _, op := range []ws.OpCode{opT, opB} {
		for _, n := range []int{0, 1, 124, 125, 126, 127, 128, 255, 256, 4082, 4096,
			65535, 65536, 65537} {
			p := strings.Repeat("*", n)
			if op == opB {
				p = strings.Repeat("\xfe", n)
			}
			name := fmt.Sprintf("1 framing/%v of %d", kindOf(op), n)
			all = append(all, autobahnCase{name: name, req: "WSP-FRAME-01", send: []pf{{Op: op, P: p}},
				want: []pf{{Op: op, P: p}}, large: n > 4096})
			if n == 65535 || n < 126 {
				all = append(all, autobahnCase{name: name + " in the long form", req: "WSP-FRAME-01",
					send: []pf{{Op: op, P: p, Wide: true}}, want: []pf{{Op: op, P: p}}, large: n > 4096})
			}
			all = append(all, autobahnCase{
				name: fmt.Sprintf("10 misc/%v of %d in pieces of 1300", kindOf(op), n), req: "WSP-FRAME-02",
				large: n > 4096, send: fragments(op, p, 1300), want: []pf{{Op: op, P: p}},
			})
		}
		all = append(all, autobahnCase{name: fmt.Sprintf("1 framing/%v masked wrongly", kindOf(op)),
			req: "WSP-FRAME-04", send: []pf{{Op: op, P: "x", Mask: true}}, code: CloseProtocolError})
	}
	return all
}

// fragments cuts p into frames of n bytes.
func kindOf(op ws.OpCode) extension.Kind {
	return map[ws.OpCode]extension.Kind{opT: extension.Text, opB: extension.Binary}[op]
}

func fragments(op ws.OpCode, p string, n int) (frames []pf) {
	for len(p) > n {
		frames = append(frames, pf{Op: op, P: p[:n], More: true})
		op, p = opC, p[n:]
	}
	return append(frames, pf{Op: op, P: p})
}

// Section 2: Pings and Pongs.
func autobahnPings() (all []autobahnCase) {
	long := strings.Repeat("\xfe", 125)
	var ten, tenBack []pf
	for i := range 10 {
		ten = append(ten, pf{Op: opI, P: fmt.Sprint("payload ", i)})
		tenBack = append(tenBack, pf{Op: opO, P: fmt.Sprint("payload ", i)})
	}
	for _, c := range []autobahnCase{
		{name: "empty", send: []pf{{Op: opI}}, want: []pf{{Op: opO}}},
		{name: "payload", send: []pf{{Op: opI, P: "hello"}}, want: []pf{{Op: opO, P: "hello"}}},
		{name: "not UTF-8", send: []pf{{Op: opI, P: "\x00\xff\xfe\xfd\xfc\xfb\x00\xff"}},
			want: []pf{{Op: opO, P: "\x00\xff\xfe\xfd\xfc\xfb\x00\xff"}}},
		{name: "125 bytes", send: []pf{{Op: opI, P: long}}, want: []pf{{Op: opO, P: long}}},
		{name: "126 bytes", send: []pf{{Op: opI, P: long + "x"}}, code: CloseProtocolError},
		{name: "126 bytes announced", send: []pf{{Op: opI, Claim: 126}}, code: CloseProtocolError},
		{name: "short payload in the long form", send: []pf{{Op: opI, P: "x", Wide: true}},
			code: CloseProtocolError},
		{name: "unasked Pong", send: []pf{{Op: opO}}},
		{name: "unasked Pong with payload", send: []pf{{Op: opO, P: "unasked"}}},
		{name: "unasked Pong, then Ping", send: []pf{{Op: opO, P: "unasked"}, {Op: opI, P: "ping"}},
			want: []pf{{Op: opO, P: "ping"}}},
		{name: "ten", send: ten, want: tenBack},
		{name: "masked wrongly", send: []pf{{Op: opI, Mask: true}}, code: CloseProtocolError},
	} {
		c.name, c.req = "2 pings/"+c.name, "WSP-FRAME-05"
		all = append(all, c)
	}
	return all
}

// Sections 3 and 4: reserved bits and opcodes, alone and after a message, with a Ping behind that
// must not be answered.
func autobahnReserved() (all []autobahnCase) {
	hello, ping := text("Hello"), pf{Op: opI}
	add := func(name string, bad pf) {
		for where, before := range map[string][]pf{"first": nil, "after text": {hello},
			"after ping": {ping}, "inside a message": {{Op: opT, P: "x", More: true}}} {
			c := autobahnCase{name: name + " " + where, req: "WSP-FRAME-01",
				send: append(slices.Clone(before), bad, ping), code: CloseProtocolError}
			switch where {
			case "after text":
				c.want = []pf{hello}
			case "after ping":
				c.want = []pf{{Op: opO}}
			}
			all = append(all, c)
		}
	}
	for rsv := byte(1); rsv < 8; rsv++ {
		for _, op := range []ws.OpCode{opT, opB, opI, opO, opX, opC} {
			add(fmt.Sprintf("3 reserved bits/%d of %x", rsv, byte(op)), pf{Op: op, P: "", Rsv: rsv})
		}
	}
	for op := range ws.OpCode(16) {
		if op.IsReserved() {
			add(fmt.Sprintf("4 opcodes/%x", byte(op)), pf{Op: op})
			add(fmt.Sprintf("4 opcodes/%x with payload", byte(op)), pf{Op: op, P: "payload"})
		}
	}
	return all
}

// Section 5: fragments.
func autobahnFragments() (all []autobahnCase) {
	more := func(op ws.OpCode, p string) pf { return pf{Op: op, P: p, More: true} }
	end := func(p string) pf { return pf{Op: opC, P: p} }
	ping, pong := pf{Op: opI, P: "ping"}, pf{Op: opO, P: "ping"}
	bad := CloseProtocolError
	for _, c := range []autobahnCase{
		{name: "ping in two", send: []pf{more(opI, "fragment"), end("ment")}, code: bad},
		{name: "pong in two", send: []pf{more(opO, "fragment"), end("ment")}, code: bad},
		{name: "close in two", send: []pf{more(opX, "\x03\xe8"), end("")}, code: bad},
		{name: "two", send: []pf{more(opT, "frag"), end("ment")}, want: []pf{text("fragment")}},
		{name: "three, of binary", send: []pf{more(opB, "\xff"), more(opC, ""), end("\xfe")},
			want: []pf{bin("\xff\xfe")}},
		{name: "ping in between", send: []pf{more(opT, "frag"), ping, end("ment")},
			want: []pf{pong, text("fragment")}},
		{name: "pings everywhere", send: []pf{more(opT, "a"), ping, more(opC, "b"), ping, more(opC, "c"),
			ping, end("d")}, want: []pf{pong, pong, pong, text("abcd")}},
		{name: "all empty", send: []pf{more(opT, ""), more(opC, ""), end("")}, want: []pf{text("")}},
		{name: "empty but one", send: []pf{more(opT, ""), more(opC, "middle"), end("")},
			want: []pf{text("middle")}},
		{name: "continuation of nothing", send: []pf{end("x"), text("Hello")}, code: bad},
		{name: "continuation of nothing, unfinished",
			send: []pf{more(opC, "x"), text("Hello")}, code: bad},
		{name: "continuation after the end", send: []pf{more(opT, "frag"), end("ment"), end("x")},
			want: []pf{text("fragment")}, code: bad},
		{name: "text in a message", send: []pf{more(opT, "frag"), text("ment")}, code: bad},
		{name: "binary in a message", send: []pf{more(opT, "frag"), bin("ment")}, code: bad},
		{name: "unfinished text in a message",
			send: []pf{more(opB, "frag"), more(opT, "ment")}, code: bad},
		{name: "message after message", send: []pf{more(opT, "a"), end("b"), more(opB, "c"), end("d")},
			want: []pf{text("ab"), bin("cd")}},
		{name: "close in between", send: []pf{more(opT, "frag"), {Op: opX, P: "\x03\xe8"}, end("ment")},
			body: "\x03\xe8"},
	} {
		c.name, c.req = "5 fragments/"+c.name, "WSP-FRAME-02"
		all = append(all, c)
	}
	return all
}
