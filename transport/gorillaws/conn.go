package gorillaws

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/transport"
	"example.com/khp/wire"
	"github.com/gorilla/websocket"
)

// conn is a connection of the library as an adapter.Conn. The message types of both are the opcodes
// of RFC 6455.
type conn struct{ ws *websocket.Conn }

func (c *conn) ReadMessage() (wire.MessageType, []byte, error) {
	t, p, err := c.ws.ReadMessage()
	var closed *websocket.CloseError
	switch {
	// The library's word for the end of TCP.
	case errors.As(err, &closed) && closed.Code == websocket.CloseAbnormalClosure:
		err = io.ErrUnexpectedEOF
	case closed != nil:
		err = &transport.CloseError{Code: uint16(closed.Code), Reason: closed.Text}
	case errors.Is(err, websocket.ErrReadLimit):
		err = fmt.Errorf("%w: %w", fsm.FailureLimit, err)
	}
	return wire.MessageType(t), p, err
}

func (c *conn) WriteMessage(ctx context.Context, t wire.MessageType, p []byte) error {
	deadline, _ := ctx.Deadline()
	_ = c.ws.SetWriteDeadline(deadline)
	defer func() { _ = c.ws.SetWriteDeadline(time.Time{}) }()
	stop := context.AfterFunc(ctx, func() {
		if ctx.Err() == context.Canceled { // a deadline would be overwritten with each fragment
			_ = c.ws.Close()
		}
	})
	defer stop()
	return c.ws.WriteMessage(int(t), p)
}

func (c *conn) WriteClose(ctx context.Context, code uint16, reason string) error {
	if code == 0 {
		code = websocket.CloseNoStatusReceived
	}
	deadline, _ := ctx.Deadline()
	return c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(int(code), reason),
		deadline)
}

func (c *conn) SetReadLimit(n int64) { c.ws.SetReadLimit(n) }

func (c *conn) Close() error { return c.ws.Close() }
