package property

import (
	"testing"

	"example.com/khp/wire"
)

// The slow judges know good from bad by themselves.
func TestSlow(t *testing.T) {
	for b, want := range map[string]bool{
		"GET / HTTP/1.1\r\n\r\n": true, "GET / HTTP/1.1\n\n": false, "GET / HTTP/1.0\r\n\r\n": false,
		"GET http://[::1]:80/ HTTP/1.1\r\n\r\n": true, "GET http://[::1%25a]/ HTTP/1.1\r\n\r\n": false,
		"GET / HTTP/1.1\r\nHost: a%4\r\n\r\n":          false,
		"GET / HTTP/1.1\r\nContent-Length: 1\r\n\r\nx": true, "GET / HTTP/1.1\r\n\r\nx": false,
		"GET ftp://a/ HTTP/1.1\r\n\r\n": false, "GET  HTTP/1.1\r\n\r\n": false,
	} {
		if slowRequest([]byte(b)) != want {
			t.Errorf("slow judge: %q is not %v", b, want)
		}
		var r wire.Request
		if (r.Parse([]byte(b), wire.Limits{}) == nil) != want {
			t.Errorf("wire: %q is not %v", b, want)
		}
	}
	for b, want := range map[string]bool{
		"HTTP/1.1 101\r\n\r\n": true, "HTTP/1.1 204 x\r\n\r\ny": false,
		"HTTP/1.1 200 x\r\n\r\nHTTP/1.1 200": false, "HTTP/1.1 099 x\r\n\r\n": false,
		"HTTP/1.1 200 \x00\r\n\r\n": false,
	} {
		if slowResponse([]byte(b)) != want {
			t.Errorf("slow judge: %q is not %v", b, want)
		}
	}
}
