package wire

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestResponse_Kinds(t *testing.T) {
	t.Attr("req", "KHP-CLASS-UNLISTED-02")
	t.Attr("req", "KHP-EXT-RSP-05")
	t.Attr("req", "KHP-CLASS-1XX-01")
	t.Attr("req", "KHP-STATUS-204-02")
	t.Attr("req", "KHP-STATUS-205-02")
	for _, c := range []struct {
		name, in string
		kind     Kind
		off      int
	}{
		{"empty", "", KindEmpty, 0},
		{"incomplete/version", "HTTP/1", KindIncomplete, 6},
		{"incomplete/status", "HTTP/1.1 10", KindIncomplete, 11},
		{"incomplete/after-status", "HTTP/1.1 101", KindIncomplete, 12},
		{"incomplete/reason", "HTTP/1.1 101 OK", KindIncomplete, 15},
		{"status-line/leading-crlf", "\r\nHTTP/1.1 101\r\n\r\n", KindStatusLine, 0},
		{"status-line/other", "Hello", KindStatusLine, 1},
		{"status-line/no-space", "HTTP/1.1\r\n\r\n", KindStatusLine, 8},
		{"status-line/tab", "HTTP/1.1 101\tOK\r\n\r\n", KindStatusLine, 12},
		{"status-line/control-in-reason", "HTTP/1.1 101 O\x1bK\r\n\r\n", KindStatusLine, 14},
		{"version/10", "HTTP/1.0 101 OK\r\n\r\n", KindVersion, 7},
		{"version/2", "HTTP/2 101 OK\r\n\r\n", KindVersion, 5},
		{"status-code/two-digits", "HTTP/1.1 99 X\r\n\r\n", KindStatusCode, 11},
		{"status-code/four-digits", "HTTP/1.1 1010 X\r\n\r\n", KindStatusCode, 12},
		{"status-code/zero", "HTTP/1.1 000 X\r\n\r\n", KindStatusCode, 9},
		{"status-code/099", "HTTP/1.1 099 X\r\n\r\n", KindStatusCode, 9},
		{"status-code/sign", "HTTP/1.1 +10 X\r\n\r\n", KindStatusCode, 9},
		{"status-code/missing", "HTTP/1.1 \r\n\r\n", KindStatusCode, 9},
		{"status-code/two-spaces", "HTTP/1.1  101 X\r\n\r\n", KindStatusCode, 9},
		{"status-code/999-ok", "HTTP/1.1 999\r\n\r\n", 0, 0},
		{"line-end/lf", "HTTP/1.1 101\n", KindLineEnd, 12},
		{"line-end/lf-after-reason", "HTTP/1.1 101 OK\n", KindLineEnd, 15},
		{"line-end/cr", "HTTP/1.1 101 OK\rX", KindLineEnd, 15},
		{"reason/empty-ok", "HTTP/1.1 101 \r\n\r\n", 0, 0},
		{"reason/none-ok", "HTTP/1.1 101\r\n\r\n", 0, 0},
		{"host-not-checked-ok", "HTTP/1.1 101\r\nHost: a b\r\nHost: c\r\n\r\n", 0, 0},
		{"body/101", "HTTP/1.1 101\r\n\r\nx", KindBodyForbidden, 16},
		{"body/199", "HTTP/1.1 199\r\n\r\nx", KindBodyForbidden, 16},
		{"body/204", "HTTP/1.1 204\r\n\r\nx", KindBodyForbidden, 16},
		{"body/205", "HTTP/1.1 205\r\n\r\nx", KindBodyForbidden, 16},
		{"body/304", "HTTP/1.1 304\r\n\r\nx", KindBodyForbidden, 16},
		{"body/205-length", "HTTP/1.1 205\r\nContent-Length: 1\r\n\r\nx", KindBodyForbidden, 14},
		{"body/205-length-zero", "HTTP/1.1 205\r\nContent-Length: 0\r\n\r\nx", KindBodyForbidden, 35},
		{"body/205-length-zero-ok", "HTTP/1.1 205\r\nContent-Length: 0\r\n\r\n", 0, 0},
		{"body/rest-ok", "HTTP/1.1 200\r\n\r\nwhatever", 0, 0},
		{"body/none-ok", "HTTP/1.1 200\r\n\r\n", 0, 0},
		{"body/short", "HTTP/1.1 200\r\nContent-Length: 3\r\n\r\nab", KindBodyTooShort, 37},
		{"body/surplus", "HTTP/1.1 200\r\nContent-Length: 3\r\n\r\nabcd", KindSurplus, 38},
		{"body/second-response", "HTTP/1.1 202\r\n\r\nHTTP/1.1 101 OK\r\n\r\n", KindSurplus, 16},
		{"body/start-of-a-second-response", "HTTP/1.1 202\r\n\r\nHTTP/1.", KindSurplus, 16},
		{"body/nearly-a-second-response-ok", "HTTP/1.1 202\r\n\r\nHTTP/1", 0, 0},
		{"body/too-large", "HTTP/1.1 200\r\n\r\n" + strings.Repeat("x", 64<<10+1),
			KindBodyTooLarge, 16 + 64<<10},
		{"length/too-large", "HTTP/1.1 200\r\nContent-Length: 65537\r\n\r\n", KindBodyTooLarge, 14},
		{"transfer-encoding", "HTTP/1.1 200\r\nTransfer-Encoding: identity\r\n\r\n",
			KindTransferEncoding, 14},
	} {
		t.Run(c.name, func(t *testing.T) {
			var r Response
			err := r.Parse([]byte(c.in), Limits{})
			wantKind(t, c.kind, err)
			if err != nil {
				require.Equal(t, c.off, err.(*ParseError).Offset, "%v", err)
			}
		})
	}
}

func TestResponse_Parse(t *testing.T) {
	var r Response
	require.NoError(t, r.Parse([]byte("HTTP/1.2 401 Not you\r\n"+
		"WWW-Authenticate: Application Token\r\nContent-Length: 2\r\n\r\nno"), Limits{}))
	require.Equal(t, 401, r.Status)
	require.Equal(t, 2, r.Minor)
	require.Equal(t, "Not you", string(r.Reason))
	require.Equal(t, int64(2), r.ContentLength)
	require.Equal(t, "no", string(r.Body))
	require.NoError(t, r.Parse([]byte("HTTP/1.1 101\r\n\r\n"), Limits{}))
	require.Equal(t, Response{Status: 101, Minor: 1, ContentLength: -1, Fields: Fields{}}, r,
		"nothing is left of the last one")
}

func TestResponse_Append(t *testing.T) {
	for _, c := range []struct {
		name string
		r    Response
		kind Kind
		want string
	}{
		{"plain", Response{Status: 101, Reason: []byte("Web Socket Protocol Handshake")}, 0,
			"HTTP/1.1 101 Web Socket Protocol Handshake\r\n\r\n"},
		{"body", Response{Status: 403, Body: []byte("no")}, 0,
			"HTTP/1.1 403 \r\nContent-Length: 2\r\n\r\nno"},
		{"length-given", Response{Status: 403, Fields: Fields{{[]byte("content-length"), []byte("2")}},
			Body: []byte("no")}, 0, "HTTP/1.1 403 \r\ncontent-length: 2\r\n\r\nno"},
		{"length-zero", Response{Status: 101, Fields: Fields{{[]byte("Content-Length"), []byte("0")}}}, 0,
			"HTTP/1.1 101 \r\nContent-Length: 0\r\n\r\n"},
		{"length-low", Response{Status: 403, Fields: Fields{{[]byte("Content-Length"), []byte("1")}},
			Body: []byte("no")}, KindSurplus, ""},
		{"length-high", Response{Status: 403, Fields: Fields{{[]byte("Content-Length"), []byte("3")}},
			Body: []byte("no")}, KindBodyTooShort, ""},
		{"hosts", Response{Status: 200, Fields: Fields{{[]byte("Host"), []byte("a b")},
			{[]byte("Host"), nil}}}, 0, "HTTP/1.1 200 \r\nHost: a b\r\nHost: \r\n\r\n"},
		{"body-on-204", Response{Status: 204, Body: []byte("no")}, KindBodyForbidden, ""},
		{"body-large", Response{Status: 200, Body: make([]byte, 64<<10+1)}, KindBodyTooLarge, ""},
		{"status-low", Response{Status: 99}, KindStatusCode, ""},
		{"status-high", Response{Status: 1000}, KindStatusCode, ""},
		{"reason", Response{Status: 101, Reason: []byte("a\r\nb")}, KindStatusLine, ""},
		{"reason-long", Response{Status: 101, Reason: []byte(strings.Repeat("a", 9000))},
			KindLineTooLong, ""},
		{"transfer-encoding", Response{Status: 101,
			Fields: Fields{{[]byte("Transfer-Encoding"), []byte("chunked")}}}, KindTransferEncoding, ""},
		{"value-blank", Response{Status: 101, Fields: Fields{{[]byte("A"), []byte(" b")}}},
			KindFieldValue, ""},
		{"value-folded", Response{Status: 101, Fields: Fields{{[]byte("A"), []byte("b\r\n c")}}},
			KindFieldValue, ""},
		{"value-long", Response{Status: 101,
			Fields: Fields{{[]byte("A"), []byte(strings.Repeat("a", 9000))}}}, KindLineTooLong, ""},
		{"name", Response{Status: 101, Fields: Fields{{[]byte("A:"), []byte("b")}}}, KindFieldName, ""},
		{"many", Response{Status: 101, Fields: make(Fields, 101)}, KindFieldName, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, err := c.r.Append([]byte("before"))
			wantKind(t, c.kind, err)
			require.Equal(t, "before"+c.want, string(out))
		})
	}
	var r Response
	r.Status = 101
	for range 101 {
		r.Fields = append(r.Fields, Field{[]byte("A"), []byte("b")})
	}
	_, err := r.Append(nil)
	wantKind(t, KindTooManyFields, err)
	for i := range 3 {
		r.Fields[i].Value = []byte(strings.Repeat("a", 8000))
	}
	r.Fields = r.Fields[:3]
	_, err = r.Append(nil)
	wantKind(t, KindHeadTooLarge, err)
}

func TestResponse_RoundTrip(t *testing.T) {
	t.Attr("req", "KHP-EXT-04")
	rapid.Check(t, func(t *rapid.T) {
		r := Response{
			Status: rapid.IntRange(100, 999).Draw(t, "status"),
			Reason: []byte(rapid.StringMatching(`[\t -~\x{80}-\x{ff}]{0,20}`).Draw(t, "reason")),
			Fields: genFields(t),
		}
		if !Bodiless(r.Status) {
			r.Body = genBytes.Draw(t, "body")
		}
		out, err := r.Append(nil)
		require.NoError(t, err)
		var got Response
		require.NoError(t, got.Parse(out, Limits{}))
		require.Equal(t, r.Status, got.Status)
		require.Equal(t, string(r.Reason), string(got.Reason))
		require.Equal(t, string(r.Body), string(got.Body))
		for i, f := range r.Fields {
			require.Equal(t, string(f.Name), string(got.Fields[i].Name))
			require.Equal(t, string(f.Value), string(got.Fields[i].Value))
		}
		again, err := got.Append(nil)
		require.NoError(t, err)
		require.Equal(t, out, again)
	})
}

func TestResponse_NoAllocation(t *testing.T) {
	in := []byte("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\nContent-Length: 2\r\n\r\nno")
	var r Response
	require.NoError(t, r.Parse(in, Limits{}))
	require.Zero(t, testing.AllocsPerRun(100, func() { _ = r.Parse(in, Limits{}) }))
}
