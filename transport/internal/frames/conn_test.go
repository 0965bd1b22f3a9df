package frames

import (
	"errors"
	"io"
	"os"
	"testing"

	"example.com/khp/transport/internal/frametest"
	"example.com/khp/wire"
	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
)

// gotItem is an item with its own data, comparable in tests.
type gotItem struct {
	kind   Kind
	typ    wire.MessageType
	data   string
	code   uint16
	reason string
}

func gotText(s string) gotItem   { return gotItem{kind: Message, typ: wire.Text, data: s} }
func gotBinary(s string) gotItem { return gotItem{kind: Message, typ: wire.Binary, data: s} }
func gotPing(s string) gotItem   { return gotItem{kind: Ping, data: s} }
func gotPong(s string) gotItem   { return gotItem{kind: Pong, data: s} }
func gotClose(code uint16, reason string) gotItem {
	return gotItem{kind: Close, code: code, reason: reason}
}

// readItems reads items until an error that is not an expired deadline. It checks on the way that
// buffered tells the truth.
func readItems(
	t require.TestingT, l *Conn, nc *frametest.Script,
) (items []gotItem, deadlines int, err error) {
	for {
		promised, before := l.Buffered(), nc.Calls
		it, err := l.Next()
		if promised != (nc.Calls == before) { // require.Equal here would take most of the time
			require.Fail(t, "buffered did not tell whether next reads the socket")
		}
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			deadlines++
		case err != nil:
			return items, deadlines, err
		default:
			items = append(items, gotItem{it.Kind, it.Type, string(it.Data), it.Code, it.Reason})
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

// wantItems checks the items that a link makes of the frames, on both sides and however they
// arrive. code is that of the frameError at the end, 0 if the stream just ends.
func wantItems(t *testing.T, frames []frametest.Frame, want []gotItem, code uint16) {
	t.Helper()
	for _, client := range []bool{true, false} {
		for _, d := range deliveries {
			buffered, script := d.cut(frametest.Encode(client, frames...))
			nc := &frametest.Script{Reads: script}
			l := New(nc, client, buffered, 1<<20)
			items, _, err := readItems(t, l, nc)
			require.Equal(t, want, items, "client=%v, %s", client, d.name)
			var fe *Error
			switch {
			case code != 0:
				require.ErrorAs(t, err, &fe, "client=%v, %s", client, d.name)
				require.Equal(t, code, fe.Code, "%v", fe)
				_, again := l.Next()
				require.Equal(t, err, again, "the fault is final")
			case len(want) > 0 && want[len(want)-1].kind == Close:
				require.ErrorIs(t, err, ErrCloseReceived)
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
	whole := frametest.Encode(true, frametest.Frame{Op: ws.OpText, P: "ab", More: true},
		frametest.Frame{Op: ws.OpContinuation, P: "cd"})
	for n := range whole {
		nc := &frametest.Script{Reads: [][]byte{whole[:n:n]}}
		if n == 0 {
			nc.Reads = nil
		}
		items, _, err := readItems(t, New(nc, true, nil, 100), nc)
		require.Empty(t, items)
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		require.ErrorContains(t, err, "without a Close frame")
	}
}

func TestLink_SocketErrorIsKept(t *testing.T) {
	broken := errors.New("cable cut")
	nc := &frametest.Script{End: broken}
	_, err := New(nc, true, nil, 100).Next()
	require.ErrorIs(t, err, broken)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
}

func TestLink_DeadlineCountsAreExact(t *testing.T) {
	t.Attr("req", "WSP-FRAME-02")
	b := frametest.Encode(false, frametest.Frame{Op: ws.OpText, P: "hé", More: true},
		frametest.Frame{Op: ws.OpPing, P: "x"}, frametest.Frame{Op: ws.OpContinuation, P: "llo"})
	_, script := deliveries[4].cut(b)
	nc := &frametest.Script{Reads: script}
	items, deadlines, _ := readItems(t, New(nc, false, nil, 100), nc)
	require.Equal(t, []gotItem{gotPing("x"), gotText("héllo")}, items)
	require.Equal(t, len(b), deadlines, "every expired deadline is reported once")
}
