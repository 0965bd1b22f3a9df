package adaptertest

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/transport"
	"example.com/khp/transport/adapter"
	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
)

// A server meets a client that speaks bytes by hand.
var serverScenarios = map[string]func(t *testing.T, l library){
	"accept":                            serverAccepts,
	"kaazing":                           serverKaazing,
	"kaazing, reroute":                  serverReroutes,
	"request in fragments, with pings":  serverFragments,
	"messages that must not be":         serverFaults,
	"client closes":                     serverClientCloses,
	"client leaves during the decision": serverClientLeaves,
	"timeouts":                          serverTimeouts,
	"cancel":                            serverCancel,
}

func TestServer(t *testing.T) {
	for _, l := range libraries {
		for name, scenario := range serverScenarios {
			t.Run(l.name+"/"+name, func(t *testing.T) { t.Parallel(); scenario(t, l) })
		}
	}
}

// wantText says something and hears it.
func (p *peer) wantText(text string) {
	p.Helper()
	p.send(ws.NewTextFrame([]byte(text)))
	op, got := p.message()
	require.Equal(p, ws.OpText, op)
	require.Equal(p, text, got)
}

func serverAccepts(t *testing.T, l library) {
	p := rawClient(t, serve(t, l, &adapter.ServerOptions{}), "")
	p.send(binary(request0))
	require.Equal(t, "101", p.status())
	p.wantText("hello")
	p.send(ws.NewCloseFrame(ws.NewCloseFrameBody(1001, "")))
	require.Equal(t, ws.StatusCode(1001), p.drain())
}

const (
	proceed = "\xef\x83\xbfN"
	reroute = "\xef\x83\xbfR"
)

// A client of Kaazing's own kind waits for N, then for response, terminator and N.
func serverKaazing(t *testing.T, l library) {
	p := rawClient(t, serve(t, l, &adapter.ServerOptions{Subprotocols: []string{"amqp"}}), "?.kl=Y")
	_, first := p.message()
	require.Equal(t, proceed, first)
	p.send(ws.NewTextFrame([]byte("GET /echo?.kl=Y HTTP/1.1\r\nSec-WebSocket-Protocol: \r\n\r\n")))
	_, response := p.message()
	require.Contains(t, response, "Sec-WebSocket-Protocol: amqp\r\n",
		"the opening request asks for it too")
	_, end := p.message()
	require.Empty(t, end)
	_, second := p.message()
	require.Equal(t, proceed, second)
	p.wantText("hello")
}

func serverReroutes(t *testing.T, l library) {
	p := rawClient(t, serve(t,
		l, deciding(func(context.Context, *transport.Request) (transport.Decision, error) {
			return transport.Decision{Reroute: "ws://two.example/echo"}, nil
		})), "?.kl=Y")
	_, _ = p.message()
	p.send(binary("GET /echo?.kl=Y HTTP/1.1\r\n\r\n"))
	require.Equal(t, "101", p.status())
	_, second := p.message()
	require.Equal(t, reroute+"ws://two.example/echo", second)
	p.drain()
}

func serverFragments(t *testing.T, l library) {
	p := rawClient(t, serve(t, l, &adapter.ServerOptions{}), "")
	p.send(ws.NewPingFrame([]byte("1")))
	p.send(ws.NewFrame(ws.OpBinary, false, []byte(request0[:10])), ws.NewPingFrame([]byte("2")),
		ws.NewFrame(ws.OpContinuation, true, []byte(request0[10:])))
	for _, want := range []string{"1", "2"} {
		f, _ := p.frame()
		require.Equal(t, ws.OpPong, f.Header.OpCode)
		require.Equal(t, want, string(f.Payload))
	}
	require.Equal(t, "101", p.status())
	p.wantText("hello")
}

func serverFaults(t *testing.T, l library) {
	for _, c := range []struct {
		name   string
		frames []ws.Frame
		status string // of the response, "" if there is none
	}{
		{"no request", []ws.Frame{binary("hello")}, "400"},
		{"another path", []ws.Frame{binary("GET /other HTTP/1.1\r\n\r\n")}, "400"},
		{"another method", []ws.Frame{binary("POST /echo HTTP/1.1\r\nContent-Length: 0\r\n\r\n")}, "405"},
		{"text that is not UTF-8", []ws.Frame{ws.NewTextFrame([]byte("GET /echo HTTP/1.1\xff\r\n\r\n"))},
			""},
		{"too much", []ws.Frame{binary(strings.Repeat("x", 1<<20))}, ""},
		{"reserved opcode", []ws.Frame{ws.NewFrame(0x3, true, nil)}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := rawClient(t, serve(t, l, &adapter.ServerOptions{}), "")
			p.send(c.frames...)
			if c.status != "" {
				require.Equal(t, c.status, p.status())
			}
			p.drain()
		})
	}
}

func serverClientCloses(t *testing.T, l library) {
	p := rawClient(t, serve(t,
		l, deciding(func(context.Context, *transport.Request) (transport.Decision, error) {
			t.Error("there is nothing to decide")
			return transport.Decision{}, nil
		})), "")
	p.send(ws.NewCloseFrame(ws.NewCloseFrameBody(1001, "")))
	require.Equal(t, ws.StatusCode(1001), p.drain())
}

func serverClientLeaves(t *testing.T, l library) {
	asked, leave := make(chan struct{}), make(chan struct{})
	url := serve(t, l, deciding(func(context.Context, *transport.Request) (transport.Decision, error) {
		close(asked)
		<-leave
		return transport.Decision{}, nil
	}))
	p := rawClient(t, url, "")
	p.send(binary(request0))
	<-asked
	_ = p.nc.Close()
	close(leave)
}

func serverTimeouts(t *testing.T, l library) {
	const short = 50 * time.Millisecond
	// dial connects to a server with one short timeout: a slow machine has time for all else.
	dial := func(t *testing.T, timeouts transport.Timeouts) *peer {
		o := deciding(func(ctx context.Context, r *transport.Request) (transport.Decision, error) {
			if r.Header[0].Value == "one.example" {
				return transport.Decision{Status: 401, Challenges: []string{"Basic"}}, nil
			}
			<-ctx.Done()
			return transport.Decision{}, ctx.Err()
		})
		if timeouts.Request == 0 {
			timeouts.Request = patience
		}
		o.Config.Timeouts = timeouts
		return rawClient(t, serve(t, l, o), "")
	}
	t.Run("request", func(t *testing.T) {
		p := dial(t, transport.Timeouts{Request: short})
		require.Equal(t, "408", p.status())
		p.drain()
	})
	t.Run("replay", func(t *testing.T) {
		p := dial(t, transport.Timeouts{Replay: short})
		p.send(binary(request0))
		require.Equal(t, "401", p.status())
		require.Equal(t, "408", p.status())
		p.drain()
	})
	t.Run("decision", func(t *testing.T) {
		// The request has to arrive in this time: a slow machine is given more.
		for short := 4 * short; ; short *= 4 {
			p := dial(t, transport.Timeouts{Overall: short})
			p.send(binary("GET /echo HTTP/1.1\r\nX: y\r\n\r\n"))
			status := p.status()
			p.drain()
			if status != "408" || short > patience {
				require.Equal(t, "5", status[:1])
				return
			}
		}
	})
	t.Run("close, while a read is under way", func(t *testing.T) {
		// The default takes longer each time, a slow machine does not.
		for quick, try := false, 1; !quick; try++ {
			begin := time.Now()
			p := dial(t, transport.Timeouts{Request: short, Close: short})
			require.Equal(t, "408", p.status())
			op, _ := p.message()
			require.Equal(t, ws.OpClose, op)
			_, ok := p.frame()
			require.False(t, ok)
			quick = time.Since(begin) < 2500*time.Millisecond
			require.Less(t, try, 20)
		}
	})
	t.Run("close", func(t *testing.T) {
		p := dial(t, transport.Timeouts{Close: short})
		p.send(binary("nonsense"))
		require.Equal(t, "400", p.status())
		op, _ := p.message()
		require.Equal(t, ws.OpClose, op)
		_, ok := p.frame() // which we do not answer
		require.False(t, ok)
	})
}

// The end of the context that Accept was given ends the handshake with 503. Package transport has
// Shutdown for that.
func serverCancel(t *testing.T, l library) {
	if l.name == "transport" {
		t.Skip("the context of a transport.Handler is its own")
	}
	for _, during := range []string{"request", "decision"} {
		t.Run(during, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			asked := make(chan struct{})
			inner := l.handler(
				deciding(func(ctx context.Context, _ *transport.Request) (transport.Decision, error) {
					close(asked)
					<-ctx.Done()
					return transport.Decision{}, ctx.Err()
				}), nil)
			url := serveHandler(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				inner.ServeHTTP(w, r.WithContext(ctx))
			}))
			p := rawClient(t, url, "")
			if during == "decision" {
				p.send(binary(request0))
				<-asked
			}
			cancel()
			require.Equal(t, "503", p.status())
			p.drain()
		})
	}
}

// The results of a server's adapter.
func TestServer_Errors(t *testing.T) {
	errBroken := errors.New("disk full")
	for _, a := range acceptors {
		for name, c := range map[string]struct {
			decision transport.Decision
			err      error
			status   int
			want     []error
		}{
			"refused": {transport.Decision{Status: 403}, nil, 403, []error{fsm.FailureStatus}},
			"broken":  {transport.Decision{}, errBroken, 500, []error{fsm.FailureApplication, errBroken}},
			"redirected": {transport.Decision{Status: 302, Location: "/there"}, nil, 302,
				[]error{fsm.FailureStatus}},
		} {
			t.Run(a.name+"/"+name, func(t *testing.T) {
				got := make(chan error, 1)
				o := deciding(func(context.Context, *transport.Request) (transport.Decision, error) {
					return c.decision, c.err
				})
				url := serveHandler(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					got <- a.accept(w, r, []string{"x-kaazing-handshake"}, o)
				}))
				p := rawClient(t, url, "")
				p.send(binary(request0))
				require.Equal(t, strconv.Itoa(c.status), p.status())
				p.drain()
				err := <-got
				var failed *transport.HandshakeError
				require.ErrorAs(t, err, &failed)
				for _, want := range c.want {
					require.ErrorIs(t, err, want)
				}
				require.Equal(t, c.status, failed.Status)
				require.Equal(t, "/echo", failed.URL)
			})
		}
		t.Run(a.name+"/not selected", func(t *testing.T) {
			got := make(chan error, 1)
			url := serveHandler(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				got <- a.accept(w, r, []string{"amqp"}, nil)
			}))
			o := none()
			o.Config.Subprotocols = []string{"amqp"}
			fails(t, own, url, o, fsm.FailureNotSelected)
			require.ErrorIs(t, <-got, a.notSelected)
		})
	}
}
