package model

import (
	"slices"

	"example.com/khp/fsm"
	"example.com/khp/fsm/codes"
	"example.com/khp/sim/model/internal/act"
	"example.com/khp/sim/model/internal/world"
)

// message is a message on the network.
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

func (q *queue) put(m uint16) (ok bool) {
	if int(q.n) == len(q.list) {
		return false
	}
	q.list[q.n] = m
	q.n++
	return true
}

func (q *queue) drop() {
	copy(q.list[:], q.list[1:q.n])
	q.n--
	q.list[q.n] = 0
}

// holds reports whether a message of that kind is under way.
func (q *queue) holds(kind uint8) bool {
	return slices.ContainsFunc(q.list[:q.n], func(v uint16) bool { return unpack(v).kind == kind })
}

// network delivers the next message in either direction, ends streams, or is cut.
func (w *walker) network() {
	p := &w.from
	if p.up && !p.cut && !w.x.m.Cooperative {
		w.out = step[Pair]{Action: act.Action{Side: act.Network, Cut: true, Index: -1}, Next: *p}
		next := &w.out.Next
		next.cut, next.toClient, next.toServer = true, w.x.empty, w.x.empty
		w.yield(&w.out)
	}
	w.fair = true
	defer func() { w.fair = false }()
	if p.client.Host.Is(world.Connected) &&
		(p.cut || p.toClient.n > 0 && (w.x.m.hasty || !p.untold())) {
		w.toClient()
	}
	if p.server.Host.Is(world.Connected) && (p.cut || p.toServer.n > 0) {
		w.toServer()
	}
}

// untold reports whether the server has read a request body that the client's host has not yet
// reported as written. A host reports it before it hands over the messages that it has received
// since.
func (p *Pair) untold() bool {
	return p.client.Host.Is(world.Writing) && !p.toServer.body
}

// toClient delivers the next message to the client.
func (w *walker) toClient() {
	from := w.from
	next := &from
	if next.cut {
		w.lostByClient(next)
		return
	}
	var msg message
	switch msg, next.toClient = w.x.take(next.toClient); {
	case msg.kind == openingAnswer && msg.status == 101:
		w.tellClient(next, fsm.Event{Kind: fsm.EventOpened, Facts: fsm.FactKHP})
	case msg.kind == openingAnswer:
		w.tellClient(next,
			fsm.Event{Kind: fsm.EventResponse, Status: msg.status, Facts: world.Completing})
	case msg.kind == closeFrame:
		w.tellClient(next, fsm.Event{Kind: fsm.EventPeerClosed, Facts: next.headComplete()})
	case msg.kind == endOfStream:
		w.lostByClient(next)
	default:
		w.messageToClient(next, msg)
	}
}

func (w *walker) lostByClient(next *Pair) {
	w.tellClient(next, fsm.Event{Kind: fsm.EventConnectionLost, Facts: next.headComplete()})
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
	balancer := phase == fsm.ClientAwaitProceed || phase == fsm.ClientAwaitConfirm ||
		phase == fsm.ClientAwaitResponse && w.x.m.Client.Profile == fsm.ProfileAuto
	switch {
	case msg.kind == proceed && balancer:
		w.tellClient(next, fsm.Event{Kind: fsm.EventProceedReceived})
	case msg.kind == reroute && balancer:
		w.tellClient(next, fsm.Event{Kind: fsm.EventRerouteReceived, Facts: targets[msg.target]})
	case msg.kind == terminator && phase == fsm.ClientReading && next.unit.kind != 0:
		w.decideUnit(next, fsm.FactTerminated)
	case msg.kind == terminator:
		w.tellClient(next, fsm.Event{Kind: fsm.EventTerminatorReceived})
	case msg.kind == extendedResponse && (phase == fsm.ClientAwaitResponse ||
		phase == fsm.ClientSendingBody || phase == fsm.ClientReading):
		w.responseToClient(next, msg)
	default:
		w.tellClient(next, fsm.Event{Kind: fsm.EventDataReceived})
	}
}

// responseToClient begins a unit; one that terminates is decided at once.
func (w *walker) responseToClient(next *Pair, msg message) {
	if !w.step(next, w.x.clientTurn(next.client, fsm.Event{Kind: fsm.EventDataReceived})) {
		return
	}
	w.out.Next.unit = msg
	if fsm.Status(int(msg.status)).Action.Terminates() || w.x.m.Client.TerminatorOptional {
		begun := w.out.Next
		w.noted = w.out.Differs
		w.decideUnit(&begun, 0)
		w.noted = ""
		return
	}
	w.yield(&w.out)
}

// decideUnit gives the client the response whose unit is complete.
func (w *walker) decideUnit(next *Pair, facts fsm.Facts) {
	unit := next.unit
	next.unit = message{}
	facts |= world.Completing &^ fsm.FactTerminated
	switch fsm.Status(int(unit.status)).Action {
	case codes.ActionReplay:
		facts |= fsm.FactChallengeUsable
	case codes.ActionRedirect, codes.ActionRedirectChoice, codes.ActionRedirectIfGet:
		facts |= targets[unit.target]
	}
	w.tellClient(next, fsm.Event{Kind: fsm.EventResponse, Status: unit.status, Facts: facts})
}

// toServer delivers the next message to the server.
func (w *walker) toServer() {
	from := w.from
	next := &from
	if next.cut {
		w.tellServer(next, fsm.Event{Kind: fsm.EventConnectionLost})
		return
	}
	phase := next.server.Phase()
	var msg message
	switch msg, next.toServer = w.x.take(next.toServer); {
	case msg.kind == openingRequest:
		ev := fsm.Event{Kind: fsm.EventOpeningRequest, Facts: fsm.FactValid | fsm.FactKHP}
		if w.x.m.marked() {
			ev.Facts |= fsm.FactKaazing
		}
		w.tellServer(next, ev)
	case msg.kind == extendedRequest &&
		(phase == fsm.ServerAwaitRequest || phase == fsm.ServerAwaitReplay):
		ev := fsm.Event{Kind: fsm.EventRequest}
		if w.x.m.Client.Expect {
			ev.Facts = fsm.FactExpectBody
		}
		w.tellServer(next, ev)
	case msg.kind == requestBody && phase == fsm.ServerAwaitBody:
		w.tellServer(next, fsm.Event{Kind: fsm.EventBodyReceived})
	case msg.kind == closeFrame:
		w.tellServer(next, fsm.Event{Kind: fsm.EventPeerClosed})
	case msg.kind == endOfStream:
		w.tellServer(next, fsm.Event{Kind: fsm.EventConnectionLost})
	default:
		w.tellServer(next, fsm.Event{Kind: fsm.EventDataReceived})
	}
}

// tellClient yields the outcomes of ev for the client.
func (w *walker) tellClient(next *Pair, ev fsm.Event) {
	w.client(next, w.x.clientTurn(next.client, ev))
}

// tellServer yields the outcomes of ev for the server.
func (w *walker) tellServer(next *Pair, ev fsm.Event) {
	w.server(next, w.x.serverTurn(next.server, ev), 0)
}

// carried is the message that an effect puts on the network. ok is false if the effect puts none
// there.
func carried(e fsm.Effect) (m message, ok bool) {
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
		m = message{kind: extendedResponse, status: e.Code}
	case fsm.EffectSendTerminator:
		m.kind = terminator
	case fsm.EffectSendProceed:
		m.kind = proceed
	case fsm.EffectSendReroute:
		m.kind = reroute
	case fsm.EffectSendMessage:
		m.kind = data
	case fsm.EffectSendClose:
		m.kind = closeFrame
	case fsm.EffectDisconnect:
		m.kind = endOfStream
	}
	return m, m.kind != 0
}

// aimedAt gives a packed message a target, if it is one that has a target.
func aimedAt(m uint16, target uint8) uint16 {
	if kind := unpack(m).kind; kind == extendedResponse || kind == reroute {
		m |= message{target: target}.pack()
	}
	return m
}

// clientOrders puts the client's orders on the network.
func (w *walker) clientOrders(p *Pair, o *dispatch) (broken string) {
	p.clientSent, p.clientGot = p.clientSent+o.sent, p.clientGot+o.got
	if o.disconnects {
		p.toClient = w.x.empty
	}
	if !p.up || p.cut || !p.server.Host.Is(world.Connected) {
		return ""
	}
	for _, m := range o.put[:o.n] {
		if p.toServer = w.x.with(p.toServer, m); p.toServer == nil {
			return "BOUND: the client has sent more than a handshake can need"
		}
	}
	return ""
}

// serverOrders puts the server's orders on the network; target is the redirect target of a
// decision.
func (w *walker) serverOrders(p *Pair, o *dispatch, target uint8) (broken string) {
	p.serverSent, p.serverGot, p.serverOpened = p.serverSent+o.sent, p.serverGot+
		o.got, p.serverOpened || o.completes
	if o.disconnects {
		p.toServer = w.x.empty
	}
	if p.cut || !p.client.Host.Is(world.Connected) {
		return ""
	}
	for _, m := range o.put[:o.n] {
		if p.toClient = w.x.with(p.toClient, aimedAt(m, target)); p.toClient == nil {
			return "BOUND: the server has sent more than a handshake can need"
		}
	}
	return ""
}

const queueSize = 2 * len(queue{}.list)

// A message takes 16 bits: 4 for its kind, 2 for the target, 10 for the status. An unused place of
// a queue is of kind 0.
func (m message) pack() uint16 { return uint16(m.kind) | uint16(m.target)<<4 | m.status<<6 }

func unpack(v uint16) message {
	return message{kind: uint8(v & 15), target: uint8(v >> 4 & 3), status: v >> 6}
}

func (q *queue) Encode(b []byte) {
	b = b[:queueSize]
	for i, m := range q.list {
		le.PutUint16(b[2*i:], m)
	}
}

func (q *queue) Decode(b []byte) {
	b = b[:queueSize]
	for i := range q.list {
		if q.list[i] = le.Uint16(b[2*i:]); q.list[i] != 0 {
			q.n++
		}
	}
}
