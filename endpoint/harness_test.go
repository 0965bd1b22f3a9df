package endpoint

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"example.com/khp/endpoint/internal/clock"
	"example.com/khp/fsm"
	"example.com/khp/internal/upgrade"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// monitor watches outputs and fails the test as soon as their order is illegal, on either side.
type monitor struct {
	t      require.TestingT
	opens  int
	over   bool
	closed bool // Close was sent on this connection
	err    *HandshakeError
	last   []string // the outputs of the last call
	all    []string
	codes  []uint16 // close codes sent
	dials  []string
	sent   []string     // messages on this connection
	got    []string     // delivered messages
	clock  *clock.Clock // of the endpoint
}

func (m *monitor) take(outs []Output) {
	m.last = nil
	m.apart(outs)
	for _, o := range outs {
		text := render(o)
		m.last, m.all = append(m.last, text), append(m.all, text)
		require.NotZero(m.t, o.Kind, "an order: %v", m.all)
		require.False(m.t, m.over, "nothing comes after the last output: %v", m.all)
		switch o.Kind {
		case Dial:
			m.dials, m.sent, m.closed = append(m.dials, o.URL.String()), nil, false
			require.Zero(m.t, m.opens, "no connection after open: %v", m.all)
		case SendMessage:
			require.False(m.t, m.closed, "no message after Close: %v", m.all)
			m.sent = append(m.sent, string(o.Data))
		case SendClose:
			require.False(m.t, m.closed, "one Close: %v", m.all)
			may := o.Code == 0 || o.Code >= 1000 && o.Code <= 1014 && o.Code != 1004 && o.Code != 1005 &&
				o.Code != 1006 || o.Code >= 3000 && o.Code <= 4999
			require.True(m.t, may, "%d must not be sent [INV-48]", o.Code)
			m.closed, m.codes = true, append(m.codes, o.Code)
		case Open:
			m.opens++
			require.Equal(m.t, 1, m.opens, "open once: %v", m.all)
			require.False(m.t, m.closed, "no open after Close: %v", m.all)
		case Deliver:
			require.Equal(m.t, 1, m.opens, "no delivery before open: %v", m.all)
			m.got = append(m.got, string(o.Data))
		case Fail:
			require.ErrorAs(m.t, o.Err, &m.err)
			m.over = true
		case Closed:
			m.over = true
		}
	}
	if m.clock != nil && (m.opens > 0 && !m.closed || m.over) {
		m.wantTimers("none runs when it is open or over")
	}
}

// apart expects that the outputs of a handshake share no memory: appending to one changes no other.
func (m *monitor) apart(outs []Output) {
	if m.opens > 0 {
		return // the application's own messages
	}
	data := make([]string, len(outs))
	for i, o := range outs {
		data[i] = string(o.Data)
		require.Equal(m.t, o.Kind == SendMessage || o.Kind == Deliver, o.Type != 0,
			"%v has a type", o.Kind)
	}
	for _, o := range outs {
		if o.Kind == SendMessage {
			require.Equal(m.t, wire.Binary, o.Type, "messages of the handshake are binary")
			_ = append(o.Data, "more of the host"...)
		}
	}
	for i, o := range outs {
		require.Equal(m.t, data[i], string(o.Data), "of %v", o.Kind)
	}
}

// wantTimers expects exactly these to run.
func (m *monitor) wantTimers(what string, timers ...fsm.Timer) {
	var running []fsm.Timer
	for t := fsm.TimerOpening; t <= fsm.TimerReplay; t++ {
		if m.clock.Running.Has(t) {
			running = append(running, t)
		}
	}
	require.ElementsMatch(m.t, timers, running, "%s: timers after %v", what, m.all)
}

// ends makes a timer that runs the first to end, and returns when.
func (m *monitor) ends(timer fsm.Timer) time.Time {
	require.True(m.t, m.clock.Running.Has(timer), "%v runs", timer)
	for t := range m.clock.At {
		if fsm.Timer(t) != timer {
			m.clock.At[t] += 24 * time.Hour
		}
	}
	return m.clock.Due(timer)
}

// render writes an output in a few words.
func render(o Output) string {
	switch o.Kind {
	case Dial:
		return "Dial " + o.URL.String()
	case SendBytes, SendMessage:
		line, _, _ := strings.Cut(string(o.Data), "\r\n")
		return strings.TrimSpace(o.Kind.String() + " " + line)
	case SendClose:
		return fmt.Sprintf("SendClose %d", o.Code)
	case Deliver, SendPong:
		return o.Kind.String() + " " + string(o.Data)
	}
	return o.Kind.String()
}

// run is a client under test, with its outputs so far.
type run struct {
	monitor
	c *Client
}

// t0 is the time of most events in tests.
var t0 = time.Unix(1_700_000_000, 0)

// newRun returns a client that was told nothing yet.
func newRun(t require.TestingT, c *Client) *run {
	return &run{monitor: monitor{t: t, clock: &c.clock}, c: c}
}

// expire lets a timer end that runs.
func (r *run) expire(timer fsm.Timer) { r.take(r.c.Expire(r.ends(timer))) }

// zeroAccept is the Sec-WebSocket-Accept for a nonce of zero bytes.
var zeroAccept = string(upgrade.AppendAccept(nil, upgrade.AppendKey(nil, [16]byte{})))

// dialed returns a client whose opening request is on its way.
func dialed(t require.TestingT, url string, cfg ClientConfig) *run {
	c, err := NewClient(url, cfg)
	require.NoError(t, err)
	r := newRun(t, c)
	r.take(c.Connect(t0))
	r.take(c.Connected(t0, [16]byte{}))
	return r
}

// asking returns a client whose extended request is on its way.
func asking(t require.TestingT, cfg ClientConfig) *run {
	return dialed(t, "ws://h/p", cfg).opened()
}

// opened completes the opening handshake of the current connection.
func (r *run) opened() *run {
	r.take(r.c.Opened(t0, Subprotocol, nil, zeroAccept))
	return r
}

// message gives binary messages.
func (r *run) message(messages ...string) *run {
	for _, m := range messages {
		p, untouched := received(r.t, m)
		r.take(r.c.Message(t0, wire.Binary, p))
		untouched()
		reuse(p)
		require.Nil(r.t, r.c.core.message, "a message is not kept")
	}
	return r
}

// received returns a message in the midst of the memory that a host has read it into. untouched
// expects that nothing was written there.
func received(t require.TestingT, m string) (p []byte, untouched func()) {
	const behind = "the next message"
	memory := []byte(m + strings.Repeat(behind, 40))
	return memory[:len(m)], func() {
		require.Equal(t, m+strings.Repeat(behind, 40), string(memory), "the host's memory")
	}
}

// reuse is what a host does with its memory once the outputs of a call are carried out.
func reuse(p []byte) {
	for i := range p {
		p[i] = '#'
	}
}

// unit gives a response in one message and its terminator.
func (r *run) unit(response string) *run { return r.message(response, "") }

// hangUp completes the closing handshake, if one is going on, and ends the connection.
func (r *run) hangUp() *run {
	if !r.over && r.closed {
		r.take(r.c.PeerClosed(t0, 1000, ""))
		r.take(r.c.Lost(t0, "end of stream"))
	}
	return r
}

// follow lets the old connection end and brings up and opens the next.
func (r *run) follow() *run {
	n := len(r.dials)
	r.hangUp()
	require.Len(r.t, r.dials, n+1, "the client follows: %v", r.all)
	r.take(r.c.Connected(t0, [16]byte{}))
	return r.opened()
}

func (r *run) wantOpen(what string) *run {
	require.Equal(r.t, 1, r.opens, "%s: open; outputs %v", what, r.all)
	require.Equal(r.t, fsm.ClientOpen, r.c.Phase(), what)
	require.Zero(r.t, r.c.Deadline(), "%s: nothing is waited for when open", what)
	return r
}

// wantFail ends the connection and expects the failure, after a Close with code (0: none was sent
// on this connection).
func (r *run) wantFail(what string, f fsm.Failure, code uint16) *HandshakeError {
	r.hangUp()
	require.NotNil(r.t, r.err, "%s: fails; outputs %v", what, r.all)
	require.Equal(r.t, f.String(), r.err.Failure.String(), "%s: %v", what, r.err)
	require.Zero(r.t, r.opens, "%s: no open event", what)
	require.ErrorIs(r.t, r.err, f)
	if code == 0 {
		require.False(r.t, r.closed, "%s: no Close: %v", what, r.all)
	} else {
		require.Equal(r.t, code, r.codes[len(r.codes)-1], "%s: close code", what)
	}
	require.Zero(r.t, r.c.Deadline(), "%s: nothing is waited for", what)
	return r.err
}

// wantLast expects exactly these outputs of the last call.
func (m *monitor) wantLast(what string, outs ...string) {
	require.Equal(m.t, outs, m.last, what)
}

// response writes a response with the given field lines, and a body after an empty string.
func response(status int, lines ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %d Whatever\r\n", status)
	for i, l := range lines {
		if l == "" {
			return b.String() + "\r\n" + strings.Join(lines[i+1:], "")
		}
		b.WriteString(l + "\r\n")
	}
	return b.String() + "\r\n"
}

// switching is a complete extended 101.
func switching(lines ...string) string {
	return response(101, append([]string{"Upgrade: websocket", "Connection: Upgrade",
		"Sec-WebSocket-Accept: " + zeroAccept}, lines...)...)
}

// challengeBasic is a 401 that can be answered.
var challengeBasic = response(401, `WWW-Authenticate: Basic realm="r"`)

// proves names the requirements that a test proves.
func proves(t *testing.T, ids string) {
	for _, id := range strings.Fields(ids) {
		t.Attr("req", id)
	}
}

// provesBy names the requirements that a case of a table proves, by how its name begins: pairs of a
// beginning and ids, the first that fits counts.
func provesBy(t *testing.T, name string, pairs ...string) {
	for i := 0; i+1 < len(pairs); i += 2 {
		if strings.HasPrefix(name, pairs[i]) {
			proves(t, pairs[i+1])
			return
		}
	}
}

// served is a server under test.
type served struct {
	monitor
	s *Server
}

// newServed returns a server that was told nothing yet.
func newServed(t require.TestingT, cfg ServerConfig) *served {
	s := NewServer(cfg)
	return &served{monitor: monitor{t: t, clock: &s.clock}, s: s}
}

// expire lets a timer end that runs.
func (s *served) expire(timer fsm.Timer) { s.take(s.s.Expire(s.ends(timer))) }

const openingFields = "Host: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
	"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"

// listening returns a server that awaits an extended request for target.
func listening(t require.TestingT, target string, cfg ServerConfig) *served {
	s := newServed(t, cfg)
	b := []byte("GET " + target + " HTTP/1.1\r\n" + openingFields +
		"Sec-WebSocket-Protocol: x-kaazing-handshake, amqp\r\n\r\n")
	used, out := s.s.OpeningReceived(t0, b)
	require.Equal(t, len(b), used)
	s.take(out)
	reuse(b)
	require.Equal(t, fsm.ServerAwaitRequest, s.s.Phase())
	return s
}

func (s *served) message(messages ...string) *served {
	for _, m := range messages {
		p, untouched := received(s.t, m)
		s.take(s.s.Message(t0, wire.Binary, p))
		untouched()
		reuse(p)
		require.Nil(s.t, s.s.core.message, "a message is not kept")
	}
	return s
}

// deciding gives a good request.
func (s *served) deciding(lines ...string) *served {
	s.message(request(lines...))
	require.Equal(s.t, "AskDecision", s.last[len(s.last)-1], "the application is asked")
	return s
}

// request writes an extended request for /p.
func request(lines ...string) string {
	b := "GET /p HTTP/1.1\r\n"
	for _, l := range lines {
		b += l + "\r\n"
	}
	return b + "\r\n"
}

func (s *served) decide(d Decision) *served {
	out, err := s.s.Decide(t0, d)
	require.NoError(s.t, err)
	s.take(out)
	return s
}

// wantRefused expects a response with status, a terminator, and a Close with code.
func (s *served) wantRefused(what string, status int, code uint16) {
	require.GreaterOrEqual(s.t, len(s.sent), 2, "%s: %v", what, s.all)
	var r wire.Response
	require.NoError(s.t, r.Parse([]byte(s.sent[len(s.sent)-2]), wire.Limits{}), what)
	require.Equal(s.t, status, r.Status, "%s: %s", what, r.Body)
	require.Empty(s.t, s.sent[len(s.sent)-1], "%s: terminator", what)
	require.Equal(s.t, []uint16{code}, s.codes, what)
	require.Zero(s.t, s.opens, what)
	s.take(s.s.PeerClosed(t0, code, ""))
	require.Equal(s.t, fsm.ServerDone, s.s.Phase(), what)
	require.NotNil(s.t, s.err, what)
}
