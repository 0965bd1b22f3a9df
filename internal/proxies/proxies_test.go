//go:build unix

// Package proxies runs khp serve behind the proxies of docs/operating.md, with the configurations
// that stand there. Run it with make proxies; without -proxies only the page is looked at.
package proxies

import (
	"bufio"
	"context"
	"crypto/tls"
	"flag"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.com/khp/transport"
	"example.com/khp/transport/auth"
	"github.com/stretchr/testify/require"
)

var installed = flag.Bool("proxies", false,
	"nginx, haproxy, apache2 and caddy are installed: run them")

// TestProxies has clients of both profiles go through each proxy, and looks whether Kaazing's Java
// and iOS clients could.
func TestProxies(t *testing.T) {
	if !*installed {
		t.Skip("needs nginx, haproxy, apache2 and caddy: make proxies")
	}
	args := []string{"--route", "/=echo", "--route", "/account=echo", "--auth", "/account=joe:welcome",
		"--trusted-proxies", "127.0.0.1"}
	web, log := serveLogged(t, args...)
	tcp, tcpLog := serveLogged(t, append(args, "--proxy-protocol")...)
	have, say := snippets(t), rows(t)
	for name, x := range proxies {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			khp, log := web, log
			if strings.HasSuffix(name, ", TCP") {
				khp, log = tcp, tcpLog
			}
			c := &client{tls: x.tls, port: x.start(t, have[name], khp), from: x.client}
			require.True(t, say[name].modern)
			for _, profile := range []transport.Profile{transport.Spec, transport.Kaazing} {
				c.profile(t, profile)
			}
			c.cookies(t)
			opened := regexp.MustCompile(`msg=open remote=` + regexp.QuoteMeta(x.client) +
				`:\d+ path=/account `)
			require.Eventually(t, func() bool { return opened.MatchString(log.String()) }, 30*time.Second,
				time.Millisecond,
				"the client's address and not the proxy's")
			require.NotContains(t, log.String(), forged)
			head := c.opening(t)
			if say[name].old {
				require.Empty(t, notForJava(head), head)
				return
			}
			require.NotEmpty(t, notForJava(head),
				"the page says that Java and iOS clients do not get through")
			require.Contains(t, head, say[name].why)
		})
	}
	t.Run("HAProxy, HTTP, without h1-case-adjust-bogus-client", func(t *testing.T) {
		t.Parallel()
		x := proxies["HAProxy, HTTP"]
		snippet := strings.Replace(have["HAProxy, HTTP"], "option h1-case-adjust-bogus-client", "", 1)
		require.NotEqual(t, have["HAProxy, HTTP"], snippet)
		require.NotEmpty(t, notForJava((&client{tls: true, port: x.start(t, snippet, web)}).opening(t)))
	})
}

// client speaks with a proxy.
type client struct {
	tls  bool
	port string
	from string // its address, "" for any
}

// forged has the claims of clients about themselves.
const forged = "192.0.2.66"

func (c *client) url(path string) string {
	if c.tls {
		return "wss://" + host + ":" + c.port + path
	}
	return "ws://" + host + ":" + c.port + path
}

func (c *client) config() *tls.Config {
	return &tls.Config{ServerName: host, InsecureSkipVerify: true} // the certificate is the test's own
}

// dial connects to the proxy, whatever the name.
func (c *client) dial(ctx context.Context, network, _ string) (net.Conn, error) {
	d := net.Dialer{Timeout: time.Minute}
	if c.from != "" {
		d.LocalAddr = &net.TCPAddr{IP: net.ParseIP(c.from)}
	}
	return d.DialContext(ctx, network, "127.0.0.1:"+c.port)
}

// profile shakes hands as a page of the same host, with and without credentials, on paths that a
// proxy may be tempted to clean up, and echoes messages.
func (c *client) profile(t *testing.T, profile transport.Profile) {
	for _, path := range []string{"/", "/a%2Fb//c?x=1&y=%20", "/account"} {
		conn, err := transport.Dial(t.Context(), c.url(path), &transport.DialOptions{
			Profile: profile, Credentials: auth.Basic("joe", "welcome"),
			TLSConfig: c.config(), NetDial: c.dial,
			Header:        http.Header{"Origin": {"http" + strings.TrimPrefix(c.url(""), "ws")}},
			OpeningHeader: http.Header{"X-Forwarded-For": {forged}, "Forwarded": {"for=" + forged}},
		})
		require.NoError(t, err, "%s, %s", profile, path)
		for _, text := range []string{"hello", strings.Repeat("x", 200000), ""} {
			require.NoError(t, conn.Write(t.Context(), transport.Text, []byte(text)))
			_, got, err := conn.Read(t.Context())
			require.NoError(t, err)
			require.Equal(t, text, string(got))
		}
		require.NoError(t, conn.Close(transport.CloseNormal, ""))
	}
}

// connect opens a connection for requests that a library would not send.
func (c *client) connect(t *testing.T) net.Conn {
	nc, err := c.dial(t.Context(), "tcp", "")
	require.NoError(t, err)
	t.Cleanup(func() { _ = nc.Close() })
	require.NoError(t, nc.SetDeadline(time.Now().Add(time.Minute)))
	if c.tls {
		return tls.Client(nc, c.config())
	}
	return nc
}

// cookies sends the request that Java makes before it upgrades, also below the path /.
func (c *client) cookies(t *testing.T) {
	for _, path := range []string{"/echo/;e/cookies?.krn=1&.kl=Y", "//;e/cookies?.krn=1&.kl=Y"} {
		nc := c.connect(t)
		_, err := io.WriteString(nc, "GET "+path+" HTTP/1.1\r\nHost: "+host+":"+c.port+"\r\n\r\n")
		require.NoError(t, err)
		r, err := http.ReadResponse(bufio.NewReader(nc), nil)
		require.NoError(t, err)
		require.Equal(t, 200, r.StatusCode, path)
		_ = r.Body.Close()
	}
}

// opening makes the opening handshake of a Java client and returns the head of the answer.
func (c *client) opening(t *testing.T) string {
	nc := c.connect(t)
	_, err := io.WriteString(nc, "GET /echo?.kl=Y HTTP/1.1\r\nUpgrade: websocket\r\n"+
		"Connection: Upgrade\r\nHost: "+host+":"+c.port+"\r\nOrigin: privileged://"+host+":"+c.port+
		"\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"+
		"Sec-WebSocket-Protocol: x-kaazing-handshake\r\n\r\n")
	require.NoError(t, err)
	var head strings.Builder
	for r := bufio.NewReader(nc); !strings.HasSuffix(head.String(), "\r\n\r\n"); {
		line, err := r.ReadString('\n')
		require.NoError(t, err, head.String())
		head.WriteString(line)
	}
	return head.String()
}

// notForJava returns the reason why Kaazing's Java client refuses a 101, "" if it does not. It
// compares lines with their case; only the value of Upgrade may have another.
func notForJava(head string) string {
	lines := strings.Split(head, "\r\n")
	if lines[0] != "HTTP/1.1 101 Web Socket Protocol Handshake" {
		return lines[0]
	}
	for _, want := range []string{"Connection: Upgrade",
		"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
		"Sec-WebSocket-Protocol: x-kaazing-handshake", "Upgrade: websocket"} {
		found := false
		for _, line := range lines[1:] {
			found = found || line == want || strings.HasPrefix(want, "Upgrade: ") &&
				strings.HasPrefix(line, "Upgrade: ") && strings.EqualFold(line, want)
		}
		if !found {
			return want
		}
	}
	return ""
}
