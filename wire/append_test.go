package wire

import (
	"slices"
	"strconv"
	"strings"
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

// A message with one fault is refused with the same kind when it is written as when it is read. A
// part with a separator in it is at fault itself.
func TestAppend_NamesTheKindOfParse(t *testing.T) {
	separators := " \t\r\n:"
	for c := range 256 {
		for _, part := range []string{string([]byte{byte(c)}), "a" + string([]byte{byte(c)}) + "b"} {
			separator := strings.IndexByte(separators, byte(c)) >= 0
			for name, m := range messagesWith(part) {
				written, read := m.kinds()
				switch {
				case !separator:
					require.Equal(t, read, written, "%s %q", name, part)
				case read != written:
					require.Contains(t, []Kind{KindMethod, KindTarget, KindStatusLine, KindFieldName,
						KindFieldValue}, written, "%s %q", name, part)
				}
			}
		}
	}
	long := strings.Repeat("z", 10_000)
	fields := func(n int) Fields { return slices.Repeat(Fields{{[]byte("A"), []byte("b")}}, n) }
	get := Request{Method: []byte("GET"), Target: []byte("/")}
	messages := messagesWith(long)
	delete(messages, "scheme") // it has two faults
	for _, text := range []string{"", "0", "2", "65536", "65537", "9223372036854775807",
		"9223372036854775808", "0x1"} {
		for _, status := range []int{0, 101, 204, 403} {
			for _, body := range []string{"", "x"} {
				f := Fields{{[]byte("Content-Length"), []byte(text)}}
				m := written{request: &Request{Method: get.Method, Target: get.Target, Fields: f,
					Body: []byte(body)}}
				if status != 0 {
					m = written{response: &Response{Status: status, Fields: f, Body: []byte(body)}}
				}
				messages["Content-Length "+text+" with "+strconv.Itoa(status)+body] = m
			}
		}
	}
	for name, r := range map[string]Request{
		"100 fields": {Fields: fields(100)}, "101 fields": {Fields: fields(101)},
		"100 fields and a body": {Fields: fields(100), Body: []byte("x")},
		"body":                  {Body: make([]byte, 65537)},
		"head":                  {Fields: slices.Repeat(Fields{{[]byte("A"), []byte(long[:8e3])}}, 3)},
		"coding":                {Fields: Fields{{[]byte("transfer-encoding"), []byte("chunked")}}},
		"hosts":                 {Fields: slices.Repeat(Fields{{[]byte("Host"), []byte("h")}}, 2)},
		"lengths": {Fields: slices.Repeat(
			Fields{{[]byte("Content-Length"), []byte("0")}}, 2)},
	} {
		r.Method, r.Target = get.Method, get.Target
		messages[name] = written{request: &r}
	}
	for _, status := range []int{99, 100, 999, 1000} {
		messages["status "+strconv.Itoa(status)] = written{response: &Response{Status: status}}
	}
	messages["second response"] = written{response: &Response{Status: 403,
		Body: []byte("HTTP/1.1 200")}}
	for name, m := range messages {
		written, read := m.kinds()
		require.Equal(t, read, written, name)
	}
}

// written is a request or a response.
type written struct {
	request  *Request
	response *Response
}

// messagesWith puts a part into every place of a message.
func messagesWith(part string) map[string]written {
	p, get, slash := []byte(part), []byte("GET"), []byte("/")
	field := func(name, value string) Fields {
		return Fields{{[]byte("X"), []byte("y")}, {[]byte(name), []byte(value)}, {[]byte("Z"), nil}}
	}
	return map[string]written{
		"method":  {request: &Request{Method: p, Target: slash}},
		"target":  {request: &Request{Method: get, Target: []byte("/" + part)}},
		"scheme":  {request: &Request{Method: get, Target: p}},
		"name":    {request: &Request{Method: get, Target: slash, Fields: field(part, "v")}},
		"value":   {request: &Request{Method: get, Target: slash, Fields: field("N", part)}},
		"Host":    {request: &Request{Method: get, Target: slash, Fields: field("Host", part)}},
		"reason":  {response: &Response{Status: 403, Reason: p}},
		"a name":  {response: &Response{Status: 403, Fields: field(part, "v")}},
		"a value": {response: &Response{Status: 403, Fields: field("N", part)}},
	}
}

// kinds returns the kind of error of writing the message, and of reading it written naively.
func (m written) kinds() (written, read Kind) {
	var out []byte
	rest := func(fields Fields, body []byte) {
		for _, f := range fields {
			out = append(append(append(append(out, f.Name...), ": "...), f.Value...), "\r\n"...)
		}
		if len(body) > 0 && fields.Count("Content-Length") == 0 {
			out = append(out, "Content-Length: "+strconv.Itoa(len(body))+"\r\n"...)
		}
		out = append(append(out, "\r\n"...), body...)
	}
	if r := m.request; r != nil {
		out = append(append(append(append(out, r.Method...), ' '), r.Target...), " HTTP/1.1\r\n"...)
		rest(r.Fields, r.Body)
		_, err := r.Append(nil)
		return KindOf(err), KindOf(new(Request).Parse(out, Limits{}))
	}
	r := m.response
	out = append(append(out, "HTTP/1.1 "+strconv.Itoa(r.Status)+" "...), r.Reason...)
	out = append(out, "\r\n"...)
	rest(r.Fields, r.Body)
	_, err := r.Append(nil)
	return KindOf(err), KindOf(new(Response).Parse(out, Limits{}))
}
