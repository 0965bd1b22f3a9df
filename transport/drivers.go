package transport

import (
	"cmp"
	"errors"
)

// What follows is for those who drive package endpoint on connections of their own, as package adapter does, and want to keep the errors and
// providers of this package; AnswerProbe is for them, too.

var errUnexplained = errors.New("the handshake failed")

// NewHandshakeError makes what an endpoint failed with, or what ended it from outside, the error that Dial would return. cause is the network or context
// error behind it and may be nil. Without either it says no more than that the handshake failed.
func NewHandshakeError(err, cause error) *HandshakeError {
	if err = cmp.Or(err, cause); err == nil {
		err = errUnexplained
	}
	e := newHandshakeError(err)
	e.Cause = cmp.Or(cause, e.Cause)
	if e.Attempt > 0 { // a client's
		e.noticePortal()
	}
	return e
}
