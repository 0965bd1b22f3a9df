//go:build !js

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

func usable(dial *websocket.DialOptions) error {
	if dial.Host != "" {
		return errors.New("coderws: DialOptions.Host cannot be used: the extended request names the " +
			"host of the URL; put the name there and the address into the Transport's DialContext")
	}
	return nil
}

func dialTarget(
	ctx context.Context, t *adapter.Target, dial *websocket.DialOptions,
) (*websocket.Conn, *http.Response, error) {
	o := *dial
	o.Subprotocols, o.HTTPHeader, o.HTTPClient = t.Subprotocols, headerFor(dial.HTTPHeader, t),
		clientFor(dial.HTTPClient, t)
	return websocket.Dial(ctx, t.URL, &o)
}

// statusCode is a close code for the library; 0 is none.
func statusCode(code uint16) websocket.StatusCode {
	if code == 0 {
		return websocket.StatusNoStatusRcvd
	}
	return websocket.StatusCode(code)
}

// headerFor returns the fields of h that are meant for the target, with the target's own fields.
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

// clientFor returns the part of c that is meant for the target, without redirects of its own.
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
	t.DisableKeepAlives = true // idle connections would stay open
	return t
}
