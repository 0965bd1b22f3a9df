package prove

import (
	"slices"
	"strings"

	"example.com/khp/fsm"
	"example.com/khp/fsm/codes"
	"example.com/khp/internal/tables"
)

// The additional knowledge of a server's host.
const (
	deciding   = "decision owed"
	bodyOwed   = "body owed"
	peerClosed = "client's Close received"
	request    = "request without deciding response"
	responding = "response without its terminator"
	decided    = "deciding response sent"
	forKaazing = "client asked for kaazing"
	again      = "request names an extension of the opening handshake"
)

// obligationsMet is the condition that a decision has the fields that its status requires.
const obligationsMet = "obligations met"

// needs are the fields that a status may require, with the fact that the decision carries it.
var needs = []struct {
	field string
	fact  fsm.Facts
}{{"Location", fsm.FactLocation}, {"WWW-Authenticate", fsm.FactChallenge},
	{"Proxy-Authenticate", fsm.FactProxyChallenge}, {"Upgrade", fsm.FactUpgrade}}

// required is whether the status of the decision requires a field. Columns with several statuses
// leave it open.
func (r *run) required(field string) *term {
	switch _, of := r.event(); of {
	case "Replay":
		return constant(field == "WWW-Authenticate")
	case "Complete", "Continue", "Wait":
		return no
	}
	return variable("status requires " + field)
}

// neverSent is whether the status of the decision is one that a server never sends.
func (r *run) neverSent() *term {
	switch _, of := r.event(); of {
	case "Continue":
		return yes
	case "Complete", "Wait", "Replay":
		return no
	}
	return variable("status is never sent")
}

// obligations is the meaning of "obligations met".
func (r *run) obligations() *term {
	all := []*term{not(r.neverSent())}
	for _, n := range needs {
		all = append(all, or(not(r.required(n.field)), fact(n.fact)))
	}
	return or(variable("unchecked"), and(all...))
}

// Server is the server machine. Its surroundings are those of [model.AnyClient].
func Server() *Machine { return serverOf(slices.Collect(fsm.ServerRows())) }

func serverOf(rows []fsm.Row) *Machine {
	_, marks := tables.FSM.MarkNames()
	m := &Machine{
		Side: "server", rows: rows, phases: phasesOf(rows), first: "Opening", start: []string{connected},
		state: slices.Concat(marks, []string{connected, webSocket, deciding, bodyOwed, closeSent,
			peerClosed, toldOpen, toldEnd, selected, request, responding,
			decided, forKaazing, again}, timers("Request", "Body", "Replay", "Overall", "Close")),
		config: []string{"plain served", "unchecked"},
		host:   host{possible: serverPossible, learn: serverLearns, obey: serverObeys, done: serverDone},
		limits: serverLimits,
	}
	m.goals = []goal{
		{id: "INV-05", text: "the end is told when the machine is at its end", phases: []string{"Done"},
			holds: variable(toldEnd)},
		{id: "INV-05", text: "the end is told only when the machine is at its end",
			phases: m.except("Done"), holds: not(variable(toldEnd))},
		{id: "INV-40", text: "after a terminating status the connection is closing",
			phases: m.except("Done", "Open", "Plain"),
			holds:  or(not(variable(decided)), variable(toldOpen), variable(closeSent))},
		{id: "KHP-OPEN-06", text: "a plain WebSocket only if that is allowed", phases: []string{"Plain"},
			holds: variable("plain served")},
		{id: "LIV-06", text: "a server that waits for its client does so with a timer",
			phases: m.except("Opening", "Open", "Plain", "Done"), holds: m.someTimer()},
	}
	return m
}

// serverPossible says when an event can happen.
func serverPossible(r *run) *term {
	up := r.get(webSocket)
	switch kind, of := r.event(); kind {
	case "OpeningRequest":
		return r.in("Opening")
	case "Request":
		return and(up, r.in("AwaitRequest", "AwaitReplay"))
	case "BadRequest":
		return and(up, r.in("AwaitRequest", "AwaitReplay", "AwaitBody"))
	case "BodyReceived":
		return and(up, r.in("AwaitBody"))
	case "DataReceived", "PingReceived", "PeerClosed":
		return up
	case "Violation", "ConnectionLost":
		return r.get(connected)
	case "Decided", "ApplicationFailed":
		return r.get(deciding)
	case "TimerExpired":
		return r.get(runs(of))
	case "SendRequested":
		return r.in("Open", "Plain")
	case "CloseRequested":
		return yes
	}
	return no
}

// serverLearns returns the constraints that an event implies.
func serverLearns(r *run) {
	switch kind, of := r.event(); kind {
	case "ConnectionLost":
		r.set(connected, no)
		r.set(webSocket, no)
	case "PeerClosed":
		r.set(peerClosed, yes)
	case "TimerExpired":
		r.set(runs(of), no)
	case "Request", "BadRequest":
		if r.in("AwaitRequest", "AwaitReplay") == yes {
			r.set(request, yes)
			r.set(bodyOwed, no)
			r.set(again, no)
			if kind == "Request" {
				r.set(bodyOwed, fact(fsm.FactExpectBody))
				r.set(again, fact(fsm.FactExtensionAgain))
			}
		}
	case "BodyReceived":
		r.set(bodyOwed, no)
	case "OpeningRequest":
		khp := and(fact(fsm.FactKHP), fact(fsm.FactValid))
		r.set(selected, khp)
		r.set(forKaazing, and(khp, fact(fsm.FactKaazing)))
	}
}

// serverObeys carries out an effect.
func serverObeys(r *run, e fsm.Effect) {
	if e.Kind != fsm.EffectSendTerminator {
		r.must("INV-42", "one terminator right behind every response", not(r.get(responding)))
	}
	//exhaustive:ignore
	switch e.Kind {
	case fsm.EffectSendOpening:
		r.set(webSocket, yes)
	case fsm.EffectSendResponse:
		serverResponds(r, int(e.Code))
	case fsm.EffectSendTerminator:
		r.must("INV-42", "no terminator without a response", r.get(responding))
		r.set(responding, no)
	case fsm.EffectSendProceed, fsm.EffectSendReroute:
		r.must("INV-54", "the kaazing messages to kaazing clients only, and not after Close",
			and(r.get(forKaazing), not(r.get(closeSent))))
	case fsm.EffectAskDecision:
		r.must("INV-41", "asked to decide on a complete request only",
			and(r.get(request), not(r.get(bodyOwed))))
		r.set(deciding, yes)
	case fsm.EffectComplete:
		r.must("INV-04", "at most one open event", not(r.get(toldOpen)))
		r.must("INV-01", "open only with x-kaazing-handshake selected",
			and(r.get(selected), not(r.get(closeSent)), r.get(webSocket)))
		r.set(toldOpen, yes)
	case fsm.EffectOpenPlain:
		r.set(toldOpen, yes)
	case fsm.EffectSendMessage:
		r.must("INV-03", "no application data sent before open or after Close",
			and(r.in("Open", "Plain"), not(r.get(closeSent))))
	case fsm.EffectDisconnect:
		r.set(connected, no)
		r.set(webSocket, no)
	case fsm.EffectClosed, fsm.EffectFail:
		r.set(deciding, no)
	}
}

// serverResponds checks a response: to an outstanding request, of a status that the server may
// send, with the fields that the status requires, and never twice. Status 0 is that of the event.
func serverResponds(r *run, status int) {
	kind, action := r.event()
	ofEvent := status == 0
	if !ofEvent {
		action = strings.TrimPrefix(fsm.Status(status).Action.String(), "Action")
	}
	unchecked := variable("unchecked")
	r.must("INV-40", "no response after Close", not(r.get(closeSent)))
	r.must("INV-41", "one deciding response", not(r.get(decided)))
	if kind == "Decided" && (ofEvent || status == 401) {
		for _, n := range needs {
			r.must("INV-45", "no status without "+n.field+" that requires it",
				or(unchecked, not(r.required(n.field)), fact(n.fact)))
		}
	}
	never := constant(fsm.Status(status).Duties&codes.NeverSend != 0)
	switch {
	case status == 100:
		never = not(and(constant(kind == "Request"), fact(fsm.FactExpectBody)))
	case ofEvent:
		never = and(constant(kind == "Decided"), r.neverSent())
	}
	r.must("INV-46", "no status that is never sent, and no 100 without Expect",
		or(unchecked, not(never)))
	if action == "Complete" {
		r.must("INV-43", "no acceptance of a request that names an extension of the opening handshake",
			not(r.get(again)))
		r.must("INV-08", "accepted only in answer to a request, with what was requested",
			and(r.get(request), fact(fsm.FactSelectionValid)))
	}
	r.set(responding, yes)
	if status == 100 && kind == "Request" || action == "Wait" {
		return
	}
	for _, v := range []string{again, request, deciding} {
		r.set(v, no)
	}
	if action != "Replay" {
		r.set(decided, yes)
	}
}

// serverDone returns the conditions once the effects of a row are carried out.
func serverDone(r *run) {
	r.must("INV-42", "every response has its terminator", not(r.get(responding)))
}
