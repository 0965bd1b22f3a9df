package transport

import (
	"maps"
	"net"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"example.com/khp/internal/tcptest"
	"github.com/stretchr/testify/require"
)

// network makes the two ends of a connection.
type network func(testing.TB) (client, server net.Conn)

// sockets are the networks of tests in real time.
var sockets = map[string]network{"pipe": pipePair, "tcp": tcpPair, "model": modelPair}

// virtualNetworks are those of tests in virtual time: a pipe, on which every write waits for the
// reader, and TCP, on which it does not. Bytes of one write arrive together on both, as tests of
// messages that come too early need it.
var virtualNetworks = map[string]network{"pipe": pipePair, "model": wholeModelPair}

func pipePair(t testing.TB) (client, server net.Conn) {
	client, server = net.Pipe()
	t.Cleanup(func() { client.Close(); server.Close() })
	return client, server
}

// tcpPair returns the two ends of a loopback connection.
func tcpPair(t testing.TB) (client, server net.Conn) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer ln.Close()
	client, err = net.Dial("tcp", ln.Addr().String())
	require.NoError(t, err)
	server, err = ln.Accept()
	require.NoError(t, err)
	t.Cleanup(func() { client.Close(); server.Close() })
	return client, server
}

// modelPair returns the two ends of a TCP connection on which bytes arrive in halves, and resets
// overtake them.
func modelPair(t testing.TB) (client, server net.Conn) {
	return modelOf(t, tcptest.Options{Overtakes: true, Pieces: func(n int) int { return (n + 1) / 2 }})
}

func wholeModelPair(t testing.TB) (client, server net.Conn) {
	return modelOf(t, tcptest.Options{Overtakes: true})
}

func modelOf(t testing.TB, o tcptest.Options) (client, server *tcptest.Conn) {
	client, server = tcptest.Pair(o)
	t.Cleanup(func() { client.Close(); server.Close() })
	return client, server
}

// inForce has the network of each test that runs on one of several.
var inForce sync.Map

// connection returns the two ends of a connection of the network that t runs on, a pipe if it is
// not said.
func connection(t testing.TB) (client, server net.Conn) {
	if n, ok := inForce.Load(t); ok {
		return n.(network)(t)
	}
	return pipePair(t)
}

// eachNetwork runs f, which makes something that can be used once, for each network of tests in
// virtual time.
func eachNetwork(t *testing.T, f func(t *testing.T)) {
	for _, name := range slices.Sorted(maps.Keys(virtualNetworks)) {
		t.Run(name, func(t *testing.T) {
			inForce.Store(t, virtualNetworks[name])
			defer inForce.Delete(t)
			f(t)
		})
	}
}

// virtual runs f with virtual time, on the network of t if it has one and else on each.
func virtual(t *testing.T, name string, f func(t *testing.T)) {
	some := virtualNetworks
	if n, ok := inForce.Load(t); ok {
		some = map[string]network{"": n.(network)}
	}
	t.Run(name, func(t *testing.T) { onNetworks(t, some, f) })
}

// onNetworks runs f with virtual time on some networks. A test that needs a peer on whom each write
// waits runs on a pipe, by synctest alone.
func onNetworks(t *testing.T, some map[string]network, f func(t *testing.T)) {
	for _, name := range slices.Sorted(maps.Keys(some)) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				inForce.Store(t, some[name])
				defer inForce.Delete(t)
				f(t)
			})
		})
	}
}
