package driver

import (
	"bytes"
	"slices"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/wire"
)

// Server drives an [endpoint.Server] and is its one connection.
type Server struct {
	connection
	core
	endpoint *endpoint.Server
	host     ServerHost
}

// NewServer returns the driver of a connection that was accepted. Bytes of the opening request go
// to Received; a host whose library shakes hands calls Opened.
func NewServer(e *endpoint.Server, orders Orders, host ServerHost) *Server {
	s := &Server{}
	s.Reset(e, orders, host)
	return s
}

// Reset prepares s for another connection, as NewServer does. Answers to questions about the
// previous connection are dropped.
func (s *Server) Reset(e *endpoint.Server, orders Orders, host ServerHost) {
	generation := s.core.generation
	*s = Server{endpoint: e, host: host, core: core{machine: e, host: host, generation: generation}}
	s.core.side = s
	s.connection.core, s.connection.orders = &s.core, orders
	s.core.conn = &s.connection
}

// Endpoint returns the endpoint, to read its phase, requests and result. Events are reported to s
// instead.
func (s *Server) Endpoint() *endpoint.Server { return s.endpoint }

// Opening takes an opening request that the host has parsed.
func (s *Server) Opening(now time.Time, r *wire.Request) {
	if s.busy {
		copied := copyRequest(r)
		s.later(func() { s.Opening(now, copied) })
		return
	}
	s.do(now, s.endpoint.Opening(now, r))
}

// Opened reports that the host's own WebSocket library has answered the opening request with 101
// and selected KHP; the slices of o are kept, and must not change. granted are the extensions it
// negotiated.
func (s *Server) Opened(now time.Time, o endpoint.OpeningRequest, granted []string) {
	if s.busy {
		granted = slices.Clone(granted)
		s.later(func() { s.Opened(now, o, granted) })
		return
	}
	s.do(now, s.endpoint.Opened(now, o, granted))
}

// copyRequest returns a copy of an opening request that a parser may write to again. Such a request
// has no body.
func copyRequest(r *wire.Request) *wire.Request {
	if r == nil {
		return nil
	}
	c := *r
	c.Method, c.Target = bytes.Clone(r.Method), bytes.Clone(r.Target)
	c.Fields = slices.Clone(r.Fields)
	for i, f := range c.Fields {
		c.Fields[i] = wire.Field{Name: bytes.Clone(f.Name), Value: bytes.Clone(f.Value)}
	}
	return &c
}

func (s *Server) special(_ time.Time, o *endpoint.Output) {
	if o.Kind == endpoint.AskDecision {
		s.host.AskDecision(Question{s, s.ask(), false})
	}
}

// followUp asks again once a 202 is sent.
func (s *Server) followUp(time.Time) []endpoint.Output {
	if s.asked == 0 && s.endpoint.Phase() == fsm.ServerPending {
		s.host.AskDecision(Question{s, s.ask(), true})
	}
	return nil
}

func (s *Server) waiting() bool { return s.endpoint.Deciding() }

// Question is a request that waits for a decision. The host answers it once, now or later. The
// driver drops a second answer, and an answer to a question that is over.
type Question struct {
	server     *Server
	generation uint64
	// Again reports that the question repeats an earlier one, whose answer was 202.
	Again bool
}

// Request returns the request, a copy: the zero one once there is another question, which may be
// about another client.
func (q Question) Request() endpoint.Request {
	if q.server == nil || q.generation != q.server.generation {
		return endpoint.Request{}
	}
	return *q.server.endpoint.Request()
}

// Over reports whether an answer would be dropped.
func (q Question) Over() bool { return q.server == nil || q.server.late(q.generation) }

// Decide answers with a decision. One that cannot be sent is dropped, and the client gets a 500.
func (q Question) Decide(now time.Time, d endpoint.Decision) {
	s := q.server
	switch {
	case s == nil:
	case s.late(q.generation):
		s.host.Dropped(ErrLate)
	case s.busy:
		q.decideLater(now, d)
	default:
		s.asked = 0
		outs, err := s.endpoint.Decide(now, d)
		if err != nil {
			s.busy = true // calls of the host come after the 500
			s.host.Dropped(err)
			outs = s.endpoint.ApplicationFailed(now)
		}
		s.do(now, outs)
	}
}

// decideLater is not part of Decide, so that d need not be on the heap there.
func (q Question) decideLater(now time.Time, d endpoint.Decision) {
	d.Body, d.Header = slices.Clone(d.Body), slices.Clone(d.Header)
	d.Extensions, d.Challenges = slices.Clone(d.Extensions), slices.Clone(d.Challenges)
	q.server.later(func() { q.Decide(now, d) })
}

// Fail answers that the application failed: the client gets a 500.
func (q Question) Fail(now time.Time) {
	if s := q.server; s != nil {
		s.answer(now, q.generation, func() []endpoint.Output { return s.endpoint.ApplicationFailed(now) })
	}
}
