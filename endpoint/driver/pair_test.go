package driver_test

import (
	"bytes"
	"fmt"
	"maps"
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

// world joins a client and its servers. Whether something arrives while the order that sent it is
// carried out, or later, is up to now.
type world struct {
	t       require.TestingT
	now     func() bool     // whether the next thing happens at once
	cut     func(n int) int // where a stream of n bytes is cut
	script  []endpoint.Decision
	queue   []func()
	client  *driver.Client
	log     map[string][]string
	opens   int
	sites   int
	failure error
	over    bool
}

// happen makes something happen, now or later.
func (w *world) happen(f func()) {
	if len(w.queue) == 0 && w.now() {
		f()
		return
	}
	w.queue = append(w.queue, f)
}

func (w *world) say(who, format string, args ...any) {
	w.log[who] = append(w.log[who], fmt.Sprintf(format, args...))
}

// end is one end of a connection. Its frames are lines: it cannot tell bytes from frames but by
// Upgraded.
type end struct {
	*world
	who    string
	told   driver.Peer
	peer   *end
	frames bool
	buf    []byte
	inside int
	closed bool
}

// arrives takes the bytes that the peer has written.
func (e *end) arrives(p []byte) {
	if e.closed {
		return
	}
	if !e.frames {
		e.told.Received(t0, p)
		return
	}
	e.read(p)
}

// read takes frames.
func (e *end) read(p []byte) {
	e.buf = append(e.buf, p...)
	for !e.closed {
		i := bytes.IndexByte(e.buf, 0)
		if i < 0 {
			return
		}
		kind, data, _ := strings.Cut(string(e.buf[:i]), "|")
		e.buf = append([]byte(nil), e.buf[i+1:]...)
		p := []byte(data)
		switch kind {
		case "M":
			e.told.Message(t0, wire.Binary, p)
		case "P":
			e.told.Ping(t0, p)
		case "C":
			e.told.PeerClosed(t0, 1000, "")
		}
		clear(p) // it was the driver's during the call only
	}
}

// write sends bytes in two pieces.
func (e *end) write(kind string, p []byte) error {
	require.Zero(e.t, e.inside, "%s: orders are not carried out inside of each other", e.who)
	require.False(e.t, e.closed, "%s writes to a connection that it has disconnected", e.who)
	e.inside++
	defer func() { e.inside-- }()
	line, _, _ := strings.Cut(string(p), "\r\n")
	e.say(e.who, "%s %s", kind, line)
	b := append([]byte(nil), p...)
	if kind != "bytes" {
		b = append([]byte(kind+"|"), append(b, 0)...)
	}
	at := e.cut(len(b))
	for _, piece := range [][]byte{b[:at], b[at:]} {
		if len(piece) > 0 {
			e.happen(func() { e.peer.arrives(piece) })
		}
	}
	return nil
}

func (e *end) SendBytes(p []byte) error                       { return e.write("bytes", p) }
func (e *end) SendMessage(_ wire.MessageType, p []byte) error { return e.write("M", p) }
func (e *end) SendPong(p []byte) error {
	e.say(e.who, "pong %s", p)
	return nil
}
func (e *end) SendClose(code uint16, _ string) error {
	return e.write("C", []byte(fmt.Sprint(code)))
}
func (e *end) Flush() error { return nil }
func (e *end) Upgraded(rest []byte) {
	require.False(e.t, e.frames, "once")
	e.frames = true
	e.read(rest)
}
func (e *end) Disconnect() {
	require.False(e.t, e.closed, "once")
	e.closed = true
	e.say(e.who, "disconnect")
	e.happen(func() {
		if !e.peer.closed {
			e.peer.told.Lost(t0, "end of stream")
		}
	})
}

// site is the host of one server.
type site struct {
	*world
	driver *driver.Server
	name   string
}

func (s *site) Wake(time.Time)         {}
func (s *site) Dropped(err error)      { require.NoError(s.t, err) }
func (s *site) Over(err error)         { s.say(s.name, "over %v", err != nil) }
func (s *site) Open(r endpoint.Result) { s.say(s.name, "open %d", r.Status) }
func (s *site) Receive(_ wire.MessageType, p []byte) {
	s.say(s.name, "got %s", p)
	s.driver.Send(t0, wire.Binary, append([]byte("re: "), p...))
}
func (s *site) AskDecision(q driver.Question) {
	s.say(s.name, "ask %s %v", q.Request().Authorization, q.Again)
	d := s.script[0]
	s.script = s.script[1:]
	s.happen(func() { q.Decide(t0, d) })
}

func (w *world) Wake(time.Time)    {}
func (w *world) Dropped(err error) { require.NoError(w.t, err) }
func (w *world) Over(err error) {
	w.say("client", "over")
	w.over, w.failure = true, err
}
func (w *world) Open(r endpoint.Result) {
	w.opens++
	w.say("client", "open %d", r.Status)
	for i := range 3 {
		require.True(w.t, w.client.Send(t0, wire.Binary, fmt.Append(nil, "message ", i)))
	}
}
func (w *world) Receive(_ wire.MessageType, p []byte) {
	w.say("client", "got %s", p)
	if string(p) == "re: message 2" {
		w.client.Close(t0, 1000, "")
	}
}
func (w *world) Dial(c *driver.Conn, u wire.URL) {
	w.say("client", "dial %s", u.Path)
	w.happen(func() {
		w.sites++
		s := &site{world: w, name: fmt.Sprint("server ", w.sites)}
		a, b := &end{world: w, who: "client", told: c}, &end{world: w, who: s.name}
		a.peer, b.peer = b, a
		s.driver = driver.NewServer(endpoint.NewServer(endpoint.ServerConfig{}), b, s)
		b.told = s.driver
		c.Connected(t0, a, [16]byte{})
	})
}
func (w *world) AskCredentials(q driver.Challenge) {
	w.say("client", "asked")
	value := fmt.Sprint("Basic ", len(w.script))
	w.happen(func() { q.Credentials(t0, value) })
}

// play runs a connect call to its end.
func play(t require.TestingT, script []endpoint.Decision, body bool, now func() bool,
	cut func(int) int) *world {
	w := &world{t: t, now: now, cut: cut, script: slices.Clone(script), log: map[string][]string{}}
	cfg := endpoint.ClientConfig{HasCredentials: true}
	if body {
		cfg.Body = []byte("body")
	}
	e, err := endpoint.NewClient("ws://h/p", cfg)
	require.NoError(t, err)
	w.client = driver.NewClient(e, w)
	w.client.Connect(t0)
	for steps := 0; len(w.queue) > 0; steps++ {
		require.Less(t, steps, 10_000)
		f := w.queue[0]
		w.queue = w.queue[1:]
		f()
	}
	require.True(t, w.over, "%v", w.log)
	require.NoError(t, e.Misuse())
	return w
}

// However much happens inside of orders, and however streams are cut: each side does the same in
// the same order, as if everything had come one after the other.
func TestPair_SameWhateverHappensInside(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var script []endpoint.Decision
		redirects, challenges, waits := 0, 0, 0
		for range rapid.IntRange(0, 5).Draw(t, "steps") {
			switch rapid.IntRange(0, 2).Draw(t, "step") {
			case 0:
				if redirects++; redirects < 5 {
					script = append(script, endpoint.Decision{Status: 302, Location: fmt.Sprint("/", redirects)})
					challenges = 0
				}
			case 1:
				if challenges++; challenges <= 3 {
					script = append(script, endpoint.Decision{Status: 401, Challenges: []string{"Basic"}})
				}
			case 2:
				if waits++; waits == 1 {
					script = append(script, endpoint.Decision{Status: 202})
				}
			}
		}
		last := endpoint.Decision{}
		if rapid.Bool().Draw(t, "refused") {
			last.Status = 403
		}
		script = append(script, last)
		body := rapid.Bool().Draw(t, "body")
		calm := play(t, script, body, func() bool { return false }, func(n int) int { return n })
		require.Equal(t, last.Status == 0, calm.opens == 1, "%v", calm.log)
		if last.Status == 0 {
			require.NoError(t, calm.failure)
		} else {
			require.ErrorIs(t, calm.failure, fsm.FailureStatus)
		}
		wild := play(t, script, body, func() bool { return rapid.IntRange(0, 3).Draw(t, "now") > 0 },
			func(n int) int { return rapid.IntRange(0, n).Draw(t, "cut") })
		require.Equal(t, slices.Sorted(maps.Keys(calm.log)), slices.Sorted(maps.Keys(wild.log)))
		for who := range calm.log {
			for _, kind := range []string{"", "got", "M message", "M re:"} {
				require.Equal(t, lines(calm.log[who], kind), lines(wild.log[who], kind), "%s %s", who, kind)
			}
		}
	})
}

// lines are those of that kind; those of no kind are the steps of the handshake.
func lines(log []string, kind string) (list []string) {
	for _, l := range log {
		application := strings.HasPrefix(l, "got") || strings.HasPrefix(l, "M message") ||
			strings.HasPrefix(l, "M re:")
		if kind != "" && strings.HasPrefix(l, kind) || kind == "" && !application {
			list = append(list, l)
		}
	}
	return list
}
