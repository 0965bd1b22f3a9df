//go:build linux

package transport

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// Decide and the Authenticator learn by which way a request has come, as far as trusted proxies
// vouch for it, over every layer that they may use.
func TestSourceOf(t *testing.T) {
	forwarded := http.Header{"X-Forwarded-For": {"1.1.1.1, 203.0.113.7, " + proxyHost},
		"X-Forwarded-Proto": {"https"}}
	for _, secure := range []bool{false, true} {
		for name, x := range map[string]struct {
			host, first string
			proxied     bool
			before      string // the hops before the one that is connected
		}{
			"direct": {otherHost, "", false, ""},
			"fields": {proxyHost, "", true, "203.0.113.7 " + proxyHost + " "},
			"header": {proxyHost, header(t, 2, "198.51.100.1:5"), false, "198.51.100.1 "},
			"header, fields": {proxyHost, header(t, 1, proxyHost+":5"), true, "203.0.113.7 " + proxyHost +
				" " + proxyHost + " "},
			"header of local": {proxyHost, "PROXY UNKNOWN\r\n", true, "203.0.113.7 " + proxyHost + " "},
		} {
			t.Run(fmt.Sprint(name, secure), func(t *testing.T) {
				sources := make(chan Source, 1)
				p := serveProxied(t, secure, func(s *Server) {
					s.ProxyProtocol = x.first != ""
					s.Handler.Decide = func(ctx context.Context, _ *Request) (Decision, error) {
						sources <- SourceOf(ctx)
						return Decision{}, nil
					}
				})
				_, err := p.dial(t, x.host, x.first, forwarded)
				require.NoError(t, err)
				<-p.seen
				s := <-sources
				hops := ""
				for _, h := range s.Hops {
					hops += h.Addr().String() + " "
				}
				require.Equal(t, x.before+x.host+" ", hops)
				require.Equal(t, x.proxied, s.Proxied)
				require.Equal(t, secure, s.Secure)
				require.Equal(t, p.addr, s.Local.String())
			})
		}
	}
	require.Equal(t, Source{}, SourceOf(t.Context()))
}

// The way is the same for a request on a connection that net/http has had before.
func TestSourceOf_Later(t *testing.T) {
	sources := make(chan Source, 1)
	p := serveProxied(t, false, func(s *Server) {
		s.Fallback = http.NotFoundHandler()
		s.Handler.Decide = func(ctx context.Context, _ *Request) (Decision, error) {
			sources <- SourceOf(ctx)
			return Decision{}, nil
		}
	})
	nc := p.from(t, proxyHost, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
	readResponse(t, nc)
	_, err := Dial(t.Context(), "ws://localhost/", &DialOptions{
		OpeningHeader: http.Header{"X-Forwarded-For": {"203.0.113.7, " + proxyHost}},
		NetDial:       func(context.Context, string, string) (net.Conn, error) { return nc, nil }})
	require.NoError(t, err)
	<-p.seen
	s := <-sources
	require.True(t, s.Proxied)
	require.Equal(t, "[203.0.113.7:0 "+proxyHost+":0 "+nc.LocalAddr().String()+"]", fmt.Sprint(s.Hops))
}

// readResponse reads one response with its body, and nothing behind it.
func readResponse(t *testing.T, nc net.Conn) {
	t.Helper()
	r, err := http.ReadResponse(bufio.NewReader(nc), nil)
	require.NoError(t, err)
	_, err = io.Copy(io.Discard, r.Body)
	require.NoError(t, err)
}
