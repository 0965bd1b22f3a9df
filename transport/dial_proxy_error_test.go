package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/transport/auth"
	"github.com/stretchr/testify/require"
)

// A proxy's refusal to connect is reported as such, with the proxy's name and without
// its password.
func TestDial_ProxyRefuses(t *testing.T) {
	say := func(status int, fields ...string) func(w http.ResponseWriter, r *http.Request) bool {
		return func(w http.ResponseWriter, _ *http.Request) bool {
			for i := 0; i < len(fields); i += 2 {
				w.Header().Set(fields[i], fields[i+1])
			}
			w.WriteHeader(status)
			_, _ = io.WriteString(w, `<p><a href="/login?a=1&amp;b=2">log in</a>`)
			return true
		}
	}
	raw := func(bytes string) func(w http.ResponseWriter, r *http.Request) bool {
		return func(w http.ResponseWriter, _ *http.Request) bool {
			nc, _, _ := http.NewResponseController(w).Hijack()
			_, _ = io.WriteString(nc, bytes)
			_ = nc.Close()
			return true
		}
	}
	for _, c := range []struct {
		name, scheme, password string
		answer                 func(w http.ResponseWriter, r *http.Request) bool
		status, tries          int
		text                   string
	}{
		{"403", "", "", say(403), 403, 1, "with 403 Forbidden [connect"},
		{"502", "", "", nil, 502, 1, "with 502 Bad Gateway"},
		{"503", "", "", say(503, "Retry-After", "9"), 503, 1, "with 503 Service Unavailable"},
		{"odd status", "", "", say(799), 799, 1, "with 799 ["},
		{"407 without login", "Basic", "", nil, 407, 1, "its URL has no user and password"},
		{"407 with another password", "Basic", "guess", nil, 407, 2, "its credentials are refused"},
		{"407 for ever", "", "guess", say(407, "Proxy-Authenticate",
			"Digest realm=a, nonce=b, qop=auth, stale=true"), 407, 3, "407 Proxy Authentication Required"},
		{"407 with an unknown scheme", "", "guess", say(407, "Proxy-Authenticate", "Negotiate"), 407, 1,
			`asks for "Negotiate"`},
		{"407 with a broken challenge", "", "guess", say(407, "Proxy-Authenticate", "="), 407, 1,
			"bad challenge"},
		{"407 without challenge", "", "guess", say(407), 407, 1, "no credentials"},
		{"511", "", "", say(511), 511, 1, "network login needed, at http://192.0.2.1/login"},
		{"portal", "", "", say(302, "Location", "https://portal.example/login?for=us"), 302, 1,
			"network login needed, at https://portal.example/login"},
		{"redirect elsewhere", "", "", say(302, "Location", "wss://other.example/"), 302, 1,
			"with 302 Found ["},
		{"no HTTP", "", "", raw("220 mail.example SMTP\r\n"), 0, 1, "not HTTP"},
		{"head without end", "", "", raw("HTTP/1.1 200 OK\r\nA: " + strings.Repeat("x", 1<<18)), 0, 1,
			"did not connect"},
		{"no answer", "", "", raw(""), 0, 1, "did not connect"},
		{"more than an answer", "", "", raw("HTTP/1.1 200 OK\r\n\r\n" +
			"HTTP/1.1 101 Switching Protocols\r\n\r\n"), 0, 1, "more than its answer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newConnectProxy(t, false)
			p.scheme, p.answer, p.ports["192.0.2.1:80"] = c.scheme, c.answer, "127.0.0.1:1"
			_, err := Dial(t.Context(), "ws://192.0.2.1/echo",
				&DialOptions{Proxy: p.via(c.password), Credentials: auth.Basic("joe", "s3cr3t")})
			require.ErrorIs(t, err, fsm.FailureConnect)
			var failed *HandshakeError
			require.ErrorAs(t, err, &failed)
			var refused *ProxyError
			require.ErrorAs(t, err, &refused)
			require.Equal(t, p.URL, refused.Proxy)
			require.Equal(t, "192.0.2.1:80", refused.Target)
			require.Equal(t, c.status, refused.Status)
			require.Len(t, p.seen, c.tries)
			require.ErrorContains(t, err, "proxy "+p.URL)
			require.ErrorContains(t, err, c.text)
			require.Equal(t, 1, strings.Count(err.Error(), refused.Error()), "said once: %v", err)
			require.NotContains(t, err.Error(), "guess")
			require.NotContains(t, err.Error(), "s3cr3t")
			require.Equal(t, c.status == 502 || c.status == 503 || c.name == "no answer" ||
				c.name == "head without end", failed.Temporary())
			require.Equal(t, c.status == 503, failed.RetryAfter == 9*time.Second)
			require.Equal(t, strings.Contains(c.text, "network login"), failed.NetworkLogin)
			require.NotContains(t, err.Error(), "for=us")
			switch c.name {
			case "511":
				require.Equal(t, "http://192.0.2.1/login?a=1&b=2", failed.LoginURL)
			case "portal":
				require.Equal(t, "https://portal.example/login?for=us", failed.LoginURL)
			}
		})
	}
}

// A proxy that cannot be found or reached is named as far as that shows no password.
func TestDial_ProxyUnusable(t *testing.T) {
	gone := newConnectProxy(t, false)
	gone.Close()
	secret, _ := url.Parse("socks4://joe:s3cr3t@proxy.example:1080")
	cause := errors.New("no proxy today")
	for name, c := range map[string]struct {
		proxy func(*http.Request) (*url.URL, error)
		text  string
	}{
		"gone": {gone.via("s3cr3t"), "refused"},
		"socks": {http.ProxyURL(secret),
			"proxy socks4://proxy.example:1080 did not connect to 192.0.2.1:443: expected http://host:port"},
		"no host": {http.ProxyURL(&url.URL{Scheme: "http"}), "expected http://host:port"},
		"error": {func(*http.Request) (*url.URL, error) { return nil, cause },
			"no proxy found: no proxy today"},
		"error shown": {func(*http.Request) (*url.URL, error) {
			return nil, fmt.Errorf("bad proxy %q", secret.String())
		}, "no proxy found: its URL cannot be used"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Dial(t.Context(), "wss://192.0.2.1", &DialOptions{Proxy: c.proxy})
			require.ErrorIs(t, err, fsm.FailureConnect)
			require.ErrorContains(t, err, c.text)
			require.NotContains(t, fmt.Sprintf("%v %+v", err, errors.Unwrap(err)), "s3cr3t")
			require.Equal(t, name == "error", errors.Is(err, cause))
		})
	}
	_, err := Dial(t.Context(), "ws://a b/", &DialOptions{Proxy: gone.via("x")})
	require.ErrorIs(t, err, fsm.FailureURL)
}

// A proxy cannot take longer than the server.
func TestDial_ProxySilent(t *testing.T) {
	for _, half := range []string{"", "HTTP/1.1 407 x\r\nProxy-Authenticate: Basic\r\n\r\nendless"} {
		virtual(t, "timeout after "+strconv.Itoa(len(half))+" bytes", func(t *testing.T) {
			start := time.Now()
			_, err := Dial(t.Context(), "ws://one.example", &DialOptions{
				Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: "proxy.example"}),
				NetDial: func(_ context.Context, _, addr string) (net.Conn, error) {
					require.Equal(t, "proxy.example:80", addr)
					a, b := connection(t)
					go func() { _, _ = b.Read(make([]byte, 4096)); _, _ = io.WriteString(b, half) }()
					return a, nil
				},
			})
			if half == "" {
				require.ErrorIs(t, err, fsm.FailureTimeout)
				require.ErrorIs(t, err, context.DeadlineExceeded)
			} else {
				require.ErrorIs(t, err, fsm.FailureConnect, "what the proxy answered is known")
			}
			require.ErrorContains(t, err, "proxy http://proxy.example ")
			require.Equal(t, 10*time.Second, time.Since(start))
			require.NotNil(t, proxyErrorOf(err))
		})
		virtual(t, "context after "+strconv.Itoa(len(half))+" bytes", func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(time.Second, cancel)
			start := time.Now()
			_, err := Dial(ctx, "ws://one.example", &DialOptions{
				Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: "proxy.example"}),
				NetDial: func(context.Context, string, string) (net.Conn, error) {
					a, b := connection(t)
					go func() { _, _ = b.Read(make([]byte, 4096)); _, _ = io.WriteString(b, half) }()
					return a, nil
				},
			})
			require.ErrorIs(t, err, context.Canceled)
			require.Equal(t, time.Second, time.Since(start))
		})
	}
}

// A proxy may answer in any pieces, and end after any of them.
func TestDial_ProxyCutAtEveryByte(t *testing.T) {
	const answer = "HTTP/1.1 200 Connection established\r\nVia: proxy\r\n\r\n"
	virtual(t, "cut", func(t *testing.T) {
		for cut := range answer {
			_, err := Dial(t.Context(), "ws://one.example", &DialOptions{
				Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: "proxy.example"}),
				NetDial: func(context.Context, string, string) (net.Conn, error) {
					a, b := connection(t)
					go func() {
						_, _ = b.Read(make([]byte, 4096))
						_, _ = io.WriteString(b,
							answer[:cut])
						_ = b.Close()
					}()
					return a, nil
				},
			})
			require.ErrorIs(t, err, fsm.FailureConnect, "after %d bytes", cut)
			require.NotNil(t, proxyErrorOf(err), "after %d bytes", cut)
		}
	})
	virtual(t, "split", func(t *testing.T) {
		n := &rawNetwork{T: t, play: []func(*rawServer){func(p *rawServer) {
			_, _ = p.nc.Read(make([]byte, 4096))
			p.drip(answer, time.Millisecond)
			then101(terminator)(p)
		}}}
		c, err := Dial(t.Context(), "ws://one.example", &DialOptions{
			Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: "proxy.example"}), NetDial: n.dial,
		})
		require.NoError(t, err)
		require.NoError(t, c.CloseNow())
		n.wg.Wait()
	})
}
