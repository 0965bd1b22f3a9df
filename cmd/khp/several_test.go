package main

import (
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/khptest"
	"example.com/khp/transport"
	"example.com/khp/transport/auth"
	"github.com/stretchr/testify/require"
)

// loadBalancer leads TCP connections to servers in turn, and passes over those that do not accept
// any, as every load balancer does.
func loadBalancer(t *testing.T, servers ...string) (addr string) {
	t.Helper()
	var turn atomic.Uint64
	return khptest.Serve(t, func(from net.Conn) {
		for range servers {
			to, err := net.Dial("tcp", servers[turn.Add(1)%uint64(len(servers))])
			if err == nil {
				join(from, to)
				return
			}
		}
	})
}

// join copies both ways until either side ends.
func join(a, b net.Conn) {
	defer func() { _ = b.Close() }()
	ended := make(chan struct{}, 2)
	for _, pair := range [][2]net.Conn{{a, b}, {b, a}} {
		go func() {
			_, _ = io.Copy(pair[0], pair[1])
			ended <- struct{}{}
		}()
	}
	<-ended
}

// TestSeveral_BehindALoadBalancer has two servers of the same settings behind an ordinary TCP load
// balancer: no handshake needs the memory of another server, and when one is stopped its clients
// find the other.
func TestSeveral_BehindALoadBalancer(t *testing.T) {
	args := []string{"--route", "/=echo", "--auth", "/=joe:welcome"}
	one, two := serveHere(t, args...), serveHere(t, args...)
	url := "ws://" + loadBalancer(t, strings.TrimPrefix(one.url, "ws://"),
		strings.TrimPrefix(two.url, "ws://")) + "/"
	o := &transport.DialOptions{Profile: transport.Kaazing, Credentials: auth.Basic("joe", "welcome")}
	var clients []*transport.Conn
	for range 4 {
		c := dialHere(t, url, o)
		wantEcho(t, c, transport.Text, []byte("x"))
		clients = append(clients, c)
	}
	for _, s := range []*served{one, two} {
		opened := func() bool { return strings.Count(s.log.String(), "msg=open") == 2 }
		require.Eventually(t, opened, 30*time.Second, time.Millisecond, "both have work")
	}
	stopped := make(chan int, 1)
	go func() { stopped <- one.stop() }()
	for i, c := range clients {
		if i%2 == 0 { // came to the second server
			wantEcho(t, c, transport.Text, []byte("still here"))
			continue
		}
		wantClose(t, c, transport.CloseGoingAway, "")
		wantEcho(t, dialHere(t, url, o), transport.Text, []byte("again"))
	}
	require.Equal(t, cli.ExitOK, <-stopped)
}
