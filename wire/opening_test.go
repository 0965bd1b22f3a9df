package wire

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestResponse_ParseOpening(t *testing.T) {
	for name, c := range map[string]struct {
		text    string
		want    Response // Fields aside
		fields  string   // name=value|...
		chunked bool
	}{
		"1.0": {text: "HTTP/1.0 403 No\r\n\r\n",
			want: Response{Status: 403, ContentLength: -1}},
		"long body": {text: "HTTP/1.1 403\r\nContent-Length: 99999999999\r\n\r\n", want: Response{
			Status: 403, Minor: 1, ContentLength: 99999999999,
		}, fields: "Content-Length=99999999999"},
		"chunked": {text: "HTTP/1.1 403\r\nTransfer-Encoding: gzip, Chunked\r\n" +
			"Content-Length: 3\r\n\r\n", want: Response{Status: 403, Minor: 1, ContentLength: -1},
			fields: "Transfer-Encoding=gzip, Chunked|Content-Length=3", chunked: true},
		"coded otherwise": {text: "HTTP/1.1 403\r\nTransfer-Encoding: chunked, gzip\r\n\r\n",
			want:   Response{Status: 403, Minor: 1, ContentLength: -1},
			fields: "Transfer-Encoding=chunked, gzip"},
		"101": {text: "HTTP/1.1 101\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n",
			want:   Response{Status: 101, Minor: 1, ContentLength: -1},
			fields: "Transfer-Encoding=chunked|Content-Length=3"},
		"304": {text: "HTTP/1.1 304\r\nContent-Length: 3\r\n\r\n",
			want: Response{Status: 304, Minor: 1, ContentLength: -1}, fields: "Content-Length=3"},
		"folded": {text: "HTTP/1.1 403\r\nA: b\r\n  c \r\n\t\r\n\td\r\nE:\r\n f\r\nG: \r\n \r\n\r\n",
			want: Response{Status: 403, Minor: 1, ContentLength: -1}, fields: "A=b c d|E=f|G="},
	} {
		t.Run(name, func(t *testing.T) {
			in := []byte(c.text + "rest")
			var r Response
			n, chunked, err := r.ParseOpening(in, Limits{})
			require.NoError(t, err)
			require.Equal(t, c.text+"rest", string(in), "the input stays as it is")
			require.Equal(t, len(c.text), n)
			require.Equal(t, c.chunked, chunked)
			var fields []string
			for _, f := range r.Fields {
				fields = append(fields, string(f.Name)+"="+string(f.Value))
			}
			require.Equal(t, c.fields, strings.Join(fields, "|"))
			r.Fields, r.Reason = nil, nil
			require.Equal(t, c.want, r)
		})
	}
	for text, kind := range map[string]Kind{
		"HTTP/1.0 101 x\r\n\r\n":                                   KindVersion,
		"HTTP/2.0 200 x\r\n\r\n":                                   KindVersion,
		"HTTP/1.1 200\r\n folded\r\n\r\n":                          KindFolded,
		"HTTP/1.1 200\r\nContent-Length:\r\n 1\r\n\r\n":            KindContentLength,
		"HTTP/1.1 200\r\nContent-Length: 1\r\n 1\r\n\r\n":          KindFolded,
		"HTTP/1.1 200\r\nTransfer-Encoding: x\r\n chunked\r\n\r\n": KindFolded,
		"HTTP/1.1 200\r\nA: b\r\n \x00\r\n\r\n":                    KindFieldValue,
		"HTTP/1.1 200\r\nA: b\r\n c\n\r\n":                         KindLineEnd,
		"HTTP/1.1 200\r\nA: b\r\n c":                               KindIncomplete,
		"HTTP/1.1 200\r\nA: b\r\n " + strings.Repeat("c", 9000):    KindLineTooLong,
		"HTTP/1.1 200\r\nA: b" + strings.Repeat("\r\n c", 9000):    KindHeadTooLarge,
	} {
		var r Response
		_, _, err := r.ParseOpening([]byte(text), Limits{})
		wantKind(t, kind, err)
	}
}

// ParseOpening reads every head that ParseHead reads as the same; a beginning that it refuses stays
// refused.
func TestResponse_ParseOpening_AnyBytes(t *testing.T) {
	lines := rapid.SampledFrom([]string{
		"A: b", " c", "\t", "Content-Length: 5", "Transfer-Encoding: chunked", "Transfer-Encoding: x",
		"Content-Length: x", "x", "B:", "\x00", "", "A: b\n", strings.Repeat("x", 300) + ": y",
	})
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom([]string{"HTTP/1.1 101 x", "HTTP/1.1 403", "HTTP/1.0 403 x",
			"HTTP/1.0 101", "HTTP/1.1 204 x", "HTTP/2 1"}).Draw(t, "start") + "\r\n"
		for _, l := range rapid.SliceOfN(lines, 0, 8).Draw(t, "lines") {
			text += l + "\r\n"
		}
		in := []byte(text + "\r\n")
		var strict, r Response
		m, err := strict.ParseHead(in, Limits{})
		n, chunked, whole := r.ParseOpening(in, Limits{})
		if err == nil {
			require.NoError(t, whole)
			require.Equal(t, m, n)
			require.False(t, chunked)
			if Bodiless(strict.Status) {
				strict.ContentLength = -1 // it is 0, or there is none
			}
			require.Equal(t, strict, r)
		}
		for i := range in {
			var part Response
			m, _, err := part.ParseOpening(in[:i], Limits{})
			switch {
			case err == nil:
				require.NoError(t, whole)
				require.Equal(t, n, m)
			case KindOf(err) != KindIncomplete:
				require.Equal(t, KindOf(whole), KindOf(err))
			default:
				require.False(t, whole == nil && i >= n)
			}
		}
		require.Equal(t, text+"\r\n", string(in))
	})
}

// One empty line before a request is skipped, and counts as used. [RFC 9112 2.2]
func TestRequest_ParseOpening_EmptyLine(t *testing.T) {
	const text = "GET / HTTP/1.1\r\nHost: h\r\n\r\n"
	var r Request
	for _, before := range []string{"", "\r\n"} {
		in := []byte(before + text + "rest")
		n, err := r.ParseOpening(in, Limits{})
		require.NoError(t, err)
		require.Equal(t, len(before+text), n)
		require.Equal(t, "/", string(r.Target))
		for i := range n {
			_, err := r.ParseOpening(in[:i], Limits{})
			wantKind(t, KindIncomplete, err)
			require.Equal(t, i, err.(*ParseError).Offset)
		}
	}
	for text, offset := range map[string]int{"\r\n\r\n" + text: 2, "\n" +
		text: 0, "\rGET": 0, "\r\nGET\x00": 5} {
		_, err := r.ParseOpening([]byte(text), Limits{})
		require.Error(t, err)
		require.NotEqual(t, KindIncomplete, KindOf(err))
		require.Equal(t, offset, err.(*ParseError).Offset, "%q", text)
	}
	_, err := r.ParseHead([]byte("\r\n"+text), Limits{})
	wantKind(t, KindRequestLine, err)
	in := []byte("\r\n" + text)
	require.Zero(t, testing.AllocsPerRun(10, func() { _, _ = r.ParseOpening(in, Limits{}) }))
}

// The cost of folds is linear in their length.
func TestResponse_ParseOpening_ManyFolds(t *testing.T) {
	in := []byte("HTTP/1.1 403 x\r\nA: b" + strings.Repeat("\r\n c", 1<<18) + "\r\n\r\n")
	var r Response
	n, _, err := r.ParseOpening(in, Limits{Head: 1 << 21})
	require.NoError(t, err)
	require.Equal(t, len(in), n)
	require.Equal(t, "b"+strings.Repeat(" c", 1<<18), string(r.Fields[0].Value))
	require.False(t, bytes.ContainsAny(r.Fields[0].Value, "\r\n"))
}

// A stream may bring HTTP/1.0 to 1.9, and no other version. [RFC 9112 2.3]
func TestResponse_ParseOpening_EveryMinor(t *testing.T) {
	for c := range 256 {
		var r Response
		_, _, err := r.ParseOpening([]byte("HTTP/1."+string([]byte{byte(c)})+" 403 No\r\n\r\n"), Limits{})
		if digit := c - '0'; digit >= 0 && digit <= 9 {
			require.NoError(t, err)
			require.Equal(t, digit, r.Minor)
		} else {
			wantKind(t, KindVersion, err)
		}
	}
}

// Where Transfer-Encoding stands, Content-Length counts for nothing, and neither does in a response
// that has no content, whatever their values are. [RFC 9112 6.3]
func TestResponse_ParseOpening_WhatEndsTheBody(t *testing.T) {
	const head = "HTTP/1.1 403 No\r\n"
	for text, want := range map[string]int64{
		head + "Content-Length: 3\r\nTransfer-Encoding: gzip\r\n":    -1,
		head + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n": -1,
		head + "Content-Length: 3\r\n":                               3,
		head + "Content-Length: 9223372036854775807\r\n":             math.MaxInt64,
		"HTTP/1.1 204 No\r\nContent-Length: 1\r\n 2\r\n":             -1,
		"HTTP/1.1 204 No\r\nTransfer-Encoding: x\r\n y\r\n":          -1,
	} {
		var r Response
		_, _, err := r.ParseOpening([]byte(text+"\r\n"), Limits{})
		require.NoError(t, err, text)
		require.Equal(t, want, r.ContentLength, text)
	}
}

// HTTP/1.0 has no 101. The digit that makes it one is where it is wrong. [RFC 9110 15.2]
func TestResponse_ParseOpening_SwitchOfHTTP10(t *testing.T) {
	var r Response
	_, _, err := r.ParseOpening([]byte("HTTP/1.0 101 OK\r\n\r\n"), Limits{})
	wantKind(t, KindVersion, err)
	require.Equal(t, len("HTTP/1.0 10"), err.(*ParseError).Offset)
}
