package model

import (
	"example.com/khp/fsm"
	"example.com/khp/sim/explore"
)

// clientWorld is a client machine in its surroundings.
type clientWorld struct {
	state fsm.ClientState
	host  clientHost
}

// Phase returns what the client is waiting for.
func (w clientWorld) Phase() fsm.ClientPhase { return w.state.Phase() }

// String names the phase of the client.
func (w clientWorld) String() string { return "client " + bare(w.Phase()) }

// misused is the property that a driver breaks whose machine calls an event misuse.
const misused = "TOTAL: an honest driver is told Misuse"

// take gives ev to the client and carries out its orders, as far as they are about the client
// itself.
func (w *clientWorld) take(cfg fsm.ClientConfig, f *Fault, ev fsm.Event) (a Action, effects fsm.Effects, broken string) {
	before := w.state
	state, effects, verdict := f.stepClient(cfg, before, ev)
	w.host.learn(cfg, before, ev)
	switch verdict {
	case fsm.Misuse:
		broken = misused
	case fsm.Accepted:
		w.state = state
		broken = w.host.obey(cfg, before, state, ev, effects)
	}
	return Action{Side: Client, Event: ev, Phase: uint8(before.Phase()), Index: int16(effects.Edge())}, effects, broken
}

// guarded reports whether time ends every wait of the client: before open, something always runs
// that leads on. [LIV-01, LIV-07]
func (w *clientWorld) guarded() bool {
	switch p := w.Phase(); {
	case p == fsm.ClientIdle, p == fsm.ClientRedirecting, p.Open(), p.Terminal():
		return true
	}
	return w.host.timers.running != 0
}

// clientChecks are the properties that the host of a client checks at every step. They are told by
// [Step].Broken.
var clientChecks = []explore.Checked{
	{ID: "INV-01", Text: "open only if every condition of completion is met"},
	{ID: "INV-02", Text: "no application data delivered before open"},
	{ID: "INV-03", Text: "no application data sent before open"},
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
	{ID: "INV-37", Text: "a Ping is answered and changes nothing"},
	{ID: "INV-39", Text: "no timer is started over while it runs"},
	{ID: "WSP-FRAME-06", Text: "one Close frame at most"},
	{ID: "TOTAL", Text: "an honest driver is never told Misuse"},
}

// clientHost is what surrounds a client machine: its connection, its timers and what was asked of
// its application. It remembers just enough of the past to check what the machine orders, and it is
// what an honest driver would know.
type clientHost struct {
	timers timerSet

	dialing, connected, webSocket bool // the connection, in order of its life
	asked                         bool // credentials
	writing                       bool // the body
	following                     bool // the follow-up target may be dialed
	closeSent                     bool

	opened, ended uint8 // how often the application was told

	selected    bool // KHP, on this connection
	outstanding bool // a request without deciding response
	challenged  bool // the last response was a 401
	over        bool // a terminating status was received on this connection
	bodyAllowed bool // the last response was a 100 in answer to Expect
	good        bool // a completing response met every condition
	dials       uint8
}

// timerSet is which timers run and which stand still.
type timerSet struct{ running, paused uint16 }

func bit(t fsm.Timer) uint16 { return 1 << t }

func (s *timerSet) has(t fsm.Timer) bool { return s.running&bit(t) != 0 }

// do carries out an effect on timers. broken tells that a running timer is started over. [INV-39]
func (s *timerSet) do(e fsm.Effect) (broken string) {
	b := bit(e.Timer)
	switch e.Kind {
	case fsm.EffectArmTimer:
		if (s.running|s.paused)&b != 0 {
			return "INV-39: " + e.Timer.String() + " is started over while it runs"
		}
		s.running |= b
	case fsm.EffectStopTimer:
		s.running, s.paused = s.running&^b, s.paused&^b
	case fsm.EffectPauseTimer:
		s.paused |= s.running & b
		s.running &^= b
	case fsm.EffectResumeTimer:
		s.running |= s.paused & b
		s.paused &^= b
	case fsm.EffectStopTimers:
		*s = timerSet{}
	}
	return ""
}

// completing are the facts that a completing response must have all together. [AMB-13]
const completing = fsm.FactTerminated | fsm.FactAcceptMatches | fsm.FactProtocolOffered | fsm.FactExtensionsAsked

// learn notes what an event says before the machine's orders are looked at.
func (h *clientHost) learn(cfg fsm.ClientConfig, s fsm.ClientState, ev fsm.Event) {
	switch ev.Kind {
	case fsm.EventConnected:
		h.dialing, h.connected = false, true
	case fsm.EventConnectFailed:
		h.dialing = false
	case fsm.EventOpened:
		h.webSocket, h.selected = true, ev.Facts.Has(fsm.FactKHP)
	case fsm.EventConnectionLost:
		h.dialing, h.connected, h.webSocket = false, false, false
	case fsm.EventCredentialsSupplied, fsm.EventCredentialsDeclined:
		h.asked = false
	case fsm.EventBodyWritten:
		h.writing = false
	case fsm.EventTimerExpired:
		h.timers.running &^= bit(ev.Timer)
	case fsm.EventResponse:
		if s.Phase() == fsm.ClientReading {
			h.response(cfg, ev)
		}
	}
}

// response notes what a decided extended response means.
func (h *clientHost) response(cfg fsm.ClientConfig, ev fsm.Event) {
	h.challenged, h.bodyAllowed, h.good = false, false, false
	switch action := fsm.Status(int(ev.Status)).Action; action {
	case fsm.ActionComplete:
		h.outstanding = false
		h.good = ev.Facts.Has(completing) || cfg.TerminatorOptional && ev.Facts.Has(completing&^fsm.FactTerminated)
	case fsm.ActionReplay:
		h.outstanding, h.challenged = false, true
	case fsm.ActionContinue:
		h.bodyAllowed = cfg.Expect
	case fsm.ActionWait:
	default:
		h.outstanding, h.over = false, true
	}
}

// obey carries out what the machine orders and checks that it may. s is the state before, next the
// one after. inLine tells that some event may legitimately follow at once.
func (h *clientHost) obey(cfg fsm.ClientConfig, s, next fsm.ClientState, ev fsm.Event, effects fsm.Effects) (broken string) {
	wasOpen := s.Phase().Open()
	for e := range effects.All() {
		if b := h.timers.do(e); b != "" {
			return b
		}
		if h.ended > 0 {
			return "INV-05: an effect after the terminal one: " + e.Kind.String()
		}
		if b := h.one(cfg, s, next, ev, e, wasOpen); b != "" {
			return b
		}
	}
	return h.pong(s, next, ev, effects)
}

// one carries out one effect.
func (h *clientHost) one(cfg fsm.ClientConfig, s, next fsm.ClientState, ev fsm.Event, e fsm.Effect, wasOpen bool) (broken string) {
	switch e.Kind {
	case fsm.EffectDial:
		if h.dialing || h.connected {
			return "INV-28: dials while the old connection exists"
		}
		if h.dials++; int(h.dials) > int(cfg.MaxRedirects)+2+int(cfg.MaxReplays)*(int(cfg.MaxRedirects)+2) {
			return "INV-21: more connections than the budgets allow"
		}
		timers, opened := h.timers, h.opened
		*h = clientHost{timers: timers, opened: opened, dialing: true, dials: h.dials}
	case fsm.EffectSendRequest, fsm.EffectReplayRequest:
		replay := e.Kind == fsm.EffectReplayRequest
		switch {
		case !h.selected || !h.webSocket:
			return "INV-06: an extended request without a selected x-kaazing-handshake"
		case h.outstanding:
			return "INV-07: a second request while one is outstanding"
		case h.over:
			return "INV-16: a request after a terminating status"
		case replay && !(h.challenged && ev.Facts.Has(fsm.FactNewCredentials)):
			return "INV-19: a replay without a 401 and new credentials"
		case next.Replays() > int(cfg.MaxReplays):
			return "INV-20: more replays than allowed"
		}
		h.outstanding, h.challenged = true, false
	case fsm.EffectSendBody:
		if !h.bodyAllowed || h.over {
			return "INV-17: a body without a 100 in answer to Expect"
		}
		h.bodyAllowed, h.writing = false, true
	case fsm.EffectStopBody:
		h.writing = false
	case fsm.EffectAskCredentials:
		h.asked = true
	case fsm.EffectFollow:
		if h.connected {
			return "INV-28: follows before the old connection is gone"
		}
		if next.Redirects() > int(cfg.MaxRedirects) {
			return "INV-21: more redirects than allowed"
		}
		h.following = true
	case fsm.EffectComplete, fsm.EffectOpenPlain:
		if h.opened++; h.opened > 1 {
			return "INV-04: opened twice"
		}
		if e.Kind == fsm.EffectComplete && (!h.selected || !h.good || !h.webSocket || h.closeSent) {
			return "INV-01: open without every condition of completion"
		}
	case fsm.EffectDeliver:
		if !wasOpen {
			return "INV-02: application data delivered before open"
		}
	case fsm.EffectSendMessage:
		if !wasOpen {
			return "INV-03: application data sent before open"
		}
	case fsm.EffectSendClose:
		if h.closeSent {
			return "WSP-FRAME-06: a second Close frame"
		}
		h.closeSent = true
	case fsm.EffectDisconnect:
		h.dialing, h.connected, h.webSocket = false, false, false
	case fsm.EffectClosed, fsm.EffectFail:
		h.ended++
		h.asked = false
		if h.connected {
			return "INV-05: told the end while the connection is up"
		}
	}
	return ""
}

// pong checks that a Ping is answered and changes nothing.
func (h *clientHost) pong(s, next fsm.ClientState, ev fsm.Event, effects fsm.Effects) string {
	if ev.Kind == fsm.EventPingReceived && h.webSocket && !h.closeSent {
		if s != next || effects.Len() != 1 || effects.At(0).Kind != fsm.EffectSendPong {
			return "INV-37: a Ping is not just answered"
		}
	}
	return ""
}
