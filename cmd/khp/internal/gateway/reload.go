package gateway

import (
	"crypto/sha256"
	"log/slog"
	"os"
	"slices"
	"strings"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/gateway/guard"
	"github.com/spf13/pflag"
)

// reloader puts new settings in the place of old ones while the gateway runs.
type reloader struct {
	gateway *gateway
	given   *pflag.FlagSet // of the command line
	level   *slog.LevelVar
	prints  map[string]string // of the settings in force
}

// fixed are the flags that need a restart.
var fixed = []string{"listen", "metrics", "trace", "log", "max-connections", "max-waiting", "max-per-address", "trusted-proxies", "proxy-protocol"}

// files are the flags that name files, for which it is their content that counts.
var files = []string{"htpasswd", "tls-cert", "tls-key", "backend-ca"}

// prints returns a value for each setting that tells whether it changes.
func (o *options) prints() map[string]string {
	all := map[string]string{}
	o.flags.VisitAll(func(f *pflag.Flag) {
		values := []string{f.Value.String()}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			values = list.GetSlice()
		}
		all[f.Name] = strings.Join(values, "\n")
		if f.Name == "auth" {
			for _, v := range values {
				_, password, _ := strings.Cut(v, ":")
				secret, _ := guard.Secret(password) // what is wrong with it has been complained about
				sum := sha256.Sum256([]byte(secret))
				all[f.Name] += string(sum[:])
			}
		}
		if !slices.Contains(files, f.Name) {
			return
		}
		for _, v := range values {
			_, name, ok := strings.Cut(v, "=")
			if !ok || f.Name != "htpasswd" {
				name = v
			}
			text, _ := os.ReadFile(name) // one that cannot be read has been complained about
			sum := sha256.Sum256(text)
			all[f.Name] += string(sum[:])
		}
	})
	return all
}

// worthwhile reports whether there is anything to read again.
func (o *options) worthwhile() bool {
	return o.config != "" || o.cert != "" || len(o.htpasswd) > 0
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
	next, err := l.read()
	g.metrics.Reloaded(err == nil)
	if err != nil {
		g.log.Error("not reloaded, the settings stay as they were", "error", cli.OneLine(err.Error()))
		return
	}
	was := l.prints
	l.prints = next.prints()
	changed := []string{}
	next.flags.VisitAll(func(f *pflag.Flag) {
		switch {
		case was[f.Name] == l.prints[f.Name]:
		case slices.Contains(fixed, f.Name):
			g.log.Warn("this setting changes only with a restart", "setting", f.Name)
			l.prints[f.Name] = was[f.Name]
		default:
			changed = append(changed, f.Name)
		}
	})
	l.level.Set(levelOf(next.verbose))
	g.log.Info("reloaded", "changed", changed)
}

// read checks all that is new before any of it counts.
func (l *reloader) read() (*options, error) {
	next, err := readOptions(l.given)
	if err != nil {
		return nil, firstFault(err)
	}
	rules, err := next.rules(l.gateway)
	if err != nil {
		return nil, next.file.Locate(firstFault(err))
	}
	cert, err := next.certificate()
	switch {
	case err != nil:
		return nil, next.file.Locate(err)
	case (cert == nil) != (l.gateway.cert.Load() == nil):
		return nil, next.file.Locate(cli.Usagef("--tls-cert %s: TLS is switched on and off only with a restart", next.cert))
	}
	if path, found := rules.auth.Opens(l.gateway.rules.Load().auth, rules.house.Routes); found {
		return nil, cli.Usagef("%s was guarded and everybody could use it now; guard it with auth or htpasswd, or say that it is meant: no-auth: %s", path, path)
	}
	l.gateway.rules.Store(rules)
	l.gateway.cert.Store(cert)
	return next, nil
}
