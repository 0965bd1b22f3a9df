package frames

import (
	"bytes"
	"context"
	"net"
	"strings"
	"testing"

	"example.com/khp/transport/internal/frametest"
	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
)

// sent decodes the bytes that a link wrote, with the decoder of the frame library.
func sent(t *testing.T, nc *frametest.Script) (frames []ws.Frame) {
	t.Helper()
	r := bytes.NewReader(bytes.Join(nc.Writes, nil))
	for r.Len() > 0 {
		f, err := frametest.ReadFrame(r)
		require.NoError(t, err)
		frames = append(frames, ws.UnmaskFrameInPlace(f))
	}
	return frames
}

func TestLink_WriteMessage(t *testing.T) {
	t.Attr("req", "WSP-FRAME-04")
	for _, client := range []bool{true, false} {
		for _, n := range []int{0, 1, 125, 126, writeSize - 14, writeSize - 4, writeSize, writeSize + 1,
			65535, 65536, 1 << 20} {
			p := bytes.Repeat([]byte("abcdefg"), n/7+1)[:n]
			before := bytes.Clone(p)
			nc := &frametest.Script{}
			l := New(nc, client, nil, 0)
			require.NoError(t, l.Write(context.Background(), ws.OpText, p))
			require.Equal(t, before, p, "the caller's bytes are not touched")
			wire := bytes.Join(nc.Writes, nil)
			require.Equal(t, client, wire[1]&0x80 != 0, "only the client masks")
			frames := sent(t, nc)
			require.Len(t, frames, 1, "never fragmented")
			require.True(t, frames[0].Header.Fin)
			require.Equal(t, ws.OpText, frames[0].Header.OpCode)
			require.True(t, bytes.Equal(before, frames[0].Payload))
			if n <= writeSize-ws.MaxHeaderSize {
				require.Len(t, nc.Writes, 1, "one Write")
			} else if !client {
				require.LessOrEqual(t, len(nc.Writes), 2)
			}
		}
	}
}

func TestLink_MaskIsFresh(t *testing.T) {
	t.Attr("req", "WSP-FRAME-04")
	nc := &frametest.Script{}
	l := New(nc, true, nil, 0)
	seen := map[string]bool{}
	for range 100 {
		require.NoError(t, l.Write(context.Background(), ws.OpBinary, make([]byte, 4)))
	}
	for _, w := range nc.Writes {
		seen[string(w[2:6])] = true
	}
	require.Greater(t, len(seen), 95)
}

func TestLink_WriteControl(t *testing.T) {
	t.Attr("req", "WSP-FRAME-03")
	nc := &frametest.Script{}
	l := New(nc, true, nil, 0)
	require.NoError(t, l.Write(context.Background(), ws.OpPing, []byte("one")))
	require.NoError(t, l.Write(context.Background(), ws.OpPong, nil))
	require.Error(t, l.Write(context.Background(), ws.OpPing, make([]byte, 126)))
	frames := sent(t, nc)
	require.Len(t, frames, 2)
	require.Equal(t, ws.OpPing, frames[0].Header.OpCode)
	require.Equal(t, "one", string(frames[0].Payload))
	require.Equal(t, ws.OpPong, frames[1].Header.OpCode)
}

func TestLink_Close(t *testing.T) {
	t.Attr("req", "WSP-CLOSE-03")
	for _, code := range []uint16{1004, codeNoStatus, 1006, 1015, 999, 5000} {
		nc := &frametest.Script{}
		require.Error(t, New(nc, false, nil, 0).Close(context.Background(), code, ""))
		require.Empty(t, nc.Writes)
	}
	nc := &frametest.Script{}
	require.NoError(t, New(nc, false, nil, 0).Close(context.Background(), 0, ""))
	require.Equal(t, []byte{0x88, 0}, nc.Writes[0])
}

func TestLink_NoDataAfterClose(t *testing.T) {
	t.Attr("req", "WSP-FRAME-06")
	nc := &frametest.Script{}
	l := New(nc, false, nil, 0)
	require.NoError(t, l.Close(context.Background(), 1000, strings.Repeat("x", 200)))
	require.ErrorIs(t, l.Close(context.Background(), 1000, ""), ErrCloseSent)
	require.ErrorIs(t, l.Write(context.Background(), ws.OpText, nil), net.ErrClosed)
	require.ErrorIs(t, l.WriteRaw(l.AppendFrame(nil, ws.OpText, nil)), net.ErrClosed)
	require.ErrorIs(t, l.Write(context.Background(), ws.OpPing, nil), net.ErrClosed)
	require.NoError(t, l.Write(context.Background(), ws.OpPong, nil),
		"a Pong is owed until the peer closes")
	frames := sent(t, nc)
	require.Len(t, frames, 2)
	require.Len(t, frames[0].Payload, maxControl)
}

func TestLink_SeveralFramesInOneWrite(t *testing.T) {
	for _, client := range []bool{true, false} {
		nc := &frametest.Script{}
		l := New(nc, client, nil, 0)
		b := l.AppendFrame(nil, ws.OpBinary, []byte("response"))
		b = l.AppendFrame(b, ws.OpBinary, nil)
		b = l.AppendFrame(b, ws.OpBinary, []byte{0xef, 0x83, 0xbf, 0x4e})
		require.NoError(t, l.WriteRaw(b))
		require.Len(t, nc.Writes, 1)
		frames := sent(t, nc)
		require.Len(t, frames, 3)
		require.Equal(t, "response", string(frames[0].Payload))
		require.Empty(t, frames[1].Payload)
		require.Equal(t, client, nc.Writes[0][1]&0x80 != 0)
		require.Equal(t, "\xef\x83\xbf\x4e", string(frames[2].Payload))
	}
}

func TestLink_WriteAllocatesNothing(t *testing.T) {
	if !frametest.PoolsAreExact {
		t.Skip("the race detector makes pools forget")
	}
	for _, client := range []bool{true, false} {
		l := New(&frametest.Discard{}, client, nil, 0)
		p := make([]byte, 1000)
		require.Zero(t, testing.AllocsPerRun(100,
			func() { _ = l.Write(context.Background(), ws.OpBinary, p) }))
	}
}

func BenchmarkLink_WriteMessage(b *testing.B) {
	for name, client := range map[string]bool{"client": true, "server": false} {
		b.Run(name, func(b *testing.B) {
			l := New(&frametest.Discard{}, client, nil, 0)
			p := make([]byte, 125)
			b.ReportAllocs()
			for b.Loop() {
				_ = l.Write(context.Background(), ws.OpBinary, p)
			}
		})
	}
}

func BenchmarkLink_Next(b *testing.B) {
	frame := frametest.Encode(false, frametest.Frame{Op: opT, P: strings.Repeat("x", 125)})
	nc := &frametest.Script{}
	l := New(nc, false, nil, 1<<20)
	work, script := make([]byte, len(frame)), make([][]byte, 1)
	b.ReportAllocs()
	for b.Loop() {
		copy(work, frame)
		script[0] = work
		nc.Reads = script
		if _, err := l.Next(); err != nil {
			b.Fatal(err)
		}
	}
}

// A write whose context is over writes nothing, also where nobody else writes.
func TestLink_Write_ContextThatEnded(t *testing.T) {
	nc := &frametest.Script{}
	l := New(nc, false, nil, 0)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	require.ErrorIs(t, l.Write(ctx, ws.OpText, []byte("x")), context.Canceled)
	require.Empty(t, nc.Writes)
	require.NoError(t, l.Write(context.Background(), ws.OpText, []byte("x")))
	require.Len(t, sent(t, nc), 1)
}
