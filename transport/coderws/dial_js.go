package coderws

import (
	"context"
	"errors"
	"net/http"

	"example.com/khp/transport/adapter"
	"example.com/khp/wire"
	"github.com/coder/websocket"
)

func usable(*websocket.DialOptions) error { return nil }

func dialTarget(
	ctx context.Context, t *adapter.Target, _ *websocket.DialOptions,
) (*websocket.Conn, *http.Response, error) {
	if len(t.Header) > 0 {
		return nil, nil, errors.New(
			"a browser sends no fields of others in the opening request; use Config.Header, whose fields " +
				"go into the extended request")
	}
	ws, resp, err := websocket.Dial(ctx, t.URL, &websocket.DialOptions{Subprotocols: t.Subprotocols})
	if err != nil {
		return nil, nil, err
	}
	if resp.Header == nil { // a browser does not show it
		resp.Header = http.Header{}
	}
	if protocol := ws.Subprotocol(); protocol != "" {
		resp.Header.Set("Sec-WebSocket-Protocol", protocol)
	}
	return ws, resp, nil
}

// statusCode is a close code that a browser sends; the library has no empty Close frame for others.
func statusCode(code uint16) websocket.StatusCode {
	if wire.ScriptCloseCode(code) {
		return websocket.StatusCode(code)
	}
	return websocket.StatusNormalClosure
}
