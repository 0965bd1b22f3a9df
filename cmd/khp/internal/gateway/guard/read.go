package guard

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"net/url"
	"strconv"
	"strings"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/gateway/config"
	"example.com/khp/cmd/khp/internal/gateway/guard/callout"
	"example.com/khp/cmd/khp/internal/gateway/guard/jwtkeys"
	"example.com/khp/internal/scan"
)

// checkScheme checks the scheme and the realm of a challenge.
func checkScheme(o *config.Auth) error {
	switch {
	case schemeNames[o.Scheme] == "":
		return o.Fault("scheme", cli.Quoted(o.Scheme), "expected basic, digest, token or bearer")
	case strings.ContainsFunc(o.Realm, func(r rune) bool { return r < ' ' || r >= 0x7f }):
		return o.Fault("realm", strconv.Quote(o.Realm), "expected printable ASCII characters")
	case o.Says("realm") && o.Scheme == "token":
		return o.Fault("realm", cli.Quoted(o.Realm),
			"the scheme token has no realm; leave one of them out")
	}
	return nil
}

// addRoute reads who may use a route. Settings that it leaves out are those of document.
func (a *Guard) addRoute(r *config.Route, document *config.Auth) error {
	o := *r.Auth
	o.Realm = cmp.Or(o.Realm, document.Realm)
	if o.Scheme == "" && o.JWT != nil {
		o.Scheme = "bearer" // as such tokens are sent
	}
	o.Scheme = cmp.Or(o.Scheme, document.Scheme)
	path := areaPath(r.Path)
	if a.find(path) != nil {
		return o.Fault("", "", "auth or htpasswd guards %s already, "+
			"there or at the same path with a slash at its end; write all of it in one place", path)
	}
	wrong := []error{checkScheme(&o), checkKind(&o)}
	z := a.add(path, &o)
	for _, spec := range o.Users {
		if why := z.addUser(spec); why != "" {
			wrong = append(wrong, o.Fault("users", hideUser(spec), "%s", why))
		}
	}
	if o.Htpasswd != "" {
		if why := z.open(o.Htpasswd); why != "" {
			wrong = append(wrong, o.Fault("htpasswd", o.Htpasswd, "%s", why))
		}
	}
	z.lifetime = time.Duration(o.SessionLifetime)
	return errors.Join(append(wrong, z.setServer(&o), z.setKeys(&o), z.setCarriers(&o))...)
}

// checkKind refuses settings that exclude each other, or would have no effect.
func checkKind(o *config.Auth) error {
	kinds := 0
	for _, is := range []bool{len(o.Users) > 0 || o.Htpasswd != "", o.URL != "", o.JWT != nil} {
		if is {
			kinds++
		}
	}
	for _, key := range []string{"timeout", "name-field", "cache"} {
		if o.Says(key) && o.URL == "" {
			return o.Fault(key, "",
				"it is about the server of url, which is missing; add url, or leave it out")
		}
	}
	switch {
	case kinds == 0:
		return o.Fault("", "", "nobody could use the route; add users, htpasswd, url or jwt, "+
			"or close it with target: status:403")
	case kinds > 1:
		return o.Fault("", "", "users and htpasswd, url, and jwt are three ways to find out who a "+
			"client is; choose one for each route")
	case o.JWT != nil && (o.Scheme == "basic" || o.Scheme == "digest"):
		return o.Fault("scheme", o.Scheme, "signed tokens are sent by bearer or token")
	case o.Scheme == "digest" && o.URL != "":
		return o.Fault("scheme", o.Scheme, "url makes its own challenges; leave the scheme out, "+
			"or say how a 401 without one is asked for: basic, token or bearer")
	case o.Says("session-lifetime") && o.SessionLifetime <= 0:
		return o.Fault("session-lifetime", o.SessionLifetime.String(),
			"expected a time, as in 8h; leave it out for connections without an end")
	}
	return nil
}

// setServer reads url and its settings.
func (z *area) setServer(o *config.Auth) (err error) {
	if o.URL == "" {
		return nil
	}
	z.askURL = shownURL(o.URL)
	for _, d := range []struct {
		key   string
		value cli.Duration
	}{{"timeout", o.Timeout}, {"cache", o.Cache}} {
		if o.Says(d.key) && d.value <= 0 {
			return o.Fault(d.key, d.value.String(),
				"expected a time, as in 5s; leave it out for the default")
		}
	}
	if o.Says("name-field") && !scan.ValidToken(o.NameField) {
		return o.Fault("name-field", cli.Quoted(o.NameField),
			"expected the name of a field, as in Remote-User")
	}
	z.ask, err = callout.New(callout.Settings{
		URL: o.URL, Timeout: time.Duration(o.Timeout), NameField: o.NameField,
		Cache: time.Duration(o.Cache), Scheme: schemeNames[o.Scheme], Realm: z.challengeRealm(),
		Trouble: func(ctx context.Context, why string) { z.trouble(ctx, why) }, Dial: z.env.Dial,
	})
	if err != nil {
		return o.Fault("url", z.askURL, "%s", err)
	}
	return nil
}

// setKeys reads jwt.
func (z *area) setKeys(o *config.Auth) (err error) {
	t := o.JWT
	switch {
	case t == nil:
		return nil
	case t.Keys == "":
		return t.Fault("", "", "it has no keys; name a file with them, as in keys: /etc/khp/jwks.json")
	case t.Says("leeway") && (t.Leeway < 0 || time.Duration(t.Leeway) > time.Hour):
		return t.Fault("leeway", t.Leeway.String(), "expected a time from 0s to 1h")
	}
	leeway := time.Duration(t.Leeway)
	if t.Says("leeway") && leeway == 0 {
		leeway = -1
	}
	z.keys, err = jwtkeys.Open(jwtkeys.Settings{File: t.Keys, Issuer: t.Issuer, Audience: t.Audience,
		Leeway: leeway, UserClaim: t.UserClaim})
	if errors.As(err, new(*fs.PathError)) {
		err = cli.Unreadable(err)
	}
	if err != nil {
		return t.Fault("keys", t.Keys, "%s", cli.Cause(err))
	}
	return nil
}

// setCarriers reads where tokens may come from.
func (z *area) setCarriers(o *config.Auth) error {
	z.carriers = Carriers{Header: o.HTTPHeader, Parameter: o.HTTPQueryParameter, Cookie: o.HTTPCookie}
	for _, c := range []struct{ key, name string }{{"http-header", o.HTTPHeader},
		{"http-query-parameter", o.HTTPQueryParameter}, {"http-cookie", o.HTTPCookie}} {
		switch {
		case c.name == "":
		case o.Scheme != "token" && o.Scheme != "bearer":
			return o.Fault(c.key, cli.Quoted(c.name),
				"it carries a token; add scheme: token or scheme: bearer")
		case !scan.ValidToken(c.name):
			return o.Fault(c.key, cli.Quoted(c.name),
				"expected a name of letters, digits and -_.~ without blanks")
		case strings.HasPrefix(c.name, ".k"):
			return o.Fault(c.key, cli.Quoted(c.name),
				"clients of Kaazing have parameters of their own that begin like that; choose another name")
		case strings.EqualFold(c.name, "Authorization") || strings.EqualFold(c.name, "Cookie"):
			return o.Fault(c.key, cli.Quoted(c.name),
				"that field is looked at in any case; leave it out, or use http-cookie")
		}
	}
	return nil
}

// shownURL is a URL without its secrets.
func shownURL(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return "..."
	}
	if u.User != nil {
		u.User = url.User("...")
	}
	if u.RawQuery != "" {
		u.RawQuery = "..."
	}
	return u.String()
}
