package wire

const redacted = "[redacted]"

// AppendRedacted writes a copy of an HTTP message to dst that can be logged: the
// values of Authorization, Proxy-Authorization, Cookie, Set-Cookie,
// Authentication-Info and Proxy-Authentication-Info (proofs by which a password can
// be guessed) are replaced by "[redacted]", and only the scheme word of the first
// two is kept. It works line by line on any bytes, so that a broken message is covered as well:
// CR or LF alone end a line, blanks before a name or colon do not matter, and the
// lines folded under such a field are replaced too. Bytes of the body that look
// like such a line are treated as one.
func AppendRedacted(dst, message []byte) []byte {
	secret := false
	for i := 0; i < len(message); {
		j := i
		for j < len(message) && message[j] != '\r' && message[j] != '\n' {
			j++
		}
		line := message[i:j]
		value, keepScheme, found := sensitive(line)
		switch {
		case found:
			dst = append(dst, line[:value]...)
			dst = appendRedactedValue(dst, line[value:], keepScheme)
			secret = true
		case secret && len(line) > 0 && isSpace(line[0]):
			dst = append(dst, line[0])
			dst = append(dst, redacted...)
		default:
			dst = append(dst, line...)
			secret = secret && len(line) == 0
		}
		for i = j; i < len(message) && (message[i] == '\r' || message[i] == '\n'); i++ {
			dst = append(dst, message[i])
		}
	}
	return dst
}

// sensitive finds the value of a field that must not be shown.
func sensitive(line []byte) (value int, keepScheme, found bool) {
	colon := -1
	for i, c := range line {
		if c == ':' {
			colon = i
			break
		}
	}
	if colon < 0 {
		return 0, false, false
	}
	name := trim(line[:colon])
	switch {
	case equalFold(name, "Authorization"), equalFold(name, "Proxy-Authorization"):
		return colon + 1, true, true
	case equalFold(name, "Cookie"), equalFold(name, "Set-Cookie"), equalFold(name, "Authentication-Info"), equalFold(name, "Proxy-Authentication-Info"):
		return colon + 1, false, true
	}
	return 0, false, false
}

func appendRedactedValue(dst, value []byte, keepScheme bool) []byte {
	i := skipSpace(value, 0)
	dst = append(dst, value[:i]...)
	if i == len(value) {
		return dst
	}
	if keepScheme {
		// A single word may be the secret itself.
		j := scanToken(value, i)
		if k := skipSpace(value, j); k > j && k < len(value) {
			dst = append(dst, value[i:k]...)
		}
	}
	return append(dst, redacted...)
}
