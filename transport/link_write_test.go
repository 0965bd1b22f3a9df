package transport

import (
	"bytes"
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
)

// sent decodes what a link wrote, with the decoder of the frame library.
func sent(t *testing.T, nc *scriptConn) (frames []ws.Frame) {
	t.Helper()
	r := bytes.NewReader(bytes.Join(nc.writes, nil))
	for r.Len() > 0 {
		f, err := readFrame(r)
		require.NoError(t, err)
		frames = append(frames, ws.UnmaskFrameInPlace(f))
	}
	return frames
}

func TestLink_WriteMessage(t *testing.T) {
	t.Attr("req", "WSP-FRAME-04")
	for _, client := range []bool{true, false} {
		for _, n := range []int{0, 1, 125, 126, writeSize - 14, writeSize - 4, writeSize, writeSize + 1, 65535, 65536, 1 << 20} {
			p := bytes.Repeat([]byte("abcdefg"), n/7+1)[:n]
			before := bytes.Clone(p)
			nc := &scriptConn{}
			l := newLink(nc, client, nil, 0)
			require.NoError(t, l.write(context.Background(), ws.OpText, p))
			require.Equal(t, before, p, "the caller's bytes are not touched")
			wire := bytes.Join(nc.writes, nil)
			require.Equal(t, client, wire[1]&0x80 != 0, "only the client masks")
			frames := sent(t, nc)
			require.Len(t, frames, 1, "never fragmented")
			require.True(t, frames[0].Header.Fin)
			require.Equal(t, ws.OpText, frames[0].Header.OpCode)
			require.True(t, bytes.Equal(before, frames[0].Payload))
			if n <= writeSize-ws.MaxHeaderSize {
				require.Len(t, nc.writes, 1, "one Write")
			} else if !client {
				require.LessOrEqual(t, len(nc.writes), 2)
			}
		}
	}
}

func TestLink_MaskIsFresh(t *testing.T) {
	t.Attr("req", "WSP-FRAME-04")
	nc := &scriptConn{}
	l := newLink(nc, true, nil, 0)
	seen := map[string]bool{}
	for range 100 {
		require.NoError(t, l.write(context.Background(), ws.OpBinary, make([]byte, 4)))
	}
	for _, w := range nc.writes {
		seen[string(w[2:6])] = true
	}
	require.Greater(t, len(seen), 95)
}

func TestLink_WriteControl(t *testing.T) {
	t.Attr("req", "WSP-FRAME-03")
	nc := &scriptConn{}
	l := newLink(nc, true, nil, 0)
	require.NoError(t, l.write(context.Background(), ws.OpPing, []byte("one")))
	require.NoError(t, l.pong(nil))
	require.Error(t, l.write(context.Background(), ws.OpPing, make([]byte, 126)))
	frames := sent(t, nc)
	require.Len(t, frames, 2)
	require.Equal(t, ws.OpPing, frames[0].Header.OpCode)
	require.Equal(t, "one", string(frames[0].Payload))
	require.Equal(t, ws.OpPong, frames[1].Header.OpCode)
}

func TestLink_Close(t *testing.T) {
	t.Attr("req", "WSP-CLOSE-03")
	for _, code := range []uint16{1004, CloseNoStatus, CloseAbnormal, CloseTLSHandshake, 999, 5000} {
		nc := &scriptConn{}
		require.Error(t, newLink(nc, false, nil, 0).close(code, ""))
		require.Empty(t, nc.writes)
	}
	nc := &scriptConn{}
	require.NoError(t, newLink(nc, false, nil, 0).close(0, ""))
	require.Equal(t, []byte{0x88, 0}, nc.writes[0])
}

func TestLink_NoDataAfterClose(t *testing.T) {
	t.Attr("req", "WSP-FRAME-06")
	nc := &scriptConn{}
	l := newLink(nc, false, nil, 0)
	require.NoError(t, l.close(CloseNormal, strings.Repeat("x", 200)))
	require.ErrorIs(t, l.close(CloseNormal, ""), errCloseSent)
	require.ErrorIs(t, l.write(context.Background(), ws.OpText, nil), net.ErrClosed)
	require.ErrorIs(t, l.writeRaw(l.appendFrame(nil, ws.OpText, nil)), net.ErrClosed)
	require.ErrorIs(t, l.write(context.Background(), ws.OpPing, nil), net.ErrClosed)
	require.NoError(t, l.pong(nil), "a Pong is owed until the peer closes")
	frames := sent(t, nc)
	require.Len(t, frames, 2)
	require.Len(t, frames[0].Payload, maxControl)
}

func TestLink_SeveralFramesInOneWrite(t *testing.T) {
	for _, client := range []bool{true, false} {
		nc := &scriptConn{}
		l := newLink(nc, client, nil, 0)
		b := l.appendFrame(nil, ws.OpBinary, []byte("response"))
		b = l.appendFrame(b, ws.OpBinary, nil)
		b = l.appendFrame(b, ws.OpBinary, []byte{0xef, 0x83, 0xbf, 0x4e})
		require.NoError(t, l.writeRaw(b))
		require.Len(t, nc.writes, 1)
		frames := sent(t, nc)
		require.Len(t, frames, 3)
		require.Equal(t, "response", string(frames[0].Payload))
		require.Empty(t, frames[1].Payload)
		require.Equal(t, client, nc.writes[0][1]&0x80 != 0)
		require.Equal(t, "\xef\x83\xbf\x4e", string(frames[2].Payload))
	}
}

// discardConn takes everything and keeps nothing.
type discardConn struct{ scriptConn }

func (*discardConn) Write(p []byte) (int, error)      { return len(p), nil }
func (*discardConn) SetWriteDeadline(time.Time) error { return nil }

func TestLink_WriteAllocatesNothing(t *testing.T) {
	if !poolsAreExact {
		t.Skip("the race detector makes pools forget")
	}
	for _, client := range []bool{true, false} {
		l := newLink(&discardConn{}, client, nil, 0)
		p := make([]byte, 1000)
		require.Zero(t, testing.AllocsPerRun(100, func() { _ = l.write(context.Background(), ws.OpBinary, p) }))
	}
}

func BenchmarkLink_WriteMessage(b *testing.B) {
	for name, client := range map[string]bool{"client": true, "server": false} {
		b.Run(name, func(b *testing.B) {
			l := newLink(&discardConn{}, client, nil, 0)
			p := make([]byte, 125)
			b.ReportAllocs()
			for b.Loop() {
				_ = l.write(context.Background(), ws.OpBinary, p)
			}
		})
	}
}

func BenchmarkLink_Next(b *testing.B) {
	frame := encodeFrames(false, pf{op: opT, p: strings.Repeat("x", 125)})
	nc := &scriptConn{}
	l := newLink(nc, false, nil, 1<<20)
	work, script := make([]byte, len(frame)), make([][]byte, 1)
	b.ReportAllocs()
	for b.Loop() {
		copy(work, frame)
		script[0] = work
		nc.script = script
		if _, err := l.next(); err != nil {
			b.Fatal(err)
		}
	}
}
