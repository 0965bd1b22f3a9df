package metrics

import (
	"errors"
	"net/http"
	"strings"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
)

// forbidden reports whether the opening request was refused with 403: by its Origin, or because it
// could not be asked for credentials. Nothing has failed then.
func forbidden(err error) bool {
	var e *endpoint.HandshakeError
	return errors.As(err, &e) && e.Leg == endpoint.LegOpening && e.Status == http.StatusForbidden
}

// rejection says why a handshake that ended like that was not let open, "" if it was, or if it was
// the client that gave up.
func (p *pendingHandshake) rejection(outcome string, err error) (reason string) {
	var e *endpoint.HandshakeError
	known := errors.As(err, &e)
	switch outcome {
	case outcomeRefused:
		switch {
		case known && e.Leg == endpoint.LegOpening && strings.HasPrefix(e.Detail, "Origin "):
			return "origin"
		case p.asked, forbidden(err) && p.profile == "plain":
			return "credentials"
		case p.status == "404":
			return "route"
		case p.status == "502", p.status == "503", p.status == "504":
			return "unavailable"
		}
		return "status"
	case outcomeFailed:
		switch {
		case !known, e.Failure == fsm.FailurePeerClosed, e.Failure == fsm.FailureConnectionLost:
			return ""
		case strings.Contains(e.Failure.String(), "Timeout"):
			return "timeout"
		}
		return "protocol"
	}
	return ""
}
