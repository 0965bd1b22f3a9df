package wire

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAppend_BuildingBlocks(t *testing.T) {
	out, err := AppendRequestLine([]byte("x"), "GET", "/p?q")
	require.NoError(t, err)
	out, err = AppendField(out, "Sec-WebSocket-Extensions", []byte("foo"))
	require.NoError(t, err)
	out, err = AppendField(out, "Empty", "")
	require.NoError(t, err)
	require.Equal(t, "xGET /p?q HTTP/1.1\r\nSec-WebSocket-Extensions: foo\r\nEmpty: \r\n\r\n",
		string(AppendEnd(out)))
	out, err = AppendStatusLine(nil, 101, []byte("OK"))
	require.NoError(t, err)
	require.Equal(t, "HTTP/1.1 101 OK\r\n", string(out))
}

func TestAppend_Refusals(t *testing.T) {
	dst := []byte("before")
	for _, c := range []struct {
		name string
		call func() ([]byte, error)
		kind Kind
	}{
		{"method/space", func() ([]byte, error) { return AppendRequestLine(dst, "GET /evil", "/") },
			KindMethod},
		{"method/empty", func() ([]byte, error) { return AppendRequestLine(dst, "", "/") }, KindMethod},
		{"target/empty", func() ([]byte, error) { return AppendRequestLine(dst, "GET", "") }, KindTarget},
		{"target/space", func() ([]byte, error) {
			return AppendRequestLine(dst, "GET", "/ HTTP/1.1\r\nX: y")
		}, KindTarget},
		{"target/relative", func() ([]byte, error) { return AppendRequestLine(dst, "GET", "p") },
			KindTarget},
		{"target/long", func() ([]byte, error) {
			return AppendRequestLine(dst, "GET", make([]byte, 9000))
		}, KindTargetTooLong},
		{"field/name-crlf", func() ([]byte, error) { return AppendField(dst, "A\r\nB", "") },
			KindFieldName},
		{"field/name-empty", func() ([]byte, error) { return AppendField(dst, "", "") }, KindFieldName},
		{"field/value-crlf", func() ([]byte, error) { return AppendField(dst, "A", "b\r\nC: d") },
			KindFieldValue},
		{"field/value-lf", func() ([]byte, error) { return AppendField(dst, "A", "b\nC: d") },
			KindFieldValue},
		{"field/value-nul", func() ([]byte, error) { return AppendField(dst, "A", "\x00") },
			KindFieldValue},
		{"field/value-blank", func() ([]byte, error) { return AppendField(dst, "A", "b\t") },
			KindFieldValue},
		{"reason/cr", func() ([]byte, error) { return AppendStatusLine(dst, 200, "\r") }, KindStatusLine},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, err := c.call()
			wantKind(t, c.kind, err)
			require.Equal(t, "before", string(out))
		})
	}
}

// A body is written with its length, or not at all: otherwise later bytes would be read as part of
// it, or it as part of those.
func TestAppend_LengthOfTheBody(t *testing.T) {
	for length, want := range map[string]Kind{
		"0": KindSurplus, "2": KindSurplus, "3": 0, "4": KindBodyTooShort,
	} {
		fields := Fields{{Name: []byte("Content-Length"), Value: []byte(length)}}
		q := Request{Method: []byte("GET"), Target: []byte("/"), Fields: fields, Body: []byte("abc")}
		_, err := q.Append(nil)
		require.Equal(t, want, KindOf(err), "request, %s: %v", length, err)
		r := Response{Status: 200, Fields: fields, Body: []byte("abc")}
		_, err = r.Append(nil)
		require.Equal(t, want, KindOf(err), "response, %s: %v", length, err)
	}
}

// The Content-Length that a body gets is one of the fields that the limit counts.
func TestAppend_LengthIsAField(t *testing.T) {
	fields := slices.Repeat(Fields{{Name: []byte("N"), Value: []byte("v")}}, defaultFields)
	for _, v := range []struct {
		fields Fields
		body   string
		want   Kind
	}{{fields, "", 0}, {fields, "b", KindTooManyFields}, {fields[1:], "b", 0}} {
		r := Response{Status: 200, Fields: v.fields, Body: []byte(v.body)}
		_, err := r.Append(nil)
		require.Equal(t, v.want, KindOf(err), "%d fields, body %q: %v", len(v.fields), v.body, err)
	}
}

// An error of writing names the place in the refused part, and the reason.
func TestAppend_WhereAndWhy(t *testing.T) {
	for _, c := range []struct {
		name string
		call func() ([]byte, error)
		want ParseError
	}{
		{"name", func() ([]byte, error) { return AppendField(nil, "a b", "v") },
			ParseError{KindFieldName, 0, `not a token, near "a b"`}},
		{"control byte first", func() ([]byte, error) { return AppendField(nil, "N", "\x00v") },
			ParseError{KindFieldValue, 0, `control byte in this field, near "N"`}},
		{"control byte in a value", func() ([]byte, error) { return AppendField(nil, "N", "v\x00") },
			ParseError{KindFieldValue, 1, `control byte in this field, near "N"`}},
		{"blank", func() ([]byte, error) { return AppendField(nil, "N", " v") },
			ParseError{KindFieldValue, 0, `blank at an end in this field, near "N"`}},
		{"body", func() ([]byte, error) {
			return (&Request{Method: []byte("GET"), Target: []byte("/"),
				Body: make([]byte, defaultBody+1)}).Append(nil)
		}, ParseError{KindBodyTooLarge, defaultBody, "over the limit"}},
		{"target", func() ([]byte, error) { return AppendRequestLine(nil, "GET", "\x01/p") },
			ParseError{KindTarget, 0, `byte not allowed, near "\x01/p"`}},
		{"target with a blank", func() ([]byte, error) { return AppendRequestLine(nil, "GET", "/p q") },
			ParseError{KindTarget, 2, `byte not allowed, near "/p q"`}},
		{"target of no form", func() ([]byte, error) { return AppendRequestLine(nil, "GET", "pq") },
			ParseError{KindTarget, 0, `neither a path nor an http or ws URL, near "pq"`}},
		{"nothing to quote", func() ([]byte, error) { return AppendField(nil, "", "v") },
			ParseError{KindFieldName, 0, "not a token"}},
	} {
		_, err := c.call()
		require.Equal(t, &c.want, err, c.name)
	}
}
