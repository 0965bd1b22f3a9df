package frames

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"

	"example.com/khp/fsm"
)

// Error is a fault in the peer's bytes, or in the result of an extension, with the close code to
// answer it with.
type Error struct {
	Code uint16
	Msg  string // never contains data of the peer
}

func (e *Error) Error() string {
	return "transport: bad frame: " + e.Msg + ": close code " + CodeString(e.Code)
}

// Failure returns the failure that a violation is which ends a connection with a close code.
func Failure(code uint16) fsm.Failure {
	switch code {
	case codeTooBig:
		return fsm.FailureLimit
	case codeInvalidPayload:
		return fsm.FailureUTF8
	case codePolicy:
		return fsm.FailureUnexpectedMessage
	}
	return fsm.FailureFrame
}

var (
	// ErrCloseSent refuses frames that RFC 6455 forbids after our own Close frame.
	ErrCloseSent = fmt.Errorf("transport: a Close frame was already sent: %w", net.ErrClosed)
	// ErrCloseReceived answers reads beyond the peer's Close frame.
	ErrCloseReceived = fmt.Errorf("transport: the peer's Close frame was already read: %w",
		net.ErrClosed)
)

// lost turns a socket error of a read into one that says that the peer never sent a Close frame;
// it then matches [io.ErrUnexpectedEOF]. Expired deadlines and local closes are no loss and pass.
func lost(err error) error {
	switch {
	case err == nil, errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, net.ErrClosed),
		errors.Is(err, io.ErrClosedPipe):
		return err
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errEnded
	}
	return &lostError{err}
}

// errEnded is the end of the stream without a Close frame.
var errEnded error = &lostError{}

// lostError is the end of a connection. Its text is made on demand: most connections end, and
// the reasons of few are read.
type lostError struct{ cause error }

func (e *lostError) Error() string {
	text := "transport: connection lost without a Close frame: " + io.ErrUnexpectedEOF.Error()
	if e.cause != nil {
		text += ": " + e.cause.Error()
	}
	return text
}

func (e *lostError) Is(target error) bool {
	return target == io.ErrUnexpectedEOF || target == fsm.FailureConnectionLost
}

// As finds the failure of a handshake for the same reason.
func (e *lostError) As(target any) bool {
	to, ok := target.(*fsm.Failure)
	if ok {
		*to = fsm.FailureConnectionLost
	}
	return ok
}

func (e *lostError) Unwrap() error { return e.cause }
