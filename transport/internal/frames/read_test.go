package frames

import (
	"errors"
	"math"
	"strings"
	"testing"

	"example.com/khp/transport/internal/frametest"
	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
)

const (
	opC, opT, opB = ws.OpContinuation, ws.OpText, ws.OpBinary
	opX, opI, opO = ws.OpClose, ws.OpPing, ws.OpPong
)

func TestLink_Read(t *testing.T) {
	long := strings.Repeat("x", 124)
	for name, c := range map[string]struct {
		req    string
		frames []frametest.Frame
		want   []gotItem
		code   uint16
	}{
		"text": {"WSP-FRAME-01", []frametest.Frame{{Op: opT, P: "hi"}},
			[]gotItem{gotText("hi")}, 0},
		"binary": {"WSP-FRAME-01", []frametest.Frame{{Op: opB, P: "\x00\xff"}},
			[]gotItem{gotBinary("\x00\xff")}, 0},
		"empty messages": {"WSP-FRAME-01", []frametest.Frame{{Op: opT}, {Op: opB}},
			[]gotItem{gotText(""), gotBinary("")}, 0},
		"several in a row": {"WSP-FRAME-01", []frametest.Frame{{Op: opT, P: "a"}, {Op: opB, P: "b"},
			{Op: opT, P: "c"}}, []gotItem{gotText("a"), gotBinary("b"), gotText("c")}, 0},
		"fragments": {"WSP-FRAME-01 WSP-FRAME-02",
			[]frametest.Frame{{Op: opB, P: "ab", More: true}, {Op: opC, P: "c", More: true},
				{Op: opC, P: "de"}, {Op: opT, P: "f"}}, []gotItem{gotBinary("abcde"), gotText("f")}, 0},
		"empty fragments": {"WSP-FRAME-02", []frametest.Frame{{Op: opT, More: true},
			{Op: opC, More: true}, {Op: opC}}, []gotItem{gotText("")}, 0},
		"first fragments empty": {"WSP-FRAME-02",
			[]frametest.Frame{{Op: opT, More: true}, {Op: opC, P: "a"}}, []gotItem{gotText("a")}, 0},
		"control in a message": {"WSP-FRAME-03", []frametest.Frame{
			{Op: opT, P: "a", More: true}, {Op: opI, P: "1"}, {Op: opO}, {Op: opC, P: "b"},
		}, []gotItem{gotPing("1"), gotPong(""), gotText("ab")}, 0},
		"close in a message": {"WSP-FRAME-03", []frametest.Frame{{Op: opT, P: "a", More: true},
			{Op: opX, P: "\x03\xe8"}, {Op: opC, P: "b"}}, []gotItem{gotClose(1000, "")}, 0},
		"largest control frame": {"WSP-FRAME-03", []frametest.Frame{{Op: opI, P: long + "x"}},
			[]gotItem{gotPing(long + "x")}, 0},
		"character in fragments": {"WSP-TEXT-01", []frametest.Frame{{Op: opT, P: "\xf0\x9f", More: true},
			{Op: opI}, {Op: opC, P: "\x98\x80"}}, []gotItem{gotPing(""), gotText("😀")}, 0},

		"wrong masking": {"WSP-FRAME-04", []frametest.Frame{{Op: opT, P: "a"},
			{Op: opT, P: "b", Mask: true}}, []gotItem{gotText("a")}, 1002},
		"wrong masking of control": {"WSP-FRAME-04",
			[]frametest.Frame{{Op: opI, P: "b", Mask: true}}, nil, 1002},
		"RSV1": {"WSP-FRAME-01",
			[]frametest.Frame{{Op: opT, P: "b", Rsv: 4}}, nil, 1002},
		"RSV2": {"WSP-FRAME-01",
			[]frametest.Frame{{Op: opT, P: "b", Rsv: 2}}, nil, 1002},
		"RSV3 on a control frame": {"WSP-FRAME-01", []frametest.Frame{{Op: opI, Rsv: 1}}, nil, 1002},
		"fragmented ping": {"WSP-FRAME-03",
			[]frametest.Frame{{Op: opI, More: true}}, nil, 1002},
		"fragmented close": {"WSP-FRAME-03",
			[]frametest.Frame{{Op: opX, More: true}}, nil, 1002},
		"ping of 126": {"WSP-FRAME-03",
			[]frametest.Frame{{Op: opI, P: long + "xx"}}, nil, 1002},
		"close of 126": {"WSP-FRAME-03",
			[]frametest.Frame{{Op: opX, P: "\x03\xe8" + long}}, nil, 1002},
		// once depended on the arrival
		"short ping in 64-bit form": {"WSP-FRAME-03",
			[]frametest.Frame{{Op: opI, P: "x", Wide: true}}, nil, 1002},
		"text inside a message": {"WSP-FRAME-02",
			[]frametest.Frame{{Op: opT, P: "a", More: true}, {Op: opT, P: "b"}}, nil, 1002},
		"binary inside a message": {"WSP-FRAME-02",
			[]frametest.Frame{{Op: opB, More: true}, {Op: opB, P: "b"}}, nil, 1002},
		"stray continuation": {"WSP-FRAME-02", []frametest.Frame{{Op: opC, P: "b"}}, nil, 1002},
		"continuation after end": {"WSP-FRAME-02",
			[]frametest.Frame{{Op: opT, P: "a"}, {Op: opC, P: "b"}}, []gotItem{gotText("a")}, 1002},

		"text not UTF-8": {"WSP-TEXT-01",
			[]frametest.Frame{{Op: opT, P: "a\xff"}}, nil, 1007},
		"text ends inside character": {"WSP-TEXT-01",
			[]frametest.Frame{{Op: opT, P: "a\xc3"}}, nil, 1007},
		"fragmented text not UTF-8": {"WSP-TEXT-01",
			[]frametest.Frame{{Op: opT, P: "\xc3", More: true}, {Op: opC, P: "a"}}, nil, 1007},
		"surrogate": {"WSP-TEXT-01",
			[]frametest.Frame{{Op: opT, P: "\xed\xa0\x80"}}, nil, 1007},
		"binary need not be UTF-8": {"WSP-TEXT-01", []frametest.Frame{{Op: opB, P: "\xed\xa0\x80"}},
			[]gotItem{gotBinary("\xed\xa0\x80")}, 0},
		// the end is not waited for
		"fragment not UTF-8": {"WSP-TEXT-01",
			[]frametest.Frame{{Op: opT, P: "a\xff", More: true}}, nil, 1007},
		"fragment goes on wrongly": {"WSP-TEXT-01", []frametest.Frame{{Op: opT, P: "\xe1\x80",
			More: true}, {Op: opI}, {Op: opC, P: "a", More: true}}, []gotItem{gotPing("")}, 1007},
		"fragment ends in character": {"WSP-TEXT-01",
			[]frametest.Frame{{Op: opT, P: "\xe1", More: true}, {Op: opC, P: "\x80"}}, nil, 1007},
		"large frame not UTF-8": {"WSP-TEXT-01", []frametest.Frame{{Op: opT,
			P: strings.Repeat("x", bigSize) + "\xff", Claim: 2 * bigSize}}, nil, 1007},
		"large frame in a message": {"WSP-TEXT-01", []frametest.Frame{{Op: opT, P: "\xe1", More: true},
			{Op: opC, P: "\x80" + strings.Repeat("x", bigSize), Claim: 2 * bigSize}}, nil, 1007},
		"large frame after another": {"WSP-TEXT-01",
			[]frametest.Frame{{Op: opT, P: strings.Repeat("x", bigSize) + "\xe1", More: true},
				{Op: opC, P: "\x80x", More: true}}, nil, 1007},
		"text type of first fragment": {"WSP-TEXT-01", []frametest.Frame{{Op: opB, P: "\xff", More: true},
			{Op: opC, P: "\xfe"}}, []gotItem{gotBinary("\xff\xfe")}, 0},

		"close empty": {"", []frametest.Frame{{Op: opX}}, []gotItem{gotClose(1005, "")}, 0},
		"close with code": {"", []frametest.Frame{{Op: opX, P: "\x03\xe9"}},
			[]gotItem{gotClose(1001, "")}, 0},
		"close with reason": {"", []frametest.Frame{{Op: opX, P: "\x0f\xa0bé"}},
			[]gotItem{gotClose(4000, "bé")}, 0},
		"nothing after close": {"WSP-CLOSE-04", []frametest.Frame{{Op: opX}, {Op: opT, P: "x"}},
			[]gotItem{gotClose(1005, "")}, 0},
		"nothing after fault": {"WSP-CLOSE-04",
			[]frametest.Frame{{Op: opX, P: "\x03"}, {Op: opT, P: "x"}}, nil, 1002},
		"close of one byte": {"", []frametest.Frame{{Op: opX, P: "\x03"}}, nil, 1002},
		"close with 1005":   {"", []frametest.Frame{{Op: opX, P: "\x03\xed"}}, nil, 1002},
		"close with 1006":   {"", []frametest.Frame{{Op: opX, P: "\x03\xee"}}, nil, 1002},
		"close with 0":      {"", []frametest.Frame{{Op: opX, P: "\x00\x00"}}, nil, 1002},
		"close with 1014": {"", []frametest.Frame{{Op: opX, P: "\x03\xf6"}},
			[]gotItem{gotClose(1014, "")}, 0},
		"close with 1015":      {"", []frametest.Frame{{Op: opX, P: "\x03\xf7"}}, nil, 1002},
		"close with 5000":      {"", []frametest.Frame{{Op: opX, P: "\x13\x88"}}, nil, 1002},
		"close reason garbled": {"", []frametest.Frame{{Op: opX, P: "\x03\xe8\xff"}}, nil, 1007},
	} {
		t.Run(name, func(t *testing.T) {
			for id := range strings.FieldsSeq(c.req) {
				t.Attr("req", id)
			}
			wantItems(t, c.frames, c.want, c.code)
		})
	}
	for op := range ws.OpCode(16) {
		if op.IsReserved() {
			t.Run("reserved opcode "+string("0123456789abcdef"[op]), func(t *testing.T) {
				wantItems(t, []frametest.Frame{{Op: op}}, nil, 1002)
			})
		}
	}
}

// The sizes around every change of header form and of the ways in which a link stores a payload.
func TestLink_ReadSizes(t *testing.T) {
	t.Attr("req", "WSP-FRAME-02")
	for _, n := range []int{
		0, 1, 124, 125, 126, 127, smallSize - 8, smallSize - 4, smallSize, bigSize - 14, bigSize - 13,
		bigSize - 8, bigSize - 4, bigSize, bigSize + 1, 2 * bigSize, 65535, 65536,
	} {
		s := strings.Repeat("abcdefghijk", n/11+1)[:n]
		wantItems(t, []frametest.Frame{
			{Op: opB, P: s},
			{Op: opT, P: s, More: true}, {Op: opI, P: "i"}, {Op: opC, P: s, More: true}, {Op: opC, P: "z"},
			{Op: opB, P: s, Wide: true},
		}, []gotItem{gotBinary(s), gotPing("i"), gotText(s + s + "z"), gotBinary(s)}, 0)
	}
}

func TestLink_ReadMebibyte(t *testing.T) {
	s := strings.Repeat("0123456789abcdef", 1<<16)
	for _, client := range []bool{true, false} {
		_, script := deliveries[5].cut(frametest.Encode(client, frametest.Frame{Op: opB, P: s}))
		nc := &frametest.Script{Reads: script}
		items, deadlines, _ := readItems(t, New(nc, client, nil, 1<<20), nc)
		require.Equal(t, []gotItem{gotBinary(s)}, items)
		require.Equal(t, 1<<20/1000, deadlines)
	}
}

func TestLink_HeaderIsJudgedEarly(t *testing.T) {
	t.Attr("req", "WSP-FRAME-03")
	for name, b := range map[string][]byte{
		"ping announcing 126":    {0x89, 0x80 | 126},
		"ping announcing 64 bit": {0x89, 0x80 | 127},
		"unmasked":               {0x81, 127},
		"reserved":               {0x83, 0x80},
	} {
		t.Run(name, func(t *testing.T) {
			nc := &frametest.Script{Reads: [][]byte{b, nil}}
			_, _, err := readItems(t, New(nc, false, nil, 100), nc)
			var fe *Error
			require.ErrorAs(t, err, &fe, "two bytes are enough")
			require.Equal(t, codeProtocolError, fe.Code)
		})
	}
}

func TestLink_LengthWithTopBit(t *testing.T) {
	nc := &frametest.Script{Reads: [][]byte{{0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 1}}}
	_, _, err := readItems(t, New(nc, true, nil, math.MaxInt64), nc)
	var fe *Error
	require.ErrorAs(t, err, &fe)
	require.Equal(t, codeProtocolError, fe.Code)
}

func TestLink_Limit(t *testing.T) {
	for name, c := range map[string]struct {
		frames []frametest.Frame
		want   []gotItem
		code   uint16
	}{
		"exactly":  {[]frametest.Frame{{Op: opT, P: "12345"}}, []gotItem{gotText("12345")}, 0},
		"one more": {[]frametest.Frame{{Op: opT, P: "123456"}}, nil, 1009},
		"fragments exactly": {[]frametest.Frame{{Op: opT, P: "123", More: true}, {Op: opC, P: "45"}},
			[]gotItem{gotText("12345")}, 0},
		"fragments one more": {[]frametest.Frame{{Op: opT, P: "123", More: true},
			{Op: opC, P: "456"}}, nil, 1009},
		"announced only":    {[]frametest.Frame{{Op: opB, Claim: 1 << 40}}, nil, 1009},
		"announced at most": {[]frametest.Frame{{Op: opB, Claim: math.MaxInt64}}, nil, 1009},
		"rest announced only": {[]frametest.Frame{{Op: opB, P: "1", More: true},
			{Op: opC, Claim: math.MaxInt64}}, nil, 1009},
		"control not counted": {[]frametest.Frame{{Op: opI, P: "123456"}},
			[]gotItem{gotPing("123456")}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			for _, d := range deliveries {
				buffered, script := d.cut(frametest.Encode(true, c.frames...))
				nc := &frametest.Script{Reads: script}
				items, _, err := readItems(t, New(nc, true, buffered, 5), nc)
				require.Equal(t, c.want, items, d.name)
				var fe *Error
				require.Equal(t, c.code != 0, errors.As(err, &fe), d.name)
				if fe != nil {
					require.Equal(t, c.code, fe.Code)
				}
			}
		})
	}
}

func TestLink_AnnouncedLengthReservesNothing(t *testing.T) {
	nc := &frametest.Script{Reads: [][]byte{frametest.Encode(true,
		frametest.Frame{Op: opB, Claim: math.MaxInt64}), []byte("abc"), nil}}
	l := New(nc, true, nil, math.MaxInt64)
	_, err := l.Next()
	require.Error(t, err)
	require.Equal(t, "abc", string(l.msg))
	require.LessOrEqual(t, cap(l.msg), 3+bigSize)
}

func TestLink_IdleHoldsNoBuffer(t *testing.T) {
	nc := &frametest.Script{Reads: [][]byte{nil,
		frametest.Encode(true, frametest.Frame{Op: opT, P: strings.Repeat("x", 1000)}), nil}}
	l := New(nc, true, nil, 1<<20)
	_, err := l.Next()
	require.Error(t, err, "the first wait ends by deadline")
	it, err := l.Next()
	require.NoError(t, err)
	require.Len(t, it.Data, 1000)
	require.NotNil(t, l.big)
	_, err = l.Next()
	require.Error(t, err)
	require.Nil(t, l.big, "an idle link gave its buffer back")
	require.Nil(t, l.msg)
	require.Len(t, l.base, smallSize)
}

func TestLink_NextAllocatesNothing(t *testing.T) {
	if !frametest.PoolsAreExact {
		t.Skip("the race detector makes pools forget")
	}
	b := frametest.Encode(false, frametest.Frame{Op: opT, P: "hello"},
		frametest.Frame{Op: opI, P: "x"}, frametest.Frame{Op: opB, P: strings.Repeat("y", 700)})
	nc := &frametest.Script{}
	l := New(nc, false, nil, 1<<20)
	arrivals := make([][]byte, 1)
	work := make([]byte, len(b))
	require.Zero(t, testing.AllocsPerRun(100, func() {
		copy(work, b)
		arrivals[0] = work
		nc.Reads = arrivals
		for range 3 {
			if _, err := l.Next(); err != nil {
				t.Fatal(err)
			}
		}
	}))
}
