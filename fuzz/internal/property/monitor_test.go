package property

import (
	"slices"
	"strings"
	"testing"

	"example.com/khp/endpoint"
	"example.com/khp/wire"
)

// The monitor has its own tests; here is what is added to it.
func TestMonitor_Refuses(t *testing.T) {
	url, err := wire.ParseURL("ws://h/p", nil)
	if err != nil {
		t.Fatal(err)
	}
	dial := endpoint.Output{Kind: endpoint.Dial, URL: &url}
	for name, outs := range map[string][]endpoint.Output{
		"illegal order": {{Kind: endpoint.Closed}, {Kind: endpoint.Closed}},
		"too many":      slices.Repeat([]endpoint.Output{{Kind: endpoint.SendPong}}, 100),
		"too large":     {dial, {Kind: endpoint.SendBytes, Data: []byte("GET /p HTTP/1.1\r\nX: " + strings.Repeat("x", mostData) + "\r\n\r\n")}},
	} {
		var m monitor
		if m.take(outs) == nil {
			t.Errorf("%s: not refused", name)
		}
	}
}

// The slow judges know good from bad by themselves.
func TestSlow(t *testing.T) {
	for b, want := range map[string]bool{
		"GET / HTTP/1.1\r\n\r\n": true, "GET / HTTP/1.1\n\n": false, "GET / HTTP/1.0\r\n\r\n": false, "GET http://[::1]:80/ HTTP/1.1\r\n\r\n": true, "GET http://[::1%25a]/ HTTP/1.1\r\n\r\n": false,
		"GET / HTTP/1.1\r\nHost: a%4\r\n\r\n": false, "GET / HTTP/1.1\r\nContent-Length: 1\r\n\r\nx": true, "GET / HTTP/1.1\r\n\r\nx": false, "GET ftp://a/ HTTP/1.1\r\n\r\n": false, "GET  HTTP/1.1\r\n\r\n": false,
	} {
		if slowRequest([]byte(b)) != want {
			t.Errorf("slow judge: %q is not %v", b, want)
		}
		var r wire.Request
		if (r.Parse([]byte(b), wire.Limits{}) == nil) != want {
			t.Errorf("wire: %q is not %v", b, want)
		}
	}
	for b, want := range map[string]bool{"HTTP/1.1 101\r\n\r\n": true, "HTTP/1.1 204 x\r\n\r\ny": false, "HTTP/1.1 200 x\r\n\r\nHTTP/1.1 200": false, "HTTP/1.1 099 x\r\n\r\n": false, "HTTP/1.1 200 \x00\r\n\r\n": false} {
		if slowResponse([]byte(b)) != want {
			t.Errorf("slow judge: %q is not %v", b, want)
		}
	}
}
