package conform

import (
	"slices"
	"strings"

	"example.com/khp/fsm"
	"example.com/khp/internal/judge"
)

// Facts of a response that is right in every respect.
const rightResponse = fsm.FactTerminated | fsm.FactAcceptMatches | fsm.FactProtocolOffered |
	fsm.FactExtensionsAsked

// Steps that stand for responses.
const (
	fields101  = ` 101 "Upgrade: websocket" "Connection: Upgrade" "Sec-WebSocket-Accept: $accept"`
	challenge  = ` 401 "WWW-Authenticate: Basic realm=\"conform\"" "Content-Length: 0"`
	follows    = `next or ends lenient "does not follow redirects"`
	connection = `expect end or close as lenient "speaks WebSocket on a connection that is none"`
)

// openingMoves are the answers to an opening request.
func openingMoves() []move {
	answer := func(steps string, ev fsm.Event, tail ...string) move {
		return move{in: "Opening", steps: []string{steps}, events: []fsm.Event{ev},
			tail: tail, last: true}
	}
	status := func(code uint16, facts fsm.Facts) fsm.Event {
		return judge.OpeningResponse(int(code), facts)
	}
	list := []move{
		{in: "Opening", steps: []string{"answer 101"},
			events: []fsm.Event{{Kind: fsm.EventOpened, Facts: fsm.FactKHP}}},
		answer("answer 101 without=Sec-WebSocket-Protocol", fsm.Event{Kind: fsm.EventOpened},
			`send text "plain?"`,
			`expect close or end as lenient "ends the connection without a Close frame" or text "plain?" `+
				`as info "falls back to a plain WebSocket"`),
		answer(`answer 101 "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA="`,
			fsm.Event{Kind: fsm.EventViolation, Failure: fsm.FailureOpening}, connection),
		answer(`answer 100`, status(100, 0),
			`expect end or nothing ends lenient "waits for another answer"`),
		answer(`answer 204`, status(204, 0), "expect end"),
		answer(`answer 202 "Content-Length: 0"`, status(202, 0), "expect end"),
		answer(`answer 403 "Content-Length: 0"`, status(403, 0), "expect end"),
		answer(`answer 407 "Content-Length: 0"`, status(407, 0), "expect end"),
		answer(`answer 426 "Content-Length: 0"`, status(426, 0), "expect end"),
		answer(`answer 401 "Content-Length: 0"`, status(401, 0), "expect end"),
		{in: "Opening", steps: []string{"answer" + challenge},
			events: []fsm.Event{status(401, fsm.FactChallengeUsable)}, last: true,
			tail: []string{"expect end", `next or ends info "does not answer a challenge of the ` +
				`opening handshake"`, `expect opening "Authorization: $basic"`}},
	}
	for _, code := range []string{"302", "307"} {
		n := uint16(302)
		if code == "307" {
			n = 307
		}
		list = append(list,
			move{in: "Opening", steps: []string{
				"answer " + code + ` "Location: $case/next$mark" "Content-Length: 0"`,
			}, events: []fsm.Event{status(n, fsm.FactTargetUsable)}, last: true,
				tail: []string{"expect end",
					`next or ends info "does not follow redirects of the opening handshake"`}},
			answer("answer "+code+` "Location: $case$mark" "Content-Length: 0"`,
				status(n, fsm.FactTargetUsable|fsm.FactTargetVisited), "expect end", "next none"),
			answer("answer "+code+` "Content-Length: 0"`, status(n, 0), "expect end", "next none"),
		)
	}
	return list
}

// responseMoves are the responses to a request.
func responseMoves() []move {
	list := []move{
		respond(fields101, 101, rightResponse),
		respond(` 101 "Upgrade: websocket" "Connection: Upgrade" "Sec-WebSocket-Accept: `+
			`AAAAAAAAAAAAAAAAAAAAAAAAAAA="`, 101, rightResponse&^fsm.FactAcceptMatches),
		respond(fields101+` "Sec-WebSocket-Protocol: not-offered"`, 101,
			rightResponse&^fsm.FactProtocolOffered),
		respond(fields101+` "Sec-WebSocket-Extensions: x-not-requested"`, 101,
			rightResponse&^fsm.FactExtensionsAsked),
		respond(" 100", 100, rightResponse),
		respond(` 100 "Sec-WebSocket-Extensions: x-not-requested"`, 100,
			rightResponse&^fsm.FactExtensionsAsked),
		respond(" 202", 202, rightResponse),
		respond(` 202 "Sec-WebSocket-Extensions: x-not-requested"`, 202,
			rightResponse&^fsm.FactExtensionsAsked),
		respond(` 403 "Content-Length: 0"`, 403, rightResponse),
		respond(` 407 "Content-Length: 0"`, 407, rightResponse),
		respond(` 426 "Content-Length: 0"`, 426, rightResponse),
		respond(challenge, 401, rightResponse|fsm.FactChallengeUsable),
		respond(challenge+` "Sec-WebSocket-Extensions: x-not-requested"`, 401,
			(rightResponse|fsm.FactChallengeUsable)&^fsm.FactExtensionsAsked),
		respond(` 401 "Content-Length: 0"`, 401, rightResponse),
	}
	list = append(list, redirectMoves()...)
	slices.SortStableFunc(list, func(a, b move) int { return strings.Compare(a.steps[0], b.steps[0]) })
	for i := range list {
		if code := list[i].events[min(1, len(list[i].events)-1)].Status; (code == 302 || code == 307) &&
			!list[i].events[1].Facts.Has(fsm.FactTargetUsable) ||
			list[i].events[1].Facts.Has(fsm.FactTargetVisited) {
			list[i].tail, list[i].last = []string{"closes", "next none"}, true
		}
	}
	return list
}

// respond is a whole response in answer to the request.
func respond(steps string, code uint16, facts fsm.Facts) move {
	return move{in: "AwaitResponse", steps: []string{"respond" + steps},
		events: []fsm.Event{{Kind: fsm.EventDataReceived},
			{Kind: fsm.EventResponse, Status: code, Facts: facts}}}
}

// redirectMoves are redirects, followed and not, and a response that a Close cuts off.
func redirectMoves() (list []move) {
	for _, r := range []struct {
		code string
		n    uint16
	}{{"302", 302}, {"307", 307}} {
		list = append(list,
			respond(" "+r.code+` "Location: $case/next$mark"`, r.n, rightResponse|fsm.FactTargetUsable),
			respond(" "+r.code+` "Location: $case$mark"`, r.n,
				rightResponse|fsm.FactTargetUsable|fsm.FactTargetVisited),
			respond(" "+r.code, r.n, rightResponse),
		)
	}
	gone := func(step string, ev fsm.Event) move {
		m := respond(` 302 "Location: $case/next$mark"`, 302, rightResponse|fsm.FactTargetUsable)
		m.events, m.tail = append(m.events, ev), []string{"expect close", step, follows}
		return m
	}
	return append(list,
		gone("end", fsm.Event{Kind: fsm.EventConnectionLost}),
		gone(`frame text rsv=4 "x"`, fsm.Event{Kind: fsm.EventViolation, Failure: fsm.FailureFrame}),
		move{in: "AwaitResponse", steps: []string{"response" + fields101, "close 1000"},
			tail: []string{}, last: true,
			events: []fsm.Event{{Kind: fsm.EventDataReceived},
				{Kind: fsm.EventPeerClosed, Facts: fsm.FactHeadComplete}}})
}

// clientMoves are the moves of a server.
func clientMoves(profile string) []move {
	ev := func(k fsm.EventKind) fsm.Event { return fsm.Event{Kind: k} }
	list := append(openingMoves(), responseMoves()...)
	for _, phase := range []string{"AwaitProceed", "AwaitResponse", "AwaitConfirm"} {
		data := move{in: phase, steps: []string{`send text "x"`},
			events: []fsm.Event{ev(fsm.EventDataReceived)}, last: true}
		if phase == "AwaitResponse" {
			data = move{in: phase, steps: []string{`send binary "HTTP/1.1 101 "`, `send binary "Sure\r\n"`},
				events: []fsm.Event{ev(fsm.EventDataReceived), ev(fsm.EventDataReceived)}}
		}
		list = append(list, data, move{in: phase, steps: []string{"send empty"},
			events: []fsm.Event{ev(fsm.EventTerminatorReceived)}, last: true})
		if profile == "kaazing" && phase != "AwaitResponse" {
			list = append(list,
				move{in: phase, steps: []string{"send N"}, events: []fsm.Event{ev(fsm.EventProceedReceived)}},
				move{in: phase, steps: []string{"send R $base$case/next?.kl=Y"},
					events: []fsm.Event{{Kind: fsm.EventRerouteReceived, Facts: fsm.FactTargetUsable}}},
				move{in: phase, steps: []string{"send R $base$case?.kl=Y"}, events: []fsm.Event{
					{Kind: fsm.EventRerouteReceived, Facts: fsm.FactTargetUsable | fsm.FactTargetVisited},
				},
					tail: []string{"closes", "next none"}, last: true},
				move{in: phase, steps: []string{`send R ""`}, events: []fsm.Event{ev(fsm.EventRerouteReceived)},
					tail: []string{"closes", "next none"}, last: true})
		}
	}
	list = append(list, move{in: "Open", steps: []string{`send text "echo"`},
		events: []fsm.Event{ev(fsm.EventDataReceived)}})
	list = append(list, move{in: "Open", steps: []string{`send empty`},
		events: []fsm.Event{ev(fsm.EventTerminatorReceived)}, tail: []string{"expect terminator"}})
	again := fsm.Event{Kind: fsm.EventViolation, Failure: fsm.FailureFrame}
	list = append(list, move{in: "Open", steps: []string{
		`frame text rsv=4 "x"`, `frame text rsv=4 "x"`,
	}, events: []fsm.Event{again, again}, tail: []string{"fails 1002"}, last: true})
	for _, phase := range []string{"AwaitProceed", "AwaitResponse", "Reading", "AwaitConfirm",
		"Open", "Closing"} {
		list = append(list, frameMoves(phase)...)
	}
	return list
}

// clientWays are the ways of the client's tour in a profile.
func clientWays(profile string) []way {
	cfg := fsm.DefaultClientConfig()
	if profile == "kaazing" {
		cfg.Profile = fsm.ProfileKaazing
	}
	t := &tourist[fsm.ClientState]{
		step: cfg.Step, moves: clientMoves(profile), rows: edgesOf(fsm.ClientRows()),
		seen:  map[int]bool{},
		phase: func(s fsm.ClientState) string { return strings.TrimPrefix(s.Phase().String(), "Client") },
		own:   clientOwn, see: seenOfClient,
		stop: func(s fsm.ClientState) bool {
			return s.Redirects() > 0 || s.Replays() > 1 ||
				s.Interim() > 2
		},
		end: func(s fsm.ClientState) []string {
			switch s.Phase() {
			case fsm.ClientOpen:
				return []string{"echo"}
			case fsm.ClientConnecting, fsm.ClientOpening: // behind a redirect
				return []string{"handshake", "echo"}
			}
			return nil
		},
	}
	ways := t.search(cfg.Start())
	for i := range ways {
		ways[i].steps = append([]string{"adversary target"}, ways[i].steps...)
	}
	return ways
}

// clientOwn lists the events of a client without its peer: it connects, has credentials once, and
// goes on to another connection once the old one is gone.
func clientOwn(s fsm.ClientState, steps []string) (fsm.Event, bool) {
	switch s.Phase() {
	case fsm.ClientIdle, fsm.ClientRedirecting:
		return fsm.Event{Kind: fsm.EventConnectRequested, Facts: fsm.FactTargetUsable}, true
	case fsm.ClientConnecting:
		return fsm.Event{Kind: fsm.EventConnected}, true
	case fsm.ClientAwaitCredentials, fsm.ClientAwaitLogin:
		return fsm.Event{Kind: fsm.EventCredentialsSupplied,
			Facts: fsm.FactNewCredentials}, s.Replays() == 0
	case fsm.ClientClosing:
		return fsm.Event{Kind: fsm.EventPeerClosed}, s.Plan() == fsm.PlanRedirect
	case fsm.ClientDraining:
		return fsm.Event{Kind: fsm.EventConnectionLost}, s.Plan() == fsm.PlanRedirect
	}
	return fsm.Event{}, false
}

// seenOfClient returns the part of an effect of the client that a server sees.
func seenOfClient(e fsm.Effect) []string {
	switch e.Kind {
	case fsm.EffectSendRequest:
		return []string{"expect request"}
	case fsm.EffectReplayRequest:
		return []string{`expect request "Authorization: $basic" or close ends skip "the client has ` +
			`no credentials"`}
	case fsm.EffectSendClose:
		return []string{"expect close"}
	case fsm.EffectSendPong:
		return []string{`expect pong "p"`}
	case fsm.EffectDeliver:
		return []string{`expect text "echo"`}
	case fsm.EffectFollow:
		return []string{follows}
	}
	return nil
}
