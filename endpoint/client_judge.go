package endpoint

import (
	"bytes"
	"slices"

	"example.com/khp/fsm"
	"example.com/khp/wire"
)

// balancer handles a message where only N and R are legal.
func (c *Client) balancer(t wire.MessageType, p []byte) {
	switch kind, url := wire.ParseBalancer(p); kind {
	case wire.BalancerProceed:
		c.detail = "the balancer message N, once more or too late"
		c.step(fsm.Event{Kind: fsm.EventProceedReceived})
	case wire.BalancerReroute:
		facts := c.judgeTarget(url)
		c.response = nil // it is this message that decides now
		if c.machine.NoRedirects {
			c.detail = "the gateway sends elsewhere, to " + quote(withoutUserinfo(string(url))) + ", and redirects are off"
		}
		c.step(fsm.Event{Kind: fsm.EventRerouteReceived, Facts: facts})
	default:
		c.detail = "expected the balancer message N, got " + describe(t, p)
		c.step(fsm.Event{Kind: dataKind(t, p)})
	}
}

// earlyBalancer tells whether p is a balancer message by which a server whose profile is not known yet shows that it is a gateway.
func (c *Client) earlyBalancer(p []byte) bool {
	if c.machine.Profile != fsm.ProfileAuto || c.state.Phase() != fsm.ClientAwaitResponse {
		return false
	}
	kind, _ := wire.ParseBalancer(p)
	return kind != wire.BalancerNone
}

// handshakeMessage adds a message to the unit and decides the unit when it is complete.
//
//khp:impl KHP-GEN-09 KHP-EXT-03 KHP-EXT-04 KHP-CLOSE-04
func (c *Client) handshakeMessage(t wire.MessageType, p []byte) {
	if len(p) == 0 && !c.unit.Started() {
		c.detail = "an empty message with no response before it"
		c.step(fsm.Event{Kind: fsm.EventTerminatorReceived})
		return
	}
	if len(p) > 0 {
		c.step(fsm.Event{Kind: fsm.EventDataReceived})
	}
	progress, err := c.unit.Add(t, p)
	if err != nil {
		c.violation(failureOf(err), err.Error())
		return
	}
	switch progress {
	case wire.UnitTerminated:
		c.decide(true)
	case wire.UnitFull:
		if c.machine.TerminatorOptional || c.unit.Unwrapped() || fsm.Status(c.unit.Response.Status).Action.Terminates() {
			c.decide(false)
		}
	case wire.UnitBody:
		// Without a terminator one message is one response. [AMB-04]
		if c.machine.TerminatorOptional && c.unit.Response.ContentLength < 0 && c.unit.Finish() == nil {
			c.decide(false)
		}
	}
}

// settle decides a terminating response that is complete but for its terminator, or whose body was cut short: the peer's close, the loss
// of the connection or a timer changes nothing about it. [AMB-03, AMB-71]
func (c *Client) settle() {
	if c.state.Phase() == fsm.ClientReading && c.unit.HeadComplete() && fsm.Status(c.unit.Response.Status).Action.Terminates() {
		c.decide(false)
	}
}

// unitFacts tells whether the unit in progress misses nothing but its terminator.
func (c *Client) unitFacts() fsm.Facts {
	if c.state.Phase() == fsm.ClientReading && c.unit.HeadComplete() {
		c.detail = "expected an empty binary message after the " + itoa(c.unit.Response.Status) + " response"
		return fsm.FactHeadComplete
	}
	return 0
}

// decide judges the response and gives it to the machine.
//
//khp:impl KHP-EXT-REQ-07 KHP-STATUS-201-03
func (c *Client) decide(terminated bool) {
	r := &c.unit.Response
	if what := tooManyElements(r.Fields, &c.cfg.Limits); what != "" {
		c.violation(fsm.FailureLimit, what)
		return
	}
	ev := fsm.Event{Kind: fsm.EventResponse, Status: uint16(r.Status), Facts: c.judge(r)}
	if terminated {
		ev.Facts |= fsm.FactTerminated
	}
	action := fsm.Status(r.Status).Action
	if action == fsm.ActionComplete {
		c.result = Result{Status: r.Status, Header: copyFields(r.Fields), Body: bytes.Clone(r.Body), Protocol: c.selected(r), Extensions: selectedExtensions(r)}
	} else {
		c.remember(r, LegExtended)
	}
	c.stepResponse(ev)
	if action == fsm.ActionComplete && !c.state.Phase().Open() {
		c.remember(r, LegExtended)
	}
	if !action.Terminates() {
		c.unit.Reset(c.cfg.Limits)
	}
}

// stepResponse gives a response to the machine. A gateway that wraps it, as those of 3.x do, may leave out its terminator.
func (c *Client) stepResponse(ev fsm.Event) {
	asked := c.machine.TerminatorOptional
	c.machine.TerminatorOptional = asked || c.unit.Unwrapped()
	c.step(ev)
	c.machine.TerminatorOptional = asked
}

// judge collects the facts about a response. Only a 401 makes it look at challenges, and nothing at all at cookies or refreshes.
//
//khp:impl DRAFT02-511-06
func (c *Client) judge(r *wire.Response) fsm.Facts {
	var facts fsm.Facts
	detail := c.detail
	note := func(ok bool, f fsm.Facts, what string) {
		if ok {
			facts |= f
		} else if detail == "" {
			detail = what
		}
	}
	action := fsm.Status(r.Status).Action
	if c.leg != LegExtended {
		action = fsm.OpeningStatus(r.Status).Action
	}
	if c.leg != LegExtended && action == fsm.ActionComplete {
		return 0 // an opening handshake is not completed by a status
	}
	if c.leg == LegExtended && !action.Terminates() {
		ok, what := c.extensionsAsked(r)
		if ok && action == fsm.ActionComplete && c.cfg.ConfirmExtensions != nil {
			if err := c.cfg.ConfirmExtensions(selectedExtensions(r)); err != nil {
				ok, what = false, err.Error()
			}
		}
		note(ok, fsm.FactExtensionsAsked, what)
	}
	switch action {
	case fsm.ActionComplete:
		ok, what := c.acceptMatches(r)
		note(ok, fsm.FactAcceptMatches, what)
		ok, what = c.protocolOffered(r)
		note(ok, fsm.FactProtocolOffered, what)
	case fsm.ActionReplay:
		ok, what := c.challengeUsable(r.Fields)
		note(ok, fsm.FactChallengeUsable, what)
	case fsm.ActionRedirect, fsm.ActionRedirectIfGet, fsm.ActionRedirectChoice:
		facts |= c.judgeLocation(r)
		detail = c.detail
	case fsm.ActionProxyAuth:
		_, has := r.Fields.Get("Proxy-Authenticate")
		note(has && c.cfg.HasProxyLogin, fsm.FactProxyChallenge, "")
	case fsm.ActionUpgrade:
		facts |= c.judgeUpgrade(r)
	}
	c.detail = detail
	return facts
}

// acceptMatches checks what a completing response says about the upgrade, as far as it says anything: the extended request carries no key,
// so the one of the opening request counts. [AMB-19]
//
//khp:impl KHP-STATUS-101-01 KHP-STATUS-101-03
func (c *Client) acceptMatches(r *wire.Response) (ok bool, what string) {
	if c.accept != ([28]byte{}) { // the host may not know it
		for v := range r.Fields.All("Sec-WebSocket-Accept") {
			if !bytes.Equal(v, c.accept[:]) {
				return false, "expected Sec-WebSocket-Accept: " + string(c.accept[:]) + " or none, got " + quote(string(v))
			}
		}
	}
	for v := range r.Fields.All("Upgrade") {
		if !wire.EqualFold(v, "websocket") {
			return false, "expected Upgrade: websocket or none, got " + quote(string(v))
		}
	}
	if r.Fields.Count("Connection") > 0 && !hasConnectionUpgrade(r.Fields) {
		return false, "expected Connection: Upgrade or none"
	}
	return true, ""
}

// hasConnectionUpgrade reports whether a Connection field lists Upgrade.
func hasConnectionUpgrade(fields wire.Fields) bool {
	for v := range fields.All("Connection") {
		if wire.HasToken(v, "Upgrade") {
			return true
		}
	}
	return false
}

// protocolOffered checks the selected subprotocol: none, or one that the request listed, in one field. [AMB-31]
//
//khp:impl WSP-PROTO-01
func (c *Client) protocolOffered(r *wire.Response) (ok bool, what string) {
	const name = "Sec-WebSocket-Protocol"
	switch r.Fields.Count(name) {
	case 0:
		return true, ""
	case 1:
		v, _ := r.Fields.Get(name)
		if slices.Contains(c.cfg.Protocols, string(v)) {
			return true, ""
		}
		return false, "expected a subprotocol of " + quoteList(c.cfg.Protocols) + ", got " + quote(string(v))
	}
	return false, name + " is repeated"
}

// selected returns the subprotocol that a response selects, "" if it is none that was offered.
func (c *Client) selected(r *wire.Response) string {
	v, _ := r.Fields.Get("Sec-WebSocket-Protocol")
	if string(v) == Protocol {
		return Protocol
	}
	if i := slices.Index(c.cfg.Protocols, string(v)); i >= 0 {
		return c.cfg.Protocols[i]
	}
	return ""
}

// extensionsAsked checks the selected extensions: each asked for in the last request, none twice. Parameters are the extension's business.
// [AMB-26, AMB-27, AMB-29]
//
//khp:impl KHP-CLOSE-03 KHP-EXT-RSP-09 KHP-EXT-RSP-11 KHP-EXT-RSP-12 KHP-GEN-07 WSP-EXT-01 WSP-EXT-02
func (c *Client) extensionsAsked(r *wire.Response) (ok bool, what string) {
	var room [4]wire.Extension
	list := room[:0]
	for v := range r.Fields.All("Sec-WebSocket-Extensions") {
		var err error
		if list, err = wire.ParseExtensions(list, v); err != nil {
			return false, err.Error()
		}
	}
	for i, e := range list {
		if !names(c.wanted, string(e.Name)) {
			return false, "expected extensions of " + quoteList(c.wanted) + ", got " + quote(string(e.Name))
		}
		if grantedName(list[:i], string(e.Name)) {
			return false, "extension " + quote(string(e.Name)) + " is listed twice"
		}
	}
	return true, ""
}

func selectedExtensions(r *wire.Response) []string {
	var elements []string
	for v := range r.Fields.All("Sec-WebSocket-Extensions") {
		var room [4]wire.Extension
		list, _ := wire.ParseExtensions(room[:0], v)
		for _, e := range list {
			elements = append(elements, elementText(e))
		}
	}
	return elements
}

// challengeUsable reads the challenges of a 401. One malformed field spoils all. [AMB-42]
func (c *Client) challengeUsable(fields wire.Fields) (ok bool, what string) {
	var list []wire.Challenge
	for v := range fields.All("WWW-Authenticate") {
		var err error
		if list, err = wire.ParseChallenges(list, bytes.Clone(v)); err != nil {
			return false, err.Error()
		}
	}
	c.challenges = list
	switch {
	case len(list) == 0:
		return false, "the 401 response has no WWW-Authenticate field"
	case !c.cfg.HasCredentials:
		return false, "no credentials are configured for " + describeChallenge(list[0])
	}
	return true, ""
}

// violation gives a broken rule to the machine.
func (c *Client) violation(f fsm.Failure, detail string) {
	if c.detail == "" {
		c.detail = detail
	}
	c.step(fsm.Event{Kind: fsm.EventViolation, Failure: f})
}

// remember keeps what a response said, for the error that reports it and nothing else.
//
//khp:impl RFC6585-511-07
func (c *Client) remember(r *wire.Response, leg Leg) {
	c.response = &HandshakeError{
		Leg: leg, Status: r.Status, Reason: string(r.Reason), Header: copyFields(r.Fields), Body: bytes.Clone(r.Body), Detail: c.detail,
	}
}
