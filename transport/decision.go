package transport

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"slices"

	"example.com/khp/endpoint"
	"example.com/khp/internal/origins"
	"example.com/khp/transport/auth"
	"example.com/khp/transport/internal/handshake"
	"example.com/khp/transport/internal/hops"
)

// Request is what a server decides on: the extended request and what it inherits from the opening
// one.
type Request = endpoint.Request

// OpeningRequest is what the extended request inherits from the opening one.
type OpeningRequest = endpoint.OpeningRequest

// Decision is the answer to a Request. The zero value accepts. [Request].Ask, [Redirect], [Refuse]
// and [auth.Verdict.Decision] make the others; one whose fields contradict its status is answered
// with 500 and logged.
type Decision = endpoint.Decision

// Redirect sends the client to location: a ws or wss URL, or a reference relative to the URL of the
// request.
func Redirect(location string) Decision { return endpoint.Redirect(location) }

// Refuse refuses the request with a status code, 400 to 599 as a rule. why is shown to the client;
// "" sends what the code means. A code that does not refuse gives a decision that is not accepted
// either, but answered with 500 and logged.
func Refuse(status int, why string) Decision { return endpoint.Refuse(status, why) }

// Outside is how clients see a server that is behind a reverse proxy.
type Outside = endpoint.Outside

// HeaderField is a field of a Request or Decision.
type HeaderField = endpoint.HeaderField

// Source tells where a request comes from, as far as that is certain: what a client says about
// itself does not count.
type Source struct {
	// Hops are the addresses that the request has come by: the client's first, then those of the
	// proxies that [Server].TrustedProxies lists, the one that is connected to this server last. A
	// port that is not known is 0. There are none if the client is connected by a Unix socket.
	Hops []netip.AddrPort
	// Proxied reports whether a trusted proxy has sent the request, so that fields that such
	// proxies write, as X-Forwarded-Proto, are its word.
	Proxied bool
	Secure  bool     // TLS ends at this server
	Local   net.Addr // the address of this server that the connection was made to
}

type sourceKey struct{}

// SourceOf returns where the request comes from that ctx, as an Authenticator or [Handler].Decide
// has it, is about; the zero Source for another ctx.
func SourceOf(ctx context.Context) Source {
	if ctx == nil {
		return Source{}
	}
	nc, ok := ctx.Value(sourceKey{}).(net.Conn)
	if !ok {
		return Source{}
	}
	s := hops.SourceOf(nc)
	return Source{Hops: s.Way, Proxied: s.Spoken, Secure: s.Secure, Local: nc.LocalAddr()}
}

// application is a Handler as its handshakes see it.
type application Handler

var _ handshake.Application = (*application)(nil)

// AtOnce implements [handshake.Application].
func (h *application) AtOnce() bool { return h.Prompt }

// Judge implements [handshake.Application]: it asks the Authenticator, unless the client of this
// request was let in already, and then the application.
func (h *application) Judge(ctx context.Context, nc net.Conn, r *Request, letIn bool) (d Decision, refused *auth.Verdict, err error) {
	ctx = context.WithValue(ctx, sourceKey{}, nc)
	if h.Authenticator != nil && !letIn {
		ctx = auth.WithClientNetwork(ctx, nc.RemoteAddr())
	}
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	if h.Authenticator != nil && !letIn {
		v, err := h.Authenticator.Authenticate(ctx, r)
		if err != nil {
			return Decision{}, nil, fmt.Errorf("authenticating: %w", err)
		}
		if !v.LetsIn() {
			return v.Decision(), &v, nil
		}
		r.Principal = v.Principal
	}
	if h.Decide == nil {
		return h.accept(r), nil, nil
	}
	d, err = h.Decide(ctx, r)
	return d, nil, err
}

// Accept implements [handshake.Application].
func (h *application) Accept(r *Request) (d Decision, ok bool) {
	if h.Decide == nil && h.Authenticator == nil {
		return h.accept(r), true
	}
	return Decision{}, false
}

// accept lets a request in, with the subprotocol that the server likes best.
func (h *application) accept(r *Request) Decision {
	for _, p := range h.Subprotocols {
		if slices.Contains(r.Subprotocols, p) {
			return Decision{Subprotocol: p}
		}
	}
	return Decision{}
}

// Allows reports whether pages of origin may use the server.
func (h *application) Allows(origin, host string) bool {
	switch {
	case len(h.AllowOrigins) > 0 && origins.Match(h.AllowOrigins, origin):
		return true
	case h.CheckOrigin != nil:
		return h.CheckOrigin(origin, host)
	}
	return endpoint.SameOrigin(origin, host)
}

// checkKHP is CheckOpening, and refuses clients that cannot be asked for credentials.
func (h *application) checkKHP(o *OpeningRequest) (status int, why string) {
	if slices.Contains(o.Subprotocols, endpoint.Subprotocol) {
		if h.CheckOpening == nil {
			return 0, ""
		}
		return h.CheckOpening(o)
	}
	return http.StatusForbidden, "this address asks for credentials, which takes the subprotocol " + endpoint.Subprotocol
}
