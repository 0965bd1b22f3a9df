// Package scan finds its way through the text of HTTP messages: it knows which bytes a token, a
// value or a target consists of, and passes over them eight at a time. Package wire parses with it.
package scan

// Byte classes: one bit each in one table, which every scanner reads.
const (
	IsToken   = 1 << iota // tchar of RFC 9110 section 5.6.2
	IsValue               // in a field value or reason phrase: HTAB, SP, VCHAR, obs-text
	IsTarget              // visible ASCII except '#', and bytes from 0x80
	IsToken68             // RFC 9110 section 11.2, without the trailing '='
	IsQuoted              // qdtext of RFC 9110 section 5.6.4
	IsUnres               // unreserved of RFC 3986 section 2.3
	IsHex                 // hexadecimal digit
	IsRegName             // unreserved and sub-delims of RFC 3986
)

var classes = makeClasses()

func makeClasses() (t [256]uint8) {
	set := func(bit uint8, chars string) {
		for i := 0; i < len(chars); i++ {
			t[chars[i]] |= bit
		}
	}
	const alnum = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	set(IsToken, alnum+"!#$%&'*+-.^_`|~")
	set(IsToken68, alnum+"-._~+/")
	set(IsUnres, alnum+"-._~")
	set(IsHex, "0123456789abcdefABCDEF")
	set(IsRegName, alnum+"-._~!$&'()*+,;=")
	for c := range 256 {
		if c == '\t' || c >= 0x20 && c != 0x7f {
			t[c] |= IsValue
			if c != '"' && c != '\\' {
				t[c] |= IsQuoted
			}
		}
		if c > 0x20 && c != 0x7f && c != '#' {
			t[c] |= IsTarget
		}
	}
	return t
}

// Text is either kind of byte string.
type Text interface{ ~string | ~[]byte }

// Is reports whether c is in a class.
func Is(c byte, class uint8) bool { return classes[c]&class != 0 }

// IsDigit reports whether c is a decimal digit.
func IsDigit(c byte) bool { return c-'0' < 10 }

// IsSpace reports whether c is a space or a tab.
func IsSpace(c byte) bool { return c == ' ' || c == '\t' }

// Lower returns an ASCII letter in lower case and any other byte as it is.
func Lower(c byte) byte {
	if c-'A' < 26 {
		return c | 0x20
	}
	return c
}

// HasPrefix reports whether s begins with prefix.
func HasPrefix[S Text](s S, prefix string) bool {
	return len(s) >= len(prefix) && string(s[:len(prefix)]) == prefix
}

// EqualFold reports whether a and b are the same apart from the case of ASCII letters. No other
// folding takes place: U+017F is not an 's'.
func EqualFold[A, B Text](a A, b B) bool {
	if len(a) != len(b) {
		return false
	}
	for i := 0; i < len(a); i++ {
		if a[i] != b[i] && Lower(a[i]) != Lower(b[i]) {
			return false
		}
	}
	return true
}

// All reports whether every byte of s is in the class.
func All[S Text](s S, class uint8) bool { return Outside(s, class) < 0 }

// Outside returns the index of the first byte of s that is not in the class, or -1.
func Outside[S Text](s S, class uint8) int {
	for i := 0; i < len(s); i++ {
		if classes[s[i]]&class == 0 {
			return i
		}
	}
	return -1
}

// Trim returns b without spaces and tabs at its ends.
func Trim(b []byte) []byte { return View(b, 0, len(b)) }

// View returns b[i:j] without spaces and tabs at its ends. Its capacity ends with it, so that an
// append by the holder cannot touch the message.
func View(b []byte, i, j int) []byte {
	for i < j && IsSpace(b[i]) {
		i++
	}
	for i < j && IsSpace(b[j-1]) {
		j--
	}
	return b[i:j:j]
}

// IsEscape reports whether '%' and two hexadecimal digits stand at s[i].
func IsEscape[S Text](s S, i int) bool {
	return i+2 < len(s) && s[i] == '%' && classes[s[i+1]]&classes[s[i+2]]&IsHex != 0
}

// Unescape decodes the escape at s[i].
func Unescape[S Text](s S, i int) byte { return Unhex(s[i+1])<<4 | Unhex(s[i+2]) }

// Unhex returns the value of a hexadecimal digit.
func Unhex(c byte) byte {
	if IsDigit(c) {
		return c - '0'
	}
	return Lower(c) - 'a' + 10
}

// Unquote removes the quotes of a quoted-string, and copies only if there is a backslash in it. It
// returns anything else as it is.
func Unquote(b []byte) []byte {
	if len(b) < 2 || b[0] != '"' {
		return b
	}
	b = b[1 : len(b)-1 : len(b)-1]
	for i, c := range b {
		if c != '\\' {
			continue
		}
		out := append(make([]byte, 0, len(b)), b[:i]...)
		for ; i < len(b); i++ {
			if b[i] == '\\' && i+1 < len(b) {
				i++
			}
			out = append(out, b[i])
		}
		return out
	}
	return b
}

// HasToken reports whether a comma-separated list holds token, without regard to the case of ASCII
// letters: Connection and Upgrade. Other elements need not be well formed.
func HasToken(value []byte, token string) bool {
	for start := 0; start <= len(value); {
		end := start
		for end < len(value) && value[end] != ',' {
			end++
		}
		if EqualFold(Trim(value[start:end]), token) {
			return true
		}
		start = end + 1
	}
	return false
}
