package model

import (
	"slices"

	"example.com/khp/fsm"
)

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

// queue is one direction of a connection: packed messages, the next one first.
type queue struct {
	list [16]uint16
	n    uint8
}

func (q *queue) put(m message) (ok bool) {
	if int(q.n) == len(q.list) {
		return false
	}
	q.list[q.n] = m.pack()
	q.n++
	return true
}

func (q *queue) take() message {
	m := unpack(q.list[0])
	copy(q.list[:], q.list[1:q.n])
	q.n--
	q.list[q.n] = 0
	return m
}

// network delivers the next message in either direction, ends streams, or is cut.
func (w *walker) network() {
	p := &w.from
	if p.up && !p.cut && !w.m.Cooperative {
		w.out = step[Pair]{Action: Action{Side: Network, Cut: true, Index: -1}, Next: *p}
		next := &w.out.Next
		next.cut, next.toClient, next.toServer = true, queue{}, queue{}
		w.yield(&w.out)
	}
	w.fair = true
	defer func() { w.fair = false }()
	if p.client.host.is(connected) && (p.cut || p.toClient.n > 0 && (w.m.hasty || !p.untold())) {
		w.toClient()
	}
	if p.server.host.is(connected) && (p.cut || p.toServer.n > 0) {
		w.toServer()
	}
}

// untold reports whether the server has read a request body that the client's host has not yet
// reported as written. A host reports it before it hands over what it has received since.
func (p *Pair) untold() bool {
	return p.client.host.is(writing) && !slices.ContainsFunc(p.toServer.list[:p.toServer.n], func(v uint16) bool { return unpack(v).kind == requestBody })
}

// toClient delivers the next message to the client.
func (w *walker) toClient() {
	from := w.from
	next := &from
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

func (w *walker) lostByClient(next *Pair) {
	w.client(next, fsm.Event{Kind: fsm.EventConnectionLost, Facts: next.headComplete()})
}

// headComplete tells whether the unit in progress misses only its terminator.
func (p *Pair) headComplete() fsm.Facts {
	if p.unit.kind != 0 && p.client.Phase() == fsm.ClientReading {
		return fsm.FactHeadComplete
	}
	return 0
}

// messageToClient classifies a data message as the endpoint does.
func (w *walker) messageToClient(next *Pair, msg message) {
	phase := next.client.Phase()
	balancer := phase == fsm.ClientAwaitProceed || phase == fsm.ClientAwaitConfirm || phase == fsm.ClientAwaitResponse && w.m.Client.Profile == fsm.ProfileAuto
	switch {
	case msg.kind == proceed && balancer:
		w.client(next, fsm.Event{Kind: fsm.EventProceedReceived})
	case msg.kind == reroute && balancer:
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
func (w *walker) responseToClient(next *Pair, msg message) {
	if !w.step(next, fsm.Event{Kind: fsm.EventDataReceived}) {
		return
	}
	w.out.Next.unit = msg
	if fsm.Status(int(msg.status)).Action.Terminates() || w.m.Client.TerminatorOptional {
		begun := w.out.Next
		w.decideUnit(&begun, 0)
		return
	}
	w.yield(&w.out)
}

// decideUnit gives the client the response whose unit is complete.
func (w *walker) decideUnit(next *Pair, facts fsm.Facts) {
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

// toServer delivers the next message to the server.
func (w *walker) toServer() {
	from := w.from
	next := &from
	if next.cut {
		w.server(next, fsm.Event{Kind: fsm.EventConnectionLost}, 0)
		return
	}
	phase := next.server.Phase()
	switch msg := next.toServer.take(); {
	case msg.kind == openingRequest:
		ev := fsm.Event{Kind: fsm.EventOpeningRequest, Facts: fsm.FactValid | fsm.FactKHP}
		if w.m.marked() {
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

// carried is the message that an effect puts on the network; target is the redirect target of a
// decision. ok is false if the effect puts none there.
func carried(e fsm.Effect, target uint8) (m message, ok bool) {
	switch e.Kind {
	case fsm.EffectSendOpening:
		m = message{kind: openingAnswer, status: 101}
	case fsm.EffectRefuseOpening:
		m = message{kind: openingAnswer, status: e.Code}
	case fsm.EffectSendRequest, fsm.EffectReplayRequest:
		m.kind = extendedRequest
	case fsm.EffectSendBody:
		m.kind = requestBody
	case fsm.EffectSendResponse:
		m = message{kind: extendedResponse, status: e.Code, target: target}
	case fsm.EffectSendTerminator:
		m.kind = terminator
	case fsm.EffectSendProceed:
		m.kind = proceed
	case fsm.EffectSendReroute:
		m = message{kind: reroute, target: target}
	case fsm.EffectSendMessage:
		m.kind = data
	case fsm.EffectSendClose:
		m.kind = closeFrame
	case fsm.EffectDisconnect:
		m.kind = endOfStream
	}
	return m, m.kind != 0
}

// clientOrders puts on the network what the client orders, except for the opening request, which
// begins a connection: [Pair.meet] puts it there.
func (p *Pair) clientOrders(effects fsm.Effects) (broken string) {
	for e := range effects.All() {
		switch e.Kind {
		case fsm.EffectSendOpening:
			continue
		case fsm.EffectSendMessage:
			p.clientSent++
		case fsm.EffectDeliver:
			p.clientGot++
		case fsm.EffectDisconnect:
			p.toClient = queue{}
		}
		if m, ok := carried(e, 0); ok && p.up && !p.cut && p.server.host.is(connected) && !p.toServer.put(m) {
			return "BOUND: the client has sent more than a handshake can need"
		}
	}
	return ""
}

// serverOrders puts on the network what the server orders.
func (p *Pair) serverOrders(effects fsm.Effects, target uint8) (broken string) {
	for e := range effects.All() {
		switch e.Kind {
		case fsm.EffectComplete:
			p.serverOpened = true
		case fsm.EffectSendMessage:
			p.serverSent++
		case fsm.EffectDeliver:
			p.serverGot++
		case fsm.EffectDisconnect:
			p.toServer = queue{}
		}
		if m, ok := carried(e, target); ok && !p.cut && p.client.host.is(connected) && !p.toClient.put(m) {
			return "BOUND: the server has sent more than a handshake can need"
		}
	}
	return ""
}
