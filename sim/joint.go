package sim

import "example.com/khp/fsm"

// Honest is the model of an honest client and an honest server joined by a network that keeps the order and may be cut at any time. Applications,
// credential provider and clock are free: every decision, every answer, every timer at any moment.
type Honest struct {
	Client fsm.ClientConfig
	Server fsm.ServerConfig
}

// Pair is a state of [Honest]. Of the server only the connection that the client is on is looked at.
type Pair struct {
	client fsm.ClientState
	server fsm.ServerState
	c      clientHost
	s      serverHost

	toClient, toServer queue
	up                 bool // there is a connection
	cut                bool // the network fails on this connection

	unit         message // response whose terminator is outstanding; kind 0 if none
	clientSent   uint8   // application messages
	serverSent   uint8
	clientGot    uint8
	serverGot    uint8
	serverOpened bool // the current server connection completed its handshake
}

// ClientPhase returns what the client is waiting for.
func (p Pair) ClientPhase() fsm.ClientPhase { return p.client.Phase() }

// ServerPhase returns what the server of the current connection is waiting for.
func (p Pair) ServerPhase() fsm.ServerPhase { return p.server.Phase() }

// message is what the network carries.
type message struct {
	kind   uint8
	target uint8 // index into targets, for redirects
	status uint16
}

const (
	_              uint8 = iota
	openingRequest       // client to server
	openingAnswer        // server to client
	extendedRequest
	requestBody
	extendedResponse
	terminator
	proceed
	reroute
	data
	closeFrame
	endOfStream
)

// queue is one direction of a connection.
type queue struct {
	list [8]message
	n    uint8
}

func (q *queue) put(m message) (ok bool) {
	if int(q.n) == len(q.list) {
		return false
	}
	q.list[q.n] = m
	q.n++
	return true
}

func (q *queue) take() message {
	m := q.list[0]
	copy(q.list[:], q.list[1:q.n])
	q.n--
	q.list[q.n] = message{}
	return m
}

// Start returns a client and a server that have not met.
func (m Honest) Start() Pair { return Pair{client: m.Client.Start(), server: m.Server.Start()} }

// AtRest reports whether both sides have come to their end.
func (m Honest) AtRest(p Pair) bool {
	return p.client.Phase().Terminal() && (!p.up || p.server.Phase().Terminal())
}

// walker collects the steps out of one state.
type walker struct {
	m     Honest
	from  Pair
	yield func(Step[Pair])
}

// Steps offers everything that can happen in p.
func (m Honest) Steps(p Pair, yield func(Step[Pair])) {
	w := walker{m: m, from: p, yield: yield}
	w.network()
	w.clientSide()
	w.serverSide()
}

// network delivers the next message in either direction, ends streams, or is cut.
func (w *walker) network() {
	p := w.from
	if p.up && !p.cut {
		next := p
		next.cut, next.toClient, next.toServer = true, queue{}, queue{}
		w.yield(Step[Pair]{Action: Action{Side: Network, Cut: true}, Next: next, Edges: [2]int{-1, -1}})
	}
	if p.c.connected && (p.cut || p.toClient.n > 0) {
		w.toClient()
	}
	if p.s.connected && (p.cut || p.toServer.n > 0) {
		w.toServer()
	}
}

// toClient hands the client what comes next.
func (w *walker) toClient() {
	next := w.from
	if next.cut {
		w.lostByClient(next)
		return
	}
	switch msg := next.toClient.take(); {
	case msg.kind == openingAnswer && msg.status == 101:
		w.client(next, fsm.Event{Kind: fsm.EventOpened, Facts: fsm.FactKHP})
	case msg.kind == openingAnswer:
		w.client(next, fsm.Event{Kind: fsm.EventResponse, Status: msg.status, Facts: completing})
	case msg.kind == closeFrame:
		w.client(next, fsm.Event{Kind: fsm.EventPeerClosed, Facts: next.headComplete()})
	case msg.kind == endOfStream:
		w.lostByClient(next)
	default:
		w.messageToClient(next, msg)
	}
}

func (w *walker) lostByClient(next Pair) {
	w.client(next, fsm.Event{Kind: fsm.EventConnectionLost, Facts: next.headComplete()})
}

// headComplete tells whether the unit in progress misses only its terminator.
func (p *Pair) headComplete() fsm.Facts {
	if p.unit.kind != 0 && p.client.Phase() == fsm.ClientReading {
		return fsm.FactHeadComplete
	}
	return 0
}

// messageToClient does what the endpoint does with a data message.
func (w *walker) messageToClient(next Pair, msg message) {
	phase := next.client.Phase()
	switch {
	case msg.kind == proceed && (phase == fsm.ClientAwaitProceed || phase == fsm.ClientAwaitConfirm):
		w.client(next, fsm.Event{Kind: fsm.EventProceedReceived})
	case msg.kind == reroute && (phase == fsm.ClientAwaitProceed || phase == fsm.ClientAwaitConfirm):
		w.client(next, fsm.Event{Kind: fsm.EventRerouteReceived, Facts: targets[msg.target]})
	case msg.kind == terminator && phase == fsm.ClientReading && next.unit.kind != 0:
		w.decideUnit(next, fsm.FactTerminated)
	case msg.kind == terminator:
		w.client(next, fsm.Event{Kind: fsm.EventTerminatorReceived})
	case msg.kind == extendedResponse && (phase == fsm.ClientAwaitResponse || phase == fsm.ClientSendingBody || phase == fsm.ClientReading):
		w.responseToClient(next, msg)
	default:
		w.client(next, fsm.Event{Kind: fsm.EventDataReceived})
	}
}

// responseToClient begins a unit; one that terminates is decided at once.
func (w *walker) responseToClient(next Pair, msg message) {
	begun, ok := w.step(next, fsm.Event{Kind: fsm.EventDataReceived})
	if !ok {
		return
	}
	begun.Next.unit = msg
	if fsm.Status(int(msg.status)).Action.Terminates() || w.m.Client.TerminatorOptional {
		w.decideUnit(begun.Next, 0)
		return
	}
	w.yield(begun)
}

// decideUnit gives the client the response whose unit is complete.
func (w *walker) decideUnit(next Pair, facts fsm.Facts) {
	unit := next.unit
	next.unit = message{}
	facts |= completing &^ fsm.FactTerminated
	switch fsm.Status(int(unit.status)).Action {
	case fsm.ActionReplay:
		facts |= fsm.FactChallengeUsable
	case fsm.ActionRedirect, fsm.ActionRedirectChoice, fsm.ActionRedirectIfGet:
		facts |= targets[unit.target]
	}
	w.client(next, fsm.Event{Kind: fsm.EventResponse, Status: unit.status, Facts: facts})
}

// toServer hands the server what comes next.
func (w *walker) toServer() {
	next := w.from
	if next.cut {
		w.server(next, fsm.Event{Kind: fsm.EventConnectionLost}, 0)
		return
	}
	phase := next.server.Phase()
	switch msg := next.toServer.take(); {
	case msg.kind == openingRequest:
		ev := fsm.Event{Kind: fsm.EventOpeningRequest, Facts: fsm.FactValid | fsm.FactKHP}
		if w.m.Client.Profile == fsm.ProfileKaazing {
			ev.Facts |= fsm.FactKaazing
		}
		w.server(next, ev, 0)
	case msg.kind == extendedRequest && (phase == fsm.ServerAwaitRequest || phase == fsm.ServerAwaitReplay):
		ev := fsm.Event{Kind: fsm.EventRequest}
		if w.m.Client.Expect {
			ev.Facts = fsm.FactExpectBody
		}
		w.server(next, ev, 0)
	case msg.kind == requestBody && phase == fsm.ServerAwaitBody:
		w.server(next, fsm.Event{Kind: fsm.EventBodyReceived}, 0)
	case msg.kind == closeFrame:
		w.server(next, fsm.Event{Kind: fsm.EventPeerClosed}, 0)
	case msg.kind == endOfStream:
		w.server(next, fsm.Event{Kind: fsm.EventConnectionLost}, 0)
	default:
		w.server(next, fsm.Event{Kind: fsm.EventDataReceived}, 0)
	}
}

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
			if w.m.Client.Profile == fsm.ProfileKaazing {
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

// clientOrders puts on the network what the client orders.
func (p *Pair) clientOrders(m Honest, effects fsm.Effects) (broken string) {
	for e := range effects.All() {
		switch e.Kind {
		case fsm.EffectSendRequest, fsm.EffectReplayRequest:
			broken = p.clientSends(message{kind: extendedRequest})
		case fsm.EffectSendBody:
			broken = p.clientSends(message{kind: requestBody})
		case fsm.EffectSendMessage:
			p.clientSent++
			broken = p.clientSends(message{kind: data})
		case fsm.EffectSendClose:
			broken = p.clientSends(message{kind: closeFrame})
		case fsm.EffectDeliver:
			p.clientGot++
		case fsm.EffectDisconnect:
			broken = p.clientSends(message{kind: endOfStream})
			p.toClient = queue{}
		}
		if broken != "" {
			return broken
		}
	}
	return ""
}

func (p *Pair) clientSends(m message) string {
	if p.up && !p.cut && p.s.connected && !p.toServer.put(m) {
		return "BOUND: the client has sent more than anybody can need"
	}
	return ""
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

// serverOrders puts on the network what the server orders.
func (p *Pair) serverOrders(effects fsm.Effects, target uint8) (broken string) {
	for e := range effects.All() {
		switch e.Kind {
		case fsm.EffectSendOpening:
			broken = p.serverSends(message{kind: openingAnswer, status: 101})
		case fsm.EffectRefuseOpening:
			broken = p.serverSends(message{kind: openingAnswer, status: e.Code})
		case fsm.EffectSendResponse:
			broken = p.serverSends(message{kind: extendedResponse, status: e.Code, target: target})
		case fsm.EffectSendTerminator:
			broken = p.serverSends(message{kind: terminator})
		case fsm.EffectSendProceed:
			broken = p.serverSends(message{kind: proceed})
		case fsm.EffectSendReroute:
			broken = p.serverSends(message{kind: reroute, target: target})
		case fsm.EffectSendMessage:
			p.serverSent++
			broken = p.serverSends(message{kind: data})
		case fsm.EffectSendClose:
			broken = p.serverSends(message{kind: closeFrame})
		case fsm.EffectComplete:
			p.serverOpened = true
		case fsm.EffectDeliver:
			p.serverGot++
		case fsm.EffectDisconnect:
			broken = p.serverSends(message{kind: endOfStream})
			p.toServer = queue{}
		}
		if broken != "" {
			return broken
		}
	}
	return ""
}

func (p *Pair) serverSends(m message) string {
	if !p.cut && p.c.connected && !p.toClient.put(m) {
		return "BOUND: the server has sent more than anybody can need"
	}
	return ""
}

// Properties returns what must hold in every run of the model.
func (m Honest) Properties() Properties[Pair] {
	bothOpen := func(p Pair) bool { return p.client.Phase() == fsm.ClientOpen && p.server.Phase() == fsm.ServerOpen }
	return Properties[Pair]{
		Always: []Property[Pair]{
			{"INV-02", "the client's application gets nothing that was not sent to it", func(p Pair) bool { return p.clientGot <= p.serverSent }},
			{"INV-03", "the server's application gets nothing that was not sent to it", func(p Pair) bool { return p.serverGot <= p.clientSent }},
			{"INV-05", "exactly one terminal event each", func(p Pair) bool {
				return p.c.ended == 1 == p.client.Phase().Terminal() && (!p.up || p.s.ended == 1 == p.server.Phase().Terminal())
			}},
			{"INV-50", "a client is open only if its server completed the handshake", func(p Pair) bool {
				return p.client.Phase() != fsm.ClientOpen || p.serverOpened
			}},
		},
		LeadsTo: []Property[Pair]{
			{"LIV-01", "an end on both sides", m.AtRest},
		},
		Sometimes: []Property[Pair]{
			{"LIV-03", "open on both sides", bothOpen},
			{"LIV-04", "open after the last challenge", func(p Pair) bool { return bothOpen(p) && p.client.Replays() == int(m.Client.MaxReplays) }},
			{"LIV-05", "open after the last redirect", func(p Pair) bool { return bothOpen(p) && p.client.Redirects() == int(m.Client.MaxRedirects) }},
			{"LIV-12", "both sides close at the same time", func(p Pair) bool {
				return p.client.Phase() == fsm.ClientClosing && p.server.Phase() == fsm.ServerClosing
			}},
			{"INV-35", "a message right behind the terminator arrives", func(p Pair) bool { return p.clientGot == 1 && p.serverGot == 1 }},
		},
	}
}
