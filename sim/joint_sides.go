package sim

import "example.com/khp/fsm"

// clientSide offers what the client's host, application and clock can do.
func (w *walker) clientSide() {
	p := w.from
	if p.client.Phase().Terminal() {
		return
	}
	one := func(kind fsm.EventKind, facts ...fsm.Facts) {
		for _, f := range facts {
			w.client(p, fsm.Event{Kind: kind, Facts: f})
		}
	}
	if p.client.Phase() == fsm.ClientIdle || p.c.following {
		one(fsm.EventConnectRequested, fsm.FactTargetUsable)
	}
	if p.c.dialing {
		one(fsm.EventConnected, 0)
		one(fsm.EventConnectFailed, 0)
	}
	if p.c.asked {
		one(fsm.EventCredentialsSupplied, fsm.FactNewCredentials, 0)
		one(fsm.EventCredentialsDeclined, 0)
	}
	if p.c.writing {
		one(fsm.EventBodyWritten, 0)
	}
	for t := fsm.TimerOpening; t <= fsm.TimerReplay; t++ {
		if p.c.timers.has(t) {
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
	p := w.from
	if !p.up || p.server.Phase().Terminal() {
		return
	}
	if p.s.deciding {
		for _, status := range []uint16{101, 204, 202, 401, 403} {
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
		if p.s.timers.has(t) {
			w.server(p, fsm.Event{Kind: fsm.EventTimerExpired, Timer: t}, 0)
		}
	}
	if p.server.Phase().Open() && p.serverSent == 0 {
		w.server(p, fsm.Event{Kind: fsm.EventSendRequested}, 0)
	}
	w.server(p, fsm.Event{Kind: fsm.EventCloseRequested}, 0)
}

// client yields the step that ev is for the client.
func (w *walker) client(from Pair, ev fsm.Event) {
	if step, ok := w.step(from, ev); ok {
		w.yield(step)
	}
}

// step gives ev to the client and its orders to the network.
func (w *walker) step(from Pair, ev fsm.Event) (step Step[Pair], ok bool) {
	cfg := w.m.Client
	state, effects, verdict := cfg.Step(from.client, ev)
	step = Step[Pair]{Action: Action{Side: Client, Event: ev}, Edges: [2]int{cfg.Edge(from.client, ev), -1}, Next: from}
	step.Next.c.learn(cfg, from.client, ev)
	switch verdict {
	case fsm.Misuse:
		step.Broken = "TOTAL: an honest driver is told Misuse"
	case fsm.Accepted:
		step.Next.client = state
		if step.Broken = step.Next.c.obey(cfg, from.client, state, ev, effects); step.Broken == "" {
			step.Broken = step.Next.clientOrders(w.m, effects)
		}
		if ev.Kind == fsm.EventConnected {
			step.Next.meet(w.m)
		}
	}
	if step.Broken != "" {
		w.yield(step)
		return step, false
	}
	return step, verdict == fsm.Accepted || step.Next != w.from
}

// meet begins a connection with a fresh server. It comes after the orders of the same step because the opening request is its first message.
func (p *Pair) meet(m Honest) {
	p.server, p.s = m.Server.Start(), serverHost{connected: true}
	p.toClient, p.toServer = queue{}, queue{}
	p.up, p.cut, p.serverOpened = true, false, false
	p.unit = message{}
	p.toServer.put(message{kind: openingRequest})
}

// server yields the step that ev is for the server; target is the redirect target of a decision.
func (w *walker) server(from Pair, ev fsm.Event, target uint8) {
	cfg := w.m.Server
	state, effects, verdict := cfg.Step(from.server, ev)
	step := Step[Pair]{Action: Action{Side: Server, Event: ev}, Edges: [2]int{-1, cfg.Edge(from.server, ev)}, Next: from}
	if verdict == fsm.Misuse {
		if ev.Kind != fsm.EventDecided {
			step.Broken = "TOTAL: an honest driver is told Misuse"
			w.yield(step)
		}
		return
	}
	step.Next.s.learn(from.server, ev)
	if verdict == fsm.Accepted {
		step.Next.server = state
		if step.Broken = step.Next.s.obey(from.server, state, ev, effects); step.Broken == "" {
			step.Broken = step.Next.serverOrders(effects, target)
		}
	}
	w.yield(step)
}
