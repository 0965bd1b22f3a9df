package endpoint

import (
	"bytes"
	"strconv"
	"strings"

	"example.com/khp/endpoint/internal/head"
	"example.com/khp/fsm"
	"example.com/khp/fsm/codes"
	"example.com/khp/internal/balancer"
	"example.com/khp/internal/judge"
	"example.com/khp/wire"
)

// extendedRequest writes the extended request: the offer of the opening without KHP, and the
// extensions that the opening did not negotiate; a replay differs by its Authorization only.
// [INV-11, INV-12, INV-19]
//
//khp:impl KHP-EXT-REQ-01 KHP-EXT-REQ-02 KHP-EXT-REQ-03 KHP-EXT-REQ-04 KHP-EXT-REQ-05 KHP-EXT-REQ-06
//khp:impl KHP-EXT-REQ-08 KHP-EXT-REQ-09 KHP-EXT-REQ-10 KHP-EXT-REQ-11 KHP-STATUS-100-03
//khp:impl KHP-STATUS-401-02
func (c *Client) extendedRequest(replay bool) ([]byte, error) {
	h := head.Head{B: c.buf[:0]}
	h.RequestLine(c.cfg.method(), c.url.Target())
	if c.machine.Profile != fsm.ProfileKaazing { // a gateway ignores it
		h.Field("Host", c.url.HostField())
	}
	h.List("Sec-WebSocket-Protocol", c.cfg.Subprotocols)
	c.wanted = c.extensionsToAsk()
	h.List("Sec-WebSocket-Extensions", c.wanted)
	if replay {
		h.Field("Authorization", c.credentials)
	}
	if c.machine.Expect {
		h.Field("Expect", "100-continue")
		h.Field("Content-Length", strconv.Itoa(len(c.cfg.Body)))
	}
	c.extraFields(&h, c.cfg.Header)
	c.buf = h.End()
	return c.buf, h.Err
}

// extensionsToAsk lists the extensions offered in the opening but not granted there, then those of
// the extended handshake.
func (c *Client) extensionsToAsk() (list []string) {
	if len(c.cfg.OpeningExtensions)+len(c.granted) == 0 {
		return c.cfg.Extensions
	}
	for _, offered := range [2][]string{c.cfg.OpeningExtensions, c.cfg.Extensions} {
		for _, e := range offered {
			if !judge.Granted(c.granted, judge.ExtensionName(e)) {
				list = append(list, e)
			}
		}
	}
	return list
}

// extraFields writes the caller's fields; sensitive ones only to the origin they were given for.
// [AMB-65, INV-27]
func (c *Client) extraFields(h *head.Head, fields []HeaderField) {
	home := c.url.SameOrigin(c.visited[0])
	for _, f := range fields {
		if !home && (strings.EqualFold(f.Name, "Cookie") || containsFold(c.cfg.Sensitive, f.Name)) {
			continue
		}
		h.Field(f.Name, f.Value)
	}
}

// handshakeMessage adds a message to the unit and decides the unit when it is complete.
//
//khp:impl KHP-GEN-09 KHP-EXT-03 KHP-EXT-04 KHP-CLOSE-04
func (c *Client) handshakeMessage(t wire.MessageType, p []byte) {
	if len(p) == 0 && c.unit.Len() == 0 {
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
		if c.machine.TerminatorOptional || c.unit.Unwrapped() ||
			fsm.Status(c.unit.Response.Status).Action.Terminates() {
			c.decide(false)
		}
	case wire.UnitBody:
		// Without a terminator one message is one response. [AMB-04]
		if c.machine.TerminatorOptional && c.unit.Response.ContentLength < 0 && c.unit.Finish() == nil {
			c.decide(false)
		}
	}
}

// balancer handles a message where only N and R are legal.
func (c *Client) balancer(t wire.MessageType, p []byte) {
	switch kind, url := balancer.Parse(p); kind {
	case balancer.Proceed:
		c.detail = "the balancer message N, once more or too late"
		c.step(fsm.Event{Kind: fsm.EventProceedReceived})
	case balancer.Reroute:
		facts := c.take(judgment{Target: c.redirects().Resolve(url)})
		c.response = nil // this message decides, not an earlier response
		if c.machine.NoRedirects {
			c.detail = "the gateway sends elsewhere, to " + quote(judge.WithoutUserinfo(string(url))) +
				", and redirects are off"
		}
		c.step(fsm.Event{Kind: fsm.EventRerouteReceived, Facts: facts})
	default:
		c.detail = "expected the balancer message N, got " + describe(t, p)
		c.step(fsm.Event{Kind: dataKind(t, p)})
	}
}

// earlyBalancer tells whether p is a balancer message by which a server whose profile is not known
// yet shows that it is a gateway.
func (c *Client) earlyBalancer(phase fsm.ClientPhase, p []byte) bool {
	if phase != fsm.ClientAwaitResponse || c.machine.Profile != fsm.ProfileAuto {
		return false
	}
	kind, _ := balancer.Parse(p)
	return kind != balancer.None
}

// settle decides a terminating response that is complete but for its terminator, or whose body was
// cut short: the peer's close, the loss of the connection or a timer changes nothing about it.
// [AMB-03, AMB-71]
func (c *Client) settle() {
	if c.state.Phase() == fsm.ClientReading && c.unit.HeadComplete() &&
		fsm.Status(c.unit.Response.Status).Action.Terminates() {
		c.decide(false)
	}
}

// unitFacts tells whether the unit in progress misses nothing but its terminator.
func (c *Client) unitFacts() fsm.Facts {
	if c.unit.HeadComplete() {
		c.detail = "expected an empty binary message after the " + itoa(c.unit.Response.Status) +
			" response"
		return fsm.FactHeadComplete
	}
	return 0
}

// decide judges the response and gives it to the machine.
//
//khp:impl KHP-EXT-REQ-07 KHP-STATUS-201-03
func (c *Client) decide(terminated bool) {
	r := &c.unit.Response
	c.responded(LegExtended, r)
	if what := judge.ListsSize(r.Fields, &c.cfg.Limits); what != "" {
		c.violation(fsm.FailureLimit, what)
		return
	}
	ev := fsm.Event{Kind: fsm.EventResponse, Status: uint16(r.Status), Facts: c.take(c.judge(r))}
	if terminated {
		ev.Facts |= fsm.FactTerminated
	}
	action := fsm.Status(r.Status).Action
	if action == codes.ActionComplete {
		k := keptByClient()
		fields := k.copyFields(r.Fields)
		c.result = Result{Status: r.Status, Header: fields, Body: bytes.Clone(r.Body),
			Subprotocol: (&judge.Asked{Subprotocols: c.cfg.Subprotocols}).Selected(r.Fields),
			Extensions:  k.selected(r.Fields, fields)}
	}
	c.stepResponse(ev)
	if !c.state.Phase().Open() {
		c.remember(r, LegExtended)
	}
	c.unit.Reset(c.cfg.Limits)
}

// stepResponse gives a response to the machine. A gateway that wraps it, as those of 3.x do, may
// leave out its terminator.
func (c *Client) stepResponse(ev fsm.Event) {
	asked := c.machine.TerminatorOptional
	c.machine.TerminatorOptional = asked || c.unit.Unwrapped()
	c.step(ev)
	c.machine.TerminatorOptional = asked
}

// judgment is the result of judging a response: facts for the machine, why a fact is missing, and
// the values that the machine needs to act on the facts. Making one changes no state.
type judgment struct {
	judge.Target
	challenges []wire.Challenge // of a 401
}

// redirects is the client's policy for redirects.
func (c *Client) redirects() *judge.Redirects {
	return &judge.Redirects{
		Here: c.url, Visited: c.visited, Method: c.cfg.method(), Mark: c.marked,
		AllowDowngrade: c.cfg.AllowDowngrade, SameHost: c.cfg.Redirects == RedirectSameHost,
		SameOrigin: c.cfg.Redirects == RedirectSameOrigin,
		Check:      c.cfg.CheckRedirect, ToASCII: c.cfg.ToASCII, Limits: &c.cfg.Limits,
	}
}

// judge judges a response by the request and the configuration. Only a 401 makes it look at
// challenges, and nothing at all at cookies or refreshes.
//
//khp:impl DRAFT02-511-06
func (c *Client) judge(r *wire.Response) (j judgment) {
	action := fsm.OpeningStatus(r.Status).Action
	if c.leg == LegExtended {
		action = fsm.Status(r.Status).Action
		j.Facts, j.Detail = c.judgeSelection(r, action)
	}
	//exhaustive:ignore
	switch action {
	case codes.ActionReplay:
		facts, detail := j.Facts, j.Detail
		j = c.judgeChallenges(r.Fields)
		if j.Facts |= facts; detail != "" {
			j.Detail = detail
		}
	case codes.ActionRedirect, codes.ActionRedirectIfGet, codes.ActionRedirectChoice:
		return judgment{Target: c.redirects().Location(r)}
	case codes.ActionProxyAuth:
		if r.Fields.Count("Proxy-Authenticate") > 0 { // the machine knows whether there is a login
			j.Facts |= fsm.FactProxyChallenge
		}
	case codes.ActionUpgrade:
		return judgment{Target: c.redirects().Upgrade(r)}
	}
	return j
}

// judgeSelection judges the upgrade and the selection of an extended response, the application
// last.
func (c *Client) judgeSelection(
	r *wire.Response, action codes.Action,
) (facts fsm.Facts, detail string) {
	asked := judge.Asked{Subprotocols: c.cfg.Subprotocols, Extensions: c.wanted}
	if c.accept != ([28]byte{}) { // the host may not know it
		asked.Accept = c.accept[:]
	}
	facts, fault := judge.Response(r, &asked)
	if action == codes.ActionComplete && facts.Has(fsm.FactExtensionsAsked) &&
		c.cfg.ConfirmExtensions != nil {
		selected := new(kept).selected(r.Fields, copyFields(r.Fields))
		if err := c.cfg.ConfirmExtensions(selected); err != nil {
			return facts &^ fsm.FactExtensionsAsked, err.Error()
		}
	}
	return facts, fault.Text
}

// take keeps the results of a judgment, and returns its facts.
func (c *Client) take(j judgment) fsm.Facts {
	c.detail = j.Detail
	if j.challenges != nil {
		c.challenges = j.challenges
	}
	if j.URL.Host != "" {
		c.next = j.URL
	}
	return j.Facts
}

// judgeChallenges reads the challenges of a 401. One malformed field spoils all. [AMB-42]
func (c *Client) judgeChallenges(fields wire.Fields) (j judgment) {
	for v := range fields.All("WWW-Authenticate") {
		list, err := wire.ParseChallenges(j.challenges, bytes.Clone(v))
		if err != nil {
			return judgment{Target: judge.Target{Detail: err.Error()}}
		}
		j.challenges = list
	}
	switch {
	case len(j.challenges) == 0:
		j.Detail = "the 401 response has no WWW-Authenticate field"
	case !c.cfg.HasCredentials:
		j.Detail = "no credentials are configured for " + describeChallenge(j.challenges[0])
	default:
		j.Facts = fsm.FactChallengeUsable
	}
	return j
}

// violation gives a broken rule to the machine.
func (c *Client) violation(f fsm.Failure, detail string) {
	c.detail = detail
	c.step(fsm.Event{Kind: fsm.EventViolation, Failure: f})
}

// remember keeps a copy of the response for the error that reports it.
//
//khp:impl RFC6585-511-07
func (c *Client) remember(r *wire.Response, leg Leg) {
	c.response = &HandshakeError{
		Leg: leg, Status: r.Status, Reason: string(r.Reason), Header: copyFields(r.Fields),
		Body: bytes.Clone(r.Body), Detail: c.detail,
	}
}

// data handles a message that is not looked into: the application's, or one that comes at the wrong
// time. Where terminators are optional, one of text ends a response as well. [AMB-06]
func (c *Client) data(t wire.MessageType, p []byte) {
	if !c.state.Phase().Open() {
		c.detail = "expected nothing while credentials are asked for, got " + describe(t, p)
	}
	if c.machine.TerminatorOptional {
		t = wire.Binary
	}
	c.step(fsm.Event{Kind: dataKind(t, p)})
}

// dataKind is the event for a data message that is not looked into.
func dataKind(t wire.MessageType, p []byte) fsm.EventKind {
	if len(p) == 0 && t == wire.Binary {
		return fsm.EventTerminatorReceived
	}
	return fsm.EventDataReceived
}

// TooEarly reports whether Message would refuse p because it was here before the extended request
// was sent: it came together with the opening 101. Two kinds of message may: the balancer's, and a
// response that ends the attempt, which a server that shuts down, or has waited too long, sends
// unasked. It changes nothing, and is for traces.
//
//khp:impl KHP-EXT-02
func (c *Client) TooEarly(p []byte) bool {
	if c.early == 0 || !c.asked() {
		return false
	}
	kind, _ := balancer.Parse(p)
	return !refuses(p) && (kind == balancer.None || c.machine.Profile == fsm.ProfileSpec)
}

// tooEarly is TooEarly for a message that is received: one less that came early is left, and behind
// a refusal there is only its rest.
func (c *Client) tooEarly(p []byte) bool {
	early := c.TooEarly(p)
	if c.early--; refuses(p) {
		c.early = 0
	}
	return early
}

// asked reports whether a response is awaited or comes in.
func (c *Client) asked() bool {
	switch c.state.Phase() {
	case fsm.ClientAwaitResponse, fsm.ClientReading, fsm.ClientSendingBody:
		return true
	}
	return false
}

// refuses reports whether p begins like a response that ends the attempt. The status says so; the
// rest of the response is judged, and limited, as that of one that comes in time.
func refuses(p []byte) bool {
	const line = len("HTTP/1.1 503")
	end := min(len(p), line)
	var r wire.Response
	_, err := r.ParseHead(append(p[:end:end], "\r\n\r\n"...), wire.DefaultLimits())
	return err == nil && fsm.Status(r.Status).Action.Terminates()
}
