package endpoint

import (
	"errors"
	"slices"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/fsm/codes"
	"example.com/khp/internal/balancer"
	"example.com/khp/internal/judge"
	"example.com/khp/internal/scan"
	"example.com/khp/wire"
)

// Decision is the application's answer to a request. The zero value accepts with 101.
//
// A field belongs to the status codes that its comment names. [Server.Decide] refuses a decision
// with a field that does not belong to its Status, because a status code that was forgotten would
// otherwise accept. [Request.Ask], [Redirect] and [Refuse] set the fields that belong together.
type Decision struct {
	Status      int    // 0 is 101
	Subprotocol string // selected subprotocol, with a status that accepts; must have been asked for
	// Selected extensions with parameters, with a status that accepts; their names must have been
	// asked for. Result keeps the slice.
	Extensions []string
	Header     []HeaderField
	Location   string // required with 300-303 and 307; optional with 201
	// WWW-Authenticate values, required with 401; Proxy-Authenticate values, required with 407.
	Challenges []string
	Upgrade    string // required with 426, such as "TLS/1.2"
	Body       []byte // with a status that allows one; "" sends a default line for 4xx and 5xx
	BodyType   string // of Body; "" is text/plain; charset=utf-8
	Reroute    string // kaazing profile: accept, then send the client to this ws URL with R
}

// Ask refuses the request with 401 and asks for credentials of a scheme, such as "Basic", in the
// form that this client understands; see [Request.Challenge].
func (r *Request) Ask(scheme, realm string) Decision {
	return Decision{Status: 401, Challenges: []string{r.Challenge(scheme, realm)}}
}

// Redirect sends the client to location with 302: a ws or wss URL, or a reference relative to the
// URL of the request. An empty location is refused by [Server.Decide].
func Redirect(location string) Decision { return Decision{Status: 302, Location: location} }

// Refuse refuses the request with a status code of its own, 400 to 599 as a rule. why is the text
// of the body, for people; "" sends the reason phrase. A code that accepts or continues gives a
// decision that [Server.Decide] refuses, and so do those that need another field: 401
// ([Request.Ask]), 407 and 426.
func Refuse(status int, why string) Decision {
	d := Decision{Status: status}
	if a := fsm.Status(status).Action; status < 100 || a == codes.ActionComplete ||
		a == codes.ActionContinue || a == codes.ActionWait {
		d.Status = notRefusing
	}
	if why != "" && !wire.Bodiless(status) {
		d.Body = []byte(why + "\n")
	}
	return d
}

// notRefusing is the status of [Refuse] for a code that lets the client in, or keeps it waiting.
// Decide refuses it.
const notRefusing = -1 << 15

// checkFields refuses a decision with a field that contradicts its status, and says which status
// was meant. A decision with challenges and no status comes from an application that did not mean
// to accept. With unchecked a status that is written out goes with everything that can be written.
//
//khp:impl KHP-STATUS-401-04 KHP-REDIR-06
func (d *Decision) checkFields(unchecked bool) error {
	if d.Status == notRefusing {
		return errors.New("endpoint: Refuse was called with a status code that does not refuse; " +
			"use one from 400 to 599, such as 403")
	}
	rule := fsm.Status(d.status())
	completes := rule.Action == codes.ActionComplete
	lax := unchecked && d.Status != 0
	for _, f := range [...]struct {
		set, fits bool
		name      string
		meant     string
	}{
		{d.Location != "", lax || rule.Duties&codes.NeedLocation != 0 || d.Status == 201, "Location",
			"goes with 302, or another of 201, 300-303 and 307"},
		{d.Challenges != nil, lax || rule.Duties&(codes.NeedChallenge|codes.NeedProxyChallenge) != 0,
			"Challenges", "go with 401, or 407"},
		{d.Upgrade != "", lax && !completes || rule.Duties&codes.NeedUpgrade != 0, "Upgrade",
			"goes with 426"},
		{d.Reroute != "", completes, "Reroute", "goes with a status that accepts; leave Status 0"},
		{len(d.Body) > 0, !wire.Bodiless(d.status()), "Body",
			"goes with a status that allows one, such as 403: this response has no body"},
		{d.BodyType != "", lax || len(d.Body) > 0, "BodyType", "goes with Body, which is empty"},
		{fieldValue(d.Header, "Retry-After") != "", lax || !completes, "Retry-After in Header",
			"goes with 503, or another status that refuses"},
	} {
		if f.set && !f.fits {
			return errors.New("endpoint: " + f.name + " " + f.meant + "; this decision has " +
				d.statusText())
		}
	}
	return nil
}

// status returns the status code that is sent.
func (d *Decision) status() int {
	if d.Status == 0 {
		return 101
	}
	return d.Status
}

// statusText names the status as the application wrote it.
func (d *Decision) statusText() string {
	if d.Status == 0 {
		return "Status 0, which accepts with 101"
	}
	return "Status " + itoa(d.Status) + " " + fsm.Status(d.Status).Reason
}

// judgeDecision collects the facts about a decision. The error names the fault in the terms of
// Decision.
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
			return 0, errors.New("endpoint: Location " + quote(d.Location) + " cannot be followed: " +
				err.Error())
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
	if name := fsm.MissingField(rule, facts); name != "" {
		return 0, errors.New("endpoint: status " + itoa(d.Status) + " " + rule.Reason +
			" requires " + name + "; set it in the decision")
	}
	for _, c := range d.Challenges {
		if _, err := wire.ParseChallenges(nil, []byte(c)); err != nil {
			return 0, errors.New("endpoint: challenge " + quote(c) +
				" is not of the form scheme or scheme name=\"value\": " + err.Error())
		}
	}
	return facts, nil
}

// anyHost accepts every host: only the client can convert it to ASCII.
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
			if !scan.ValidValue(v) {
				return errors.New("endpoint: " + quote(v) +
					" cannot be a field value: it has control bytes, or blanks at its ends")
			}
		}
	}
	limits := wire.DefaultLimits()
	switch {
	case slices.Contains(d.Challenges, ""):
		return errors.New("endpoint: a challenge is empty; leave it out")
	case len(d.Body) > limits.Body:
		return errors.New("endpoint: the body has " + itoa(len(d.Body)) + " bytes, a client reads " +
			itoa(limits.Body))
	}
	if d.Reroute != "" {
		if _, err := wire.ParseURL(d.Reroute, anyHost); err != nil {
			return errors.New("endpoint: Reroute " + quote(d.Reroute) + " is not a ws or wss URL: " +
				err.Error())
		}
	}
	return nil
}

// judgeSelection checks subprotocol and extensions: each must have been asked for, and an extension
// may be selected once.
//
//khp:impl KHP-GEN-07 WSP-EXT-03
func (s *Server) judgeSelection(d *Decision, action codes.Action) error {
	if action != codes.ActionComplete {
		if d.Subprotocol != "" || len(d.Extensions) > 0 {
			return errors.New("endpoint: status " + itoa(d.Status) +
				" does not complete the handshake and cannot select a subprotocol or extensions")
		}
		return nil
	}
	if d.Subprotocol != "" && !slices.Contains(s.request.Subprotocols, d.Subprotocol) {
		return errors.New("endpoint: subprotocol " + quote(d.Subprotocol) +
			" was not requested; the client asked for " + judge.QuoteList(s.request.Subprotocols))
	}
	for i, e := range d.Extensions {
		if err := checkExtension(s.buf, e); err != nil {
			return err
		}
		name := judge.ExtensionName(e)
		switch {
		case !judge.Named(s.request.Extensions, name):
			return errors.New("endpoint: extension " + quote(name) +
				" was not requested; the client asked for " + judge.QuoteList(s.request.Extensions))
		case judge.Named(d.Extensions[:i], name):
			return errors.New("endpoint: extension " + quote(name) + " is selected twice")
		}
	}
	if d.Reroute != "" && !s.open.Kaazing() {
		return errors.New("endpoint: only clients of the kaazing profile can be rerouted; " +
			"use 302 with Location")
	}
	return nil
}

// whyNot explains a decision that the machine refused although it is well-formed.
func (s *Server) whyNot(status int) string {
	if fsm.Status(status).Duties&codes.NeverSend != 0 {
		return "a KHP server never sends it"
	}
	return "the largest number of 202 responses was sent; decide"
}

// A client that does not offer KHP sends no extended request. With DecidePlain the application
// decides on its opening request before it is answered, and the machine gets the request and the
// decision as one event: accepted, or refused with a status like any other opening request.

// needsKHP is the body for clients without KHP where others would be asked for credentials.
const needsKHP = "this address asks for credentials, which takes the subprotocol " + Subprotocol

// Deciding reports whether an answer to AskDecision is awaited.
func (s *Server) Deciding() bool {
	p := s.state.Phase()
	return p == fsm.ServerDeciding || p == fsm.ServerPending || s.decidingPlain()
}

func (s *Server) decidingPlain() bool {
	return s.askedPlain && s.state.Phase() == fsm.ServerOpening
}

// askPlain has the application decide on an opening request that does not offer KHP.
func (s *Server) askPlain() []Output {
	s.askedPlain = true
	s.request = Request{OpeningRequest: s.open, Plain: true,
		Subprotocols: ofApplication(slices.Clone(s.open.Subprotocols))}
	s.say(Output{Kind: AskDecision})
	return s.out
}

// decidePlain carries out a decision on an opening request.
func (s *Server) decidePlain(d Decision) ([]Output, error) {
	if err := d.checkFields(s.machine.Unchecked); err != nil {
		return nil, err
	}
	d.Status = d.status()
	if _, err := s.judgeDecision(&d); err != nil {
		return nil, err
	}
	//exhaustive:ignore
	switch fsm.Status(d.Status).Action {
	case codes.ActionComplete:
		return s.acceptPlain(d), nil
	case codes.ActionWait:
		if s.deferredPlain++; s.deferredPlain > s.machine.MaxDeferrals {
			return nil, errors.New("endpoint: status " + itoa(d.Status) + " cannot be sent now: " +
				s.whyNot(d.Status))
		}
		s.say(Output{Kind: AskDecision}) // nothing can be sent meanwhile
		return s.out, nil
	case codes.ActionReplay, codes.ActionProxyAuth: // there is no request that could be replayed
		d = Decision{Status: 403, Body: []byte(needsKHP + "\n")}
	}
	if d.Status < 200 {
		return nil, errors.New("endpoint: status " + itoa(d.Status) +
			" does not answer the opening request of a plain WebSocket")
	}
	if err := s.prepare(&d); err != nil {
		return nil, err
	}
	s.refusedPlain = true
	s.step(fsm.Event{Kind: fsm.EventOpeningRequest, Status: uint16(d.Status)})
	return s.out, nil
}

// acceptPlain opens a plain WebSocket. To reroute a client it sends one balancer message and
// closes.
func (s *Server) acceptPlain(d Decision) []Output {
	s.decision = d
	s.step(s.openingEvent())
	if d.Reroute != "" {
		s.closeOut = sendable(1000, "")
		s.step(fsm.Event{Kind: fsm.EventCloseRequested})
	}
	return s.out
}

// openPlain opens a plain WebSocket. As with gateways, clients that ask for the balancer messages
// get them here, too.
func (s *Server) openPlain() {
	reroute := s.decision.Reroute
	if s.open.Kaazing() {
		kind := balancer.Proceed
		if reroute != "" {
			kind = balancer.Reroute
		}
		var o Output
		o.message(s.tail(balancer.Append(s.buf, kind, reroute)))
		s.say(o)
	}
	s.forget()
	s.result = Result{Plain: true, Status: 101, Subprotocol: s.decision.Subprotocol}
	if reroute == "" {
		s.say(Output{Kind: Open})
	}
}

// plainTooEarly refuses a client that sends more before its opening request is answered. [RFC 6455
// 4.1]
func (s *Server) plainTooEarly(now time.Time) []Output {
	return s.report(now, fsm.Event{Kind: fsm.EventOpeningRequest, Status: 400},
		"the client has sent something behind its opening request, before that was answered")
}
