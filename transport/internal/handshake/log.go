package handshake

import (
	"errors"
	"log/slog"
	"strings"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/internal/scan"
	"example.com/khp/transport/auth"
	"example.com/khp/wire/credentials"
)

// Messages and reasons of more than one line.
const (
	redirected = "redirected"
	saidNo     = "refused"
)

// report logs one line about the handshake, with the context of the connection.
func (s *Server) report(took time.Duration) {
	log := s.c.Log
	if !log.Enabled(s.Context, slog.LevelInfo) {
		return
	}
	o := s.server.OpeningRequest()
	remote, path, profile := s.c.Conn.RemoteAddr().String(), o.Path(), o.Speaks()
	took = took.Round(time.Microsecond)
	if s.IsOpen { // the most frequent line
		result := s.server.Result() // also without KHP, of which the machine knows no status
		log.LogAttrs(s.Context, slog.LevelInfo, "open", slog.String("remote", remote),
			slog.String("path", path), slog.String("profile", profile),
			slog.Int("status", result.Status), slog.Duration("took", took),
			slog.String("subprotocol", result.Subprotocol))
		return
	}
	attrs := []any{"remote", remote, "path", path, "profile", profile, "status",
		s.server.State().Status(), "took", took}
	var failed *endpoint.HandshakeError
	switch {
	case s.GaveUp != "":
		log.InfoContext(s.Context, "handshake given up", append(attrs, "phase", s.GaveUp)...)
	case errors.As(s.Failure, &failed):
		message := s.outcome(failed)
		if message == redirected {
			attrs = append(attrs, "target", s.elsewhere)
		}
		attrs = append(attrs, "leg", failed.Leg.String())
		origin := s.refusedOrigin(failed)
		switch {
		case s.wrong != nil:
			attrs = append(attrs, s.wrong...)
		case origin != nil:
			attrs = append(attrs, "reason", "the origin is not allowed")
		default:
			attrs = append(attrs, "reason", failed.Failure.Error())
		}
		log.InfoContext(s.Context, message, append(append(attrs, origin...), difference(failed)...)...)
		// May quote the client.
		log.DebugContext(s.Context, "what was wrong", "remote", s.c.Conn.RemoteAddr().String(), "detail",
			failed.Detail)
	default: // accepted first, as the kaazing profile has it
		log.InfoContext(s.Context, redirected, append(attrs, "target", s.elsewhere)...)
	}
}

// MostQuoted bounds the text of a client in a line of the log, in bytes. No character is cut.
const MostQuoted = 100

// failed reports a failure of the application.
func (s *Server) failed(err error) {
	s.c.Log.ErrorContext(s.Context, "deciding failed", "remote", s.c.Conn.RemoteAddr().String(),
		"path", s.server.Request().Path(), "error", err.Error())
}

// loginFailed notes credentials that the Authenticator has refused. They have a line of the log for
// themselves, so that attempts can be counted; the line about the handshake has the same user and
// reason.
func (s *Server) loginFailed(r *endpoint.Request, v *auth.Verdict) {
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
	s.wrong = []any{"reason", reason}
	if user != "" {
		s.wrong = append(s.wrong, "user", scan.Cut(user, MostQuoted))
	}
	s.c.Log.InfoContext(s.Context, "login failed",
		append([]any{"remote", s.c.Conn.RemoteAddr().String(), "path", r.Path()}, s.wrong...)...)
}

// userOf returns the name that the credentials of a request give, "" if they give none.
func userOf(r *endpoint.Request) string {
	if scheme, rest := r.Credentials(); strings.EqualFold(scheme, "Basic") {
		user, _, _ := credentials.DecodeBasic([]byte(rest))
		return user
	}
	return ""
}

// refusedOrigin quotes the Origin of a page that was refused because of it, so that an operator can
// allow it.
func (s *Server) refusedOrigin(e *endpoint.HandshakeError) []any {
	o := s.server.OpeningRequest()
	if e.Leg != endpoint.LegOpening || e.Status != 403 || o.Origin == "" ||
		s.c.Application.Allows(o.Origin, o.Host) {
		return nil
	}
	return []any{"origin", scan.Cut(o.Origin, MostQuoted)}
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
func (s *Server) outcome(e *endpoint.HandshakeError) string {
	switch {
	case s.wrong != nil: // whether it was told so for the last time, or gave up
		return saidNo
	// By the application, by its Origin, because it cannot be asked for credentials, or because it
	// was asked often enough.
	case e.Status == 403:
		return saidNo
	// Challenged, and gone.
	case s.server.State().Status() == 401 && (e.Failure == fsm.FailurePeerClosed ||
		e.Failure == fsm.FailureConnectionLost):
		return saidNo
	case e.Failure != fsm.FailureStatus:
		return "handshake failed"
	case e.Status >= 300 && e.Status < 400 && s.elsewhere != "":
		return redirected
	}
	return saidNo
}
