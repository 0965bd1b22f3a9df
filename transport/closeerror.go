package transport

import (
	"errors"
	"fmt"
	"net"
	"strconv"

	"example.com/khp/transport/internal/frames"
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

// CloseCode returns the code of the [CloseError] in err's tree, or 0 if the peer sent no Close frame.
func CloseCode(err error) uint16 {
	var e *CloseError
	if errors.As(err, &e) {
		return e.Code
	}
	return 0
}

// ProtocolError reports that the connection was failed from this side: the peer broke a rule of RFC 6455, or an extension that was agreed on gave it up. The peer
// was told with a Close frame where that was possible, and the TCP connection is closed. [RFC 6455 7.1.7]
type ProtocolError struct {
	Code uint16 // the close code sent: CloseProtocolError, CloseInvalidPayload, CloseTooBig, or what an extension says
	Msg  string // what was wrong; never contains data of the peer
}

// Error says why, and which code the peer was told.
func (e *ProtocolError) Error() string {
	return "transport: failed the connection: " + e.Msg + ": closed with " + frames.CodeString(e.Code)
}

// errClosed is what a connection closed on this side answers.
var errClosed = fmt.Errorf("transport: %w", net.ErrClosed)
