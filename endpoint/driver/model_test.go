package driver_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/endpoint/driver"
	"example.com/khp/fsm"
	"example.com/khp/wire"
)

// journal records the orders of a driver, or of its model, to the host.
type journal struct {
	lines  []string
	orders int
	inside map[int]func() // calls made inside of the order with that number
	fails  int            // from that order on writes fail, 0 for never
	nested bool           // such a call is being made
	poke   func()         // is called inside of every order; nil is not
}

// say writes a line, and makes the calls that are due inside of this order.
func (j *journal) say(format string, args ...any) error {
	j.lines = append(j.lines, fmt.Sprintf(format, args...))
	j.orders++
	if call := j.inside[j.orders]; call != nil {
		delete(j.inside, j.orders)
		j.nested = true
		call()
		j.nested = false
	}
	if j.poke != nil && !j.nested {
		j.nested = true
		j.poke()
		j.nested = false
	}
	if j.fails > 0 && j.orders >= j.fails {
		return errors.New("broken pipe")
	}
	return nil
}

// observe writes a line of an output that is about to be carried out.
func (j *journal) observe(o *endpoint.Output) {
	j.lines = append(j.lines, "observed "+o.Kind.String())
}

// model is a second reading of the documentation of package driver, without regard to speed: all
// calls go into one queue, and one at a time is carried out with all that follows.
type model struct {
	*journal
	client  *endpoint.Client // or
	server  *endpoint.Server
	reports bool // BodyWritten is called by the host

	queue    []func()
	busy     bool // orders are being carried out
	draining bool // the queue is being worked off
	now      time.Time

	conns     []*modelConn
	current   *modelConn
	questions []bool // of each question asked so far, whether it is open
	told      []int  // numbers of the questions that the host was shown
	origin    string // of the first connection
	due       time.Time
	open      bool
	closed    bool
	over      bool
}

// modelConn is one connection.
type modelConn struct {
	up, shaken, deaf, broken, violated, lost, written bool
	head                                              []byte
}

// call has f done now, or once all orders of the call in progress are carried out.
func (m *model) call(f func()) {
	if m.busy {
		m.queue = append(m.queue, f)
		return
	}
	m.now = t0
	f()
	m.rest()
}

// rest makes the calls that were kept.
func (m *model) rest() {
	if m.draining {
		return
	}
	m.draining = true
	for len(m.queue) > 0 {
		next := m.queue[0]
		m.queue = m.queue[1:]
		m.now = t0
		next()
	}
	m.draining = false
}

// during carries out everything that f orders as one call.
func (m *model) during(f func()) {
	m.busy = true
	f()
	m.busy = false
}

// hears has f done if c is the current connection and the peer may speak on it, now and then.
func (m *model) hears(c *modelConn, f func()) {
	may := func() bool { return m.current == c && !c.deaf }
	if may() {
		m.call(func() {
			if may() {
				f()
			}
		})
	}
}

func (m *model) deadline() time.Time {
	if m.client != nil {
		return m.client.Deadline()
	}
	return m.server.Deadline()
}

func (m *model) result() endpoint.Result {
	if m.client != nil {
		return m.client.Result()
	}
	return m.server.Result()
}

// deciding reports whether the endpoint waits for an answer of the application.
func (m *model) deciding() bool {
	if m.client != nil {
		return m.client.Phase() == fsm.ClientAwaitLogin || m.client.Phase() == fsm.ClientAwaitCredentials
	}
	return m.server.Deciding()
}

// ask opens a question; there is never more than one.
func (m *model) ask() (n int) {
	m.forgetQuestions()
	m.questions = append(m.questions, true)
	return len(m.questions) - 1
}

// put puts a question to the application.
func (m *model) put(again bool) {
	m.told = append(m.told, m.ask())
	_ = m.say("ask %d %v %s", len(m.told)-1, again, asks(m.server.Request()))
}

func (m *model) forgetQuestions() {
	for i := range m.questions {
		m.questions[i] = false
	}
}

// answer takes an answer to question n.
func (m *model) answer(n int, f func() []endpoint.Output) {
	if !m.questions[n] {
		_ = m.say("dropped late")
		return
	}
	m.call(func() {
		if !m.questions[n] {
			_ = m.say("dropped late")
			return
		}
		m.questions[n] = false
		m.carryOut(f())
	})
}

// carryOut carries out outputs, and those that follow from them.
func (m *model) carryOut(outs []endpoint.Output) {
	m.busy = true
	defer func() { m.busy = false }()
	for len(outs) > 0 {
		for _, o := range outs {
			m.one(o)
		}
		outs = m.after()
	}
	m.wake()
}

func (m *model) wake() {
	if due := m.deadline(); !due.Equal(m.due) {
		m.due = due
		_ = m.say("wake %v", due.Sub(t0))
	}
}

// write makes a line of a write on the current connection, if it can be written to.
func (m *model) write(format string, args ...any) {
	if c := m.current; c != nil && c.up && !c.broken && !c.lost {
		c.written = true
		if m.say(format, args...) != nil {
			c.broken = true
		}
	}
}

func (m *model) flush(c *modelConn) {
	if c.up && !c.broken && !c.lost && c.written {
		c.broken = m.say("flush") != nil
	}
	c.written = false
}

func (m *model) one(o endpoint.Output) {
	m.observe(&o)
	switch o.Kind {
	case endpoint.SendBytes:
		m.write("bytes %q", o.Data)
	case endpoint.SendMessage:
		m.write("message %v %q", o.Type, o.Data)
	case endpoint.SendPong:
		m.write("pong %q", o.Data)
	case endpoint.SendClose:
		m.closed = true
		m.write("close %d %s", o.Code, o.Text)
	case endpoint.Disconnect:
		if c := m.current; c != nil {
			if m.current = nil; c.up {
				m.flush(c)
				_ = m.say("disconnect")
			}
		}
	case endpoint.Open:
		m.open = true
		_ = m.say("open %v", m.result())
	case endpoint.Deliver:
		_ = m.say("receive %v %q", o.Type, o.Data)
	case endpoint.Closed, endpoint.Fail:
		m.over = true
		m.wake()
		_ = m.say("over %s", words(o.Err))
	case endpoint.AskDecision:
		m.put(false)
	case endpoint.AskCredentials:
		n := m.ask()
		if u := m.client.URL(); u.HostPort() != m.origin {
			now, detail := m.now, "credentials for "+m.origin+" are not given to "+u.HostPort()
			m.answer(n, func() []endpoint.Output { return m.client.NoCredentials(now, detail) })
			return
		}
		m.told = append(m.told, n)
		_ = m.say("ask %d %q", len(m.told)-1, schemes(m.client.Challenges()))
	case endpoint.Dial:
		if m.client.Attempt() == 1 {
			m.origin = o.URL.HostPort()
		}
		m.current, m.closed = &modelConn{}, false
		m.conns = append(m.conns, m.current)
		_ = m.say("dial %s", o.URL)
	}
}

// after does the work behind the outputs of one call.
func (m *model) after() []endpoint.Output {
	if !m.deciding() {
		m.forgetQuestions()
	}
	if c := m.current; c != nil {
		m.flush(c)
		switch {
		case c.lost:
		case c.broken:
			return m.lose(c, "broken pipe")
		case c.violated:
			return m.lose(c, "nothing can be read behind a breach of the rules of frames")
		}
	}
	switch {
	case m.open:
	case m.client != nil && m.client.Phase() == fsm.ClientSendingBody && !m.reports:
		return m.client.BodyWritten(m.now)
	case m.server != nil && m.server.Phase() == fsm.ServerPending &&
		!slices.Contains(m.questions, true):
		m.put(true)
	}
	return nil
}

func (m *model) lose(c *modelConn, detail string) []endpoint.Output {
	c.lost = true
	if m.client != nil {
		return m.client.Lost(m.now, detail)
	}
	return m.server.Lost(m.now, detail)
}

// spy is the host of a driver, and has the same lines written as the model writes.
type spy struct {
	*journal
	conns  []*driver.Conn
	asked  []driver.Challenge
	decide []driver.Question
}

func (s *spy) Wake(at time.Time)                    { _ = s.say("wake %v", at.Sub(t0)) }
func (s *spy) Open(r endpoint.Result)               { _ = s.say("open %v", r) }
func (s *spy) Receive(t wire.MessageType, p []byte) { _ = s.say("receive %v %q", t, p) }
func (s *spy) Over(err error)                       { _ = s.say("over %s", words(err)) }
func (s *spy) Dropped(err error) {
	if errors.Is(err, driver.ErrLate) {
		_ = s.say("dropped late")
	} else {
		_ = s.say("dropped %v", err)
	}
}
func (s *spy) AskDecision(q driver.Question) {
	s.decide = append(s.decide, q)
	r := q.Request()
	_ = s.say("ask %d %v %s", len(s.decide)-1, q.Again, asks(&r))
}
func (s *spy) AskCredentials(q driver.Challenge) {
	s.asked = append(s.asked, q)
	_ = s.say("ask %d %q", len(s.asked)-1, schemes(q.Challenges()))
}
func (s *spy) Dial(c *driver.Conn, u wire.URL) {
	s.conns = append(s.conns, c)
	_ = s.say("dial %s", u)
}
func (s *spy) SendBytes(p []byte) error { return s.say("bytes %q", p) }
func (s *spy) SendMessage(t wire.MessageType, p []byte) error {
	return s.say("message %v %q", t, p)
}
func (s *spy) SendPong(p []byte) error               { return s.say("pong %q", p) }
func (s *spy) SendClose(code uint16, r string) error { return s.say("close %d %s", code, r) }
func (s *spy) Flush() error                          { return s.say("flush") }
func (s *spy) Upgraded(rest []byte)                  { _ = s.say("upgraded %q", rest) }
func (s *spy) Disconnect()                           { _ = s.say("disconnect") }

// words returns the text of an error, with the fields and the body of the last response.
func words(err error) string {
	var e *endpoint.HandshakeError
	if errors.As(err, &e) {
		return fmt.Sprintf("%v, %v %q", err, e.Header, e.Body)
	}
	return fmt.Sprint(err)
}

// asks returns the fields of a request as text.
func asks(r *endpoint.Request) string {
	return fmt.Sprintf("%q %q %q %q %q", r.Target, r.Host, r.OpeningRequest.Opening, r.Header,
		r.Authorization)
}

func schemes(list []wire.Challenge) (names []string) {
	for _, c := range list {
		names = append(names, string(c.Scheme))
	}
	return names
}

// text joins the lines of a journal for a comparison.
func (j *journal) text() string { return strings.Join(j.lines, "\n") }
