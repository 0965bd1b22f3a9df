package gateway

import (
	"crypto/tls"
	"errors"
	"net"
	"slices"
	"sync/atomic"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/gateway/config"
	"example.com/khp/cmd/khp/internal/gateway/listen"
	"example.com/khp/transport"
)

// front is one listener, with what a reload may change of it.
type front struct {
	*config.Listener                            // as it was at the start
	tls              atomic.Pointer[tls.Config] // nil without TLS
	ln               net.Listener               // once it listens
}

// fronts makes the fronts of the options, which do not listen yet. The error joins all mistakes.
func (o *options) fronts() ([]*front, error) {
	var list []*front
	var wrong []error
	for i, l := range o.Listeners {
		f := &front{Listener: l}
		if why := listen.Check(l.Address); why != "" {
			wrong = append(wrong, l.Fault("address", l.Address, "%s", why))
		}
		secure := &tls.Config{NextProtos: []string{"http/1.1"}}
		for _, c := range l.TLS {
			pair, err := certificate(c)
			if wrong = append(wrong, err); err == nil {
				secure.Certificates = append(secure.Certificates, *pair)
			}
		}
		if len(l.TLS) > 0 {
			f.tls.Store(secure)
		}
		if slices.ContainsFunc(o.Listeners[:i], func(other *config.Listener) bool { return listen.Collide(other.Address, l.Address) }) {
			wrong = append(wrong, l.Fault("address", l.Address, "another listener has that address; choose another port"))
		}
		list = append(list, f)
	}
	if o.Metrics != "" {
		if why := listen.Check(o.Metrics); why != "" {
			wrong = append(wrong, cli.Usagef("--metrics %s: %s", o.Metrics, why))
		}
		if i := slices.IndexFunc(o.Listeners, func(l *config.Listener) bool { return listen.Collide(l.Address, o.Metrics) }); i >= 0 {
			wrong = append(wrong, cli.Usagef("--metrics %s: %s has that address; choose another port", o.Metrics, o.Listeners[i].Called("address")))
		}
	}
	return list, errors.Join(wrong...)
}

// open listens.
func (f *front) open() (err error) {
	f.ln, err = listen.Listen(f.Called("address"), f.Address)
	return err
}

// serve serves until the server ends.
func (f *front) serve(srv *transport.Server) error {
	if f.tls.Load() == nil {
		return srv.Serve(f.ln)
	}
	return srv.ServeTLS(f.ln, "", "")
}

// close ends a listener that no server has closed.
func (f *front) close() {
	if f.ln != nil {
		_ = f.ln.Close()
	}
}

// url is where it listens.
func (f *front) url() string { return f.Scheme() + "://" + f.ln.Addr().String() }

// fits reports what keeps next from taking the place of the fronts that serve, on a reload.
func (g *gateway) fits(next []*front) error {
	var wrong []error
	for _, f := range next {
		if now := g.frontAt(f.Address); now != nil && (now.tls.Load() == nil) != (f.tls.Load() == nil) {
			c := &config.Certificate{At: f.At}
			if len(f.TLS) > 0 {
				c = f.TLS[0]
			}
			wrong = append(wrong, c.Fault("cert", c.Cert, "TLS is switched on and off only with a restart"))
		}
	}
	return errors.Join(wrong...)
}

// replace has the fronts that serve take what is new in next. What has no front at its address yet
// needs a restart.
func (g *gateway) replace(next []*front) {
	for _, f := range next {
		if now := g.frontAt(f.Address); now != nil && now.tls.Load() != nil {
			now.tls.Store(f.tls.Load())
		}
	}
}

func (g *gateway) frontAt(address string) *front {
	if i := slices.IndexFunc(g.fronts, func(f *front) bool { return f.Address == address }); i >= 0 {
		return g.fronts[i]
	}
	return nil
}
