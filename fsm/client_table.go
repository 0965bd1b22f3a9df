package fsm

// clientTable is the transition table of the client: every edge of the machine is a row of it, and
// nothing else moves the machine. Documents, exports and the explorer read it. A phase names the
// cells that do something and lists the inputs it ignores; any other input is the embedder's
// misuse.
var clientTable = func() (t [clientPhases][clientInputs]cell) {
	for p := ClientIdle; p < clientPhases; p++ {
		clientTablePhases[p].fill(t[p][:], p.String(), clientInput.word)
		for in := onComplete; in <= onUpgrade; in++ {
			t[p][in].recordStatus()
		}
	}
	number(t[:])
	return t
}()

var clientTablePhases = [clientPhases]phase[clientInput]{
	// Nothing has happened yet.
	ClientIdle: {
		on: cells[clientInput]{
			onConnect: {
				to("dial", ClientConnecting, "WSP-OPEN-01", do(EffectDial), arm(TimerOpening)).
					when(targetUsable),
				to("url", ClientFailed, "WSP-URI-01", do(EffectFail)).because(FailureURL),
			},
			onClose: {to("done", ClientDone, "LIV-11", do(EffectClosed))},
		},
	},

	// The target is being dialed. [RFC 6455 4.1]
	ClientConnecting: {
		on: cells[clientInput]{
			onConnected: {to("send-opening", ClientOpening,
				"KHP-OPEN-01 KHP-OPEN-02 WSP-OPEN-01", do(EffectSendOpening))},
			onConnectFailed: {end(FailureConnect, "KHP-CLOSE-01")},
			onLost:          {end(FailureConnect, "KHP-CLOSE-01")},
			onOpeningTimer:  {end(FailureTimeout, "KHP-CLOSE-01")},
			onClose:         {done()},
		},
		ignored: clientTimers,
	},

	// The opening request is on its way; until the 101 there is no WebSocket to close. Any other
	// response is judged as HTTP. [KHP opening handshake, RFC 6455 4.1]
	ClientOpening: {
		on: cells[clientInput]{
			onOpened: {
				requestAfterOpening("request").when(khpSelected).unless(kaazing, auto),
				requestAfterOpening("request-auto").when(khpSelected, auto).marking(markEarly, 0),
				to("await-proceed", ClientAwaitProceed, "KHP-GEN-04", arm(TimerOverall)).when(khpSelected),
				to("plain", ClientPlain, "KHP-OPEN-05 KHP-OPEN-06", do(EffectStopTimers),
					do(EffectOpenPlain)).when(plainFallback),
				fail(FailureNotSelected, "KHP-OPEN-05 KHP-OPEN-06"),
			},
			onComplete: {end(FailureStatus, "WSP-OPEN-05")},
			onContinue: {end(FailureStatus, "WSP-OPEN-05")},
			onWait:     {end(FailureStatus, "WSP-OPEN-05")},
			onReplay: {
				end(FailureAuthRequired, "WSP-OPEN-05").unless(challengeUsable),
				end(FailureAuthLimit, "WSP-OPEN-05").unless(replaysLeft),
				to("ask-credentials", ClientAwaitLogin, "WSP-OPEN-05", do(EffectStopTimers),
					do(EffectDisconnect), do(EffectAskCredentials), arm(TimerCredentials)),
			},
			onStatusClose:   {end(FailureStatus, "WSP-OPEN-05")},
			onRedirect:      follow(false, redirecting+" WSP-OPEN-05"),
			onRedirectIfGet: follow(false, redirecting+" WSP-OPEN-05"),
			onProxyAuth:     proxyAuth(false, end(FailureStatus, "WSP-OPEN-05")),
			onUpgrade:       upgrade(false, end(FailureStatus, "WSP-OPEN-05"), end),
			onViolation: {to("failed", ClientFailed, "WSP-OPEN-02 WSP-OPEN-03 WSP-OPEN-04",
				do(EffectStopTimers), do(EffectDisconnect), do(EffectFail)).
				with(opFailureOfEvent)},
			onLost:         {end(FailureConnectionLost, "KHP-CLOSE-01")},
			onOpeningTimer: {end(FailureTimeout, "KHP-CLOSE-01")},
			onClose:        {done()},
		},
		ignored: clientTimers,
	},

	// The opening handshake itself asked for credentials; they go with the next one to the same
	// target. [AMB-67]
	ClientAwaitLogin: {
		on: cells[clientInput]{
			onCredentials: {
				to("dial", ClientConnecting, "WSP-OPEN-05", stop(TimerCredentials), do(EffectDial),
					arm(TimerOpening)).when(newCredentials).with(opReplay),
				end(FailureCredentialsRefused, "WSP-OPEN-05"),
			},
			onNoCredentials:   {end(FailureAuthRequired, "WSP-OPEN-05")},
			onCredentialTimer: {end(FailureCredentialTimeout, "WSP-OPEN-05")},
			onClose:           {done()},
		},
		ignored: lateTimersAnd(onData, onTerminator, onPing, onPeerClosed, onLost),
	},

	// Kaazing profile: a gateway says N before it takes a request.
	ClientAwaitProceed: {
		on: handshaking.with(cells[clientInput]{
			onProceed: {to("request", ClientAwaitResponse, "KHP-EXT-01", do(EffectSendRequest),
				stop(TimerOpening), arm(TimerResponse)).marking(markGateway, 0)},
			onReroute:      follow(true, redirecting),
			onData:         {fail(FailureUnexpectedMessage, "KHP-EXT-02")},
			onTerminator:   {fail(FailureUnexpectedMessage, "KHP-EXT-02")},
			onOpeningTimer: {fail(FailureTimeout, "KHP-CLOSE-02")},
		}),
		ignored: lateTimersAnd(onBodyWritten),
	},

	// A request is outstanding and no byte of its response was received. [KHP extended handshake]
	ClientAwaitResponse: {
		on: handshaking.with(cells[clientInput]{
			onProceed: early(stay("gateway", "KHP-EXT-03").marking(markGateway, markEarly)),
			onReroute: early(follow(true, redirecting)...),
			onData: {to("reading", ClientReading, "KHP-GEN-09").
				marking(0, markLateTerminator|markEarly)},
			onTerminator:    lateTerminatorOr(fail(FailureUnexpectedMessage, "KHP-EXT-02")),
			onResponseTimer: unlessWaiting(fail(FailureTimeout, "KHP-CLOSE-02")),
			onWaitTimer:     waitIsOver(),
		}),
		ignored: lateTimersAnd(onBodyWritten),
	},

	// A response has begun. Its terminator decides it; a terminating response is decided as soon as it
	// is complete. [KHP response codes, AMB-03]
	ClientReading: {
		on: handshaking.with(cells[clientInput]{
			onData: {stay("more", "KHP-GEN-09")},
			onComplete: join(
				terminatedOr(valid(to("open", ClientOpen, completed, do(EffectStopTimers),
					do(EffectComplete)).when(acceptMatches, subprotocolOffered).unless(gateway))),
				terminatedOr(valid(to("await-confirm", ClientAwaitConfirm, "KHP-STATUS-101-01").
					when(acceptMatches, subprotocolOffered, gateway))),
				cell{
					fail(FailureUnexpectedMessage, "KHP-EXT-02").when(bodyCut),
					fail(FailureAcceptMismatch, "KHP-STATUS-101-03").unless(acceptMatches),
					fail(FailureProtocolNotRequested, "KHP-CLOSE-02 WSP-OPEN-04").unless(subprotocolOffered),
					fail(FailureExtensionNotRequested, "KHP-CLOSE-03 KHP-EXT-RSP-09").unless(extensionsAsked),
					fail(FailureMissingTerminator, "KHP-CLOSE-04"),
				},
			),
			onContinue: join(
				terminatedOr(to("body-sent", ClientAwaitResponse, "RFC2068-100-03").
					when(extensionsAsked, interimLeft, bodySent).with(opInterim)),
				terminatedOr(valid(to("send-body", ClientSendingBody,
					"KHP-STATUS-100-01 RFC2068-100-01 RFC2068-100-02", do(EffectSendBody)).
					when(expectSent, interimLeft).unless(bodySent).with(opInterim))),
				invalid(),
				cell{
					fail(FailureUnexpectedContinue, "KHP-STATUS-100-02").unless(expectSent),
					fail(FailureInterimLimit, "KHP-CLOSE-02"),
				},
			),
			onWait: join(
				terminatedOr(valid(to("wait", ClientAwaitResponse,
					"KHP-STATUS-202-01 RFC2068-202-01", stop(TimerResponse), arm(TimerWait)).
					when(mayWait, interimLeft).unless(waiting).with(opInterim).marking(markWait, 0))),
				terminatedOr(valid(to("wait-on", ClientAwaitResponse, "KHP-STATUS-202-01").
					when(interimLeft, waiting).with(opInterim))),
				invalid(),
				cell{
					fail(FailureAcceptedOnly, "KHP-STATUS-202-02").unless(mayWait),
					fail(FailureInterimLimit, "KHP-CLOSE-02"),
				},
			),
			onReplay: join(
				terminatedOr(valid(to("ask-credentials", ClientAwaitCredentials, "KHP-STATUS-401-01",
					do(EffectAskCredentials), stop(TimerResponse), pause(TimerWait),
					pause(TimerOverall), arm(TimerCredentials)).
					when(challengeUsable, replaysLeft))),
				invalid(),
				cell{
					fail(FailureAuthRequired, "KHP-STATUS-401-01").unless(challengeUsable),
					fail(FailureAuthLimit, "KHP-STATUS-401-01"),
				},
			),
			onStatusClose:   {fail(FailureStatus, "KHP-CLOSE-02 KHP-EXT-RSP-06 KHP-CLASS-UNLISTED-01")},
			onRedirect:      follow(true, redirecting),
			onRedirectIfGet: followIfGet("KHP-STATUS-307-02 " + redirecting),
			onProxyAuth:     proxyAuth(true, fail(FailureStatus, "KHP-STATUS-407-01")),
			onUpgrade:       upgrade(true, fail(FailureStatus, "KHP-STATUS-426-01"), fail),
			onPeerClosed: orMissingTerminator(
				closedByPeer(FailureMissingTerminator, "KHP-CLOSE-01 KHP-CLOSE-04 WSP-FRAME-06"),
				closedByPeer(FailurePeerClosed, "KHP-CLOSE-01 WSP-FRAME-06")),
			onLost: orMissingTerminator(
				end(FailureMissingTerminator, "KHP-CLOSE-01 KHP-CLOSE-04"),
				end(FailureConnectionLost, "KHP-CLOSE-01")),
			onResponseTimer: unlessWaiting(timedOutReading...),
			onOverallTimer:  timedOutReading,
			onWaitTimer:     waitIsOver(),
		}),
		ignored: lateTimersAnd(onBodyWritten),
	},

	// 100 was received; the body is on its way. [KHP 100 Continue]
	ClientSendingBody: {
		on: handshaking.with(cells[clientInput]{
			onData: {to("reading", ClientReading, "KHP-STATUS-100-04",
				do(EffectStopBody)).marking(markBodyCut, 0)},
			onTerminator: lateTerminatorOr(fail(FailureUnexpectedMessage, "KHP-EXT-02")),
			onBodyWritten: {to("await-response", ClientAwaitResponse, "KHP-STATUS-100-01").
				marking(markBodySent, 0)},
			onResponseTimer: unlessWaiting(fail(FailureTimeout, "KHP-CLOSE-02")),
			onWaitTimer:     waitIsOver(),
		}),
		ignored: clientTimers,
	},

	// 401 was received; the provider is asked and the clock of the handshake stands still. [KHP 401
	// Unauthorized, AMB-72]
	ClientAwaitCredentials: {
		on: handshaking.with(cells[clientInput]{
			onData:       {fail(FailureUnexpectedMessage, "KHP-EXT-02")},
			onTerminator: lateTerminatorOr(fail(FailureUnexpectedMessage, "KHP-EXT-02")),
			onCredentials: {
				replay("replay", arm(TimerResponse), resume(TimerOverall)).unless(waiting),
				replay("replay-waiting", resume(TimerWait), resume(TimerOverall)).when(waiting),
				fail(FailureCredentialsRefused, "KHP-STATUS-401-01"),
			},
			onNoCredentials:   {fail(FailureAuthRequired, "KHP-STATUS-401-01")},
			onCredentialTimer: {fail(FailureCredentialTimeout, "KHP-STATUS-401-01")},
			onOverallTimer:    ignore,
		}),
		ignored: lateTimersAnd(onBodyWritten),
	},

	// Kaazing profile: a gateway says N again once the application may start.
	ClientAwaitConfirm: {
		on: handshaking.with(cells[clientInput]{
			onProceed:       {to("open", ClientOpen, completed, do(EffectStopTimers), do(EffectComplete))},
			onReroute:       follow(true, redirecting),
			onData:          {fail(FailureUnexpectedMessage, "KHP-EXT-02")},
			onTerminator:    lateTerminatorOr(fail(FailureUnexpectedMessage, "KHP-EXT-02")),
			onResponseTimer: unlessWaiting(fail(FailureTimeout, "KHP-CLOSE-02")),
			onWaitTimer:     waitIsOver(),
		}),
		ignored: lateTimersAnd(onBodyWritten),
	},

	// The handshake is over: nothing is interpreted any more. [AMB-16]
	ClientOpen: {
		on: opened.with(cells[clientInput]{
			onData:       {stay("deliver", "KHP-GEN-05", do(EffectDeliver)).marking(0, markLateTerminator)},
			onTerminator: lateTerminatorOr(stay("deliver", "KHP-GEN-05", do(EffectDeliver))),
		}),
		ignored: lateTimersAnd(onBodyWritten, onCredentials, onNoCredentials),
	},

	// As open, without KHP.
	ClientPlain: {
		on: opened.with(cells[clientInput]{
			onData:       {stay("deliver", "KHP-GEN-05", do(EffectDeliver))},
			onTerminator: {stay("deliver", "KHP-OPEN-05", do(EffectDeliver))},
		}),
		ignored: lateTimersAnd(onBodyWritten, onCredentials, onNoCredentials),
	},

	// Close was sent; messages are discarded until the peer answers. [RFC 6455 7.1.1, AMB-68]
	ClientClosing: {
		on: closing.with(cells[clientInput]{
			onPing: {
				ignoreRow().when(planFail),
				stay("pong", "WSP-FRAME-05", do(EffectSendPong)),
			},
			onPeerClosed: {to("draining", ClientDraining, "WSP-CLOSE-01")},
		}),
		ignored: lateTimersAnd(onData, onTerminator, onBodyWritten, onCredentials, onNoCredentials),
	},

	// Both sides have sent Close; the server ends TCP. [RFC 6455 7.1.1]
	ClientDraining: {
		on: closing,
		ignored: lateTimersAnd(onData, onTerminator, onBodyWritten, onCredentials, onNoCredentials,
			onPing, onPeerClosed),
	},

	// The old connection is gone, the next one not yet begun. [AMB-66]
	ClientRedirecting: {
		on: cells[clientInput]{
			onConnect: {
				to("dial", ClientConnecting, "KHP-REDIR-03 WSP-OPEN-07", do(EffectDial),
					arm(TimerOpening)).when(targetUsable).with(opNewConnection),
				to("url", ClientFailed, "WSP-URI-01", do(EffectFail)).because(FailureURL),
			},
			onClose: {to("done", ClientDone, "LIV-11", do(EffectClosed))},
		},
		ignored: lateTimersAnd(onData, onTerminator, onViolation, onBodyWritten, onCredentials,
			onNoCredentials, onPing, onPeerClosed, onLost),
	},

	// Only late events can come.
	ClientDone:   {ignored: lateClient},
	ClientFailed: {ignored: lateClient},
}

// clientTimers are ignored wherever no cell says otherwise: a timer may run out just before it is
// stopped.
var clientTimers = []clientInput{onOpeningTimer, onResponseTimer, onWaitTimer, onCredentialTimer,
	onOverallTimer, onCloseTimer}

// lateTimersAnd adds inputs to them.
func lateTimersAnd(more ...clientInput) []clientInput { return append(more, clientTimers...) }

// lateClient lists the inputs that may still follow the end.
var lateClient = lateTimersAnd(onConnected, onConnectFailed, onData, onTerminator, onViolation,
	onBodyWritten, onCredentials, onNoCredentials,
	onPing, onPeerClosed, onLost, onClose)
