package wire

// Byte classes. One table, one bit per class, read by every scanner.
const (
	isToken   = 1 << iota // tchar of RFC 9110 section 5.6.2
	isValue               // what a field value or reason phrase may hold: HTAB, SP, VCHAR, obs-text
	isTarget              // visible ASCII except '#', and bytes from 0x80
	isToken68             // RFC 9110 section 11.2, without the trailing '='
	isQuoted              // qdtext of RFC 9110 section 5.6.4
	isUnres               // unreserved of RFC 3986 section 2.3
	isHex
	isRegName // unreserved, sub-delims
)

var class = makeClass()

func makeClass() (t [256]uint8) {
	set := func(bit uint8, chars string) {
		for i := 0; i < len(chars); i++ {
			t[chars[i]] |= bit
		}
	}
	const alnum = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	set(isToken, alnum+"!#$%&'*+-.^_`|~")
	set(isToken68, alnum+"-._~+/")
	set(isUnres, alnum+"-._~")
	set(isHex, "0123456789abcdefABCDEF")
	set(isRegName, alnum+"-._~!$&'()*+,;=")
	for c := range 256 {
		if c == '\t' || c >= 0x20 && c != 0x7f {
			t[c] |= isValue
			if c != '"' && c != '\\' {
				t[c] |= isQuoted
			}
		}
		if c > 0x20 && c != 0x7f && c != '#' {
			t[c] |= isTarget
		}
	}
	return t
}

// text is the type of values passed in: both kinds of byte string.
type text interface{ ~string | ~[]byte }

func lower(c byte) byte {
	if c-'A' < 26 {
		return c | 0x20
	}
	return c
}

func isDigit(c byte) bool { return c-'0' < 10 }

func isSpace(c byte) bool { return c == ' ' || c == '\t' }

// EqualFold reports whether a and s are the same apart from the case of ASCII
// letters. No other folding takes place: U+017F is not an 's'.
func EqualFold(a []byte, s string) bool { return equalFold(a, s) }

func equalFold[A, B text](a A, s B) bool {
	if len(a) != len(s) {
		return false
	}
	for i := 0; i < len(a); i++ {
		if a[i] != s[i] && lower(a[i]) != lower(s[i]) {
			return false
		}
	}
	return true
}

// all reports whether every byte of s is in the class.
func all[S text](s S, bit uint8) bool {
	for i := 0; i < len(s); i++ {
		if class[s[i]]&bit == 0 {
			return false
		}
	}
	return true
}

// ValidToken reports whether s is a token: a method, a field name, a
// subprotocol, an extension name. [RFC 9110 5.6.2]
func ValidToken[S text](s S) bool { return validToken(s) }

// ValidFieldValue reports whether s can stand as a field value: no control
// byte but HTAB, and no blank at either end. The empty value is legal.
// [RFC 9110 5.5]
func ValidFieldValue[S text](s S) bool { return validValue(s) }

func trim(b []byte) []byte {
	for len(b) > 0 && isSpace(b[0]) {
		b = b[1:]
	}
	for len(b) > 0 && isSpace(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}
