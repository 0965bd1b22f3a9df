package model

import (
	"example.com/khp/fsm"
	"example.com/khp/internal/inside"
	"example.com/khp/sim/model/internal/act"
	"example.com/khp/sim/model/internal/world"
)

// turn is the result of an event for a part of a pair.
type turn[P any] struct {
	action   act.Action
	next     *P
	broken   string
	differs  string
	fair     bool // whatever brings the event about
	dispatch dispatch
}

// dispatch is the effects of a turn, as far as they are about the other side.
type dispatch struct {
	put         [inside.MaxEffects]uint16 // on the network, packed, without the target of a redirect
	n           uint8                     // how many
	sent, got   uint8                     // messages of the application
	completes   bool
	disconnects bool
}

// dispatched digests effects. The opening request is left out, since it begins a connection:
// [walker.meet] puts it there.
func dispatched(side act.Side, effects fsm.Effects) (o dispatch) {
	for e := range effects.All() {
		switch e.Kind {
		case fsm.EffectSendOpening:
			if side == act.Client {
				continue
			}
		case fsm.EffectComplete:
			o.completes = true
		case fsm.EffectSendMessage:
			o.sent++
		case fsm.EffectDeliver:
			o.got++
		case fsm.EffectDisconnect:
			o.disconnects = true
		}
		if m, ok := carried(e); ok {
			o.put[o.n] = m.pack()
			o.n++
		}
	}
	return o
}

// clientTurn is the turn of c at ev.
func (x *pairSystem) clientTurn(c *clientPart, ev fsm.Event) *turn[clientPart] {
	for _, t := range c.turns.all() {
		if t.action.Event == ev {
			return t
		}
	}
	w := c.Client
	a, effects, broken, differs := w.Take(x.m.Client, &x.m.Fault, ev)
	t := &turn[clientPart]{a, x.clients.of(w), broken, differs, ev.Kind == fsm.EventTimerExpired ||
		ev.Kind == fsm.EventConnectRequested, dispatched(act.Client, effects)}
	c.turns.add(t)
	return t
}

// serverTurn is the turn of s at ev.
func (x *pairSystem) serverTurn(s *serverPart, ev fsm.Event) *turn[serverPart] {
	for _, t := range s.turns.all() {
		if t.action.Event == ev {
			return t
		}
	}
	w := s.Server
	a, effects, broken, differs := w.Take(x.m.Server, &x.m.Fault, ev)
	t := &turn[serverPart]{a, x.servers.of(w), broken, differs, ev.Kind == fsm.EventTimerExpired,
		dispatched(act.Server, effects)}
	s.turns.add(t)
	return t
}

// freeOfClient lists the turns of c that need nothing from the network. head has the facts that
// timers know of a unit in progress; fresh tells that the application has sent nothing yet.
func (x *pairSystem) freeOfClient(c *clientPart, head fsm.Facts, fresh bool) []*turn[clientPart] {
	known := &c.free[world.Flag(head != 0, 0)|world.Flag(fresh, 1)]
	if list := known.Load(); list != nil {
		return *list
	}
	var list []*turn[clientPart]
	for _, ev := range clientEvents(&c.Client, head, fresh) {
		list = append(list, x.clientTurn(c, ev))
	}
	known.Store(&list)
	return list
}

// aimed is a turn of a server with the target of a redirect.
type aimed struct {
	*turn[serverPart]
	target uint8
}

// freeOfServer lists the turns of s that nothing on the network brings about. patient tells that it
// may ask for more time.
func (x *pairSystem) freeOfServer(s *serverPart, fresh, patient bool) []aimed {
	known := &s.free[world.Flag(fresh, 0)|world.Flag(patient, 1)]
	if list := known.Load(); list != nil {
		return *list
	}
	var list []aimed
	for _, e := range serverEvents(&s.Server, x.m.marked(), fresh, patient) {
		list = append(list, aimed{x.serverTurn(s, e.Event), e.target})
	}
	known.Store(&list)
	return list
}
