package replay

import (
	"example.com/khp/fsm"
	"example.com/khp/fsm/codes"
	"example.com/khp/internal/balancer"
	"example.com/khp/internal/judge"
	"example.com/khp/wire"
)

// clientHyp is one state that the client may be in.
type clientHyp struct {
	progress
	cfg   fsm.ClientConfig
	state fsm.ClientState
	from  int   // the input with which the response in progress begins
	body  int64 // bytes of the request's body that were sent
}

// clientUnseen are the events that leave no trace on the connection.
var clientUnseen = func() (list []fsm.Event) {
	for _, t := range []fsm.Timer{fsm.TimerOpening, fsm.TimerResponse, fsm.TimerWait,
		fsm.TimerCredentials, fsm.TimerOverall, fsm.TimerClose} {
		list = append(list, fsm.Event{Kind: fsm.EventTimerExpired, Timer: t})
	}
	return append(list,
		fsm.Event{Kind: fsm.EventConnected}, fsm.Event{Kind: fsm.EventConnectFailed},
		fsm.Event{Kind: fsm.EventBodyWritten},
		fsm.Event{Kind: fsm.EventCredentialsSupplied, Facts: fsm.FactNewCredentials},
		fsm.Event{Kind: fsm.EventCredentialsSupplied},
		fsm.Event{Kind: fsm.EventCredentialsDeclined}, fsm.Event{Kind: fsm.EventCloseRequested})
}()

// factChoices are the findings about a response that depend on unseen facts: policy, history,
// credentials.
func factChoices(a codes.Action) []fsm.Facts {
	//exhaustive:ignore
	switch a {
	case codes.ActionRedirect, codes.ActionRedirectIfGet, codes.ActionRedirectChoice:
		return []fsm.Facts{fsm.FactTargetUsable, fsm.FactTargetVisited, fsm.FactTargetRefused, 0}
	case codes.ActionReplay:
		return []fsm.Facts{fsm.FactChallengeUsable, 0}
	case codes.ActionProxyAuth:
		return []fsm.Facts{fsm.FactProxyChallenge, 0}
	case codes.ActionUpgrade:
		return []fsm.Facts{fsm.FactUpgradeTLS | fsm.FactTargetUsable,
			fsm.FactUpgradeTLS | fsm.FactTargetVisited, 0}
	}
	return []fsm.Facts{0}
}

// startClient returns the states that a client can begin with.
func (c *checker) startClient() []clientHyp {
	cfg := fsm.ClientConfig{Profile: fsm.ProfileSpec, Proxy: true, Upgrade: true, MaxRedirects: 255,
		MaxReplays: 255, MaxInterim: 255}
	if c.s.ClientConfig != nil {
		cfg = *c.s.ClientConfig
		cfg.TerminatorOptional = cfg.TerminatorOptional && cfg.Profile == fsm.ProfileSpec
	}
	if a := c.firstAsked; a != nil {
		cfg.Expect, cfg.OtherMethod = a.expects, string(a.request.Method) != "GET"
	}
	configs := []fsm.ClientConfig{cfg}
	switch {
	case c.s.ClientConfig != nil:
	case c.heads.kaazing: // it waits for N, or goes on and sees
		configs = append(configs, cfg)
		configs[0].Profile, configs[1].Profile = fsm.ProfileKaazing, fsm.ProfileAuto
	default:
		configs = append(configs, cfg)
		configs[1].TerminatorOptional = true
	}
	var list []clientHyp
	for _, cfg := range configs {
		s, _, verdict := cfg.Step(cfg.Start(),
			fsm.Event{Kind: fsm.EventConnectRequested, Facts: fsm.FactTargetUsable})
		if verdict == fsm.Accepted {
			list = append(list, clientHyp{cfg: cfg, state: s})
		}
	}
	return list
}

// step gives an event to the machine of h.
func (h clientHyp) step(ev fsm.Event) (next clientHyp, accepted bool) {
	s, effects, verdict := h.cfg.Step(h.state, ev)
	if verdict != fsm.Accepted {
		return h, false
	}
	h.state, h.owed = s, owedOf(effects)
	if k := h.owed.first().kind; k == outRequest || k == outReplay {
		h.from, h.body = h.in, 0
	}
	return h, true
}

// clientUnseen returns the hypotheses that h may turn into without a recorded event.
func (c *checker) clientUnseen(h clientHyp) (list []clientHyp) {
	events := clientUnseen
	if c.talking {
		events = append(events[:len(events):len(events)], fsm.Event{Kind: fsm.EventSendRequested})
	}
	for _, ev := range events {
		if ev.Kind == fsm.EventTimerExpired {
			for _, decided := range c.settle(h) {
				if decided != h {
					list = append(list, decided)
				}
			}
			ev.Facts = c.clientUnit(h).facts
		}
		if next, ok := h.step(ev); ok {
			list = append(list, next)
		}
	}
	return list
}

// inProgress is the response that a client has a part of.
type inProgress struct {
	*unit
	facts fsm.Facts // FactHeadComplete if only the terminator is missing
}

func (c *checker) clientUnit(h clientHyp) (p inProgress) {
	if h.state.Phase() == fsm.ClientReading && h.from < h.in {
		p.unit = c.unitOf(h.from, h.in-1)
		if p.status != 0 {
			p.facts = fsm.FactHeadComplete
		}
	}
	return p
}

// settle decides a response that misses only its terminator, if it ends the connection anyway.
func (c *checker) settle(h clientHyp) []clientHyp {
	if u := c.clientUnit(h); u.unit != nil && u.terminates() {
		return c.clientDecides(h, u.unit, false)
	}
	return []clientHyp{h}
}

// clientReceives gives h its next input.
func (c *checker) clientReceives(h clientHyp) []clientHyp {
	k := h.in
	s := &c.s.Steps[c.inputs[Client][k]]
	h.in++
	//exhaustive:enforce
	switch s.Kind {
	case Opening:
		return c.clientOpened(h)
	case Message:
		return c.clientMessage(h, k, s)
	case Close:
		return c.afterSettling(h, fsm.Event{Kind: fsm.EventPeerClosed})
	case Ended:
		return c.afterSettling(h, fsm.Event{Kind: fsm.EventConnectionLost})
	case Broken:
		return eventually(h, fsm.Event{Kind: fsm.EventViolation, Failure: failureOfCode(s.Code)})
	case Ping, Pong, Opened, Failed, GaveUp, Followed:
	}
	return []clientHyp{h}
}

// eventually is h after ev, or h itself if the machine ignores ev.
func eventually(h clientHyp, ev fsm.Event) []clientHyp {
	next, _ := h.step(ev)
	return []clientHyp{next}
}

// afterSettling gives the end of a connection to h.
func (c *checker) afterSettling(h clientHyp, ev fsm.Event) (list []clientHyp) {
	h.in-- // the end is no part of the unit
	ev.Facts = c.clientUnit(h).facts
	for _, next := range c.settle(h) {
		next.in++
		// the machine has ordered Close meanwhile; the end comes in the state after that
		if next.owed.n > 0 {
			wanted := next.owed
			next, _ = next.step(ev)
			if next.owed.n == 0 {
				next.owed = wanted
			}
			list = append(list, next)
			continue
		}
		list = append(list, eventually(next, ev)...)
	}
	return list
}

// clientOpened gives h the answer to the opening request.
func (c *checker) clientOpened(h clientHyp) (list []clientHyp) {
	r := &c.heads.response
	if r.Status == 101 {
		ev := fsm.Event{Kind: fsm.EventOpened}
		if c.heads.khp {
			ev.Facts = fsm.FactKHP
		}
		return eventually(h, ev)
	}
	for _, facts := range factChoices(fsm.OpeningStatus(r.Status).Action) {
		list = append(list, eventually(h, judge.OpeningResponse(r.Status, facts))...)
	}
	return list
}

// clientMessage gives h a message.
func (c *checker) clientMessage(h clientHyp, k int, s *Step) []clientHyp {
	kind, _ := balancer.Parse(s.Data)
	phase := h.state.Phase()
	early := phase == fsm.ClientAwaitResponse && h.cfg.Profile == fsm.ProfileAuto &&
		kind != balancer.None
	switch {
	case early, phase == fsm.ClientAwaitProceed, phase == fsm.ClientAwaitConfirm:
		switch kind {
		case balancer.Proceed:
			h.from = h.in
			return eventually(h, fsm.Event{Kind: fsm.EventProceedReceived})
		case balancer.Reroute:
			var list []clientHyp
			for _, facts := range factChoices(codes.ActionRedirect) {
				list = append(list, eventually(h, fsm.Event{Kind: fsm.EventRerouteReceived, Facts: facts})...)
			}
			return list
		case balancer.None:
		}
	case phase == fsm.ClientAwaitResponse, phase == fsm.ClientReading, phase == fsm.ClientSendingBody:
		return c.clientPiece(h, k, s)
	}
	return eventually(h, fsm.Event{Kind: dataKind(s)})
}

// dataKind is the event for a message that is not looked into.
func dataKind(s *Step) fsm.EventKind {
	if len(s.Data) == 0 && s.Type == wire.Binary {
		return fsm.EventTerminatorReceived
	}
	return fsm.EventDataReceived
}

// clientPiece gives h a piece of a response, its k-th input.
func (c *checker) clientPiece(h clientHyp, k int, s *Step) []clientHyp {
	if len(s.Data) == 0 && !c.begun(h.from, k) {
		h.from = h.in
		return eventually(h, fsm.Event{Kind: fsm.EventTerminatorReceived})
	}
	if len(s.Data) > 0 {
		h, _ = h.step(fsm.Event{Kind: fsm.EventDataReceived})
	}
	u := c.unitOf(h.from, k)
	switch {
	case u.err != nil:
		return eventually(h, fsm.Event{Kind: fsm.EventViolation, Failure: fsm.FailureMalformed})
	case u.progress == wire.UnitTerminated:
		return c.clientDecides(h, u, true)
	case u.progress == wire.UnitFull && (h.cfg.TerminatorOptional || u.wrapped || u.terminates()),
		h.cfg.TerminatorOptional && u.over():
		return c.clientDecides(h, u, false)
	}
	return []clientHyp{h}
}

// clientDecides gives h a response as a whole.
func (c *checker) clientDecides(h clientHyp, u *unit, terminated bool) (list []clientHyp) {
	facts := c.heads.extendedResponse(u, c.askedBefore(c.inputs[Client][h.in-1]), true).client
	if terminated {
		facts |= fsm.FactTerminated
	}
	if !u.terminates() {
		h.from = h.in
	}
	asked := h.cfg.TerminatorOptional
	h.cfg.TerminatorOptional = asked || u.wrapped // as the client does for this one response
	for _, choice := range factChoices(fsm.Status(u.status).Action) {
		next, _ := h.step(fsm.Event{Kind: fsm.EventResponse, Status: uint16(u.status),
			Facts: facts | choice})
		next.cfg.TerminatorOptional = asked
		list = append(list, next)
	}
	return list
}

// failureOfCode is the violation that a close code stands for.
func failureOfCode(code uint16) fsm.Failure {
	for _, f := range []fsm.Failure{fsm.FailureLimit, fsm.FailureUTF8} {
		if fsm.CloseCode(f) == code {
			return f
		}
	}
	return fsm.FailureFrame
}
