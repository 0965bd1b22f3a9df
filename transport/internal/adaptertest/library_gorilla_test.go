package adaptertest

import (
	"context"
	"net/http"
	"time"

	"example.com/khp/transport"
	"example.com/khp/transport/adapter"
	"example.com/khp/transport/gorillaws"
	"github.com/gorilla/websocket"
)

var gorilla = library{
	name: "gorilla",
	dial: func(ctx context.Context, url string,
		o *adapter.ClientOptions) (conn, *adapter.Result, error) {
		c, result, err := gorillaws.Dial(ctx, url, nil, o)
		if err != nil {
			return nil, nil, err
		}
		return gorillaConn{c}, result, nil
	},
	handler: func(o *adapter.ServerOptions, serve func(context.Context, conn,
		*adapter.Result)) http.Handler {
		upgrader := websocket.Upgrader{Subprotocols: []string{gorillaws.Subprotocol}}
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ws, err := upgrader.Upgrade(w, r, nil)
			if err != nil {
				return
			}
			defer ws.Close()
			result, err := gorillaws.Accept(r.Context(), ws, r, o)
			if err != nil {
				return
			}
			serve(r.Context(), gorillaConn{ws}, result)
			_ = gorillaConn{ws}.Close()
		})
	},
}

type gorillaConn struct{ ws *websocket.Conn }

func (c gorillaConn) Read(ctx context.Context) (transport.MessageType, []byte, error) {
	if deadline, ok := ctx.Deadline(); ok {
		_ = c.ws.SetReadDeadline(deadline)
	}
	t, p, err := c.ws.ReadMessage()
	if closed, ok := err.(*websocket.CloseError); ok {
		err = &transport.CloseError{Code: uint16(closed.Code), Reason: closed.Text}
	}
	return transport.MessageType(t), p, err
}

func (c gorillaConn) Write(_ context.Context, t transport.MessageType, p []byte) error {
	return c.ws.WriteMessage(int(t), p)
}

func (c gorillaConn) Close() error {
	_ = c.ws.WriteControl(websocket.CloseMessage,
		websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(time.Second))
	_ = c.ws.SetReadDeadline(time.Now().Add(time.Second))
	for {
		if _, _, err := c.ws.ReadMessage(); err != nil {
			return c.ws.Close()
		}
	}
}
