package redact

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestAppend(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"none", "GET / HTTP/1.1\r\nHost: a\r\n\r\nbody", "GET / HTTP/1.1\r\nHost: a\r\n\r\nbody"},
		{"authorization", "Authorization: Basic am9l\r\n\r\n", "Authorization: Basic [redacted]\r\n\r\n"},
		{"case", "pROXY-aUTHORIZATION:Token a b\r\n", "pROXY-aUTHORIZATION:Token [redacted]\r\n"},
		{"one word", "Authorization: am9l\r\n", "Authorization: [redacted]\r\n"},
		{"empty", "Authorization: \r\nA: b", "Authorization: \r\nA: b"},
		{"cookies", "Cookie: a=b; c=d\r\nSet-Cookie: e=f\r\nA: b",
			"Cookie: [redacted]\r\nSet-Cookie: [redacted]\r\nA: b"},
		{"lf only", "Cookie: a\nA: b\n", "Cookie: [redacted]\nA: b\n"},
		{"cr only", "A: b\rCookie: a\rC: d", "A: b\rCookie: [redacted]\rC: d"},
		{"blank before colon", "Cookie : a", "Cookie : [redacted]"},
		{"blank before name", "A: b\r\n Cookie: a", "A: b\r\n Cookie: [redacted]"},
		{"folded", "Cookie: a\r\n b\r\n\tc\r\nD: e",
			"Cookie: [redacted]\r\n [redacted]\r\n\t[redacted]\r\nD: e"},
		{"cut", "GET / HTTP/1.1\r\nAuthorization: Basic am",
			"GET / HTTP/1.1\r\nAuthorization: Basic [redacted]"},
		{"proof", "Authentication-Info: rspauth=\"a\"\r\nproxy-authentication-info: b c\r\nA: b",
			"Authentication-Info: [redacted]\r\nproxy-authentication-info: [redacted]\r\nA: b"},
		{"no name", ": a", ": a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, "x"+c.want, string(Append([]byte("x"), []byte(c.in))))
		})
	}
}

// A secret in one of these fields never survives, whatever surrounds it.
func TestAppendRedacted_Secret(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"Authorization", "proxy-authorization", "COOKIE", "Set-cookie",
			"Authentication-Info", "Proxy-Authentication-INFO"}).Draw(t, "name")
		head := rapid.SampledFrom([]string{"", "\r\n", "GET / HTTP/1.1\r\n", "A: b\n", "x\r",
			"\xff\x00\r\n"}).Draw(t, "before")
		colon := rapid.SampledFrom([]string{":", ": ", "\t:\t", ":Basic ", ": Basic  "}).Draw(t, "colon")
		in := head + name + colon + "SECRET" +
			rapid.SampledFrom([]string{"", "\r\n\r\n", "\r\n SECRET", "\n\tSECRET"}).Draw(t, "after")
		require.NotContains(t, string(Append(nil, []byte(in))), "SECRET")
	})
}

// A secret of a message in pieces never survives, wherever the pieces end, and whole lines are
// shown as they are.
func TestRedactor_Pieces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"Authorization", "COOKIE", "set-cookie", "X-Key"}).Draw(t,
			"name")
		colon := rapid.SampledFrom([]string{": ", ":", "  :\t", "\t : Basic "}).Draw(t, "colon")
		eol := rapid.SampledFrom([]string{"\r\n", "\n", "\r"}).Draw(t, "line end")
		fold := rapid.SampledFrom([]string{"", eol + " QWJkWJQ", eol + "\tQWJkWJQ" + eol + " QWJkWJQ"}).
			Draw(t, "fold")
		in := "GET / HTTP/1.1" + eol + "Host: h" + eol + name + colon + "QWJkWJQ" + fold + eol +
			"Last: one" + eol + eol + "body"
		r := Redactor{Names: []string{"x-key"}}
		var out []byte
		for rest := []byte(in); len(rest) > 0; {
			n := rapid.IntRange(1, min(len(rest), 12)).Draw(t, "piece")
			piece := r.Append(nil, rest[:n])
			out, rest = append(out, piece...), rest[n:]
		}
		for _, c := range "QWJ" { // no other text has them
			require.NotContains(t, string(out), string(c), "%q", in)
		}
		require.True(t, strings.HasPrefix(string(out), "GET / HTTP/1.1"+eol+"Host: h"+eol), "%q", out)
		require.True(t, strings.HasSuffix(string(out), eol+"Last: one"+eol+eol+"body"), "%q", out)
	})
}

// A message is read as a beginning as well: nothing says where one ends but the empty message.
func TestRedactor_NextMessage(t *testing.T) {
	var r Redactor
	require.Equal(t, "welcome", string(r.Append(nil, []byte("welcome"))))
	require.False(t, r.Idle())
	require.Equal(t, "Cookie: [redacted]", string(r.Append(nil, []byte("Cookie: a=b"))))
	require.Equal(t, "[redacted]", string(r.Append(nil, []byte("c"))))
	require.Empty(t, r.Append(nil, nil))
	require.True(t, r.Idle())
	require.Equal(t, "c", string(r.Append(nil, []byte("c"))))
	require.Equal(t, ": d\r\n\r\n", string(r.Append(nil, []byte(": d\r\n\r\n"))))
	require.True(t, r.Idle())
	long := bytes.Repeat([]byte(" "), 1000)
	require.Equal(t, "Cookie", string(r.Append(nil, []byte("Cookie"))))
	require.Equal(t, string(long), string(r.Append(nil, long)), "blanks before the colon")
	require.Equal(t, ":[redacted]", string(r.Append(nil, []byte(":d"))))
}

// The user and password of a URL, or of a reference to one, are not shown, nor is a query.
func TestTarget_Secrets(t *testing.T) {
	for target, want := range map[string]string{
		"/a?token=s3cret": "/a?[redacted]", "?s3cret": "?[redacted]", "/a": "/a", "": "",
		"ws://u:s3cret@h/a": "ws://[redacted]@h/a", "//u:s3cret@h/a": "//[redacted]@h/a",
		"//u:s3cret@h/a://b": "//[redacted]@h/a://b", "5; url=//u:s3cret@h": "5; url=//[redacted]@h",
		"</a//b>, <http://u:s3cret@h/>": "</a//b>, <http://[redacted]@h/>",
		"ws://u:s3cr/et@h/":             "ws://[redacted]@h/", "/a@b//c": "/a@b//c", "/a//b@c": "/a//b@c",
		"a@b": "a@b", "//": "//", "://@": "://[redacted]@",
	} {
		require.Equal(t, want, Target(target), target)
	}
}
