package driver_test

import (
	"fmt"
	"testing"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/endpoint/driver"
	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// both is a driver and its model, each with an endpoint of its own, and what both are told.
type both struct {
	spy    *spy
	model  *model
	client *driver.Client // or
	server *driver.Server
	now    time.Time
	sent   []string // what Send returned, of either
}

// last returns the element that is n elements behind the last one, round and round; a driver and
// its model count their own.
func last[T any](list []T, n int) (element T, ok bool) {
	if len(list) == 0 {
		return element, false
	}
	return list[(len(list)-1+n)%len(list)], true
}

// conn returns the connection with a number, of either.
func (b *both) conn(n int) (c *driver.Conn, mc *modelConn) {
	var ok bool
	if c, ok = last(b.spy.conns, n); !ok {
		c = &driver.Conn{}
	}
	if mc, ok = last(b.model.conns, n); !ok {
		mc = &modelConn{}
	}
	return c, mc
}

// hearer has the methods that both kinds of connections have.
type hearer interface {
	Received(now time.Time, p []byte)
	Message(now time.Time, t wire.MessageType, p []byte)
	Ping(now time.Time, p []byte)
	PeerClosed(now time.Time, code uint16, reason string)
	Violation(now time.Time, f fsm.Failure, detail string)
	Lost(now time.Time, detail string)
}

// calls are all that hosts say to drivers of both sides. The last connection is number 0.
func calls(b *both, n int, text []byte) map[string][2]func() {
	m := b.model
	var c hearer = b.server
	var mc *modelConn
	if b.client != nil {
		c, mc = b.conn(n)
	} else {
		mc = m.conns[0]
	}
	e := endpointOf(m)
	drive := driverOf(b)
	p := func() []byte { return append([]byte(nil), text...) }
	spoil := func(p []byte, call func([]byte)) { // a driver keeps no slice
		call(p)
		for i := range p {
			p[i] = '#'
		}
	}
	return map[string][2]func(){
		"received": {
			func() { spoil(p(), func(p []byte) { c.Received(t0, p) }) },
			func() {
				may := func() bool { return mc.up && !mc.shaken }
				if !may() {
					return
				}
				m.hears(mc, func() {
					if !may() {
						return
					}
					mc.head = append(mc.head, text...)
					used, outs := e.OpeningReceived(t0, mc.head)
					if used > 0 {
						mc.shaken = true
						if goesOn(outs) {
							m.during(func() { _ = m.say("upgraded %q", mc.head[used:]) })
						}
					}
					m.carryOut(outs)
				})
			},
		},
		"message": {
			func() { spoil(p(), func(p []byte) { c.Message(t0, wire.Binary, p) }) },
			func() { m.hears(mc, func() { m.carryOut(e.Message(t0, wire.Binary, p())) }) },
		},
		"text": {
			func() { spoil(p(), func(p []byte) { c.Message(t0, wire.Text, p) }) },
			func() { m.hears(mc, func() { m.carryOut(e.Message(t0, wire.Text, p())) }) },
		},
		"unit": {
			func() { c.Message(t0, wire.Binary, p()); c.Message(t0, wire.Binary, nil) },
			func() {
				m.hears(mc, func() { m.carryOut(e.Message(t0, wire.Binary, p())) })
				m.hears(mc, func() { m.carryOut(e.Message(t0, wire.Binary, nil)) })
			},
		},
		"ping": {
			func() { spoil(p(), func(p []byte) { c.Ping(t0, p) }) },
			func() { m.hears(mc, func() { m.carryOut(e.Ping(t0, p())) }) },
		},
		"peer-closed": {
			func() { c.PeerClosed(t0, 1000+uint16(n%5), "bye") },
			func() {
				m.hears(mc, func() {
					mc.deaf = true
					m.carryOut(e.PeerClosed(t0, 1000+uint16(n%5), "bye"))
				})
			},
		},
		"violation": {
			func() { c.Violation(t0, fsm.FailureFrame, "bad") },
			func() {
				m.hears(mc, func() {
					mc.violated = true
					m.carryOut(e.Violation(t0, fsm.FailureFrame, "bad"))
				})
			},
		},
		"lost": {
			func() { c.Lost(t0, "reset") },
			func() {
				if may := func() bool { return m.current == mc && mc.up }; may() {
					m.call(func() {
						if may() {
							m.carryOut(m.lose(mc, "reset"))
						}
					})
				}
			},
		},
		"expire": {
			func() { drive.Expire(b.now) },
			func() {
				if now := b.now; !m.over {
					m.call(func() {
						if m.now = now; !m.over {
							m.carryOut(e.Expire(now))
						}
					})
				}
			},
		},
		"send": {
			func() {
				spoil(p(), func(p []byte) { b.sent = append(b.sent, fmt.Sprint(drive.Send(t0, wire.Text, p))) })
			},
			func() {
				at := len(b.sent)
				b.sent = append(b.sent, "")
				switch {
				case m.over, m.busy && (!m.open || m.closed):
					b.sent[at] = "false"
					return
				case m.busy:
					b.sent[at] = "true"
				}
				m.call(func() {
					if m.over {
						return
					}
					outs, ok := e.Send(t0, wire.Text, p())
					if b.sent[at] == "" {
						b.sent[at] = fmt.Sprint(ok)
					}
					m.carryOut(outs)
				})
				if b.sent[at] == "" {
					b.sent[at] = "false"
				}
			},
		},
		"close": {
			func() { drive.Close(t0, 1001, "enough") },
			func() {
				m.call(func() {
					if !m.over {
						m.carryOut(e.Close(t0, 1001, "enough"))
					}
				})
			},
		},
		"give-up": {
			func() { drive.GiveUp(t0, 1001, "enough") },
			func() {
				if m.over {
					return
				}
				m.call(func() {
					if m.over {
						return
					}
					m.carryOut(e.Close(t0, 1001, "enough"))
					m.rest()
					for due := m.deadline(); !m.over && !due.IsZero(); due = m.deadline() {
						m.now = due
						m.carryOut(e.Expire(due))
						m.rest()
					}
				})
			},
		},
	}
}

// goesOn reports whether frames follow the opening handshake that ends with these outputs.
func goesOn(outs []endpoint.Output) bool {
	for _, o := range outs {
		if o.Kind == endpoint.Disconnect {
			return false
		} else if o.Kind == endpoint.SendMessage || o.Kind == endpoint.SendClose {
			return true
		}
	}
	return true
}

// driven are the methods that drivers of both sides have.
type driven interface {
	Expire(now time.Time)
	Send(now time.Time, t wire.MessageType, p []byte) bool
	Close(now time.Time, code uint16, reason string)
	GiveUp(now time.Time, code uint16, reason string)
	Deadline() time.Time
}

func driverOf(b *both) driven {
	if b.client != nil {
		return b.client
	}
	return b.server
}

// end are the methods that endpoints of both sides have.
type endpointEnd interface {
	OpeningReceived(now time.Time, b []byte) (used int, out []endpoint.Output)
	Message(now time.Time, t wire.MessageType, p []byte) []endpoint.Output
	Ping(now time.Time, p []byte) []endpoint.Output
	PeerClosed(now time.Time, code uint16, reason string) []endpoint.Output
	Violation(now time.Time, f fsm.Failure, detail string) []endpoint.Output
	Expire(now time.Time) []endpoint.Output
	Send(now time.Time, t wire.MessageType, p []byte) (out []endpoint.Output, ok bool)
	Close(now time.Time, code uint16, reason string) []endpoint.Output
	Misuse() error
}

func endpointOf(m *model) endpointEnd {
	if m.client != nil {
		return m.client
	}
	return m.server
}

// clientCalls are the calls that only clients have; whom is who will be told.
func clientCalls(b *both, whom, n int) map[string][2]func() {
	m := b.model
	c, mc := b.conn(n)
	early := func(f func()) {
		if may := func() bool { return m.current == mc && !mc.deaf && mc.up && !mc.shaken }; may() {
			m.call(func() {
				if may() {
					mc.shaken = true
					f()
				}
			})
		}
	}
	value := []string{"Basic one", "Basic two", ""}[n%3]
	calls := map[string][2]func(){
		"connected": {
			func() { c.Connected(t0, b.spy, [16]byte{}) },
			func() {
				mayNot := func() bool {
					no := m.current != mc || mc.up
					if no {
						_ = m.say("disconnect")
					}
					return no
				}
				if mayNot() {
					return
				}
				m.call(func() {
					if !mayNot() {
						mc.up = true
						m.carryOut(m.client.Connected(t0, [16]byte{}))
					}
				})
			},
		},
		"failed": {
			func() { c.Failed(t0, "refused") },
			func() {
				if may := func() bool { return m.current == mc && !mc.up }; may() {
					m.call(func() {
						if may() {
							m.carryOut(m.client.ConnectFailed(t0, "refused"))
						}
					})
				}
			},
		},
		"opened": {
			func() { c.Opened(t0, endpoint.Subprotocol, nil, accept) },
			func() { early(func() { m.carryOut(m.client.Opened(t0, endpoint.Subprotocol, nil, accept)) }) },
		},
		"opening-refused": {
			func() {
				c.OpeningRefused(t0, 302,
					[]endpoint.HeaderField{{Name: "Location", Value: "/o"}}, nil)
			},
			func() {
				early(func() {
					m.carryOut(m.client.OpeningRefused(t0, 302,
						[]endpoint.HeaderField{{Name: "Location", Value: "/o"}}, nil))
				})
			},
		},
		"connect": {
			func() { b.client.Connect(t0) },
			func() { m.call(func() { m.carryOut(m.client.Connect(t0)) }) },
		},
		"body-written": {
			func() { b.client.BodyWritten(t0) },
			func() { m.call(func() { m.carryOut(m.client.BodyWritten(t0)) }) },
		},
	}
	q, ok := last(b.spy.asked, n)
	mq, asked := last(m.told, n)
	if whom == 0 && ok || whom == 1 && asked {
		calls["credentials"] = [2]func(){
			func() { q.Credentials(t0, value) },
			func() { m.answer(mq, func() []endpoint.Output { return m.client.Credentials(t0, value) }) },
		}
		calls["no-credentials"] = [2]func(){
			func() { q.None(t0, "none") },
			func() { m.answer(mq, func() []endpoint.Output { return m.client.NoCredentials(t0, "none") }) },
		}
	}
	return calls
}

// serverCalls are the calls that only servers have.
func serverCalls(b *both, whom, n int) map[string][2]func() {
	m := b.model
	var r wire.Request
	_ = r.Parse([]byte(opening), wire.Limits{})
	o := endpoint.OpeningRequest{Target: "/p", Host: "h", Subprotocols: []string{endpoint.Subprotocol}}
	calls := map[string][2]func(){
		"parsed": {
			func() { b.server.Opening(t0, &r) },
			func() { m.call(func() { m.carryOut(m.server.Opening(t0, &r)) }) },
		},
		"opened": {
			func() { b.server.Opened(t0, o, nil) },
			func() { m.call(func() { m.carryOut(m.server.Opened(t0, o, nil)) }) },
		},
	}
	q, ok := last(b.spy.decide, n)
	mq, asked := last(m.told, n)
	if whom == 0 && ok || whom == 1 && asked {
		d := []endpoint.Decision{{}, {Status: 403}, {Status: 202},
			{Status: 401, Challenges: []string{"Basic"}}, {Status: 401}}[n%5]
		calls["decide"] = [2]func(){
			func() { q.Decide(t0, d) },
			func() {
				m.answer(mq, func() []endpoint.Output {
					outs, err := m.server.Decide(t0, d)
					if err != nil {
						m.during(func() { _ = m.say("dropped %v", err) })
						outs = m.server.ApplicationFailed(t0)
					}
					return outs
				})
			},
		}
		calls["application-failed"] = [2]func(){
			func() { q.Fail(t0) },
			func() { m.answer(mq, func() []endpoint.Output { return m.server.ApplicationFailed(t0) }) },
		}
	}
	return calls
}

// texts are what a peer may say, the likely first.
var clientTexts = []string{
	accepted, opened, challenged, elsewhere("/q"), elsewhere("ws://h2/"), "", "HTTP/1.1 202 x\r\n\r\n",
	"HTTP/1.1 100 x\r\n\r\n", "HTTP/1.1 403 x\r\n\r\n",
	"HTTP/1.1 401 x\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n",
	opened + "rest", opened[:40], opened[40:], "hello",
}
var serverTexts = []string{request, opening, opening + "rest", opening[:30], opening[30:], "",
	"GET /p HTTP/1.1\r\nAuthorization: Basic x\r\n\r\n", "hello"}

// run tells both the same, at random, also inside of orders and with writes that fail, and expects
// the same orders in the same order.
func (b *both) run(t *rapid.T, texts []string, names []string) {
	j := b.spy.journal
	for range rapid.IntRange(1, 25).Draw(t, "calls") {
		name := rapid.SampledFrom(names).Draw(t, "call")
		n := rapid.IntRange(0, 5).Draw(t, "number")
		text := []byte(rapid.SampledFrom(texts).Draw(t, "text"))
		b.now = t0
		if due := driverOf(b).Deadline(); !due.IsZero() {
			b.now = due.Add(time.Duration(rapid.IntRange(-1, 1).Draw(t, "time")))
		}
		inside := rapid.IntRange(0, 8).Draw(t, "inside") - 3
		if inside > 0 {
			at := j.orders + inside
			j.inside[at] = func() { b.tell(0, name, n, text) }
			b.model.inside[at] = func() { b.tell(1, name, n, text) }
			continue
		}
		if rapid.IntRange(0, 30).Draw(t, "failing") == 0 {
			j.fails = j.orders + 2
			b.model.fails = j.fails
		}
		b.tell(0, name, n, text)
		lists := b.sent
		b.sent = nil
		b.tell(1, name, n, text)
		require.Equal(t, b.model.text(), j.text(), "after %s", name)
		require.Equal(t, lists, b.sent, "what Send said")
		b.sent = nil
		b.same(t)
	}
}

// tell tells the driver (0) or the model (1) something.
func (b *both) tell(whom int, name string, n int, text []byte) {
	all := calls(b, n, text)
	more := serverCalls
	if b.client != nil {
		more = clientCalls
	}
	for k, v := range more(b, whom, n) {
		all[k] = v
	}
	if c, ok := all[name]; ok {
		j := []*journal{b.spy.journal, b.model.journal}[whom]
		j.lines = append(j.lines, fmt.Sprintf("-- %s %d", name, n))
		c[whom]()
	}
}

// same compares what can be asked for.
func (b *both) same(t require.TestingT) {
	var misuse error
	if b.client != nil {
		misuse = b.client.Endpoint().Misuse()
		for i, q := range b.spy.asked {
			require.Equal(t, !b.model.questions[b.model.told[i]], q.Over(), "question %d is over", i)
		}
		for i, c := range b.spy.conns {
			require.Equal(t, b.model.current == b.model.conns[i], c.Wanted(), "connection %d", i)
		}
	} else {
		misuse = b.server.Endpoint().Misuse()
		for i, q := range b.spy.decide {
			require.Equal(t, !b.model.questions[b.model.told[i]], q.Over(), "question %d is over", i)
		}
	}
	require.Equal(t, endpointOf(b.model).Misuse(), misuse)
}

// check checks a property more often than rapid does by itself: a story takes little time.
func check(t *testing.T, prop func(*rapid.T)) {
	for range 12 {
		rapid.Check(t, prop)
	}
}

func newJournal() *journal { return &journal{inside: map[int]func(){}} }

var bothSides = []string{"received", "message", "text", "unit", "unit", "ping", "peer-closed",
	"violation", "lost", "expire", "send", "close", "give-up"}

// A driver of a client does what its model does.
func TestClient_RefinesModel(t *testing.T) {
	names := append([]string{"connected", "connected", "opened", "opened", "opening-refused", "failed",
		"credentials", "credentials", "no-credentials", "connect", "body-written"}, bothSides...)
	check(t, func(t *rapid.T) {
		cfg := endpoint.ClientConfig{HasCredentials: true}
		if rapid.Bool().Draw(t, "body") {
			cfg.Body = []byte("body")
		}
		var e [2]*endpoint.Client
		for i := range e {
			var err error
			e[i], err = endpoint.NewClient("ws://h/p", cfg)
			require.NoError(t, err)
		}
		b := &both{spy: &spy{journal: newJournal()}, model: &model{journal: newJournal(), client: e[1]}}
		b.client = driver.NewClient(e[0], b.spy)
		b.client.ReportsBody = rapid.Bool().Draw(t, "reports")
		b.model.reports = b.client.ReportsBody
		// from the middle, too
		for i, step := range []string{"connect", "connected", "received", "unit"} {
			if i < rapid.IntRange(0, 4).Draw(t, "begun") {
				text := []byte([]string{"", "", opened, rapid.SampledFrom(clientTexts).Draw(t, "first")}[i])
				b.tell(0, step, 0, text)
				b.tell(1, step, 0, text)
			}
		}
		b.run(t, clientTexts, names)
	})
}

// A driver of a server does what its model does.
func TestServer_RefinesModel(t *testing.T) {
	names := append([]string{"parsed", "opened", "decide", "decide", "decide", "application-failed"},
		bothSides...)
	check(t, func(t *rapid.T) {
		b := &both{spy: &spy{journal: newJournal()},
			model: &model{journal: newJournal(), server: endpoint.NewServer(endpoint.ServerConfig{})}}
		b.model.current = &modelConn{up: true}
		b.model.conns = []*modelConn{b.model.current}
		b.server = driver.NewServer(endpoint.NewServer(endpoint.ServerConfig{}), b.spy, b.spy)
		for i, step := range []string{"received", "message"} {
			if i < rapid.IntRange(0, 2).Draw(t, "begun") {
				text := []byte([]string{opening, request}[i])
				b.tell(0, step, 0, text)
				b.tell(1, step, 0, text)
			}
		}
		b.run(t, serverTexts, names)
	})
}
