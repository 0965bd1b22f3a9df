package wire

import (
	"math/bits"
	"unicode/utf8"
)

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
	"username", "realm", "nonce", "uri", "response", "nc", "cnonce", "qop", "algorithm", "opaque", "userhash",
}

// parse reads name=value, name=value and returns the first fault, "" if there is none.
func (p *digestParser) parse(b []byte) string {
	for i := 0; ; {
		for i < len(b) && (b[i] == ',' || isSpace(b[i])) {
			i++
		}
		if i == len(b) {
			return ""
		}
		end, what := scanAuthParam(b, i)
		if what != "" {
			return what
		}
		name := b[i:scanToken(b, i)]
		value := string(unquote(b[skipSpace(b, skipSpace(b, i+len(name))+1):end]))
		if what := p.param(name, value); what != "" {
			return what
		}
		if i = skipSpace(b, end); i < len(b) && b[i] != ',' {
			return "comma expected"
		}
	}
}

// param takes one parameter; unknown ones are allowed and mean nothing.
func (p *digestParser) param(name []byte, value string) string {
	bit, ok := uint16(0), true
	switch {
	case equalFold(name, "username"):
		bit, p.d.User = seenUser, value
	case equalFold(name, "username*"):
		bit = seenUser
		p.d.User, ok = decodeExtended(value)
	case equalFold(name, "realm"):
		bit, p.d.Realm = seenRealm, value
	case equalFold(name, "nonce"):
		bit, p.d.Nonce = seenNonce, value
	case equalFold(name, "uri"):
		bit, p.d.URI = seenURI, value
	case equalFold(name, "response"):
		bit, p.d.Response = seenResponse, value
	case equalFold(name, "nc"):
		bit = seenCount
		p.d.Count, ok = parseDigestCount(value)
	case equalFold(name, "cnonce"):
		bit, p.d.CNonce, ok = seenCNonce, value, value != ""
	case equalFold(name, "qop"):
		bit, p.d.Auth, ok = seenQOP, true, equalFold(value, "auth")
	case equalFold(name, "algorithm"):
		bit, p.d.Algorithm = seenAlgorithm, digestAlgorithm(value)
		ok = p.d.Algorithm != 0
	case equalFold(name, "opaque"):
		bit, p.d.Opaque = seenOpaque, value
	case equalFold(name, "userhash"):
		bit, p.d.UserHash = seenUserHash, equalFold(value, "true")
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
	if len(s) != 8 || !all(s, isHex) {
		return 0, false
	}
	for i := range len(s) {
		n = n<<4 | uint32(unhex(s[i]))
	}
	return n, n > 0
}

// decodeExtended reads UTF-8”text with percent escapes. [RFC 8187 3.2.1]
func decodeExtended(s string) (string, bool) {
	if len(s) < len(extendedPrefix) || !equalFold(s[:len(extendedPrefix)], extendedPrefix) {
		return "", false
	}
	var out []byte
	for i := len(extendedPrefix); i < len(s); i++ {
		c := s[i]
		if c == '%' {
			if i+2 >= len(s) || !all(s[i+1:i+3], isHex) {
				return "", false
			}
			c = unhex(s[i+1])<<4 | unhex(s[i+2])
			i += 2
		}
		out = append(out, c)
	}
	return string(out), all(out, isValue) && utf8.Valid(out)
}
