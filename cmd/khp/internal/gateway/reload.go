package gateway

import (
	"log/slog"
	"slices"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/gateway/config"
	"example.com/khp/transport"
	"github.com/coreos/go-systemd/v22/daemon"
	"github.com/spf13/pflag"
)

// reloader puts new settings in the place of old ones while the gateway runs.
type reloader struct {
	gateway *gateway
	server  *transport.Server
	given   *pflag.FlagSet // of the command line
	level   *slog.LevelVar
	prints  map[string]string // of the settings in force
}

// fixed are the settings that need a restart.
var fixed = []string{"listen", "metrics", "trace", "log"}

// worthwhile reports whether there is anything to read again.
func (o *options) worthwhile() bool {
	return o.path != "" || o.TLSCert != "" || len(o.Htpasswd) > 0
}

// serve reloads when it is asked to. A nil reloader is never asked.
func (l *reloader) serve(asked <-chan struct{}) {
	for range asked {
		l.reload()
	}
}

// reload reads everything again. If anything is wrong, all stays as it was.
func (l *reloader) reload() {
	g := l.gateway
	tellManager(daemon.SdNotifyReloading)
	defer tellManager(daemon.SdNotifyReady)
	next, err := l.read()
	g.metrics.Reloaded(err == nil)
	if err != nil {
		tellManager("STATUS=not reloaded, the settings stay as they were: " + cli.OneLine(err.Error()))
		g.log.Error("not reloaded, the settings stay as they were", "error", cli.OneLine(err.Error()))
		return
	}
	was := l.prints
	l.prints = next.prints
	changed := []string{}
	for _, key := range config.Names() {
		switch {
		case was[key] == l.prints[key]:
		case slices.Contains(fixed, key):
			g.log.Warn("this setting changes only with a restart", "setting", key)
			l.prints[key] = was[key]
		default:
			changed = append(changed, key)
		}
	}
	l.level.Set(levelOf(next.Verbose))
	tellManager("STATUS=")
	g.log.Info("reloaded", "changed", words(changed))
}

// read checks all that is new before any of it counts.
func (l *reloader) read() (*options, error) {
	next, err := readOptions(l.given)
	if err != nil {
		return nil, next.file.Locate(firstFault(err))
	}
	rules, err := next.rules(l.gateway)
	if err != nil {
		return nil, next.file.Locate(firstFault(err))
	}
	fronts, err := next.fronts()
	if err == nil {
		err = l.gateway.fits(fronts)
	}
	if err != nil {
		return nil, next.file.Locate(firstFault(err))
	}
	if path, found := rules.auth.Opens(l.gateway.rules.Load().auth, rules.house.Routes); found {
		return nil, cli.Usagef("%s was guarded and everybody could use it now; "+
			"guard it with auth or htpasswd, or say that it is meant: no-auth: %s", path, path)
	}
	rules.auth.Remember(l.gateway.rules.Load().auth)
	l.gateway.rules.Store(rules)
	l.gateway.replace(fronts)
	_ = l.server.SetBounds(next.bounds()) // were checked with the rules
	l.gateway.metrics.Certificates(expiries(fronts))
	return next, nil
}
