package transport

import (
	"errors"
	"log/slog"
	"strings"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/transport/auth"
	"example.com/khp/wire/credentials"
)

// Messages and reasons of more than one line.
const (
	redirected = "redirected"
	saidNo     = "refused"
)

// report logs one line about the handshake, with the context of the connection.
func (a *acceptor) report(took time.Duration) {
	log := a.handler.log()
	if !log.Enabled(a.Context, slog.LevelInfo) {
		return
	}
	profile, status := a.server.OpeningRequest().Speaks(), a.server.State().Status()
	if a.IsOpen { // also without KHP, of which the machine knows no status
		status = a.server.Result().Status
	}
	attrs := []any{"remote", a.remote.String(), "path", a.server.OpeningRequest().Path(), "profile", profile, "status", status, "took", took.Round(time.Microsecond)}
	var failed *endpoint.HandshakeError
	switch {
	case a.IsOpen:
		log.InfoContext(a.Context, "open", append(attrs, "subprotocol", a.server.Result().Subprotocol)...)
	case a.GaveUp != "":
		log.InfoContext(a.Context, "handshake given up", append(attrs, "phase", a.GaveUp)...)
	case errors.As(a.Failure, &failed):
		message := a.outcome(failed)
		if message == redirected {
			attrs = append(attrs, "target", a.elsewhere)
		}
		attrs = append(attrs, "leg", failed.Leg.String())
		origin := a.refusedOrigin(failed)
		switch {
		case a.wrong != nil:
			attrs = append(attrs, a.wrong...)
		case origin != nil:
			attrs = append(attrs, "reason", "the origin is not allowed")
		default:
			attrs = append(attrs, "reason", failed.Failure.Error())
		}
		log.InfoContext(a.Context, message, append(append(attrs, origin...), difference(failed)...)...)
		log.DebugContext(a.Context, "what was wrong", "remote", a.remote.String(), "detail", failed.Detail) // may quote the client
	case a.elsewhere != "":
		log.InfoContext(a.Context, redirected, append(attrs, "target", a.elsewhere)...)
	default:
		log.InfoContext(a.Context, "handshake ended", attrs...)
	}
}

// mostQuoted bounds what a line of the log quotes from a client.
const mostQuoted = 100

// loginFailed notes credentials that the Authenticator has refused. They have a line of the log for
// themselves, so that attempts can be counted; the line about the handshake has the same user and
// reason.
func (a *acceptor) loginFailed(r *Request, v *auth.Verdict) {
	user, reason := v.User, v.Reason
	if reason == "" && r.Authorization != "" && v.RetryAfter <= 0 {
		reason = auth.WrongCredentials
	}
	if reason == "" {
		return
	}
	if user == "" {
		user = userOf(r)
	}
	a.wrong = []any{"reason", reason}
	if user != "" {
		a.wrong = append(a.wrong, "user", user[:min(len(user), mostQuoted)])
	}
	a.handler.log().InfoContext(a.Context, "login failed", append([]any{"remote", a.remote.String(), "path", r.Path()}, a.wrong...)...)
}

// userOf returns the name that the credentials of a request give, "" if they give none.
func userOf(r *Request) string {
	if scheme, rest := r.Credentials(); strings.EqualFold(scheme, "Basic") {
		user, _, _ := credentials.DecodeBasic([]byte(rest))
		return user
	}
	return ""
}

// refusedOrigin quotes the Origin of a refused page, if that is what was refused, because it is
// what has to be allowed.
func (a *acceptor) refusedOrigin(e *endpoint.HandshakeError) []any {
	o := a.server.OpeningRequest()
	if e.Leg != endpoint.LegOpening || e.Status != 403 || o.Origin == "" || a.handler.allows(o.Origin, o.Host) {
		return nil
	}
	return []any{"origin", o.Origin[:min(len(o.Origin), mostQuoted)]}
}

// difference tells which two values should be the same and are not, usually because of a proxy in
// front.
func difference(e *endpoint.HandshakeError) []any {
	if d := e.Difference; d != nil {
		return []any{"differs", d.What, "opening", d.Opening, "extended", d.Extended}
	}
	return nil
}

// outcome names a handshake that did not open: the application sent the client elsewhere or refused
// it, or something went wrong.
func (a *acceptor) outcome(e *endpoint.HandshakeError) string {
	switch {
	case a.wrong != nil: // whether it was told so for the last time, or gave up
		return saidNo
	case e.Leg == endpoint.LegOpening && e.Status == 403: // by its Origin, or because it cannot be asked for credentials
		return saidNo
	case a.server.State().Status() == 401 && (e.Failure == fsm.FailurePeerClosed || e.Failure == fsm.FailureConnectionLost): // challenged, and gone
		return saidNo
	case e.Failure != fsm.FailureStatus:
		return "handshake failed"
	case e.Status >= 300 && e.Status < 400 && a.elsewhere != "":
		return redirected
	}
	return saidNo
}
