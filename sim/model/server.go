package model

import (
	"example.com/khp/fsm"
	"example.com/khp/sim/explore"
)

// serverWorld is a server machine in its surroundings.
type serverWorld struct {
	state fsm.ServerState
	host  serverHost
}

// Phase returns what the server is waiting for.
func (w serverWorld) Phase() fsm.ServerPhase { return w.state.Phase() }

// String names the phase of the server.
func (w serverWorld) String() string { return "server " + bare(w.Phase()) }

// take gives ev to the server and carries out its orders, as far as they are about the server
// itself. A decision may be misuse: that is how the machine refuses what breaks an obligation, and
// then nothing changes.
func (w *serverWorld) take(cfg fsm.ServerConfig, f *Fault, ev fsm.Event) (a Action, effects fsm.Effects, broken, noted string) {
	before := *w
	state, effects, verdict := f.stepServer(cfg, before.state, ev)
	noted = f.serverOracle(cfg, &before, state, ev, &effects, verdict)
	switch {
	case verdict == fsm.Misuse && ev.Kind != fsm.EventDecided:
		broken = misused
	case verdict != fsm.Misuse:
		w.host.learn(before.state, ev)
	}
	if verdict == fsm.Accepted {
		w.state = state
		broken = w.host.obey(before.state, ev, effects)
	}
	if broken == "" {
		broken = serverOwes.unmet(ev.Kind, &serverTurn{&cfg, &before, w, &ev, &effects})
	}
	return Action{Side: Server, Event: ev, Phase: uint8(before.Phase()), Index: int16(effects.Edge())}, effects, broken, noted
}

// serverChecks are those that the host of a server checks.
var serverChecks = []explore.Checked{
	{ID: "INV-01", Text: "open only with x-kaazing-handshake selected"},
	{ID: "INV-02", Text: "no application data delivered before open"},
	{ID: "INV-03", Text: "no application data sent before open or after Close"},
	{ID: "INV-04", Text: "at most one open event"},
	{ID: "INV-05", Text: "nothing after the terminal event"},
	{ID: "INV-08", Text: "accepted only with a request and a selection out of it"},
	{ID: "INV-39", Text: "no timer is started over while it runs"},
	{ID: "INV-40", Text: "no response after Close"},
	{ID: "INV-41", Text: "one deciding response to a complete request"},
	{ID: "INV-42", Text: "one terminator right behind every response"},
	{ID: "INV-43", Text: "no acceptance of a request that names an extension of the opening handshake"},
	{ID: "INV-45", Text: "no status without the fields that it requires"},
	{ID: "INV-46", Text: "no 511, and no 100 without Expect"},
	{ID: "INV-54", Text: "the kaazing messages to kaazing clients only"},
	{ID: "WSP-FRAME-06", Text: "one Close frame at most"},
	{ID: "TOTAL", Text: "an honest driver is never told Misuse"},
}

// serverHost is what surrounds a server machine.
type serverHost struct{ host }

// learn notes what an event says.
func (h *serverHost) learn(s fsm.ServerState, ev fsm.Event) {
	h.host.learn(ev)
	switch ev.Kind {
	case fsm.EventPeerClosed:
		h.set(peerClosed)
	case fsm.EventRequest, fsm.EventBadRequest:
		if p := s.Phase(); p == fsm.ServerAwaitRequest || p == fsm.ServerAwaitReplay {
			h.set(requested)
			h.put(bodyOwed, ev.Kind == fsm.EventRequest && ev.Facts.Has(fsm.FactExpectBody))
			h.put(again, ev.Kind == fsm.EventRequest && ev.Facts.Has(fsm.FactExtensionAgain))
		}
	case fsm.EventBodyReceived:
		h.clear(bodyOwed)
	case fsm.EventOpeningRequest:
		h.put(selected, ev.Facts.Has(fsm.FactKHP|fsm.FactValid))
		h.put(kaazingClient, ev.Facts.Has(fsm.FactKaazing|fsm.FactKHP|fsm.FactValid))
	}
}

// obey carries out what the machine orders and checks that it may.
func (h *serverHost) obey(s fsm.ServerState, ev fsm.Event, effects fsm.Effects) (broken string) {
	wasOpen := s.Phase().Open()
	for e := range effects.All() {
		if h.is(responding) && e.Kind != fsm.EffectSendTerminator {
			return "INV-42: a response without its terminator right behind it"
		}
		if broken = h.host.obey(e, wasOpen); broken == "" {
			broken = h.one(ev, e)
		}
		if broken != "" {
			return broken
		}
	}
	if h.is(responding) {
		return "INV-42: a response without its terminator"
	}
	return ""
}

// one carries out one effect of a server.
func (h *serverHost) one(ev fsm.Event, e fsm.Effect) (broken string) {
	switch e.Kind {
	case fsm.EffectSendOpening:
		h.set(webSocket)
	case fsm.EffectSendResponse:
		return h.respond(ev, int(e.Code))
	case fsm.EffectSendTerminator:
		if !h.is(responding) {
			return "INV-42: a terminator without a response"
		}
		h.clear(responding)
	case fsm.EffectSendProceed, fsm.EffectSendReroute:
		if !h.is(kaazingClient) || h.is(closeSent) {
			return "INV-54: a message of the kaazing profile to another client, or after Close"
		}
	case fsm.EffectAskDecision:
		if !h.is(requested) || h.is(bodyOwed) {
			return "INV-41: asked to decide on an incomplete request"
		}
		h.set(deciding)
	case fsm.EffectComplete:
		if !h.is(selected|webSocket) || h.is(closeSent) {
			return "INV-01: open without a selected x-kaazing-handshake"
		}
	case fsm.EffectClosed, fsm.EffectFail:
		h.clear(deciding)
	}
	return ""
}

// respond checks a response. It answers an outstanding request, or comes at a timer or at the end;
// its status is one that a server may send, with the fields that the status requires; and there is
// one deciding response.
func (h *serverHost) respond(ev fsm.Event, status int) (broken string) {
	rule := fsm.Status(status)
	switch {
	case h.is(closeSent):
		return "INV-40: a response after Close"
	case h.is(decided):
		return "INV-41: a second deciding response"
	case status == 100 && !h.is(unchecked) && !ev.Facts.Has(fsm.FactExpectBody):
		return "INV-46: 100 without Expect"
	case status != 100 && !h.is(unchecked) && rule.Duties&fsm.NeverSend != 0:
		return "INV-46: a status that a server never sends"
	case ev.Kind == fsm.EventDecided && !h.is(unchecked) && int(ev.Status) == status && rule.MissingField(ev.Facts) != "":
		return "INV-45: " + rule.Reason + " without " + rule.MissingField(ev.Facts)
	case rule.Action == fsm.ActionComplete && h.is(again):
		return "INV-43: a request that names an extension of the opening handshake is accepted"
	case rule.Action == fsm.ActionComplete && (!h.is(requested) || !ev.Facts.Has(fsm.FactSelectionValid)):
		return "INV-08: accepted without a request, or with a selection that was not requested"
	}
	h.set(responding)
	switch {
	case status == 100 && ev.Kind == fsm.EventRequest, rule.Action == fsm.ActionWait:
	case rule.Action == fsm.ActionReplay:
		h.clear(requested | deciding | again)
	default:
		h.clear(requested | deciding | again)
		h.set(decided)
	}
	return ""
}
