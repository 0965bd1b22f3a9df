package main

import (
	"io"
	"net"
	"regexp"
	"testing"

	"example.com/khp/bench/handshake"
	"github.com/stretchr/testify/require"
)

// serveHere serves on loopback until the test ends.
func serveHere(t *testing.T, s server) *net.TCPAddr {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	go func() { _ = s.serve(ln) }()
	t.Cleanup(func() { _ = ln.Close() })
	return ln.Addr().(*net.TCPAddr)
}

// All that is compared shakes hands, and a connection that is open stays so.
func TestServers(t *testing.T) {
	for _, s := range servers {
		if s.serve == nil {
			continue // a program of its own, which has its own tests
		}
		name := s.name
		if s.khp {
			name += "/khp"
		}
		t.Run(name, func(t *testing.T) {
			addr := serveHere(t, s)
			end, err := hold(addr, s.khp, 3)
			require.NoError(t, err)
			defer end()
			_, err = churn(addr, s.khp, 2, 1)
			require.NoError(t, err)
		})
	}
}

// Servers that do not look at requests answer with the very bytes of ours, but for the time.
func TestSameBytes(t *testing.T) {
	for _, s := range servers {
		if s.name != "khp Server" {
			continue
		}
		nc, err := net.DialTCP("tcp", nil, serveHere(t, s))
		require.NoError(t, err)
		defer nc.Close()
		for _, step := range []struct{ request, answer []byte }{{handshake.KHPRequest, handshake.Opened},
			{handshake.Extended, handshake.Accepted}} {
			_, err = nc.Write(step.request)
			require.NoError(t, err)
			answer := make([]byte, len(step.answer))
			_, err = io.ReadFull(nc, answer)
			require.NoError(t, err)
			date := regexp.MustCompile(`\d\d:\d\d:\d\d|\w{3}, \d\d \w{3} \d{4}`)
			require.Equal(t, date.ReplaceAllString(string(step.answer), ""),
				date.ReplaceAllString(string(answer), ""))
		}
	}
}
