package transport

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.com/khp/transport/internal/frametest"
	"github.com/stretchr/testify/require"
)

// serveBy runs a Server on loopback until the test's end, and requires that nothing is left of it
// then.
func serveBy(t *testing.T, s *Server) (url string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	served := make(chan error, 1)
	go func() { served <- s.Serve(ln) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
		defer cancel()
		_ = s.Shutdown(ctx)
		require.ErrorIs(t, <-served, http.ErrServerClosed)
		require.Eventually(t, func() bool { return s.Connections() == 0 }, 30*time.Second,
			time.Millisecond)
	})
	return "ws://" + ln.Addr().String()
}

// webPage is a Fallback that answers with the request that it got.
func webPage(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(err)
	}
	_, _ = io.WriteString(w, "page "+r.Method+" "+r.RequestURI+" "+string(body))
}

// httpConn is a connection on which HTTP requests are sent by hand.
type httpConn struct {
	*testing.T
	net.Conn
	r *bufio.Reader
}

func dialHTTP(t *testing.T, url string) *httpConn {
	t.Helper()
	nc, err := net.Dial("tcp", strings.TrimPrefix(url, "ws://"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = nc.Close() })
	require.NoError(t, nc.SetDeadline(time.Now().Add(time.Minute)))
	return &httpConn{t, nc, bufio.NewReader(nc)}
}

func (c *httpConn) send(text string) {
	c.Helper()
	_, err := io.WriteString(c.Conn, text)
	require.NoError(c, err)
}

// want reads a response.
func (c *httpConn) want(status int, body string) {
	c.Helper()
	r, err := http.ReadResponse(c.r, nil)
	require.NoError(c, err)
	b, err := io.ReadAll(r.Body)
	require.NoError(c, err)
	require.Equal(c, status, r.StatusCode, string(b))
	require.Contains(c, string(b), body)
}

// Whatever is no upgrade to KHP reaches the Fallback whole, also on a connection that is used again
// and again, and also an upgrade finds its handler there.
func TestServer_Fallback(t *testing.T) {
	s := &Server{Handler: &Handler{Serve: echoServe}, Fallback: http.HandlerFunc(webPage)}
	url := serveBy(t, s)
	c := dialHTTP(t, url)
	c.send("GET /a?b HTTP/1.1\r\nHost: h\r\n\r\nPOST /c HTTP/1.1\r\nHost: h\r\n" +
		"Content-Length: 3\r\n\r\nabcGET /d HTTP/1.1\r\nHost: h\r\n\r\n")
	c.want(200, "page GET /a?b")
	c.want(200, "page POST /c abc")
	c.want(200, "page GET /d")
	c.send("POST /chunks HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n" +
		"abc\r\n0\r\n\r\n")
	c.want(200, "page POST /chunks abc")
	c.send("GET /echo/;e/cookies?.krn=1&.kl=Y HTTP/1.1\r\nHost: h\r\n\r\n")
	c.want(200, "")
	c.send("GET /?.kr=xs HTTP/1.1\r\nHost: h\r\n\r\n")
	c.want(404, "")
	require.Equal(t, 1, s.Connections())

	c.send(openingRequest + string(frametest.Encode(false, bin(extendedRequest))))
	head, err := http.ReadResponse(c.r, nil)
	require.NoError(t, err)
	require.Equal(t, 101, head.StatusCode)
	response, err := frametest.ReadFrame(c.r)
	require.NoError(t, err)
	require.Contains(t, string(response.Payload), "HTTP/1.1 101 ")
	end, err := frametest.ReadFrame(c.r)
	require.NoError(t, err)
	require.Empty(t, end.Payload)
	require.Equal(t, 1, s.Connections())
	require.Equal(t, 1, s.Handler.Connections())
	_, _ = c.Write(frametest.Encode(false, pf{Op: opX, P: "\x03\xe8"}))
	last, err := frametest.ReadFrame(c.r)
	require.NoError(t, err)
	require.Equal(t, opX, last.Header.OpCode)
	_, err = c.r.ReadByte()
	require.ErrorIs(t, err, io.EOF, "TCP is closed at once")
}

// A Fallback gets first requests that are longer than one read, ones that only net/http can parse,
// and WebSockets of another kind, which it takes over.
func TestServer_FallbackFirst(t *testing.T) {
	long := "/" + strings.Repeat("x", 6000)
	for name, c := range map[string]struct {
		request, body string
		status        int
	}{
		"long":      {"GET " + long + " HTTP/1.1\r\nHost: h\r\n\r\n", "page GET " + long, 200},
		"HTTP/1.0":  {"GET /old HTTP/1.0\r\n\r\n", "page GET /old", 200},
		"line ends": {"GET /lf HTTP/1.1\nHost: h\n\n", "page GET /lf", 200},
		"absolute-form": {"GET http://h/abs HTTP/1.1\r\nHost: h\r\n\r\n",
			"page GET http://h/abs", 200},
		"chunked": {"POST /t HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n" +
			"a\r\n0\r\n\r\n", "page POST /t a", 200},
		"garbage": {"\x16\x03\x01\x00\x05hello\r\n\r\n", "", 400},
		"other WebSocket": {strings.Replace(openingRequest, "x-kaazing-handshake", "chat", 1),
			"page GET /echo", 200},
		"broken KHP": {strings.Replace(openingRequest, "Key: d", "Key: ", 1),
			"Sec-WebSocket-Key", 400},
		"emulation": {"GET /?.kr=xs HTTP/1.1\r\nHost: h\r\n\r\n", "", 404},
		"emulation by POST": {"POST /echo/;e/cbm HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n",
			"", 404},
		"KHP in absolute-form": {strings.Replace(openingRequest, "GET /echo", "GET http://h/echo", 1),
			"", 101},
		"KHP to elsewhere": {strings.Replace(openingRequest, "GET /echo", "GET /elsewhere", 1),
			"page GET /elsewhere", 200},
	} {
		t.Run(name, func(t *testing.T) {
			h := &Handler{Serve: echoServe}
			unused := &Handler{Serve: echoServe, CheckOpening: func(*OpeningRequest) (int, string) {
				return http.StatusConflict, "Route says which Handler serves a path"
			}}
			url := serveBy(t, &Server{
				Fallback: http.HandlerFunc(webPage), Handler: unused, Route: func(_, path string) *Handler {
					if path == "/echo" {
						return h
					}
					return nil
				}})
			conn := dialHTTP(t, url)
			conn.send(c.request)
			conn.want(c.status, c.body)
		})
	}
	took := make(chan error, 1)
	url := serveBy(t, &Server{Handler: &Handler{Serve: echoServe},
		Fallback: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			nc, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				err = nc.Close()
			}
			took <- err
		})})
	c := dialHTTP(t, url)
	c.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
	_, err := c.r.ReadByte()
	require.ErrorIs(t, err, io.EOF)
	require.NoError(t, <-took)
}

// Without a Fallback a client is told which protocol the server speaks.
func TestServer_NoFallback(t *testing.T) {
	h := &Handler{Serve: echoServe}
	url := serveBy(t, &Server{Route: func(host, path string) *Handler {
		if host == "one.example" && path == "/echo" {
			return h
		}
		if path == "/misconfigured" {
			return &Handler{Serve: echoServe, MaxChallenges: -1}
		}
		return nil
	}})
	for name, c := range map[string]struct {
		request, body string
		status        int
	}{
		"no upgrade": {"GET /echo HTTP/1.1\r\nHost: one.example\r\n\r\n", "speaks WebSocket", 426},
		"no handler": {"GET /x HTTP/1.1\r\nHost: one.example\r\n\r\n", "not found", 404},
		"invalid handler": {strings.Replace(openingRequest, "GET /echo", "GET /misconfigured", 1),
			"MaxChallenges", 500},
		"other host": {strings.Replace(openingRequest, "one.example", "two.example", 1),
			"not found", 404},
		"chunked": {"POST /echo HTTP/1.1\r\nHost: one.example\r\n" +
			"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "Transfer-Encoding", 501},
		"HTTP/1.0":  {"GET /echo HTTP/1.0\r\n\r\n", "version", 505},
		"line ends": {"GET /echo HTTP/1.1\nHost: h\n\n", "LF without CR", 400},
		"a long field": {"GET /echo HTTP/1.1\r\nHost: h\r\nX: " + strings.Repeat("x", 9000),
			"field X is too long", 431},
		"TLS": {"\x16\x03\x01\x02\x00\x01", "not a token", 400},
		"old version": {strings.Replace(openingRequest, "Version: 13", "Version: 7", 1),
			"Sec-WebSocket-Version: 13", 426},
		"without KHP": {strings.Replace(openingRequest, "x-kaazing-handshake", "chat", 1),
			"x-kaazing-handshake", 400},
	} {
		t.Run(name, func(t *testing.T) {
			conn := dialHTTP(t, url)
			conn.send(c.request)
			conn.want(c.status, c.body)
		})
	}
	require.ErrorContains(t, (&Server{}).Serve(closedListener{}), "neither Handler nor Route")
}

type closedListener struct{ net.Listener }

func (closedListener) Close() error { return nil }

// A Handler with its settings is the same behind a Server and behind a mux; the bytes that an
// observer sees are the client's own.
func TestServer_Handler(t *testing.T) {
	var log syncBuffer
	var opening []byte
	h := &Handler{
		Serve: func(ctx context.Context, c *Conn) error {
			return c.Write(ctx, Text, []byte(c.URL()+" "+c.Header().Get("X-Opening")+" "+
				c.Header().Get("Host")+" "+c.Request().Path()))
		},
		Logger: slog.New(slog.NewTextHandler(&log, nil)),
		Observer: observe(func(ev Event) {
			if ev.Kind == EventReceiveOpening {
				opening = ev.Data
			}
		}),
	}
	url := serveBy(t, &Server{Handler: h})
	request := strings.Replace(openingRequest, "\r\n\r\n",
		"\r\nx-OPENING:yes\r\ncookie: a=b\r\n\r\n", 1)
	c := dialTCP(t, url, request+string(frametest.Encode(false, bin(extendedRequest))))
	require.Contains(t, <-c.head, "101 Switching Protocols")
	require.Equal(t, "101", c.status())
	require.Equal(t, "/echo yes  /echo", string((<-c.got).Payload))
	require.Equal(t, CloseNormal, c.closeCode())
	require.Equal(t, strings.Replace(request, "a=b", "[redacted]", 1), string(opening))
	c.answer(CloseNormal)
	require.Eventually(t, func() bool { return h.Connections() == 0 }, 30*time.Second,
		time.Millisecond)
	require.Equal(t, 1, strings.Count(log.String(), "\n"), log.String())
	require.Contains(t, log.String(), "msg=open")
}

// Plain WebSockets are served where the handler allows them.
func TestServer_Plain(t *testing.T) {
	url := serveBy(t,
		&Server{Handler: &Handler{Serve: echoServe, Plain: true}, Fallback: http.HandlerFunc(webPage)})
	c := dialTCP(t, url, strings.Replace(openingRequest, "x-kaazing-handshake", "chat", 1)+
		string(frametest.Encode(false, text("hello"))))
	require.Contains(t, <-c.head, "101 Switching Protocols")
	require.Equal(t, "hello", string((<-c.got).Payload))

	later := dialHTTP(t, url)
	later.send("GET /page HTTP/1.1\r\nHost: h\r\n\r\n")
	later.want(200, "page GET /page")
	later.send(strings.Replace(openingRequest, "x-kaazing-handshake", "chat", 1))
	later.want(101, "")
}

// A value that the application adds to the context of a connection is there in all callbacks, and
// lives until the last of them has returned.
func TestHandler_ConnContext(t *testing.T) {
	type key struct{}
	over := make(chan struct{})
	h := &Handler{
		ConnContext: func(ctx context.Context, r *OpeningRequest) context.Context {
			context.AfterFunc(ctx, func() { close(over) })
			return context.WithValue(ctx, key{}, "value of "+r.Target)
		},
		Decide: func(ctx context.Context, _ *Request) (Decision, error) {
			return Decision{Header: []HeaderField{{Name: "X", Value: ctx.Value(key{}).(string)}}}, nil
		},
	}
	h.Serve = func(ctx context.Context, c *Conn) error {
		if err := c.Write(ctx, Text, []byte(ctx.Value(key{}).(string))); err != nil {
			return err
		}
		go func() { _ = h.Shutdown(context.Background()) }()
		<-ctx.Done()
		select {
		case <-over:
			t.Error("the connection is not over")
		default:
		}
		return nil
	}
	c, err := Dial(t.Context(), serveBy(t, &Server{Handler: h})+"/a", nil)
	require.NoError(t, err)
	require.Equal(t, "value of /a", c.Header().Get("X"))
	wantMessage(t, c, Text, "value of /a")
	_, _, err = c.Read(t.Context())
	require.Equal(t, CloseGoingAway, CloseCode(err))
	<-over
}

// The observer and the log of a Handler hear of requests that cannot be parsed, and the server's
// log of clients that send none.
func TestServer_BrokenRequestsAreTold(t *testing.T) {
	var log, serverLog syncBuffer
	failed := make(chan Event, 1)
	url := serveBy(t, &Server{
		Handler: &Handler{Serve: echoServe, Logger: slog.New(slog.NewTextHandler(&log, nil)),
			Observer: observe(func(ev Event) {
				if ev.Kind == EventFail {
					failed <- ev
				}
			})},
		Logger: slog.New(slog.NewTextHandler(&serverLog, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	conn := dialHTTP(t, url)
	conn.send("GET /echo HTTP/1.1\nHost: h\n\n")
	conn.want(400, "LF without CR")
	require.NoError(t, conn.Close())
	require.ErrorContains(t, (<-failed).Err, "LF without CR")
	require.Eventually(t, func() bool { return strings.Contains(log.String(), "status=400") },
		30*time.Second, time.Millisecond)
	require.NoError(t, dialHTTP(t, url).Close())
	require.Eventually(t, func() bool {
		return regexp.MustCompile(`msg="no opening request came" remote=127\S+ error=\S`).
			MatchString(serverLog.String())
	}, 30*time.Second, time.Millisecond)
}

// failingListener cannot accept any more.
type failingListener struct {
	closedListener
	closed bool
}

func (l *failingListener) Accept() (net.Conn, error) { return nil, errors.New("broken for good") }
func (l *failingListener) Close() error              { l.closed = true; return nil }

// A listener that is broken for good ends Serve, and is closed.
func TestServer_ListenerFails(t *testing.T) {
	ln := &failingListener{}
	err := (&Server{Handler: &Handler{Serve: echoServe}}).Serve(ln)
	require.EqualError(t, err, "broken for good")
	require.True(t, ln.closed)
}
