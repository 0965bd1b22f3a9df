package endpoint

import (
	"errors"
	"strings"

	"example.com/khp/fsm"
	"example.com/khp/wire"
)

// judgeDecision collects the facts about a decision. The error names what is wrong in the application's own words.
//
//khp:impl KHP-EXT-RSP-08 KHP-EXT-RSP-09 KHP-STATUS-401-04 KHP-REDIR-06
func (s *Server) judgeDecision(d *Decision) (fsm.Facts, error) {
	var facts fsm.Facts
	rule := fsm.Status(d.Status)
	for _, f := range d.Header {
		if err := checkResponseField(f); err != nil {
			return 0, err
		}
	}
	for _, v := range append([]string{d.Location, d.Upgrade, d.BodyType}, d.Challenges...) {
		if v != "" && !wire.ValidFieldValue(v) {
			return 0, errors.New("endpoint: " + quote(v) + " cannot be a field value: it has control bytes, or blanks at its ends")
		}
	}
	if err := s.judgeSelection(d, rule.Action); err != nil {
		return 0, err
	}
	facts |= fsm.FactSelectionValid
	if d.Location != "" {
		here := wire.URL{Host: "localhost", Port: 80, Path: s.open.Path()}
		if _, err := here.Resolve([]byte(d.Location), func(h string) (string, error) { return "localhost", nil }); err != nil {
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
	if len(d.Body) > 0 && wire.Bodiless(d.Status) {
		return 0, errors.New("endpoint: a " + itoa(d.Status) + " response has no body")
	}
	if s.machine.Unchecked {
		return facts, nil
	}
	if name := rule.MissingField(facts); name != "" {
		return 0, errors.New("endpoint: status " + itoa(d.Status) + " " + rule.Reason + " requires " + name + "; set it in the decision")
	}
	return facts, nil
}

// judgeSelection checks subprotocol and extensions: only what was asked for, extensions once each.
func (s *Server) judgeSelection(d *Decision, action fsm.Action) error {
	if action != fsm.ActionComplete {
		if d.Protocol != "" || len(d.Extensions) > 0 {
			return errors.New("endpoint: status " + itoa(d.Status) + " does not complete the handshake and cannot select a subprotocol or extensions")
		}
		return nil
	}
	if d.Protocol != "" && !contains(s.request.Protocols, d.Protocol) {
		return errors.New("endpoint: subprotocol " + quote(d.Protocol) + " was not requested; the client asked for " + quoteList(s.request.Protocols))
	}
	var asked, chosen []string
	for _, e := range s.request.Extensions {
		asked = append(asked, extensionName(e))
	}
	for _, e := range d.Extensions {
		parsed, err := wire.ParseExtensions(nil, []byte(e))
		if err != nil || len(parsed) != 1 {
			return errors.New("endpoint: extension " + quote(e) + " is not of the form name or name;parameter=value")
		}
		name := extensionName(e)
		switch {
		case !contains(asked, name):
			return errors.New("endpoint: extension " + quote(name) + " was not requested; the client asked for " + quoteList(asked))
		case contains(chosen, name):
			return errors.New("endpoint: extension " + quote(name) + " is selected twice")
		}
		chosen = append(chosen, name)
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

// response writes the extended response with status to b.
//
//khp:impl KHP-EXT-RSP-01 KHP-EXT-RSP-05 KHP-EXT-RSP-07 KHP-EXT-RSP-13 KHP-CLASS-4XX-01 KHP-CLASS-5XX-01 KHP-CLASS-1XX-01
func (s *Server) response(b []byte, status int) []byte {
	d := &s.decision
	rule := fsm.Status(status)
	if d.Status != status { // the machine's own answer
		d = &Decision{Status: status}
		if s.detail != "" {
			d.Body = []byte(s.detail + "\n")
		}
	}
	if rule.Action == fsm.ActionComplete {
		s.result = Result{Status: status, Protocol: d.Protocol, Extensions: d.Extensions, Header: s.request.Header}
	}
	h := head{b: b}
	if status == 101 {
		h.b = appendSwitching(h.b, s.kaazing(), s.accept[:])
	} else {
		h.b, h.err = wire.AppendStatusLine(h.b, status, rule.Reason)
	}
	if d.Protocol != "" {
		h.field("Sec-WebSocket-Protocol", d.Protocol)
	}
	s.writeExtensions(&h, d.Extensions)
	if d.Location != "" {
		h.field("Location", d.Location)
	}
	for _, c := range d.Challenges {
		if status == 407 {
			h.field("Proxy-Authenticate", c)
		} else {
			h.field("WWW-Authenticate", c)
		}
	}
	if d.Upgrade != "" {
		h.field("Upgrade", d.Upgrade)
	}
	if rule.Duties&fsm.NoStore != 0 {
		h.field("Cache-Control", "no-store")
	}
	for _, f := range d.Header {
		h.field(f.Name, f.Value)
	}
	return s.writeBody(&h, d, rule)
}

// writeExtensions writes one line per extension: deployed JavaScript clients lose all but the first after a bare comma.
func (s *Server) writeExtensions(h *head, list []string) {
	for _, e := range list {
		h.field("Sec-WebSocket-Extensions", e)
	}
}

// writeBody ends the head and writes the body: the application's, or for errors a line that says what the status says.
func (s *Server) writeBody(h *head, d *Decision, rule fsm.Rule) []byte {
	body, kind := d.Body, d.BodyType
	if len(body) == 0 && rule.Code >= 400 {
		body = []byte(rule.Reason + "\n")
	}
	if wire.Bodiless(rule.Code) {
		return wire.AppendEnd(h.b)
	}
	if len(body) > 0 {
		if kind == "" {
			kind = "text/plain; charset=utf-8"
		}
		h.field("Content-Type", kind)
	}
	h.field("Content-Length", itoa(len(body)))
	return append(wire.AppendEnd(h.b), body...)
}

// ownFields are written by the endpoint from other parts of a decision.
var ownFields = []string{
	"Connection", "Content-Length", "Content-Type", "Location", "Proxy-Authenticate", "Sec-WebSocket-Accept", "Sec-WebSocket-Extensions", "Sec-WebSocket-Protocol",
	"Trailer", "Transfer-Encoding", "Upgrade", "WWW-Authenticate",
}

func checkResponseField(f HeaderField) error {
	switch {
	case !wire.ValidToken(f.Name):
		return errors.New("endpoint: field name " + quote(f.Name) + " is not a token")
	case !wire.ValidFieldValue(f.Value):
		return errors.New("endpoint: the value of field " + f.Name + " has control bytes, or blanks at its ends")
	case containsFold(ownFields, f.Name):
		return errors.New("endpoint: field " + f.Name + " is written from the decision; set " + strings.TrimSpace("Protocol, Extensions, Location, Challenges, Upgrade or BodyType") + " instead")
	}
	return nil
}
