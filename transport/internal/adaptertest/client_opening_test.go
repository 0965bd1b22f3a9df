package adaptertest

import (
	"net"
	"net/http"
	"strings"
	"testing"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/transport"
	"example.com/khp/transport/auth"
	"github.com/stretchr/testify/require"
)

func clientOpeningRefused(t *testing.T, l library) {
	url := rawServer(t, func(_ int, p *peer) {
		p.request()
		p.write("HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nContent-Length: 8\r\n\r\nnot here")
	})
	failed := fails(t, l, url, none(), fsm.FailureStatus)
	require.Equal(t, endpoint.LegOpening, failed.Leg)
	require.Equal(t, 403, failed.Status)
	require.Equal(t, "not here", string(failed.Body))
}

func clientOpeningLogin(t *testing.T, l library) {
	got := make(chan string, 2)
	url := rawServer(t, func(n int, p *peer) {
		p.request()
		got <- p.head.Header.Get("Authorization")
		if n == 1 {
			p.write("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"r\"\r\n" +
				"Content-Length: 0\r\n\r\n")
			return
		}
		p.accept()
		p.message()
		p.send(binary(p.response()), binary(""))
		p.echo()
	})
	o := none()
	o.Credentials = auth.Basic("joe", "welcome")
	c, _ := opens(t, l, url, o)
	require.Empty(t, <-got)
	require.Equal(t, "Basic am9lOndlbGNvbWU=", <-got)
	wantEcho(t, c, "hello")
}

// A redirect in the opening handshake is followed by the endpoint, not by the library's HTTP
// client; fields for the first origin stay there.
func clientOpeningRedirect(t *testing.T, l library) {
	got := make(chan http.Header, 2)
	there := rawServer(t, func(_ int, p *peer) {
		p.opened()
		got <- p.head.Header
		p.send(binary(p.response()), binary(""))
		p.echo()
	})
	url := rawServer(t, func(_ int, p *peer) {
		p.request()
		got <- p.head.Header
		p.write("HTTP/1.1 302 Found\r\nLocation: " + there + "\r\nContent-Length: 0\r\n\r\n")
	})
	o := none()
	o.Config.OpeningHeader = []transport.HeaderField{{Name: "Cookie", Value: "a=b"},
		{Name: "X-Key", Value: "secret"}, {Name: "Origin", Value: "http://one.example"}}
	o.Config.Sensitive = []string{"X-Key"}
	c, result := opens(t, l, url, o)
	require.Equal(t, there, result.URL)
	first, second := <-got, <-got
	require.Equal(t, []string{"a=b", "secret", "http://one.example"},
		[]string{first.Get("Cookie"), first.Get("X-Key"), first.Get("Origin")})
	require.Equal(t, []string{"", "", "http://one.example"},
		[]string{second.Get("Cookie"), second.Get("X-Key"), second.Get("Origin")})
	wantEcho(t, c, "hello")

	o.Config.Redirects = endpoint.RedirectSameOrigin
	failed := fails(t, l, url, o, fsm.FailureRedirectRefused)
	require.Equal(t, []string{url, there}, failed.Path)
	<-got
}

func clientOpeningWrong(t *testing.T, l library) {
	url := rawServer(t, func(_ int, p *peer) {
		p.request()
		p.key = "AAAAAAAAAAAAAAAAAAAAAAAAAAA="
		p.accept()
	})
	require.Equal(t, endpoint.LegOpening, fails(t, l, url, none(), fsm.FailureOpening).Leg)
}

func clientNotSelected(t *testing.T, l library) {
	url := rawServer(t, func(_ int, p *peer) {
		p.request()
		p.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
			"Sec-WebSocket-Accept: " + p.key + "\r\n\r\n")
		p.echo()
	})
	fails(t, l, url, none(), fsm.FailureNotSelected)
	o := none()
	o.Config.Machine = fsm.DefaultClientConfig()
	o.Config.Machine.PlainFallback = true
	c, result := opens(t, l, url, o)
	require.True(t, result.Plain)
	wantEcho(t, c, "hello")
}

func clientUnreachable(t *testing.T, l library) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	_ = ln.Close()
	failed := fails(t, l, "ws://"+ln.Addr().String(), none(), fsm.FailureConnect)
	require.Equal(t, endpoint.LegConnect, failed.Leg)
	var op *net.OpError
	require.ErrorAs(t, failed, &op)
	url := rawServer(t, func(_ int, p *peer) { p.write("no TLS here") })
	fails(t, l, "wss"+strings.TrimPrefix(url, "ws"), none(), fsm.FailureConnect)
	fails(t, l, "ftp://one.example", none(), fsm.FailureURL)
}
