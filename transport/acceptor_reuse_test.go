package transport

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/internal/upgrade"
	"example.com/khp/transport/auth"
	"example.com/khp/transport/internal/accept"
	"example.com/khp/transport/internal/frametest"
	"example.com/khp/transport/internal/opening"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// kindOfConnection is a handshake: the options of the server, and the bytes of the client.
type kindOfConnection struct {
	handler func() *Handler
	target  string
	fields  string // in the place of the usual subprotocol
	client  func(c *rawClient)
}

const offersAMQP = "GET /echo HTTP/1.1\r\nSec-WebSocket-Protocol: amqp\r\n\r\n"

// knowing lets in joe, whose principal is his name, and asks others.
type knowing struct{}

func (knowing) Authenticate(_ context.Context, r *Request) (auth.Verdict, error) {
	if r.Authorization == "Basic am9lOndlbGNvbWU=" {
		return auth.Verdict{Allow: true, Principal: "joe"}, nil
	}
	return auth.Verdict{Challenges: []string{`Basic realm="r"`}}, nil
}

func deciding(d func(r *Request) (Decision, error)) func() *Handler {
	return func() *Handler {
		return &Handler{Decide: func(_ context.Context, r *Request) (Decision, error) { return d(r) }}
	}
}

// kindsOfConnections differ in everything that an acceptor keeps while it shakes hands.
func kindsOfConnections() map[string]kindOfConnection {
	plain := func() *Handler { return &Handler{Subprotocols: []string{"amqp"}} }
	asks := func(c *rawClient) { c.send(pf{Op: opB, P: offersAMQP}) }
	waits := 0
	return map[string]kindOfConnection{
		"open":    {handler: plain, client: asks},
		"kaazing": {handler: plain, target: "/echo?.kl=Y", client: asks},
		"plain": {handler: func() *Handler { return &Handler{Plain: true} },
			fields: "Sec-WebSocket-Protocol: mqtt\r\n"},
		"not-khp":     {handler: plain, fields: "Sec-WebSocket-Protocol: mqtt\r\n"},
		"not-upgrade": {handler: plain, fields: "Sec-WebSocket-Version: 12\r\n"},
		"principal": {handler: func() *Handler { return &Handler{Authenticator: knowing{}} },
			client: func(c *rawClient) {
				c.send(pf{Op: opB, P: extendedRequest})
				c.response()
				c.send(pf{Op: opB, P: replayedRequest})
			}},
		"stranger": {handler: func() *Handler { return &Handler{Authenticator: knowing{}} },
			client: func(c *rawClient) {
				c.send(pf{Op: opB, P: extendedRequest})
				c.response()
				c.send(pf{Op: opX, P: "\x03\xe8"})
			}},
		"waiting": {handler: deciding(func(*Request) (Decision, error) {
			if waits++; waits%2 == 1 {
				return Decision{Status: 202}, nil
			}
			return Decision{}, nil
		}), client: asks},
		"redirect": {handler: deciding(func(*Request) (Decision, error) {
			return Decision{Status: 302, Location: "/q"}, nil
		}), client: asks},
		"broken": {handler: deciding(func(*Request) (Decision, error) {
			return Decision{}, errors.New("no data base")
		}), client: asks},
		"malformed": {handler: plain, client: func(c *rawClient) {
			c.send(pf{Op: opB, P: "nonsense\r\n\r\n"})
		}},
		"bad-frame": {handler: plain, client: func(c *rawClient) { c.bytes("\xff\xff") }},
		"lost":      {handler: plain, client: func(c *rawClient) { _ = c.nc.Close() }},
		"silent": {handler: func() *Handler {
			return &Handler{Timeouts: Timeouts{Request: time.Second}}
		}, client: func(*rawClient) {}},
		"limited": {handler: func() *Handler {
			return &Handler{ReadLimit: 4, Timeouts: Timeouts{Request: time.Minute}}
		}, client: asks},
	}
}

// events writes down the events of an observer.
type events struct{ lines []string }

func (e *events) Observe(ev Event) {
	e.lines = append(e.lines, fmt.Sprint(ev.Kind, " ", ev.Phase, " ", ev.Code, " ", ev.Text, " ",
		strings.Count(string(ev.Data), "")))
}

// date is the part that differs between two answers.
var date = regexp.MustCompile("Date: [^\r]*\r\n")

// handshakeOf has a shake hands with a client of that kind, and returns all that can be seen of it.
func handshakeOf(t *testing.T, a *acceptor, k kindOfConnection) []string {
	h, seen, log := k.handler(), &events{}, &bytes.Buffer{}
	h.Serve = func(context.Context, *Conn) error { return nil }
	h.Observer = seen
	h.Logger = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{
		Level: slog.LevelDebug, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		}}))
	text := openingRequest
	if k.fields != "" {
		text = strings.Replace(text, "Sec-WebSocket-Protocol: x-kaazing-handshake\r\n", k.fields, 1)
	}
	if k.target != "" {
		text = strings.Replace(text, "/echo", k.target, 1)
	}
	ours, theirs := connection(t)
	c := newRawClient(t, theirs)
	told := make(chan string)
	go func() {
		head := <-c.head
		if k.client != nil && strings.Contains(head, " 101 ") {
			k.client(c)
		}
		told <- head
	}()
	begin := time.Now()
	r := parseRequest(t, text)
	s := &served{handler: h, Visit: accept.Visit{Conn: ours}}
	s.ctx = s.Begin(t.Context())
	s.shakeWith(a, opening.Of(r), false)
	lines := []string{fmt.Sprint("after ", time.Since(begin))}
	if s.conn != nil {
		lines = append(lines, fmt.Sprint(s.conn.Subprotocol(), s.conn.Status(), s.conn.Plain(),
			s.conn.Extensions(), s.conn.link.Limit()))
		if q := s.conn.Request(); q != nil {
			lines = append(lines, fmt.Sprint(q.Principal, q.Replay, q.Subprotocols,
				q.Authorization, q.Target))
		}
		go func() { _ = s.conn.Close(CloseNormal, "") }()
	}
	lines = append(lines, date.ReplaceAllString(<-told, ""))
	for f := range c.got {
		lines = append(lines, fmt.Sprint(f.Header.OpCode, string(f.Payload)))
		if f.Header.OpCode == opX {
			c.send(pf{Op: opX, P: "\x03\xe8"})
			_ = c.nc.Close()
		}
	}
	s.CancelFunc()(nil)
	synctest.Wait()
	return append(append(lines, seen.lines...), log.String())
}

// An acceptor that has shaken hands before treats the next client as a new one does, for any two
// connections.
func TestAcceptor_Reuse(t *testing.T) {
	poison = func(released []byte) {
		for i := range released {
			released[i] = 0xdb
		}
	}
	defer func() { poison = nil }()
	for first, one := range kindsOfConnections() {
		virtual(t, first, func(t *testing.T) {
			for second, other := range kindsOfConnections() {
				want := handshakeOf(t, newAcceptor(), other)
				a := newAcceptor()
				handshakeOf(t, a, one)
				a.reset()
				require.Equal(t, trace{}, a.trace, "nothing of the observed is kept")
				require.Equal(t, want, handshakeOf(t, a, other), "%s after %s", second, first)
			}
		})
	}
}

// After any number of handshakes an acceptor behaves as a new one.
func TestAcceptor_History(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		names := slices.Sorted(maps.Keys(kindsOfConnections()))
		before := rapid.SliceOfN(rapid.SampledFrom(names), 2, 6).Draw(rt, "before")
		name := rapid.SampledFrom(names).Draw(rt, "kind")
		var alone, after []string
		synctest.Test(t, func(t *testing.T) {
			kinds := kindsOfConnections()
			alone = handshakeOf(t, newAcceptor(), kinds[name])
			a := newAcceptor()
			for _, b := range before {
				handshakeOf(t, a, kinds[b])
				a.reset()
			}
			after = handshakeOf(t, a, kinds[name])
		})
		require.Equal(rt, alone, after)
	})
}

// A decision about a client that is gone lets nobody else in, even if its acceptor is used again
// while the application still decides.
func TestAcceptor_LateDecision(t *testing.T) {
	virtual(t, "", func(t *testing.T) {
		a := newAcceptor()
		answers := []chan Decision{make(chan Decision), make(chan Decision)}
		h := &Handler{Serve: func(context.Context, *Conn) error { return nil }}
		asked := 0
		h.Decide = func(context.Context, *Request) (Decision, error) { // which does not mind its context
			asked++
			return <-answers[asked-1], nil
		}
		shake := func() (c *rawClient, got chan *Conn) {
			ours, theirs := connection(t)
			c, got = newRawClient(t, theirs), make(chan *Conn, 1)
			go func() {
				s := &served{handler: h, Visit: accept.Visit{Conn: ours}}
				s.ctx = s.Begin(t.Context())
				s.shakeWith(a, opening.Of(parseRequest(t, openingRequest)), false)
				got <- s.conn
			}()
			<-c.head
			c.send(pf{Op: opB, P: extendedRequest})
			synctest.Wait()
			return c, got
		}
		one, got := shake()
		require.Equal(t, 1, asked)
		old := a.Question
		_ = one.nc.Close()
		require.Nil(t, <-got)
		a.release()
		require.NotNil(t, a.Context, "an acceptor beside which a decision runs is not given back")
		a.reset() // as if it had been

		two, got := shake()
		require.Equal(t, 2, asked)
		answers[0] <- Decision{} // lets the first client in
		synctest.Wait()
		require.True(t, old.Over())
		old.Decide(time.Now(), Decision{})
		synctest.Wait()
		require.Empty(t, two.got, "the second hears nothing of that")
		answers[1] <- Decision{Status: 403}
		require.Equal(t, "403", two.status())
		_ = two.nc.Close()
		require.Nil(t, <-got)
	})
}

// Whom the authenticator has let in is asked about again when the application challenges after all:
// a replay is another request.
func TestHandler_AuthenticatesReplays(t *testing.T) {
	var principals []any
	h := &Handler{Authenticator: knowing{}, Serve: func(context.Context, *Conn) error { return nil }}
	h.Decide = func(_ context.Context, r *Request) (Decision, error) {
		principals = append(principals, r.Principal)
		return Decision{Status: 401, Challenges: []string{`Basic realm="more"`}}, nil
	}
	c := servePipe(t, h, openingRequest)
	<-c.head
	c.send(pf{Op: opB, P: replayedRequest})
	require.Contains(t, c.response(), "more", "joe is known, and challenged by the application")
	c.send(pf{Op: opB, P: strings.Replace(replayedRequest, "am9lOndlbGNvbWU=", "bm9ib2R5Og==", 1)})
	require.NotContains(t, c.response(), "more", "nobody is not known, whoever was before")
	require.Equal(t, []any{"joe"}, principals)
	_ = c.nc.Close()
	<-c.done
}

// A server that did not read does not take the next one its time.
func TestDial_WritesAfterDeafServer(t *testing.T) {
	virtual(t, "", func(t *testing.T) {
		serve := func(nc net.Conn, slow time.Duration, response string) {
			time.Sleep(slow)
			r, err := http.ReadRequest(bufio.NewReader(nc))
			if err != nil {
				return
			}
			_, _ = io.WriteString(nc, "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
				"Sec-WebSocket-Protocol: x-kaazing-handshake\r\nSec-WebSocket-Accept: "+
				string(upgrade.AppendAccept(nil, []byte(r.Header.Get("Sec-WebSocket-Key"))))+"\r\n\r\n")
			if _, err := frametest.ReadFrame(nc); err == nil {
				_, _ = nc.Write(frametest.Encode(true, pf{Op: opB, P: response}, pf{Op: opB}))
			}
		}
		dials := 0
		c, err := Dial(t.Context(), "ws://one.example/", &DialOptions{
			NetDial: func(context.Context, string, string) (net.Conn, error) {
				ours, theirs := connection(t)
				t.Cleanup(func() { _ = theirs.Close() })
				if dials++; dials == 1 {
					go serve(theirs, 0, "HTTP/1.1 302 x\r\nLocation: /two\r\n\r\n") // and never reads the Close
				} else {
					go serve(theirs, 4*time.Second, "HTTP/1.1 101 x\r\n\r\n")
				}
				return ours, nil
			}})
		require.NoError(t, err)
		require.Equal(t, 2, dials)
		_ = c.NetConn().Close()
		_ = c.Close(CloseNormal, "")
	})
}
