package model

import "example.com/khp/fsm"

// clientSide offers what the client's host, application and clock can do.
func (w *walker) clientSide() {
	p := &w.from
	if p.client.Phase().Terminal() {
		return
	}
	one := func(kind fsm.EventKind, facts ...fsm.Facts) {
		for _, f := range facts {
			w.client(p, fsm.Event{Kind: kind, Facts: f})
		}
	}
	if p.client.Phase() == fsm.ClientIdle || p.client.host.is(following) {
		one(fsm.EventConnectRequested, fsm.FactTargetUsable)
	}
	if p.client.host.is(dialing) {
		one(fsm.EventConnected, 0)
		one(fsm.EventConnectFailed, 0)
	}
	if p.client.host.is(asked) {
		one(fsm.EventCredentialsSupplied, fsm.FactNewCredentials, 0)
		one(fsm.EventCredentialsDeclined, 0)
	}
	if p.client.host.is(writing) {
		one(fsm.EventBodyWritten, 0)
	}
	for t := fsm.TimerOpening; t <= fsm.TimerReplay; t++ {
		if p.client.host.timers.has(t) {
			w.client(p, fsm.Event{Kind: fsm.EventTimerExpired, Timer: t, Facts: p.headComplete()})
		}
	}
	if p.client.Phase().Open() && p.clientSent == 0 {
		one(fsm.EventSendRequested, 0)
	}
	one(fsm.EventCloseRequested, 0)
}

// serverSide offers what the server's application and clock can do.
func (w *walker) serverSide() {
	p := &w.from
	if !p.up || p.server.Phase().Terminal() {
		return
	}
	if p.server.host.is(deciding) {
		for _, status := range []uint16{101, 204, 202, 401, 403} {
			if status == 202 && w.m.Unlimited && p.toClient.n >= underWay {
				continue // a client that reads gets there
			}
			w.server(p, fsm.Event{Kind: fsm.EventDecided, Status: status, Facts: allMet}, 0)
		}
		for i := range targets {
			w.server(p, fsm.Event{Kind: fsm.EventDecided, Status: 302, Facts: allMet}, uint8(i))
			if w.m.marked() {
				w.server(p, fsm.Event{Kind: fsm.EventDecided, Status: 101, Facts: allMet | fsm.FactReroute}, uint8(i))
			}
		}
		w.server(p, fsm.Event{Kind: fsm.EventApplicationFailed}, 0)
	}
	for t := fsm.TimerOpening; t <= fsm.TimerReplay; t++ {
		if p.server.host.timers.has(t) {
			w.server(p, fsm.Event{Kind: fsm.EventTimerExpired, Timer: t}, 0)
		}
	}
	if p.server.Phase().Open() && p.serverSent == 0 {
		w.server(p, fsm.Event{Kind: fsm.EventSendRequested}, 0)
	}
	w.server(p, fsm.Event{Kind: fsm.EventCloseRequested}, 0)
}

// client yields the step that ev is for the client.
func (w *walker) client(from *Pair, ev fsm.Event) {
	if w.m.Cooperative && !w.m.willing(from, &ev) {
		return
	}
	if w.step(from, ev) {
		w.yield(&w.out)
	}
}

// step gives ev to the client and its orders to the network. What comes of it is in w.out, unless
// it is yielded already or nothing.
func (w *walker) step(from *Pair, ev fsm.Event) (ok bool) {
	s := &w.out
	s.Next, s.Fair = *from, w.fair || w.m.Cooperative || ev.Kind == fsm.EventTimerExpired || ev.Kind == fsm.EventConnectRequested
	var effects fsm.Effects
	if s.Action, effects, s.Broken = s.Next.client.take(w.m.Client, &w.m.Fault, ev); s.Broken == "" {
		s.Broken = s.Next.clientOrders(effects)
	}
	if s.Broken != "" {
		w.yield(s)
		return false
	}
	if ev.Kind == fsm.EventConnected && s.Action.Index >= 0 {
		s.Next.meet(w.m.Server)
	}
	return s.Action.Index >= 0 || s.Next != w.from
}

// meet begins a connection with a fresh server. It comes after the orders of the same step because
// the opening request is its first message.
func (p *Pair) meet(cfg fsm.ServerConfig) {
	p.server = serverWorld{cfg.Start(), serverHost{host{marks: connected}}}
	p.toClient, p.toServer = queue{}, queue{}
	p.up, p.cut, p.serverOpened = true, false, false
	p.unit = message{}
	p.toServer.put(message{kind: openingRequest})
}

// server yields the step that ev is for the server, unless it changes nothing; target is the
// redirect target of a decision.
func (w *walker) server(from *Pair, ev fsm.Event, target uint8) {
	if w.m.Cooperative && (!w.m.willing(from, &ev) || target > 0) {
		return
	}
	s := &w.out
	s.Next, s.Fair = *from, w.fair || w.m.Cooperative || ev.Kind == fsm.EventTimerExpired
	var effects fsm.Effects
	if s.Action, effects, s.Broken = s.Next.server.take(w.m.Server, &w.m.Fault, ev); s.Broken == "" {
		s.Broken = s.Next.serverOrders(effects, target)
	}
	if s.Broken != "" || s.Action.Index >= 0 || s.Next != w.from {
		w.yield(s)
	}
}

// underWay is how many messages may be under way before the server of a pair without limits asks for
// more time again: without such a bound it could send 202 for ever to a client that reads nothing.
const underWay = 4
