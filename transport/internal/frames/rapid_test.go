package frames

import (
	"bytes"
	"errors"
	"testing"

	"example.com/khp/transport/internal/frametest"
	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// genStream draws messages in fragments with control frames between, and the items that a reader
// must return.
func genStream(t *rapid.T) (frames []frametest.Frame, want []gotItem) {
	size := rapid.OneOf(rapid.IntRange(0, 20),
		rapid.SampledFrom([]int{125, 126, 300, 4000, 4096, 9000}))
	control := func(label string) {
		for range rapid.IntRange(0, 2).Draw(t, label) {
			p := rapid.StringN(0, 20, 60).Draw(t, "payload")
			if rapid.Bool().Draw(t, "ping") {
				frames, want = append(frames, frametest.Frame{Op: opI, P: p}), append(want, gotPing(p))
			} else {
				frames, want = append(frames, frametest.Frame{Op: opO, P: p}), append(want, gotPong(p))
			}
		}
	}
	for range rapid.IntRange(0, 5).Draw(t, "messages") {
		control("control before")
		op, typ := opT, gotText
		if rapid.Bool().Draw(t, "binary") {
			op, typ = opB, gotBinary
		}
		n := rapid.IntRange(1, 4).Draw(t, "fragments")
		var whole string
		for i := range n {
			p := string(bytes.Repeat([]byte("é"), size.Draw(t, "size")))
			if i > 0 && len(p) > 0 && rapid.Bool().Draw(t, "cut inside a character") {
				last := &frames[len(frames)-1]
				if last.Op == op || last.Op == opC {
					last.P += p[:1]
					whole += p[:1]
					p = p[1:]
				}
			}
			frames = append(frames,
				frametest.Frame{Op: op, P: p, More: i < n-1, Wide: rapid.Bool().Draw(t, "wide")})
			whole += p
			if op = opC; i < n-1 {
				control("control inside")
			}
		}
		want = append(want, typ(whole))
	}
	control("control after")
	return frames, want
}

func TestLink_ReadRapid(t *testing.T) {
	t.Attr("req", "WSP-FRAME-02")
	rapid.Check(t, func(t *rapid.T) {
		client := rapid.Bool().Draw(t, "client")
		frames, want := genStream(t)
		b := frametest.Encode(client, frames...)
		start := rapid.IntRange(0, len(b)).Draw(t, "buffered")
		nc := &frametest.Script{}
		deadlines := 0
		l := New(nc, client, b[:start], 1<<20)
		for rest := b[start:]; len(rest) > 0; {
			if rapid.Bool().Draw(t, "deadline") {
				nc.Reads = append(nc.Reads, nil)
				deadlines++
			}
			n := min(len(rest), rapid.OneOf(rapid.IntRange(1, 10), rapid.IntRange(1, 10000)).
				Draw(t, "arrival"))
			nc.Reads, rest = append(nc.Reads, rest[:n:n]), rest[n:]
		}
		items, expired, err := readItems(t, l, nc)
		require.Equal(t, want, items)
		require.Equal(t, deadlines, expired)
		var fe *Error
		require.False(t, errors.As(err, &fe), "%v", err)
	})
}

// Whatever arrives, however it is cut, the same items and the same end come out.
func TestLink_ReadGarbageRapid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		client := rapid.Bool().Draw(t, "client")
		frames, _ := genStream(t)
		b := frametest.Encode(client, frames...)
		for range rapid.IntRange(1, 3).Draw(t, "faults") {
			if len(b) > 0 {
				b[rapid.IntRange(0, len(b)-1).Draw(t, "at")] ^= byte(1 << rapid.IntRange(0, 7).Draw(t, "bit"))
			}
		}
		whole := &frametest.Script{}
		want, _, wantErr := readItems(t, New(whole, client, b, 1<<16), whole)
		cut := &frametest.Script{}
		for i := range b {
			cut.Reads = append(cut.Reads, b[i:i+1])
		}
		items, _, err := readItems(t, New(cut, client, nil, 1<<16), cut)
		require.Equal(t, want, items)
		require.Equal(t, wantErr, err)
	})
}

func TestPeekHeader_AgreesWithReadHeader(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(t, "bytes")
		h, n := peekHeader(b)
		r := bytes.NewReader(b)
		want, err := ws.ReadHeader(r)
		switch {
		case h.OpCode.IsControl() && h.Length > maxControl:
			require.NotNil(t, checkHeader(h, 0), "refused whatever the longer form says")
		case errors.Is(err, ws.ErrHeaderLengthMSB):
			require.EqualValues(t, -1, h.Length)
			require.NotNil(t, checkHeader(ws.Header{Fin: true, OpCode: opB, Length: h.Length}, 0))
		case err != nil:
			require.True(t, n == 0 || len(b) < n, "%v", err)
		default:
			require.Equal(t, want, h)
			require.Equal(t, len(b)-r.Len(), n)
		}
	})
}

func TestAppendHeader_AgreesWithWriteHeader(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := ws.Header{
			Fin:    rapid.Bool().Draw(t, "fin"),
			Rsv:    rapid.ByteRange(0, 7).Draw(t, "rsv"),
			OpCode: ws.OpCode(rapid.ByteRange(0, 15).Draw(t, "op")),
			Masked: rapid.Bool().Draw(t, "masked"),
			Length: rapid.OneOf(rapid.Int64Min(0), rapid.Int64Range(120, 130),
				rapid.Int64Range(65530, 65540)).Draw(t, "length"),
		}
		if h.Masked {
			copy(h.Mask[:], rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "mask"))
		}
		var want bytes.Buffer
		require.NoError(t, ws.WriteHeader(&want, h))
		b := appendHeader(nil, h)
		require.Equal(t, want.Bytes(), b)
		require.Equal(t, len(b), headerSize(h))
		if back, n := peekHeader(b); h.OpCode.IsData() || h.Length <= maxControl {
			require.Equal(t, h, back)
			require.Len(t, b, n)
		}
	})
}

// Both directions depend on the mask going on in the middle of a payload.
func TestCipher_InPieces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "payload")
		mask := [4]byte{1, 20, 77, 200}
		want := make([]byte, len(p))
		for i := range p {
			want[i] = p[i] ^ mask[i%4]
		}
		at := rapid.IntRange(0, len(p)).Draw(t, "cut")
		ws.Cipher(p[:at], mask, 0)
		ws.Cipher(p[at:], mask, at%4)
		require.Equal(t, want, p)
	})
}
