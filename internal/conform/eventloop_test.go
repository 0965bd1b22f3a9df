package conform

import (
	"context"
	"net"
	"testing"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/sim/network"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// eventLoop serves l by one goroutine that has all connections, each a driver of an endpoint.
func eventLoop(ctx context.Context, l net.Listener) {
	n := network.New(network.Options{Latency: -1, MostBytes: 1 << 30})
	n.Serve("target", network.SiteOptions{
		Decide: func(_ int, r *endpoint.Request) (endpoint.Decision, time.Duration, error) {
			d, err := Decide(ctx, r)
			return d, 0, err
		},
		Got: func(s *network.Server, m network.Message) { s.Send(m.Type, m.Data) },
	})
	loop := newLoop(ctx, nil)
	go func() {
		for {
			nc, err := l.Accept()
			if err != nil {
				return
			}
			loop.call(func() {
				s := &network.Stream{}
				b := newBridge(loop, s)
				n.Enter("target", s)
				b.run(nc, nil)
			})
		}
	}()
	loop.Run(n, func() bool { return false })
}

// An event loop on the driver passes as the server of package transport does.
func TestServer_EventLoop(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		eventLoop(ctx, l)
	}()
	u, err := wire.ParseURL("ws://"+l.Addr().String()+"/echo", nil)
	require.NoError(t, err)
	for _, profile := range []string{"spec", "kaazing"} {
		list, err := Select(Filter{Server: true, Profile: profile, Patterns: []string{"khp/*", "tour/*"}})
		require.NoError(t, err)
		resources := map[string]string{}
		for _, name := range []string{"challenge", "redirect", "refuse", "balance"} {
			resources[name] = OwnResources[name]
		}
		requirePassed(t, Server(context.Background(), &Target{URL: u, User: User, Resources: resources},
			list, Options{Patience: unhurried}))
	}
	cancel()
	require.NoError(t, l.Close())
	<-done
}
