package transport

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"syscall"

	"example.com/khp/fsm"
)

// Temporary reports whether the same call may succeed later without any change: because the server or the proxy said so, with 408, 429, 502, 503 or 504, with
// Retry-After, or with a Close of 1001, 1012 or 1013; because something took too long; or because of what happens while a server is restarted: its address
// cannot be reached, or it refuses, resets or drops the connection before the handshake is complete. What is gone (410) is gone, whatever else the response
// says; and an unknown host name, a refused certificate or an invalid address do not pass by themselves. [AMB-47, AMB-48]
//
//khp:impl RFC2068-410-02
func (e *HandshakeError) Temporary() bool {
	//exhaustive:ignore
	switch e.Failure {
	case fsm.FailureTimeout, fsm.FailureAcceptedOnly, fsm.FailureConnectionLost:
		return true
	case fsm.FailureStatus:
		return busy(e.Status) || e.RetryAfter > 0 && e.Status != 410
	case fsm.FailurePeerClosed, fsm.FailureMissingTerminator:
		return e.Close == CloseGoingAway || e.Close == closeServiceRestart || e.Close == closeTryAgainLater
	case fsm.FailureConnect:
		return mayPass(e.Cause)
	case 0:
		return errors.Is(e.Cause, context.DeadlineExceeded)
	}
	return false
}

// Close codes with which a server says that it will be back. [IANA WebSocket Close Code Number Registry]
const (
	closeServiceRestart uint16 = 1012
	closeTryAgainLater  uint16 = 1013
)

// busy reports whether a status says that only the moment is wrong.
func busy(status int) bool {
	switch status {
	case 408, 429, 502, 503, 504:
		return true
	}
	return false
}

// mayPass reports whether the reason why there is no connection may be gone the next time. The system's errors for that are many; those that stay are few.
func mayPass(err error) bool {
	if proxy := proxyErrorOf(err); proxy != nil && proxy.Status != 0 {
		return busy(proxy.Status)
	}
	var name *net.DNSError
	if errors.As(err, &name) {
		return name.Temporary()
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ECONNRESET) {
		return true
	}
	var op *net.OpError
	var address *net.AddrError
	var network net.UnknownNetworkError
	if !errors.As(err, &op) || errors.As(err, &address) || errors.As(err, &network) || errors.Is(err, fs.ErrPermission) {
		return false
	}
	return op.Op == "dial" || op.Op == "read" || op.Op == "write" // and not an alert of TLS, which is an OpError too
}
