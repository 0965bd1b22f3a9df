package session

import (
	"slices"
	"strings"
	"testing"

	"example.com/khp/endpoint"
	"example.com/khp/wire"
)

// network.Monitor has its own tests; these are for the bounds that are added to it.
func TestMonitor_Refuses(t *testing.T) {
	url, err := wire.ParseURL("ws://h/p", nil)
	if err != nil {
		t.Fatal(err)
	}
	dial := endpoint.Output{Kind: endpoint.Dial, URL: &url}
	for name, outs := range map[string][]endpoint.Output{
		"illegal order": {{Kind: endpoint.Closed}, {Kind: endpoint.Closed}},
		"too many":      slices.Repeat([]endpoint.Output{{Kind: endpoint.SendPong}}, 100),
		"too large": {dial, {Kind: endpoint.SendBytes,
			Data: []byte("GET /p HTTP/1.1\r\nX: " + strings.Repeat("x", mostData) + "\r\n\r\n")}},
	} {
		var m monitor
		if m.take(outs) == nil {
			t.Errorf("%s: not refused", name)
		}
	}
}
