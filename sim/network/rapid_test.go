package network

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/internal/upgrade"
	"example.com/khp/wire"
	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// machine is a client with a server or an adversary, which rapid drives.
type machine struct {
	net    *Network
	client *Client
	site   *Site
	raws   []*Raw
	sent   int
}

// newMachine draws a network, a client and who is at the other end.
func newMachine(t *rapid.T, honest bool) *machine {
	m := &machine{}
	m.net = New(Options{
		Latency: rapid.SampledFrom([]time.Duration{-1, time.Millisecond, time.Second, 5 * time.Second}).
			Draw(t, "latency"), Seed: rapid.Uint64().Draw(t, "seed"),
		TimersFirst: rapid.Bool().Draw(t, "timers first"),
		Pieces:      pieces(rapid.IntRange(0, 50).Draw(t, "pieces")),
	})
	cfg := endpoint.ClientConfig{Machine: fsm.DefaultClientConfig(), Subprotocols: []string{"amqp"},
		Extensions: []string{"x-a", "x-b"}, HasCredentials: rapid.Bool().Draw(t, "credentials")}
	cfg.Machine.Profile = rapid.SampledFrom([]fsm.Profile{fsm.ProfileSpec, fsm.ProfileKaazing,
		fsm.ProfileAuto}).Draw(t, "profile")
	if cfg.Machine.Profile == fsm.ProfileSpec && rapid.Bool().Draw(t, "body") {
		cfg.Body = []byte("the body")
	}
	cfg.OpeningHeader = []endpoint.HeaderField{{Name: "Cookie", Value: "session=42"}}
	late := time.Duration(rapid.IntRange(0, 70).Draw(t, "credentials after")) * time.Second
	client, err := m.net.NewClient("ws://a.example/p", ClientOptions{Config: cfg, Secrets: []string{
		"session=42",
	}, Credentials: func(attempt int, _ []wire.Challenge) (string, time.Duration, bool) {
		return fmt.Sprint("Basic number", attempt), late, true
	}})
	require.NoError(t, err)
	m.client = client
	if honest {
		decide := func(n int, r *endpoint.Request) (endpoint.Decision, time.Duration, error) {
			return decision(t, n, r)
		}
		m.site = m.net.Serve("a.example", SiteOptions{Decide: decide})
		m.net.Serve("b.example", SiteOptions{Decide: decide})
	} else {
		m.net.RawServer("a.example", func(r *Raw) {
			m.raws = append(m.raws, r)
			r.Head = func(head []byte) { r.conn.Write(switching(head)) }
		})
	}
	client.Connect()
	return m
}

func pieces(n int) func(int) int {
	if n == 0 {
		return nil
	}
	return func(left int) int { return min(n, left) }
}

// switching answers an opening request.
func switching(head []byte) []byte {
	var r wire.Request
	_, _ = r.ParseHead(head, wire.Limits{})
	return []byte("HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Protocol: x-kaazing-handshake\r\nSec-WebSocket-Accept: " +
		string(upgrade.AppendAccept(nil, field(&r, "Sec-WebSocket-Key"))) + "\r\n\r\n")
}

// decision is that of the application.
func decision(
	t *rapid.T, n int, r *endpoint.Request,
) (d endpoint.Decision, after time.Duration, err error) {
	after = time.Duration(rapid.SampledFrom([]int{0, 0, 1, 9, 40}).Draw(t, "after")) * time.Second
	switch rapid.IntRange(0, 9).Draw(t, "decision") {
	case 0:
		return endpoint.Decision{Status: 401, Challenges: []string{`Basic realm="r"`}}, after, nil
	case 1:
		return endpoint.Decision{Status: 302, Location: rapid.SampledFrom([]string{"/p", "/q",
			fmt.Sprint("/", n), "ws://b.example/p", "wss://a.example/p"}).Draw(t, "location")}, after, nil
	case 2:
		return endpoint.Decision{Status: 202}, after, nil
	case 3:
		return endpoint.Decision{Status: rapid.SampledFrom([]int{400, 403, 404, 503}).Draw(t,
			"status")}, after, nil
	case 4:
		return d, after, errors.New("failed")
	}
	d.Status = rapid.SampledFrom([]int{0, 201, 204, 205}).Draw(t, "status")
	if len(r.Subprotocols) > 0 && rapid.Bool().Draw(t, "protocol") {
		d.Subprotocol = r.Subprotocols[0]
	}
	if rapid.Bool().Draw(t, "extensions") {
		d.Extensions = r.Extensions
	}
	return d, after, nil
}

// message is an application message that differs from all others.
func (m *machine) message() string {
	m.sent++
	return fmt.Sprint("message ", m.sent)
}

// timer is mostly the one that ends next, sometimes any.
func (m *machine) timer(t *rapid.T, next fsm.Timer) fsm.Timer {
	if rapid.IntRange(0, 4).Draw(t, "stale") > 0 {
		return next
	}
	return fsm.Timer(rapid.IntRange(int(fsm.TimerOpening), int(fsm.TimerReplay)).Draw(t, "timer"))
}

// actions are those that rapid takes, in any order.
func (m *machine) actions() map[string]func(*rapid.T) {
	all := map[string]func(*rapid.T){
		"step":  func(*rapid.T) { m.net.Step() },
		"steps": func(t *rapid.T) { m.net.Run(rapid.IntRange(1, 20).Draw(t, "n")) },
		"advance": func(t *rapid.T) {
			m.net.Advance(time.Duration(rapid.IntRange(1, 40_000).Draw(t, "ms"))*time.Millisecond, 1000)
		},
		"client-sends": func(t *rapid.T) {
			open := m.client.open && !m.client.over && !m.client.watch.leg.closed
			require.Equal(t, open, m.client.Send(wire.Text, m.message()),
				"INV-03: sends when open, and only then")
		},
		"client-closes": func(t *rapid.T) {
			m.client.Close(uint16(rapid.IntRange(0, 5000).Draw(t, "code")), "enough")
		},
		"timer": func(t *rapid.T) { m.client.Expire(m.timer(t, m.client.Endpoint.Timer())) },
		"cut": func(*rapid.T) {
			if c := m.client.conn; c != nil {
				c.Cut()
			}
		},
		"vanish": func(*rapid.T) {
			if c := m.client.conn; c != nil {
				c.Vanish()
			}
		},
		"": func(t *rapid.T) {
			m.net.Check()
			require.Empty(t, m.net.Broken())
		},
	}
	if m.site == nil {
		all["adversary"] = m.adversary
		return all
	}
	server := func(f func(v *Server)) func(*rapid.T) {
		return func(*rapid.T) {
			if v := m.site.Last(); v != nil {
				f(v)
			}
		}
	}
	all["server-sends"] = server(func(v *Server) { v.Send(wire.Binary, m.message()) })
	all["server-closes"] = server(func(v *Server) { v.Close(1001, "going away") })
	all["server-timer"] = func(t *rapid.T) {
		server(func(v *Server) { v.Expire(m.timer(t, v.Endpoint.Timer())) })(t)
	}
	return all
}

// adversary has one of the raw servers say something.
func (m *machine) adversary(t *rapid.T) {
	if len(m.raws) == 0 {
		return
	}
	r := m.raws[len(m.raws)-1]
	says := rapid.SampledFrom([]string{
		"HTTP/1.1 101 x\r\n\r\n", "HTTP/1.1 204 x\r\n\r\n", "HTTP/1.1 100 x\r\n\r\n",
		"HTTP/1.1 202 x\r\n\r\n", "HTTP/1.1 401 x\r\nWWW-Authenticate: Basic\r\n\r\n",
		"HTTP/1.1 302 x\r\nLocation: /q\r\n\r\n",
		"HTTP/1.1 302 x\r\nLocation: ws://a.example/p\r\n\r\n",
		"HTTP/1.1 302 x\r\nLocation: ws://b.example/p\r\n\r\n", "HTTP/1.1 403 x\r\n\r\n", "", "", "",
		"\xef\x83\xbfN", "\xef\x83\xbfRws://a.example/r", "hello",
	}).Draw(t, "says")
	switch rapid.IntRange(0, 12).Draw(t, "how") {
	case 0:
		r.Send(Frame{Op: ws.OpText, Data: []byte(says)})
	case 1:
		r.Send(Frame{Op: ws.OpBinary, Data: []byte(says), More: true})
		r.Send(Frame{Op: ws.OpContinuation})
	case 2:
		r.Send(Frame{Op: ws.OpPing, Data: []byte("p")})
	case 3:
		r.SendClose(1000, "")
	case 4:
		r.conn.Close()
	case 5:
		r.SendAsIs(Frame{Op: ws.OpCode(rapid.IntRange(0, 15).Draw(t, "opcode")),
			Rsv: byte(rapid.IntRange(0, 7).Draw(t, "rsv")), Data: []byte(says)})
	default:
		r.Send(Frame{Op: ws.OpBinary, Data: []byte(says)})
	}
}

// run has rapid drive a machine, then lets everything come to rest.
func run(t *testing.T, honest bool) {
	for _, id := range []string{"INV-04", "INV-05", "INV-06", "INV-21", "INV-22", "INV-27", "INV-28",
		"INV-42", "INV-45", "INV-48", "LIV-01", "LIV-02"} {
		t.Attr("req", id)
	}
	rapid.Check(t, func(t *rapid.T) {
		m := newMachine(t, honest)
		t.Repeat(m.actions())
		m.net.Run(100_000)
		require.True(t, m.net.idle(), "the network comes to rest")
		m.net.Check()
		require.Empty(t, m.net.Broken())
	})
}

func TestNetwork_HonestPair(t *testing.T) {
	for _, id := range []string{"INV-35", "INV-49", "INV-50", "LIV-09"} {
		t.Attr("req", id)
	}
	run(t, true)
}

func TestNetwork_ByzantineServer(t *testing.T) { run(t, false) }
