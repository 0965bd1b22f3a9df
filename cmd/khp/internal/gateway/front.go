package gateway

import (
	"errors"
	"net"
	"slices"
	"sync/atomic"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/gateway/config"
	"example.com/khp/cmd/khp/internal/listen"
	"example.com/khp/transport"
)

// front is one listener, with the settings that a reload may change.
type front struct {
	*config.Listener // as it was at the start
	options          atomic.Pointer[transport.ListenerOptions]
	ln               net.Listener // once it listens
}

// fronts makes the fronts of the options, which do not listen yet. The error joins all mistakes.
func (o *options) fronts() ([]*front, error) {
	var list []*front
	var wrong []error
	for i, l := range o.Listeners {
		f := &front{Listener: l}
		if why := listen.Check(l.Address); why != "" && l.Address != "" { // else that has been said
			wrong = append(wrong, l.Fault("address", l.Address, "%s", why))
		}
		if slices.ContainsFunc(o.Listeners[:i],
			func(other *config.Listener) bool { return listen.Collide(other.Address, l.Address) }) {
			wrong = append(wrong, l.Fault("address", l.Address,
				"another listener has that address; choose another port"))
		}
		secure, err := certificates(l.TLS)
		trusted, proxiesErr := trust(l)
		wrong = append(wrong, err, proxiesErr)
		f.options.Store(&transport.ListenerOptions{TLSConfig: secure, TrustedProxies: trusted,
			ProxyProtocol: l.ProxyProtocol})
		list = append(list, f)
	}
	if o.Metrics != "" {
		if why := listen.Check(o.Metrics); why != "" {
			wrong = append(wrong, cli.Usagef("--metrics %s: %s", o.Metrics, why))
		}
		if i := slices.IndexFunc(o.Listeners,
			func(l *config.Listener) bool { return listen.Collide(l.Address, o.Metrics) }); i >= 0 {
			name := "a listener"
			if o.Listeners[i].Called("address") == "--listen" {
				name = "--listen"
			}
			wrong = append(wrong, cli.Usagef("--metrics %s: %s has that address; choose another port",
				o.Metrics, name))
		}
	}
	return list, errors.Join(wrong...)
}

// open listens, unless a service manager does already.
func (f *front) open() (err error) {
	if f.ln != nil {
		return nil
	}
	f.ln, err = listen.Listen(f.Called("address"), f.Address)
	return err
}

// serve serves until the server ends.
func (f *front) serve(srv *transport.Server) error {
	return srv.ServeWith(f.ln, func() transport.ListenerOptions { return *f.options.Load() })
}

// close ends a listener that no server has closed.
func (f *front) close() {
	if f.ln != nil {
		_ = f.ln.Close()
	}
}

// url is where it listens.
func (f *front) url() string { return listen.URL(f.Scheme(), f.ln) }

// pairs calls f with each of the fronts that serve and the one of next that takes its place on a
// reload, the one with the same address; addresses may be there several times, with port 0. Either
// is nil if there is no such front.
func (g *gateway) pairs(next []*front, f func(now, next *front)) {
	rest := slices.Clone(next)
	for _, now := range g.fronts {
		i := slices.IndexFunc(rest, func(n *front) bool { return n.Address == now.Address })
		if i < 0 {
			f(now, nil)
			continue
		}
		f(now, rest[i])
		rest = slices.Delete(rest, i, i+1)
	}
	for _, n := range rest {
		f(nil, n)
	}
}

// fits reports the reason that keeps next from taking the place of the fronts that serve.
func (g *gateway) fits(next []*front) error {
	var wrong []error
	g.pairs(next, func(now, next *front) {
		if now != nil && next != nil && now.Scheme() != next.Scheme() {
			c := &config.Certificate{At: next.At}
			if len(next.TLS) > 0 {
				c = next.TLS[0]
			}
			wrong = append(wrong, c.Fault("cert", c.Cert, "TLS is switched on and off only with a restart"))
		}
	})
	return errors.Join(wrong...)
}

// replace applies the settings of next to the fronts that serve, except for addresses, which need a
// restart.
func (g *gateway) replace(next []*front) {
	g.pairs(next, func(now, next *front) {
		switch {
		case next == nil:
			g.log.Warn("this listener changes only with a restart", "address", now.Address)
		case now == nil:
			g.log.Warn("this listener changes only with a restart", "address", next.Address)
		default:
			now.options.Store(next.options.Load())
		}
	})
}
