package fsm_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// serverModel is what the oracle remembers of a connection.
type serverModel struct {
	phase      fsm.ServerPhase
	failure    fsm.Failure
	status     int
	challenges int
	deferrals  int
	kaazing    bool
	opened     bool // it was open once
}

// serverTurn is one step of the oracle.
type serverTurn struct {
	cfg fsm.ServerConfig
	m   serverModel
	ev  fsm.Event
	out []fsm.Effect
}

// oracleServer says what has to happen, by the text.
func oracleServer(cfg fsm.ServerConfig, m serverModel, ev fsm.Event) (serverModel, []fsm.Effect, fsm.Verdict) {
	t := &serverTurn{cfg: cfg, m: m, ev: ev}
	verdict := t.take()
	if verdict != fsm.Accepted {
		return m, nil, verdict
	}
	return t.m, t.out, fsm.Accepted
}

func (t *serverTurn) do(k fsm.EffectKind) { t.out = append(t.out, fsm.Effect{Kind: k}) }
func (t *serverTurn) code(k fsm.EffectKind, c uint16) {
	t.out = append(t.out, fsm.Effect{Kind: k, Code: c})
}
func (t *serverTurn) timer(k fsm.EffectKind, x fsm.Timer) {
	t.out = append(t.out, fsm.Effect{Kind: k, Timer: x})
}
func (t *serverTurn) arm(x fsm.Timer)        { t.timer(fsm.EffectArmTimer, x) }
func (t *serverTurn) stop(x fsm.Timer)       { t.timer(fsm.EffectStopTimer, x) }
func (t *serverTurn) has(f fsm.Facts) bool   { return t.ev.Facts.Has(f) }
func (t *serverTurn) goes(p fsm.ServerPhase) { t.m.phase = p }

// take handles what is the same in all phases and hands the rest to the phase.
func (t *serverTurn) take() fsm.Verdict {
	if t.ev.Kind == 0 || t.ev.Kind > fsm.EventApplicationFailed { // no event at all
		return fsm.Misuse
	}
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventConnectRequested, fsm.EventConnected, fsm.EventConnectFailed, fsm.EventOpened, fsm.EventProceedReceived, fsm.EventRerouteReceived,
		fsm.EventResponse, fsm.EventBodyWritten, fsm.EventCredentialsSupplied, fsm.EventCredentialsDeclined:
		return refused // events of the client
	case fsm.EventTimerExpired:
		//exhaustive:ignore
		switch t.ev.Timer {
		case fsm.TimerOverall, fsm.TimerClose, fsm.TimerRequest, fsm.TimerBody, fsm.TimerReplay:
		default:
			return refused // not a timer of the server
		}
	}
	switch t.m.phase {
	case fsm.ServerOpening:
		return t.opening()
	case fsm.ServerAwaitRequest:
		return t.awaitRequest()
	case fsm.ServerAwaitReplay:
		return t.awaitReplay()
	case fsm.ServerAwaitBody:
		return t.awaitBody()
	case fsm.ServerDeciding, fsm.ServerPending:
		return t.deciding()
	case fsm.ServerOpen, fsm.ServerPlain:
		return t.open()
	case fsm.ServerClosing:
		return t.closing()
	case fsm.ServerDone:
		return t.over()
	}
	return fsm.Misuse
}

// opening: the opening request is being read.
func (t *serverTurn) opening() fsm.Verdict {
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventOpeningRequest:
		if !t.has(fsm.FactValid) { // S3
			return t.refuseOpening(t.ev.Status, fsm.FailureOpening)
		}
		if !t.has(fsm.FactKHP) && !t.cfg.Plain { // S2 is not served
			return t.refuseOpening(400, fsm.FailureNotSelected)
		}
		t.do(fsm.EffectSendOpening)
		if !t.has(fsm.FactKHP) { // S2
			t.do(fsm.EffectOpenPlain)
			t.goes(fsm.ServerPlain)
			t.m.opened = true
			return fsm.Accepted
		}
		if t.has(fsm.FactKaazing) {
			t.m.kaazing = true
			t.do(fsm.EffectSendProceed)
		}
		t.arm(fsm.TimerRequest) // S1
		t.arm(fsm.TimerOverall)
		t.goes(fsm.ServerAwaitRequest)
		return fsm.Accepted
	case fsm.EventConnectionLost: // S25
		return t.lost(fsm.FailureConnectionLost)
	case fsm.EventViolation: // S25
		return t.lost(t.ev.Failure)
	case fsm.EventCloseRequested: // left open by the text
		return t.refuseOpening(503, fsm.FailureApplication)
	case fsm.EventSendRequested: // S26
		return fsm.Misuse
	}
	return refused
}

// refuseOpening: S3.
func (t *serverTurn) refuseOpening(status uint16, f fsm.Failure) fsm.Verdict {
	t.m.status, t.m.failure = int(status), f
	t.code(fsm.EffectRefuseOpening, status)
	return t.end()
}

// lost: ended without anything on the wire.
func (t *serverTurn) lost(f fsm.Failure) fsm.Verdict {
	t.m.failure = f
	return t.end()
}

// awaitRequest: the extended request is awaited.
func (t *serverTurn) awaitRequest() fsm.Verdict {
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventRequest:
		return t.request(fsm.TimerRequest)
	case fsm.EventBadRequest: // S5, S6
		return t.refuse(t.ev.Status, fsm.FailureMalformed, 1002)
	case fsm.EventDataReceived, fsm.EventTerminatorReceived: // S5, AMB-05
		return t.refuse(400, fsm.FailureUnexpectedMessage, 1002)
	case fsm.EventTimerExpired:
		if t.ev.Timer == fsm.TimerRequest || t.ev.Timer == fsm.TimerOverall { // S22
			return t.refuse(408, fsm.FailureTimeout, 1008)
		}
	}
	return t.established()
}

// awaitReplay: 401 was sent, the request with credentials is awaited.
func (t *serverTurn) awaitReplay() fsm.Verdict {
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventRequest:
		return t.request(fsm.TimerReplay)
	case fsm.EventBadRequest: // S5, S6
		return t.refuse(t.ev.Status, fsm.FailureMalformed, 1002)
	case fsm.EventDataReceived, fsm.EventTerminatorReceived: // S5, AMB-05
		return t.refuse(400, fsm.FailureUnexpectedMessage, 1002)
	case fsm.EventTimerExpired:
		if t.ev.Timer == fsm.TimerReplay || t.ev.Timer == fsm.TimerOverall { // S15
			return t.refuse(408, fsm.FailureTimeout, 1008)
		}
	case fsm.EventDecided, fsm.EventApplicationFailed: // out of time
		return fsm.Ignored
	}
	return t.established()
}

// request: a well-formed request for the right target.
func (t *serverTurn) request(waited fsm.Timer) fsm.Verdict {
	if t.has(fsm.FactExtensionAgain) { // S7
		return t.refuse(400, fsm.FailureMalformed, 1002)
	}
	t.stop(waited)
	if t.has(fsm.FactExpectBody) { // S8, and in a replay: body and Expect again, AMB-44
		t.code(fsm.EffectSendResponse, 100)
		t.do(fsm.EffectSendTerminator)
		t.m.status = 100
		t.arm(fsm.TimerBody)
		t.goes(fsm.ServerAwaitBody)
		return fsm.Accepted
	}
	t.do(fsm.EffectAskDecision) // S4, S14
	t.goes(fsm.ServerDeciding)
	return fsm.Accepted
}

// awaitBody: 100 was sent.
func (t *serverTurn) awaitBody() fsm.Verdict {
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventBodyReceived: // S9
		t.stop(fsm.TimerBody)
		t.do(fsm.EffectAskDecision)
		t.goes(fsm.ServerDeciding)
		return fsm.Accepted
	case fsm.EventBadRequest: // S10
		return t.refuse(t.ev.Status, fsm.FailureMalformed, 1002)
	case fsm.EventDataReceived, fsm.EventTerminatorReceived: // S9: a part of the body, which is not complete yet
		return fsm.Accepted
	case fsm.EventTimerExpired:
		if t.ev.Timer == fsm.TimerBody || t.ev.Timer == fsm.TimerOverall { // S22
			return t.refuse(408, fsm.FailureTimeout, 1008)
		}
	}
	return t.established()
}

// deciding: the application decides; in ServerPending a 202 was sent.
func (t *serverTurn) deciding() fsm.Verdict {
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventDecided:
		return t.decided()
	case fsm.EventApplicationFailed: // S21
		return t.refuse(500, fsm.FailureApplication, 1011)
	case fsm.EventDataReceived, fsm.EventTerminatorReceived: // S20; nothing is read as a request here
		return t.refuse(400, fsm.FailureUnexpectedMessage, 1002)
	case fsm.EventTimerExpired:
		if t.ev.Timer == fsm.TimerOverall { // S17
			return t.refuse(503, fsm.FailureTimeout, 1008)
		}
	}
	return t.established()
}

// decided: the application's answer.
func (t *serverTurn) decided() fsm.Verdict {
	status := t.ev.Status
	if !t.cfg.Unchecked {
		if status == 100 || oracleNeverSent(int(status)) { // INV-46
			return fsm.Misuse
		}
		for _, r := range oracleRows { // INV-45
			if r.code == int(status) && !t.has(fieldFact(r.field)) {
				return fsm.Misuse
			}
		}
	}
	switch oracleAction(int(status)) {
	case "COMPLETE":
		return t.accept()
	case "WAIT": // S16
		if t.m.deferrals >= int(t.cfg.MaxDeferrals) {
			return fsm.Misuse
		}
		t.code(fsm.EffectSendResponse, 202)
		t.do(fsm.EffectSendTerminator)
		t.m.status = 202
		t.m.deferrals++
		t.goes(fsm.ServerPending)
		return fsm.Accepted
	case "REPLAY_WITH_AUTH":
		if t.m.challenges >= int(t.cfg.MaxChallenges) { // S13
			return t.refuse(403, fsm.FailureAuthLimit, 1000)
		}
		t.code(fsm.EffectSendResponse, 401) // S12
		t.do(fsm.EffectSendTerminator)
		t.arm(fsm.TimerReplay)
		t.m.status = 401
		t.m.challenges++
		t.goes(fsm.ServerAwaitReplay)
		return fsm.Accepted
	}
	return t.refuse(status, fsm.FailureStatus, 1000) // S18, S19
}

// fieldFact is the finding that a decision carries the field.
func fieldFact(field string) fsm.Facts {
	switch field {
	case "Location":
		return fsm.FactLocation
	case "WWW-Authenticate":
		return fsm.FactChallenge
	case "Proxy-Authenticate":
		return fsm.FactProxyChallenge
	case "Upgrade":
		return fsm.FactUpgrade
	}
	return 0
}

// accept: a completing decision.
func (t *serverTurn) accept() fsm.Verdict {
	if !t.has(fsm.FactSelectionValid) { // S31; no obligation of a status code, so Unchecked changes nothing
		return fsm.Misuse
	}
	if t.has(fsm.FactReroute) && !t.m.kaazing {
		return fsm.Misuse
	}
	t.m.status = int(t.ev.Status)
	t.code(fsm.EffectSendResponse, t.ev.Status)
	t.do(fsm.EffectSendTerminator)
	if t.has(fsm.FactReroute) {
		t.do(fsm.EffectSendReroute)
		t.code(fsm.EffectSendClose, 1000)
		t.do(fsm.EffectStopTimers)
		t.arm(fsm.TimerClose)
		t.goes(fsm.ServerClosing)
		return fsm.Accepted
	}
	if t.m.kaazing {
		t.do(fsm.EffectSendProceed)
	}
	t.do(fsm.EffectStopTimers) // S11
	t.do(fsm.EffectComplete)
	t.m.opened = true
	t.goes(fsm.ServerOpen)
	return fsm.Accepted
}

// established: what is the same while the WebSocket stands and is not open.
func (t *serverTurn) established() fsm.Verdict {
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventPingReceived: // S23
		t.do(fsm.EffectSendPong)
		return fsm.Accepted
	case fsm.EventPeerClosed: // S24
		t.m.failure = fsm.FailurePeerClosed
		t.code(fsm.EffectSendClose, 0)
		return t.end()
	case fsm.EventConnectionLost: // S25
		return t.lost(fsm.FailureConnectionLost)
	case fsm.EventViolation: // S25
		t.m.failure = t.ev.Failure
		t.code(fsm.EffectSendClose, oracleCloseCode(t.ev.Failure))
		return t.end()
	case fsm.EventCloseRequested: // left open by the text, but INV-41 wants an answer
		return t.refuse(503, fsm.FailureApplication, 1001)
	case fsm.EventTimerExpired:
		return fsm.Ignored // late
	case fsm.EventSendRequested: // S26
		return fsm.Misuse
	case fsm.EventDecided, fsm.EventApplicationFailed: // nobody asked
		return fsm.Misuse
	}
	return refused
}

// open: the application's.
func (t *serverTurn) open() fsm.Verdict {
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventDataReceived, fsm.EventTerminatorReceived: // S27
		t.do(fsm.EffectDeliver)
		return fsm.Accepted
	case fsm.EventPingReceived:
		t.do(fsm.EffectSendPong)
		return fsm.Accepted
	case fsm.EventSendRequested:
		t.do(fsm.EffectSendMessage)
		return fsm.Accepted
	case fsm.EventPeerClosed: // the server closes TCP first, AMB-68
		t.code(fsm.EffectSendClose, 0)
		return t.end()
	case fsm.EventConnectionLost:
		return t.end()
	case fsm.EventViolation:
		t.m.failure = t.ev.Failure
		t.code(fsm.EffectSendClose, oracleCloseCode(t.ev.Failure))
		return t.end()
	case fsm.EventCloseRequested:
		t.code(fsm.EffectSendClose, 0)
		t.do(fsm.EffectStopTimers)
		t.arm(fsm.TimerClose)
		t.goes(fsm.ServerClosing)
		return fsm.Accepted
	case fsm.EventTimerExpired:
		return fsm.Ignored
	}
	return refused
}

// closing: Close sent.
func (t *serverTurn) closing() fsm.Verdict {
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventPeerClosed, fsm.EventConnectionLost, fsm.EventViolation: // S28
		return t.end()
	case fsm.EventTimerExpired:
		if t.ev.Timer == fsm.TimerClose { // S30
			return t.end()
		}
		return fsm.Ignored
	case fsm.EventPingReceived: // no Close was received yet, WSP-FRAME-05
		t.do(fsm.EffectSendPong)
		return fsm.Accepted
	case fsm.EventDataReceived, fsm.EventTerminatorReceived: // S29
		return nothing
	case fsm.EventDecided, fsm.EventApplicationFailed: // the client is gone
		return fsm.Ignored
	}
	return refused
}

// over: terminal.
func (t *serverTurn) over() fsm.Verdict {
	//exhaustive:ignore
	switch t.ev.Kind {
	case fsm.EventTimerExpired, fsm.EventDecided, fsm.EventApplicationFailed:
		return fsm.Ignored
	case fsm.EventDataReceived, fsm.EventTerminatorReceived, fsm.EventPingReceived, fsm.EventPeerClosed, fsm.EventConnectionLost, fsm.EventViolation:
		return nothing
	}
	return refused
}

// refuse: response, terminator, Close. [S5 to S7, S10, S13, S17 to S22, INV-42]
func (t *serverTurn) refuse(status uint16, f fsm.Failure, code uint16) fsm.Verdict {
	t.m.status, t.m.failure = int(status), f
	t.code(fsm.EffectSendResponse, status)
	t.do(fsm.EffectSendTerminator)
	t.code(fsm.EffectSendClose, code)
	t.do(fsm.EffectStopTimers)
	t.arm(fsm.TimerClose)
	t.goes(fsm.ServerClosing)
	return fsm.Accepted
}

// end: TCP closed; one terminal effect. [INV-05]
func (t *serverTurn) end() fsm.Verdict {
	t.do(fsm.EffectStopTimers)
	t.do(fsm.EffectDisconnect)
	if t.m.opened || t.m.failure == 0 {
		t.do(fsm.EffectClosed)
	} else {
		t.out = append(t.out, fsm.Effect{Kind: fsm.EffectFail, Failure: t.m.failure, Code: uint16(t.m.status)})
	}
	t.goes(fsm.ServerDone)
	return fsm.Accepted
}

// newServer puts the machine next to the oracle.
func newServer(cfg fsm.ServerConfig, events []fsm.Event) *subject[fsm.ServerState, serverModel] {
	return &subject[fsm.ServerState, serverModel]{
		start: cfg.Start(), model: serverModel{phase: fsm.ServerOpening},
		step: cfg.Step,
		oracle: func(m serverModel, ev fsm.Event) (serverModel, []fsm.Effect, fsm.Verdict) {
			return oracleServer(cfg, m, ev)
		},
		same:   sameServer,
		phase:  func(s fsm.ServerState) string { return s.Phase().String() },
		events: events,
	}
}

// sameServer says what the state shows and the model does not.
func sameServer(s fsm.ServerState, m serverModel) string {
	switch {
	case s.Phase() != m.phase:
		return "phase"
	case s.Failure() != m.failure:
		return "failure"
	case s.Status() != m.status:
		return "status"
	case s.Challenges() != m.challenges:
		return "challenges"
	case (s.Profile() == fsm.ProfileKaazing) != m.kaazing:
		return "profile"
	}
	return ""
}

// goodDecision is what an application finds when it has done everything right.
const goodDecision = fsm.FactSelectionValid | fsm.FactLocation | fsm.FactChallenge | fsm.FactProxyChallenge | fsm.FactUpgrade

// serverEvents is every event with its systematic fact combinations; decisions with one each of the statuses.
func serverEvents(statuses []uint16, sets func(good fsm.Facts, facts ...fsm.Facts) []fsm.Facts) []fsm.Event {
	opening := variants(fsm.FactValid|fsm.FactKHP, fsm.FactValid, fsm.FactKHP, fsm.FactKaazing)
	request := variants(0, fsm.FactExpectBody, fsm.FactExtensionAgain)
	decision := sets(goodDecision, fsm.FactSelectionValid, fsm.FactLocation, fsm.FactChallenge, fsm.FactProxyChallenge, fsm.FactUpgrade, fsm.FactReroute)
	var events []fsm.Event
	for k := range fsm.EventApplicationFailed + 2 {
		//exhaustive:ignore
		switch ev := (fsm.Event{Kind: k}); k {
		case fsm.EventOpeningRequest:
			for _, ev.Status = range []uint16{400, 503} {
				events = append(events, each(ev, opening)...)
			}
		case fsm.EventRequest:
			events = append(events, each(ev, request)...)
		case fsm.EventBadRequest:
			for _, ev.Status = range []uint16{400, 405, 431, 505} {
				events = append(events, ev)
			}
		case fsm.EventDecided:
			for _, ev.Status = range statuses {
				events = append(events, each(ev, decision)...)
			}
		case fsm.EventTimerExpired:
			for ev.Timer = range fsm.TimerReplay + 2 {
				events = append(events, ev)
			}
		case fsm.EventViolation:
			for _, ev.Failure = range peerFailures {
				events = append(events, ev)
			}
		default:
			events = append(events, each(ev, []fsm.Facts{0, allFacts})...)
		}
	}
	return events
}

// oracleServerConfigs are configurations with small bounds; between them every switch is on and off.
var oracleServerConfigs = map[string]fsm.ServerConfig{
	"strict":    {MaxChallenges: 1, MaxDeferrals: 1},
	"plain":     {Plain: true, MaxChallenges: 2, MaxDeferrals: 2},
	"unchecked": {Unchecked: true, MaxChallenges: 1, MaxDeferrals: 1},
	"none":      {},
}

// compareServer compares machine and oracle for one configuration, quickly.
func compareServer(cfg fsm.ServerConfig) error {
	_, err := newServer(cfg, serverEvents(quickStatuses, singles)).walk()
	return err
}

// serverReqs are the requirements that the comparison of the server proves, apart from those about single status codes.
var serverReqs = []string{"KHP-EXT-RSP-01", "KHP-EXT-RSP-02", "KHP-EXT-RSP-03", "KHP-EXT-RSP-04", "KHP-EXT-RSP-14", "KHP-EXT-02",
	"KHP-CLASS-3XX-01", "KHP-REDIR-01", "KHP-STATUS-401-03", "KHP-STATUS-401-04", "RFC6585-511-04"}

func TestOracle_Server(t *testing.T) {
	t.Run("configs", func(t *testing.T) {
		attest(t, serverReqs...)
		events := serverEvents(someStatuses, variants)
		for _, name := range slices.Sorted(maps.Keys(oracleServerConfigs)) {
			t.Run(name, func(t *testing.T) {
				n, err := newServer(oracleServerConfigs[name], events).walk()
				t.Logf("%d states, %d steps", n.states, n.steps)
				require.NoError(t, err)
			})
		}
	})
	t.Run("quick", func(t *testing.T) {
		for _, name := range slices.Sorted(maps.Keys(oracleServerConfigs)) {
			require.NoError(t, compareServer(oracleServerConfigs[name]), name)
		}
	})
	// Every status code as a decision, with and without what it needs.
	t.Run("status codes", func(t *testing.T) {
		for code := 300; code <= 308; code++ {
			attest(t, fmt.Sprintf("KHP-STATUS-%d-09", code))
		}
		before := []fsm.Event{{Kind: fsm.EventOpeningRequest, Facts: fsm.FactValid | fsm.FactKHP}, {Kind: fsm.EventRequest}}
		for _, cfg := range oracleServerConfigs {
			c := newServer(cfg, nil)
			for code := range uint16(1001) {
				for _, facts := range []fsm.Facts{goodDecision, 0} {
					require.NoError(t, c.run(append(before[:2:2], fsm.Event{Kind: fsm.EventDecided, Status: code, Facts: facts},
						fsm.Event{Kind: fsm.EventPingReceived}, fsm.Event{Kind: fsm.EventPeerClosed})))
				}
			}
		}
	})
	t.Run("zero values", func(t *testing.T) {
		_, _, verdict := fsm.DefaultServerConfig().Step(fsm.ServerState{}, fsm.Event{Kind: fsm.EventOpeningRequest, Facts: fsm.FactValid | fsm.FactKHP})
		require.Equal(t, fsm.Misuse, verdict, "no state")
	})
	t.Run("random walks", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			cfg := fsm.ServerConfig{
				Plain: rapid.Bool().Draw(t, "plain"), Unchecked: rapid.Bool().Draw(t, "unchecked"),
				MaxChallenges: rapid.Uint8Range(0, 3).Draw(t, "challenges"), MaxDeferrals: rapid.Uint8Range(0, 3).Draw(t, "deferrals"),
			}
			newServer(cfg, nil).wander(t, serverCourse)
		})
	})
}

// serverCourse is an event that brings a server forward, with everything in order.
func serverCourse(s fsm.ServerState, n int) fsm.Event {
	switch s.Phase() {
	case fsm.ServerOpening:
		return fsm.Event{Kind: fsm.EventOpeningRequest, Facts: fsm.FactValid | fsm.FactKHP | []fsm.Facts{0, fsm.FactKaazing}[n%2]}
	case fsm.ServerAwaitRequest, fsm.ServerAwaitReplay:
		return fsm.Event{Kind: fsm.EventRequest, Facts: []fsm.Facts{0, 0, fsm.FactExpectBody}[n%3]}
	case fsm.ServerAwaitBody:
		return fsm.Event{Kind: fsm.EventBodyReceived}
	case fsm.ServerDeciding, fsm.ServerPending:
		return fsm.Event{Kind: fsm.EventDecided, Status: []uint16{101, 202, 401, 401, 202, 204, 302, 403}[n%8], Facts: goodDecision}
	case fsm.ServerOpen, fsm.ServerPlain:
		return fsm.Event{Kind: []fsm.EventKind{fsm.EventDataReceived, fsm.EventSendRequested, fsm.EventPingReceived, fsm.EventCloseRequested}[n%4]}
	case fsm.ServerClosing, fsm.ServerDone:
	}
	return fsm.Event{Kind: fsm.EventPeerClosed}
}
