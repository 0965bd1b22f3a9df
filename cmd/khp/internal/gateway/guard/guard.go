// Package guard knows who may use which path of khp serve: --auth, --htpasswd and --no-auth.
package guard

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"unicode"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/gateway/config"
	"example.com/khp/cmd/khp/internal/gateway/guard/throttle"
	"example.com/khp/cmd/khp/internal/gateway/paths"
	"example.com/khp/transport"
	"example.com/khp/transport/auth"
	"example.com/khp/transport/auth/htpasswd"
)

// DefaultRealm is the realm of challenges without --realm.
const DefaultRealm = "khp"

// Guard knows who may use which path.
type Guard struct {
	env   Env
	areas []*area // the longest path first
	open  []*area // those of no-auth, which have a path only
	past  []*area // of settings before these, whose paths may get a route again
}

// Routes are the routes of a server.
type Routes interface {
	// Reaches reports whether a path, or one below it, has a route.
	Reaches(path string) bool
	// Paths returns the path of each route.
	Paths() []string
}

// New reads who may use which path: auth, htpasswd and no-auth of the document and of its routes.
// Each path in them must have a route in list. The error joins all mistakes.
func New(c *config.Config, list Routes, env Env) (*Guard, error) {
	a := &Guard{env: env}
	if a.env.Slow == nil {
		a.env.Slow = throttle.New()
	}
	document := &config.Auth{Realm: c.Realm, Scheme: c.Scheme}
	wrong := []error{checkScheme(document)}
	for _, spec := range c.Auth {
		wrong = append(wrong, a.addUser(spec, document, list))
	}
	for _, spec := range c.Htpasswd {
		wrong = append(wrong, a.addFile(spec, document, list))
	}
	for _, r := range c.Routes {
		if r.Auth != nil {
			wrong = append(wrong, a.addRoute(r, document))
		}
	}
	for _, z := range a.areas {
		z.gate = z.opener()
	}
	slices.SortFunc(a.areas, func(x, y *area) int { return cmp.Compare(len(y.path), len(x.path)) })
	for _, path := range c.NoAuth {
		wrong = append(wrong, a.addOpen(path, list))
	}
	for _, r := range c.Routes {
		if r.NoAuth {
			wrong = append(wrong, a.addOpenRoute(r))
		}
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
	if other := a.addOpenPath(path); other != "" {
		return cli.Usagef("--no-auth %s: %s is guarded by auth or htpasswd; leave one of them out",
			spec, other)
	}
	return nil
}

func (a *Guard) addOpenRoute(r *config.Route) error {
	if other := a.addOpenPath(areaPath(r.Path)); other != "" {
		return r.Fault("no-auth", "true",
			"%s is guarded by auth or htpasswd; leave one of them out", other)
	}
	return nil
}

// addOpenPath returns the path of the guard that is in the way.
func (a *Guard) addOpenPath(path string) (guarded string) {
	if other := a.near(path); other != nil {
		return other.path
	}
	a.open = append(a.open, &area{path: path})
	return ""
}

// Asks reports whether clients are asked for credentials at a path, or at one below it.
func (a *Guard) Asks(path string) bool { return a.near(areaPath(path)) != nil }

// near returns an area that a path is in, or that is below it; nil if there is none.
func (a *Guard) near(path string) *area {
	z := &area{path: path}
	for _, other := range a.areas {
		if other.holds(path) || z.holds(other.path) {
			return other
		}
	}
	return nil
}

// OrNil returns a if it guards anything, else nil.
func (a *Guard) OrNil() auth.Authenticator {
	if len(a.areas) == 0 {
		return nil
	}
	return a
}

// Opens finds a path that was guarded and has a route, but that every client might use now although
// no-auth does not say so. Guards and routes stand for paths with everything below, so that the
// paths of both are all that have to be looked at.
func (a *Guard) Opens(was *Guard, list Routes) (path string, found bool) {
	before := &Guard{areas: slices.Concat(was.areas, was.past)}
	var candidates []string
	for _, z := range before.areas {
		candidates = append(candidates, z.path)
	}
	candidates = append(candidates, list.Paths()...)
	for _, path := range candidates {
		if len(before.around(path)) > 0 && list.Reaches(path) && len(a.around(path)) == 0 &&
			!a.declared(path) {
			return path, true
		}
	}
	return "", false
}

// declared reports whether no-auth opens a path to every client.
func (a *Guard) declared(path string) bool {
	return slices.ContainsFunc(a.open, func(z *area) bool { return z.holds(path) })
}

// Remember has a, which takes the place of was, know which paths were guarded once: a path that
// loses its route with one reload and gets it back with another is not open for that.
func (a *Guard) Remember(was *Guard) {
	for _, z := range slices.Concat(was.areas, was.past) {
		if a.find(z.path) == nil && !a.declared(z.path) &&
			!slices.ContainsFunc(a.past, func(p *area) bool { return p.path == z.path }) {
			a.past = append(a.past, z)
		}
	}
}

// addUser reads a value of --auth.
func (a *Guard) addUser(spec string, o *config.Auth, list Routes) error {
	z, credentials, err := a.area("--auth", spec, HidePassword(spec), o, list)
	if err != nil {
		return err
	}
	if why := z.addUser(credentials); why != "" {
		why = strings.Replace(why, "expected USER:PASSWORD, as in ",
			"expected PATH=USER:PASSWORD, as in /echo=", 1)
		return cli.Usagef("--auth %s: %s", HidePassword(spec), why)
	}
	return nil
}

// addUser reads USER:PASSWORD, or says what is wrong with it.
func (z *area) addUser(credentials string) (why string) {
	user, password, ok := strings.Cut(credentials, ":")
	_, again := z.users[user]
	switch {
	case !ok || password == "":
		return "expected USER:PASSWORD, as in joe:welcome"
	case strings.HasPrefix(user, "/"):
		return "a user begins with no slash; write USER:PASSWORD without a path"
	case again:
		return user + " is known at " + z.path + " already; give each user one password"
	}
	password, err := cli.Secret(password)
	if err != nil {
		return err.Error()
	}
	if strings.ContainsFunc(user+password, unicode.IsControl) {
		return "a user or password with a control character, such as the end of a line, " +
			"can be sent by no client"
	}
	for other, token := range z.users {
		if token == password && (z.scheme == "token" || z.scheme == "bearer") {
			return other + " has the same token at " + z.path +
				", so that nobody knows who comes with it; give each user another one"
		}
	}
	z.users[user] = password
	return ""
}

// addFile reads a value of --htpasswd.
func (a *Guard) addFile(spec string, o *config.Auth, list Routes) error {
	z, name, err := a.area("--htpasswd", spec, spec, o, list)
	if err != nil {
		return err
	}
	if why := z.open(name); why != "" {
		return cli.Usagef("--htpasswd %s: %s", spec, why)
	}
	return nil
}

// open reads a password file, or says what is wrong with it.
func (z *area) open(name string) (why string) {
	switch {
	case z.scheme != "basic":
		return "such a file has hashes of passwords, which only the scheme basic can be checked by; " +
			"leave out the scheme " + z.scheme
	case z.file != nil:
		return z.path + " has a file already"
	}
	var err error
	if z.file, err = htpasswd.Open(name); errors.As(err, new(*fs.PathError)) {
		return cli.Unreadable(err).Error()
	} else if err != nil {
		return strings.TrimPrefix(cli.Cause(err).Error(), "htpasswd: ")
	}
	return ""
}

// area returns the area of PATH=VALUE, which may be new, and the value.
func (a *Guard) area(
	flag, spec, shown string, o *config.Auth, list Routes,
) (z *area, value string, err error) {
	written, _, err := paths.Split(flag, shown, shown, areaValues[flag])
	if err != nil {
		return nil, "", err
	}
	path, err := routedPath(flag, written, shown, list)
	if err != nil {
		return nil, "", err
	}
	_, value, _ = strings.Cut(spec, "=")
	if z := a.find(path); z != nil {
		return z, value, nil
	}
	return a.add(path, o), value, nil
}

func (a *Guard) find(path string) *area {
	if i := slices.IndexFunc(a.areas, func(z *area) bool { return z.path == path }); i >= 0 {
		return a.areas[i]
	}
	return nil
}

func (a *Guard) add(path string, o *config.Auth) *area {
	z := &area{env: &a.env, path: path, realm: o.Realm, scheme: o.Scheme,
		users: make(map[string]string)}
	a.areas = append(a.areas, z)
	return z
}

// routedPath is the path of an area, which must have a route.
func routedPath(flag, path, shown string, list Routes) (string, error) {
	path, err := paths.Written(flag, path, shown)
	if err != nil {
		return "", err
	}
	if !list.Reaches(path) {
		return "", cli.Usagef("%s %s: no --route leads to %s; is the path spelled alike in both?",
			flag, shown, path)
	}
	return areaPath(path), nil
}

// areaPath is the path of an area: with a slash at the end or without it stands for the same.
func areaPath(path string) string { return cmp.Or(strings.TrimSuffix(path, "/"), "/") }

var areaValues = map[string]string{"--auth": "USER:PASSWORD", "--htpasswd": "FILE"}

// hideUser leaves the password out of USER:PASSWORD. A value without a colon may be all password.
func hideUser(spec string) string {
	if user, _, ok := strings.Cut(spec, ":"); ok {
		return user + ":..."
	}
	return "..."
}

// HidePassword leaves the password out of a value of --auth. A value that does not begin with a
// path may be all password.
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

// Authenticate lets in who may enter every area that the path is in, as the user of the first one.
// Credentials of another scheme count as none.
func (a *Guard) Authenticate(ctx context.Context, r *transport.Request) (auth.Verdict, error) {
	verdict := auth.Verdict{Allow: true}
	for _, z := range a.around(r.Path()) {
		v, err := z.enter(ctx, r)
		if err != nil || !v.LetsIn() {
			return v, err
		}
		if first, ok := verdict.Principal.(Login); ok {
			v.Principal = first.and(v.Principal.(Login))
		}
		verdict = v
	}
	return verdict, nil
}

// around returns the areas that a path is in, at most one for each form in which it may be
// understood.
func (a *Guard) around(written string) (list []*area) {
	for _, form := range [...]string{paths.Normal(written), paths.Bare(written)} {
		i := slices.IndexFunc(a.areas, func(z *area) bool { return z.holds(form) })
		if i >= 0 && !slices.Contains(list, a.areas[i]) {
			list = append(list, a.areas[i])
		}
	}
	return list
}

// Paths returns the paths that are guarded, together with everything below them.
func (a *Guard) Paths() (list []string) {
	for _, z := range slices.Backward(a.areas) {
		list = append(list, z.path)
	}
	return list
}

// Describe says in a few words who may use a path, "" if every client may.
func (a *Guard) Describe(path string) string {
	areas := a.around(path)
	if len(areas) == 0 {
		return ""
	}
	z := areas[0]
	switch {
	case z.ask != nil:
		return "for whom " + z.askURL + " lets in at " + z.path
	case z.keys != nil:
		return "for tokens signed by a key of " + z.keys.File + " at " + z.path
	}
	from := cli.Plural(len(z.users), "user")
	switch {
	case z.file != nil && len(z.users) > 0:
		from += " and an htpasswd file"
	case z.file != nil:
		from = "an htpasswd file"
	}
	return "for " + from + " at " + z.path
}
