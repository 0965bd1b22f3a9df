package replay

import (
	"slices"

	"example.com/khp/fsm"
	"example.com/khp/wire"
)

// serverHyp is one state that the server may be in.
type serverHyp struct {
	progress
	cfg   fsm.ServerConfig
	state fsm.ServerState
	// 1 + the number of its own message with which the response in progress begins, 0 without one
	unit  int
	left  int64 // bytes of the request body that are still to come
	loose bool  // a gateway that ends no response
}

// serverUnseen are the events that leave no trace on the connection.
var serverUnseen = []fsm.Event{
	{Kind: fsm.EventTimerExpired, Timer: fsm.TimerRequest}, {Kind: fsm.EventTimerExpired,
		Timer: fsm.TimerBody}, {Kind: fsm.EventTimerExpired, Timer: fsm.TimerReplay},
	{Kind: fsm.EventTimerExpired, Timer: fsm.TimerOverall},
	{Kind: fsm.EventTimerExpired, Timer: fsm.TimerClose},
	{Kind: fsm.EventCloseRequested}, {Kind: fsm.EventApplicationFailed},
}

// startServer returns the states that a server can begin with.
func (c *checker) startServer() []serverHyp {
	h := serverHyp{cfg: fsm.ServerConfig{Plain: true, MaxChallenges: 255, MaxDeferrals: 255}}
	if c.s.ServerConfig != nil {
		h.cfg = *c.s.ServerConfig
	}
	h.state = h.cfg.Start()
	list := []serverHyp{h}
	if c.heads.gateway && !c.heads.kaazing {
		h.loose = true
		list = append(list, h)
	}
	return list
}

// step gives an event to the machine of h.
func (h serverHyp) step(ev fsm.Event) (next serverHyp, accepted bool) {
	s, effects, verdict := h.cfg.Step(h.state, ev)
	if verdict != fsm.Accepted {
		return h, false
	}
	h.state, h.owed = s, owedOf(effects)
	return h, true
}

// after is h after ev, or h itself if the machine ignores ev.
func (h serverHyp) after(ev fsm.Event) serverHyp {
	next, _ := h.step(ev)
	return next
}

// serverUnseen returns the hypotheses that h may turn into without a recorded event. A decision is
// guessed from the response that comes next.
func (c *checker) serverUnseen(h serverHyp) (list []serverHyp) {
	events := slices.Clone(serverUnseen)
	if u := c.answer; u != nil && u.err == nil && u.status != 0 {
		facts := c.heads.extendedResponse(u, c.askedBefore(c.now), h.cfg.Unchecked).server
		decided := fsm.Event{Kind: fsm.EventDecided, Status: uint16(u.status), Facts: facts}
		events = append(events, decided)
		decided.Facts |= fsm.FactReroute
		events = append(events, decided)
		if u.status == 403 { // so the machine answers one challenge too many
			events = append(events, fsm.Event{Kind: fsm.EventDecided, Status: 401,
				Facts: fsm.FactSelectionValid | fsm.FactChallenge})
		}
	}
	if c.talking {
		events = append(events, fsm.Event{Kind: fsm.EventSendRequested})
	}
	for _, ev := range events {
		if next, ok := h.step(ev); ok {
			list = append(list, next)
		}
	}
	return list
}

// serverReceives gives h its next input.
func (c *checker) serverReceives(h serverHyp) []serverHyp {
	s := &c.s.Steps[c.inputs[Server][h.in]]
	at := c.inputs[Server][h.in]
	h.in++
	//exhaustive:enforce
	switch s.Kind {
	case Opening:
		return c.serverOpened(h)
	case Message:
		return c.serverMessage(h, at, s)
	case Close:
		return []serverHyp{h.after(fsm.Event{Kind: fsm.EventPeerClosed})}
	case Ended:
		return []serverHyp{h.after(fsm.Event{Kind: fsm.EventConnectionLost})}
	case Broken:
		return []serverHyp{h.after(fsm.Event{Kind: fsm.EventViolation, Failure: failureOfCode(s.Code)})}
	case Ping, Pong, Opened, Failed, GaveUp, Followed:
	}
	return []serverHyp{h}
}

// serverOpened gives h the opening request: it agrees, or refuses for a reason of its own.
func (c *checker) serverOpened(h serverHyp) []serverHyp {
	ev := fsm.Event{Kind: fsm.EventOpeningRequest, Facts: fsm.FactValid}
	if c.heads.offersKHP() {
		ev.Facts |= fsm.FactKHP
	}
	var list []serverHyp
	// others than gateways may know nothing of .kl=Y, and go by the text
	if !c.heads.kaazing || !c.heads.gateway {
		list = append(list, h.after(ev))
	}
	if c.heads.kaazing {
		ev.Facts |= fsm.FactKaazing
		list = append(list, h.after(ev))
	}
	if status := c.heads.response.Status; status != 101 {
		list = append(list, h.after(fsm.Event{Kind: fsm.EventOpeningRequest, Status: uint16(status)}))
	}
	return list
}

// serverMessage gives h a message, which is step at.
func (c *checker) serverMessage(h serverHyp, at int, s *Step) []serverHyp {
	//exhaustive:ignore
	switch h.state.Phase() {
	case fsm.ServerAwaitRequest, fsm.ServerAwaitReplay:
		if len(s.Data) == 0 && h.state.Profile() == fsm.ProfileKaazing {
			return []serverHyp{h}
		}
		return c.serverRequest(h, c.askedAt(at))
	case fsm.ServerAwaitBody:
		h.left -= int64(len(s.Data))
		switch {
		case h.left < 0:
			return []serverHyp{h.after(c.badRequest())}
		case h.left == 0:
			return []serverHyp{h.after(fsm.Event{Kind: fsm.EventBodyReceived})}
		}
		return []serverHyp{h.after(fsm.Event{Kind: fsm.EventDataReceived})}
	}
	return []serverHyp{h.after(fsm.Event{Kind: dataKind(s)})}
}

// serverRequest gives h an extended request, which it takes or finds something wrong with.
func (c *checker) serverRequest(h serverHyp, a *asked) []serverHyp {
	list := []serverHyp{h.after(c.badRequest())}
	if a == nil {
		return list
	}
	h.left = max(a.length, 0)
	ev := fsm.Event{Kind: fsm.EventRequest}
	if a.length > 0 {
		ev.Facts = fsm.FactExpectBody
	}
	for _, name := range a.extensions {
		if slices.Contains(c.heads.granted, name) {
			ev.Facts |= fsm.FactExtensionAgain
		}
	}
	return append(list, h.after(ev))
}

// badRequest is a request refused with the status that was seen.
func (c *checker) badRequest() fsm.Event {
	ev := fsm.Event{Kind: fsm.EventBadRequest, Status: 400}
	if u := c.answer; u != nil && u.status >= 400 {
		ev.Status = uint16(u.status)
	}
	return ev
}

// endsBare reports whether the response before the server's message k may have no terminator, and k
// is none.
func (c *checker) endsBare(h serverHyp, k int) bool {
	s := &c.s.Steps[c.inputs[Client][k]]
	if s.Kind == Message && len(s.Data) == 0 && s.Type == wire.Binary {
		return h.loose
	}
	return h.loose || h.unit > 0 && c.unitOf(h.unit-1, k-1).wrapped
}

// inUnit reports whether the server's message k goes on with the response that h is in.
func (c *checker) inUnit(h serverHyp, k int) bool {
	if h.unit == 0 || len(c.s.Steps[c.inputs[Client][k]].Data) == 0 {
		return false
	}
	before := c.unitOf(h.unit-1, k-1)
	return before.err == nil && before.progress < wire.UnitFull && c.unitOf(h.unit-1, k).err == nil
}
