package coderws

import (
	"context"
	"errors"
	"fmt"

	"example.com/khp/fsm"
	"example.com/khp/transport"
	"example.com/khp/wire"
	"github.com/coder/websocket"
)

// conn is a connection of the library as an adapter.Conn. The message types of both are the opcodes
// of RFC 6455.
type conn struct {
	ws      *websocket.Conn
	reading context.Context // ends with Close; the library closes a connection whose read is cancelled
	stop    context.CancelFunc
	closing bool
}

func newConn(ws *websocket.Conn) *conn {
	c := &conn{ws: ws}
	c.reading, c.stop = context.WithCancel(context.Background())
	return c
}

func (c *conn) ReadMessage() (wire.MessageType, []byte, error) {
	t, p, err := c.ws.Read(c.reading)
	var closed websocket.CloseError
	switch {
	case errors.As(err, &closed):
		err = &transport.CloseError{Code: uint16(closed.Code), Reason: closed.Reason}
	case errors.Is(err, websocket.ErrMessageTooBig):
		err = fmt.Errorf("%w: %w", fsm.FailureLimit, err)
	}
	return wire.MessageType(t), p, err
}

func (c *conn) WriteMessage(ctx context.Context, t wire.MessageType, p []byte) error {
	return c.ws.Write(ctx, websocket.MessageType(t), p)
}

// WriteClose leaves the closing handshake to the library, which knows it only as a whole: its
// goroutine ends with the connection, or after ten seconds.
func (c *conn) WriteClose(_ context.Context, code uint16, reason string) error {
	c.closing = true
	go func() { _ = c.ws.Close(statusCode(code), reason) }()
	return nil
}

func (c *conn) SetReadLimit(n int64) { c.ws.SetReadLimit(n) }

func (c *conn) Close() error {
	c.stop()
	if c.closing { // it would wait for that
		return nil
	}
	return c.ws.CloseNow()
}
