package transport

import (
	"errors"
	"math"
	"strings"
	"testing"

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
		frames []pf
		want   []gotItem
		code   uint16
	}{
		"text":                   {"WSP-FRAME-01", []pf{{op: opT, p: "hi"}}, []gotItem{gotText("hi")}, 0},
		"binary":                 {"WSP-FRAME-01", []pf{{op: opB, p: "\x00\xff"}}, []gotItem{gotBinary("\x00\xff")}, 0},
		"empty messages":         {"WSP-FRAME-01", []pf{{op: opT}, {op: opB}}, []gotItem{gotText(""), gotBinary("")}, 0},
		"several in a row":       {"WSP-FRAME-01", []pf{{op: opT, p: "a"}, {op: opB, p: "b"}, {op: opT, p: "c"}}, []gotItem{gotText("a"), gotBinary("b"), gotText("c")}, 0},
		"fragments":              {"WSP-FRAME-02", []pf{{op: opB, p: "ab", more: true}, {op: opC, p: "c", more: true}, {op: opC, p: "de"}, {op: opT, p: "f"}}, []gotItem{gotBinary("abcde"), gotText("f")}, 0},
		"empty fragments":        {"WSP-FRAME-02", []pf{{op: opT, more: true}, {op: opC, more: true}, {op: opC}}, []gotItem{gotText("")}, 0},
		"first fragments empty":  {"WSP-FRAME-02", []pf{{op: opT, more: true}, {op: opC, p: "a"}}, []gotItem{gotText("a")}, 0},
		"control in a message":   {"WSP-FRAME-03", []pf{{op: opT, p: "a", more: true}, {op: opI, p: "1"}, {op: opO}, {op: opC, p: "b"}}, []gotItem{gotPing("1"), gotPong(""), gotText("ab")}, 0},
		"close in a message":     {"WSP-FRAME-03", []pf{{op: opT, p: "a", more: true}, {op: opX, p: "\x03\xe8"}, {op: opC, p: "b"}}, []gotItem{gotClose(1000, "")}, 0},
		"largest control frame":  {"WSP-FRAME-03", []pf{{op: opI, p: long + "x"}}, []gotItem{gotPing(long + "x")}, 0},
		"character in fragments": {"WSP-TEXT-01", []pf{{op: opT, p: "\xf0\x9f", more: true}, {op: opI}, {op: opC, p: "\x98\x80"}}, []gotItem{gotPing(""), gotText("😀")}, 0},

		"wrong masking":             {"WSP-FRAME-04", []pf{{op: opT, p: "a"}, {op: opT, p: "b", mask: true}}, []gotItem{gotText("a")}, 1002},
		"wrong masking of control":  {"WSP-FRAME-04", []pf{{op: opI, p: "b", mask: true}}, nil, 1002},
		"RSV1":                      {"WSP-FRAME-01", []pf{{op: opT, p: "b", rsv: 4}}, nil, 1002},
		"RSV2":                      {"WSP-FRAME-01", []pf{{op: opT, p: "b", rsv: 2}}, nil, 1002},
		"RSV3 on a control frame":   {"WSP-FRAME-01", []pf{{op: opI, rsv: 1}}, nil, 1002},
		"fragmented ping":           {"WSP-FRAME-03", []pf{{op: opI, more: true}}, nil, 1002},
		"fragmented close":          {"WSP-FRAME-03", []pf{{op: opX, more: true}}, nil, 1002},
		"ping of 126":               {"WSP-FRAME-03", []pf{{op: opI, p: long + "xx"}}, nil, 1002},
		"close of 126":              {"WSP-FRAME-03", []pf{{op: opX, p: "\x03\xe8" + long}}, nil, 1002},
		"short ping in 64-bit form": {"WSP-FRAME-03", []pf{{op: opI, p: "x", wide: true}}, nil, 1002}, // once depended on the arrival
		"text inside a message":     {"WSP-FRAME-02", []pf{{op: opT, p: "a", more: true}, {op: opT, p: "b"}}, nil, 1002},
		"binary inside a message":   {"WSP-FRAME-02", []pf{{op: opB, more: true}, {op: opB, p: "b"}}, nil, 1002},
		"stray continuation":        {"WSP-FRAME-02", []pf{{op: opC, p: "b"}}, nil, 1002},
		"continuation after end":    {"WSP-FRAME-02", []pf{{op: opT, p: "a"}, {op: opC, p: "b"}}, []gotItem{gotText("a")}, 1002},

		"text not UTF-8":              {"WSP-TEXT-01", []pf{{op: opT, p: "a\xff"}}, nil, 1007},
		"text ends inside character":  {"WSP-TEXT-01", []pf{{op: opT, p: "a\xc3"}}, nil, 1007},
		"fragmented text not UTF-8":   {"WSP-TEXT-01", []pf{{op: opT, p: "\xc3", more: true}, {op: opC, p: "a"}}, nil, 1007},
		"surrogate":                   {"WSP-TEXT-01", []pf{{op: opT, p: "\xed\xa0\x80"}}, nil, 1007},
		"binary need not be UTF-8":    {"WSP-TEXT-01", []pf{{op: opB, p: "\xed\xa0\x80"}}, []gotItem{gotBinary("\xed\xa0\x80")}, 0},
		"fragment not UTF-8":          {"WSP-TEXT-01", []pf{{op: opT, p: "a\xff", more: true}}, nil, 1007}, // the end is not waited for
		"fragment goes on wrongly":    {"WSP-TEXT-01", []pf{{op: opT, p: "\xe1\x80", more: true}, {op: opI}, {op: opC, p: "a", more: true}}, []gotItem{gotPing("")}, 1007},
		"fragment ends in character":  {"WSP-TEXT-01", []pf{{op: opT, p: "\xe1", more: true}, {op: opC, p: "\x80"}}, nil, 1007},
		"large frame not UTF-8":       {"WSP-TEXT-01", []pf{{op: opT, p: strings.Repeat("x", bigSize) + "\xff", claim: 2 * bigSize}}, nil, 1007},
		"large frame in a message":    {"WSP-TEXT-01", []pf{{op: opT, p: "\xe1", more: true}, {op: opC, p: "\x80" + strings.Repeat("x", bigSize), claim: 2 * bigSize}}, nil, 1007},
		"large frame after another":   {"WSP-TEXT-01", []pf{{op: opT, p: strings.Repeat("x", bigSize) + "\xe1", more: true}, {op: opC, p: "\x80x", more: true}}, nil, 1007},
		"text type of first fragment": {"WSP-TEXT-01", []pf{{op: opB, p: "\xff", more: true}, {op: opC, p: "\xfe"}}, []gotItem{gotBinary("\xff\xfe")}, 0},

		"close empty":          {"WSP-FRAME-06", []pf{{op: opX}}, []gotItem{gotClose(1005, "")}, 0},
		"close with code":      {"WSP-FRAME-06", []pf{{op: opX, p: "\x03\xe9"}}, []gotItem{gotClose(1001, "")}, 0},
		"close with reason":    {"WSP-FRAME-06", []pf{{op: opX, p: "\x0f\xa0bé"}}, []gotItem{gotClose(4000, "bé")}, 0},
		"nothing after close":  {"WSP-CLOSE-04", []pf{{op: opX}, {op: opT, p: "x"}}, []gotItem{gotClose(1005, "")}, 0},
		"close of one byte":    {"WSP-FRAME-06", []pf{{op: opX, p: "\x03"}}, nil, 1002},
		"close with 1005":      {"WSP-FRAME-06", []pf{{op: opX, p: "\x03\xed"}}, nil, 1002},
		"close with 1006":      {"WSP-FRAME-06", []pf{{op: opX, p: "\x03\xee"}}, nil, 1002},
		"close with 0":         {"WSP-FRAME-06", []pf{{op: opX, p: "\x00\x00"}}, nil, 1002},
		"close with 1014":      {"WSP-FRAME-06", []pf{{op: opX, p: "\x03\xf6"}}, []gotItem{gotClose(1014, "")}, 0},
		"close with 1015":      {"WSP-FRAME-06", []pf{{op: opX, p: "\x03\xf7"}}, nil, 1002},
		"close with 5000":      {"WSP-FRAME-06", []pf{{op: opX, p: "\x13\x88"}}, nil, 1002},
		"close reason garbled": {"WSP-FRAME-06", []pf{{op: opX, p: "\x03\xe8\xff"}}, nil, 1007},
	} {
		t.Run(name, func(t *testing.T) {
			t.Attr("req", c.req)
			wantItems(t, c.frames, c.want, c.code)
		})
	}
	for op := range ws.OpCode(16) {
		if op.IsReserved() {
			t.Run("reserved opcode "+string("0123456789abcdef"[op]), func(t *testing.T) {
				wantItems(t, []pf{{op: op}}, nil, 1002)
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
		wantItems(t, []pf{
			{op: opB, p: s},
			{op: opT, p: s, more: true}, {op: opI, p: "i"}, {op: opC, p: s, more: true}, {op: opC, p: "z"},
			{op: opB, p: s, wide: true},
		}, []gotItem{gotBinary(s), gotPing("i"), gotText(s + s + "z"), gotBinary(s)}, 0)
	}
}

func TestLink_ReadMebibyte(t *testing.T) {
	s := strings.Repeat("0123456789abcdef", 1<<16)
	for _, client := range []bool{true, false} {
		_, script := deliveries[5].cut(encodeFrames(client, pf{op: opB, p: s}))
		nc := &scriptConn{script: script}
		items, deadlines, _ := readItems(t, newLink(nc, client, nil, 1<<20), nc)
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
			nc := &scriptConn{script: [][]byte{b, nil}}
			_, _, err := readItems(t, newLink(nc, false, nil, 100), nc)
			var fe *frameError
			require.ErrorAs(t, err, &fe, "two bytes are enough")
			require.Equal(t, CloseProtocolError, fe.code)
		})
	}
}

func TestLink_LengthWithTopBit(t *testing.T) {
	nc := &scriptConn{script: [][]byte{{0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 1}}}
	_, _, err := readItems(t, newLink(nc, true, nil, math.MaxInt64), nc)
	var fe *frameError
	require.ErrorAs(t, err, &fe)
	require.Equal(t, CloseProtocolError, fe.code)
}

func TestLink_Limit(t *testing.T) {
	for name, c := range map[string]struct {
		frames []pf
		want   []gotItem
		code   uint16
	}{
		"exactly":             {[]pf{{op: opT, p: "12345"}}, []gotItem{gotText("12345")}, 0},
		"one more":            {[]pf{{op: opT, p: "123456"}}, nil, 1009},
		"fragments exactly":   {[]pf{{op: opT, p: "123", more: true}, {op: opC, p: "45"}}, []gotItem{gotText("12345")}, 0},
		"fragments one more":  {[]pf{{op: opT, p: "123", more: true}, {op: opC, p: "456"}}, nil, 1009},
		"announced only":      {[]pf{{op: opB, claim: 1 << 40}}, nil, 1009},
		"announced at most":   {[]pf{{op: opB, claim: math.MaxInt64}}, nil, 1009},
		"rest announced only": {[]pf{{op: opB, p: "1", more: true}, {op: opC, claim: math.MaxInt64}}, nil, 1009},
		"control not counted": {[]pf{{op: opI, p: "123456"}}, []gotItem{gotPing("123456")}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			for _, d := range deliveries {
				buffered, script := d.cut(encodeFrames(true, c.frames...))
				nc := &scriptConn{script: script}
				items, _, err := readItems(t, newLink(nc, true, buffered, 5), nc)
				require.Equal(t, c.want, items, d.name)
				var fe *frameError
				require.Equal(t, c.code != 0, errors.As(err, &fe), d.name)
				if fe != nil {
					require.Equal(t, c.code, fe.code)
				}
			}
		})
	}
}

func TestLink_AnnouncedLengthReservesNothing(t *testing.T) {
	nc := &scriptConn{script: [][]byte{encodeFrames(true, pf{op: opB, claim: math.MaxInt64}), []byte("abc"), nil}}
	l := newLink(nc, true, nil, math.MaxInt64)
	_, err := l.next()
	require.Error(t, err)
	require.Equal(t, "abc", string(l.msg))
	require.LessOrEqual(t, cap(l.msg), 3+bigSize)
}

func TestLink_IdleHoldsNoBuffer(t *testing.T) {
	nc := &scriptConn{script: [][]byte{nil, encodeFrames(true, pf{op: opT, p: strings.Repeat("x", 1000)}), nil}}
	l := newLink(nc, true, nil, 1<<20)
	_, err := l.next()
	require.Error(t, err, "the first wait ends by deadline")
	it, err := l.next()
	require.NoError(t, err)
	require.Len(t, it.data, 1000)
	require.NotNil(t, l.big)
	_, err = l.next()
	require.Error(t, err)
	require.Nil(t, l.big, "an idle link gave its buffer back")
	require.Nil(t, l.msg)
	require.Len(t, l.base, smallSize)
}

func TestLink_NextAllocatesNothing(t *testing.T) {
	if !poolsAreExact {
		t.Skip("the race detector makes pools forget")
	}
	b := encodeFrames(false, pf{op: opT, p: "hello"}, pf{op: opI, p: "x"}, pf{op: opB, p: strings.Repeat("y", 700)})
	nc := &scriptConn{}
	l := newLink(nc, false, nil, 1<<20)
	arrivals := make([][]byte, 1)
	work := make([]byte, len(b))
	require.Zero(t, testing.AllocsPerRun(100, func() {
		copy(work, b)
		arrivals[0] = work
		nc.script = arrivals
		for range 3 {
			if _, err := l.next(); err != nil {
				t.Fatal(err)
			}
		}
	}))
}
