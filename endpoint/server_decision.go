package endpoint

import (
	"errors"
	"slices"

	"example.com/khp/fsm"
	"example.com/khp/internal/judge"
	"example.com/khp/wire"
)

// judgeDecision collects the facts about a decision. The error names what is wrong in the
// application's own words.
//
//khp:impl KHP-EXT-RSP-08 KHP-EXT-RSP-09 KHP-STATUS-401-04 KHP-REDIR-06
func (s *Server) judgeDecision(d *Decision) (fsm.Facts, error) {
	if d.Status < 100 || d.Status > 999 {
		return 0, errors.New("endpoint: " + itoa(d.Status) + " is not a status code")
	}
	rule := fsm.Status(d.Status)
	if err := d.checkValues(); err != nil {
		return 0, err
	}
	if err := s.judgeSelection(d, rule.Action); err != nil {
		return 0, err
	}
	facts := fsm.FactSelectionValid
	if d.Location != "" {
		here := wire.URL{Host: "localhost", Port: 80, Path: s.open.Path()}
		if _, err := here.Resolve([]byte(d.Location), anyHost); err != nil {
			return 0, errors.New("endpoint: Location " + quote(d.Location) + " cannot be followed: " + err.Error())
		}
		facts |= fsm.FactLocation
	}
	if len(d.Challenges) > 0 {
		facts |= fsm.FactChallenge | fsm.FactProxyChallenge
	}
	if d.Upgrade != "" {
		facts |= fsm.FactUpgrade
	}
	if d.Reroute != "" {
		facts |= fsm.FactReroute
	}
	if s.machine.Unchecked {
		return facts, nil
	}
	if name := rule.MissingField(facts); name != "" {
		return 0, errors.New("endpoint: status " + itoa(d.Status) + " " + rule.Reason + " requires " + name + "; set it in the decision")
	}
	for _, c := range d.Challenges {
		if _, err := wire.ParseChallenges(nil, []byte(c)); err != nil {
			return 0, errors.New("endpoint: challenge " + quote(c) + " is not of the form scheme or scheme name=\"value\": " + err.Error())
		}
	}
	return facts, nil
}

// anyHost lets URLs pass whose host only the client can turn into ASCII.
func anyHost(string) (string, error) { return "localhost", nil }

// checkValues refuses values that cannot be written.
func (d *Decision) checkValues() error {
	for _, f := range d.Header {
		if err := checkResponseField(f); err != nil {
			return err
		}
	}
	for _, list := range [2][]string{{d.Location, d.Upgrade, d.BodyType}, d.Challenges} {
		for _, v := range list {
			if !wire.ValidFieldValue(v) {
				return errors.New("endpoint: " + quote(v) + " cannot be a field value: it has control bytes, or blanks at its ends")
			}
		}
	}
	limits := wire.DefaultLimits()
	switch {
	case slices.Contains(d.Challenges, ""):
		return errors.New("endpoint: a challenge is empty; leave it out")
	case len(d.Body) > limits.Body:
		return errors.New("endpoint: the body has " + itoa(len(d.Body)) + " bytes, a client reads " + itoa(limits.Body))
	}
	if d.Reroute != "" {
		if _, err := wire.ParseURL(d.Reroute, anyHost); err != nil {
			return errors.New("endpoint: Reroute " + quote(d.Reroute) + " is not a ws or wss URL: " + err.Error())
		}
	}
	return nil
}

// judgeSelection checks subprotocol and extensions: each must have been asked for, and an extension
// may be selected once.
//
//khp:impl KHP-GEN-07 WSP-EXT-03
func (s *Server) judgeSelection(d *Decision, action fsm.Action) error {
	if action != fsm.ActionComplete {
		if d.Subprotocol != "" || len(d.Extensions) > 0 {
			return errors.New("endpoint: status " + itoa(d.Status) + " does not complete the handshake and cannot select a subprotocol or extensions")
		}
		return nil
	}
	if d.Subprotocol != "" && !slices.Contains(s.request.Subprotocols, d.Subprotocol) {
		return errors.New("endpoint: subprotocol " + quote(d.Subprotocol) + " was not requested; the client asked for " + judge.QuoteList(s.request.Subprotocols))
	}
	for i, e := range d.Extensions {
		if err := checkExtension(s.buf, e); err != nil {
			return err
		}
		name := judge.ExtensionName(e)
		switch {
		case !judge.Named(s.request.Extensions, name):
			return errors.New("endpoint: extension " + quote(name) + " was not requested; the client asked for " + judge.QuoteList(s.request.Extensions))
		case judge.Named(d.Extensions[:i], name):
			return errors.New("endpoint: extension " + quote(name) + " is selected twice")
		}
	}
	if d.Reroute != "" && !s.kaazing() {
		return errors.New("endpoint: only clients of the kaazing profile can be rerouted; use 302 with Location")
	}
	return nil
}

// whyNot explains a decision that the machine refused although it is well-formed.
func (s *Server) whyNot(status int) string {
	rule := fsm.Status(status)
	switch {
	case rule.Duties&fsm.NeverSend != 0:
		return "a KHP server never sends it"
	case rule.Action == fsm.ActionWait:
		return "the largest number of 202 responses was sent; decide"
	}
	return "the handshake is past that point"
}
