package wire

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"example.com/khp/internal/scan"
)

// maxCloseReason bounds the reason of a Close frame, in bytes: a control frame has 125, and two of
// them are the code. [RFC 6455 5.5]
const maxCloseReason = 123

// ValidCloseCode reports whether code may travel in a Close frame, in either direction: 1000 to
// 1003, 1007 to 1014 and 3000 to 4999. [RFC 6455 7.4, IANA registry]
//
//khp:impl WSP-CLOSE-03
func ValidCloseCode(code uint16) bool {
	return code >= 1000 && code <= 1003 || code >= 1007 && code <= 1014 || code >= 3000 && code <= 4999
}

// CloseReason makes s fit for a Close frame: invalid UTF-8 becomes U+FFFD, and a text longer than
// 123 bytes is cut between two characters.
func CloseReason(s string) string {
	return scan.Cut(strings.ToValidUTF8(s, "\uFFFD"), maxCloseReason)
}

// ScriptCloseCode reports whether a script in a browser may send code in a Close frame: 1000 and
// 3000 to 4999. A browser refuses other codes; a host in one sends an empty Close frame in their
// place. [W3C WebSocket API]
func ScriptCloseCode(code uint16) bool {
	return code == 1000 || code >= 3000 && code <= 4999
}

// AppendClose writes the body of a Close frame: nothing for code 0, otherwise code and reason,
// which is made fit by [CloseReason]. The code is not checked: see [ValidCloseCode]. [RFC 6455
// 5.5.1]
func AppendClose(dst []byte, code uint16, reason string) []byte {
	if code == 0 {
		return dst
	}
	return append(append(dst, byte(code>>8), byte(code)), CloseReason(reason)...)
}

// ParseClose reads the body of a Close frame: code 0 if it is empty. Errors have KindClose for a
// body of one byte, or with a code that must not be sent, and KindUTF8 for the reason; code and
// reason are then 0 and "". [RFC 6455 5.5.1]
func ParseClose(p []byte) (code uint16, reason string, err error) {
	switch len(p) {
	case 0:
		return 0, "", nil
	case 1:
		return 0, "", &ParseError{Kind: KindClose, Detail: "one byte"}
	}
	code, reason = uint16(p[0])<<8|uint16(p[1]), string(p[2:])
	switch {
	case !ValidCloseCode(code):
		return 0, "", &ParseError{Kind: KindClose, Detail: "code " + strconv.Itoa(int(code)) +
			" must not be sent"}
	case !utf8.ValidString(reason):
		return 0, "", &ParseError{Kind: KindUTF8, Offset: 2, Detail: "the reason"}
	}
	return code, reason, nil
}
