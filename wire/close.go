package wire

import (
	"strings"
	"unicode/utf8"
)

// MaxCloseReason bounds the reason of a Close frame, in bytes: a control frame has 125, and two of
// them are the code. [RFC 6455 5.5]
const MaxCloseReason = 123

// ValidCloseCode reports whether code may travel in a Close frame, in either direction: 1000 to
// 1003, 1007 to 1014 and 3000 to 4999. [RFC 6455 7.4, IANA registry]
//
//khp:impl WSP-CLOSE-03
func ValidCloseCode(code uint16) bool {
	return code >= 1000 && code <= 1003 || code >= 1007 && code <= 1014 || code >= 3000 && code <= 4999
}

// CloseReason makes s fit for a Close frame: invalid UTF-8 becomes U+FFFD, and a text longer than
// [MaxCloseReason] is cut between two characters.
func CloseReason(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) <= MaxCloseReason {
		return s
	}
	end := MaxCloseReason
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end]
}
