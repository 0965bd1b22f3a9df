package fsm

// serverTable is the transition table of the server: every edge of the machine is a row of it, and
// nothing else moves the machine. It reads like that of the client: cells that do something, inputs
// that are ignored; any other input is the embedder's misuse.
var serverTable = func() (t [serverPhases][serverInputs]cell) {
	for p := ServerOpening; p < serverPhases; p++ {
		serverTablePhases[p].fill(t[p][:], p.String(), serverInput.word)
	}
	return t
}()

var serverTablePhases = [serverPhases]phase[serverInput]{
	// The opening request has not been judged yet. [KHP opening handshake, RFC 6455 4.2]
	ServerOpening: {
		on: cells[serverInput]{
			byOpeningRequest: {
				to("await-request-kaazing", ServerAwaitRequest, "KHP-OPEN-03 KHP-OPEN-04 KHP-GEN-04",
					do(EffectSendOpening), do(EffectSendProceed), arm(TimerRequest), arm(TimerOverall)).
					when(validRequest, khpSelected, kaazingAsked).marking(markKaazing, 0),
				to("await-request", ServerAwaitRequest, "KHP-OPEN-03 KHP-OPEN-04 KHP-GEN-04", do(EffectSendOpening), arm(TimerRequest), arm(TimerOverall)).
					when(validRequest, khpSelected),
				to("plain", ServerPlain, "KHP-OPEN-05 WSP-OPEN-08", do(EffectSendOpening), do(EffectOpenPlain)).
					when(validRequest, plainServed).marking(markOpened, 0),
				refuseOpening(FailureNotSelected, 400, "KHP-OPEN-03").when(validRequest),
				refuseOpening(FailureOpening, statusOfState, "KHP-OPEN-03"),
			},
			byViolation: {gone(0, "KHP-OPEN-03")},
			byLost:      {gone(FailureConnectionLost, "KHP-CLOSE-01")},
			byClose:     {refuseOpening(FailureShutdown, 503, "LIV-11")},
		},
		ignored: serverTimers,
	},

	// The opening 101 is sent; the client speaks first. [KHP extended handshake]
	ServerAwaitRequest: {
		on: connected.with(cells[serverInput]{
			byRequest:      request(stop(TimerRequest)),
			byBadRequest:   {refuseRequest()},
			byData:         {refuse(400, closeProtocol, FailureUnexpectedMessage, "KHP-EXT-02")},
			byRequestTimer: {refuse(408, closePolicy, FailureTimeout, "RFC2068-408-01")},
			byOverallTimer: {refuse(408, closePolicy, FailureTimeout, "RFC2068-408-01")},
		}),
		ignored: serverTimers,
	},

	// 100 was sent and the body is on its way. [KHP 100 Continue]
	ServerAwaitBody: {
		on: connected.with(cells[serverInput]{
			byBadRequest:   {refuseRequest()},
			byBody:         {to("decide", ServerDeciding, "KHP-STATUS-100-01 RFC2068-100-04", stop(TimerBody), do(EffectAskDecision))},
			byData:         {stay("more", "KHP-EXT-03")},
			byBodyTimer:    {refuse(408, closePolicy, FailureTimeout, "RFC2068-408-01")},
			byOverallTimer: {refuse(408, closePolicy, FailureTimeout, "RFC2068-408-01")},
		}),
		ignored: serverTimers,
	},

	// The application has the request. [KHP response codes]
	ServerDeciding: {on: serverDeciding, ignored: serverTimers},

	// The application has asked for time with 202. [KHP 202 Accepted]
	ServerPending: {on: serverDeciding, ignored: serverTimers},

	// The client has been challenged. [KHP 401 Unauthorized]
	ServerAwaitReplay: {
		on: connected.with(cells[serverInput]{
			byRequest:     request(stop(TimerReplay), resume(TimerOverall)),
			byBadRequest:  {refuseRequest()},
			byData:        {refuse(400, closeProtocol, FailureUnexpectedMessage, "KHP-EXT-02")},
			byReplayTimer: {refuse(408, closePolicy, FailureTimeout, "KHP-STATUS-401-03 RFC2068-408-01")},
		}),
		ignored: decisionsAndTimersAnd(),
	},

	// The handshake is over: nothing is interpreted any more. [AMB-16]
	ServerOpen: {on: serverOpened, ignored: decisionsAndTimersAnd()},

	// As open, without KHP.
	ServerPlain: {on: serverOpened, ignored: decisionsAndTimersAnd()},

	// Close was sent; whatever comes is discarded until the client answers. [RFC 6455 7.1.1]
	ServerClosing: {
		on: cells[serverInput]{
			byPing:       {stay("pong", "WSP-FRAME-05", do(EffectSendPong))},
			byViolation:  ended,
			byPeerClosed: ended,
			byLost:       ended,
			byCloseTimer: ended,
		},
		ignored: decisionsAndTimersAnd(byRequest, byBadRequest, byBody, byData, byClose),
	},

	// Only late events can come.
	ServerDone: {
		ignored: decisionsAndTimersAnd(byRequest, byBadRequest, byBody, byData, byViolation, byPing, byPeerClosed, byLost, byClose),
	},
}

// serverTimers are ignored wherever no cell says otherwise: a timer may run out just before it is
// stopped.
var serverTimers = []serverInput{byRequestTimer, byBodyTimer, byReplayTimer, byOverallTimer, byCloseTimer}

// decisionsAndTimersAnd adds inputs to those that come late once no decision is awaited.
func decisionsAndTimersAnd(more ...serverInput) []serverInput {
	return append(append(more, byAccept, byContinue, byDefer, byChallenge, byRefusal, byApplicationFailure), serverTimers...)
}
