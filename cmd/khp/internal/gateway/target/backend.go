package target

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/gateway/listen"
	"example.com/khp/cmd/khp/internal/observe"
	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/transport"
)

// backendRetry is when a client may try again to reach a back end that is down.
const backendRetry = 5 * time.Second

// backendDown tells the client that it is not its fault, and the operator whose it is. It is the
// fault of no back end that a client has gone, or asks for more than fits into a request.
func backendDown(ctx context.Context, s *session, where string, err error) (transport.Decision, error) {
	if ctx.Err() != nil {
		return transport.Decision{}, ctx.Err()
	}
	var e *transport.HandshakeError
	failed := errors.As(err, &e)
	if failed && (e.Status == http.StatusRequestHeaderFieldsTooLarge || e.Status == http.StatusRequestURITooLong) {
		return tooMuch(ctx, s, where, err), nil
	}
	attrs := []any{"backend", observe.WithoutQueries(where), "error", backendError(err)}
	if t, ok := s.route.target.(wsTarget); ok && failed && !t.khp && (e.Status == http.StatusBadRequest || e.Status == http.StatusForbidden) {
		attrs = append(attrs, "hint", "a back end that takes nothing but KHP is written khp+"+observe.WithoutQueries(where))
	}
	s.log.WarnContext(ctx, "back end failed", attrs...)
	if failed && reached(e) {
		s.house.Metrics.BackendFailed(s.route.Path, "refused")
		text := "the back end did not open a WebSocket" + answered(e) + "\n"
		if e.Status == http.StatusServiceUnavailable {
			return laterAgain(text), nil
		}
		return transport.Decision{Status: 502, Body: []byte(text)}, nil
	}
	s.house.Metrics.BackendFailed(s.route.Path, "unreachable")
	return laterAgain("the back end cannot be reached\n"), nil
}

// laterAgain is the answer to a client that should come again.
func laterAgain(text string) transport.Decision {
	retry := endpoint.HeaderField{Name: "Retry-After", Value: strconv.Itoa(int(backendRetry.Seconds()))}
	return transport.Decision{Status: 503, Body: []byte(text), Header: []endpoint.HeaderField{retry}}
}

// tooMuch refuses a request whose subprotocols do not fit into one to the back end.
func tooMuch(ctx context.Context, s *session, where string, err error) transport.Decision {
	s.log.InfoContext(ctx, "the subprotocols are too much for the back end", "backend", observe.WithoutQueries(where), "error", backendError(err))
	return transport.Decision{Status: 400, Body: []byte("the list of subprotocols is too long\n")}
}

// answered says what a back end has answered, if that was HTTP.
func answered(e *transport.HandshakeError) string {
	if e.Status == 0 {
		return ", it speaks another protocol"
	}
	return ", it answered " + strings.TrimSpace(strconv.Itoa(e.Status)+" "+http.StatusText(e.Status))
}

// backendError is what went wrong with a connection to a back end, in one line and without secrets.
func backendError(err error) string {
	var e *transport.HandshakeError
	switch {
	case errors.As(err, &e):
		return cli.OneLine(observe.WithoutQueries(err.Error()))
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "its connection ended without a Close"
	}
	return cli.OneLine(observe.WithoutQueries(listen.SystemError(err)))
}

// reached reports whether a back end has answered, as opposed to being down, on its way there, or
// out of time.
func reached(e *transport.HandshakeError) bool {
	//exhaustive:ignore
	switch e.Failure {
	case 0, fsm.FailureConnect, fsm.FailureConnectionLost, fsm.FailureMissingTerminator, fsm.FailureTimeout:
		return false
	}
	return true
}

// backEnd is what people read about who is gone.
const backEnd = "back end"

// backendEnded notes a back end that went away without a word while a client used it; err is what
// reading from it says. What it does once the client has ended is no loss: many a broker resets a
// connection that it is done with.
func backendEnded(ctx context.Context, s *session, err error) {
	var closed *transport.CloseError
	if s.ended.Load() || errors.As(err, &closed) || errors.Is(err, net.ErrClosed) || errors.Is(err, os.ErrDeadlineExceeded) || ctx.Err() != nil {
		return
	}
	s.house.Metrics.BackendFailed(s.route.Path, "lost")
	s.log.WarnContext(ctx, "back end lost", "path", s.path, "error", backendError(err))
}
