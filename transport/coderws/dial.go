package coderws

import (
	"context"
	"net/http"

	"example.com/khp/transport/adapter"
	"github.com/coder/websocket"
)

// ClientOptions configures a client; nil is right for a server that speaks KHP by the
// specification.
type ClientOptions = adapter.ClientOptions

// Result is the outcome of a handshake.
type Result = adapter.Result

// Dial connects to url with the library's dial, which may be nil, and shakes hands, with redirects
// and credentials as opts say. The connection that it returns is open for the application, which
// goes on with it as ever. Subprotocols of dial are not used: those of opts.Config are.
// Authorization and Cookie of its HTTPHeader go to the first origin only; its Host must be empty.
// In a browser (GOOS=js) no program can send fields of the opening request, and a Config with an
// OpeningHeader is refused.
//
// When ctx ends first the attempt is given up. A failure is a [*transport.HandshakeError].
func Dial(
	ctx context.Context, url string, dial *websocket.DialOptions, opts *ClientOptions,
) (*websocket.Conn, *Result, error) {
	if dial == nil {
		dial = &websocket.DialOptions{}
	}
	if err := usable(dial); err != nil {
		return nil, nil, err
	}
	c, result, err := adapter.Client(ctx, url, opts,
		func(ctx context.Context, t *adapter.Target) (*conn, *http.Response, error) {
			ws, resp, err := dialTarget(ctx, t, dial)
			return newConn(ws), resp, err
		})
	if err != nil {
		return nil, nil, err
	}
	return c.ws, result, nil
}
