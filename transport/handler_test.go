package transport

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/transport/auth"
	"github.com/stretchr/testify/require"
)

// Requests that are no acceptable upgrade get an answer that explains, on a mux like any other
// handler.
func TestHandler_Refusals(t *testing.T) {
	h := &Handler{Serve: echoServe}
	url := serve(t, h)
	change := func(from, to string) string {
		require.Contains(t, openingRequest, from)
		return strings.Replace(openingRequest, from, to, 1)
	}
	for _, c := range []struct{ name, request, want, explains string }{
		{"plain GET", "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 426 Upgrade Required\r\n" +
			"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nConnection: Upgrade, close\r\n",
			"this address speaks WebSocket"},
		{"POST", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
			"HTTP/1.1 405 Method Not Allowed\r\nAllow: GET\r\n", "GET"},
		{"no Connection", change("Connection: Upgrade", "Connection: close"),
			"HTTP/1.1 400 Bad Request\r\n", "Connection: Upgrade"},
		{"old version", change("Version: 13", "Version: 7"), "HTTP/1.1 426 Upgrade Required\r\n", "13"},
		{"bad key", change("dGhlIHNhbXBsZSBub25jZQ==", "short"), "HTTP/1.1 400 Bad Request\r\n",
			"Sec-WebSocket-Key"},
		{"other origin", change("Upgrade: websocket", "Upgrade: websocket\r\n"+
			"Origin: https://evil.example"), "HTTP/1.1 403 Forbidden\r\n", "evil.example"},
		{"other origin, version 8",
			strings.Replace(change("Upgrade: websocket",
				"Upgrade: websocket\r\nSec-WebSocket-Origin: https://evil.example"), "Version: 13",
				"Version: 8", 1), "HTTP/1.1 403 Forbidden\r\n", "evil.example"},
		{"two origins", change("Upgrade: websocket",
			"Upgrade: websocket\r\nOrigin: http://one.example\r\nOrigin: https://evil.example"),
			"HTTP/1.1 400 Bad Request\r\n", "Origin is repeated"},
		{"two logins", change("Upgrade: websocket", "Upgrade: websocket\r\nAuthorization: a\r\n"+
			"Authorization: b"), "HTTP/1.1 400 Bad Request\r\n", "Authorization is repeated"},
		{"privileged origin, other host", change("Upgrade: websocket", "Upgrade: websocket\r\n"+
			"Origin: privileged://evil.example:80"), "HTTP/1.1 403 Forbidden\r\n", "evil.example"},
		{"without KHP", change("Sec-WebSocket-Protocol: x-kaazing-handshake\r\n", ""),
			"HTTP/1.1 400 Bad Request\r\n", "x-kaazing-handshake"},
		{"with a body", change("Upgrade: websocket", "Upgrade: websocket\r\nContent-Length: 3") + "abc",
			"HTTP/1.1 400 Bad Request\r\n", "body"},
		{"with a chunked body", change("Upgrade: websocket", "Upgrade: websocket\r\n"+
			"Transfer-Encoding: chunked") + "3\r\nabc\r\n0\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n", "body"},
		{"HTTP/1.0", change("HTTP/1.1", "HTTP/1.0"), "HTTP/1.0 505 HTTP Version Not Supported\r\n",
			"needs HTTP/1.1"},
		{"cookies of Java clients", "GET /;e/cookies?.krn=1&.kl=Y HTTP/1.1\r\nHost: a\r\n" +
			"Connection: close\r\n\r\n", "HTTP/1.1 200 OK\r\n", ""},
		{"cookies below a path", "GET /echo/;e/cookies?.krn=1 HTTP/1.1\r\nHost: a\r\n" +
			"Connection: close\r\n\r\n", "HTTP/1.1 200 OK\r\n", ""},
		{"cookies of the root", "GET //;e/cookies?.krn=1 HTTP/1.1\r\nHost: a\r\n" +
			"Connection: close\r\n\r\n", "HTTP/1.1 200 OK\r\n", ""},
		{"emulation", "GET /echo/;e/cbm?.kl=Y HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
			"HTTP/1.1 404 Not Found\r\n", ""},
		{"emulation of browsers", "GET /?.kr=xs HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
			"HTTP/1.1 404 Not Found\r\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Attr("req", "KHP-OPEN-03")
			got := <-dialTCP(t, url, c.request).head
			require.True(t, strings.HasPrefix(got, c.want), got)
			head, body, _ := strings.Cut(got, "\r\n\r\n")
			require.Contains(t, body, c.explains, got)
			if !strings.HasPrefix(head, "HTTP/1.0") {
				require.Regexp(t, "\r\nConnection: (Upgrade, )?close(\r\n|$)", head,
					"nothing more is understood on this connection")
			}
		})
	}
	allowing := serve(t, &Handler{Serve: echoServe, CheckOrigin: func(origin, host string) bool {
		return origin == "https://good.example" && host == "one.example"
	}})
	for origin, want := range map[string]string{"https://good.example": "HTTP/1.1 101 ",
		"http://one.example": "HTTP/1.1 403 "} {
		got := <-dialTCP(t, allowing, change("Upgrade: websocket",
			"Upgrade: websocket\r\nOrigin: "+origin)).head
		require.True(t, strings.HasPrefix(got, want), got)
	}
	for _, origin := range []string{"http://one.example", "privileged://one.example:80"} {
		got := <-dialTCP(t, url, change("Upgrade: websocket",
			"Upgrade: websocket\r\nOrigin: "+origin)).head
		require.True(t, strings.HasPrefix(got, "HTTP/1.1 101 "), got)
	}
}

// Servers on which nothing can be taken over.
func TestHandler_CannotUpgrade(t *testing.T) {
	var logged bytes.Buffer
	h := &Handler{Serve: echoServe, Logger: slog.New(slog.NewTextHandler(&logged, nil))}
	w := httptest.NewRecorder() // cannot be hijacked
	h.ServeHTTP(w, parseRequest(t, openingRequest))
	require.Equal(t, 500, w.Code)
	require.Contains(t, w.Body.String(), "cannot take over")
	require.Contains(t, logged.String(), "Unwrap")
	require.Zero(t, h.Connections())

	srv := httptest.NewUnstartedServer(h)
	srv.EnableHTTP2 = true
	srv.StartTLS()
	defer srv.Close()
	r, err := srv.Client().Get(srv.URL)
	require.NoError(t, err)
	defer r.Body.Close()
	body, _ := io.ReadAll(r.Body)
	require.Equal(t, 2, r.ProtoMajor)
	require.Equal(t, 505, r.StatusCode)
	require.Contains(t, string(body), "needs HTTP/1.1")

	w = httptest.NewRecorder()
	(&Handler{Logger: h.Logger}).ServeHTTP(w, parseRequest(t, openingRequest))
	require.Equal(t, 500, w.Code)
	require.Contains(t, w.Body.String(), "Serve is nil")
	require.Contains(t, logged.String(), "Handler.Serve is nil")
}

// wrapped is an http.ResponseWriter inside of middleware.
type wrapped struct{ http.ResponseWriter }

func (w wrapped) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func TestHandler_BehindMiddleware(t *testing.T) {
	type key struct{}
	h := &Handler{Serve: func(ctx context.Context, c *Conn) error {
		return c.Write(ctx, Text, []byte(ctx.Value(key{}).(string)+" "+c.URL()+" "+
			c.Header().Get("X-Opening")+" "+c.Request().Path()))
	}}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(wrapped{w}, r.WithContext(context.WithValue(r.Context(), key{}, "value")))
	}))
	defer srv.Close()
	c, err := Dial(t.Context(), "ws"+strings.TrimPrefix(srv.URL, "http")+"/a?b=c",
		&DialOptions{OpeningHeader: http.Header{"X-Opening": {"yes"}}})
	require.NoError(t, err)
	wantMessage(t, c, Text, "value /a?b=c yes /a")
	require.False(t, c.Plain())
	require.Nil(t, c.Request())
	_, _, err = c.Read(t.Context())
	require.Equal(t, CloseNormal, CloseCode(err), "Serve has returned nil")
}

// The result of Serve decides how its connection is closed.
func TestHandler_ServeEnds(t *testing.T) {
	for name, c := range map[string]struct {
		serve  func(context.Context, *Conn) error
		code   uint16
		logged string
	}{
		"nil": {func(context.Context, *Conn) error { return nil }, CloseNormal, ""},
		"error": {func(context.Context, *Conn) error { return errors.New("disk full") },
			CloseInternalError, "disk full"},
		"panic":  {func(context.Context, *Conn) error { panic("oh no") }, CloseInternalError, "oh no"},
		"closed": {func(_ context.Context, c *Conn) error { return c.Close(4000, "enough") }, 4000, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var logged syncBuffer
			h := &Handler{Serve: c.serve, Logger: slog.New(slog.NewTextHandler(&logged, nil))}
			srv := httptest.NewUnstartedServer(h)
			srv.Config.ErrorLog = log.New(&logged, "", 0)
			srv.Start()
			defer srv.Close()
			conn, err := Dial(t.Context(), "ws"+strings.TrimPrefix(srv.URL, "http"), nil)
			require.NoError(t, err)
			_, _, err = conn.Read(t.Context())
			require.Equal(t, c.code, CloseCode(err))
			require.Eventually(t, func() bool { return h.Connections() == 0 }, 30*time.Second,
				time.Millisecond)
			require.Eventually(t, func() bool { return strings.Contains(logged.String(), c.logged) },
				30*time.Second, time.Millisecond)
		})
	}
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// Plain clients are served where that is wanted.
func TestHandler_Plain(t *testing.T) {
	opening := strings.Replace(openingRequest, "x-kaazing-handshake", "chat", 1)
	onNetworks(t, virtualNetworks, func(t *testing.T) {
		t.Attr("req", "KHP-OPEN-05")
		h := &Handler{Plain: true, Serve: func(ctx context.Context, c *Conn) error {
			if !c.Plain() || c.URL() != "/echo" || c.Request() != nil ||
				c.Header().Get("Sec-Websocket-Version") != "13" {
				panic(c.URL())
			}
			return echoServe(ctx, c)
		}}
		c := servePipe(t, h, opening)
		require.NotContains(t, <-c.head, "x-kaazing-handshake")
		c.send(text("hello"))
		require.Equal(t, "hello", string((<-c.got).Payload))
		c.send(pf{Op: opX})
		require.Equal(t, CloseNoStatus, c.closeCode())
		c.end()
		<-c.done
	})
}

// The log has one line for each handshake, without queries and credentials.
func TestHandler_Log(t *testing.T) {
	var logged syncBuffer
	h := &Handler{Serve: echoServe, Decide: basicAuth, Subprotocols: []string{"a"},
		Logger: slog.New(slog.NewTextHandler(&logged, nil))}
	url := serve(t, h)
	wantLine := func(parts ...string) {
		t.Helper()
		require.Eventually(t, func() bool { return h.Connections() == 0 }, 30*time.Second,
			time.Millisecond)
		for _, part := range parts {
			require.Contains(t, logged.String(), part)
		}
		require.NotContains(t, logged.String(), "SECRET")
		require.NotContains(t, logged.String(), "am9l")
		require.Equal(t, 1, strings.Count(logged.String(), "\n"), logged.String())
		logged.mu.Lock()
		logged.b.Reset()
		logged.mu.Unlock()
	}
	c, err := Dial(t.Context(), url+"/path?token=SECRET",
		&DialOptions{Credentials: auth.Basic("joe", "welcome"), Profile: Kaazing})
	require.NoError(t, err)
	require.NoError(t, c.Close(CloseNormal, ""))
	wantLine("level=INFO", "msg=open", "remote=127.0.0.1:", "path=/path ", "profile=kaazing",
		"status=101", "took=", `subprotocol=""`)
	_, err = Dial(t.Context(), url+"/path?token=SECRET",
		&DialOptions{Credentials: auth.Basic("joe", "SECRET")})
	require.ErrorIs(t, err, fsm.FailureStatus)
	wantLine("msg=refused", "profile=spec", "status=403", `leg="extended handshake"`, "reason=refused")
	raw := dialTCP(t, url, "GET /path?token=SECRET HTTP/1.1\r\nHost: a\r\n\r\n")
	<-raw.head
	_ = raw.nc.Close()
	wantLine(`msg="handshake failed"`, "status=426", `leg="opening handshake"`)
	raw = dialTCP(t, url, strings.Replace(openingRequest, "Upgrade: websocket",
		"Upgrade: websocket\r\nOrigin: https://pages.example", 1))
	<-raw.head
	_ = raw.nc.Close()
	wantLine(`msg=refused`, "status=403", `reason="the origin is not allowed"`,
		"origin=https://pages.example")
}

// Panics of callbacks that run inside the handshake do not leave a connection behind.
func TestHandler_CallbackPanics(t *testing.T) {
	for name, h := range map[string]*Handler{
		"CheckOrigin": {Serve: echoServe, CheckOrigin: func(string, string) bool { panic("oh no") }},
		"Observer":    {Serve: echoServe, Observer: panicking{}},
	} {
		virtual(t, name, func(t *testing.T) {
			c := servePipe(t, h, strings.Replace(openingRequest, "Upgrade: websocket",
				"Upgrade: websocket\r\nOrigin: http://a", 1))
			require.Equal(t, "oh no", <-c.done, "net/http reports it")
			require.Empty(t, <-c.head)
			require.Zero(t, h.Connections())
		})
	}
}

type panicking struct{}

func (panicking) Observe(Event) { panic("oh no") }
