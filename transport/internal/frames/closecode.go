package frames

import "strconv"

// Close codes of RFC 6455 section 7.4.1 with a meaning for frames.
const (
	codeProtocolError  uint16 = 1002
	codeNoStatus       uint16 = 1005 // never travels
	codeInvalidPayload uint16 = 1007
	codePolicy         uint16 = 1008
	codeTooBig         uint16 = 1009
)

// CodeText returns the name of a close code in English, such as "normal closure" for 1000.
// A code of 3000 to 3999 is "registered", one of 4000 to 4999 "private use", any other "unknown".
func CodeText(code uint16) string {
	switch code {
	case 1000:
		return "normal closure"
	case 1001:
		return "going away"
	case 1002:
		return "protocol error"
	case 1003:
		return "unsupported data"
	case 1005:
		return "no code given"
	case 1006:
		return "abnormal closure"
	case 1007:
		return "invalid payload data"
	case 1008:
		return "policy violation"
	case 1009:
		return "message too big"
	case 1010:
		return "mandatory extension missing"
	case 1011:
		return "internal error"
	case 1012:
		return "service restart"
	case 1013:
		return "try again later"
	case 1014:
		return "bad gateway"
	case 1015:
		return "TLS handshake failure"
	}
	switch {
	case code >= 3000 && code <= 3999:
		return "registered"
	case code >= 4000 && code <= 4999:
		return "private use"
	default:
		return "unknown"
	}
}

// CodeString writes a code with its name, as error texts show it: "1000 (normal closure)".
func CodeString(code uint16) string {
	return strconv.Itoa(int(code)) + " (" + CodeText(code) + ")"
}
