package khptest

import (
	"net"
	"testing"

	"github.com/stretchr/testify/require"
)

// TCPBackend listens, and returns a function for its next connection.
func TCPBackend(t *testing.T) (addr string, next func() *net.TCPConn) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = ln.Close() })
	return ln.Addr().String(), func() *net.TCPConn {
		nc, err := ln.Accept()
		require.NoError(t, err)
		t.Cleanup(func() { _ = nc.Close() })
		return nc.(*net.TCPConn)
	}
}
