package fsm

import (
	"iter"

	"example.com/khp/internal/inside"
)

//go:generate go tool -modfile=../internal/tools/go.mod stringer -output strings_gen.go -type=EventKind,Timer,EffectKind,Verdict,Failure,ClientPhase,ServerPhase,Plan,Profile,clientInput,serverInput

// Event is one thing that happened: a past-tense fact about the connection, the peer, the host or
// the clock. An event is a digest: it holds the findings on which the machine decides, and no
// bytes. The zero Event is invalid; the machine answers it with [Misuse].
type Event struct {
	Kind    EventKind
	Timer   Timer   // which timer, for EventTimerExpired only
	Failure Failure // the mistake of the peer, for EventViolation only
	Status  uint16  // for EventResponse, EventOpeningRequest, EventBadRequest and EventDecided
	Facts   Facts   // the findings about it
}

// EventKind names an occurrence. The transition tables show which side knows which kind.
type EventKind uint8

// Events of both machines, in the order in which a connection usually meets them.
const (
	_                        EventKind = iota
	EventConnectRequested              // a connection is wanted, or is to follow a redirect
	EventConnected                     // TCP (and TLS) is up
	EventConnectFailed                 // it could not be brought up
	EventOpened                        // a valid opening 101; Facts tell whether KHP was selected
	EventProceedReceived               // kaazing profile: the N message
	EventRerouteReceived               // kaazing profile: the R message; Facts judge its URL
	EventDataReceived                  // a data message, but no terminator; server: nor a request
	EventTerminatorReceived            // an empty binary message that does not end a response unit
	EventResponse                      // a response ended, or the opening was not answered with 101
	EventViolation                     // the peer broke a rule; Failure says which
	EventBodyWritten                   // the request body is completely with the socket
	EventCredentialsSupplied           // the provider answered; Facts tell whether with new ones
	EventCredentialsDeclined           // the provider has none, failed, or cannot serve the challenge
	EventPingReceived                  // a Ping frame
	EventPeerClosed                    // a Close frame
	EventConnectionLost                // end of the TCP connection without, or after, a Close frame
	EventTimerExpired                  // a timer armed by an effect ran out
	EventSendRequested                 // the application wants to send a message
	EventCloseRequested                // the application ends the connection or the attempt
	EventOpeningRequest                // server: an opening request; Status refuses without FactValid
	EventRequest                       // server: a well-formed extended request for the right target
	EventBadRequest                    // server: another message in its place; Status refuses it
	EventBodyReceived                  // server: the outstanding body is complete
	EventDecided                       // server: the application decided, with Status and Facts
	EventApplicationFailed             // server: the application raised an error instead of deciding
)

// Timer names a deadline. The machine knows no time: the host maps a name to a duration, with the
// defaults of the endpoint package.
type Timer uint8

// Timers. Received bytes never extend one. [INV-39]
const (
	_                Timer = iota
	TimerOpening           // client: dialing and opening handshake
	TimerResponse          // client: extended request to the end of its response
	TimerWait              // client: from the first 202 to a deciding response
	TimerCredentials       // client: credential provider
	TimerOverall           // both: whole extended handshake of one connection
	TimerClose             // both: closing handshake and end of TCP
	TimerRequest           // server: opening 101 to extended request
	TimerBody              // server: 100 to the end of the body
	TimerReplay            // server: 401 to the replayed request
)

// Facts is a set of findings that accompany an event. The endpoint computes them; the machine
// decides by them.
type Facts uint32

// Findings about an event.
const (
	FactTargetUsable    Facts = 1 << iota // target: valid, allowed by policy, not visited
	FactTargetVisited                     // redirect target: its key was visited in this connect call
	FactTargetRefused                     // redirect target: valid but refused by policy
	FactKHP                               // opening: x-kaazing-handshake was selected
	FactKaazing                           // opening request: its query carries .kl=Y
	FactValid                             // opening request: a valid upgrade that the host lets in
	FactTerminated                        // response: the terminator was seen
	FactHeadComplete                      // timer, close, loss: the unit misses only the terminator
	FactAcceptMatches                     // response: Upgrade, Connection and accept value match
	FactProtocolOffered                   // response: the subprotocol is absent or was offered
	FactExtensionsAsked                   // response: no extension that was not asked for, none twice
	FactChallengeUsable                   // 401: a usable challenge, and a credential provider
	FactProxyChallenge                    // 407: a challenge and credentials; decision: a challenge
	FactUpgradeTLS                        // 426: Upgrade names TLS and the current scheme is ws
	FactNewCredentials                    // credentials: not the ones that were refused last
	FactExpectBody                        // request: Expect: 100-continue with its body outstanding
	FactExtensionAgain                    // request: names an extension of the opening handshake
	FactSelectionValid                    // decision: all that it selects was requested
	FactLocation                          // decision: a valid Location is present
	FactChallenge                         // decision: WWW-Authenticate is present
	FactUpgrade                           // decision: Upgrade is present
	FactReroute                           // decision: kaazing profile, 101 and then R
)

// Has reports whether all of want are set.
func (f Facts) Has(want Facts) bool { return f&want == want }

// Effect is one thing the host must do. Effects of a step are carried out in order.
type Effect struct {
	Kind    EffectKind
	Timer   Timer   // EffectArmTimer, EffectStopTimer, EffectPauseTimer, EffectResumeTimer
	Failure Failure // EffectFail
	Code    uint16  // a close code (0: the application's, or none), or a status
}

// EffectKind names an order to the host, in the imperative.
type EffectKind uint8

// Effects. Those marked client or server come from one machine only.
const (
	_                    EffectKind = iota
	EffectDial                      // client: bring up TCP (and TLS) to the current target
	EffectSendOpening               // client: write the opening request; server: write the opening 101
	EffectSendRequest               // client: send the extended request
	EffectReplayRequest             // client: send it again with the credentials just supplied
	EffectSendBody                  // client: send the held-back request body
	EffectStopBody                  // client: send no more of it
	EffectAskCredentials            // client: ask the provider
	EffectFollow                    // client: make the follow-up target current
	EffectOpenPlain                 // the connection is a plain WebSocket without KHP
	EffectRefuseOpening             // server: answer the opening request with status Code
	EffectSendProceed               // server: send N
	EffectSendReroute               // server: send R with the URL of the decision
	EffectSendResponse              // server: send the extended response with status Code
	EffectSendTerminator            // server: send the empty binary message
	EffectAskDecision               // server: hand the request to the application
	EffectSendPong                  // answer the Ping
	EffectSendMessage               // send the application's message
	EffectDeliver                   // hand the message to the application
	EffectComplete                  // the extended handshake completed: the connection is open
	EffectArmTimer                  // start Timer
	EffectStopTimer                 // stop Timer; nothing happens if it does not run
	EffectPauseTimer                // keep Timer's remaining time; nothing happens if it does not run
	EffectResumeTimer               // let it go on
	EffectStopTimers                // stop all
	EffectSendClose                 // send a Close frame with Code, or answer the received one
	EffectDisconnect                // drop TCP
	EffectClosed                    // report that connection or attempt ended as asked
	EffectFail                      // report Failure, with the status in Code if there was one
)

// Effects is the ordered list of the effects of one step. The value is small and can be kept: it is
// a view of the table, which never changes.
type Effects struct {
	list    *[inside.MaxEffects]Effect
	n       uint8
	failure Failure // for effects that take theirs from the state
	status  uint16
	edge    uint16 // one more than its index, 0 for none
}

// Edge returns [Row.Index] of the edge that the step took, -1 if it took none.
func (e Effects) Edge() int { return int(e.edge) - 1 }

// Len returns the number of effects.
func (e Effects) Len() int { return int(e.n) }

// At returns effect i, or the zero Effect if there is none.
func (e Effects) At(i int) Effect {
	if i < 0 || i >= int(e.n) || i >= inside.MaxEffects {
		return Effect{}
	}
	f := e.list[i]
	switch f.Kind {
	case EffectFail:
		f.Failure, f.Code = e.failure, e.status
	case EffectSendClose:
		if f.Code == closeOfFailure {
			f.Code = CloseCode(e.failure)
		}
	case EffectSendResponse, EffectRefuseOpening:
		if f.Code == statusOfState {
			f.Code = e.status
		}
	}
	return f
}

// All iterates over the effects in the order in which they must be carried out.
func (e Effects) All() iter.Seq[Effect] {
	return func(yield func(Effect) bool) {
		for i := range e.Len() {
			if !yield(e.At(i)) {
				return
			}
		}
	}
}

// Verdict is the outcome of a step.
type Verdict uint8

// Verdicts.
const (
	_        Verdict = iota
	Accepted         // a transition of the table was taken; carry out the effects
	Ignored          // legal and without consequence, such as a late timer; state unchanged
	Misuse           // the embedder's mistake, such as sending before open; state unchanged
)
