package handshake

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/internal/tcptest"
	"example.com/khp/transport/auth"
	"example.com/khp/transport/extension"
	"example.com/khp/transport/internal/frametest"
	"example.com/khp/transport/internal/opening"
	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
)

// host is an application that sees the context of its decisions.
type host struct {
	accept *endpoint.Decision // at once, if it is set
	atOnce bool
	judge  func(ctx context.Context, r *endpoint.Request) (endpoint.Decision, error)
}

func (h host) Accept(*endpoint.Request) (d endpoint.Decision, ok bool) {
	if h.accept == nil {
		return d, false
	}
	return *h.accept, true
}

func (h host) AtOnce() bool               { return h.atOnce }
func (h host) Allows(string, string) bool { return true }

func (h host) Judge(
	ctx context.Context, _ net.Conn, r *endpoint.Request, _ bool,
) (endpoint.Decision, *auth.Verdict, error) {
	d, err := h.judge(ctx, r)
	return d, nil, err
}

// served is one client that a host decides about.
type served struct {
	*Server
	log    bytes.Buffer // read once all is over
	config endpoint.ServerConfig
	head   string // of the opening request
	rest   []byte // bytes of the client behind it
	ctx    context.Context
	peer   *tcptest.Conn
	first  *opening.Request
	over   chan struct{}
}

// start has h decide about a client that sends messages.
func (s *served) start(t *testing.T, h host, messages ...string) {
	s.ctx = cmp.Or(s.ctx, t.Context())
	client, server := tcptest.Pair(tcptest.Options{})
	made := New()
	s.Server, s.peer, s.over = &made, client, make(chan struct{})
	for _, m := range messages {
		s.say(m)
	}
	o := &opening.Request{Head: []byte(cmp.Or(s.head, head)), Rest: s.rest}
	s.first = o
	go func() {
		defer close(s.over)
		s.Opening(s.config, o)
		s.Shake(Config{Application: h, Context: s.ctx, Conn: server,
			Log: slog.New(slog.NewTextHandler(&s.log, nil)), Timeouts: &endpoint.Timeouts{},
			Limit: 1 << 20, Trace: silent{},
			Use: []extension.Extension{extension.IdleTimeout{Period: time.Minute}}}, o)
	}()
}

// say sends a message.
func (s *served) say(p string) {
	_, _ = s.peer.Write(frametest.Encode(false, frametest.Frame{Op: ws.OpBinary, P: p}))
}

// answers returns all that the server has sent.
func (s *served) answers() string {
	_ = s.peer.SetReadDeadline(time.Now().Add(time.Nanosecond))
	b, _ := io.ReadAll(s.peer)
	return string(b)
}

// bubble calls do in a bubble.
func bubble(t *testing.T, do func(t *testing.T, s *served)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &served{}
		do(t, s)
		_ = s.peer.Close()
		<-s.over
		if s.IsOpen {
			s.Link.CloseSocket()
		}
	})
}

// An application that need not wait is asked in the goroutine of the handshake, and only one that
// may wait beside it.
func TestServer_Beside(t *testing.T) {
	accept := func(context.Context, *endpoint.Request) (endpoint.Decision, error) {
		return endpoint.Decision{Subprotocol: "a"}, nil
	}
	never := func(context.Context, *endpoint.Request) (endpoint.Decision, error) {
		t.Error("the application was asked")
		return endpoint.Decision{}, nil
	}
	for name, c := range map[string]struct {
		host   host
		beside bool
	}{
		"accepts":       {host{accept: &endpoint.Decision{Subprotocol: "a"}, judge: never}, false},
		"at once":       {host{atOnce: true, judge: accept}, false},
		"may take time": {host{judge: accept}, true},
	} {
		bubble(t, func(t *testing.T, s *served) {
			s.start(t, c.host, asking("Sec-WebSocket-Protocol: a\r\n"))
			<-s.over
			require.True(t, s.IsOpen, name)
			require.Equal(t, "a", s.Result().Subprotocol, name)
			require.Equal(t, c.beside, s.Beside, name)
			require.Zero(t, s.Attempt())
		})
	}
}

// The context of a decision ends when it is not waited for any more: the client has left, has
// spoken out of turn, or the application is asked again. An error that the application then returns
// is not logged.
func TestServer_DecisionCalledOff(t *testing.T) {
	for name, end := range map[string]func(s *served){
		"left":               func(s *served) { _ = s.peer.Close() },
		"has spoken":         func(s *served) { s.say("more") },
		"left, in two steps": func(s *served) { _ = s.peer.CloseWrite() },
	} {
		bubble(t, func(t *testing.T, s *served) {
			ended := make(chan struct{})
			s.start(t, host{judge: func(ctx context.Context, _ *endpoint.Request) (endpoint.Decision,
				error) {
				<-ctx.Done()
				close(ended)
				return endpoint.Decision{}, ctx.Err()
			}}, asking(""))
			synctest.Wait()
			end(s)
			<-ended
			_ = s.peer.Close()
			<-s.over
			require.False(t, s.IsOpen, name)
			require.NotContains(t, s.log.String(), "deciding failed", name)
		})
	}
	bubble(t, func(t *testing.T, s *served) {
		s.start(t, host{accept: &endpoint.Decision{}}, asking(""), "more")
		synctest.Wait()
		_ = s.peer.Close()
		<-s.over
		require.False(t, s.IsOpen)
		require.NotContains(t, s.log.String(), "deciding failed")
	})
	bubble(t, func(t *testing.T, s *served) {
		var before context.Context
		s.start(t, host{judge: func(ctx context.Context, _ *endpoint.Request) (endpoint.Decision, error) {
			if before == nil {
				before = ctx
				return endpoint.Decision{Status: 202}, nil
			}
			if before.Err() == nil {
				return endpoint.Decision{}, errors.New("the context of the decision before is left")
			}
			return endpoint.Decision{}, ctx.Err()
		}}, asking(""))
		<-s.over
		require.True(t, s.IsOpen, s.log.String())
	})
}

// The memory of the opening request is free for others while the application decides.
func TestServer_ReleasesOpening(t *testing.T) {
	bubble(t, func(t *testing.T, s *served) {
		s.start(t, host{atOnce: true, judge: func(context.Context, *endpoint.Request) (endpoint.Decision,
			error) {
			require.Nil(t, s.first.Head)
			return endpoint.Decision{}, nil
		}}, asking(""))
		<-s.over
		require.True(t, s.IsOpen)
	})
}

// A decision that is made while the context ends stands.
func TestServer_DecisionAsContextEnds(t *testing.T) {
	bubble(t, func(t *testing.T, s *served) {
		ctx, cancel := context.WithCancel(t.Context())
		s.ctx = ctx
		s.start(t, host{atOnce: true, judge: func(context.Context, *endpoint.Request) (endpoint.Decision,
			error) {
			cancel()
			return endpoint.Decision{}, nil
		}}, asking(""))
		<-s.over
		require.True(t, s.IsOpen)
	})
}

// Extensions take part in a connection that a decision opens, and in no other.
func TestServer_Grants(t *testing.T) {
	for status, open := range map[int]bool{0: true, 101: true, 201: true, 204: true, 403: false,
		404: false} {
		bubble(t, func(t *testing.T, s *served) {
			s.start(t, host{accept: &endpoint.Decision{Status: status}},
				asking("Sec-WebSocket-Extensions: x-kaazing-idle-timeout;timeout=30000\r\n"))
			if !open {
				synctest.Wait()
				_ = s.peer.Close()
			}
			<-s.over
			require.Equal(t, open, s.IsOpen, status)
			require.Equal(t, open, len(s.Sessions) == 1, status)
		})
	}
}

const plainHead = "GET /p HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
	"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"

// Bytes that a plain client sends before the decision are the beginning of its WebSocket, however
// often the application asks for time; a client that is refused gets no frame.
func TestServer_PlainWaits(t *testing.T) {
	for name, last := range map[string]struct {
		d    endpoint.Decision
		err  error
		want string
	}{
		"let in":                {endpoint.Decision{}, nil, "HTTP/1.1 101 "},
		"refused":               {endpoint.Decision{Status: 403}, nil, "HTTP/1.1 403 "},
		"the application fails": {endpoint.Decision{}, errors.New("no"), "HTTP/1.1 500 "},
	} {
		bubble(t, func(t *testing.T, s *served) {
			s.config.Machine.Plain, s.config.DecidePlain, s.head = true, true, plainHead
			s.rest = frametest.Encode(false, frametest.Frame{Op: ws.OpText, P: "early"})
			asked := 0
			s.start(t, host{judge: func(context.Context, *endpoint.Request) (endpoint.Decision, error) {
				time.Sleep(time.Second)
				if asked++; asked < 3 {
					return endpoint.Decision{Status: 202}, nil
				}
				return last.d, last.err
			}})
			time.Sleep(time.Second)
			synctest.Wait()
			s.say("later")
			<-s.over
			require.Equal(t, 3, asked, name)
			require.Equal(t, last.want, s.answers()[:len(last.want)], name)
			require.Equal(t, last.d.Status == 0 && last.err == nil, s.IsOpen, name)
			if !s.IsOpen {
				return
			}
			for _, want := range []string{"early", "later"} {
				it, err := s.Link.Next()
				require.NoError(t, err)
				require.Equal(t, want, string(it.Data))
			}
		})
	}
}

// Reset keeps memory, and nothing that is in it.
func TestServer_Reset_KeepsMemory(t *testing.T) {
	s := New()
	s.Corked = make([]byte, 10, 100)
	s.Reset()
	require.Empty(t, s.Corked)
	require.Equal(t, 100, cap(s.Corked))
}
