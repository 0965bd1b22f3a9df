package adaptertest

import (
	"context"
	"net/http"

	"example.com/khp/transport"
	"example.com/khp/transport/adapter"
	"example.com/khp/transport/coderws"
	"github.com/coder/websocket"
)

var coder = library{
	name: "coder",
	dial: func(ctx context.Context, url string,
		o *adapter.ClientOptions) (conn, *adapter.Result, error) {
		c, result, err := coderws.Dial(ctx, url, nil, o)
		if err != nil {
			return nil, nil, err
		}
		return coderConn{c}, result, nil
	},
	handler: func(o *adapter.ServerOptions, serve func(context.Context, conn,
		*adapter.Result)) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ws, err := websocket.Accept(w, r,
				&websocket.AcceptOptions{Subprotocols: []string{coderws.Subprotocol}})
			if err != nil {
				return
			}
			defer ws.CloseNow()
			result, err := coderws.Accept(r.Context(), ws, r, o)
			if err != nil {
				return
			}
			serve(r.Context(), coderConn{ws}, result)
			_ = coderConn{ws}.Close()
		})
	},
}

type coderConn struct{ ws *websocket.Conn }

func (c coderConn) Read(ctx context.Context) (transport.MessageType, []byte, error) {
	t, p, err := c.ws.Read(ctx)
	if code := websocket.CloseStatus(err); code > 0 {
		err = &transport.CloseError{Code: uint16(code)}
	}
	return transport.MessageType(t), p, err
}

func (c coderConn) Write(ctx context.Context, t transport.MessageType, p []byte) error {
	return c.ws.Write(ctx, websocket.MessageType(t), p)
}

func (c coderConn) Close() error { return c.ws.Close(websocket.StatusNormalClosure, "") }
