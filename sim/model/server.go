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
func (w *serverWorld) take(cfg fsm.ServerConfig, f *Fault, ev fsm.Event) (a Action, effects fsm.Effects, broken string) {
	before := w.state
	state, effects, verdict := f.stepServer(cfg, before, ev)
	a = Action{Side: Server, Event: ev, Phase: uint8(before.Phase()), Index: int16(effects.Edge())}
	if verdict == fsm.Misuse {
		if ev.Kind != fsm.EventDecided {
			broken = misused
		}
		return a, effects, broken
	}
	w.host.learn(before, ev)
	if verdict == fsm.Accepted {
		w.state = state
		broken = w.host.obey(before, state, ev, effects)
	}
	return a, effects, broken
}

// guarded reports whether time ends every wait of the server.
func (w *serverWorld) guarded() bool {
	p := w.Phase()
	return p == fsm.ServerOpening || p.Open() || p.Terminal() || w.host.timers.running != 0
}

// serverChecks are those that the host of a server checks.
var serverChecks = []explore.Checked{
	{ID: "INV-01", Text: "open only with x-kaazing-handshake selected"},
	{ID: "INV-02", Text: "no application data delivered before open"},
	{ID: "INV-03", Text: "no application data sent before open or after Close"},
	{ID: "INV-04", Text: "at most one open event"},
	{ID: "INV-05", Text: "nothing after the terminal event"},
	{ID: "INV-08", Text: "accepted only with a request and a selection out of it"},
	{ID: "INV-37", Text: "a Ping is answered and changes nothing"},
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

// serverHost is what surrounds a server machine: its connection, its timers and what was asked of
// its application, and enough of the past to check what the machine orders.
type serverHost struct {
	timers timerSet

	connected  bool
	webSocket  bool // the opening 101 was sent
	deciding   bool // the application was asked and owes a decision
	bodyOwed   bool // the client owes a body
	closeSent  bool
	peerClosed bool

	opened, ended uint8

	selected   bool // the opening 101 selected KHP
	request    bool // a request without deciding response
	responding bool // a response was sent that lacks its terminator
	decided    bool // a deciding response that is not 401 was sent
	kaazing    bool
	unchecked  bool // obligations are not checked
}

// learn notes what an event says.
func (h *serverHost) learn(s fsm.ServerState, ev fsm.Event) {
	switch ev.Kind {
	case fsm.EventConnectionLost:
		h.connected, h.webSocket = false, false
	case fsm.EventPeerClosed:
		h.peerClosed = true
	case fsm.EventTimerExpired:
		h.timers.running &^= bit(ev.Timer)
	case fsm.EventRequest, fsm.EventBadRequest:
		if p := s.Phase(); p == fsm.ServerAwaitRequest || p == fsm.ServerAwaitReplay {
			h.request = true
			h.bodyOwed = ev.Kind == fsm.EventRequest && ev.Facts.Has(fsm.FactExpectBody)
		}
	case fsm.EventBodyReceived:
		h.bodyOwed = false
	case fsm.EventOpeningRequest:
		h.selected, h.kaazing = ev.Facts.Has(fsm.FactKHP|fsm.FactValid), ev.Facts.Has(fsm.FactKaazing|fsm.FactKHP|fsm.FactValid)
	}
}

// obey carries out what the machine orders and checks that it may.
func (h *serverHost) obey(s, next fsm.ServerState, ev fsm.Event, effects fsm.Effects) (broken string) {
	wasOpen := s.Phase().Open()
	for e := range effects.All() {
		if b := h.timers.do(e); b != "" {
			return b
		}
		if h.ended > 0 {
			return "INV-05: an effect after the terminal one: " + e.Kind.String()
		}
		if h.responding && e.Kind != fsm.EffectSendTerminator {
			return "INV-42: a response without its terminator right behind it"
		}
		if b := h.one(ev, e, wasOpen); b != "" {
			return b
		}
	}
	if h.responding {
		return "INV-42: a response without its terminator"
	}
	if ev.Kind == fsm.EventPingReceived && h.webSocket && !h.peerClosed && (s != next || effects.Len() != 1 || effects.At(0).Kind != fsm.EffectSendPong) {
		return "INV-37: a Ping is not just answered"
	}
	return ""
}

// one carries out one effect.
func (h *serverHost) one(ev fsm.Event, e fsm.Effect, wasOpen bool) (broken string) {
	switch e.Kind {
	case fsm.EffectSendOpening:
		h.webSocket = true
	case fsm.EffectSendResponse:
		return h.respond(ev, int(e.Code))
	case fsm.EffectSendTerminator:
		if !h.responding {
			return "INV-42: a terminator without a response"
		}
		h.responding = false
	case fsm.EffectSendProceed, fsm.EffectSendReroute:
		if !h.kaazing || h.closeSent {
			return "INV-54: a message of the kaazing profile to another client, or after Close"
		}
	case fsm.EffectAskDecision:
		if !h.request || h.bodyOwed {
			return "INV-41: asked to decide on an incomplete request"
		}
		h.deciding = true
	case fsm.EffectComplete:
		if h.opened++; h.opened > 1 {
			return "INV-04: opened twice"
		}
		if !h.selected || h.closeSent || !h.webSocket {
			return "INV-01: open without a selected x-kaazing-handshake"
		}
	case fsm.EffectOpenPlain:
		h.opened++
	case fsm.EffectDeliver:
		if !wasOpen {
			return "INV-02: application data delivered before open"
		}
	case fsm.EffectSendMessage:
		if !wasOpen || h.closeSent {
			return "INV-03: application data sent before open or after Close"
		}
	case fsm.EffectSendClose:
		if h.closeSent {
			return "WSP-FRAME-06: a second Close frame"
		}
		h.closeSent = true
	case fsm.EffectDisconnect:
		h.connected, h.webSocket = false, false
	case fsm.EffectClosed, fsm.EffectFail:
		h.ended++
		h.deciding = false
	}
	return ""
}

// respond checks a response: to an outstanding request, or at a timer or the end; of a status the
// server may send, with what it requires; and never twice.
func (h *serverHost) respond(ev fsm.Event, status int) (broken string) {
	rule := fsm.Status(status)
	switch {
	case h.closeSent:
		return "INV-40: a response after Close"
	case h.decided:
		return "INV-41: a second deciding response"
	case status == 100 && !h.unchecked && !ev.Facts.Has(fsm.FactExpectBody):
		return "INV-46: 100 without Expect"
	case status != 100 && !h.unchecked && rule.Duties&fsm.NeverSend != 0:
		return "INV-46: a status that a server never sends"
	case ev.Kind == fsm.EventDecided && !h.unchecked && int(ev.Status) == status && rule.MissingField(ev.Facts) != "":
		return "INV-45: " + rule.Reason + " without " + rule.MissingField(ev.Facts)
	case rule.Action == fsm.ActionComplete && ev.Facts.Has(fsm.FactExtensionAgain):
		return "INV-43: a request that names an extension of the opening handshake is accepted"
	case rule.Action == fsm.ActionComplete && (!h.request || !ev.Facts.Has(fsm.FactSelectionValid)):
		return "INV-08: accepted without a request, or with a selection that was not requested"
	}
	h.responding = true
	switch {
	case status == 100 && ev.Kind == fsm.EventRequest, rule.Action == fsm.ActionWait:
	case rule.Action == fsm.ActionReplay:
		h.request, h.deciding = false, false
	default:
		h.request, h.deciding, h.decided = false, false, true
	}
	return ""
}
