package gateway

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/gateway/guard"
	"example.com/khp/cmd/khp/internal/gateway/origin"
	"example.com/khp/cmd/khp/internal/gateway/page"
	"example.com/khp/cmd/khp/internal/gateway/target"
	"example.com/khp/transport"
)

// rules are what a reload replaces as a whole. A connection keeps those that it came under.
type rules struct {
	house *target.House
	auth  *guard.Guard
	drain time.Duration
	page  http.Handler

	handlers map[way]*transport.Handler
}

// authority makes the guards of the options.
func (o *options) authority(list target.Routes) (*guard.Guard, error) {
	return guard.New(guard.Settings{Realm: o.realm, Scheme: o.scheme, Auth: o.auth, Htpasswd: o.htpasswd, NoAuth: o.noAuth}, list)
}

// rules makes what the options describe, for g. An error joins all mistakes.
func (o *options) rules(g *gateway) (*rules, error) {
	list, routesErr := target.Parse(o.routes)
	auth, authErr, plainErr := (*guard.Guard)(nil), error(nil), error(nil)
	if routesErr == nil { // else what is wrong with paths follows from it
		auth, authErr = o.authority(list)
		plainErr = errors.Join(list.MarkPlain(o.plain), list.MarkChallenges(o.challenges))
	}
	origin, originErr := origin.Checker(o.origins)
	backends, backendsErr := o.backendTLS()
	outside, outsideErr := o.outside()
	err := errors.Join(o.check(), routesErr, authErr, plainErr, originErr, backendsErr, outsideErr)
	if err == nil {
		err = o.unused(list)
	}
	if err != nil {
		return nil, err
	}
	h := &target.House{
		Routes: list, Log: g.log, Metrics: g.metrics, Clients: &g.clients, Idle: time.Duration(o.idle), Message: int64(o.message), Backends: backends, Outside: outside,
		Secure: func() bool { return g.cert.Load() != nil },
	}
	h.Count()
	r := &rules{house: h, auth: auth, drain: time.Duration(o.drain)}
	if o.demo {
		r.page = page.Handler()
	}
	watch := slices.Clone(g.observers)
	if o.verbose {
		watch = append(watch, logObserver{g.log})
	}
	r.handlers = make(map[way]*transport.Handler)
	ways := []way{{}}
	for _, route := range list {
		ways = append(ways, wayOf(list, route.Path))
	}
	for _, w := range ways {
		r.handlers[w] = &transport.Handler{
			Serve: h.Serve, Decide: h.Decide, Authenticator: auth.OrNil(), CheckOrigin: origin, Observer: watch.OrNil(), Logger: g.log, ReadLimit: h.Message,
			ConnContext: h.Session, Use: cli.Extensions(time.Duration(o.inactivity)), KeepAlive: time.Duration(o.inactivity), AnyTarget: true, Outside: outside, // the other target is never used for routing
			Unchecked: w.unchecked, Plain: w.plain, MaxChallenges: w.challenges,
		}
	}
	return r, nil
}

// way is how the handshake of a route differs from that of others.
type way struct {
	plain     bool // clients that speak no KHP are served, too
	unchecked bool // answers break rules on purpose, as those of status routes do

	challenges int // how often a client is asked for credentials, 0 for the default
}

// wayOf returns the way of a path.
func wayOf(list target.Routes, path string) way {
	return way{plain: list.Plain(path), unchecked: list.Breaks(path), challenges: list.Challenges(path)}
}

// handler finds the handler for a path. One without a route has one, too: it says so where the
// client understands it.
func (r *rules) handler(path string) *transport.Handler {
	return r.handlers[wayOf(r.house.Routes, path)]
}
