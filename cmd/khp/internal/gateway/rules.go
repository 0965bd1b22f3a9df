package gateway

import (
	"context"
	"crypto/tls"
	"net/http"
	"slices"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/gateway/guard"
	"example.com/khp/cmd/khp/internal/gateway/origin"
	"example.com/khp/cmd/khp/internal/gateway/page"
	"example.com/khp/cmd/khp/internal/gateway/paths"
	"example.com/khp/transport"
)

// rules are what a reload replaces as a whole. A connection keeps those that it came under.
type rules struct {
	gateway  *gateway
	routes   routes
	auth     *guard.Guard
	idle     time.Duration
	drain    time.Duration
	message  int64       // bytes
	backends *tls.Config // of wss back ends, nil for the system's roots
	page     http.Handler
	outside  transport.Outside

	checked   *transport.Handler
	unchecked *transport.Handler // for status routes, whose answers break rules on purpose
}

// authority makes the guards of the options.
func (o *options) authority(list routes) (*guard.Guard, error) {
	return guard.New(guard.Settings{Realm: o.realm, Scheme: o.scheme, Auth: o.auth, Htpasswd: o.htpasswd, NoAuth: o.noAuth}, list)
}

// rules makes what the options describe, for g.
func (o *options) rules(g *gateway) (*rules, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	list, err := parseRoutes(o.routes)
	if err != nil {
		return nil, err
	}
	auth, err := o.authority(list)
	if err != nil {
		return nil, err
	}
	origin, err := origin.Checker(o.origins)
	if err != nil {
		return nil, err
	}
	backends, err := o.backendTLS()
	if err != nil {
		return nil, err
	}
	outside, err := o.outside()
	if err != nil {
		return nil, err
	}
	if err := o.unused(list); err != nil {
		return nil, err
	}
	r := &rules{gateway: g, routes: list, auth: auth, idle: time.Duration(o.idle), drain: time.Duration(o.drain), message: int64(o.message), backends: backends,
		outside: outside}
	for _, one := range list {
		one.traffic = g.metrics.Traffic(one.path) // from now on it is there, with zeros
	}
	if o.demo {
		r.page = page.Handler()
	}
	watch := slices.Clone(g.observers)
	if o.verbose {
		watch = append(watch, logObserver{g.log})
	}
	handler := func(unchecked bool) *transport.Handler {
		return &transport.Handler{
			Serve: r.serve, Decide: r.decide, Authenticator: auth.OrNil(), CheckOrigin: origin, Observer: watch.OrNil(), Logger: g.log, ReadLimit: r.message,
			ConnContext: r.session, Use: cli.Extensions(time.Duration(o.inactivity)), KeepAlive: time.Duration(o.inactivity), AnyTarget: true, Outside: outside, Unchecked: unchecked, // the other target is never used for routing
		}
	}
	r.checked, r.unchecked = handler(false), handler(true)
	return r, nil
}

// handler finds the handler for a path. One without a route has one, too: it says so where the client understands it.
func (r *rules) handler(path string) *transport.Handler {
	if found := r.routes.find(paths.Normal(path)); found != nil {
		if _, ok := found.target.(statusTarget); ok {
			return r.unchecked
		}
	}
	return r.checked
}

// session is the context of one connection. The path of the extended request is that of the opening one, the transport sees to that.
func (r *rules) session(ctx context.Context, o *transport.OpeningRequest) context.Context {
	s := &session{rules: r, path: paths.Normal(o.Path()), log: r.gateway.log}
	s.route = r.routes.find(s.path)
	context.AfterFunc(ctx, s.end)
	return context.WithValue(ctx, sessionKey{}, s)
}

// decide answers one request.
func (r *rules) decide(ctx context.Context, q *transport.Request) (transport.Decision, error) {
	s := sessionOf(ctx)
	s.admit(q.Principal)
	if s.route == nil {
		return transport.Decision{Status: 404, Body: []byte(nothingServed(s.path) + "\n")}, nil
	}
	return s.route.target.decide(ctx, s, q)
}

// serve uses one open connection.
func (r *rules) serve(ctx context.Context, conn *transport.Conn) error {
	s := sessionOf(ctx)
	c := &client{Conn: conn, session: s, traffic: s.route.traffic}
	begin := time.Now()
	defer c.traffic.Open()()
	defer s.watchIdle(r.idle, func() {
		r.gateway.log.InfoContext(ctx, "closing an idle connection", "remote", c.NetConn().RemoteAddr().String(), "path", s.path, "idle", r.idle)
		_ = c.Close(transport.CloseGoingAway, "idle for "+r.idle.String())
		s.end() // a back end that takes nothing may hold the other direction
	})()
	err := s.route.target.serve(ctx, s, c)
	c.report(ctx, err, time.Since(begin))
	return err
}
