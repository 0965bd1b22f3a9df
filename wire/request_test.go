package wire

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"testing"

	"example.com/khp/internal/scan"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// wantKind fails unless err is a ParseError of that kind, with a printable text.
func wantKind(t testing.TB, want Kind, err error) {
	t.Helper()
	require.Equal(t, want, KindOf(err), "%v", err)
	if want == 0 {
		require.NoError(t, err)
		return
	}
	require.True(t, errors.Is(err, &ParseError{Kind: want}))
	require.False(t, errors.Is(err, &ParseError{Kind: want + 1}))
	text := err.Error()
	require.LessOrEqual(t, len(text), 256)
	for _, c := range []byte(text) {
		require.True(t, c >= 0x20 && c < 0x7f, "%q", text)
	}
}

func TestRequest_ParseHead(t *testing.T) {
	const in = "GET /echo?.kl=Y HTTP/1.1\r\nWebSocket-Protocol: \r\nX: \t a b \t\r\n\r\nrest"
	var r Request
	n, err := r.ParseHead([]byte(in), Limits{})
	require.NoError(t, err)
	require.Equal(t, len(in)-len("rest"), n)
	require.Equal(t, "GET", string(r.Method))
	require.Equal(t, "/echo?.kl=Y", string(r.Target))
	require.Equal(t, 1, r.Minor)
	require.Equal(t, int64(-1), r.ContentLength)
	require.Nil(t, r.Body)
	require.Len(t, r.Fields, 2)
	require.Equal(t, "WebSocket-Protocol", string(r.Fields[0].Name))
	require.Empty(t, r.Fields[0].Value)
	require.Equal(t, "a b", string(r.Fields[1].Value))
}

func TestRequest_Kinds(t *testing.T) {
	const h = "GET / HTTP/1.1\r\n"
	for _, c := range []struct {
		name, in string
		kind     Kind
		off      int
	}{
		{"empty", "", KindEmpty, 0},
		{"incomplete/method", "GE", KindIncomplete, 2},
		{"incomplete/target", "GET ", KindIncomplete, 4},
		{"incomplete/version", "GET / HTTP/1.", KindIncomplete, 13},
		{"incomplete/cr", h + "A: b\r", KindIncomplete, 21},
		{"incomplete/end", h + "\r", KindIncomplete, 17},
		{"request-line/leading-crlf", "\r\n" + h, KindRequestLine, 0},
		{"request-line/method-only", "GET\r\n\r\n", KindRequestLine, 3},
		{"request-line/method-only-lf", "GET\n", KindRequestLine, 3},
		{"request-line/no-version", "GET /\r\n\r\n", KindRequestLine, 5},
		{"request-line/two-spaces", "GET /  HTTP/1.1\r\n\r\n", KindRequestLine, 6},
		{"method/blank", " GET / HTTP/1.1\r\n\r\n", KindMethod, 0},
		{"method/control", "G\x00", KindMethod, 1},
		{"target/star", "OPTIONS * HTTP/1.1\r\n\r\n", KindTarget, 8},
		{"target/relative", "GET p", KindTarget, 4},
		{"target/fragment", "GET /p#f HTTP/1.1\r\n\r\n", KindTarget, 6},
		{"target/non-ascii", "GET /\xc3\xa9 HTTP/1.1\r\n\r\n", 0, 0},
		{"target/tab", "GET /a\tb HTTP/1.1\r\n\r\n", KindTarget, 6},
		{"target/other-scheme", "GET ftp://h/ HTTP/1.1\r\n\r\n", KindTarget, 4},
		{"target/other-scheme-like-ours", "GET httpx://h/ HTTP/1.1\r\n\r\n", KindTarget, 4},
		{"target/no-slashes", "GET http:h/ HTTP/1.1\r\n\r\n", KindTarget, 4},
		{"target/no-slashes-either", "GET http:ahost/ HTTP/1.1\r\n\r\n", KindTarget, 4},
		{"target/one-slash", "GET http:/host/ HTTP/1.1\r\n\r\n", KindTarget, 4},
		{"target/second-slash", "GET http:a/host/ HTTP/1.1\r\n\r\n", KindTarget, 4},
		{"target/scheme-alone", "GET http:// HTTP/1.1\r\n\r\n", KindTarget, 4},
		{"target/no-host", "GET http:///p HTTP/1.1\r\n\r\n", KindTarget, 4},
		{"target/userinfo", "GET http://u@h/p HTTP/1.1\r\n\r\n", KindTarget, 4},
		{"target/word", "GET hello HTTP/1.1\r\n\r\n", KindTarget, 4},
		{"target/absolute-ok", "GET WSS://h:1/p?q HTTP/1.1\r\n\r\n", 0, 0},
		{"target/absolute-no-path-ok", "GET http://h?q HTTP/1.1\r\n\r\n", 0, 0},
		{"target/odd-ascii-ok", "GET /p?a=\"b\"&c[]=<d>|^`{} HTTP/1.1\r\n\r\n", 0, 0},
		{"version/10", "GET / HTTP/1.0\r\n\r\n", KindVersion, 13},
		{"version/20", "GET / HTTP/2", KindVersion, 11},
		{"version/case", "GET / http/1.1\r\n\r\n", KindVersion, 6},
		{"version/junk", "GET / HTTP/1.1 \r\n\r\n", KindVersion, 14},
		{"version/19-ok", "GET / HTTP/1.9\r\n\r\n", 0, 0},
		{"line-end/lf", "GET / HTTP/1.1\n", KindLineEnd, 14},
		{"line-end/lf-in-target", "GET /\n", KindLineEnd, 5},
		{"line-end/cr", "GET / HTTP/1.1\rX", KindLineEnd, 14},
		{"line-end/lf-in-name", h + "A\n", KindLineEnd, 17},
		{"line-end/lf-in-value", h + "A: b\n", KindLineEnd, 20},
		{"line-end/last", h + "\n", KindLineEnd, 16},
		{"line-end/last-cr", h + "\rx", KindLineEnd, 16},
		{"folded/first", h + " A: b\r\n\r\n", KindFolded, 16},
		{"folded/later", h + "A: b\r\n\tc\r\n\r\n", KindFolded, 22},
		{"no-colon", h + "A\r\n\r\n", KindNoColon, 17},
		{"name/empty", h + ": b\r\n\r\n", KindFieldName, 16},
		{"name/blank-before-colon", h + "A : b\r\n\r\n", KindFieldName, 17},
		{"name/non-ascii", h + "A\xa0: b\r\n\r\n", KindFieldName, 17},
		{"name/long", h + strings.Repeat("n", maxName+1) + ":\r\n\r\n", KindLineTooLong, 16 + maxName},
		{"value/nul", h + "A: b\x00", KindFieldValue, 20},
		{"value/del", h + "A: b\x7f", KindFieldValue, 20},
		{"length/repeated", h + "Content-Length: 0\r\nContent-Length: 0\r\n\r\n", KindContentLength, 35},
		{"length/plus", h + "Content-Length: +1\r\n\r\nx", KindContentLength, 16},
		{"length/hex", h + "Content-Length: 0x1\r\n\r\nx", KindContentLength, 16},
		{"length/wrap", h + "Content-Length: 9223372036854775808\r\n\r\n", KindContentLength, 16},
		{"length/most", h + "Content-Length: 9223372036854775807\r\n\r\n", KindBodyTooLarge, 16},
		{"length/zeros-ok", h + "Content-Length: 0000000000000000000000000000001\r\n\r\nx", 0, 0},
		{"length/over-body", h + "Content-Length: 65537\r\n\r\n", KindBodyTooLarge, 16},
		{"transfer-encoding", h + "transfer-ENCODING:\r\n\r\n", KindTransferEncoding, 16},
		{"host/repeated", h + "Host: a\r\nhost: a\r\n\r\n", KindHost, 25},
		{"host/userinfo", h + "Host: u@a\r\n\r\n", KindHost, 16},
		{"host/path", h + "Host: a/b\r\n\r\n", KindHost, 16},
		{"host/port", h + "Host: a:65536\r\n\r\n", KindHost, 16},
		{"host/list", h + "Host: a, b\r\n\r\n", KindHost, 16},
		{"host/ipv6-open", h + "Host: [::1\r\n\r\n", KindHost, 16},
		{"host/empty-ok", h + "Host:\r\n\r\n", 0, 0},
		{"host/ipv6-ok", h + "Host: [2001:DB8::1]:8001\r\n\r\n", 0, 0},
		{"body/short", h + "Content-Length: 2\r\n\r\nx", KindBodyTooShort, 38},
		{"body/surplus", h + "Content-Length: 2\r\n\r\nxyz", KindSurplus, 39},
		{"body/no-length", h + "\r\nx", KindSurplus, 18},
	} {
		t.Run(c.name, func(t *testing.T) {
			var r Request
			err := r.Parse([]byte(c.in), Limits{})
			wantKind(t, c.kind, err)
			if err != nil {
				require.Equal(t, c.off, err.(*ParseError).Offset, "%v", err)
			}
		})
	}
}

func TestRequest_Limits(t *testing.T) {
	a := func(n int) string { return strings.Repeat("a", n) }
	d := DefaultLimits()
	for _, c := range []struct {
		name, in string
		l        Limits
		kind     Kind
	}{
		{"head/exact", "GET / HTTP/1.1\r\n\r\n", Limits{Head: 18}, 0},
		{"head/over", "GET / HTTP/1.1\r\n\r\n", Limits{Head: 17}, KindHeadTooLarge},
		{"head/over-partial", "GET / HTTP/1.1\r\nA", Limits{Head: 17}, KindHeadTooLarge},
		{"head/under-partial", "GET / HTTP/1.1\r\n", Limits{Head: 17}, KindIncomplete},
		{"line/exact", "GET / HTTP/1.1\r\nA: bcdefghijkl\r\n\r\n", Limits{Line: 14}, 0},
		{"line/over", "GET / HTTP/1.1\r\nA: bcdefghijklm\r\n\r\n", Limits{Line: 14}, KindLineTooLong},
		{"line/over-partial", "GET / HTTP/1.1\r\nA: bcdefghijklmnop", Limits{Line: 14}, KindLineTooLong},
		{"line/start", "GET / HTTP/1.1\r\n\r\n", Limits{Line: 13}, KindLineTooLong},
		{"line/start-in-target", "GET /" + a(50), Limits{Line: 13}, KindTargetTooLong},
		{"line/method", a(d.Line + 2), Limits{}, KindLineTooLong},
		{"name/exact", "GET / HTTP/1.1\r\n" + a(maxName) + ":\r\n\r\n", Limits{}, 0},
		{"name/over", "GET / HTTP/1.1\r\n" + a(maxName+1) + ":\r\n\r\n", Limits{}, KindLineTooLong},
		{"name/over-partial", "GET / HTTP/1.1\r\n" + a(maxName+1), Limits{}, KindLineTooLong},
		{"fields/exact", "GET / HTTP/1.1\r\n" + strings.Repeat("A: b\r\n", 3) + "\r\n",
			Limits{Fields: 3}, 0},
		{"fields/over", "GET / HTTP/1.1\r\n" + strings.Repeat("A: b\r\n", 3) + "A", Limits{Fields: 3},
			KindTooManyFields},
		{"target/exact", "GET /23 HTTP/1.1\r\n\r\n", Limits{Target: 3}, 0},
		{"target/over", "GET /234 HTTP/1.1\r\n\r\n", Limits{Target: 3}, KindTargetTooLong},
		{"target/over-partial", "GET /234", Limits{Target: 3}, KindTargetTooLong},
		{"target/default", "GET /" + a(d.Target) + " HTTP/1.1\r\n\r\n", Limits{}, KindTargetTooLong},
		{"body/exact", "GET / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", Limits{Body: 3}, 0},
		{"body/over", "GET / HTTP/1.1\r\nContent-Length: 4\r\n\r\n", Limits{Body: 3}, KindBodyTooLarge},
		{"huge", "GET / HTTP/1.1\r\n\r\n", Limits{math.MaxInt, math.MaxInt, math.MaxInt, math.MaxInt,
			math.MaxInt, math.MaxInt, math.MaxInt, math.MaxInt}, 0},
		{"negative", "GET / HTTP/1.1\r\n\r\n", Limits{Head: -1, Line: -5}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			var r Request
			wantKind(t, c.kind, r.Parse([]byte(c.in), c.l))
		})
	}
}

func TestLimits_OrDefault(t *testing.T) {
	require.Equal(t, Limits{Head: 16 << 10, Line: 8 << 10, Fields: 100, Elements: 100, Target: 8 << 10,
		Body: 64 << 10, Messages: 1024, Unit: 256 << 10}, DefaultLimits())
	require.Equal(t, DefaultLimits(), Limits{}.OrDefault())
	require.Equal(t, 7, Limits{Head: 7}.OrDefault().Head)
	require.Equal(t, maxLimit, Limits{Unit: math.MaxInt}.OrDefault().Unit)
}

func TestRequest_Views(t *testing.T) {
	in := []byte("GET /p HTTP/1.1\r\nA: b\r\nContent-Length: 1\r\n\r\nx")
	before := string(in)
	var r Request
	require.NoError(t, r.Parse(in, Limits{}))
	for _, v := range [][]byte{r.Method, r.Target, r.Body, r.Fields[0].Name, r.Fields[0].Value} {
		_ = append(v, "overwritten"...)
	}
	require.Equal(t, before, string(in), "appending to a view leaves the buffer alone")
}

func TestRequest_NoAllocation(t *testing.T) {
	in := []byte("GET /echo HTTP/1.1\r\nHost: a\r\nSec-WebSocket-Extensions: foo\r\n\r\n")
	var r Request
	require.NoError(t, r.Parse(in, Limits{}))
	require.Zero(t, testing.AllocsPerRun(100, func() { _ = r.Parse(in, Limits{}) }))
	out := make([]byte, 0, 256)
	require.Zero(t, testing.AllocsPerRun(100, func() { _, _ = r.Append(out) }))
}

// Generators of legal parts.
var (
	genToken  = rapid.StringMatching("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,20}")
	genValue  = rapid.StringMatching(`([!-~\x{80}-\x{ff}]([ \t!-~]{0,30}[!-~])?)?`)
	genTarget = rapid.StringMatching(`/[!"$-~]{0,40}`)
	genBytes  = rapid.SliceOfN(rapid.Byte(), 0, 40)
)

func genFields(t *rapid.T) Fields {
	var f Fields
	for range rapid.IntRange(0, 6).Draw(t, "fields") {
		name := genToken.Filter(func(s string) bool {
			return !scan.EqualFold([]byte(s), "Host") && !scan.EqualFold([]byte(s), "Content-Length") &&
				!scan.EqualFold([]byte(s), "Transfer-Encoding")
		}).Draw(t, "name")
		f = append(f, Field{[]byte(name), []byte(genValue.Draw(t, "value"))})
	}
	return f
}

// A written request is read back, and is written the same again.
func TestRequest_RoundTrip(t *testing.T) {
	t.Attr("req", "KHP-EXT-04")
	rapid.Check(t, func(t *rapid.T) {
		r := Request{
			Method: []byte(genToken.Draw(t, "method")),
			Target: []byte(genTarget.Draw(t, "target")),
			Fields: genFields(t),
			Body:   genBytes.Draw(t, "body"),
		}
		out, err := r.Append([]byte("before"))
		require.NoError(t, err)
		var got Request
		require.NoError(t, got.Parse(out[len("before"):], Limits{}))
		require.Equal(t, string(r.Method), string(got.Method))
		require.Equal(t, string(r.Target), string(got.Target))
		require.Equal(t, string(r.Body), string(got.Body))
		for i, f := range r.Fields {
			require.Equal(t, string(f.Name), string(got.Fields[i].Name))
			require.Equal(t, string(f.Value), string(got.Fields[i].Value))
		}
		require.LessOrEqual(t, len(got.Fields)-len(r.Fields), 1)
		again, err := got.Append([]byte("before"))
		require.NoError(t, err)
		require.Equal(t, out, again)
	})
}

// The output for any values of the caller parses to exactly these, or there is none.
func TestRequest_AppendNeverInjects(t *testing.T) {
	nasty := rapid.SliceOfN(rapid.SampledFrom([]byte("a: /\r\n\t\x00\x7f\xffGET15,")), 0, 12)
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.OneOf(nasty, rapid.Just([]byte("Content-Length")), rapid.Just([]byte("Host")),
			rapid.Just([]byte("A")))
		r := Request{
			Method: rapid.OneOf(nasty, rapid.Just([]byte("GET"))).Draw(t, "method"),
			Target: rapid.OneOf(nasty, rapid.Just([]byte("/"))).Draw(t, "target"),
			Fields: Fields{{name.Draw(t, "name"), nasty.Draw(t, "value")}},
			Body:   nasty.Draw(t, "body"),
		}
		dst := []byte("before")
		out, err := r.Append(dst)
		if err != nil {
			require.NotZero(t, KindOf(err))
			require.Equal(t, "before", string(out))
			return
		}
		var got Request
		require.NoError(t, got.Parse(out[len(dst):], Limits{}))
		require.Equal(t, string(r.Method), string(got.Method))
		require.Equal(t, string(r.Target), string(got.Target))
		require.Equal(t, string(r.Fields[0].Name), string(got.Fields[0].Name))
		require.Equal(t, string(r.Fields[0].Value), string(got.Fields[0].Value))
		require.Equal(t, string(r.Body), string(got.Body))
	})
}

// Any bytes at all: no panic, and every prefix agrees with the whole.
func TestRequest_PrefixesAgree(t *testing.T) {
	piece := rapid.SampledFrom([]string{
		"GET", " ", "/", "p", "http://h", "HTTP/1.1", "HTTP/1.0", "\r\n", "\r", "\n", "A", ":", "b",
		"\t", "\x00", "\xff",
		"Host: a\r\n", "Content-Length: 1\r\n", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\n",
		"A: b\r\n", "\r\n\r\n",
	})
	l := Limits{Head: 80, Line: 30, Fields: 3, Target: 12}
	rapid.Check(t, func(t *rapid.T) {
		b := []byte(strings.Join(rapid.SliceOfN(piece, 0, 12).Draw(t, "pieces"), ""))
		var r Request
		n, whole := r.ParseHead(b, l)
		for i := range b {
			m, err := r.ParseHead(b[:i], l)
			if err == nil {
				require.NoError(t, whole)
				require.Equal(t, n, m)
			} else if KindOf(err) != KindIncomplete {
				require.Equal(t, KindOf(whole), KindOf(err), "prefix %d: %v, whole: %v", i, err, whole)
				require.Equal(t, whole.(*ParseError).Offset, err.(*ParseError).Offset)
			}
		}
	})
}

// The minor version is reported: 1.2 to 1.9 are understood as 1.1 is.
func TestParse_Minor(t *testing.T) {
	for minor := 1; minor <= 9; minor++ {
		version := "HTTP/1." + strconv.Itoa(minor)
		var q Request
		require.NoError(t, q.Parse([]byte("GET / "+version+"\r\n\r\n"), Limits{}))
		require.Equal(t, minor, q.Minor)
		var r Response
		require.NoError(t, r.Parse([]byte(version+" 403 No\r\n\r\n"), Limits{}))
		require.Equal(t, minor, r.Minor)
	}
}

// A Request that is used again has nothing of the message before.
func TestRequest_UsedAgain(t *testing.T) {
	var r Request
	require.NoError(t, r.Parse([]byte("GET / HTTP/1.1\r\nContent-Length: 1\r\n\r\nx"), Limits{}))
	require.Equal(t, "x", string(r.Body))
	_, err := r.ParseHead([]byte("GET /p HTTP/1.1\r\n\r\nx"), Limits{})
	require.NoError(t, err)
	require.Nil(t, r.Body)
	require.Empty(t, r.Fields)
	require.Equal(t, int64(-1), r.ContentLength)
}
