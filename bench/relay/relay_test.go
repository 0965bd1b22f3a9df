package main

import (
	"net"
	"testing"

	"github.com/stretchr/testify/require"
)

// listenHere serves on loopback until the test ends.
func listenHere(t *testing.T, serve func(net.Listener) error) *net.TCPAddr {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	go func() { _ = serve(ln) }()
	t.Cleanup(func() { _ = ln.Close() })
	return ln.Addr().(*net.TCPAddr)
}

// All messages of every load come back, through a proxy too, and none is counted twice.
func TestLoads(t *testing.T) {
	backend := listenHere(t, serveEcho)
	bare := listenHere(t, func(ln net.Listener) error { return serveBare(ln, backend.String()) })
	for _, l := range loads {
		for name, addr := range map[string]*net.TCPAddr{"back end": backend, "proxy": bare} {
			t.Run(l.name+"/"+name, func(t *testing.T) {
				l.clients = 3
				c, err := l.connect(addr, false)
				require.NoError(t, err)
				defer c.close()
				for range 2 {
					n, err := c.run(0)
					require.NoError(t, err)
					require.Equal(t, l.clients*l.inFlight, n, "a turn without time sends what is in flight")
				}
			})
		}
	}
}
