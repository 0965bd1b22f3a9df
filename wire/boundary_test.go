package wire_test

import (
	"fmt"
	"strings"
	"testing"

	"example.com/khp/internal/lines"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// Input as long as a limit allows is accepted, and one unit more is refused, naming that limit.
func TestLimits_Boundaries(t *testing.T) {
	const n = 40
	request := func(target string, lines ...string) []byte {
		return []byte("GET " + target + " HTTP/1.1\r\n" +
			strings.Join(append(lines, ""), "\r\n") + "\r\n")
	}
	long := func(n int) string { return strings.Repeat("x", n) }
	fields := func(n int) (lines []string) {
		for i := range n {
			lines = append(lines, fmt.Sprintf("X-%d: y", i))
		}
		return lines
	}
	for name, v := range map[string]struct {
		limits wire.Limits
		head   func(n int) []byte
		kind   wire.Kind
	}{
		"fields": {wire.Limits{Fields: n}, func(n int) []byte { return request("/p", fields(n)...) },
			wire.KindTooManyFields},
		"target": {wire.Limits{Target: n}, func(n int) []byte { return request("/" + long(n-1)) },
			wire.KindTargetTooLong},
		"head": {wire.Limits{Head: n}, func(n int) []byte {
			return request("/p", "X: "+long(n-len(request("/p", "X: "))))
		}, wire.KindHeadTooLarge},
	} {
		for _, parse := range map[string]func(b []byte, l wire.Limits) (int, error){
			"extended": func(b []byte, l wire.Limits) (int, error) {
				var r wire.Request
				return r.ParseHead(b, l)
			},
			"opening": func(b []byte, l wire.Limits) (int, error) {
				var r wire.Request
				return r.ParseOpening(b, l)
			},
		} {
			b := v.head(n)
			used, err := parse(b, v.limits)
			require.NoError(t, err, name)
			require.Equal(t, len(b), used, name)
			_, err = parse(v.head(n+1), v.limits)
			require.Equal(t, v.kind, wire.KindOf(err), "%s: %v", name, err)
		}
		var watch lines.Watch
		require.True(t, watch.Grew(v.head(n), v.limits), name)
	}
	for _, size := range []int{n - 1, n, n + 1} {
		var r wire.Response
		err := r.Parse([]byte(fmt.Sprintf("HTTP/1.1 403 x\r\nContent-Length: %d\r\n\r\n%s",
			size, long(size))), wire.Limits{Body: n})
		if size > n {
			require.Equal(t, wire.KindBodyTooLarge, wire.KindOf(err))
			continue
		}
		require.NoError(t, err)
		require.Len(t, r.Body, size)
	}
}

// Addresses of IPv6 may end with zeros, begin with them, or be nothing else.
func TestParseURL_IPv6Zeros(t *testing.T) {
	for in, want := range map[string]string{
		"ws://[1::]/": "[1::]", "ws://[::]/": "[::]", "ws://[::1]/": "[::1]",
		"ws://[1:0:0:0:0:0:0:0]/": "[1::]", "ws://[1:2:3:4:5:6:7:8]/": "[1:2:3:4:5:6:7:8]",
		"ws://[1:0:0:2:0:0:0:3]/": "[1:0:0:2::3]",
	} {
		u, err := wire.ParseURL(in, nil)
		require.NoError(t, err, in)
		require.Equal(t, want+":80", u.HostPort(), in)
	}
}

// The last coding decides, with and without blanks in the list.
func TestParseOpening_TransferEncodings(t *testing.T) {
	for value, chunked := range map[string]bool{"chunked": true, " chunked": true,
		"gzip, chunked": true, "gzip,chunked": true, "gzip": false, "chunked,gzip": false} {
		var r wire.Response
		_, got, err := r.ParseOpening([]byte("HTTP/1.1 403 x\r\nTransfer-Encoding:"+value+"\r\n\r\n"),
			wire.DefaultLimits())
		require.NoError(t, err, value)
		require.Equal(t, chunked, got, value)
	}
}

// A Response that is used again keeps nothing of the answer before, and nothing of a wrong one.
func TestResponse_ParseOpeningAgain(t *testing.T) {
	var r wire.Response
	for range 2 {
		_, _, err := r.ParseOpening([]byte("HTTP/1.1 403 No\r\nA: b\r\nContent-Length: 5\r\n\r\n"),
			wire.DefaultLimits())
		require.NoError(t, err)
		require.Len(t, r.Fields, 2)
		require.Equal(t, int64(5), r.ContentLength)
		_, _, err = r.ParseOpening([]byte("HTTP/1.1 101 x\r\nC: d\r\n\r\n"), wire.DefaultLimits())
		require.NoError(t, err)
		require.Len(t, r.Fields, 1)
		require.Equal(t, int64(-1), r.ContentLength)
		_, _, err = r.ParseOpening([]byte("HTTP/1.1 200 x\r\nA: b\r\n: \r\n"), wire.DefaultLimits())
		require.Error(t, err)
		require.Empty(t, r.Fields)
		require.Zero(t, r.Status)
	}
}
