package model

import (
	"cmp"

	"example.com/khp/fsm"
	"example.com/khp/sim/model/internal/world"
)

// clientEvents lists the possible events of the client's host, application and clock.
func clientEvents(c *world.Client, head fsm.Facts, fresh bool) (list []fsm.Event) {
	one := func(kind fsm.EventKind, facts ...fsm.Facts) {
		for _, f := range facts {
			list = append(list, fsm.Event{Kind: kind, Facts: f})
		}
	}
	if c.Phase().Terminal() {
		return nil
	}
	if c.Phase() == fsm.ClientIdle || c.Host.Is(world.Following) {
		one(fsm.EventConnectRequested, fsm.FactTargetUsable)
	}
	if c.Host.Is(world.Dialing) {
		one(fsm.EventConnected, 0)
		one(fsm.EventConnectFailed, 0)
	}
	if c.Host.Is(world.Asked) {
		one(fsm.EventCredentialsSupplied, fsm.FactNewCredentials, 0)
		one(fsm.EventCredentialsDeclined, 0)
	}
	if c.Host.Is(world.Writing) {
		one(fsm.EventBodyWritten, 0)
	}
	for t := fsm.TimerOpening; t <= fsm.TimerReplay; t++ {
		if c.Host.Timers.Has(t) {
			list = append(list, fsm.Event{Kind: fsm.EventTimerExpired, Timer: t, Facts: head})
		}
	}
	if c.Phase().Open() && fresh {
		one(fsm.EventSendRequested, 0)
	}
	one(fsm.EventCloseRequested, 0)
	return list
}

// serverEvent is an event of a server. target is the redirect target of a decision.
type serverEvent struct {
	fsm.Event
	target uint8
}

// serverEvents lists the possible events of the server's application and clock. marked tells that
// the server sees and understands .kl=Y.
func serverEvents(s *world.Server, marked, fresh, patient bool) (list []serverEvent) {
	one := func(ev fsm.Event, target int) { list = append(list, serverEvent{ev, uint8(target)}) }
	if s.Phase().Terminal() {
		return nil
	}
	if s.Host.Is(world.Deciding) {
		for _, status := range []uint16{101, 204, 202, 401, 403} {
			if status != 202 || patient {
				one(fsm.Event{Kind: fsm.EventDecided, Status: status, Facts: allMet}, 0)
			}
		}
		for i := range targets {
			one(fsm.Event{Kind: fsm.EventDecided, Status: 302, Facts: allMet}, i)
			if marked {
				one(fsm.Event{Kind: fsm.EventDecided, Status: 101, Facts: allMet | fsm.FactReroute}, i)
			}
		}
		one(fsm.Event{Kind: fsm.EventApplicationFailed}, 0)
	}
	for t := fsm.TimerOpening; t <= fsm.TimerReplay; t++ {
		if s.Host.Timers.Has(t) {
			one(fsm.Event{Kind: fsm.EventTimerExpired, Timer: t}, 0)
		}
	}
	if s.Phase().Open() && fresh {
		one(fsm.Event{Kind: fsm.EventSendRequested}, 0)
	}
	one(fsm.Event{Kind: fsm.EventCloseRequested}, 0)
	return list
}

// clientSide offers the possible events of the client's host, application and clock.
func (w *walker) clientSide() {
	p := &w.from
	for _, t := range w.x.freeOfClient(p.client, p.headComplete(), p.clientSent == 0) {
		w.client(p, t)
	}
}

// serverSide offers the possible events of the server's application and clock. A server without
// limits that could send 202 for ever waits for a client that reads: it gets there.
func (w *walker) serverSide() {
	p := &w.from
	if !p.up {
		return
	}
	for _, t := range w.x.freeOfServer(p.server, p.serverSent == 0, !w.x.m.Unlimited ||
		p.toClient.n < underWay) {
		w.server(p, t.turn, t.target)
	}
}

// client yields a turn of the client.
func (w *walker) client(from *Pair, t *turn[clientPart]) {
	if w.x.m.Cooperative && !w.x.m.willing(from, &t.action.Event) {
		return
	}
	if w.step(from, t) {
		w.yield(&w.out)
	}
}

// step takes a turn of the client and gives its orders to the network. The outcome is in w.out,
// unless it is yielded already or there is none.
func (w *walker) step(from *Pair, t *turn[clientPart]) (ok bool) {
	s := &w.out
	s.Action, s.Next, s.Broken, s.Differs, s.Fair = t.action, *from, t.broken, t.differs, w.fair ||
		t.fair || w.x.m.Cooperative
	next := &s.Next
	next.client = t.next
	if s.Broken == "" {
		s.Broken = w.clientOrders(next, &t.dispatch)
	}
	s.Differs = cmp.Or(w.noted, s.Differs)
	if s.Broken != "" {
		w.yield(s)
		return false
	}
	if t.action.Event.Kind == fsm.EventConnected && t.action.Index >= 0 {
		w.meet(next)
	}
	return t.action.Index >= 0 || s.Differs != "" || s.Next != w.from
}

// meet begins a connection with a fresh server. It comes after the orders of the same step because
// the opening request is its first message.
func (w *walker) meet(p *Pair) {
	p.server, p.toClient, p.toServer = w.x.met, w.x.empty, w.x.asking
	p.up, p.cut, p.serverOpened = true, false, false
	p.unit = message{}
}

// server yields a turn of the server, unless it changes nothing; target is the redirect target of a
// decision.
func (w *walker) server(from *Pair, t *turn[serverPart], target uint8) {
	if w.x.m.Cooperative && (!w.x.m.willing(from, &t.action.Event) || target > 0) {
		return
	}
	s := &w.out
	s.Action, s.Next, s.Broken, s.Differs, s.Fair = t.action, *from, t.broken, t.differs, w.fair ||
		t.fair || w.x.m.Cooperative
	s.Next.server = t.next
	if s.Broken == "" {
		s.Broken = w.serverOrders(&s.Next, &t.dispatch, target)
	}
	if s.Broken != "" || s.Differs != "" || t.action.Index >= 0 || s.Next != w.from {
		w.yield(s)
	}
}

// underWay is how many messages may be under way before the server of a pair without limits asks
// for more time again: without such a bound it could send 202 for ever to a client that reads
// nothing.
const underWay = 4
