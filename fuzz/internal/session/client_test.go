package session

import (
	"testing"

	"example.com/khp/endpoint"
	"example.com/khp/wire"
)

// A second call of Connect is a mistake of the host, and changes nothing.
func TestFinding_ConnectTwice(t *testing.T) {
	c, err := endpoint.NewClient("ws://h/p", endpoint.ClientConfig{})
	if err != nil {
		t.Fatal(err)
	}
	c.Connect(start)
	c.Connected(start, [16]byte{})
	c.Opened(start, endpoint.Subprotocol, nil, "")
	c.Message(start, wire.Binary, []byte("HTTP/1.1 302 Found\r\nLocation: ws://other/\r\n\r\n"))
	c.Message(start, wire.Binary, nil)
	before := c.URL()
	if c.Connect(start); c.URL() != before {
		t.Errorf("moved on from %v", before)
	}
}
