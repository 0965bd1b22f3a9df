package target

import (
	"context"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"example.com/khp/cmd/khp/internal/gateway/guard"
	"example.com/khp/cmd/khp/internal/gateway/metrics"
	"example.com/khp/cmd/khp/internal/gateway/paths"
	"example.com/khp/transport"
)

// House holds the state that the connections of a server share. Its fields are not changed while it
// is used.
type House struct {
	Routes  Routes
	Log     *slog.Logger
	Metrics *metrics.Metrics // may be nil
	Clients *Clients         // may be nil
}

// Count makes the metrics of all routes, which exist with zeros from then on.
func (h *House) Count() {
	h.Metrics.Backends()
	for _, r := range h.Routes {
		r.traffic = h.Metrics.Traffic(r.Path)
		if p, ok := r.target.(*pool); ok {
			p.count(h.Metrics, r.Path)
		}
	}
}

// Session makes the context of one connection. The path of the extended request is that of the
// opening one, the transport sees to that.
func (h *House) Session(ctx context.Context, o *transport.OpeningRequest) context.Context {
	s := &session{house: h, path: paths.Normal(o.Path()), speaks: o.Speaks(), log: h.Log}
	s.route = h.Routes.Find(s.path)
	return context.WithValue(ctx, sessionKey{}, s)
}

// Over ends the session of a connection that is over.
func (h *House) Over(ctx context.Context) { sessionOf(ctx).end() }

// Decide answers one request.
func (h *House) Decide(ctx context.Context, q *transport.Request) (transport.Decision, error) {
	s := sessionOf(ctx)
	s.admit(q.Principal)
	if s.route == nil {
		return transport.Decision{Status: 404, Body: []byte(NothingServed(s.path) + "\n")}, nil
	}
	return s.route.target.decide(ctx, s, q)
}

// Serve uses one open connection.
func (h *House) Serve(ctx context.Context, conn *transport.Conn) error {
	s := sessionOf(ctx)
	c := &client{Conn: conn, session: s, traffic: s.route.traffic}
	begin := time.Now()
	defer c.traffic.Open()()
	defer h.Clients.arrived(s.speaks)()
	idle := time.Duration(s.route.IdleTimeout)
	defer s.watchIdle(idle, func() {
		h.Log.InfoContext(ctx, "closing an idle connection", "remote", c.NetConn().RemoteAddr().String(),
			"path", s.path, "idle", idle)
		_ = c.Close(transport.CloseGoingAway, "idle for "+idle.String())
		s.end() // a back end that takes nothing may hold the other direction
	})()
	defer s.watchLifetime(func(login guard.Login) {
		h.Log.InfoContext(ctx, "closing a session whose time is over", "remote",
			c.NetConn().RemoteAddr().String(), "path", s.path, "until", login.Until)
		_ = c.Close(transport.ClosePolicyViolation, "the session is over, log in again")
		s.end()
	})()
	err := s.route.target.serve(ctx, s, c)
	c.report(ctx, err, time.Since(begin))
	return err
}

// NothingServed says to clients that a path has no route.
func NothingServed(path string) string {
	return "nothing is served at " + strconv.QuoteToASCII(path)
}

// Annotate adds the route and the user of the connection of ctx to a line of the log.
func Annotate(ctx context.Context, r *slog.Record) {
	if s, ok := ctx.Value(sessionKey{}).(*session); ok {
		s.annotate(r)
	}
}

// session is one connection on its way through the gateway.
type session struct {
	house  *House
	route  *Route // nil if there is none for the path
	path   string // in normal form
	speaks string // profile of the client: spec, kaazing or plain
	log    *slog.Logger
	ended  atomic.Bool // the client has, and its back end has been told
	asked  atomic.Bool // a statusTarget has answered before

	mu      sync.Mutex
	login   guard.Login
	over    bool
	line    line // to a back end, nil before there is one
	idle    *time.Timer
	patient time.Duration
}

type sessionKey struct{}

func sessionOf(ctx context.Context) *session { return ctx.Value(sessionKey{}).(*session) }

// admit remembers who was let in.
func (s *session) admit(principal any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l, ok := principal.(guard.Login); ok {
		l.User = strings.Clone(l.User) // not the token that it is a part of
		s.login = l
	}
}

// loggedIn returns the login of the client.
func (s *session) loggedIn() guard.Login {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.login
}

// annotate is Annotate.
func (s *session) annotate(r *slog.Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.route != nil {
		r.AddAttrs(slog.String("route", s.route.Path))
	}
	if s.login.User != "" {
		r.AddAttrs(slog.String("user", s.login.User))
	}
}

// keep holds a connection to a back end from the decision until the client's connection is used. ok
// is false, and the line dropped, if the client is gone already.
func (s *session) keep(l line) (ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		_ = l.drop()
		return false
	}
	if s.line != nil { // of a decision that was made in vain
		_ = s.line.drop()
	}
	s.line = l
	return true
}

func (s *session) kept() line {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.line
}

// end drops the back end, used or not.
func (s *session) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
	if s.line != nil {
		_ = s.line.drop()
	}
}

// watchLifetime calls expired when the time is over for which the client was let in. The result
// ends the watch.
func (s *session) watchLifetime(expired func(guard.Login)) (stop func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	login := s.login
	if login.Until.IsZero() {
		return func() {}
	}
	timer := time.AfterFunc(time.Until(login.Until), func() { expired(login) })
	return func() { timer.Stop() }
}

// watchIdle calls expired when nothing was touched for d; 0 is never. The result ends the watch.
func (s *session) watchIdle(d time.Duration, expired func()) (stop func()) {
	if d <= 0 {
		return func() {}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.patient, s.idle = d, time.AfterFunc(d, expired)
	return func() { s.idle.Stop() }
}

// touch notes that a message came or went.
func (s *session) touch() {
	if s.patient > 0 {
		s.idle.Reset(s.patient)
	}
}
