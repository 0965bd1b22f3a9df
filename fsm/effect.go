package fsm

import "iter"

// Effect is one thing the host must do. Effects of a step are carried out in order.
type Effect struct {
	Kind    EffectKind
	Timer   Timer   // EffectArmTimer, EffectStopTimer, EffectPauseTimer, EffectResumeTimer
	Failure Failure // EffectFail
	Code    uint16  // close code of EffectSendClose (0: as the application asked, or none); status of EffectSendResponse, EffectRefuseOpening and EffectFail
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
	EffectFollow                    // client: the old connection is gone; make the follow-up target (redirect, proxy retry, upgrade) current
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
	EffectClosed                    // tell the application that the connection or the attempt ended as asked
	EffectFail                      // tell the application that the attempt failed, with Failure and the status in Code if there was one
)

// MaxEffects is the largest number of effects of one step; a test proves that no transition needs
// more.
const MaxEffects = 6

// Effects is the ordered list of the effects of one step. It is a small value that can be kept: it
// views the table, which never changes.
type Effects struct {
	list    *[MaxEffects]Effect
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
	if i < 0 || i >= int(e.n) || i >= MaxEffects {
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
	Ignored          // legal and without consequence, such as a timer that expires late; state unchanged, no effects
	Misuse           // the embedder's mistake, such as sending before open; state unchanged, no effects
)
