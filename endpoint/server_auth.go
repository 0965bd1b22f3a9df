package endpoint

import "strings"

// Credentials splits the Authorization field at its first blank: into the scheme, which compares
// without regard to case, and all that follows. value is "" if there are none, or a scheme only.
func (r *Request) Credentials() (scheme, value string) {
	i := strings.IndexAny(r.Authorization, " \t")
	if i < 0 {
		return r.Authorization, ""
	}
	return r.Authorization[:i], strings.Trim(r.Authorization[i:], " \t")
}

// Challenge writes a challenge in the form that this client understands: clients of the kaazing
// profile know it with the word Application before the scheme, because without it a browser would
// take it for its own. An empty realm is left out.
func (r *Request) Challenge(scheme, realm string) string {
	if r.Kaazing() {
		scheme = "Application " + scheme
	}
	if realm == "" {
		return scheme
	}
	return scheme + ` realm="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(realm) + `"`
}
