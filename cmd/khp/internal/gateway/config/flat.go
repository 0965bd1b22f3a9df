package config

import (
	"errors"
	"strings"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/gateway/paths"
)

// Settle turns the short forms into the long ones: afterwards Listeners has every listener, and
// Routes every route, with its path in normal form, and with the settings of Plain and
// MaxChallenges. Without any route every path is an echo. shown leaves secrets out of the value of
// a flag. The error joins all mistakes.
func (c *Config) Settle(shown func(flag, value string) string) error {
	return errors.Join(c.settleListeners(), c.settleRoutes(shown))
}

// settleListeners makes the one listener that flags describe, unless there are others.
func (c *Config) settleListeners() error {
	if len(c.Listeners) == 0 {
		at := At{flags: map[string]string{"address": "listen", "cert": "tls-cert", "key": "tls-key"}}
		one := &Listener{At: at, Address: c.Listen, ProxyProtocol: c.ProxyProtocol}
		if c.TLSCert != "" || c.TLSKey != "" {
			one.TLS = []*Certificate{{At: at, Cert: c.TLSCert, Key: c.TLSKey}}
		}
		c.Listeners = []*Listener{one}
	}
	var wrong []error
	for _, l := range c.Listeners {
		if l.Address == "" {
			wrong = append(wrong, l.Fault("", "", "it has no address; add one, as in address: :8001"))
		}
		if !l.Says("trusted-proxies") {
			l.TrustedProxies = c.TrustedProxies
		}
	}
	return errors.Join(wrong...)
}

func (c *Config) settleRoutes(shown func(flag, value string) string) error {
	var wrong []error
	for _, spec := range c.Route {
		r, err := c.short(spec, shown("route", spec))
		wrong = append(wrong, err)
		if err == nil {
			c.Routes = append(c.Routes, r)
		}
	}
	if len(c.Routes) == 0 && len(c.Route) == 0 {
		r := c.Defaults()
		r.Path, r.Target, r.flag = "/", "echo", "--route /=echo"
		c.Routes = Routes{r}
	}
	for i, r := range c.Routes {
		path, why := paths.Check(r.Path)
		if why != "" {
			wrong = append(wrong, r.Fault("", "", "%s", why))
		}
		if r.Path = path; path == "" {
			continue
		}
		for _, other := range c.Routes[:i] {
			if other.Path == path {
				wrong = append(wrong, r.Fault("", "", "%s has a route already, to %s; "+
					"give each path one target", path, shown("target", other.Target)))
			}
		}
		if n := r.MaxChallenges; r.Says("max-challenges") && (n < 1 || n > 255) {
			wrong = append(wrong, r.Fault("max-challenges", n.String(), "expected a number from 1 to 255"))
		}
	}
	if err := errors.Join(wrong...); err != nil {
		return err // mistakes in paths elsewhere follow from it
	}
	return errors.Join(c.choose("plain", c.Plain, setPlain),
		c.choose("max-challenges", c.MaxChallenges, setChallenges))
}

// short reads PATH=TARGET.
func (c *Config) short(spec, shown string) (*Route, error) {
	path, name, err := paths.Split("--route", spec, shown, "TARGET")
	if err != nil {
		return nil, err
	}
	r := c.Defaults()
	r.Path, r.Target, r.flag = path, name, "--route "+cli.Quoted(shown)
	return r, nil
}

// Defaults returns a route with the settings that it has from the document.
func (c *Config) Defaults() *Route {
	return &Route{
		AllowOrigin: c.AllowOrigin, OutsideHost: c.OutsideHost, OutsidePrefix: c.OutsidePrefix,
		InactivityTimeout: c.InactivityTimeout, IdleTimeout: c.IdleTimeout,
		Backends: c.Backends, MaxMessage: c.MaxMessage, Limits: c.Limits, Timeouts: c.Timeouts,
	}
}

// choose has set take the values of a flag, VALUE for all routes or PATH=VALUE for one, whose own
// value counts wherever it stands; so does the one that the route says itself.
func (c *Config) choose(flag string, specs Pairs, set func(r *Route, text string) error) error {
	said := make(map[*Route]bool)
	var wrong []error
	for _, spec := range specs {
		path, value, written := strings.Cut(spec, "=")
		switch {
		case !written && strings.HasPrefix(spec, "/"):
			value = "true"
		case !written:
			path, value = "", spec
		}
		if err := set(&Route{}, value); err != nil {
			wrong = append(wrong, cli.Usagef("--%s %q: %s", flag, spec, err))
			continue
		}
		normal := ""
		if written || path != "" {
			var err error
			if normal, err = paths.Written("--"+flag, path, spec); err != nil {
				wrong = append(wrong, err)
				continue
			}
		}
		found := false
		for _, r := range c.Routes {
			if normal != "" && r.Path != normal || normal == "" && (said[r] || r.Says(flag)) {
				continue
			}
			found, said[r] = true, normal != ""
			_ = set(r, value)
		}
		if !found && normal != "" {
			wrong = append(wrong, cli.Usagef("--%s %s: no --route has the path %s; "+
				"is it spelled alike in both?", flag, spec, path))
		}
	}
	return errors.Join(wrong...)
}

func setPlain(r *Route, text string) error {
	r.Plain = text == "true"
	if text != "true" && text != "false" {
		return errors.New("expected true or false, or a path, as in --plain, " +
			"--plain=/echo or --plain=/echo=false; in a file plain: true, or plain: {/echo: true}")
	}
	return nil
}

func setChallenges(r *Route, text string) error {
	if r.MaxChallenges.Set(text) != nil || r.MaxChallenges < 1 || r.MaxChallenges > 255 {
		return errors.New("expected a number from 1 to 255, or one for a path, " +
			"as in --max-challenges 3 or --max-challenges /chat=5")
	}
	return nil
}
