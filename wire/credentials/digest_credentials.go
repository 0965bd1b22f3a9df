package credentials

import (
	"crypto/subtle"
	"strconv"

	"example.com/khp/internal/redact"
	"example.com/khp/wire"
)

// AppendDigestChallenge writes c as a WWW-Authenticate value, from the word Digest on. Put
// "Application " before it for Kaazing clients. Control bytes are refused, as is a challenge
// without nonce or algorithm or one for a session without Auth, with KindChallenge.
func AppendDigestChallenge(dst []byte, c DigestChallenge) ([]byte, error) {
	if what := c.malformed(); what != "" {
		return dst, &wire.ParseError{Kind: wire.KindChallenge, Detail: what}
	}
	out := appendQuoted(dst, "Digest realm", c.Realm)
	if c.Auth {
		out = append(out, `, qop="auth"`...)
	}
	out = append(append(out, ", algorithm="...), c.Algorithm.String()...)
	out = appendQuoted(out, ", nonce", c.Nonce)
	out = c.appendOpaque(out)
	for _, p := range [...]struct {
		set  bool
		text string
	}{{c.UTF8, ", charset=UTF-8"}, {c.UserHash, ", userhash=true"}, {c.Stale, ", stale=true"}} {
		if p.set {
			out = append(out, p.text...)
		}
	}
	return out, nil
}

// DigestCredentials are a client's answer to a Digest challenge. User is a name, or its hash if
// UserHash is set. Everything is the client's claim until Verify.
type DigestCredentials struct {
	User, Realm, Nonce, URI, CNonce, Opaque string
	Response                                string // hexadecimal digits
	Algorithm                               DigestAlgorithm
	Auth, UserHash                          bool
	Count                                   uint32 // how often the nonce was used; 0 without Auth
}

// ParseDigest reads the text behind "Digest " in an Authorization value. It refuses, with
// wire.KindCredentials, a value that is no list of parameters, lacks one, repeats one, or names an
// unknown algorithm or qop. Errors name the parameter and quote nothing.
//
// A server finds the user, or tries Matches on each if UserHash is set, and calls Verify with the
// HA1 of the user. Then it compares Realm with its own, URI with the target of the request, and
// looks whether Nonce is one of its own, is not too old, and was not used with this Count before;
// if only that is wrong, it challenges again with a new nonce and Stale.
func ParseDigest(rest []byte) (d DigestCredentials, err error) {
	p := digestParser{d: DigestCredentials{Algorithm: DigestMD5}}
	what := p.parse(rest)
	if what == "" {
		what = p.missing()
	}
	if what != "" {
		return DigestCredentials{}, &wire.ParseError{Kind: wire.KindCredentials, Detail: what}
	}
	return p.d, nil
}

// Verify reports whether these are the credentials, for a request with this method, of the user to
// whom ha1 belongs; see [DigestAlgorithm.HA1]. Its time does not depend on Response.
func (c DigestCredentials) Verify(ha1, method string) bool {
	want := c.response(ha1, method)
	return want != "" && subtle.ConstantTimeCompare([]byte(want), []byte(c.Response)) == 1
}

// Matches reports whether the credentials are those of user, in clear or hashed.
func (c DigestCredentials) Matches(user string) bool {
	if c.UserHash {
		user = c.Algorithm.userHash(user, c.Realm)
	}
	return subtle.ConstantTimeCompare([]byte(user), []byte(c.User)) == 1
}

// String sums up the credentials without the proof of the password.
func (c DigestCredentials) String() string {
	return "credentials.DigestCredentials{User: " + strconv.Quote(c.User) + ", Realm: " +
		strconv.Quote(c.Realm) + ", URI: " + redact.Target(c.URI) + "}"
}

// GoString is String.
func (c DigestCredentials) GoString() string { return c.String() }

// MarshalText is String for encoders of logs.
func (c DigestCredentials) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// String names the user. The password is not shown.
func (u DigestUse) String() string {
	return "credentials.DigestUse{User: " + strconv.Quote(u.User) + ", Method: " + u.Method +
		", URI: " + redact.Target(u.URI) + "}"
}

// GoString is String.
func (u DigestUse) GoString() string { return u.String() }

// MarshalText is String for encoders of logs.
func (u DigestUse) MarshalText() ([]byte, error) { return []byte(u.String()), nil }
