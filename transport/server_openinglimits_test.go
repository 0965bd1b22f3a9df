package transport

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"

	"example.com/khp/endpoint"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// The limits of a Server count for opening requests before those of their Handler do.
func TestServer_LimitsOfOpeningRequests(t *testing.T) {
	addr := serving(t, &Server{Handler: &Handler{Serve: echoServe}, Limits: wire.Limits{Head: 1000}})
	for filler, want := range map[int]int{
		100:  http.StatusSwitchingProtocols,
		1500: http.StatusRequestHeaderFieldsTooLarge,
	} {
		nc, err := net.Dial("tcp", addr)
		require.NoError(t, err)
		_, err = fmt.Fprintf(nc, "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n"+
			"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"+
			"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: %s\r\n"+
			"X-Filler: %s\r\n\r\n", endpoint.Subprotocol, strings.Repeat("x", filler))
		require.NoError(t, err)
		r, err := http.ReadResponse(bufio.NewReader(nc), nil)
		require.NoError(t, err)
		require.Equal(t, want, r.StatusCode)
		require.NoError(t, nc.Close())
	}
}
