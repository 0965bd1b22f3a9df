package transport

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"example.com/khp/transport/auth"
	"github.com/stretchr/testify/require"
)

// serveLean serves a handler by a Server, or by net/http.
func serveLean(t *testing.T, byServer bool, h *Handler) (url string) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	if byServer {
		srv := &Server{Handler: h}
		go func() { _ = srv.Serve(ln) }()
		t.Cleanup(func() { _ = srv.Close() })
	} else {
		srv := &http.Server{Handler: h}
		go func() { _ = srv.Serve(ln) }()
		t.Cleanup(func() { _ = srv.Close() })
	}
	return "ws://" + ln.Addr().String() + "/lean?x=y"
}

// servedBy are the two ways to serve a Handler.
var servedBy = map[string]bool{"Server": true, "net/http": false}

// Prompt has Decide called by the goroutine that reads, and changes nothing else.
func TestHandler_Prompt(t *testing.T) {
	for how, byServer := range servedBy {
		for name, prompt := range map[string]bool{"prompt": true, "beside": false} {
			t.Run(how+"/"+name, func(t *testing.T) {
				asked := 0
				h := &Handler{Prompt: prompt, Serve: echoServe,
					Decide: func(_ context.Context, r *Request) (Decision, error) {
						require.Equal(t, prompt, strings.Contains(string(debug.Stack()), "loop.(*Loop).Run("))
						switch asked++; {
						case strings.HasPrefix(r.Path(), "/panic"):
							panic("oh no")
						case strings.HasPrefix(r.Path(), "/error"):
							return Decision{}, errors.New("oh no")
						case strings.HasPrefix(r.Path(), "/no"):
							return Refuse(403, "no"), nil
						case strings.HasPrefix(r.Path(), "/ask") && r.Authorization == "":
							return r.Ask("Basic", "who?"), nil
						}
						return Decision{Subprotocol: "a"}, nil
					}}
				url := serveLean(t, byServer, h)
				for path, status := range map[string]int{"/panic": 500, "/error": 500, "/no": 403} {
					_, err := Dial(t.Context(), strings.Replace(url, "/lean", path, 1), nil)
					var failed *HandshakeError
					require.ErrorAs(t, err, &failed)
					require.Equal(t, status, failed.Status)
				}
				asked = 0
				c, err := Dial(t.Context(), strings.Replace(url, "/lean", "/ask", 1),
					&DialOptions{Subprotocols: []string{"a"}, Credentials: auth.Basic("joe", "welcome")})
				require.NoError(t, err)
				require.Equal(t, "a", c.Subprotocol())
				require.Equal(t, 2, asked)
				require.NoError(t, c.Close(CloseNormal, ""))
			})
		}
	}
}

type leanKey struct{}

// ConnOver hears once of the end of every connection that ConnContext has heard of, with its
// context; the values of that end only then.
func TestHandler_ConnOver(t *testing.T) {
	for how, byServer := range servedBy {
		t.Run(how, func(t *testing.T) {
			over, served := make(chan string, 10), make(chan error, 1)
			var given context.Context
			h := &Handler{
				ConnContext: func(ctx context.Context, r *OpeningRequest) context.Context {
					given = ctx
					return context.WithValue(ctx, leanKey{}, r.Path())
				},
				ConnOver: func(ctx context.Context) {
					require.NoError(t, given.Err(), "not yet")
					over <- ctx.Value(leanKey{}).(string)
				},
				Decide: func(_ context.Context, r *Request) (Decision, error) {
					if r.Path() == "/no" {
						return Refuse(403, ""), nil
					}
					return Decision{}, nil
				},
				Serve: func(ctx context.Context, c *Conn) error {
					_, _, err := c.Read(ctx)
					require.Empty(t, over, "while Serve runs")
					require.Equal(t, "/lean", ctx.Value(leanKey{}))
					served <- err
					return err
				},
			}
			url := serveLean(t, byServer, h)
			_, err := Dial(t.Context(), strings.Replace(url, "/lean", "/no", 1), nil)
			require.Error(t, err)
			require.Equal(t, "/no", <-over)
			c, err := Dial(t.Context(), url, nil)
			require.NoError(t, err)
			require.NoError(t, c.CloseNow())
			require.Error(t, <-served)
			require.Equal(t, "/lean", <-over)
			<-given.Done()
			require.Empty(t, over)
		})
	}
}

// A context to which ConnContext adds values ends as one without: with the server, and with the
// connection; so do those that are made of it.
func TestHandler_ConnContextWithValues(t *testing.T) {
	for name, end := range map[string]func(srv *Server, c *Conn){
		"Shutdown":   func(srv *Server, _ *Conn) { _ = srv.Shutdown(context.Background()) },
		"connection": func(_ *Server, c *Conn) { _ = c.CloseNow() },
	} {
		for kind, more := range map[string]func(context.Context) context.Context{
			"values": func(ctx context.Context) context.Context {
				return context.WithValue(ctx, leanKey{}, "v")
			},
			"the same": func(ctx context.Context) context.Context { return ctx },
			"an end": func(ctx context.Context) context.Context {
				ctx, cancel := context.WithTimeout(ctx, time.Hour)
				context.AfterFunc(ctx, cancel)
				return context.WithValue(ctx, leanKey{}, "v")
			},
		} {
			t.Run(name+"/"+kind, func(t *testing.T) {
				ended := make(chan error, 1)
				srv := &Server{Handler: &Handler{
					ConnContext: func(ctx context.Context, _ *OpeningRequest) context.Context { return more(ctx) },
					Serve: func(ctx context.Context, c *Conn) error {
						child, cancel := context.WithCancel(ctx)
						defer cancel()
						called := make(chan struct{})
						context.AfterFunc(ctx, func() { close(called) })
						go func() { _, _, _ = c.Read(ctx) }()
						<-child.Done()
						<-called
						ended <- context.Cause(child)
						return nil
					},
				}}
				ln, err := net.Listen("tcp", "127.0.0.1:0")
				require.NoError(t, err)
				go func() { _ = srv.Serve(ln) }()
				t.Cleanup(func() { _ = srv.Close() })
				c, err := Dial(t.Context(), "ws://"+ln.Addr().String()+"/", nil)
				require.NoError(t, err)
				go func() { _, _, _ = c.Read(context.Background()) }()
				end(srv, c)
				require.Error(t, <-ended)
			})
		}
	}
}

// Forget leaves nothing of the requests in an open connection.
func TestHandler_Forget(t *testing.T) {
	for how, byServer := range servedBy {
		t.Run(how, func(t *testing.T) {
			got := make(chan *Conn, 1)
			url := serveLean(t, byServer, &Handler{
				Forget: true, Subprotocols: []string{"a"}, Serve: func(ctx context.Context, c *Conn) error {
					got <- c
					return echoServe(ctx, c)
				}})
			c, err := Dial(t.Context(), url, &DialOptions{Subprotocols: []string{"a"},
				Header: http.Header{"X": {strings.Repeat("x", 4000)}}})
			require.NoError(t, err)
			s := <-got
			require.Equal(t, "a", s.Subprotocol())
			require.Equal(t, 101, s.Status())
			require.Nil(t, s.Request())
			require.Nil(t, s.Header())
			require.Nil(t, s.OpeningHeader())
			require.Empty(t, s.URL())
			require.Nil(t, s.Principal())
			require.NoError(t, c.Close(CloseNormal, ""))
		})
	}
}

// The log tells that Serve has failed, and where, unless the request is forgotten; it tells nothing
// of one that has not.
func TestHandler_LogsServe(t *testing.T) {
	for _, forget := range []bool{false, true} {
		for _, failure := range []error{nil, errors.New("out of paper")} {
			var log syncBuffer
			h := &Handler{Prompt: true, Forget: forget,
				Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
				Serve:  func(context.Context, *Conn) error { return failure }}
			c, err := Dial(t.Context(), serve(t, h)+"/desk", nil)
			require.NoError(t, err)
			_, _, err = c.Read(t.Context())
			require.Error(t, err)
			require.NoError(t, h.Shutdown(t.Context()))
			require.Equal(t, failure != nil, strings.Contains(log.String(), "ended with an error"))
			require.Equal(t, failure != nil, strings.Contains(log.String(), "out of paper"))
			_, line, _ := strings.Cut(log.String(), "ended with an error")
			require.Equal(t, failure != nil && !forget, strings.Contains(line, "/desk"))
		}
	}
}
