package transport

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
)

// scriptConn is a net.Conn whose reads follow a script: each entry is one arrival, nil an expired deadline.
// What is written is recorded, one entry per Write.
type scriptConn struct {
	script [][]byte
	reads  int
	writes [][]byte
	end    error // after the script; io.EOF if nil
}

func (c *scriptConn) Read(p []byte) (int, error) {
	c.reads++
	if len(c.script) == 0 {
		if c.end != nil {
			return 0, c.end
		}
		return 0, io.EOF
	}
	if c.script[0] == nil {
		c.script = c.script[1:]
		return 0, os.ErrDeadlineExceeded
	}
	n := copy(p, c.script[0])
	if c.script[0] = c.script[0][n:]; len(c.script[0]) == 0 {
		c.script = c.script[1:]
	}
	return n, nil
}

func (c *scriptConn) Write(p []byte) (int, error) {
	c.writes = append(c.writes, bytes.Clone(p))
	return len(p), nil
}

func (c *scriptConn) Close() error                     { return nil }
func (c *scriptConn) LocalAddr() net.Addr              { return nil }
func (c *scriptConn) RemoteAddr() net.Addr             { return nil }
func (c *scriptConn) SetDeadline(time.Time) error      { return nil }
func (c *scriptConn) SetReadDeadline(time.Time) error  { return nil }
func (c *scriptConn) SetWriteDeadline(time.Time) error { return nil }

// pf is a frame as a peer may send it, well-formed or not.
type pf struct {
	op    ws.OpCode
	p     string
	more  bool // FIN is not set
	rsv   byte
	mask  bool // masked although it should not be, or the other way round
	wide  bool // length in the 64-bit form
	claim int64
}

// bytes encodes f as the peer of a client or of a server sends it, independently of the code under test.
func (f pf) bytes(toClient bool) []byte {
	h := ws.Header{
		Fin: !f.more, Rsv: f.rsv, OpCode: f.op, Length: int64(len(f.p)),
		Masked: toClient == f.mask, Mask: [4]byte{0x9a, 3, 0xf0, 0x41},
	}
	if f.claim != 0 {
		h.Length = f.claim
	}
	var b bytes.Buffer
	if f.wide {
		short := h
		short.Length = 1 << 16 // ws then writes the 64-bit form
		ws.MustWriteFrame(&b, ws.Frame{Header: short})
		copy(b.Bytes()[2:10], []byte{0, 0, 0, 0, byte(h.Length >> 24), byte(h.Length >> 16), byte(h.Length >> 8), byte(h.Length)})
	} else {
		ws.MustWriteFrame(&b, ws.Frame{Header: h})
	}
	for i := range len(f.p) {
		c := f.p[i]
		if h.Masked {
			c ^= h.Mask[i%4]
		}
		b.WriteByte(c)
	}
	return b.Bytes()
}

func encodeFrames(toClient bool, frames ...pf) []byte {
	var b []byte
	for _, f := range frames {
		b = append(b, f.bytes(toClient)...)
	}
	return b
}

// gotItem is an item with its own data, comparable in tests.
type gotItem struct {
	kind   itemKind
	typ    MessageType
	data   string
	code   uint16
	reason string
}

func gotText(s string) gotItem   { return gotItem{kind: itemMessage, typ: Text, data: s} }
func gotBinary(s string) gotItem { return gotItem{kind: itemMessage, typ: Binary, data: s} }
func gotPing(s string) gotItem   { return gotItem{kind: itemPing, data: s} }
func gotPong(s string) gotItem   { return gotItem{kind: itemPong, data: s} }
func gotClose(code uint16, reason string) gotItem {
	return gotItem{kind: itemClose, code: code, reason: reason}
}

// readItems reads items until an error that is not an expired deadline. It checks on the way that buffered
// tells the truth.
func readItems(t require.TestingT, l *link, nc *scriptConn) (items []gotItem, deadlines int, err error) {
	for {
		promised, before := l.buffered(), nc.reads
		it, err := l.next()
		if promised != (nc.reads == before) { // require.Equal here would take most of the time
			require.Fail(t, "buffered did not tell whether next reads the socket")
		}
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			deadlines++
		case err != nil:
			return items, deadlines, err
		default:
			items = append(items, gotItem{it.kind, it.typ, string(it.data), it.code, it.reason})
		}
	}
}

// deliveries are ways in which the same bytes can arrive.
var deliveries = []struct {
	name string
	cut  func(b []byte) (buffered []byte, script [][]byte)
}{
	{"at once", func(b []byte) ([]byte, [][]byte) { return nil, [][]byte{b} }},
	{"with the opening handshake", func(b []byte) ([]byte, [][]byte) { return b, nil }},
	{"half with the opening handshake", func(b []byte) ([]byte, [][]byte) {
		return b[:len(b)/2], [][]byte{b[len(b)/2:]}
	}},
	{"byte by byte", func(b []byte) ([]byte, [][]byte) {
		var s [][]byte
		for i := range b {
			s = append(s, b[i:i+1])
		}
		return nil, s
	}},
	{"deadline before every byte", func(b []byte) ([]byte, [][]byte) {
		var s [][]byte
		for i := range b {
			s = append(s, nil, b[i:i+1])
		}
		return nil, s
	}},
	{"in pieces of 1000", func(b []byte) ([]byte, [][]byte) {
		var s [][]byte
		for len(b) > 1000 {
			s = append(s, b[:1000], nil)
			b = b[1000:]
		}
		return nil, append(s, b)
	}},
}

// wantItems checks what a link makes of the frames, on both sides and however they arrive. code is that of
// the frameError at the end, 0 if the stream just ends.
func wantItems(t *testing.T, frames []pf, want []gotItem, code uint16) {
	t.Helper()
	for _, client := range []bool{true, false} {
		for _, d := range deliveries {
			buffered, script := d.cut(encodeFrames(client, frames...))
			nc := &scriptConn{script: script}
			l := newLink(nc, client, buffered, 1<<20)
			items, _, err := readItems(t, l, nc)
			require.Equal(t, want, items, "client=%v, %s", client, d.name)
			var fe *frameError
			switch {
			case code != 0:
				require.ErrorAs(t, err, &fe, "client=%v, %s", client, d.name)
				require.Equal(t, code, fe.code, "%v", fe)
				_, again := l.next()
				require.Equal(t, err, again, "the fault is final")
			case len(want) > 0 && want[len(want)-1].kind == itemClose:
				require.ErrorIs(t, err, errCloseReceived)
			default:
				require.ErrorIs(t, err, io.ErrUnexpectedEOF)
				require.NotErrorAs(t, err, &fe)
			}
		}
	}
}

func TestLink_ReadNothing(t *testing.T) {
	wantItems(t, nil, nil, 0)
}

func TestLink_ReadEndsInsideFrame(t *testing.T) {
	t.Attr("req", "WSP-FRAME-02")
	whole := encodeFrames(true, pf{op: ws.OpText, p: "ab", more: true}, pf{op: ws.OpContinuation, p: "cd"})
	for n := range whole {
		nc := &scriptConn{script: [][]byte{whole[:n:n]}}
		if n == 0 {
			nc.script = nil
		}
		items, _, err := readItems(t, newLink(nc, true, nil, 100), nc)
		require.Empty(t, items)
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		require.ErrorContains(t, err, "without a Close frame")
	}
}

func TestLink_SocketErrorIsKept(t *testing.T) {
	broken := errors.New("cable cut")
	nc := &scriptConn{end: broken}
	_, err := newLink(nc, true, nil, 100).next()
	require.ErrorIs(t, err, broken)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
}

func TestLink_DeadlineCountsAreExact(t *testing.T) {
	t.Attr("req", "WSP-FRAME-02")
	b := encodeFrames(false, pf{op: ws.OpText, p: "hé", more: true}, pf{op: ws.OpPing, p: "x"}, pf{op: ws.OpContinuation, p: "llo"})
	_, script := deliveries[4].cut(b)
	nc := &scriptConn{script: script}
	items, deadlines, _ := readItems(t, newLink(nc, false, nil, 100), nc)
	require.Equal(t, []gotItem{gotPing("x"), gotText("héllo")}, items)
	require.Equal(t, len(b), deadlines, "every expired deadline is reported once")
}
