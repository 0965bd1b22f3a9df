package main

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"example.com/khp/transport"
)

// gateway is what khp serve puts behind its listener: it finds the route of each request, lets clients in and hands them to their target.
type gateway struct {
	routes  routes
	auth    *authority // nil lets everybody in
	idle    time.Duration
	metrics *metrics // may be nil
	log     *slog.Logger

	checked   *transport.Handler
	unchecked *transport.Handler // for status routes, whose answers break rules on purpose
}

// start makes the handlers, once all fields above are set.
func (g *gateway) start(origin func(origin, host string) bool, observer transport.Observer) {
	handler := func() *transport.Handler {
		return &transport.Handler{Serve: g.serve, Decide: g.decide, CheckOrigin: origin, Observer: observer, Logger: g.log, Use: serveExtensions(g.idle)}
	}
	g.checked, g.unchecked = handler(), handler()
	g.unchecked.Unchecked = true
}

// session is one connection on its way through the gateway.
type session struct {
	route   *route // nil if there is none for the path
	path    string // in normal form
	written string // the same as the client wrote it
	log     *slog.Logger
	asked   atomic.Bool // a statusTarget has answered before

	mu      sync.Mutex
	over    bool
	backend any
	discard func() error
	idle    *time.Timer
	patient time.Duration
}

type sessionKey struct{}

func sessionOf(ctx context.Context) *session { return ctx.Value(sessionKey{}).(*session) }

// ServeHTTP finds the route. The path of the extended request is the same, the transport sees to that.
func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s := &session{path: requestPath(r.URL), written: r.URL.EscapedPath(), log: g.log}
	s.route = g.routes.find(s.path)
	h := g.checked
	if s.route != nil {
		if _, ok := s.route.target.(statusTarget); ok {
			h = g.unchecked
		}
	}
	defer s.end()
	h.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), sessionKey{}, s)))
}

// decide answers one request.
func (g *gateway) decide(ctx context.Context, r *transport.Request) (transport.Decision, error) {
	s := sessionOf(ctx)
	if d, ok := g.auth.letIn(s.written, s.path, r); !ok {
		return d, nil
	}
	if s.route == nil {
		return transport.Decision{Status: 404, Body: []byte("nothing is served at " + strconv.QuoteToASCII(s.path) + "\n")}, nil
	}
	return s.route.target.decide(ctx, s, r)
}

// serve uses one open connection.
func (g *gateway) serve(ctx context.Context, c *transport.Conn) error {
	s := sessionOf(ctx)
	defer g.metrics.open()()
	defer s.watchIdle(g.idle, func() {
		g.log.Info("closing an idle connection", "remote", c.NetConn().RemoteAddr().String(), "path", s.path, "idle", g.idle.String())
		_ = c.Close(transport.CloseGoingAway, "idle for "+g.idle.String())
	})()
	return s.route.target.serve(ctx, s, c)
}

// shutdown drains all connections; those that are left when ctx ends are dropped, and counted.
func (g *gateway) shutdown(ctx context.Context) (dropped int) {
	var wg sync.WaitGroup
	var left atomic.Int64
	for _, h := range []*transport.Handler{g.checked, g.unchecked} {
		wg.Go(func() {
			if h.Shutdown(ctx) != nil {
				left.Add(int64(h.Connections()))
			}
		})
	}
	wg.Wait()
	return int(left.Load())
}

func (g *gateway) connections() int { return g.checked.Connections() + g.unchecked.Connections() }

// keep holds a connection to a back end from the decision until the client's connection is used. ok is false, and the back end discarded, if
// the client is gone already.
func (s *session) keep(backend any, discard func() error) (ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		_ = discard()
		return false
	}
	if s.discard != nil { // of a decision that was made in vain
		_ = s.discard()
	}
	s.backend, s.discard = backend, discard
	return true
}

func (s *session) kept() any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.backend
}

// end drops the back end, used or not.
func (s *session) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
	if s.discard != nil {
		_ = s.discard()
	}
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
