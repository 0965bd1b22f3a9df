package credentials

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"example.com/khp/internal/scan"
	"example.com/khp/wire"
)

// DigestChallenge holds the parameters of a Digest challenge. Texts are without quotes and
// escapes. [RFC 7616 3.3]
type DigestChallenge struct {
	Realm, Nonce, Opaque string
	// There is an opaque, which an answer repeats even if it is empty; implied by a text.
	HasOpaque bool
	Algorithm DigestAlgorithm
	Auth      bool // qop has auth; without any qop it is the older form of RFC 2069
	Stale     bool // only the nonce was too old; the password is not wrong
	UserHash  bool // the name of the user is to be hashed
	UTF8      bool // the server reads names and passwords as UTF-8
}

// ParseDigestChallenge reads the parameters of a Digest challenge. It refuses, with
// wire.KindChallenge, one without realm or nonce, one with an unknown algorithm, and one
// that wants the body to be protected (auth-int) and nothing less; the error names
// the parameter. Without a name the algorithm is MD5.
func ParseDigestChallenge(c wire.Challenge) (d DigestChallenge, err error) {
	refuse := func(what string) (DigestChallenge, error) {
		return DigestChallenge{}, &wire.ParseError{Kind: wire.KindChallenge, Detail: what}
	}
	if !scan.EqualFold(c.Scheme, "Digest") {
		return refuse("not a Digest challenge")
	}
	for _, name := range [...]string{"realm", "nonce"} {
		if _, ok := c.Param(name); !ok {
			return refuse(name + " is missing")
		}
	}
	d.Realm, _ = c.Param("realm")
	d.Nonce, _ = c.Param("nonce")
	d.Algorithm = DigestMD5
	if name, ok := c.Param("algorithm"); ok {
		if d.Algorithm = digestAlgorithm(name); d.Algorithm == 0 {
			return refuse("algorithm " + quoted(name) +
				" is not known; MD5, SHA-256 and SHA-512-256 are, each also with -sess")
		}
	}
	qop, ok := c.Param("qop")
	if d.Auth = scan.HasToken([]byte(qop), "auth"); ok && !d.Auth {
		return refuse("qop " + quoted(qop) + " does not offer auth")
	}
	d.Opaque, d.HasOpaque = c.Param("opaque")
	d.Stale, d.UserHash, d.UTF8 = says(c, "stale", "true"), says(c, "userhash", "true"),
		says(c, "charset", "UTF-8")
	if what := d.malformed(); what != "" {
		return refuse(what)
	}
	return d, nil
}

// quoted makes the beginning of a parameter's value fit for an error.
func quoted(value string) string {
	return strconv.QuoteToASCII(scan.Cut(value, 32))
}

// says reports whether a parameter has that value, in any case of its letters.
func says(c wire.Challenge, name, value string) bool {
	v, _ := c.Param(name)
	return scan.EqualFold(v, value)
}

// DigestUse names the user and the request of an answer to a Digest challenge. User and Password
// are UTF-8 in normal form C. URI is the target of the request as it is sent. CNonce is
// unpredictable text, from the caller's source of randomness. Count is how often the nonce has been
// used, this time included.
type DigestUse struct {
	User, Password, Method, URI, CNonce string
	Count                               uint32
}

// AppendDigest writes the credentials that answer c, from the word Digest on. The name of the user
// is written as c asks: hashed, or percent-encoded if it needs UTF-8. CNonce and Count are needed,
// and written, only if c has qop auth. Control bytes are refused everywhere; errors have
// wire.KindCredentials, name the part, and quote nothing. [RFC 7616 3.4]
func AppendDigest(dst []byte, c DigestChallenge, u DigestUse) ([]byte, error) {
	if what := c.refuses(u); what != "" {
		return dst, &wire.ParseError{Kind: wire.KindCredentials, Detail: what}
	}
	use := DigestCredentials{Nonce: c.Nonce, URI: u.URI, CNonce: u.CNonce, Algorithm: c.Algorithm,
		Auth: c.Auth, Count: u.Count}
	out := append(dst, "Digest "...)
	switch {
	case c.UserHash:
		out = appendQuoted(out, "username", c.Algorithm.userHash(u.User, c.Realm))
	case c.UTF8 && !isASCII(u.User):
		out = appendExtended(append(out, "username*="...), u.User)
	default:
		out = appendQuoted(out, "username", u.User)
	}
	out = appendQuoted(out, ", realm", c.Realm)
	out = appendQuoted(out, ", uri", u.URI)
	out = append(append(out, ", algorithm="...), c.Algorithm.String()...)
	out = appendQuoted(out, ", nonce", c.Nonce)
	if c.Auth {
		out = append(append(out, ", nc="...), digestCount(u.Count)...)
		out = appendQuoted(out, ", cnonce", u.CNonce)
		out = append(out, ", qop=auth"...)
	}
	out = appendQuoted(out, ", response", use.response(c.Algorithm.HA1(u.User, c.Realm, u.Password),
		u.Method))
	out = c.appendOpaque(out)
	if c.UserHash {
		out = append(out, ", userhash=true"...)
	}
	return out, nil
}

// appendOpaque writes the parameter if there is one.
func (c *DigestChallenge) appendOpaque(dst []byte) []byte {
	if !c.HasOpaque && c.Opaque == "" {
		return dst
	}
	return appendQuoted(dst, ", opaque", c.Opaque)
}

// refuses returns the reason why c cannot be answered for u, "" if there is none.
func (c *DigestChallenge) refuses(u DigestUse) string {
	if what := c.malformed(); what != "" {
		return what
	}
	switch {
	case !scan.All(u.User, scan.IsValue):
		return "control byte in the user name"
	case !utf8.ValidString(u.User):
		return "the user name is not UTF-8"
	case !scan.ValidToken(u.Method):
		return "the method is not a token"
	case u.URI == "" || !scan.All(u.URI, scan.IsTarget):
		return "not a request target"
	case c.Auth && (u.CNonce == "" || !scan.All(u.CNonce, scan.IsValue)):
		return "not a client nonce"
	case c.Auth && u.Count == 0:
		return "the count starts at 1"
	}
	return ""
}

// malformed returns the fault of c itself, "" if there is none.
func (c *DigestChallenge) malformed() string {
	switch {
	case c.Algorithm.String() == "":
		return "algorithm is missing or unknown"
	case c.Nonce == "":
		return "nonce is missing or empty"
	case !scan.All(c.Nonce, scan.IsValue):
		return "control byte in nonce"
	case !scan.All(c.Realm, scan.IsValue):
		return "control byte in realm"
	case !scan.All(c.Opaque, scan.IsValue):
		return "control byte in opaque"
	case !c.Auth && c.Algorithm.session():
		return "qop is missing, which algorithm " + c.Algorithm.String() + " needs"
	}
	return ""
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

const extendedPrefix = "UTF-8''"

// appendExtended writes s percent-encoded. [RFC 8187 3.2.1]
func appendExtended(dst []byte, s string) []byte {
	const digits = "0123456789ABCDEF"
	dst = append(dst, extendedPrefix...)
	for i := 0; i < len(s); i++ {
		if c := s[i]; scan.Is(c, scan.IsToken) && c != '%' && c != '\'' && c != '*' {
			dst = append(dst, c)
		} else {
			dst = append(dst, '%', digits[c>>4], digits[c&15])
		}
	}
	return dst
}
