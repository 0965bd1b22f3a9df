package conform

import (
	"cmp"
	"context"
	"crypto/tls"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"example.com/khp/internal/parallel"
	"example.com/khp/sim/network"
	"example.com/khp/sim/script"
	"example.com/khp/sim/verdict"
	"example.com/khp/wire"
)

// Target is a server under test.
type Target struct {
	URL       wire.URL          // of the resource that accepts and echoes
	Resources map[string]string // paths of further ones, by name: see [ResourceNames]
	User      string            // NAME:PASSWORD that the resource challenge accepts
	TLS       *tls.Config       // nil uses the system's roots
	address   string            // the one that answered first
	gone      atomic.Bool       // it takes no connections any more
}

// Resource is something that a server under test may have beside the echo.
type Resource struct{ Name, Text string }

// Resources lists them.
var Resources = []Resource{
	{"challenge", "asks for the credentials of --user with 401, then accepts and echoes"},
	{"redirect", "answers with 300 to 303 or 307"},
	{"refuse", "answers with another status that refuses, such as 403"},
	{"defer", "answers with 202 first, then accepts"},
	{"status", "PATH/CODE answers with that status code, for every code"},
	{"balance", "sends Kaazing clients to another URL with R"},
}

// ResourceNames are their names.
func ResourceNames() []string {
	names := make([]string, len(Resources))
	for i, r := range Resources {
		names[i] = r.Name
	}
	return names
}

// vars are the variables of cases against this target.
func (t *Target) vars() map[string]string {
	base := "ws://"
	if t.URL.Secure {
		base = "wss://"
	}
	v := map[string]string{"base": base + t.URL.HostField(), "echo": t.URL.Target(), "user": t.User}
	for name, path := range t.Resources {
		v[name] = path
	}
	return v
}

// dial makes one connection to the target, with TLS if it has that.
func (t *Target) dial(ctx context.Context, patience time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, max(patience, script.DefaultPatience))
	defer cancel()
	nc, err := new(net.Dialer).DialContext(ctx, "tcp", cmp.Or(t.address, t.URL.HostPort()))
	if err != nil {
		return nil, err
	}
	if !t.URL.Secure {
		return nc, nil
	}
	cfg := &tls.Config{}
	if t.TLS != nil {
		cfg = t.TLS.Clone()
	}
	cfg.ServerName, cfg.NextProtos = strings.Trim(t.URL.Host, "[]"), []string{"http/1.1"}
	tc := tls.Client(nc, cfg)
	if err := tc.HandshakeContext(ctx); err != nil {
		_ = nc.Close()
		return nil, err
	}
	return tc, nil
}

// run runs one case against the target.
func (t *Target) run(
	ctx context.Context, c *script.Case, o Options, profile string,
) (*verdict.Result, error) {
	l := newLoop(ctx, func(l *loop, n *network.Network, _ func()) {
		n.Outside(t.URL.HostPort(), func(s *network.Stream) {
			b := newBridge(l, s)
			l.wg.Go(func() {
				nc, err := t.dial(ctx, o.patience())
				if err != nil {
					t.gone.Store(ctx.Err() == nil)
					l.call(func() { s.End(plainEnd(err)) })
					return
				}
				b.run(nc, nil)
			})
		})
	})
	return c.Run(script.Options{Profile: profile, Patience: o.patience(), Vars: t.vars(), Live: l})
}

// Server runs cases against a server.
func Server(ctx context.Context, t *Target, list []Selected, o Options) *Run {
	run := &Run{Name: cmp.Or(o.Name, t.URL.String()), Role: "server", Target: t.URL.String()}
	if t.preflight(ctx, run, o); run.Down != "" {
		return run
	}
	results := make([]Outcome, len(list))
	_ = parallel.Do(len(list), o.parallel(), func(i int) error {
		s := list[i]
		why := cmp.Or(run.Unfit, o.tooSlow(s.Case), t.lacks(s.Case), t.over(ctx))
		if why == "" {
			res, err := t.run(ctx, s.Case, o, s.Profile)
			results[i] = s.outcome(res, err, o)
			if results[i].Grade.Failed() {
				why = t.over(ctx)
			}
		}
		if why != "" {
			results[i] = s.skipped(why)
		}
		o.tell(results[i])
		return nil
	})
	run.add(results, o)
	if t.gone.Load() {
		run.Down = t.URL.HostPort() + " takes no connections any more"
	}
	return run
}

// over says why no further case is run, "" if the next one is.
func (t *Target) over(ctx context.Context) string {
	switch {
	case ctx.Err() != nil:
		return "interrupted"
	case t.gone.Load():
		return "the target takes no connections any more"
	}
	return ""
}

// lacks says what the target lacks for a case, "" if nothing.
func (t *Target) lacks(c *script.Case) string {
	for _, name := range c.Uses(ResourceNames()) {
		if t.Resources[name] == "" {
			return "needs --resource " + name + "=PATH"
		}
	}
	return ""
}
