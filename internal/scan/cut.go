package scan

import "unicode/utf8"

// Cut returns the first n bytes of s, or all of a shorter s. It ends before a character of UTF-8
// that would be cut; bytes that are no UTF-8 are cut anywhere.
func Cut[S Text](s S, n int) S {
	if len(s) <= n {
		return s
	}
	for end := n; end >= 0 && end > n-utf8.UTFMax; end-- {
		if !utf8.RuneStart(s[end]) {
			continue
		}
		if _, size := utf8.DecodeRuneInString(string(s[end:min(end+utf8.UTFMax, len(s))])); end+size > n {
			return s[:end]
		}
		break
	}
	return s[:n]
}
