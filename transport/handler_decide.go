package transport

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
)

// decide asks the Authenticator, unless the client of this request was let in already, and then the application. r is the callee's own, and gets the principal.
func (h *Handler) decide(ctx context.Context, r *Request, letIn bool) (d Decision, in bool, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	if h.Authenticator != nil && !letIn {
		v, err := h.Authenticator.Authenticate(ctx, r)
		if err != nil {
			return Decision{}, false, fmt.Errorf("authenticating: %w", err)
		}
		if !v.LetsIn() {
			return v.Decision(), false, nil
		}
		r.Principal = v.Principal
	}
	if h.Decide == nil {
		return h.accept(r), true, nil
	}
	d, err = h.Decide(ctx, r)
	return d, true, err
}

// accept lets a request in, with the subprotocol that the server likes best.
func (h *Handler) accept(r *Request) Decision {
	for _, p := range h.Subprotocols {
		if slices.Contains(r.Protocols, p) {
			return Decision{Protocol: p}
		}
	}
	return Decision{}
}
