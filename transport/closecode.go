package transport

import (
	"example.com/khp/transport/internal/frames"
	"example.com/khp/wire"
)

// Close codes of RFC 6455 section 7.4.1 and the IANA registry, for [Conn.Close] and [CloseError].
// CloseNoStatus, CloseAbnormal and CloseTLSHandshake only ever describe what happened on this side:
// they never travel in a Close frame.
const (
	CloseNormal             uint16 = 1000
	CloseGoingAway          uint16 = 1001
	CloseProtocolError      uint16 = 1002
	CloseUnsupportedData    uint16 = 1003
	CloseNoStatus           uint16 = 1005
	CloseAbnormal           uint16 = 1006
	CloseInvalidPayload     uint16 = 1007
	ClosePolicyViolation    uint16 = 1008
	CloseTooBig             uint16 = 1009
	CloseMandatoryExtension uint16 = 1010
	CloseInternalError      uint16 = 1011
	CloseServiceRestart     uint16 = 1012
	CloseTryAgainLater      uint16 = 1013
	CloseBadGateway         uint16 = 1014
	CloseTLSHandshake       uint16 = 1015
)

// ValidCloseCode reports whether code may travel in a Close frame, as [wire.ValidCloseCode] does.
func ValidCloseCode(code uint16) bool { return wire.ValidCloseCode(code) }

// CloseCodeText returns the name of a close code in English, such as "normal closure" for 1000.
// A code of 3000 to 3999 is "registered", one of 4000 to 4999 "private use", any other "unknown".
func CloseCodeText(code uint16) string { return frames.CodeText(code) }
