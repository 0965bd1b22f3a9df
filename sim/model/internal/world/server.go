package world

import (
	"example.com/khp/fsm"
	"example.com/khp/fsm/codes"
	"example.com/khp/sim/explore"
	"example.com/khp/sim/model/internal/act"
)

// Server is a server machine in its surroundings.
type Server struct {
	State fsm.ServerState
	Host  ServerHost
}

// ConnectedTo returns a server that was just connected to.
func ConnectedTo(s fsm.ServerState) Server { return Server{s, ServerHost{Host{Marks: Connected}}} }

// Phase returns the phase of the server.
func (w Server) Phase() fsm.ServerPhase { return w.State.Phase() }

// String names the phase of the server.
func (w Server) String() string { return "server " + act.Bare(w.Phase()) }

// Take gives ev to the server and carries out its orders, as far as they are about the server
// itself. A decision may be misuse: in that way the machine refuses one that breaks an obligation,
// and nothing changes.
func (w *Server) Take(
	cfg fsm.ServerConfig, f *act.Fault, ev fsm.Event,
) (a act.Action, effects fsm.Effects, broken, noted string) {
	before := *w
	state, effects, verdict := f.StepServer(cfg, before.State, ev)
	noted = serverOracle(f, cfg, &before, state, ev, &effects, verdict)
	switch {
	case verdict == fsm.Misuse && ev.Kind != fsm.EventDecided:
		broken = misused
	case verdict != fsm.Misuse:
		w.Host.learn(before.State, ev)
	}
	if verdict == fsm.Accepted {
		w.State = state
		broken = w.Host.obey(before.State, state.Phase(), ev, effects)
	}
	if broken == "" {
		m := serverTurns.Get().(*serverTurn)
		*m = serverTurn{cfg, before, *w, ev, effects}
		broken = serverOwes.unmet(ev.Kind, m)
		serverTurns.Put(m)
	}
	return act.Action{Side: act.Server, Event: ev, Phase: uint8(before.Phase()),
		Index: int16(effects.Edge())}, effects, broken, noted
}

// ServerChecks are those that the host of a server checks.
var ServerChecks = []explore.Checked{
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
	{ID: "INV-43",
		Text: "no acceptance of a request that names an extension of the opening handshake"},
	{ID: "INV-45", Text: "no status without the fields that it requires"},
	{ID: "INV-46", Text: "no 511, and no 100 without Expect"},
	{ID: "INV-54", Text: "the kaazing messages to kaazing clients only"},
	{ID: "WSP-FRAME-06", Text: "one Close frame at most"},
	{ID: "TOTAL", Text: "an honest driver is never told Misuse, nor to do what it cannot do"},
}

// ServerHost is the host of a server machine.
type ServerHost struct{ Host }

// learn notes the facts of an event.
func (h *ServerHost) learn(s fsm.ServerState, ev fsm.Event) {
	h.Host.learn(ev)
	switch ev.Kind {
	case fsm.EventPeerClosed:
		h.set(peerClosed)
	case fsm.EventRequest, fsm.EventBadRequest:
		if p := s.Phase(); p == fsm.ServerAwaitRequest || p == fsm.ServerAwaitReplay {
			h.set(requested)
			h.Put(bodyOwed, ev.Kind == fsm.EventRequest && ev.Facts.Has(fsm.FactExpectBody))
			h.Put(again, ev.Kind == fsm.EventRequest && ev.Facts.Has(fsm.FactExtensionAgain))
		}
	case fsm.EventBodyReceived:
		h.clear(bodyOwed)
	case fsm.EventOpeningRequest:
		h.Put(selected, ev.Facts.Has(fsm.FactKHP|fsm.FactValid))
		h.Put(kaazingClient, ev.Facts.Has(fsm.FactKaazing|fsm.FactKHP|fsm.FactValid))
	}
}

// obey carries out the machine's orders and checks that each is allowed.
func (h *ServerHost) obey(s fsm.ServerState, next fsm.ServerPhase, ev fsm.Event,
	effects fsm.Effects) (broken string) {
	wasOpen := s.Phase().Open()
	for e := range effects.All() {
		if h.Is(responding) && e.Kind != fsm.EffectSendTerminator {
			return "INV-42: a response without its terminator right behind it"
		}
		if broken = h.Host.obey(e, wasOpen); broken == "" {
			broken = h.one(ev, e)
		}
		if broken == "" && !h.fits(e.Kind, ev.Kind, s.Phase(), next) {
			broken = stray + e.Kind.String()
		}
		if broken != "" {
			return broken
		}
	}
	if h.Is(responding) {
		return "INV-42: a response without its terminator"
	}
	return ""
}

// one carries out one effect of a server.
func (h *ServerHost) one(ev fsm.Event, e fsm.Effect) (broken string) {
	switch e.Kind {
	case fsm.EffectSendOpening:
		h.set(WebSocket)
	case fsm.EffectSendResponse:
		return h.respond(ev, int(e.Code))
	case fsm.EffectSendTerminator:
		if !h.Is(responding) {
			return "INV-42: a terminator without a response"
		}
		h.clear(responding)
	case fsm.EffectSendProceed, fsm.EffectSendReroute:
		if !h.Is(kaazingClient) || h.Is(CloseSent) {
			return "INV-54: a message of the kaazing profile to another client, or after Close"
		}
	case fsm.EffectAskDecision:
		if !h.Is(requested) || h.Is(bodyOwed) {
			return "INV-41: asked to decide on an incomplete request"
		}
		h.set(Deciding)
	case fsm.EffectComplete:
		if !h.Is(selected|WebSocket) || h.Is(CloseSent) {
			return "INV-01: open without a selected x-kaazing-handshake"
		}
	case fsm.EffectClosed, fsm.EffectFail:
		h.clear(Deciding)
	}
	return ""
}

// respond checks a response. It answers an outstanding request, or comes at a timer or at the end;
// its status is one that a server may send, with the fields that the status requires; and there is
// one deciding response.
func (h *ServerHost) respond(ev fsm.Event, status int) (broken string) {
	rule := fsm.Status(status)
	switch {
	case h.Is(CloseSent):
		return "INV-40: a response after Close"
	case h.Is(Decided):
		return "INV-41: a second deciding response"
	case status == 100 && !h.Is(Unchecked) && !ev.Facts.Has(fsm.FactExpectBody):
		return "INV-46: 100 without Expect"
	case status != 100 && !h.Is(Unchecked) && rule.Duties&codes.NeverSend != 0:
		return "INV-46: a status that a server never sends"
	case ev.Kind == fsm.EventDecided && !h.Is(Unchecked) && int(ev.Status) == status &&
		fsm.MissingField(rule, ev.Facts) != "":
		return "INV-45: " + rule.Reason + " without " + fsm.MissingField(rule, ev.Facts)
	case rule.Action == codes.ActionComplete && h.Is(again):
		return "INV-43: a request that names an extension of the opening handshake is accepted"
	case rule.Action == codes.ActionComplete &&
		(!h.Is(requested) || !ev.Facts.Has(fsm.FactSelectionValid)):
		return "INV-08: accepted without a request, or with a selection that was not requested"
	}
	h.set(responding)
	switch {
	case status == 100 && ev.Kind == fsm.EventRequest, rule.Action == codes.ActionWait:
	case rule.Action == codes.ActionReplay:
		h.clear(requested | Deciding | again)
	default:
		h.clear(requested | Deciding | again)
		h.set(Decided)
	}
	return ""
}
