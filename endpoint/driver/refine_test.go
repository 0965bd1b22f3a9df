package driver_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/endpoint/driver"
	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// both is a driver and its model, each with an endpoint of its own.
type both struct {
	spy    *spy
	model  *model
	client *driver.Client // or
	server *driver.Server
	sent   []string // results of Send, of either
}

// said is a call of a host. which selects the connection or question, counted back from the last
// one, variant the arguments.
type said struct {
	name           string
	which, variant int
	text           string
	now            time.Time // of Expire
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

// spoilt has a call made with fields of its own, which it overwrites afterwards: a driver keeps no
// slice.
func spoilt[T any](list []T, by T, call func([]T)) {
	list = slices.Clone(list)
	call(list)
	for i := range list {
		list[i] = by
	}
}

// calls are all that hosts say to drivers of both sides. The last connection is number 0.
func calls(b *both, s said) map[string][2]func() {
	m, n := b.model, s.which
	var c hearer = b.server
	var mc *modelConn
	if b.client != nil {
		c, mc = b.conn(n)
	} else {
		mc = m.conns[0]
	}
	e := endpointOf(m)
	drive := driverOf(b)
	p := func() []byte { return []byte(s.text) }
	spoil := func(p []byte, call func([]byte)) { spoilt(p, '#', call) }
	code := 1000 + uint16(s.variant%5)
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
					mc.head = append(mc.head, s.text...)
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
			func() {
				spoil(p(), func(p []byte) { c.Message(t0, wire.Binary, p) })
				c.Message(t0, wire.Binary, nil)
			},
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
			func() { c.PeerClosed(t0, code, "bye") },
			func() {
				m.hears(mc, func() {
					mc.deaf = true
					m.carryOut(e.PeerClosed(t0, code, "bye"))
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
			func() { drive.Expire(s.now) },
			func() {
				if now := s.now; !m.over {
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
		"begin": {
			func() { drive.Begin(t0, someOutputs) },
			func() {
				if !m.busy {
					m.call(func() { m.carryOut(someOutputs) })
				}
			},
		},
		"zero": {b.zero, func() {}},
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

// someOutputs write in each way, as no endpoint orders where nothing can be written.
var someOutputs = []endpoint.Output{
	{Kind: endpoint.SendBytes, Data: []byte("b")},
	{Kind: endpoint.SendMessage, Type: wire.Text, Data: []byte("m")},
	{Kind: endpoint.SendPong, Data: []byte("p")},
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
	Begin(now time.Time, outs []endpoint.Output)
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

// endpointEnd has the methods that endpoints of both sides have.
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
func clientCalls(b *both, whom int, s said) map[string][2]func() {
	m, n := b.model, s.which
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
	value := []string{"Basic one", "Basic two", ""}[s.variant%3]
	granted := [][]string{nil, {"x-a"}}[s.variant%2]
	refusal, status := [][]endpoint.HeaderField{{{Name: "Location", Value: "/o"}},
		{{Name: "X", Value: "y"}}}[s.variant%2], []int{302, 503}[s.variant%2]
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
			func() {
				spoilt(granted, "#",
					func(g []string) { c.Opened(t0, endpoint.Subprotocol, g, accept) })
			},
			func() {
				early(func() { m.carryOut(m.client.Opened(t0, endpoint.Subprotocol, granted, accept)) })
			},
		},
		"opening-refused": {
			func() {
				spoilt(refusal, endpoint.HeaderField{}, func(f []endpoint.HeaderField) {
					spoilt([]byte("because"), '#', func(p []byte) { c.OpeningRefused(t0, status, f, p) })
				})
			},
			func() {
				early(func() {
					m.carryOut(m.client.OpeningRefused(t0, status, refusal, []byte("because")))
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
func serverCalls(b *both, whom int, s said) map[string][2]func() {
	m, n := b.model, s.which
	o := endpoint.OpeningRequest{Target: "/p", Host: "h", Subprotocols: []string{endpoint.Subprotocol}}
	granted := [][]string{nil, {"x-a"}}[s.variant%2]
	parsed := func(p []byte) *wire.Request {
		var r wire.Request
		_, _ = r.ParseOpening(p, wire.DefaultLimits())
		return &r
	}
	calls := map[string][2]func(){
		"parsed": {
			func() {
				if s.variant == 1 {
					b.server.Opening(t0, nil)
					return
				}
				spoilt([]byte(opening), '#', func(p []byte) {
					r := parsed(p)
					b.server.Opening(t0, r)
					clear(r.Fields)
					*r = wire.Request{}
				})
			},
			func() {
				r := parsed([]byte(opening))
				if s.variant == 1 {
					r = nil
				}
				m.call(func() { m.carryOut(m.server.Opening(t0, r)) })
			},
		},
		"opened": {
			func() { spoilt(granted, "#", func(g []string) { b.server.Opened(t0, o, g) }) },
			func() { m.call(func() { m.carryOut(m.server.Opened(t0, o, granted)) }) },
		},
	}
	q, ok := last(b.spy.decide, n)
	mq, asked := last(m.told, n)
	if whom == 0 && ok || whom == 1 && asked {
		header := []endpoint.HeaderField{{Name: "X", Value: "y"}}
		d := []endpoint.Decision{{Extensions: []string{"x-b"}, Header: header},
			{Status: 403, Body: []byte("why"), Header: header}, {Status: 202},
			{Status: 401, Challenges: []string{"Basic"}}, {Status: 401}, {}}[s.variant%6]
		calls["decide"] = [2]func(){
			func() { decide(q, d, b.spy.nested) },
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

// decide answers with a decision that is overwritten afterwards. The slices that a result keeps are
// not, unless the call waits for another one.
func decide(q driver.Question, d endpoint.Decision, waits bool) {
	d.Header, d.Challenges = slices.Clone(d.Header), slices.Clone(d.Challenges)
	d.Body, d.Extensions = slices.Clone(d.Body), slices.Clone(d.Extensions)
	q.Decide(t0, d)
	clear(d.Header)
	clear(d.Challenges)
	clear(d.Body)
	if waits {
		clear(d.Extensions)
	}
}

// texts are possible messages of a peer, the likely ones first.
var clientTexts = []string{
	accepted, opened, challenged, elsewhere("/q"), elsewhere("ws://h2/"), "", "HTTP/1.1 202 x\r\n\r\n",
	"HTTP/1.1 100 x\r\n\r\n", "HTTP/1.1 403 x\r\n\r\n",
	"HTTP/1.1 401 x\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n",
	opened + "rest", opened[:40], opened[40:], "hello",
}
var serverTexts = []string{request, opening, opening + "rest", opening[:30], opening[30:], "",
	"GET /p HTTP/1.1\r\nAuthorization: Basic x\r\nSec-WebSocket-Extensions: x-b\r\n\r\n", "hello"}

// run tells both the same, at random, also inside of orders and with writes that fail, and expects
// the same orders in the same order.
func (b *both) run(t *rapid.T, texts []string, names []string) {
	j := b.spy.journal
	for range rapid.IntRange(1, 25).Draw(t, "calls") {
		name := rapid.SampledFrom(names).Draw(t, "call")
		s := said{name: name, now: t0}
		s.which = rapid.IntRange(0, 5).Draw(t, "number")
		s.variant = rapid.IntRange(0, 5).Draw(t, "variant")
		s.text = rapid.SampledFrom(texts).Draw(t, "text")
		if due := driverOf(b).Deadline(); !due.IsZero() {
			s.now = due.Add(time.Duration(rapid.IntRange(-1, 1).Draw(t, "time")))
		}
		inside := rapid.IntRange(0, 8).Draw(t, "inside") - 3
		if inside > 0 {
			b.inside(j.orders+inside, s)
			continue
		}
		if rapid.IntRange(0, 30).Draw(t, "failing") == 0 {
			j.fails = j.orders + 2
			b.model.fails = j.fails
		}
		b.told(t, s)
	}
}

// inside has both told something inside of the order with a number.
func (b *both) inside(order int, calls ...said) {
	all := func(whom int) func() {
		return func() {
			for _, s := range calls {
				b.tell(whom, s)
			}
		}
	}
	b.spy.inside[order], b.model.inside[order] = all(0), all(1)
}

// told tells both something, and compares their reactions.
func (b *both) told(t require.TestingT, s said) {
	b.tell(0, s)
	sent := b.sent
	b.sent = nil
	b.tell(1, s)
	require.Equal(t, b.model.text(), b.spy.text(), "after %s", s.name)
	require.Equal(t, b.sent, sent, "what Send said")
	b.sent = nil
	b.same(t)
}

// tell tells the driver (0) or the model (1) something.
func (b *both) tell(whom int, s said) {
	all := calls(b, s)
	more := serverCalls
	if b.client != nil {
		more = clientCalls
	}
	for k, v := range more(b, whom, s) {
		all[k] = v
	}
	if c, ok := all[s.name]; ok {
		j := []*journal{b.spy.journal, b.model.journal}[whom]
		j.lines = append(j.lines, fmt.Sprintf("-- %s %d", s.name, s.which))
		c[whom]()
	}
}

// zero makes calls of questions that no driver has asked, and of drivers of no endpoint. They have
// no effect.
func (b *both) zero() {
	var q driver.Question
	q.Decide(t0, endpoint.Decision{})
	q.Fail(t0)
	var c driver.Challenge
	c.Credentials(t0, "Basic x")
	c.None(t0, "none")
	if !q.Over() || !c.Over() || c.Challenges() != nil || new(driver.Conn).Wanted() {
		_ = b.spy.say("a question that was never asked is open")
	}
	for _, d := range []fmt.Stringer{driver.NewServer(nil, b.spy, b.spy),
		driver.NewClient(nil, b.spy)} {
		if !strings.HasSuffix(d.String(), "(no endpoint)") {
			_ = b.spy.say("%v has no endpoint", d)
		}
	}
}

// observe has the driver show each output before it carries it out.
func (b *both) observe() {
	if b.client != nil {
		b.client.Observe = b.spy.observe
	} else {
		b.server.Observe = b.spy.observe
	}
}

// same compares the results of all methods without effect.
func (b *both) same(t require.TestingT) {
	var misuse error
	if b.client != nil {
		require.Equal(t, "driver.Client("+b.model.client.Phase().String()+")", b.client.String())
		misuse = b.client.Endpoint().Misuse()
		for i, q := range b.spy.asked {
			over := !b.model.questions[b.model.told[i]]
			require.Equal(t, over, q.Over(), "question %d is over", i)
			require.Equal(t, "driver.Challenge("+open(over)+")", q.String())
		}
		for i, c := range b.spy.conns {
			require.Equal(t, b.model.current == b.model.conns[i], c.Wanted(), "connection %d", i)
		}
	} else {
		require.Equal(t, "driver.Server("+b.model.server.Phase().String()+")", b.server.String())
		misuse = b.server.Endpoint().Misuse()
		for i, q := range b.spy.decide {
			over := !b.model.questions[b.model.told[i]]
			require.Equal(t, over, q.Over(), "question %d is over", i)
			require.Equal(t, "driver.Question("+open(over)+")", q.String())
			if i == len(b.spy.decide)-1 && len(b.model.told) == len(b.model.questions) {
				require.Equal(t, *b.model.server.Request(), q.Request())
			} else {
				require.Zero(t, q.Request(), "of question %d, after another one", i)
				require.Zero(t, driver.Question{}.Request(), "of none")
			}
		}
	}
	require.Equal(t, endpointOf(b.model).Misuse(), misuse)
}

// open says whether a question is open.
func open(over bool) string {
	if over {
		return "over"
	}
	return "open"
}

// check checks a property more often than rapid does by itself: a story takes little time.
func check(t *testing.T, prop func(*rapid.T)) {
	for range 12 {
		rapid.Check(t, prop)
	}
}

func newJournal() *journal { return &journal{inside: map[int]func(){}} }

// bothClients returns drivers of clients that were told nothing yet.
func bothClients(t require.TestingT, body, reports bool) *both {
	cfg := endpoint.ClientConfig{HasCredentials: true, OpeningExtensions: []string{"x-a"}}
	if body {
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
	b.client.ReportsBody, b.model.reports = reports, reports
	b.observe()
	return b
}

// bothServers returns drivers of servers that were told nothing yet.
func bothServers() *both {
	b := &both{spy: &spy{journal: newJournal()},
		model: &model{journal: newJournal(), server: endpoint.NewServer(endpoint.ServerConfig{})}}
	b.model.current = &modelConn{up: true}
	b.model.conns = []*modelConn{b.model.current}
	b.server = driver.NewServer(endpoint.NewServer(endpoint.ServerConfig{}), b.spy, b.spy)
	b.observe()
	return b
}

var bothSides = []string{"received", "message", "text", "unit", "unit", "ping", "peer-closed",
	"violation", "lost", "expire", "send", "close", "give-up", "begin", "zero"}

// A driver of a client behaves as its model does.
func TestClient_RefinesModel(t *testing.T) {
	names := append([]string{"connected", "connected", "opened", "opened", "opening-refused", "failed",
		"credentials", "credentials", "no-credentials", "connect", "body-written"}, bothSides...)
	check(t, func(t *rapid.T) {
		b := bothClients(t, rapid.Bool().Draw(t, "body"), rapid.Bool().Draw(t, "reports"))
		// from the middle, too
		for i, step := range []string{"connect", "connected", "received", "unit"} {
			if i < rapid.IntRange(0, 4).Draw(t, "begun") {
				text := []string{"", "", opened, rapid.SampledFrom(clientTexts).Draw(t, "first")}[i]
				b.told(t, said{name: step, text: text})
			}
		}
		b.run(t, clientTexts, names)
	})
}

// A driver of a server behaves as its model does.
func TestServer_RefinesModel(t *testing.T) {
	names := append([]string{"parsed", "opened", "decide", "decide", "decide", "application-failed"},
		bothSides...)
	check(t, func(t *rapid.T) {
		b := bothServers()
		for i, step := range []string{"received", "message"} {
			if i < rapid.IntRange(0, 2).Draw(t, "begun") {
				b.told(t, said{name: step, text: []string{opening, request}[i]})
			}
		}
		b.run(t, serverTexts, names)
	})
}
