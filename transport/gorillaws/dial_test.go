package gorillaws

import (
	"context"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/khp/transport"
	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"
)

// deadlines is a socket that remembers its deadlines.
type deadlines struct {
	net.Conn
	mu          sync.Mutex
	read, write time.Time
}

func (d *deadlines) SetDeadline(t time.Time) error {
	_ = d.SetReadDeadline(t)
	return d.SetWriteDeadline(t)
}

func (d *deadlines) SetReadDeadline(t time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.read = t
	return d.Conn.SetReadDeadline(t)
}

func (d *deadlines) SetWriteDeadline(t time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.write = t
	return d.Conn.SetWriteDeadline(t)
}

// The application gets its connection without deadlines of the handshake, and the end of the
// context of Dial means nothing to it.
func TestDial_LeavesNoDeadlines(t *testing.T) {
	srv := httptest.NewServer(&transport.Handler{
		Serve: func(ctx context.Context, c *transport.Conn) error {
			kind, p, err := c.Read(ctx)
			if err == nil {
				err = c.Write(ctx, kind, p)
			}
			return err
		}})
	defer srv.Close()
	var socket *deadlines
	dialer := &websocket.Dialer{
		NetDialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			nc, err := new(net.Dialer).DialContext(ctx, network, addr)
			socket = &deadlines{Conn: nc}
			return socket, err
		}}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	ws, _, err := Dial(ctx, "ws"+strings.TrimPrefix(srv.URL, "http"), dialer, nil)
	require.NoError(t, err)
	defer ws.Close()
	cancel()
	require.Empty(t, dialer.Subprotocols, "the caller's dialer is not changed")
	require.NoError(t, ws.WriteMessage(websocket.TextMessage, []byte("hello")))
	socket.mu.Lock()
	require.Zero(t, socket.read)
	require.Zero(t, socket.write)
	socket.mu.Unlock()
	_, p, err := ws.ReadMessage()
	require.NoError(t, err)
	require.Equal(t, "hello", string(p))
}
