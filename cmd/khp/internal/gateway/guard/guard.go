// Package guard knows who may use which path of khp serve: --auth, --htpasswd and --no-auth.
package guard

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"unicode"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/gateway/paths"
	"example.com/khp/transport"
	"example.com/khp/transport/auth"
	"example.com/khp/transport/auth/htpasswd"
)

// DefaultRealm is the realm of challenges without --realm.
const DefaultRealm = "khp"

// Guard knows who may use which path.
type Guard struct {
	realm string
	token bool    // Token instead of Basic
	areas []*area // the longest path first
	open  []*area // those of --no-auth, which have a path only
}

// area is the part of the server below one path, and who may enter it.
type area struct {
	path  string
	users map[string]string
	file  *htpasswd.File // nil if there is none
	gate  auth.Authenticator
}

// Settings are the values of the flags about guards.
type Settings struct {
	Realm, Scheme string
	Auth          []string
	Htpasswd      []string
	NoAuth        []string
}

// Routes are the routes of a server.
type Routes interface {
	// Reaches reports whether a path, or one below it, has a route.
	Reaches(path string) bool
	// Paths returns the path of each route.
	Paths() []string
}

// New reads settings. Each path in them must have a route in list.
func New(o Settings, list Routes) (*Guard, error) {
	a := &Guard{realm: o.Realm, token: o.Scheme == "token"}
	if o.Scheme != "basic" && o.Scheme != "token" {
		return nil, cli.Usagef("--scheme %s: expected basic or token", o.Scheme)
	}
	if strings.ContainsFunc(o.Realm, func(r rune) bool { return r < ' ' || r >= 0x7f }) {
		return nil, cli.Usagef("--realm %q: expected printable ASCII characters", o.Realm)
	}
	var wrong []error
	for _, spec := range o.Auth {
		wrong = append(wrong, a.addUser(spec, list))
	}
	for _, spec := range o.Htpasswd {
		wrong = append(wrong, a.addFile(spec, list))
	}
	for _, z := range a.areas {
		z.gate = a.gate(z)
	}
	slices.SortFunc(a.areas, func(x, y *area) int { return cmp.Compare(len(y.path), len(x.path)) })
	for _, path := range o.NoAuth {
		wrong = append(wrong, a.addOpen(path, list))
	}
	if err := errors.Join(wrong...); err != nil {
		return nil, err
	}
	return a, nil
}

// addOpen reads a value of --no-auth.
func (a *Guard) addOpen(spec string, list Routes) error {
	path, err := routedPath("--no-auth", spec, spec, list)
	if err != nil {
		return err
	}
	z := &area{path: path}
	for _, guarded := range a.areas {
		if guarded.holds(path) || z.holds(guarded.path) {
			return cli.Usagef("--no-auth %s: %s is guarded by --auth or --htpasswd; leave one of them out", spec, guarded.path)
		}
	}
	a.open = append(a.open, z)
	return nil
}

// OrNil returns a if it guards anything, else nil.
func (a *Guard) OrNil() auth.Authenticator {
	if len(a.areas) == 0 {
		return nil
	}
	return a
}

// Opens finds a path that was guarded and still has a route, but that everybody might use now
// although --no-auth does not say so. Guards and routes stand for paths with everything below, so
// that the paths of both are all that have to be looked at.
func (a *Guard) Opens(was *Guard, list Routes) (path string, found bool) {
	var candidates []string
	for _, z := range was.areas {
		candidates = append(candidates, z.path)
	}
	candidates = append(candidates, list.Paths()...)
	for _, path := range candidates {
		declared := slices.ContainsFunc(a.open, func(z *area) bool { return z.holds(path) })
		if len(was.around(path)) > 0 && list.Reaches(path) && len(a.around(path)) == 0 && !declared {
			return path, true
		}
	}
	return "", false
}

// addUser reads a value of --auth.
func (a *Guard) addUser(spec string, list Routes) error {
	z, credentials, err := a.area("--auth", spec, HidePassword(spec), list)
	if err != nil {
		return err
	}
	user, password, ok := strings.Cut(credentials, ":")
	_, again := z.users[user]
	switch {
	case !ok || password == "":
		return cli.Usagef("--auth %s: expected PATH=USER:PASSWORD, as in /echo=joe:welcome", HidePassword(spec))
	case again:
		return cli.Usagef("--auth %s: %s is known at %s already; give each user one password", HidePassword(spec), user, z.path)
	}
	if password, err = Secret(password); err != nil {
		return cli.Usagef("--auth %s: %s", HidePassword(spec), err)
	}
	if strings.ContainsFunc(user+password, unicode.IsControl) {
		return cli.Usagef("--auth %s: a user or password with a control character, such as the end of a line, can be sent by no client", HidePassword(spec))
	}
	z.users[user] = password
	return nil
}

// addFile reads a value of --htpasswd.
func (a *Guard) addFile(spec string, list Routes) error {
	z, name, err := a.area("--htpasswd", spec, spec, list)
	switch {
	case err != nil:
		return err
	case a.token:
		return cli.Usagef("--htpasswd %s: such a file has passwords, no tokens; leave out --scheme token", spec)
	case z.file != nil:
		return cli.Usagef("--htpasswd %s: %s has a file already", spec, z.path)
	}
	if z.file, err = htpasswd.Open(name); err != nil {
		return cli.Usagef("--htpasswd %s: %s", spec, strings.TrimPrefix(cli.Cause(err).Error(), "htpasswd: "))
	}
	return nil
}

// area returns the area of PATH=VALUE, which may be new, and the value.
func (a *Guard) area(flag, spec, shown string, list Routes) (z *area, value string, err error) {
	written, _, err := paths.Split(flag, shown, shown, areaValues[flag])
	if err != nil {
		return nil, "", err
	}
	path, err := routedPath(flag, written, shown, list)
	if err != nil {
		return nil, "", err
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

// routedPath is the path of an area, which stands for the same with a slash at its end or without.
// It must have a route.
func routedPath(flag, path, shown string, list Routes) (string, error) {
	path, err := paths.Written(flag, path, shown)
	if err != nil {
		return "", err
	}
	if !list.Reaches(path) {
		return "", cli.Usagef("%s %s: no --route leads to %s; is the path spelled alike in both?", flag, shown, path)
	}
	return cmp.Or(strings.TrimSuffix(path, "/"), "/"), nil
}

var areaValues = map[string]string{"--auth": "USER:PASSWORD", "--htpasswd": "FILE"}

// gate makes what lets people into an area.
func (a *Guard) gate(z *area) auth.Authenticator {
	if a.token {
		principals := make(map[string]any, len(z.users))
		for user, token := range z.users {
			principals[token] = user
		}
		return auth.TokenAuth{Check: auth.Tokens(principals)}
	}
	check := auth.Users(z.users)
	if z.file == nil {
		return auth.BasicAuth{Realm: a.realm, Check: check}
	}
	return auth.BasicAuth{Realm: a.realm, Check: func(ctx context.Context, user, password string) bool {
		return check(ctx, user, password) || z.file.Check(ctx, user, password)
	}}
}

// HidePassword leaves the password out of a value of --auth. What does not begin with a path may be
// all password.
func HidePassword(spec string) string {
	path, rest, ok := strings.Cut(spec, "=")
	if !ok || !strings.HasPrefix(path, "/") {
		return "..."
	}
	if user, _, has := strings.Cut(rest, ":"); has {
		return path + "=" + user + ":..."
	}
	return path + "=..."
}

// holds reports whether path is in the area: the same path, or anything below it. A route covers
// less by default; guarding too much is the safer mistake.
func (z *area) holds(path string) bool {
	return path == z.path || paths.Covers(strings.TrimSuffix(z.path, "/")+"/", path)
}

// Authenticate lets in who may enter every area that the path is in. Credentials of another scheme
// count as none.
func (a *Guard) Authenticate(ctx context.Context, r *transport.Request) (auth.Verdict, error) {
	verdict := auth.Verdict{Allow: true}
	for _, z := range a.around(r.Path()) {
		v, err := z.gate.Authenticate(ctx, r)
		if err != nil || !v.Allow {
			return v, err
		}
		verdict = v
	}
	return verdict, nil
}

// around returns the areas that a path is in, at most one for each form in which it may be
// understood.
func (a *Guard) around(written string) (list []*area) {
	for _, form := range [...]string{paths.Normal(written), barePath(written)} {
		i := slices.IndexFunc(a.areas, func(z *area) bool { return z.holds(form) })
		if i >= 0 && !slices.Contains(list, a.areas[i]) {
			list = append(list, a.areas[i])
		}
	}
	return list
}

// Describe says in a few words who may use a path, "" if everybody may.
func (a *Guard) Describe(path string) string {
	areas := a.around(path)
	if len(areas) == 0 {
		return ""
	}
	z := areas[0]
	from := cli.Plural(len(z.users), "user")
	switch {
	case z.file != nil && len(z.users) > 0:
		from += " and an htpasswd file"
	case z.file != nil:
		from = "an htpasswd file"
	}
	return "for " + from + " at " + z.path
}
