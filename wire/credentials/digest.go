package credentials

import (
	"crypto/md5"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"math/bits"
	"strings"
	"unicode/utf8"

	"example.com/khp/internal/scan"
)

// DigestAlgorithm is a hash of Digest authentication. Greater ones are stronger;
// 0 is none. [RFC 7616 6.1]
type DigestAlgorithm uint8

// Algorithms. Those with Sess hash a key of the session instead of the password.
const (
	DigestMD5 DigestAlgorithm = 1 + iota
	DigestMD5Sess
	DigestSHA256
	DigestSHA256Sess
	DigestSHA512256
	DigestSHA512256Sess
)

var digestNames = [...]string{
	DigestMD5:        "MD5",
	DigestMD5Sess:    "MD5-sess",
	DigestSHA256:     "SHA-256",
	DigestSHA256Sess: "SHA-256-sess",
	DigestSHA512256:  "SHA-512-256", DigestSHA512256Sess: "SHA-512-256-sess",
}

// String returns the name that the algorithm parameter uses, "" for none.
func (a DigestAlgorithm) String() string {
	if int(a) < len(digestNames) {
		return digestNames[a]
	}
	return ""
}

// digestAlgorithm finds an algorithm by its name, 0 if it is unknown.
func digestAlgorithm(name string) DigestAlgorithm {
	for a := DigestMD5; a <= DigestSHA512256Sess; a++ {
		if scan.EqualFold(name, digestNames[a]) {
			return a
		}
	}
	return 0
}

// session reports whether a known algorithm is one of those with Sess.
func (a DigestAlgorithm) session() bool { return a%2 == 0 }

// HA1 returns the hash of user, realm and password in hexadecimal digits, which a server keeps
// instead of the password. With a Sess algorithm it is the same as without;
// [DigestCredentials.Verify] makes the key of the session from it.
func (a DigestAlgorithm) HA1(user, realm, password string) string {
	return a.sum(user, realm, password)
}

// userHash returns the hash that replaces the user's name on request of the server. [RFC 7616
// 3.4.4]
func (a DigestAlgorithm) userHash(user, realm string) string { return a.sum(user, realm) }

// sum hashes parts with colons between them.
func (a DigestAlgorithm) sum(parts ...string) string {
	text := []byte(strings.Join(parts, ":"))
	switch a {
	case DigestMD5, DigestMD5Sess:
		h := md5.Sum(text)
		return hex.EncodeToString(h[:])
	case DigestSHA256, DigestSHA256Sess:
		h := sha256.Sum256(text)
		return hex.EncodeToString(h[:])
	case DigestSHA512256, DigestSHA512256Sess:
		h := sha512.Sum512_256(text)
		return hex.EncodeToString(h[:])
	}
	return ""
}

// response computes the response parameter. [RFC 7616 3.4.1]
func (c *DigestCredentials) response(ha1, method string) string {
	if c.Algorithm.session() {
		ha1 = c.Algorithm.sum(ha1, c.Nonce, c.CNonce)
	}
	ha2 := c.Algorithm.sum(method, c.URI)
	if !c.Auth {
		return c.Algorithm.sum(ha1, c.Nonce, ha2)
	}
	return c.Algorithm.sum(ha1, c.Nonce, digestCount(c.Count), c.CNonce, "auth", ha2)
}

// digestCount writes a count of requests: eight hexadecimal digits.
func digestCount(n uint32) string {
	return hex.EncodeToString([]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
}

// appendQuoted writes name="value" with quotes and backslashes escaped. The value has no control
// byte.
func appendQuoted(dst []byte, name, value string) []byte {
	dst = append(append(dst, name...), '=', '"')
	for i := 0; i < len(value); i++ {
		if value[i] == '"' || value[i] == '\\' {
			dst = append(dst, '\\')
		}
		dst = append(dst, value[i])
	}
	return append(dst, '"')
}

// digestParser reads Digest credentials and remembers which parameters came.
type digestParser struct {
	d    DigestCredentials
	seen uint16
}

// Bits of digestParser.seen.
const (
	seenUser = 1 << iota
	seenRealm
	seenNonce
	seenURI
	seenResponse
	seenCount
	seenCNonce
	seenQOP
	seenAlgorithm
	seenOpaque
	seenUserHash
	seenNeeded = seenUser | seenRealm | seenNonce | seenURI | seenResponse
	seenAuth   = seenCount | seenCNonce
)

// seenNames are the parameters in the order of their bits.
var seenNames = [...]string{
	"username", "realm", "nonce", "uri", "response", "nc", "cnonce", "qop", "algorithm", "opaque",
	"userhash",
}

// parse reads name=value, name=value and returns the first fault, "" if there is none.
func (p *digestParser) parse(b []byte) string {
	for i := 0; ; {
		for i < len(b) && (b[i] == ',' || scan.IsSpace(b[i])) {
			i++
		}
		if i == len(b) {
			return ""
		}
		end, what := scan.AuthParam(b, i)
		if what != "" {
			return what
		}
		name := b[i:scan.Token(b, i)]
		value := string(scan.Unquote(b[scan.SkipSpace(b, scan.SkipSpace(b, i+len(name))+1):end]))
		if what := p.param(name, value); what != "" {
			return what
		}
		if i = scan.SkipSpace(b, end); i < len(b) && b[i] != ',' {
			return "comma expected"
		}
	}
}

// param takes one parameter; unknown ones are allowed and mean nothing.
func (p *digestParser) param(name []byte, value string) string {
	bit, ok := uint16(0), true
	switch {
	case scan.EqualFold(name, "username"):
		bit, p.d.User = seenUser, value
	case scan.EqualFold(name, "username*"):
		bit = seenUser
		p.d.User, ok = decodeExtended(value)
	case scan.EqualFold(name, "realm"):
		bit, p.d.Realm = seenRealm, value
	case scan.EqualFold(name, "nonce"):
		bit, p.d.Nonce = seenNonce, value
	case scan.EqualFold(name, "uri"):
		bit, p.d.URI = seenURI, value
	case scan.EqualFold(name, "response"):
		bit, p.d.Response = seenResponse, value
	case scan.EqualFold(name, "nc"):
		bit = seenCount
		p.d.Count, ok = parseDigestCount(value)
	case scan.EqualFold(name, "cnonce"):
		bit, p.d.CNonce, ok = seenCNonce, value, value != ""
	case scan.EqualFold(name, "qop"):
		bit, p.d.Auth, ok = seenQOP, true, scan.EqualFold(value, "auth")
	case scan.EqualFold(name, "algorithm"):
		bit, p.d.Algorithm = seenAlgorithm, digestAlgorithm(value)
		ok = p.d.Algorithm != 0
	case scan.EqualFold(name, "opaque"):
		bit, p.d.Opaque = seenOpaque, value
	case scan.EqualFold(name, "userhash"):
		bit, p.d.UserHash = seenUserHash, scan.EqualFold(value, "true")
	}
	switch {
	case p.seen&bit != 0:
		return seenNames[bits.TrailingZeros16(bit)] + " is repeated"
	case !ok:
		return seenNames[bits.TrailingZeros16(bit)] + " has a value that it cannot have"
	}
	p.seen |= bit
	return ""
}

// missing returns the fault of an incomplete set of parameters, "" if there is none.
func (p *digestParser) missing() string {
	needed := uint16(seenNeeded)
	switch {
	case p.d.Auth:
		needed |= seenAuth
	case p.d.Algorithm.session():
		needed |= seenQOP
	}
	if missing := needed &^ p.seen; missing != 0 {
		return seenNames[bits.TrailingZeros16(missing)] + " is missing"
	}
	if !p.d.Auth {
		p.d.Count, p.d.CNonce = 0, ""
	}
	return ""
}

// parseDigestCount reads exactly eight hexadecimal digits that are not all zero.
func parseDigestCount(s string) (n uint32, ok bool) {
	if len(s) != 8 || !scan.All(s, scan.IsHex) {
		return n, false
	}
	for i := range len(s) {
		n = n<<4 | uint32(scan.Unhex(s[i]))
	}
	return n, n > 0
}

// decodeExtended reads UTF-8”text with percent escapes. [RFC 8187 3.2.1]
func decodeExtended(s string) (string, bool) {
	if len(s) < len(extendedPrefix) || !scan.EqualFold(s[:len(extendedPrefix)], extendedPrefix) {
		return "", false
	}
	var out []byte
	for i := len(extendedPrefix); i < len(s); i++ {
		c := s[i]
		if c == '%' {
			if !scan.IsEscape(s, i) {
				return "", false
			}
			c = scan.Unescape(s, i)
			i += 2
		}
		out = append(out, c)
	}
	return string(out), scan.All(out, scan.IsValue) && utf8.Valid(out)
}
