package gateway

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/gateway/config"
	"example.com/khp/cmd/khp/internal/gateway/host"
	"example.com/khp/internal/seldom"
	"example.com/khp/wire"
)

// hosts makes the set of names by which the server may be asked: every name, if none are listed.
func (o *options) hosts() (*host.Set, error) {
	var wrong []error
	for _, name := range o.Hosts {
		if why := host.Check(name); why != "" {
			wrong = append(wrong, cli.Usagef("--hosts %s: %s", cli.Quoted(name), why))
		}
	}
	if err := errors.Join(wrong...); err != nil {
		return nil, err
	}
	if len(o.Hosts) == 0 || slices.Contains(o.Hosts, "*") {
		return host.New(nil), nil
	}
	return host.New(slices.Concat(o.Hosts, o.outsideHosts())), nil
}

// pages makes the set of names under which a page of the same host may connect. A browser lets a
// page connect to any address that the name of the page resolves to, and all programs of this
// machine trust the loopback interface. So without --hosts a page on loopback is accepted only if
// its own name cannot resolve to another address.
func (o *options) pages() *host.Set {
	if len(o.Hosts) > 0 || slices.ContainsFunc(o.Listeners, open) {
		return host.New(nil) // others have been refused, or nothing is known
	}
	return host.New(append([]string{"localhost", "*.localhost"}, o.outsideHosts()...))
}

func (o *options) outsideHosts() []string {
	list := slices.Clone(o.OutsideHost)
	for _, r := range o.Routes {
		list = append(list, r.OutsideHost...)
	}
	return list
}

// open reports whether clients of other machines may come to a listener, through a proxy on this
// one, for example.
func open(l *config.Listener) bool {
	name, _, _ := net.SplitHostPort(l.Address)
	a, err := netip.ParseAddr(name)
	loopback := err == nil && a.IsLoopback() || strings.EqualFold(name, "localhost")
	return !loopback || len(l.TrustedProxies) > 0
}

// strange answers a request for another server.
func (g *gateway) strange(w http.ResponseWriter, r *http.Request) {
	if silent, ok := g.strangers.Say(time.Now(), seldom.Period); ok {
		g.log.Warn("refused: the Host of the request is none of hosts", "remote", r.RemoteAddr, "host",
			r.Host, "since_last_line", silent)
	}
	http.Error(w, "this server is not "+cli.OneLine(r.Host), http.StatusMisdirectedRequest)
}

// outside checks outside-host and outside-prefix, of the document and of routes.
func (o *options) outside() error {
	document := &config.Route{OutsideHost: o.OutsideHost, OutsidePrefix: o.OutsidePrefix}
	wrong := []error{checkOutside(document)}
	for _, r := range o.Routes {
		wrong = append(wrong, checkOutside(r))
	}
	return errors.Join(wrong...)
}

func checkOutside(r *config.Route) error {
	var wrong []error
	for _, h := range r.OutsideHost {
		if u, err := wire.ParseURL("ws://"+h, nil); err != nil || u.Path != "/" ||
			strings.ContainsAny(h, "/?") {
			wrong = append(wrong, r.Fault("outside-host", strconv.Quote(h),
				"expected a host as it stands in a URL, as in www.example.com or www.example.com:8443"))
		}
	}
	if p := r.OutsidePrefix; p != "" {
		if u, err := wire.ParseURL("ws://localhost"+p, nil); err != nil ||
			!strings.HasPrefix(p, "/") || u.HasQuery {
			wrong = append(wrong, r.Fault("outside-prefix", strconv.Quote(p),
				"expected the beginning of a path, as in /app"))
		}
	}
	return errors.Join(wrong...)
}
