package transport

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"example.com/khp/transport/internal/field"
	format "example.com/khp/transport/trace"
)

// maxRedirects is the largest budget of redirects. [AMB-61]
const maxRedirects = 20

// check refuses options that mean nothing; the rest is the endpoint's to refuse.
func (o *DialOptions) check() error {
	if o.MaxRedirects > maxRedirects {
		return errors.New("transport: MaxRedirects is " + strconv.Itoa(o.MaxRedirects) + "; use at most " + strconv.Itoa(maxRedirects) + ", or a negative number for none")
	}
	if o.KeepAlive < 0 {
		return errors.New("transport: KeepAlive is " + o.KeepAlive.String() + "; use a positive duration, or 0 for none")
	}
	return checkReadLimit(o.ReadLimit)
}

// Check refuses a Handler that is not set up, or has options that mean nothing, its Authenticator's
// included. ServeHTTP answers with 500 then, and [Server.Serve] returns the error.
func (h *Handler) Check() error {
	switch {
	case h.Serve == nil:
		return errors.New("transport: this server is not set up: Handler.Serve is nil")
	case h.MaxChallenges < 0 || h.MaxChallenges > 255:
		return errors.New("transport: Handler.MaxChallenges is " + strconv.Itoa(h.MaxChallenges) + "; use 1 to 255, or 0 for the default")
	}
	if err := checkReadLimit(h.ReadLimit); err != nil {
		return err
	}
	if a, ok := h.Authenticator.(interface{ Validate() error }); ok {
		if err := a.Validate(); err != nil {
			return fmt.Errorf("transport: Handler.Authenticator: %w", err)
		}
	}
	cfg := h.config()
	return cfg.Check()
}

// check refuses a Server that is not set up, or has options that mean nothing.
func (s *Server) check() error {
	switch {
	case s.Handler == nil && s.Route == nil:
		return errors.New("transport: this server is not set up: neither Handler nor Route is set")
	case s.OpeningTimeout < 0:
		return errors.New("transport: Server.OpeningTimeout is " + s.OpeningTimeout.String() + "; use a positive duration, or 0 for " + defaultOpeningTimeout.String())
	case s.MaxConnections < 0:
		return errors.New("transport: Server.MaxConnections is " + strconv.Itoa(s.MaxConnections) + "; use a positive number, or 0 for no bound")
	case s.MaxWaiting < 0:
		return errors.New("transport: Server.MaxWaiting is " + strconv.Itoa(s.MaxWaiting) + "; use a positive number, or 0 to refuse clients instead")
	case s.MaxWaiting > 0 && s.MaxConnections == 0:
		return errors.New("transport: Server.MaxWaiting means nothing without MaxConnections; set both")
	case s.MaxPerAddress < 0:
		return errors.New("transport: Server.MaxPerAddress is " + strconv.Itoa(s.MaxPerAddress) + "; use a positive number, or 0 for no bound")
	case s.ProxyProtocol && len(s.TrustedProxies) == 0:
		return errors.New("transport: Server.ProxyProtocol is set and TrustedProxies is empty; name the networks whose PROXY headers count")
	case slices.ContainsFunc(s.TrustedProxies, func(p netip.Prefix) bool { return !p.IsValid() }):
		return errors.New("transport: Server.TrustedProxies has a network that is none; make them with netip.ParsePrefix")
	case s.KeepAlive < 0:
		return errors.New("transport: Server.KeepAlive is " + s.KeepAlive.String() + "; use a positive duration, or 0 for none")
	case s.Handler != nil:
		return s.Handler.Check()
	}
	return nil
}

func checkReadLimit(n int64) error {
	if n < 0 {
		return errors.New("transport: ReadLimit is " + strconv.FormatInt(n, 10) + "; use a positive number of bytes, or 0 for " + strconv.Itoa(DefaultReadLimit))
	}
	return nil
}

// String sums up the options without the values of secret fields and without the body.
func (o DialOptions) String() string {
	return fmt.Sprintf("transport.DialOptions{Profile: %v, Subprotocols: %q, Extensions: %q, Header: %s, OpeningHeader: %s, Credentials: %t, Method: %q, Body: %d bytes}",
		o.Profile, o.Subprotocols, o.Extensions, showHeader(o.Header, o.Sensitive), showHeader(o.OpeningHeader, o.Sensitive), o.Credentials != nil, o.Method, len(o.Body))
}

// GoString is String.
func (o DialOptions) GoString() string { return o.String() }

// LogValue is String, for log/slog.
func (o DialOptions) LogValue() slog.Value { return slog.StringValue(o.String()) }

// Format writes the same for every verb, also for one that is wrong for it.
func (o DialOptions) Format(s fmt.State, verb rune) { field.Show(s, verb, o.String()) }

// MarshalText is for encoders of logs.
func (o DialOptions) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// showHeader writes fields as they are sent, without the values that are secrets.
func showHeader(h http.Header, sensitive []string) string {
	var b strings.Builder
	b.WriteByte('[')
	for i, f := range field.List(h) {
		if i > 0 {
			b.WriteString("; ")
		}
		if slices.ContainsFunc(sensitive, func(name string) bool { return strings.EqualFold(name, f.Name) }) {
			f.Value = format.Redacted
		}
		b.WriteString(f.String())
	}
	b.WriteByte(']')
	return b.String()
}
