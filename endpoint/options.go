package endpoint

import (
	"errors"

	"example.com/khp/fsm"
	"example.com/khp/wire"
)

// maxRedirects is the largest budget of redirects. [AMB-61]
const maxRedirects = 20

// checkOptions refuses numbers that mean nothing.
func (cfg *ClientConfig) checkOptions() error {
	switch {
	case cfg.Machine.Profile > fsm.ProfileAuto:
		return errors.New("endpoint: Machine.Profile is " + itoa(int(cfg.Machine.Profile)) + "; use ProfileSpec, ProfileKaazing or ProfileAuto")
	case cfg.Machine.MaxRedirects > maxRedirects:
		return errors.New("endpoint: Machine.MaxRedirects is " + itoa(int(cfg.Machine.MaxRedirects)) + "; use at most " + itoa(maxRedirects))
	case cfg.Redirects > RedirectNever:
		return errors.New("endpoint: Redirects is " + itoa(int(cfg.Redirects)) + ", which is no RedirectPolicy; use RedirectAny, RedirectSameHost, RedirectSameOrigin or RedirectNever")
	case len(cfg.Body) > cfg.Limits.OrDefault().Body:
		return errors.New("endpoint: Body has " + itoa(len(cfg.Body)) + " bytes, Limits.Body allows " + itoa(cfg.Limits.OrDefault().Body))
	}
	if err := cfg.checkPlainOnly(); err != nil {
		return err
	}
	if err := checkLimits(&cfg.Limits); err != nil {
		return err
	}
	return cfg.Timeouts.check()
}

// Check refuses options that mean nothing, such as a negative limit. [NewServer] takes them for the
// default.
func (cfg *ServerConfig) Check() error {
	if err := checkLimits(&cfg.Limits); err != nil {
		return err
	}
	return cfg.Timeouts.check()
}

// checkLimits refuses negative limits.
func checkLimits(l *wire.Limits) error {
	for _, v := range [...]struct {
		name string
		n    int
	}{
		{"Head", l.Head}, {"Line", l.Line}, {"Fields", l.Fields}, {"Elements", l.Elements}, {"Target", l.Target}, {"Body", l.Body}, {"Messages", l.Messages}, {"Unit", l.Unit},
	} {
		if v.n < 0 {
			return errors.New("endpoint: Limits." + v.name + " is " + itoa(v.n) + "; use a positive number, or 0 for the default")
		}
	}
	return nil
}
