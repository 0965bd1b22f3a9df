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
	"example.com/khp/cmd/khp/internal/listen"
	"example.com/khp/cmd/khp/internal/observe"
	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/transport"
)

// backendRetry is when a client may try again to reach a back end that is down.
const backendRetry = 5 * time.Second

// errNotSent is why a request cannot be passed on: nothing has been sent, and no back end is to
// blame.
type errNotSent struct {
	err    error
	status int    // for the client
	text   string // the same
}

// Error implements error.
func (e *errNotSent) Error() string { return e.err.Error() }

// tooMuch is a request that does not fit into one to a back end.
func tooMuch(err error) error {
	return &errNotSent{err, 400,
		"the request is too long to be passed on, its subprotocols, path and fields together"}
}

// failure is why a back end has not opened a connection.
type failure struct {
	err    error
	reason string // as in metrics: unreachable or refused; "" if the back end is not to blame
	status int    // for the client
	text   string // the same
	hint   string // for the operator, "" for none
}

// answers reports whether a back end has answered, in any way, or was not asked at all.
func answers(err error) bool {
	var e *transport.HandshakeError
	return errors.As(err, new(*errNotSent)) || errors.As(err, &e) && hasAnswered(e)
}

// failureOf finds out what an error of backend.connect means.
func (s *session) failureOf(b backend, err error) *failure {
	if unsent, ok := errors.AsType[*errNotSent](err); ok {
		return &failure{err: err, status: unsent.status, text: unsent.text}
	}
	var e *transport.HandshakeError
	if !errors.As(err, &e) || !hasAnswered(e) {
		return &failure{err: err, reason: "unreachable", status: 503,
			text: "the back end cannot be reached"}
	}
	f := &failure{err: err, reason: "refused", status: 502,
		text: "the back end did not open a WebSocket" + answered(e)}
	switch e.Status {
	case http.StatusRequestHeaderFieldsTooLarge, http.StatusRequestURITooLong:
		return s.failureOf(b, tooMuch(err))
	case http.StatusServiceUnavailable:
		f.status = 503
	case http.StatusBadRequest, http.StatusForbidden:
		if t, ok := b.(*wsBackend); ok && !t.khp {
			f.hint = "a back end that takes nothing but KHP is written khp+" + b.where()
		}
	}
	return f
}

// elsewhere reports whether another back end may do better: this one is down, or says that it has a
// fault or is full.
func (f *failure) elsewhere() bool {
	var e *transport.HandshakeError
	return f.reason == "unreachable" || errors.As(f.err, &e) && e.Status >= 500
}

// decision is the answer to the client, which is not at fault.
func (f *failure) decision() transport.Decision {
	if f.status == 503 {
		return laterAgain(f.text + "\n")
	}
	return transport.Decision{Status: f.status, Body: []byte(f.text + "\n")}
}

// report names the cause in the operator's log.
func (s *session) report(ctx context.Context, b backend, f *failure) {
	if f.reason == "" {
		s.log.InfoContext(ctx, "the request cannot be passed on", "backend", b.where(), "error",
			backendError(f.err))
		return
	}
	attrs := []any{"backend", b.where(), "error", backendError(f.err)}
	if f.hint != "" {
		attrs = append(attrs, "hint", f.hint)
	}
	s.log.WarnContext(ctx, "back end failed", attrs...)
	s.house.Metrics.BackendFailed(s.route.Path, f.reason)
}

// noneReached is the answer while none of n servers can be reached; what names their kind. reason
// is for the metrics.
func (s *session) noneReached(ctx context.Context, reason, what string, n int) transport.Decision {
	s.house.Metrics.BackendFailed(s.route.Path, reason)
	s.log.WarnContext(ctx, "no server can be reached", "path", s.path, what, n)
	return laterAgain("none of the servers behind this address can be reached\n")
}

// laterAgain is the answer to a client that should come again.
func laterAgain(text string) transport.Decision {
	retry := endpoint.HeaderField{Name: "Retry-After",
		Value: strconv.Itoa(int(backendRetry.Seconds()))}
	return transport.Decision{Status: 503, Body: []byte(text), Header: []endpoint.HeaderField{retry}}
}

// answered describes the answer of a back end, if that was HTTP.
func answered(e *transport.HandshakeError) string {
	if e.Status == 0 {
		return ", it speaks another protocol"
	}
	return ", it answered " + strings.TrimSpace(strconv.Itoa(e.Status)+" "+http.StatusText(e.Status))
}

// backendError describes the failure of a connection to a back end, in one line and without
// secrets.
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

// hasAnswered reports whether a back end has answered, as opposed to being down, on its way there,
// or out of time.
func hasAnswered(e *transport.HandshakeError) bool {
	//exhaustive:ignore
	switch e.Failure {
	case 0, fsm.FailureConnect, fsm.FailureConnectionLost, fsm.FailureMissingTerminator,
		fsm.FailureTimeout:
		return false
	}
	return true
}

// backEnd is the word of errors for the peer that is gone.
const backEnd = "back end"

// backendEnded notes a back end that went away without a Close while a client used it; err is the
// error of reading from it. An end after that of the client is no loss: many brokers reset a
// connection once they are done with it.
func backendEnded(ctx context.Context, s *session, err error) {
	var closed *transport.CloseError
	if s.ended.Load() || errors.As(err, &closed) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, os.ErrDeadlineExceeded) || ctx.Err() != nil {
		return
	}
	s.house.Metrics.BackendFailed(s.route.Path, "lost")
	s.log.WarnContext(ctx, "back end lost", "path", s.path, "error", backendError(err))
}
