package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/transport"
	"example.com/khp/transport/adapter"
	"example.com/khp/wire"
	"github.com/lxzan/gws"
)

// conn is a connection of the library as an adapter.Conn.
type conn struct {
	adapter.Inbox // messages from the library
	socket        *gws.Conn
}

// handler serves clients of KHP: each message of an open connection goes to receive.
func handler(o *adapter.ServerOptions, receive func(*conn, wire.MessageType, []byte)) http.Handler {
	upgrader := gws.NewUpgrader(events{}, &gws.ServerOption{
		SubProtocols: []string{endpoint.Subprotocol}, CheckUtf8Enabled: true, ReadMaxPayloadSize: 1 << 20,
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		socket, err := upgrader.Upgrade(w, r)
		if err != nil {
			return // the library has answered
		}
		c := &conn{socket: socket}
		socket.Session().Store("conn", c)
		go c.read()
		// After an error the client has been told, and is gone.
		if _, err := adapter.Server(r.Context(), c, r, o); err == nil {
			c.Deliver(func(t wire.MessageType, p []byte) { receive(c, t, p) }, func(error) { _ = c.Close() })
		}
	})
}

// read runs the library, which panics at a frame whose length has its highest bit set.
func (c *conn) read() {
	defer func() {
		if v := recover(); v != nil {
			c.End(fmt.Errorf("%w: gws: %v", fsm.FailureFrame, v))
		}
	}()
	c.socket.ReadLoop()
}

// events has the callbacks of the library, which run in the goroutine that reads.
type events struct{ gws.BuiltinEventHandler }

func of(s *gws.Conn) *conn { c, _ := s.Session().Load("conn"); return c.(*conn) }

func (events) OnPing(s *gws.Conn, p []byte) { _ = s.WritePong(p) }
func (events) OnMessage(s *gws.Conn, m *gws.Message) {
	of(s).Message(wire.MessageType(m.Opcode), m.Bytes())
	_ = m.Close()
}
func (events) OnClose(s *gws.Conn, err error) {
	var closed *gws.CloseError
	var sent interface{ Uint16() uint16 } // the code that the library closed with
	switch {
	case errors.As(err, &closed):
		err = &transport.CloseError{Code: closed.Code, Reason: string(closed.Reason)}
	case errors.Is(err, gws.ErrTextEncoding):
		err = fmt.Errorf("%w: %w", fsm.FailureUTF8, err)
	case errors.As(err, &sent) && sent.Uint16() == 1009:
		err = fmt.Errorf("%w: %w", fsm.FailureLimit, err)
	}
	of(s).End(err) // the adapter tells other violations from the end of the connection
}

// WriteMessage implements adapter.Conn. The application calls it, too.
func (c *conn) WriteMessage(ctx context.Context, t wire.MessageType, p []byte) error {
	return c.write(ctx, gws.Opcode(t), p)
}

// WriteClose implements adapter.Conn. The library's own WriteClose drops the connection at once.
func (c *conn) WriteClose(ctx context.Context, code uint16, reason string) error {
	return c.write(ctx, gws.OpcodeCloseConnection, wire.AppendClose(nil, code, reason))
}

func (c *conn) write(ctx context.Context, op gws.Opcode, p []byte) error {
	defer context.AfterFunc(ctx, func() { _ = c.socket.NetConn().SetWriteDeadline(time.Unix(1, 0)) })()
	return c.socket.WriteMessage(op, p)
}

// Close implements adapter.Conn.
func (c *conn) Close() error { c.Inbox.Close(); return c.socket.NetConn().Close() }
