package main

import (
	"cmp"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"slices"
	"strings"

	"example.com/khp/transport"
)

const defaultRealm = "khp"

// authority knows who may use which path. A nil one lets everybody in.
type authority struct {
	realm string
	token bool    // Token instead of Basic
	areas []*area // the longest path first
}

// area is the part of the server below one path, and who may enter it.
type area struct {
	path    string
	secrets [][sha256.Size]byte // of what the credentials must be
}

// parseAuthority reads the values of --auth; nil if there are none. Each path must have a route.
func parseAuthority(specs []string, realm, scheme string, list routes) (*authority, error) {
	a := &authority{realm: realm, token: scheme == "token"}
	if scheme != "basic" && scheme != "token" {
		return nil, usagef("--scheme %s: expected basic or token", scheme)
	}
	if strings.ContainsFunc(realm, func(r rune) bool { return r < ' ' || r >= 0x7f }) {
		return nil, usagef("--realm %q: expected printable ASCII characters", realm)
	}
	if len(specs) == 0 {
		return nil, nil
	}
	for _, spec := range specs {
		path, _, err := splitPath("--auth", hidePassword(spec), "USER:PASSWORD")
		if err != nil {
			return nil, err
		}
		_, credentials, _ := strings.Cut(spec, "=")
		user, password, ok := strings.Cut(credentials, ":")
		if !ok || user == "" || password == "" {
			return nil, usagef("--auth %s: expected PATH=USER:PASSWORD, as in /echo=joe:welcome", hidePassword(spec))
		}
		if !list.reaches(path) {
			return nil, usagef("--auth %s: no --route leads to %s; is the path spelled alike in both?", hidePassword(spec), path)
		}
		secret := credentials
		if a.token {
			secret = password
		}
		a.area(path).add(secret)
	}
	slices.SortFunc(a.areas, func(x, y *area) int { return cmp.Compare(len(y.path), len(x.path)) })
	return a, nil
}

// hidePassword leaves the password out of a value of --auth.
func hidePassword(spec string) string {
	path, rest, ok := strings.Cut(spec, "=")
	if user, _, has := strings.Cut(rest, ":"); ok && has {
		return path + "=" + user + ":..."
	}
	return path + "=..."
}

func (a *authority) area(path string) *area {
	for _, z := range a.areas {
		if z.path == path {
			return z
		}
	}
	z := &area{path: path}
	a.areas = append(a.areas, z)
	return z
}

// holds reports whether path is in the area: the same path, or anything below it. A route covers less by default; guarding too much is the safer mistake.
func (z *area) holds(path string) bool {
	return path == z.path || covers(strings.TrimSuffix(z.path, "/")+"/", path)
}

func (z *area) add(secret string) { z.secrets = append(z.secrets, sha256.Sum256([]byte(secret))) }

// allows compares with every secret, and takes the same time whichever matches.
func (z *area) allows(secret string) bool {
	sum := sha256.Sum256([]byte(secret))
	match := 0
	for i := range z.secrets {
		match |= subtle.ConstantTimeCompare(sum[:], z.secrets[i][:])
	}
	return match == 1
}

// letIn judges the credentials of a request for a path, as written and in normal form; if ok is false, d is the answer. Credentials of another scheme count as none.
func (a *authority) letIn(written, path string, r *transport.Request) (d transport.Decision, ok bool) {
	if a == nil {
		return d, true
	}
	areas := a.around(written, path)
	if len(areas) == 0 {
		return d, true
	}
	secret, ok := a.secret(r.Authorization)
	if !ok {
		return transport.Decision{Status: 401, Challenges: []string{a.challenge(r)}}, false
	}
	for _, z := range areas {
		if !z.allows(secret) {
			return transport.Decision{Status: 403, Body: []byte("these credentials are not accepted here\n")}, false
		}
	}
	return d, true
}

// around returns the areas that a path is in, at most one for each form in which it may be understood.
func (a *authority) around(written, path string) (list []*area) {
	for _, form := range [...]string{path, barePath(written)} {
		i := slices.IndexFunc(a.areas, func(z *area) bool { return z.holds(form) })
		if i >= 0 && !slices.Contains(list, a.areas[i]) {
			list = append(list, a.areas[i])
		}
	}
	return list
}

// secret takes what is secret out of an Authorization field.
func (a *authority) secret(authorization string) (secret string, ok bool) {
	scheme, value, ok := strings.Cut(authorization, " ")
	value = strings.TrimLeft(value, " ")
	switch {
	case !ok || value == "":
		return "", false
	case a.token:
		return value, strings.EqualFold(scheme, "Token")
	}
	b, err := base64.StdEncoding.DecodeString(value)
	return string(b), err == nil && strings.EqualFold(scheme, "Basic")
}

// challenge is what a client is asked for; clients of the kaazing profile know it with the word Application before it.
func (a *authority) challenge(r *transport.Request) string {
	if !a.token {
		return basicChallenge(a.realm, r)
	}
	return application(r) + "Token"
}

func basicChallenge(realm string, r *transport.Request) string {
	return application(r) + `Basic realm="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(realm) + `"`
}

func application(r *transport.Request) string {
	if r.Kaazing() {
		return "Application "
	}
	return ""
}

// queryOf returns the query of a request target.
func queryOf(target string) string {
	_, query, _ := strings.Cut(target, "?")
	return query
}
