package main

import (
	"context"
	"errors"
	"net"
	"os"
	"strconv"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/transport"
)

// backendRetry is when a client may try again to reach a back end that is down.
const backendRetry = 5 * time.Second

// backendDown tells the client that it is not its fault, and the operator whose it is.
func backendDown(ctx context.Context, s *session, where string, err error) transport.Decision {
	s.log.WarnContext(ctx, "back end failed", "backend", withoutQueries(where), "error", oneLine(withoutQueries(err.Error())))
	var e *transport.HandshakeError
	if errors.As(err, &e) && refused(e) {
		s.rules.gateway.metrics.backendFailed(s.route.path, "refused")
		return transport.Decision{Status: 502, Body: []byte("the back end refused the connection\n")}
	}
	s.rules.gateway.metrics.backendFailed(s.route.path, "unreachable")
	return transport.Decision{
		Status: 503, Body: []byte("the back end cannot be reached\n"),
		Header: []endpoint.HeaderField{{Name: "Retry-After", Value: strconv.Itoa(int(backendRetry.Seconds()))}},
	}
}

// refused reports whether a back end has said no, as opposed to being down, on its way there, or out of time.
func refused(e *transport.HandshakeError) bool {
	//exhaustive:ignore
	switch e.Failure {
	case fsm.FailureConnect, fsm.FailureConnectionLost, fsm.FailureMissingTerminator, fsm.FailureTimeout:
		return false
	}
	return e.Status != 0 && e.Status != 503
}

// backEnd is what people read about who is gone.
const backEnd = "back end"

// backendEnded notes a back end that went away without a word while a client used it; err is what reading from it says.
func backendEnded(ctx context.Context, s *session, err error) {
	var closed *transport.CloseError
	if errors.As(err, &closed) || errors.Is(err, net.ErrClosed) || errors.Is(err, os.ErrDeadlineExceeded) || ctx.Err() != nil {
		return
	}
	s.rules.gateway.metrics.backendFailed(s.route.path, "lost")
	s.log.WarnContext(ctx, "back end lost", "path", s.path, "error", oneLine(withoutQueries(err.Error())))
}
