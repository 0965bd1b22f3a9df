package wire

// ParseTokens appends the elements of a comma-separated list of tokens to dst:
// Sec-WebSocket-Protocol, Connection, Upgrade. One call takes one field value;
// call it for each line in turn. Empty elements between commas are skipped, as
// RFC 9110 section 5.6.1 asks of a recipient, but a list without any element is
// refused. The elements are views into value. Errors have KindList.
func ParseTokens(dst [][]byte, value []byte) ([][]byte, error) {
	n := len(dst)
	for i := skipEmpty(value, 0); i < len(value); i = skipEmpty(value, i) {
		j := scanToken(value, i)
		if j == i {
			return dst[:n], newError(KindList, i, "not a token", value)
		}
		dst = append(dst, value[i:j:j])
		if i = skipSpace(value, j); i < len(value) && value[i] != ',' {
			return dst[:n], newError(KindList, i, "comma expected", value)
		}
	}
	if len(dst) == n {
		return dst, newError(KindList, 0, "no element", value)
	}
	return dst, nil
}

// HasToken reports whether a comma-separated list holds token, without regard to
// the case of ASCII letters: Connection and Upgrade. Other elements need not be
// well formed.
func HasToken(value []byte, token string) bool {
	for start := 0; start <= len(value); {
		end := start
		for end < len(value) && value[end] != ',' {
			end++
		}
		if equalFold(trim(value[start:end]), token) {
			return true
		}
		start = end + 1
	}
	return false
}
