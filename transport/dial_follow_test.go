package transport

import (
	"context"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/transport/auth"
	"github.com/stretchr/testify/require"
)

// refuseOpening answers the opening request with a status and further fields.
func refuseOpening(head string) func(p *rawServer) {
	return page("HTTP/1.1 "+head+"\r\nContent-Length: 0", "")
}

// Only a caller who says so goes on with TLS after a 426, and only if it asks for TLS: on port 443
// instead of 80.
func TestDial_Upgrade(t *testing.T) {
	t.Attr("req", "KHP-STATUS-426-02")
	t.Attr("req", "ADV-46")
	secure, cfg := serveTLS(t, &Handler{}, nil)
	for leg, refuse := range map[string]func(head string) func(p *rawServer){"opening": refuseOpening,
		"extended": refusal} {
		for _, c := range []struct {
			name, upgrade string
			allowed, open bool
		}{
			{"TLS", "TLS/1.2", true, true},
			{"TLS in a list", "h2c, TLS/1.0, HTTP/1.1", true, true},
			{"not allowed", "TLS/1.2", false, false},
			{"another protocol", "h2c", true, false},
			{"WebSocket", "websocket\r\nSec-WebSocket-Version: 14", true, false},
		} {
			t.Run(leg+"/"+c.name, func(t *testing.T) {
				plain := &rawNetwork{T: t, tcp: true,
					play: []func(*rawServer){refuse("426 Upgrade Required\r\nUpgrade: " + c.upgrade)}}
				var dialed []string
				conn, err := Dial(t.Context(), "ws://example.com/echo", &DialOptions{Upgrade: c.allowed,
					TLSConfig: cfg, NetDial: func(ctx context.Context, network, addr string) (net.Conn, error) {
						if dialed = append(dialed, addr); addr == "example.com:443" {
							return new(net.Dialer).DialContext(ctx, network, strings.TrimPrefix(secure, "wss://"))
						}
						return plain.dial(ctx, network, addr)
					}})
				plain.wg.Wait()
				if !c.open {
					var e *HandshakeError
					require.ErrorAs(t, err, &e)
					require.Equal(t, 426, e.Status)
					require.Equal(t, []string{"example.com:80"}, dialed)
					return
				}
				require.NoError(t, err)
				require.Equal(t, "wss://example.com/echo", conn.URL())
				wantEcho(t, conn, "hello")
				require.NoError(t, conn.Close(CloseNormal, ""))
				require.Equal(t, []string{"example.com:80", "example.com:443"}, dialed)
			})
		}
	}
}

// Both handshakes share one memory of where the call has been, one budget, and one set of rules.
func TestDial_RedirectOpening(t *testing.T) {
	t.Attr("req", "WSP-OPEN-05")
	t.Attr("req", "ADV-06")
	to := func(target string) string { return "302 Found\r\nLocation: " + target }
	for _, c := range []struct {
		name string
		opts DialOptions
		play []func(p *rawServer)
		want error
	}{
		{"opens", DialOptions{}, []func(p *rawServer){refuseOpening(to("/a")),
			refusal(to("http://two.example/b")), refuseOpening(to("c")), then101(terminator)}, nil},
		{"loop", DialOptions{}, []func(p *rawServer){refuseOpening(to("/a")), refusal(to("/b")),
			refuseOpening(to("HTTP://ONE.example:80/%61"))}, fsm.FailureRedirectLoop},
		{"loop of one", DialOptions{}, []func(p *rawServer){refuseOpening(to("/"))},
			fsm.FailureRedirectLoop},
		{"budget", DialOptions{MaxRedirects: 2}, []func(p *rawServer){refuseOpening(to("/a")),
			refusal(to("/b")), refuseOpening(to("/c"))}, fsm.FailureTooManyRedirects},
		{"no target", DialOptions{}, []func(p *rawServer){refuseOpening("302 Found")},
			fsm.FailureRedirectTarget},
		{"userinfo", DialOptions{}, []func(p *rawServer){refuseOpening(to("ws://joe@one.example/"))},
			fsm.FailureRedirectTarget},
		{"305 is not followed", DialOptions{},
			[]func(p *rawServer){refuseOpening("305 Use Proxy\r\nLocation: /a")}, fsm.FailureStatus},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := dialRaw(t, t.Context(), true, &c.opts, c.play...)
			defer got.end()
			if c.want == nil {
				require.NoError(t, got.err)
				require.Equal(t, "ws://two.example/c", got.conn.URL())
				return
			}
			require.ErrorIs(t, got.err, c.want)
			require.Len(t, got.net.log.heads, len(c.play))
		})
	}
}

// Credentials that the opening handshake asks for are bounded, timed and kept at home like those of
// the extended one.
func TestDial_CredentialsOpening(t *testing.T) {
	t.Attr("req", "WSP-OPEN-05")
	const challenge = "401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"khp\""
	asked := 0
	fresh := auth.CredentialsFunc(func(_ context.Context, r *auth.CredentialsRequest) (string, error) {
		asked++
		require.Equal(t, http.MethodGet, r.Method)
		require.Equal(t, "/", r.Target)
		require.Equal(t, asked, r.Attempt)
		require.Equal(t, asked > 1, r.Refused == "Basic "+strconv.Itoa(asked-1))
		return "Basic " + strconv.Itoa(asked), nil
	})
	t.Run("rounds", func(t *testing.T) {
		t.Attr("req", "INV-20")
		got := dialRaw(t, t.Context(), true, &DialOptions{Credentials: fresh, Method: "PUT"},
			refuseOpening(challenge))
		got.end()
		require.ErrorIs(t, got.err, fsm.FailureAuthLimit)
		require.Equal(t, 3, asked)
		require.Len(t, got.net.log.heads, 4)
	})
	t.Run("the same again", func(t *testing.T) {
		got := dialRaw(t, t.Context(), true, &DialOptions{Credentials: auth.Basic("joe", "guess")},
			refuseOpening(challenge))
		got.end()
		require.ErrorIs(t, got.err, fsm.FailureCredentialsRefused)
		require.Len(t, got.net.log.heads, 2)
	})
	t.Run("another origin", func(t *testing.T) {
		t.Attr("req", "INV-27")
		got := dialRaw(t, t.Context(), true, &DialOptions{Credentials: auth.Basic("joe", "welcome")},
			refuseOpening(challenge), refuseOpening("302 Found\r\nLocation: /a"),
			refuseOpening("302 Found\r\nLocation: ws://two.example/b"), refuseOpening(challenge))
		got.end()
		require.ErrorIs(t, got.err, fsm.FailureAuthRequired)
		require.ErrorContains(t, got.err,
			"credentials for one.example:80 are not given to two.example:80")
		var carried []bool
		for _, head := range got.net.log.heads {
			carried = append(carried, strings.Contains(head, "Authorization"))
		}
		require.Equal(t, []bool{false, true, true, false}, carried)
	})
	virtual(t, "never answered", func(t *testing.T) {
		t.Attr("req", "ADV-42")
		waits := auth.CredentialsFunc(
			func(ctx context.Context, _ *auth.CredentialsRequest) (string, error) {
				<-ctx.Done()
				return "", ctx.Err()
			})
		got := dialRaw(t, t.Context(), false, &DialOptions{Credentials: waits}, refuseOpening(challenge))
		got.end()
		require.ErrorIs(t, got.err, fsm.FailureCredentialTimeout)
		require.Equal(t, time.Minute, got.took)
	})
	t.Run("panics", func(t *testing.T) {
		panics := auth.CredentialsFunc(func(context.Context, *auth.CredentialsRequest) (string, error) {
			panic("out of order")
		})
		got := dialRaw(t, t.Context(), true, &DialOptions{Credentials: panics}, refuseOpening(challenge))
		got.end()
		require.ErrorIs(t, got.err, fsm.FailureAuthRequired)
		require.ErrorContains(t, got.err, "panicked")
	})
}
