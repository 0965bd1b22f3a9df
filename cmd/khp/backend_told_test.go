package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/khptest"
	"example.com/khp/fsm"
	"example.com/khp/transport"
	"example.com/khp/transport/auth"
	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
	"github.com/stretchr/testify/require"
)

// tellingBackend is a WebSocket server without KHP that hands on each request that it gets.
func tellingBackend(t *testing.T) (addr string, requests chan *http.Request) {
	t.Helper()
	requests = make(chan *http.Request, 10)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests <- r
		if nc, _, _, err := ws.UpgradeHTTP(r, w); err == nil {
			_, _, _ = wsutil.ReadClientData(nc)
			_ = nc.Close()
		}
	}))
	t.Cleanup(srv.Close)
	return strings.TrimPrefix(srv.URL, "http://"), requests
}

// forged holds fields that a client may write to pose as another user.
func forged() http.Header {
	return http.Header{
		"X-Forwarded-For": {"1.1.1.1"}, "X-Forwarded-Proto": {"https"},
		"X-Forwarded-Host": {"evil.example"}, "Forwarded": {"for=1.1.1.1"},
		"X-Forwarded-User": {"root"}, "x_forwarded_user": {"root"}, "X-Tenant": {"red"},
		"X-Secret": {"s"}, "Cookie": {"sid=1; token=2"},
	}
}

// A back end gets the rest of the path, the query, the named fields and cookies, the client's
// address and the user, and no other data of the client.
func TestServe_BackEndIsTold(t *testing.T) {
	addr, requests := tellingBackend(t)
	for _, scheme := range []string{"ws", "khp+ws"} {
		target := scheme + "://" + addr + "/v2/?fixed=1"
		told := []string{"--forward-fields", "X-Tenant", "--forward-fields", "Origin",
			"--forward-cookies", "sid", "--user-field", "X-Forwarded-User", "--auth", "/chat=joe:welcome"}
		direct := serveHere(t, append(told, "--route", "/chat/="+target, "--route", "/open/="+target,
			"--plain=/open/")...)
		proxied := serveHere(t, append(told, "--route", "/chat/="+target,
			"--trusted-proxies", "127.0.0.0/8")...)
		for _, profile := range []transport.Profile{transport.Spec, transport.Kaazing} {
			for name, s := range map[string]*served{"direct": direct, "proxied": proxied} {
				o := &transport.DialOptions{Profile: profile, Credentials: auth.Basic("joe", "welcome"),
					OpeningHeader: forged()}
				o.OpeningHeader.Del("Forwarded") // of two that differ neither counts
				if name == "proxied" {
					o.OpeningHeader.Set("X-Forwarded-For", "1.1.1.1, 203.0.113.7, 127.0.0.9")
				}
				c, err := transport.Dial(t.Context(), s.url+"/chat/room/7?a=1&fixed=2&.kv=10.05", o)
				if err == nil {
					_ = c.CloseNow()
				}
				r := <-requests
				require.Equal(t, "/v2/room/7", r.URL.Path)
				require.Equal(t, "fixed=1&a=1",
					strings.TrimSuffix(strings.TrimSuffix(r.URL.RawQuery, ".kl=Y"), "&"))
				require.Equal(t, addr, r.Host)
				require.Equal(t, []string{"joe"}, r.Header["X-Forwarded-User"])
				require.Equal(t, []string{"red"}, r.Header["X-Tenant"])
				require.Equal(t, []string{"sid=1"}, r.Header["Cookie"])
				require.NotContains(t, r.Header, "X-Secret")
				require.NotContains(t, r.Header, "X_forwarded_user")
				require.NotContains(t, r.Header, "Authorization")
				host := strings.TrimPrefix(s.url, "ws://")
				if name == "direct" {
					require.Equal(t, []string{"127.0.0.1"}, r.Header["X-Forwarded-For"])
					require.Equal(t, []string{"http"}, r.Header["X-Forwarded-Proto"])
					require.Equal(t, []string{host}, r.Header["X-Forwarded-Host"])
					require.Equal(t, []string{`for=127.0.0.1;proto=http;host="` + host + `"`},
						r.Header["Forwarded"])
				} else {
					require.Equal(t, []string{"203.0.113.7, 127.0.0.9, 127.0.0.1"}, r.Header["X-Forwarded-For"])
					require.Equal(t, []string{"https"}, r.Header["X-Forwarded-Proto"])
					require.Equal(t, []string{"evil.example"}, r.Header["X-Forwarded-Host"],
						"a trusted proxy's word")
					require.Equal(t, []string{`for=203.0.113.7;proto=https;host="evil.example", for=127.0.0.9, ` +
						`for=127.0.0.1`}, r.Header["Forwarded"])
				}
			}
		}
		c, err := transport.Dial(t.Context(), direct.url+"/open/x",
			&transport.DialOptions{PlainOnly: true, OpeningHeader: forged()})
		if err == nil {
			_ = c.CloseNow()
		}
		r := <-requests
		require.Equal(t, "/v2/x", r.URL.Path)
		require.NotContains(t, r.Header, "X-Forwarded-User", "nobody was let in by name")
		require.Equal(t, []string{"127.0.0.1"}, r.Header["X-Forwarded-For"])
	}
}

// Whatever stands in the request line of a client, it reaches no other host and no other path, and
// writes no field.
func TestServe_BackEndCannotBeReachedAround(t *testing.T) {
	addr, requests := tellingBackend(t)
	s := serveHere(t, "--plain", "--route", "/app/=ws://"+addr+"/base/",
		"--route", "/app/inner/=status:403")
	for target, want := range map[string]string{
		"/app/x": "/base/x", "/app/..%2fx": "", "/app/%2e%2e/x": "none", "/app/..%5cx": "",
		`/app/..\x`: "", "/app/%252e%252e%252fx": "", "/app/..;/x": "", "/app/x%00": "",
		"/app/x%0d%0aX-Evil:1": "",
		"/app//evil.example/":  "/base/evil.example/", "/app/@evil.example/": "/base/@evil.example/",
		"/app/http:%2f%2fevil.example/": "/base/http:%2F%2Fevil.example/", "/app/x%2f..%2finner/y": "",
		"/app/?x=%0d%0aX-Evil:%201": "/base/?x=%0d%0aX-Evil:%201", "/app/x?y=/../..": "/base/x?y=/../..",
		"/app/\xff":           "/base/%FF",
		"/app/%c0%ae%c0%ae/x": "", "/app/\xc0\xae./x": "", "/app/%e0%80%af": "", "/app/%f0%80%80%ae": "",
		"/app/%25c0%25af": "", "/app/%c3%a9": "/base/%C3%A9", "/app/\xc0": "/base/%C0",
	} {
		nc, err := net.Dial("tcp", strings.TrimPrefix(s.url, "ws://"))
		require.NoError(t, err)
		_, err = io.WriteString(nc, "GET "+target+
			" HTTP/1.1\r\nHost: evil.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
			"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
		require.NoError(t, err)
		r, err := http.ReadResponse(bufio.NewReader(nc), nil)
		require.NoError(t, err, target)
		_ = nc.Close()
		switch want {
		case "":
			require.Equal(t, 400, r.StatusCode, target)
		case "none":
			require.Equal(t, 404, r.StatusCode, target)
		default:
			require.Equal(t, 101, r.StatusCode, target)
			got := <-requests
			require.Equal(t, want, got.RequestURI)
			require.Equal(t, addr, got.Host)
			require.NotContains(t, got.Header, "X-Evil")
		}
	}
	require.Empty(t, requests)
	wantLog(t, s.log, `level=INFO msg="the request cannot be passed on" backend=ws://`+addr+
		`/base/ error="its path could lead out of that of the route" route=/app/`)
}

// A user whose name no field can hold is refused rather than called otherwise.
func TestServe_UserThatNoFieldHolds(t *testing.T) {
	addr, requests := tellingBackend(t)
	s := serveHere(t, "--route", "/=ws://"+addr, "--user-field", "X-User", "--auth", "/=joe :welcome")
	wantFailure(t, s.url+"/", &transport.DialOptions{Credentials: auth.Basic("joe ", "welcome")},
		fsm.FailureStatus, 403)
	wantLog(t, s.log,
		`the request cannot be passed on.*error="the user's name cannot stand in a field"`)
	require.Empty(t, requests)
}

// Settings for back ends that have no effect, or an unsafe one, are refused with their place.
func TestServe_BackEndSettings(t *testing.T) {
	for config, want := range map[string]string{
		"route: {/: echo}\nforward-fields: [X-A]": "khp.yaml:2: " +
			"forward-fields [X-A]: no --route leads to a WebSocket back end",
		"route: {/: tcp://h:1}\nforward-cookies: [a]": "no --route leads to a " +
			"WebSocket back end",
		"route: {/: echo}\nsend-proxy: v2": "no --route leads to a back end",
		"route: {/: ws://h}\nsend-proxy: 2": "khp.yaml:2: send-proxy 2: " +
			"expected v1 or v2",
		"route: {/: ws://h}\nuser-field: X-User": "nobody is asked for credentials, " +
			"so that there are no names",
		"route: {/: ws://h}\nbackend-name: x": "no --route leads to a wss:// or " +
			"tls:// back end",
		"routes: {/: {target: echo, send-proxy: v1}}": "khp.yaml:1: routes /: " +
			"send-proxy: its target is no back end",
		"routes: {/: {target: 'ws://h', forward-fields: [Host]}}": "khp.yaml:1: routes /: " +
			"forward-fields Host: it belongs to the handshake",
		"routes: {/: {target: 'wss://h', backend-ca: none.pem}}": "khp.yaml:1: routes /: " +
			"backend-ca none.pem: no such file or directory",
		"routes: {/: {target: 'tls://h:1', backend-key: none.pem}}": "khp.yaml:1: routes /: " +
			"backend-key none.pem: needs backend-cert as well",

		"routes: {/a: {target: 'ws://h', forward-fields: [X_User]}, " +
			"/b: {target: 'ws://h', user-field: X-User}}\nauth: {/b: joe:x}": "forward-fields X_User: " +
			"back ends read the user's name there",
		"routes: {/: {target: 'ws://h,tcp://h:1'}}": "back ends of one route are all of WebSocket",
	} {
		code, errs := serveBriefly("--check", "--config", khptest.File(t, "khp.yaml", config+"\n"))
		require.Equal(t, cli.ExitUsage, code, config)
		require.Contains(t, errs, want)
	}
}
