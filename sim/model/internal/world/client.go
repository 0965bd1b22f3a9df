// Package world has a machine in its surroundings: a client or a server with the knowledge, actions
// and duties of its host, and the properties that every step of it must keep.
package world

import (
	"example.com/khp/fsm"
	"example.com/khp/fsm/codes"
	"example.com/khp/sim/explore"
	"example.com/khp/sim/model/internal/act"
)

// Client is a client machine in its surroundings.
type Client struct {
	State fsm.ClientState
	Host  clientHost
}

// Phase returns the phase of the client.
func (w Client) Phase() fsm.ClientPhase { return w.State.Phase() }

// String names the phase of the client.
func (w Client) String() string { return "client " + act.Bare(w.Phase()) }

// misused is the property that a driver breaks whose machine calls an event misuse.
const misused = "TOTAL: an honest driver is told Misuse"

// Take gives ev to the client and carries out its orders, as far as they concern the client itself.
// It reports separately which property the step breaks, and whether the oracle agrees.
func (w *Client) Take(
	cfg fsm.ClientConfig, f *act.Fault, ev fsm.Event,
) (a act.Action, effects fsm.Effects, broken, noted string) {
	before := *w
	state, effects, verdict := f.StepClient(cfg, before.State, ev)
	noted = clientOracle(f, cfg, &before, state, ev, &effects, verdict)
	w.Host.learn(cfg, before.State, ev)
	switch verdict {
	case fsm.Misuse:
		broken = misused
	case fsm.Accepted:
		w.State = state
		broken = w.Host.obey(cfg, before.State, state, ev, effects)
	}
	if broken == "" {
		m := clientTurns.Get().(*clientTurn)
		*m = clientTurn{cfg, before, *w, ev, effects}
		broken = clientOwes.unmet(ev.Kind, m)
		clientTurns.Put(m)
	}
	return act.Action{Side: act.Client, Event: ev, Phase: uint8(before.Phase()),
		Index: int16(effects.Edge())}, effects, broken, noted
}

// ClientChecks are the properties that the host of a client checks at every step. They are told by
// [Step].Broken.
var ClientChecks = []explore.Checked{
	{ID: "INV-01", Text: "open only if every condition of completion is met"},
	{ID: "INV-02", Text: "no application data delivered before open"},
	{ID: "INV-03", Text: "no application data sent before open or after Close"},
	{ID: "INV-04", Text: "at most one open event"},
	{ID: "INV-05", Text: "nothing after the terminal event"},
	{ID: "INV-06", Text: "no extended request unless KHP is selected"},
	{ID: "INV-07", Text: "one outstanding request at most"},
	{ID: "INV-16", Text: "no request after a terminating status"},
	{ID: "INV-17", Text: "no body without a 100 in answer to Expect"},
	{ID: "INV-19", Text: "a replay only after 401 and with new credentials"},
	{ID: "INV-20", Text: "no more replays than allowed"},
	{ID: "INV-21", Text: "no more redirects and connections than allowed"},
	{ID: "INV-28", Text: "no new connection before the old one is gone"},
	{ID: "INV-39", Text: "no timer is started over while it runs"},
	{ID: "WSP-FRAME-06", Text: "one Close frame at most"},
	{ID: "TOTAL", Text: "an honest driver is never told Misuse, nor to do what it cannot do"},
}

// clientHost is the host of a client machine.
type clientHost struct {
	Host
	Dials uint8
}

// Completing are the facts that a completing response must have all together. [AMB-13]
const Completing = fsm.FactTerminated | fsm.FactAcceptMatches | fsm.FactProtocolOffered |
	fsm.FactExtensionsAsked

// learn notes the facts of an event before the machine's orders are looked at.
func (h *clientHost) learn(cfg fsm.ClientConfig, s fsm.ClientState, ev fsm.Event) {
	h.Host.learn(ev)
	switch ev.Kind {
	case fsm.EventConnected:
		h.clear(Dialing)
		h.set(Connected)
	case fsm.EventConnectFailed:
		h.clear(Dialing)
	case fsm.EventOpened:
		h.set(WebSocket)
		h.Put(selected, ev.Facts.Has(fsm.FactKHP))
	case fsm.EventCredentialsSupplied, fsm.EventCredentialsDeclined:
		h.clear(Asked)
	case fsm.EventBodyWritten:
		h.clear(Writing)
	case fsm.EventResponse:
		if s.Phase() == fsm.ClientReading {
			h.response(cfg, ev)
		}
	}
}

// response notes the consequences of a decided extended response.
func (h *clientHost) response(cfg fsm.ClientConfig, ev fsm.Event) {
	h.clear(challenged | bodyAllowed | good)
	switch action := fsm.Status(int(ev.Status)).Action; action {
	case codes.ActionComplete:
		h.clear(outstanding)
		h.Put(good, ev.Facts.Has(Completing) ||
			cfg.TerminatorOptional && ev.Facts.Has(Completing&^fsm.FactTerminated))
	case codes.ActionReplay:
		h.clear(outstanding)
		h.set(challenged)
	case codes.ActionContinue:
		h.Put(bodyAllowed, cfg.Expect)
	case codes.ActionWait:
		h.set(waits)
	default:
		h.clear(outstanding)
		h.set(over)
	}
}

// obey carries out the machine's orders and checks that each is allowed. s is the state before,
// next the one after.
func (h *clientHost) obey(
	cfg fsm.ClientConfig, s, next fsm.ClientState, ev fsm.Event, effects fsm.Effects,
) (broken string) {
	wasOpen := s.Phase().Open()
	for e := range effects.All() {
		fits := h.fits(e.Kind, ev.Kind, next.Phase())
		if broken = h.Host.obey(e, wasOpen); broken == "" {
			broken = h.one(cfg, next, ev, e)
		}
		if broken == "" && !fits {
			broken = stray + e.Kind.String()
		}
		if broken != "" {
			return broken
		}
	}
	return ""
}

// one carries out one effect of a client.
func (h *clientHost) one(
	cfg fsm.ClientConfig, next fsm.ClientState, ev fsm.Event, e fsm.Effect,
) (broken string) {
	switch e.Kind {
	case fsm.EffectDial:
		return h.dial(cfg)
	case fsm.EffectSendRequest:
		return h.request(cfg, next)
	case fsm.EffectReplayRequest:
		if !h.Is(challenged) || !ev.Facts.Has(fsm.FactNewCredentials) {
			return "INV-19: a replay without a 401 and new credentials"
		}
		return h.request(cfg, next)
	case fsm.EffectSendBody:
		if !h.Is(bodyAllowed) || h.Is(over) {
			return "INV-17: a body without a 100 in answer to Expect"
		}
		h.clear(bodyAllowed)
		h.set(Writing)
	case fsm.EffectStopBody:
		h.Put(cut, h.Is(Writing))
		h.clear(Writing)
	case fsm.EffectAskCredentials:
		h.set(Asked)
	case fsm.EffectFollow:
		if h.Is(Connected) {
			return "INV-28: follows before the old connection is gone"
		}
		if next.Redirects() > int(cfg.MaxRedirects) {
			return "INV-21: more redirects than allowed"
		}
		h.set(Following)
	case fsm.EffectComplete:
		if !h.Is(selected|good|WebSocket) || h.Is(CloseSent) {
			return "INV-01: open without every condition of completion"
		}
	case fsm.EffectClosed, fsm.EffectFail:
		h.clear(Asked)
	}
	return ""
}

// dial begins a connection: the host forgets the one before.
func (h *clientHost) dial(cfg fsm.ClientConfig) (broken string) {
	if h.Is(Dialing) || h.Is(Connected) {
		return "INV-28: dials while the old connection exists"
	}
	if h.Dials++; int(h.Dials) > int(cfg.MaxRedirects)+2+
		int(cfg.MaxReplays)*(int(cfg.MaxRedirects)+2) {
		return "INV-21: more connections than the budgets allow"
	}
	*h = clientHost{Host: Host{Timers: h.Timers, Opened: h.Opened, Marks: Dialing}, Dials: h.Dials}
	return ""
}

// request sends an extended request.
func (h *clientHost) request(cfg fsm.ClientConfig, next fsm.ClientState) (broken string) {
	switch {
	case !h.Is(selected | WebSocket):
		return "INV-06: an extended request without a selected x-kaazing-handshake"
	case h.Is(outstanding):
		return "INV-07: a second request while one is outstanding"
	case h.Is(over):
		return "INV-16: a request after a terminating status"
	case next.Replays() > int(cfg.MaxReplays):
		return "INV-20: more replays than allowed"
	}
	h.set(outstanding)
	h.clear(challenged)
	return ""
}
