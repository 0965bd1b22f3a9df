package transport

import (
	"errors"
	"io"
	"strconv"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/transport/internal/frames"
	"example.com/khp/transport/internal/sock"
)

// CloseError reports that the peer sent a Close frame. [Conn.Read] returns it, as a pointer.
type CloseError struct {
	Code   uint16 // the peer's close code; CloseNoStatus if its Close frame had no body
	Reason string // the peer's words, at most 123 bytes of valid UTF-8; treat as untrusted
}

// Error says who closed, with which code, and quotes the reason.
func (e *CloseError) Error() string {
	s := "transport: peer closed the connection: " + frames.CodeString(e.Code)
	if e.Reason != "" {
		s += ": " + strconv.Quote(e.Reason)
	}
	return s
}

// CloseCode returns the code of the [CloseError] in err's tree, or 0 if the peer sent no Close
// frame.
func CloseCode(err error) uint16 {
	var e *CloseError
	if errors.As(err, &e) {
		return e.Code
	}
	return 0
}

// ProtocolError reports that the connection was failed from this side: the peer broke a rule of RFC
// 6455, or an extension that was agreed on gave it up. The peer was told with a Close frame where
// that was possible, and the TCP connection is closed. [RFC 6455 7.1.7]
type ProtocolError struct {
	Code uint16 // the close code sent: CloseProtocolError, CloseInvalidPayload, CloseTooBig, or what an extension says
	Msg  string // what was wrong; never contains data of the peer
}

// Error says why, and which code the peer was told.
func (e *ProtocolError) Error() string {
	return "transport: failed the connection: " + e.Msg + ": closed with " + frames.CodeString(e.Code)
}

// errClosed is what a connection closed on this side answers.
var errClosed = sock.ErrClosed

// Is makes errors.Is(err, fsm.FailurePeerClosed) work.
func (e *CloseError) Is(target error) bool { return target == fsm.FailurePeerClosed }

// As makes errors.As(err, &failure) work, with a failure of type [fsm.Failure].
func (e *CloseError) As(target any) bool { return asFailure(fsm.FailurePeerClosed, target) }

// failure is the failure of a handshake for the same reason.
func (e *ProtocolError) failure() fsm.Failure { return frames.Failure(e.Code) }

// Is makes errors.Is(err, fsm.FailureFrame) and the like work.
func (e *ProtocolError) Is(target error) bool { return target == e.failure() }

// As makes errors.As(err, &failure) work, with a failure of type [fsm.Failure].
func (e *ProtocolError) As(target any) bool { return asFailure(e.failure(), target) }

// Is makes errors.Is(err, fsm.FailureTimeout) work.
func (e *InactivityError) Is(target error) bool { return target == fsm.FailureTimeout }

// As makes errors.As(err, &failure) work, with a failure of type [fsm.Failure].
func (e *InactivityError) As(target any) bool { return asFailure(fsm.FailureTimeout, target) }

// endedError is what calls return after the connection has ended for the reason cause.
type endedError struct{ cause error }

func (e *endedError) Error() string { return errClosed.Error() + ": " + e.cause.Error() }

func (e *endedError) Unwrap() []error { return []error{errClosed, e.cause} }

// Close codes of RFC 6455 section 7.4.1 and the IANA registry, for [Conn.Close] and [CloseError];
// [wire.ValidCloseCode] tells which others there are. CloseNoStatus and CloseAbnormal only ever
// describe what happened on this side: they never travel in a Close frame.
const (
	CloseNormal          uint16 = 1000
	CloseGoingAway       uint16 = 1001
	CloseProtocolError   uint16 = 1002
	CloseUnsupportedData uint16 = 1003
	CloseNoStatus        uint16 = 1005
	CloseAbnormal        uint16 = 1006
	CloseInvalidPayload  uint16 = 1007
	ClosePolicyViolation uint16 = 1008
	CloseTooBig          uint16 = 1009
	CloseInternalError   uint16 = 1011
	CloseServiceRestart  uint16 = 1012
	CloseTryAgainLater   uint16 = 1013
)

// CloseCodeText returns the name of a close code in English, such as "normal closure" for 1000.
// A code of 3000 to 3999 is "registered", one of 4000 to 4999 "private use", any other "unknown".
func CloseCodeText(code uint16) string { return frames.CodeText(code) }

// InactivityError ends a connection on which nothing arrived for a whole KeepAlive, although a Ping
// asked for a sign of life halfway. [Conn.Read] returns it, as a pointer. It matches
// [io.ErrUnexpectedEOF], like the end of any connection without a Close frame of the peer.
type InactivityError struct {
	Silence time.Duration // how long nothing arrived: the KeepAlive of the connection
}

// Error says for how long nothing arrived.
func (e *InactivityError) Error() string { return "transport: " + e.reason() }

func (e *InactivityError) reason() string {
	return "nothing was received for " + e.Silence.String() + ", and no answer to a Ping"
}

// Unwrap returns [io.ErrUnexpectedEOF].
func (e *InactivityError) Unwrap() error { return io.ErrUnexpectedEOF }
