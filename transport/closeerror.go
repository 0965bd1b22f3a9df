package transport

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
)

// CloseError reports that the peer sent a Close frame. [Conn.Read] returns it, as a pointer.
type CloseError struct {
	Code   uint16 // the peer's close code; CloseNoStatus if its Close frame had no body
	Reason string // the peer's words, at most 123 bytes of valid UTF-8; treat as untrusted
}

// Error says who closed, with which code, and quotes the reason.
func (e *CloseError) Error() string {
	s := "transport: peer closed the connection: " + closeCodeString(e.Code)
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
	return "transport: failed the connection: " + e.Msg + ": closed with " + closeCodeString(e.Code)
}

// frameError is a fault in what the peer sent, with the close code to answer it with.
type frameError struct {
	code uint16
	msg  string
}

func (e *frameError) Error() string {
	return "transport: bad frame: " + e.msg + ": close code " + closeCodeString(e.code)
}

var (
	// errClosed is what a connection closed on this side answers.
	errClosed = fmt.Errorf("transport: %w", net.ErrClosed)
	// errCloseSent refuses frames that RFC 6455 forbids after our own Close frame.
	errCloseSent = fmt.Errorf("transport: a Close frame was already sent: %w", net.ErrClosed)
	// errCloseReceived answers reads beyond the peer's Close frame.
	errCloseReceived = fmt.Errorf("transport: the peer's Close frame was already read: %w", net.ErrClosed)
)

// lost turns a socket error of a read into one that says that the peer never sent a Close frame;
// it then matches [io.ErrUnexpectedEOF]. Expired deadlines and local closes are no loss and pass, and so does what a keepAlive says.
func lost(err error) error {
	switch err.(type) {
	case *InactivityError, *frameError:
		return err
	}
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, net.ErrClosed), errors.Is(err, io.ErrClosedPipe):
		return err
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errEnded
	}
	return &lostError{err}
}

// errEnded is the end of the stream without a Close frame.
var errEnded error = &lostError{}

// lostError is the end of a connection. Its text is made when somebody asks: most connections end, and few are asked why.
type lostError struct{ cause error }

func (e *lostError) Error() string {
	text := "transport: connection lost without a Close frame: " + io.ErrUnexpectedEOF.Error()
	if e.cause != nil {
		text += ": " + e.cause.Error()
	}
	return text
}

func (e *lostError) Is(target error) bool { return target == io.ErrUnexpectedEOF }

func (e *lostError) Unwrap() error { return e.cause }
