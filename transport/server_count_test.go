package transport

import (
	"context"
	"net"
	"testing"

	"github.com/stretchr/testify/require"
)

// Once Shutdown has returned without an error, no connection is counted any more.
func TestServer_Connections_AfterShutdown(t *testing.T) {
	for range 50 {
		srv := &Server{Handler: &Handler{Serve: func(ctx context.Context, c *Conn) error {
			_, _, err := c.Read(ctx)
			return err
		}}}
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		served := make(chan error, 1)
		go func() { served <- srv.Serve(ln) }()
		for range 4 {
			c, err := Dial(t.Context(), "ws://"+ln.Addr().String(), nil)
			require.NoError(t, err)
			c.CloseRead(t.Context()) // answers the server's Close
		}
		require.NoError(t, srv.Shutdown(t.Context()))
		require.Zero(t, srv.Connections())
		<-served
	}
}
