package target

import (
	"context"

	"example.com/khp/cmd/khp/internal/gateway/guard"
	"example.com/khp/endpoint"
	"example.com/khp/transport"
)

// statusTarget answers with one status code, filled in with the fields that the code requires.
// Codes that complete the handshake lead to an echo. 202 is never followed by a decision.
type statusTarget struct{ code int }

// statusLocation is where the redirects of a statusTarget lead.
const statusLocation = "/"

func (t statusTarget) decide(
	ctx context.Context, s *session, r *transport.Request,
) (transport.Decision, error) {
	if t.code == 202 && s.asked.Swap(true) {
		<-ctx.Done()
		return transport.Decision{}, ctx.Err()
	}
	return statusDecision(t.code, r), nil
}

// statusDecision is a valid decision with that status.
func statusDecision(code int, r *transport.Request) transport.Decision {
	d := transport.Decision{Status: code}
	switch code {
	case 300, 301, 302, 303, 307:
		d.Location = statusLocation
	case 401, 407:
		d.Challenges = []string{r.Challenge("Basic", guard.DefaultRealm)}
	case 405:
		d.Header = []endpoint.HeaderField{{Name: "Allow", Value: "GET"}}
	case 426:
		d.Upgrade = "TLS/1.2"
	}
	return d
}

func (statusTarget) serve(ctx context.Context, s *session, c *client) error {
	return echoTarget{}.serve(ctx, s, c)
}
