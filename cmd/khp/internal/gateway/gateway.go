// Package gateway is khp serve: it takes a gateway's place in front of WebSocket and TCP back ends.
// [Command] is the command; [New] makes its server for tests and demonstrations.
package gateway

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"example.com/khp/cmd/khp/internal/gateway/guard/callout"
	"example.com/khp/cmd/khp/internal/gateway/guard/throttle"
	"example.com/khp/cmd/khp/internal/gateway/metrics"
	"example.com/khp/cmd/khp/internal/gateway/page"
	"example.com/khp/cmd/khp/internal/gateway/paths"
	"example.com/khp/cmd/khp/internal/gateway/target"
	"example.com/khp/cmd/khp/internal/listen"
	"example.com/khp/cmd/khp/internal/observe"
	"example.com/khp/internal/seldom"
	"example.com/khp/transport"
	"example.com/khp/wire"
)

// gateway serves the connections of the listeners of khp serve.
type gateway struct {
	log       *slog.Logger
	metrics   *metrics.Metrics   // may be nil
	observers observe.Observers  // for all versions of the rules
	slow      *throttle.Throttle // of failed logins, for all versions of the rules
	dial      callout.Dial       // reaches the servers that are asked; nil is by TCP

	rules     atomic.Pointer[rules]
	fronts    []*front
	draining  atomic.Bool
	strangers seldom.Line // lines of the log
	clients   target.Clients
	load      atomic.Pointer[func() transport.Load] // once it serves
}

// server makes the server around the gateway, once rules are set.
func (g *gateway) server(o *options) *transport.Server {
	srv := &transport.Server{
		Route: func(host, path string) *transport.Handler {
			if r := g.rules.Load(); r.hosts.Own(host) {
				return r.handler(path)
			}
			return nil
		},
		Fallback: g, Logger: g.log,
	}
	_ = srv.SetBounds(o.bounds()) // were checked with the rules
	return srv
}

// bounds are the bounds of the server for settings that have changed.
func (o *options) bounds() transport.Bounds {
	return transport.Bounds{
		MaxConnections: int(o.MaxConnections), MaxWaiting: int(o.MaxWaiting),
		MaxPerAddress: int(o.MaxPerAddress), OpeningTimeout: time.Duration(o.OpeningTimeout),
		Limits: o.limits(),
	}
}

// limits are those of an opening request before its route is known: the largest of all routes.
func (o *options) limits() wire.Limits {
	most := o.Limits.Wire().OrDefault()
	for _, r := range o.Routes {
		l := r.Limits.Wire().OrDefault()
		most = wire.Limits{
			Head: max(most.Head, l.Head), Line: max(most.Line, l.Line), Fields: max(most.Fields, l.Fields),
			Elements: max(most.Elements, l.Elements),
			Target:   max(most.Target, l.Target), Body: max(most.Body, l.Body),
			Messages: max(most.Messages, l.Messages), Unit: max(most.Unit, l.Unit),
		}
	}
	return most
}

// New returns the server that khp serve makes of the values of --route, --auth and --realm, without
// a log.
func New(routes, auth []string, realm string) (*transport.Server, error) {
	o := newOptions()
	o.Route, o.Auth, o.Realm = routes, auth, realm
	if err := o.Settle(shownValue); err != nil {
		return nil, err
	}
	g := &gateway{log: slog.New(slog.DiscardHandler), slow: throttle.New()}
	rules, err := o.rules(g)
	if err != nil {
		return nil, err
	}
	g.rules.Store(rules)
	return g.server(o), nil
}

// ServeHTTP answers clients that do not speak KHP.
func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rules := g.rules.Load()
	path := paths.Of(r.URL)
	upgrade := r.Header.Get("Upgrade") != ""
	read := (r.Method == http.MethodGet || r.Method == http.MethodHead) && !upgrade
	asksOptions := r.Method == http.MethodOptions && !upgrade
	if path != healthPath && !asksOptions && !rules.hosts.Own(r.Host) {
		g.strange(w, r)
		return
	}
	switch {
	// HAProxy asks so whether a server lives, by HTTP/1.0 without a Host if it is told nothing else
	case asksOptions:
		w.Header().Set("Allow", "GET, HEAD, OPTIONS")
		w.WriteHeader(http.StatusNoContent)
	case read && path == healthPath:
		healthy(w, r)
	case read && rules.page != nil && page.Has(path):
		rules.page.ServeHTTP(w, r)
	case rules.house.Routes.Find(path) == nil:
		http.Error(w, target.NothingServed(path), http.StatusNotFound)
	case upgrade:
		rules.handlers[""].ServeHTTP(w, r) // says what is wrong with it
	default: // a request that is no handshake has not failed
		never := func(context.Context, *transport.Conn) error { return nil }
		(&transport.Handler{Serve: never}).ServeHTTP(w, r) // explains the protocol of this server
	}
}

// healthPath answers load balancers and other watchmen by plain HTTP. A route may have the same
// path.
const healthPath = "/healthz"

// healthy says that the process is alive.
func healthy(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	_, _ = io.WriteString(w, "ok\n")
}

// ready says whether new clients are welcome.
func (g *gateway) ready(w http.ResponseWriter, r *http.Request) {
	if g.draining.Load() {
		http.Error(w, "draining", http.StatusServiceUnavailable)
		return
	}
	if g.busy().Full {
		http.Error(w, "full", http.StatusServiceUnavailable)
		return
	}
	healthy(w, r)
}

// busy reports the load of the server.
func (g *gateway) busy() transport.Load {
	if load := g.load.Load(); load != nil {
		return (*load)()
	}
	return transport.Load{}
}

// measure adds the gateway's own figures to the metrics.
func (g *gateway) measure() {
	for i, kind := range target.Kinds {
		g.metrics.Gauge("khp_clients_open", "Clients whose connections are open, by what they speak: "+
			"spec, kaazing, or plain without KHP.", map[string]string{"profile": kind},
			func() float64 { return float64(g.clients[i].Load()) })
	}
	g.metrics.Gauge("khp_clients_waiting", "Clients that wait until one of max-connections ends.", nil,
		func() float64 { return float64(g.busy().Waiting) })
	for reason, count := range map[string]func(transport.Load) uint64{
		"full":    func(l transport.Load) uint64 { return l.Refused },
		"address": func(l transport.Load) uint64 { return l.TooMany },
	} {
		g.metrics.Counter("khp_turned_away_total", "Clients that were turned away with 503, by reason: "+
			"full (max-connections), address (max-per-address).", map[string]string{"reason": reason},
			func() float64 { return float64(count(g.busy())) })
	}
}

// listenMetrics serves metrics and health on a listener of their own.
func (g *gateway) listenMetrics(addr string) (url string, stop func(), err error) {
	ln, err := listen.Listen("--metrics", addr)
	if err != nil {
		return "", nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", g.metrics.Handler())
	mux.HandleFunc("GET "+healthPath, healthy)
	mux.HandleFunc("GET /readyz", g.ready)
	srv := boundedServer(mux)
	go func() { _ = srv.Serve(ln) }()
	return listen.URL("http", ln) + "/metrics", func() { _ = srv.Close() }, nil
}
