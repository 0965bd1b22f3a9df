package driver_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.com/khp/endpoint"
	"github.com/stretchr/testify/require"
)

// story has the calls of a host on a driver, for a connect call or for a connection of a server.
type story struct {
	server, body, reports bool
	says                  []said
}

func (s story) String() string {
	var b strings.Builder
	for _, c := range s.says {
		b.WriteString(c.name + " ")
	}
	return b.String()
}

// both returns the drivers of a story that was not told yet.
func (s story) both(t require.TestingT) *both {
	if s.server {
		return bothServers()
	}
	return bothClients(t, s.body, s.reports)
}

// tale makes a story of calls: a name alone, or name:text, or name/variant.
func tale(calls ...string) (s story) {
	for _, c := range calls {
		name, text, _ := strings.Cut(c, ":")
		name, variant, _ := strings.Cut(name, "/")
		call := said{name: name, text: text, now: t0}
		if variant != "" {
			call.variant = int(variant[0] - '0')
		}
		s.says = append(s.says, call)
	}
	return s
}

const (
	unavailable = "HTTP/1.1 503 x\r\nContent-Length: 0\r\n\r\n"
	forbidden   = "HTTP/1.1 403 x\r\n\r\n"
	certified   = "HTTP/1.1 101 x\r\nSec-WebSocket-Accept: "
	extended    = "GET /p HTTP/1.1\r\nSec-WebSocket-Extensions: x-b\r\n\r\n"
)

// clientStories go through the phases of a client, and serverStories through those of a server.
func clientStories() (list []story) {
	shake := []string{"connect", "connected", "received:" + opened[:40], "received:" + opened[40:]}
	then := func(calls ...string) []string { return append(slices.Clone(shake), calls...) }
	response := func(text string) []string { return []string{"message:" + text, "message"} }
	gone := []string{"peer-closed", "lost"}
	use := slices.Concat(response(accepted),
		[]string{"text:hello", "ping:p", "send:hi", "close"}, gone)
	for _, calls := range [][]string{
		then(use...),
		then(slices.Concat(response(elsewhere("/q")), gone, shake[1:], use)...),
		then(slices.Concat(response(elsewhere("ws://h2/")), gone, shake[1:], response(challenged),
			gone)...),
		then(slices.Concat(response(challenged), []string{"credentials"}, response(challenged),
			[]string{"no-credentials"}, gone)...),
		then(slices.Concat(response("HTTP/1.1 202 x\r\n\r\n"), use)...),
		then(slices.Concat(response(forbidden), gone)...),
		then("violation"), then("text:hello", "lost"), then("give-up"),
		then("message:"+elsewhere("/q"), "lost"),
		then(slices.Concat(response(accepted), gone)...),
		{"connect", "connected", "received:HTTP/1.1 401 x\r\nWWW-Authenticate: Basic\r\n" +
			"Content-Length: 0\r\n\r\n", "credentials", "connected", "opened"},
		{"connect", "connected", "message:" + certified + accept + "\r\n\r\n", "message"},
		then("message:"+accepted, "message", "violation"),
		then("message:"+accepted, "message", "lost"),
		then("expire", "expire"),
		{"connect", "failed"}, {"connect", "close"}, {"connect", "expire"},
		{"connect", "connected", "received:" + unavailable},
		{"connect", "connected", "received:HTTP/1.1 302 x\r\nLocation: /q\r\nContent-Length: 0\r\n\r\n",
			"connected", "opened", "message:" + accepted, "message", "give-up"},
		{"connect", "connected", "received:" + opened + "rest", "lost"},
		{"connect", "connected", "opened/1", "message:" + accepted, "message", "close", "expire"},
		{"connect", "connected", "opening-refused", "connected", "opening-refused/1"},
	} {
		list = append(list, tale(calls...))
	}
	for _, reports := range []bool{true, false} {
		s := tale(then("message:HTTP/1.1 100 x\r\n\r\n", "message", "body-written",
			"message:"+accepted, "message")...)
		s.body, s.reports = true, reports
		list = append(list, s)
	}
	return list
}

func serverStories() (list []story) {
	shake := []string{"received:" + opening[:30], "received:" + opening[30:], "message:" + extended}
	then := func(calls ...string) []string { return append(slices.Clone(shake), calls...) }
	gone := []string{"peer-closed", "lost"}
	for _, calls := range [][]string{
		then(slices.Concat([]string{"decide", "text:hello", "ping:p", "send:hi", "close"}, gone)...),
		then(slices.Concat([]string{"decide/2", "decide", "send:hi"}, gone)...),
		then("decide/3", "message:GET /p HTTP/1.1\r\nAuthorization: Basic x\r\n\r\n", "decide", "lost"),
		then(slices.Concat([]string{"decide/1"}, gone)...),
		then("decide/4", "lost"), then("application-failed", "peer-closed", "expire"),
		then("peer-closed"), then("violation"), then("close", "expire"), then("give-up"), then("expire"),
		then("decide", "violation"),
		{"parsed", "message:" + request, "decide/5", "give-up"},
		{"begin", "message:" + extended, "decide", "lost"},
		{"begin", "message:GET /p HTTP/1.1\r\nSec-WebSocket-Extensions: x-a\r\n\r\n", "lost"},
		then(slices.Concat([]string{"decide"}, gone)...),
		{"opened/1", "message:" + request, "decide", "lost"},
		{"received:" + opening + "rest", "message:" + request, "lost"},
		{"received:GET / HTTP/1.1\r\n\r\n", "received:more"}, {"received:" + opening[:40], "lost"},
		{"received:" + opening, "expire", "expire"},
	} {
		s := tale(calls...)
		s.server = true
		list = append(list, s)
	}
	return list
}

// everyCall has each call that a host can make, about the last and the last but one connection or
// question if the story has two, and how many orders there are.
func (s story) everyCall(t require.TestingT) (list []said, orders int) {
	b := s.behind(t, place{step: -1}, true)
	add := func(about int, calls ...string) {
		for which := range about {
			for _, c := range tale(calls...).says {
				if c.which = which; which == 0 || now(b, c) > 1 {
					list = append(list, c)
				}
			}
		}
	}
	connection := []string{"text:hello", "message", "ping:p", "peer-closed/1", "violation", "lost"}
	if s.server {
		add(1, append(connection, "received:"+opening, "message:"+request, "parsed",
			"parsed/1", "opened/1")...)
		add(2, "decide", "decide/1", "decide/4", "application-failed")
	} else {
		add(2, append(connection, "received:"+opened, "received:"+unavailable, "message:"+accepted,
			"message:"+challenged, "connected", "failed", "opened/1", "opening-refused",
			"opening-refused/1", "credentials", "no-credentials")...)
		add(1, "connect", "body-written")
	}
	add(1, "send:hi", "close", "give-up", "expire", "zero")
	return list, b.spy.orders
}

// timed sets the time of an Expire to the deadline that there is.
func timed(b *both, s said) said {
	if due := driverOf(b).Deadline(); s.name == "expire" && !due.IsZero() {
		s.now = due
	}
	return s
}

// tell tells a story to both, and compares their reactions. begin is called before the calls.
func (s story) tell(t require.TestingT, begin func(b *both)) (orders int) {
	b := s.both(t)
	begin(b)
	var sent [2][]string
	for _, c := range s.says {
		c = timed(b, c)
		for whom := range sent {
			b.sent = nil
			b.tell(whom, c)
			sent[whom] = append(sent[whom], b.sent...)
		}
	}
	if !slices.Equal(b.model.lines, b.spy.lines) {
		require.Equal(t, b.model.text(), b.spy.text(), "%v", s)
	}
	require.Equal(t, sent[1], sent[0], "what Send said")
	b.same(t)
	return b.spy.orders
}

// A driver behaves as its model does when any call is made inside of any order of each story, and
// when any of its orders fails.
func refinesModel(t *testing.T, stories []story) {
	for _, s := range stories {
		calls, orders := s.everyCall(t)
		calls = append(calls, said{name: "begin"})
		for i := range orders {
			for _, c := range calls {
				s.tell(t, func(b *both) { b.inside(i+1, timed(b, c)) })
			}
			for _, c := range tale("ping:p", "send:hi", "text:hello", "lost").says {
				s.tell(t, func(b *both) { b.inside(i+1, said{name: "give-up"}, c) })
			}
			s.tell(t, func(b *both) { b.spy.fails, b.model.fails = i+1, i+1 })
		}
	}
}

// A driver of a client behaves as its model does, with each call inside of each order.
func TestClient_EachInside_RefinesModel(t *testing.T) { refinesModel(t, clientStories()) }

// A driver of a server behaves as its model does, with each call inside of each order.
func TestServer_EachInside_RefinesModel(t *testing.T) { refinesModel(t, serverStories()) }

// place is the order inside of which a call is made, or behind whose step: the step of the story,
// and the connections and questions at that time.
type place struct {
	step             int
	conns, questions int
	side             []string // lines that the call itself leads to
	sent             []string
	call             said
}

// aside tells a driver, and no model, a story with one call more: inside of the order with that
// number, and returns the place of that.
func (s story) aside(t require.TestingT, order int, c said) (b *both, p place) {
	b, p.step = s.both(t), -1
	step := 0
	b.spy.inside[order] = func() {
		at := len(b.spy.lines)
		p.step, p.conns = step, len(b.spy.conns)
		p.questions, p.call = len(b.spy.asked)+len(b.spy.decide), timed(b, c)
		b.sent = nil
		b.tell(0, p.call)
		p.side = slices.Clone(b.spy.lines[at:])
		b.spy.lines = b.spy.lines[:at]
		p.sent = b.sent
		b.sent = nil
	}
	for i, c := range s.says {
		step = i
		b.tell(0, timed(b, c))
		if i == p.step && len(p.side) > 1 { // behind "-- name"
			b.spy.lines = append(b.spy.lines, p.side[1:]...)
		}
	}
	return b, p
}

// behind tells a driver a story with a call behind the step of a place.
func (s story) behind(t require.TestingT, p place, without bool) *both {
	b := s.both(t)
	for i, c := range s.says {
		b.tell(0, timed(b, c))
		if i != p.step || without {
			continue
		}
		c := p.call
		if n := p.about(c); n > 0 { // the same one, although there may be more now
			c.which = ((n-1+c.which)%n + 1) % now(b, c)
		}
		at := len(b.spy.lines)
		b.tell(0, c)
		b.spy.lines = slices.Delete(b.spy.lines, at, min(at+1, len(b.spy.lines)))
		b.sent = nil
	}
	return b
}

// about returns how many connections or questions there were that a call can be about.
func (p place) about(c said) int {
	if isAnswer(c) {
		return p.questions
	}
	return p.conns
}

// now returns how many there are.
func now(b *both, c said) int {
	if isAnswer(c) {
		return len(b.spy.asked) + len(b.spy.decide)
	}
	return len(b.spy.conns)
}

func isAnswer(c said) bool {
	return slices.Contains([]string{"credentials", "no-credentials", "decide", "application-failed"},
		c.name)
}

// ofConnection reports whether a client is told a call about a connection.
func ofConnection(c said) bool {
	return !isAnswer(c) && !slices.Contains([]string{"send", "close", "give-up", "expire", "connect",
		"body-written", "zero"}, c.name)
}

// insideIsAfter compares a driver with itself: a call inside of an order has the same effect as one
// behind the call that led to the order, although its slices are overwritten as soon as it has
// returned. A Send that reports false has done nothing.
func insideIsAfter(t *testing.T, stories []story) {
	compared := 0
	for _, s := range stories {
		calls, orders := s.everyCall(t)
		for i := range orders {
			for _, c := range calls {
				inside, p := s.aside(t, i+1, c)
				if s.says[max(p.step, 0)].name == "give-up" || len(p.side) == 0 ||
					!s.server && ofConnection(c) && p.conns == 0 {
					continue // two calls in one; a call about a missing connection
				}
				compared++
				behind := s.behind(t, p, slices.Equal(p.sent, []string{"false"}))
				if !slices.Equal(behind.spy.lines, inside.spy.lines) ||
					fmt.Sprint(misuse(behind)) != fmt.Sprint(misuse(inside)) {
					require.Fail(t, "a call inside is another one than behind", "%v: %s inside of order %d\n"+
						"inside:\n%s\n%v\nbehind:\n%s\n%v", s, c.name, i+1, inside.spy.text(), misuse(inside),
						behind.spy.text(), misuse(behind))
				}
			}
		}
	}
	require.Greater(t, compared, 1000)
}

func misuse(b *both) error {
	if b.client != nil {
		return b.client.Endpoint().Misuse()
	}
	return b.server.Endpoint().Misuse()
}

// A client behaves the same whether an event reaches it inside an order or afterwards.
func TestClient_InsideIsAfter(t *testing.T) { insideIsAfter(t, clientStories()) }

// A server behaves the same whether an event reaches it inside an order or afterwards.
func TestServer_InsideIsAfter(t *testing.T) { insideIsAfter(t, serverStories()) }

// resetIsNew compares a driver that was used before, up to any step of any story, with a new one,
// while the owners of the earlier connections make calls inside and outside of all orders.
func resetIsNew(t *testing.T, stories []story) {
	for _, first := range stories {
		for length := range first.says {
			for _, second := range stories[:4] {
				old := first.both(t)
				for _, c := range first.says[:length+1] {
					old.tell(0, timed(old, c))
				}
				between := resetAs(old, second.both(t))
				for _, c := range second.says[:min(length, len(second.says))] {
					between.tell(0, timed(between, c))
				}
				fresh, again := second.both(t), resetAs(between, second.both(t))
				again.spy.poke = func() {
					fromBefore(t, old, again.spy)
					fromBefore(t, between, again.spy)
				}
				for _, c := range second.says {
					fresh.tell(0, timed(fresh, c))
					again.tell(0, timed(again, c))
					again.spy.poke()
				}
				require.Equal(t, fresh.spy.text(), again.spy.text(), "%v, then %v", first, second)
				require.Equal(t, misuse(fresh), misuse(again), "%v, then %v", first, second)
			}
		}
	}
}

// resetAs resets the driver of old for the calls of next.
func resetAs(old, next *both) *both {
	if next.server != nil {
		old.server.Reset(next.server.Endpoint(), next.spy, next.spy)
		next.server = old.server
	} else {
		old.client.Reset(next.client.Endpoint(), next.spy)
		next.client = old.client
	}
	next.observe()
	return next
}

// fromBefore makes calls about the connections and questions of a driver before it was reset. They
// have no effect, but that answers are dropped.
func fromBefore(t require.TestingT, old *both, now *spy) {
	at := len(now.lines)
	for _, q := range old.spy.asked {
		require.True(t, q.Over())
		q.Credentials(t0, "Basic of another server")
		q.None(t0, "none")
	}
	for _, q := range old.spy.decide {
		require.True(t, q.Over())
		q.Decide(t0, endpoint.Decision{})
		q.Fail(t0)
	}
	for _, c := range old.spy.conns {
		require.False(t, c.Wanted())
		elsewhere := &spy{journal: newJournal()}
		c.Connected(t0, elsewhere, [16]byte{})
		require.Equal(t, []string{"disconnect"}, elsewhere.lines)
		c.Failed(t0, "refused")
		c.Opened(t0, endpoint.Subprotocol, nil, accept)
		c.OpeningRefused(t0, 503, nil, nil)
		c.Received(t0, []byte(opened))
		unit(c, accepted)
		c.Ping(t0, nil)
		c.PeerClosed(t0, 1000, "")
		c.Violation(t0, 0, "")
		c.Lost(t0, "")
	}
	for _, line := range now.lines[at:] {
		require.Equal(t, "dropped late", line)
	}
	now.lines = now.lines[:at]
}

// A client that was reset behaves as a new one, and nothing of an earlier connect call reaches it.
func TestClient_ResetIsNew(t *testing.T) { resetIsNew(t, clientStories()) }

// A server that was reset behaves as a new one, and no earlier answer reaches it.
func TestServer_ResetIsNew(t *testing.T) { resetIsNew(t, serverStories()) }
