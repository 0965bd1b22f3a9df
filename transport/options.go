package transport

import (
	"errors"
	"fmt"
	"strconv"
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

// Check refuses a Handler that is not set up, or has options that mean nothing, its Authenticator's included. ServeHTTP answers with 500 then, and [Server.Serve] returns the error.
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
	case s.MaxPerAddress < 0:
		return errors.New("transport: Server.MaxPerAddress is " + strconv.Itoa(s.MaxPerAddress) + "; use a positive number, or 0 for no bound")
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
