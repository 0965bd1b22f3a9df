package gorillaws

import (
	"context"
	"net/http"

	"example.com/khp/transport/adapter"
	"github.com/gorilla/websocket"
)

// ClientOptions configures a client; nil is right for a server that speaks KHP by the
// specification.
type ClientOptions = adapter.ClientOptions

// Result is the outcome of a handshake.
type Result = adapter.Result

// Dial connects to url with dialer, nil is websocket.DefaultDialer, and shakes hands, with
// redirects and credentials as opts say. The connection that it returns is open for the
// application, which goes on with it as ever; it has no deadlines. The dialer's Subprotocols are
// not used: those of opts.Config are.
//
// When ctx ends first the attempt is given up. A failure is a [*transport.HandshakeError]. The
// timeouts of opts apply, and the HandshakeTimeout of the dialer where it is shorter.
func Dial(
	ctx context.Context, url string, dialer *websocket.Dialer, opts *ClientOptions,
) (*websocket.Conn, *Result, error) {
	if dialer == nil {
		dialer = websocket.DefaultDialer
	}
	c, result, err := adapter.Client(ctx, url, opts,
		func(ctx context.Context, t *adapter.Target) (*conn, *http.Response, error) {
			d := *dialer
			d.Subprotocols, d.TLSClientConfig = t.Subprotocols, t.TLSConfig(d.TLSClientConfig)
			ws, resp, err := d.DialContext(ctx, t.URL, t.Header)
			return &conn{ws}, resp, err
		})
	if err != nil {
		return nil, nil, err
	}
	return c.ws, result, nil
}
