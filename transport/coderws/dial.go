package coderws

import (
	"context"
	"crypto/tls"
	"errors"
	"maps"
	"net/http"

	"example.com/khp/transport/adapter"
	"github.com/coder/websocket"
)

// ClientOptions are what a client asks for and allows; nil is right for a server that speaks KHP by the specification.
type ClientOptions = adapter.ClientOptions

// Result is what a handshake agreed on.
type Result = adapter.Result

// Dial connects to url with the library's dial, which may be nil, and shakes hands, with redirects and credentials as opts say. The connection that it
// returns is open for the application, which goes on with it as ever. Subprotocols of dial are not used: those of opts.Config are. Authorization and Cookie of its HTTPHeader go to
// the first origin only; its Host must be empty.
//
// When ctx ends first the attempt is given up. A failure is a [*transport.HandshakeError].
func Dial(ctx context.Context, url string, dial *websocket.DialOptions, opts *ClientOptions) (*websocket.Conn, *Result, error) {
	if dial == nil {
		dial = &websocket.DialOptions{}
	}
	if dial.Host != "" {
		return nil, nil, errors.New("coderws: DialOptions.Host cannot be used: the extended request names the host of the URL; put the name there and the address into the Transport's DialContext")
	}
	c, result, err := adapter.Client(ctx, url, opts, func(ctx context.Context, t *adapter.Target) (*conn, *http.Response, error) {
		o := *dial
		o.Subprotocols, o.HTTPHeader, o.HTTPClient = t.Subprotocols, headerFor(dial.HTTPHeader, t), clientFor(dial.HTTPClient, t)
		ws, resp, err := websocket.Dial(ctx, t.URL, &o)
		return newConn(ws), resp, err
	})
	if err != nil {
		return nil, nil, err
	}
	return c.ws, result, nil
}

// headerFor is h, as far as it is meant for the target, with the target's own fields.
func headerFor(h http.Header, t *adapter.Target) http.Header {
	own := http.Header{}
	maps.Copy(own, h)
	if !t.SameOrigin {
		own.Del("Authorization")
		own.Del("Cookie")
	}
	maps.Copy(own, t.Header)
	return own
}

// clientFor is c, as far as it is meant for the target, and without redirects of its own.
func clientFor(c *http.Client, t *adapter.Target) *http.Client {
	own := &http.Client{}
	if c != nil {
		*own = *c
	}
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if transport, ok := own.Transport.(*http.Transport); ok {
		own.Transport = transportFor(transport, t.TLSConfig(transport.TLSClientConfig))
	}
	return own
}

// transportFor is t with cfg; a copy if that is another one than t has.
func transportFor(t *http.Transport, cfg *tls.Config) *http.Transport {
	if cfg == t.TLSClientConfig {
		return t
	}
	t = t.Clone()
	t.TLSClientConfig = cfg
	t.DisableKeepAlives = true // nobody would close what it kept
	return t
}
