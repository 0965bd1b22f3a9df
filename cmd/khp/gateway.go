package main

import (
	"context"
	"io"
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
	auth    transport.Authenticator // nil lets everybody in
	idle    time.Duration
	metrics *metrics // may be nil
	log     *slog.Logger

	checked   *transport.Handler
	unchecked *transport.Handler // for status routes, whose answers break rules on purpose
}

// start makes the handlers, once all fields above are set.
func (g *gateway) start(origin func(origin, host string) bool, observer transport.Observer) {
	handler := func() *transport.Handler {
		return &transport.Handler{
			Serve: g.serve, Decide: g.decide, Authenticator: g.auth, CheckOrigin: origin, Observer: observer, Logger: g.log,
			ConnContext: g.session, Use: serveExtensions(g.idle), AnyTarget: true, // never used for routing
		}
	}
	g.checked, g.unchecked = handler(), handler()
	g.unchecked.Unchecked = true
}

// server makes the server around the gateway, once it was started.
func (g *gateway) server() *transport.Server {
	return &transport.Server{Route: g.route, Fallback: g, Logger: g.log}
}

// session is one connection on its way through the gateway.
type session struct {
	route *route // nil if there is none for the path
	path  string // in normal form
	log   *slog.Logger
	asked atomic.Bool // a statusTarget has answered before

	mu      sync.Mutex
	over    bool
	backend any
	discard func() error
	idle    *time.Timer
	patient time.Duration
}

type sessionKey struct{}

func sessionOf(ctx context.Context) *session { return ctx.Value(sessionKey{}).(*session) }

// session is the context of one connection. The path of the extended request is that of the opening one, the transport sees to that.
func (g *gateway) session(ctx context.Context, r *transport.OpeningRequest) context.Context {
	s := &session{path: normalPath(r.Path()), log: g.log}
	s.route = g.routes.find(s.path)
	context.AfterFunc(ctx, s.end)
	return context.WithValue(ctx, sessionKey{}, s)
}

// route finds the handler for a path. One without a route has one, too: it says so where the client understands it.
func (g *gateway) route(_, path string) *transport.Handler {
	if r := g.routes.find(normalPath(path)); r != nil {
		if _, ok := r.target.(statusTarget); ok {
			return g.unchecked
		}
	}
	return g.checked
}

// ServeHTTP answers what is no KHP client.
func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch path := requestPath(r.URL); {
	case path == healthPath && r.Method == http.MethodGet && r.Header.Get("Upgrade") == "":
		w.Header().Set("Cache-Control", "no-store")
		_, _ = io.WriteString(w, "ok\n")
	case g.routes.find(path) == nil:
		http.Error(w, nothingServed(path), http.StatusNotFound)
	default:
		g.checked.ServeHTTP(w, r) // explains what is spoken here
	}
}

// healthPath answers load balancers and other watchmen by plain HTTP. A route may have the same path.
const healthPath = "/healthz"

func nothingServed(path string) string {
	return "nothing is served at " + strconv.QuoteToASCII(path)
}

// decide answers one request.
func (g *gateway) decide(ctx context.Context, r *transport.Request) (transport.Decision, error) {
	s := sessionOf(ctx)
	if s.route == nil {
		return transport.Decision{Status: 404, Body: []byte(nothingServed(s.path) + "\n")}, nil
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
