package prove

import (
	"slices"

	"example.com/khp/fsm"
	"example.com/khp/internal/tables"
)

// The knowledge of a client's host, beside the marks of the machine and the timers.
const (
	dialing     = "dialing"
	connected   = "connected"
	webSocket   = "WebSocket up"
	asked       = "asked for credentials"
	writing     = "body being written"
	following   = "follow-up target may be dialed"
	closeSent   = "Close sent"
	toldOpen    = "told open"
	toldEnd     = "told the end"
	selected    = "KHP agreed on"
	outstanding = "request outstanding"
	challenged  = "last response was a 401"
	over        = "terminating status received"
	bodyAllowed = "100 in answer to Expect"
	good        = "every condition of completion met"
)

// Client is the client machine. Its surroundings are those of [model.AnyServer]: server, network
// and clock do anything.
func Client() *Machine { return clientOf(slices.Collect(fsm.ClientRows())) }

func clientOf(rows []fsm.Row) *Machine {
	marks, _ := tables.FSM.MarkNames()
	m := &Machine{
		Side: "client", rows: rows, phases: phasesOf(rows), first: "Idle",
		state: slices.Concat(marks, []string{dialing, connected, webSocket, asked, writing, following,
			closeSent, toldOpen, toldEnd, selected,
			outstanding, challenged, over, bodyAllowed, good},
			timers("Opening", "Response", "Wait", "Credentials", "Overall", "Close")),
		config: []string{"kaazing", "auto", "terminator required", "plain fallback", "Expect sent", "GET",
			"redirects on", "may wait", "proxy configured", "upgrade on"},
		host:   host{possible: clientPossible, learn: clientLearns, obey: clientObeys},
		limits: clientLimits,
	}
	m.goals = []goal{
		{id: "INV-05", text: "the end is told when the machine is at its end",
			phases: []string{"Done", "Failed"}, holds: variable(toldEnd)},
		{id: "INV-05", text: "the end is told only when the machine is at its end",
			phases: m.except("Done", "Failed"), holds: not(variable(toldEnd))},
		{id: "KHP-OPEN-06", text: "a plain WebSocket only if that is allowed", phases: []string{"Plain"},
			holds: variable("plain fallback")},
		{id: "LIV-06", text: "some timer runs whenever the client waits", phases: m.except("Idle",
			"Redirecting", "Open", "Plain", "Done", "Failed"), holds: m.someTimer()},
		{id: "LIV-08", text: "a wait after 202 has its deadline", phases: []string{"AwaitResponse",
			"Reading"}, holds: or(not(variable("wait running")), variable(runs("Wait")))},
	}
	return m
}

// except returns the phases that are not those.
func (m *Machine) except(phases ...string) []string {
	return slices.DeleteFunc(slices.Clone(m.phases),
		func(p string) bool { return slices.Contains(phases, p) })
}

func (m *Machine) someTimer() *term {
	var list []*term
	for _, v := range m.state {
		if len(v) > len(runs0) && v[len(v)-len(runs0):] == runs0 {
			list = append(list, variable(v))
		}
	}
	return or(list...)
}

// clientPossible is the condition for an event to happen. It is never stricter than package model.
func clientPossible(r *run) *term {
	up := r.get(webSocket)
	switch kind, of := r.event(); kind {
	case "ConnectRequested":
		return or(r.in("Idle"), and(r.get(following), not(r.get(toldEnd))))
	case "Connected", "ConnectFailed":
		return r.get(dialing)
	case "ConnectionLost":
		return or(r.get(dialing), r.get(connected))
	case "Opened":
		return and(r.get(connected), not(up))
	case "Response":
		return or(and(r.get(connected), not(up)), and(up, r.in("Reading")))
	case "ProceedReceived", "RerouteReceived":
		return and(up, or(r.in("AwaitProceed", "AwaitConfirm"),
			and(r.in("AwaitResponse"), variable("auto"))))
	case "TerminatorReceived":
		return and(up, not(r.in("Reading")))
	case "DataReceived", "PingReceived", "PeerClosed":
		return up
	case "Violation":
		return r.get(connected)
	case "BodyWritten":
		return r.get(writing)
	case "CredentialsSupplied", "CredentialsDeclined":
		return r.get(asked)
	case "TimerExpired":
		return r.get(runs(of))
	case "SendRequested":
		return r.in("Open", "Plain")
	case "CloseRequested":
		return yes
	}
	return no
}

// clientLearns returns the constraints that an event implies.
func clientLearns(r *run) {
	switch kind, of := r.event(); kind {
	case "Connected":
		r.set(dialing, no)
		r.set(connected, yes)
	case "ConnectFailed":
		r.set(dialing, no)
	case "Opened":
		r.set(webSocket, yes)
		r.set(selected, fact(fsm.FactKHP))
	case "ConnectionLost":
		r.set(dialing, no)
		r.set(connected, no)
		r.set(webSocket, no)
	case "CredentialsSupplied", "CredentialsDeclined":
		r.set(asked, no)
	case "BodyWritten":
		r.set(writing, no)
	case "TimerExpired":
		r.set(runs(of), no)
	case "Response":
		if r.row.From == "Reading" {
			clientLearnsResponse(r, of)
		}
	}
}

func clientLearnsResponse(r *run, action string) {
	r.set(challenged, no)
	r.set(bodyAllowed, no)
	r.set(good, no)
	switch action {
	case "Complete":
		r.set(outstanding, no)
		r.set(good, and(or(fact(fsm.FactTerminated), not(variable("terminator required"))),
			fact(fsm.FactAcceptMatches), fact(fsm.FactProtocolOffered), fact(fsm.FactExtensionsAsked)))
	case "Replay":
		r.set(outstanding, no)
		r.set(challenged, yes)
	case "Continue":
		r.set(bodyAllowed, variable("Expect sent"))
	case "Wait":
	default:
		r.set(outstanding, no)
		r.set(over, yes)
	}
}

// clientObeys carries out an effect.
func clientObeys(r *run, e fsm.Effect) {
	//exhaustive:ignore
	switch e.Kind {
	case fsm.EffectDial:
		r.must("INV-28", "no new connection before the old one is gone",
			not(or(r.get(dialing), r.get(connected))))
		for _, v := range []string{connected, webSocket, asked, writing, following, closeSent, toldEnd,
			selected, outstanding, challenged, over, bodyAllowed, good} {
			r.set(v, no)
		}
		r.set(dialing, yes)
	case fsm.EffectSendRequest, fsm.EffectReplayRequest:
		r.must("INV-06", "no extended request unless KHP is selected",
			and(r.get(selected), r.get(webSocket)))
		r.must("INV-07", "one outstanding request at most", not(r.get(outstanding)))
		r.must("INV-16", "no request after a terminating status", not(r.get(over)))
		if e.Kind == fsm.EffectReplayRequest {
			r.must("INV-19", "a replay only after 401 and with new credentials",
				and(r.get(challenged), fact(fsm.FactNewCredentials)))
		}
		r.set(outstanding, yes)
		r.set(challenged, no)
	case fsm.EffectSendBody:
		r.must("INV-17", "no body without a 100 in answer to Expect",
			and(r.get(bodyAllowed), not(r.get(over))))
		r.set(bodyAllowed, no)
		r.set(writing, yes)
	case fsm.EffectStopBody:
		r.set(writing, no)
	case fsm.EffectAskCredentials:
		r.set(asked, yes)
	case fsm.EffectFollow:
		r.must("INV-28", "no follow-up before the old connection is gone", not(r.get(connected)))
		r.set(following, yes)
	case fsm.EffectComplete, fsm.EffectOpenPlain:
		r.must("INV-04", "at most one open event", not(r.get(toldOpen)))
		if e.Kind == fsm.EffectComplete {
			r.must("INV-01", "open only if every condition of completion is met",
				and(r.get(selected), r.get(good), r.get(webSocket), not(r.get(closeSent))))
		}
		r.set(toldOpen, yes)
	case fsm.EffectSendMessage:
		r.must("INV-03", "no application data sent before open", r.in("Open", "Plain"))
	case fsm.EffectDisconnect:
		r.set(dialing, no)
		r.set(connected, no)
		r.set(webSocket, no)
	case fsm.EffectClosed, fsm.EffectFail:
		r.set(asked, no)
	}
}
