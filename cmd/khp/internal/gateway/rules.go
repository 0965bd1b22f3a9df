package gateway

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/gateway/config"
	"example.com/khp/cmd/khp/internal/gateway/guard"
	"example.com/khp/cmd/khp/internal/gateway/host"
	"example.com/khp/cmd/khp/internal/gateway/page"
	"example.com/khp/cmd/khp/internal/gateway/paths"
	"example.com/khp/cmd/khp/internal/gateway/target"
	"example.com/khp/transport"
)

// rules are the settings that a reload replaces as a whole. A connection keeps those that it came
// under.
type rules struct {
	house *target.House
	auth  *guard.Guard
	drain time.Duration

	drainOver time.Duration
	page      http.Handler
	hosts     *host.Set

	// by the path of their route; that of "" is for paths without one
	handlers map[string]*transport.Handler
}

// rules makes the rules of the options, for g. An error joins all mistakes.
func (o *options) rules(g *gateway) (*rules, error) {
	list, routesErr := target.New(o.Routes)
	auth, authErr := (*guard.Guard)(nil), error(nil)
	if routesErr == nil && o.unsettled == nil { // otherwise mistakes in paths follow from it
		auth, authErr = guard.New(&o.Config, list,
			guard.Env{Log: g.log, Metrics: g.metrics, Slow: g.slow, Dial: g.dial})
	}
	origins, originErr := o.origins()
	hosts, hostsErr := o.hosts()
	err := errors.Join(o.unsettled, hostsErr, routesErr, authErr, originErr,
		o.backendTLS(list), o.outside())
	if err == nil {
		err = o.unused(list, auth)
	}
	if err != nil {
		return nil, err
	}
	h := &target.House{
		Routes: list, Log: g.log, Metrics: g.metrics, Clients: &g.clients,
	}
	h.Count()
	r := &rules{house: h, auth: auth, hosts: hosts, drain: time.Duration(o.DrainTimeout),
		drainOver: time.Duration(o.DrainOver), handlers: make(map[string]*transport.Handler)}
	if o.DemoPage {
		r.page = page.Handler()
	}
	watch := slices.Clone(g.observers)
	if o.Verbose {
		watch = append(watch, logObserver{g.log})
	}
	handler := func(route *config.Route) *transport.Handler {
		inactivity := time.Duration(route.InactivityTimeout)
		return &transport.Handler{
			Serve: h.Serve, Decide: h.Decide, Authenticator: auth.OrNil(), CheckOrigin: origins[route.Path],
			Observer: auth.Discreet(route.Path, watch.OrNil()), Logger: g.log,
			ReadLimit: int64(route.MaxMessage),
			// the other target is never used for routing
			ConnContext: h.Session, ConnOver: h.Over, Forget: true, Use: cli.Extensions(inactivity),
			KeepAlive: inactivity, AnyTarget: true, Outside: route.Outside(),
			Plain: route.Plain, MaxChallenges: int(route.MaxChallenges), Limits: route.Limits.Wire(),
			Timeouts: route.Timeouts.Handshake(),
		}
	}
	r.handlers[""] = handler(o.Defaults())
	r.handlers[""].Prompt = auth.OrNil() == nil
	for _, route := range list {
		r.handlers[route.Path] = handler(route.Route)
		r.handlers[route.Path].Unchecked = route.Breaks()
		r.handlers[route.Path].Prompt = auth.OrNil() == nil && !route.Waits()
	}
	return r, nil
}

// handler finds the handler for a path. One without a route has one, too: it says so where the
// client understands it.
func (r *rules) handler(path string) *transport.Handler {
	if route := r.house.Routes.Find(paths.Normal(path)); route != nil {
		return r.handlers[route.Path]
	}
	return r.handlers[""]
}
