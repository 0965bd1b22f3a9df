package khptest

import (
	"net"
	"testing"

	"github.com/stretchr/testify/require"
)

// Listen listens on a free port of loopback until the test ends.
func Listen(t testing.TB) net.Listener {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = ln.Close() })
	return ln
}

// Accept has serve use each connection of ln, in a goroutine of its own, and closes it then, until
// ln is closed.
func Accept(ln net.Listener, serve func(nc net.Conn)) {
	go func() {
		for {
			nc, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = nc.Close() }()
				serve(nc)
			}()
		}
	}()
}

// Serve is Accept on a free port until the test ends.
func Serve(t testing.TB, serve func(nc net.Conn)) (addr string) {
	t.Helper()
	ln := Listen(t)
	Accept(ln, serve)
	return ln.Addr().String()
}

// TCPBackend listens, and returns a function for its next connection.
func TCPBackend(t *testing.T) (addr string, next func() *net.TCPConn) {
	t.Helper()
	ln := Listen(t)
	return ln.Addr().String(), func() *net.TCPConn {
		nc, err := ln.Accept()
		require.NoError(t, err)
		t.Cleanup(func() { _ = nc.Close() })
		return nc.(*net.TCPConn)
	}
}
