package main

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"example.com/khp/transport"
	"example.com/khp/transport/htpasswd"
)

const defaultRealm = "khp"

// authority knows who may use which path.
type authority struct {
	realm string
	token bool    // Token instead of Basic
	areas []*area // the longest path first
}

// area is the part of the server below one path, and who may enter it.
type area struct {
	path  string
	users map[string]string
	file  *htpasswd.File // nil if there is none
	gate  transport.Authenticator
}

// parseAuthority reads the values of --auth and --htpasswd; nil if there are none. Each path must have a route.
func parseAuthority(specs, files []string, realm, scheme string, list routes) (transport.Authenticator, error) {
	a := &authority{realm: realm, token: scheme == "token"}
	if scheme != "basic" && scheme != "token" {
		return nil, usagef("--scheme %s: expected basic or token", scheme)
	}
	if strings.ContainsFunc(realm, func(r rune) bool { return r < ' ' || r >= 0x7f }) {
		return nil, usagef("--realm %q: expected printable ASCII characters", realm)
	}
	for _, spec := range specs {
		if err := a.addUser(spec, list); err != nil {
			return nil, err
		}
	}
	for _, spec := range files {
		if err := a.addFile(spec, list); err != nil {
			return nil, err
		}
	}
	if len(a.areas) == 0 {
		return nil, nil
	}
	for _, z := range a.areas {
		z.gate = a.gate(z)
	}
	slices.SortFunc(a.areas, func(x, y *area) int { return cmp.Compare(len(y.path), len(x.path)) })
	return a, nil
}

// addUser reads a value of --auth.
func (a *authority) addUser(spec string, list routes) error {
	z, credentials, err := a.area("--auth", spec, hidePassword(spec), list)
	if err != nil {
		return err
	}
	user, password, ok := strings.Cut(credentials, ":")
	_, again := z.users[user]
	switch {
	case !ok || password == "":
		return usagef("--auth %s: expected PATH=USER:PASSWORD, as in /echo=joe:welcome", hidePassword(spec))
	case again:
		return usagef("--auth %s: %s is known at %s already; give each user one password", hidePassword(spec), user, z.path)
	}
	z.users[user] = password
	return nil
}

// addFile reads a value of --htpasswd.
func (a *authority) addFile(spec string, list routes) error {
	z, name, err := a.area("--htpasswd", spec, spec, list)
	switch {
	case err != nil:
		return err
	case a.token:
		return usagef("--htpasswd %s: such a file has passwords, no tokens; leave out --scheme token", spec)
	case z.file != nil:
		return usagef("--htpasswd %s: %s has a file already", spec, z.path)
	}
	if z.file, err = htpasswd.Open(name); err != nil {
		return usagef("--htpasswd %s: %s", spec, strings.TrimPrefix(err.Error(), "htpasswd: "))
	}
	return nil
}

// area returns the area of PATH=VALUE, which may be new, and the value.
func (a *authority) area(flag, spec, shown string, list routes) (z *area, value string, err error) {
	path, _, err := splitPath(flag, shown, areaValues[flag])
	if err != nil {
		return nil, "", err
	}
	if !list.reaches(path) {
		return nil, "", usagef("%s %s: no --route leads to %s; is the path spelled alike in both?", flag, shown, path)
	}
	_, value, _ = strings.Cut(spec, "=")
	for _, z := range a.areas {
		if z.path == path {
			return z, value, nil
		}
	}
	z = &area{path: path, users: make(map[string]string)}
	a.areas = append(a.areas, z)
	return z, value, nil
}

var areaValues = map[string]string{"--auth": "USER:PASSWORD", "--htpasswd": "FILE"}

// gate makes what lets people into an area.
func (a *authority) gate(z *area) transport.Authenticator {
	if a.token {
		principals := make(map[string]any, len(z.users))
		for user, token := range z.users {
			principals[token] = user
		}
		return transport.TokenAuth{Check: transport.Tokens(principals)}
	}
	check := transport.Users(z.users)
	if z.file == nil {
		return transport.BasicAuth{Realm: a.realm, Check: check}
	}
	return transport.BasicAuth{Realm: a.realm, Check: func(ctx context.Context, user, password string) bool {
		return check(ctx, user, password) || z.file.Check(ctx, user, password)
	}}
}

// hidePassword leaves the password out of a value of --auth. What does not begin with a path may be all password.
func hidePassword(spec string) string {
	path, rest, ok := strings.Cut(spec, "=")
	if !ok || !strings.HasPrefix(path, "/") {
		return "..."
	}
	if user, _, has := strings.Cut(rest, ":"); has {
		return path + "=" + user + ":..."
	}
	return path + "=..."
}

// holds reports whether path is in the area: the same path, or anything below it. A route covers less by default; guarding too much is the safer mistake.
func (z *area) holds(path string) bool {
	return path == z.path || covers(strings.TrimSuffix(z.path, "/")+"/", path)
}

// Authenticate lets in who may enter every area that the path is in. Credentials of another scheme count as none.
func (a *authority) Authenticate(ctx context.Context, r *transport.Request) (transport.Verdict, error) {
	verdict := transport.Verdict{Allow: true}
	for _, z := range a.around(r.Path()) {
		v, err := z.gate.Authenticate(ctx, r)
		if err != nil || !v.Allow {
			return v, err
		}
		verdict = v
	}
	return verdict, nil
}

// around returns the areas that a path is in, at most one for each form in which it may be understood.
func (a *authority) around(written string) (list []*area) {
	for _, form := range [...]string{normalPath(written), barePath(written)} {
		i := slices.IndexFunc(a.areas, func(z *area) bool { return z.holds(form) })
		if i >= 0 && !slices.Contains(list, a.areas[i]) {
			list = append(list, a.areas[i])
		}
	}
	return list
}

// queryOf returns the query of a request target.
func queryOf(target string) string {
	_, query, _ := strings.Cut(target, "?")
	return query
}
