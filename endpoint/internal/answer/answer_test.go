package answer

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// coded is an answer as it is on the wire, and the result that a reader must return.
type coded struct {
	head    string // with the interim responses before it
	rest    string // the body as it is coded
	at      []int  // for each byte of the body, where it stands in rest
	end     int    // where rest says that the body is over, -1 if the connection says so
	limit   int
	chunked bool
}

// answers draws an answer.
func answers(t *rapid.T) (a coded) {
	for range rapid.IntRange(0, 3).Draw(t, "interim") {
		a.head += fmt.Sprintf("HTTP/1.1 %d x\r\nA: b\r\n\r\n",
			rapid.SampledFrom([]int{100, 102, 199}).Draw(t, "status"))
	}
	a.limit = rapid.SampledFrom([]int{1, 5, 16, 300, 5000}).Draw(t, "limit")
	switch form := rapid.SampledFrom([]string{"length", "chunked", "close", "none"}).
		Draw(t, "form"); form {
	case "none":
		a.head += "HTTP/1.1 304 x\r\nContent-Length: 5\r\n\r\n"
	case "length":
		n := rapid.IntRange(0, 40).Draw(t, "length")
		a.head += fmt.Sprintf("HTTP/1.1 403 x\r\nContent-Length: %d\r\n\r\n", n)
		a.plain(n)
		a.end = n
	case "close":
		a.head += "HTTP/1.1 200 x\r\n\r\n"
		a.plain(rapid.IntRange(0, 40).Draw(t, "length"))
		a.end = -1
	case "chunked":
		a.chunked = true
		a.head += "HTTP/1.1 403 x\r\nTransfer-Encoding: chunked\r\n\r\n"
		for _, n := range rapid.SliceOfN(rapid.SampledFrom([]int{1, 9, 10, 15, 16, 0xab, 0xfff}), 0, 4).
			Draw(t, "chunks") {
			form := rapid.SampledFrom([]string{"%x\r\n", "%X\r\n", "0%x\r\n", "%x;name=value\r\n"}).
				Draw(t, "form of size")
			a.rest += fmt.Sprintf(form, n)
			a.plain(n)
			a.rest += "\r\n"
		}
		a.rest += rapid.SampledFrom([]string{"0\r\n", "0;last\r\n", "no size\r\n", "\r\n"}).Draw(t,
			"last")
		a.end = len(a.rest)
		a.rest += "\r\n"
	}
	return a
}

// plain adds n bytes of the body.
func (a *coded) plain(n int) {
	for i := range n {
		a.at = append(a.at, len(a.rest))
		a.rest += string(rune('a' + i%26))
	}
}

// body returns the content of n bytes of rest, and whether no more is needed.
func (a *coded) body(n int) (body string, complete bool) {
	for _, at := range a.at {
		if at < n && len(body) < a.limit {
			body += a.rest[at : at+1]
		}
	}
	return body, a.end >= 0 && n >= a.end || len(body) == a.limit || a.chunked && n >= 2*a.limit
}

// However the bytes of an answer arrive, its head is read once, when all of it has arrived, and
// then the received part of its body.
func TestReader_Pieces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := answers(t)
		all := a.head + a.rest
		var h Reader
		var r wire.Response
		for at := 0; at < len(all); {
			at = min(at+rapid.SampledFrom([]int{1, 2, 3, 40, 5000}).Draw(t, "bytes"), len(all))
			b := []byte(all[:at])
			n, err := h.Head(&r, b, wire.Limits{}.OrDefault())
			if at < len(a.head) {
				require.Equal(t, wire.KindIncomplete, wire.KindOf(err), "%q", b)
				require.Zero(t, n)
				continue
			}
			require.NoError(t, err, "%q", b)
			require.Equal(t, len(a.head), n)
			body, complete := h.Body(&r, b[n:], a.limit)
			want, over := a.body(at - n)
			require.Equal(t, want, string(body), "%q", b)
			require.Equal(t, over, complete, "%q", b)
		}
	})
}

// A head is parsed when a line has ended, and never again once it is complete.
func TestReader_ParsesWhenALineEnds(t *testing.T) {
	const untouched = 7
	limits := wire.Limits{}.OrDefault()
	interim := strings.Repeat("HTTP/1.1 100 "+strings.Repeat("x", 5000)+"\r\n\r\n", 5)
	require.Greater(t, len(interim), limits.Head)
	for _, before := range []string{"", interim} {
		var h Reader
		var r wire.Response
		if before != "" {
			_, err := h.Head(&r, []byte(before), limits)
			require.Equal(t, wire.KindIncomplete, wire.KindOf(err))
		}
		for i, piece := range []string{"HTTP/1.1 40", "3 x", "\r", "\n", "A: b", "\r\n\r\n", "body\r\n"} {
			before += piece
			r.Status = untouched
			_, err := h.Head(&r, []byte(before), limits)
			parsed := i == 0 || i == 3 || i == 5
			require.Equal(t, parsed, r.Status != untouched, "after %q", piece)
			require.Equal(t, i >= 5, err == nil, "after %q", piece)
		}
	}
}

// Bytes once read are not examined again, though the caller passes them with each call: neither a
// head nor a chunk.
func TestReader_LooksAtNothingTwice(t *testing.T) {
	const head = "HTTP/1.1 403 x\r\nTransfer-Encoding: chunked\r\n\r\n"
	var h Reader
	var r wire.Response
	all := []byte(head)
	garble := func(from int) {
		for i := range all[from:] {
			all[from+i] = 'X'
		}
	}
	limits := wire.Limits{}.OrDefault()
	for range 2 {
		n, err := h.Head(&r, all, limits)
		require.NoError(t, err)
		require.Equal(t, len(head), n)
		garble(0)
	}
	for _, v := range []struct{ more, body string }{{"5\r\nhel", "hel"}, {"", "hel"},
		{"lo\r", "hello"},
		{"\n2\r\n!", "hello!"}, {"", "hello!"}, {"?\r\n0\r\n", "hello!?"}} {
		all = append(all, v.more...)
		n, err := h.Head(&r, all, limits)
		require.NoError(t, err)
		body, complete := h.Body(&r, all[n:], 100)
		require.Equal(t, v.body, string(body))
		require.Equal(t, v.body == "hello!?", complete)
		garble(0)
	}
}

// The line before a chunk has 1024 bytes at most: when so many are here without an end there is
// none, and nothing more is waited for.
func TestReader_EndlessChunkLine(t *testing.T) {
	for n, over := range map[int]bool{1023: false, 1024: true, 1025: true} {
		var h Reader
		var r wire.Response
		head := []byte("HTTP/1.1 403 x\r\nTransfer-Encoding: chunked\r\n\r\n")
		_, err := h.Head(&r, head, wire.Limits{}.OrDefault())
		require.NoError(t, err)
		_, complete := h.Body(&r, []byte("2;"+strings.Repeat("x", n-2)), 1<<16)
		require.Equal(t, over, complete, "%d bytes", n)
	}
}

// A body ends at the limit, in the midst of a chunk as behind it, and nothing more is waited for.
func TestReader_ChunksUpToTheLimit(t *testing.T) {
	const coded, plain = "5\r\nhello\r\n7\r\n, world\r\n", "hello, world"
	for limit := 1; limit <= len(plain)+1; limit++ {
		var h Reader
		var r wire.Response
		head := []byte("HTTP/1.1 403 x\r\nTransfer-Encoding: chunked\r\n\r\n")
		_, err := h.Head(&r, head, wire.Limits{}.OrDefault())
		require.NoError(t, err)
		body, complete := h.Body(&r, []byte(coded), limit)
		require.Equal(t, plain[:min(limit, len(plain))], string(body))
		require.Equal(t, limit <= len(plain), complete)
	}
}

// Fewer bytes than before are those of another answer.
func TestReader_AnotherAnswer(t *testing.T) {
	const interim, short = "HTTP/1.1 100 x\r\n\r\n", "HTTP/1.1 200 x\r\n\r\n"
	const long = "HTTP/1.1 403 a longer line\r\nTransfer-Encoding: chunked\r\n\r\n"
	limits := wire.Limits{}.OrDefault()
	for _, first := range []string{long + "5\r\nhello\r\n", interim + interim + "HTT", long} {
		var h Reader
		var r wire.Response
		n, _ := h.Head(&r, []byte(first), limits)
		h.Body(&r, []byte(first)[n:], 100)
		n, err := h.Head(&r, []byte(short), limits)
		require.NoError(t, err, first)
		require.Equal(t, len(short), n, first)
		body, complete := h.Body(&r, []byte("hi"), 100)
		require.Equal(t, "hi", string(body), first)
		require.False(t, complete, first)
	}
	var h Reader
	var r wire.Response
	n, err := h.Head(&r, []byte(long), limits)
	require.NoError(t, err)
	require.Equal(t, len(long), n)
	h.Body(&r, []byte("5\r\nhello\r\n"), 100)
	body, _ := h.Body(&r, []byte("2\r\nhi\r\n"), 100)
	require.Equal(t, "hi", string(body), "fewer bytes than before are those of another body")
}

// Interim responses fit into the limit for a unit together, and the line before a chunk into 1024
// bytes.
func TestReader_Limits(t *testing.T) {
	const interim, final = "HTTP/1.1 100 x\r\n\r\n", "HTTP/1.1 200 x\r\n\r\n"
	limits := wire.Limits{}.OrDefault()
	for _, room := range []int{0, -1} {
		limits.Unit = 2*len(interim) + room
		var h Reader
		var r wire.Response
		n, err := h.Head(&r, []byte(interim+interim+final), limits)
		if room == 0 {
			require.NoError(t, err)
			require.Equal(t, 2*len(interim)+len(final), n)
			continue
		}
		var e *wire.ParseError
		require.ErrorAs(t, err, &e)
		require.Equal(t, wire.KindUnitTooLarge, e.Kind)
		require.Equal(t, 2*len(interim), e.Offset)
	}
	for length, want := range map[int]struct {
		body string
		done bool
	}{maxChunkLine - 2: {"hi", false}, maxChunkLine - 1: {"", true}} {
		var c chunks
		line := "2;" + strings.Repeat("x", length-2)
		for _, b := range []string{line[:10], line, line + "\r\nhi\r\n"} {
			c.read([]byte(b), 100)
		}
		require.Equal(t, want.body, string(c.body), "a line of %d bytes", length)
		require.Equal(t, want.done, c.done, "a line of %d bytes", length)
	}
	require.Equal(t, 0xfffffff, chunkSize([]byte("ffffffff")), "seven digits are read")
	for c := range 256 {
		size, err := strconv.ParseUint(string([]byte{byte(c)}), 16, 8)
		require.Equal(t, int(size), chunkSize([]byte{byte(c)}), "%q", c)
		_, isHex := hexDigit(byte(c))
		require.Equal(t, err == nil, isHex, "%q", c)
	}
	for n, want := range map[int]bool{2*limit - 1: false, 2 * limit: true} {
		var h Reader
		var r wire.Response
		head := []byte("HTTP/1.1 403 x\r\nTransfer-Encoding: chunked\r\n\r\n")
		_, err := h.Head(&r, head, wire.Limits{}.OrDefault())
		require.NoError(t, err)
		_, complete := h.Body(&r, []byte("1;"+strings.Repeat("x", n-2)), limit)
		require.Equal(t, want, complete, "twice the limit is enough, whatever it holds")
	}
}

// limit is for bodies.
const limit = 100

// frames draws the frames of a server, and counts the messages that are complete in each beginning.
func frames(t *rapid.T) (b []byte, whole func(n int) int) {
	var ends []int
	masked := -1 // where a frame begins that no server may send
	for range rapid.IntRange(0, 5).Draw(t, "frames") {
		first := rapid.SampledFrom([]byte{0x81, 0x82, 0x80, 0x01, 0x00, 0x89, 0x88}).Draw(t, "first byte")
		size := rapid.SampledFrom([]int{0, 1, 125, 126, 300, 0xffff, 0x10000}).Draw(t, "size")
		mask := byte(0)
		if rapid.IntRange(0, 9).Draw(t, "masked") == 0 && masked < 0 {
			mask, masked = 0x80, len(b)
		}
		// A length may be longer than it need be, as those of deployed clients are.
		switch form := rapid.SampledFrom([]int{0, 126, 1 << 16}).Draw(t, "form"); {
		case size < 126 && form < 126:
			b = append(b, first, mask|byte(size))
		case size <= 0xffff && form <= 126:
			b = binary.BigEndian.AppendUint16(append(b, first, mask|126), uint16(size))
		default:
			b = binary.BigEndian.AppendUint64(append(b, first, mask|127), uint64(size))
		}
		b = append(b, make([]byte, size)...)
		if first >= 0x80 && first < 0x88 && masked < 0 {
			ends = append(ends, len(b))
		}
	}
	return b, func(n int) (count int) {
		for _, end := range ends {
			if end <= n {
				count++
			}
		}
		return count
	}
}

// Only data messages whose last byte is there count, and none behind a frame that is masked.
func TestWholeMessages(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, whole := frames(t)
		for n := range min(len(b), 700) + 1 {
			require.Equal(t, whole(n), WholeMessages(b[:n]), "%d bytes", n)
			require.Equal(t, whole(len(b)-n), WholeMessages(b[:len(b)-n]), "%d bytes", len(b)-n)
		}
	})
	endless := append([]byte{0x82, 127, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
		make([]byte, 100)...)
	require.Zero(t, WholeMessages(endless))
	for _, empty := range [][]byte{{0x82, 0}, {0x82, 126, 0, 0}, {0x82, 127, 0, 0, 0, 0, 0, 0, 0, 0}} {
		require.Equal(t, 1, WholeMessages(empty), "an empty message, whatever the form of its length")
		require.Zero(t, WholeMessages(empty[:len(empty)-1]))
	}
}
