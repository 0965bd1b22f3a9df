package transport

import (
	"context"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
)

// failure explains why there is no connection.
func (d *dialer) failure() error {
	if d.Failure == nil {
		return d.abandoned()
	}
	e := newHandshakeError(d.Failure)
	switch {
	case d.GaveUp != "":
		e.Cause = d.Context.Err()
	case e.Failure == fsm.FailureAuthRequired:
		e.Cause = d.declined
	case e.Failure == fsm.FailureConnect, e.Failure == fsm.FailureTimeout, e.Failure == fsm.FailureConnectionLost, e.Failure == fsm.FailureMissingTerminator:
		e.Cause = d.Network
	}
	if proxy := proxyErrorOf(e.Cause); proxy != nil {
		e.RetryAfter = retryAfter(proxy.Header)
		if e.Failure == fsm.FailureTimeout {
			e.text += "; " + proxy.Error()
		}
	}
	e.noticePortal()
	return e
}

// abandoned is the error of an attempt that ctx ended.
func (d *dialer) abandoned() *HandshakeError {
	e := &HandshakeError{URL: d.client.URL().String(), Attempt: d.client.Attempt(), Path: d.path, Cause: d.Context.Err(), Leg: endpoint.LegExtended}
	switch d.GaveUp {
	case fsm.ClientIdle.String(), fsm.ClientConnecting.String(), fsm.ClientRedirecting.String():
		e.Leg = endpoint.LegConnect
	case fsm.ClientOpening.String(), fsm.ClientAwaitLogin.String():
		e.Leg = endpoint.LegOpening
	}
	why := e.Cause.Error()
	if cause := context.Cause(d.Context); cause != e.Cause {
		why += ": " + cause.Error()
	}
	e.text = "khp: given up: " + why + " [" + e.Leg.String() + ", " + e.URL + ", in phase " + d.GaveUp + "]"
	return e
}
