package conform

import (
	"fmt"
	"slices"
	"strings"

	"example.com/khp/fsm"
)

const tourServerHead = `# A tour of the server's machine.
server target echo=yes plain=yes
  /members 401 unless=basic:$user challenge="Application Basic realm=\"conform\""
  /old 302 location=/echo
  /gone 410
  /later 202 times=1
  /balanced 101 reroute=ws://target/echo?.kl=Y
`

// serverMoves are the moves of a client.
func serverMoves(profile string) []move {
	opening := fsm.FactValid | fsm.FactKHP
	if profile == "kaazing" {
		opening |= fsm.FactKaazing
	}
	ev := func(k fsm.EventKind) fsm.Event { return fsm.Event{Kind: k} }
	list := []move{
		{in: "Opening", steps: []string{"opening"},
			events: []fsm.Event{{Kind: fsm.EventOpeningRequest, Facts: opening}}, tail: []string{}},
		{in: "Opening", steps: []string{"ask without=Sec-WebSocket-Protocol"},
			events: []fsm.Event{{Kind: fsm.EventOpeningRequest, Facts: fsm.FactValid, Status: 400}},
			tail: []string{`expect opening 101 no=Sec-WebSocket-Protocol or opening 400-499 ends pass`,
				"proceed"}},
		{in: "Opening", steps: []string{`ask "Sec-WebSocket-Version: 7"`}, events: []fsm.Event{
			{Kind: fsm.EventOpeningRequest, Status: 426},
		}, tail: []string{"expect opening 400-499"}, last: true},
		{in: "Opening", steps: []string{`raw "\x00\x01\x02\r\n\r\n"`}, events: []fsm.Event{
			{Kind: fsm.EventViolation, Failure: fsm.FailureOpening},
		}, tail: []string{"expect opening 400-599 or end"}, last: true},
	}
	for _, phase := range []string{"AwaitRequest", "AwaitReplay"} {
		request := "request"
		if phase == "AwaitReplay" {
			request = `request "Authorization: $basic"`
		}
		list = append(list,
			move{in: phase, steps: []string{request}, events: []fsm.Event{ev(fsm.EventRequest)}},
			move{in: phase, steps: []string{request + ` "Expect: 100-continue" "Content-Length: 4"`},
				events: []fsm.Event{{Kind: fsm.EventRequest, Facts: fsm.FactExpectBody}},
				tail: []string{`expect response 100 or response 101-599 ends info "does not wait ` +
					`for the body"`, "expect terminator"}},
			move{in: phase, steps: []string{`send binary "GET / HTTP/1.1\r\nno field\r\n\r\n"`},
				events: []fsm.Event{{Kind: fsm.EventBadRequest, Status: 400}},
				tail:   []string{"refuses 400"}, last: true},
		)
	}
	list = append(list,
		move{in: "AwaitBody", steps: []string{`send binary "bo"`},
			events: []fsm.Event{ev(fsm.EventDataReceived)}, tail: []string{}},
		move{in: "AwaitBody", steps: []string{`send binary "body"`},
			events: []fsm.Event{ev(fsm.EventBodyReceived)}},
		move{in: "AwaitBody", steps: []string{`send binary "a longer body"`}, events: []fsm.Event{
			{Kind: fsm.EventBadRequest, Status: 400},
		}, tail: []string{"refuses 400"}, last: true},
		move{in: "Open", steps: []string{`send text "echo"`},
			events: []fsm.Event{ev(fsm.EventDataReceived)}},
		move{in: "Plain", steps: []string{`send text "echo"`},
			events: []fsm.Event{ev(fsm.EventDataReceived)}},
	)
	for _, phase := range []string{"AwaitRequest", "AwaitBody", "AwaitReplay", "Open",
		"Plain", "Closing"} {
		list = append(list, frameMoves(phase)...)
	}
	return list
}

// frameMoves are the moves below the protocol, which both sides can make. A Close ends the case.
func frameMoves(phase string) []move {
	violation := move{in: phase, steps: []string{`frame text rsv=4 "x"`}, events: []fsm.Event{
		{Kind: fsm.EventViolation, Failure: fsm.FailureFrame},
	}, tail: []string{"fails 1002"}, last: true}
	ping := move{in: phase, steps: []string{`ping "p"`},
		events: []fsm.Event{{Kind: fsm.EventPingReceived}}}
	close := move{in: phase, steps: []string{"close 1000"},
		events: []fsm.Event{{Kind: fsm.EventPeerClosed}}, tail: []string{}, last: true}
	if phase == "Closing" { // nothing is read behind the Close of the peer
		violation.tail = []string{}
		return []move{close, violation}
	}
	return []move{ping, close, violation}
}

// tourResources are the resources of a server, with the decision of its application.
var tourResources = []struct {
	name    string
	decides func(s fsm.ServerState, steps []string) fsm.Event
}{
	{"echo", func(fsm.ServerState, []string) fsm.Event {
		return decided(101, fsm.FactSelectionValid)
	}},
	{"challenge", func(_ fsm.ServerState, steps []string) fsm.Event {
		if slices.ContainsFunc(steps, func(s string) bool { return strings.Contains(s, "$basic") }) {
			return decided(101, fsm.FactSelectionValid)
		}
		return decided(401, fsm.FactChallenge)
	}},
	{"redirect", func(fsm.ServerState, []string) fsm.Event { return decided(302, fsm.FactLocation) }},
	{"refuse", func(fsm.ServerState, []string) fsm.Event { return decided(410, 0) }},
	{"defer", func(s fsm.ServerState, _ []string) fsm.Event {
		if s.Phase() == fsm.ServerDeciding {
			return decided(202, 0)
		}
		return decided(101, fsm.FactSelectionValid)
	}},
	{"balance", func(fsm.ServerState, []string) fsm.Event {
		return decided(101, fsm.FactSelectionValid|fsm.FactReroute)
	}},
}

func decided(status uint16, facts fsm.Facts) fsm.Event {
	return fsm.Event{Kind: fsm.EventDecided, Status: status, Facts: facts}
}

// serverWays are the ways of the server's tour in a profile.
func serverWays(profile string) (ways []way) {
	seen := map[int]bool{}
	rows := edgesOf(fsm.ServerRows())
	for _, r := range tourResources {
		if r.name == "balance" && profile == "spec" {
			continue
		}
		cfg := fsm.DefaultServerConfig()
		cfg.Plain = true
		t := &tourist[fsm.ServerState]{
			step: cfg.Step, moves: serverMoves(profile), rows: rows, seen: seen,
			phase: func(s fsm.ServerState) string {
				return strings.TrimPrefix(s.Phase().String(), "Server")
			},
			own: func(s fsm.ServerState, steps []string) (fsm.Event, bool) {
				if p := s.Phase(); p == fsm.ServerDeciding || p == fsm.ServerPending {
					return r.decides(s, steps), true
				}
				return fsm.Event{}, false
			},
			see: seenOfServer, stop: func(s fsm.ServerState) bool { return s.Challenges() > 1 },
			end: func(s fsm.ServerState) []string {
				if s.Phase() == fsm.ServerOpen {
					return []string{`echo "open"`}
				}
				return nil
			},
		}
		for _, w := range t.search(cfg.Start()) {
			w.steps = append([]string{"adversary $base$" + r.name}, w.steps...)
			ways = append(ways, w)
		}
	}
	return ways
}

// seenOfServer returns the part of an effect of the server that a client sees.
func seenOfServer(e fsm.Effect) []string {
	switch e.Kind {
	case fsm.EffectSendResponse:
		if e.Code == 0 || e.Code == 302 || e.Code == 410 {
			return []string{statusSeen(e.Code)}
		}
		return []string{fmt.Sprintf("expect response %d", e.Code)}
	case fsm.EffectSendTerminator:
		return []string{"expect terminator"}
	case fsm.EffectSendProceed:
		return []string{"expect N"}
	case fsm.EffectSendReroute:
		return []string{"expect R"}
	case fsm.EffectSendClose:
		return []string{"expect close"}
	case fsm.EffectSendPong:
		return []string{`expect pong "p"`}
	case fsm.EffectDeliver:
		return []string{`expect text "echo"`}
	}
	return nil
}

// statusSeen is the answer of a resource, which may redirect and refuse as it likes.
func statusSeen(status uint16) string {
	switch status {
	case 302:
		return "expect response 300-307"
	case 410:
		return "expect response 400-599"
	}
	return "expect response 101-599"
}
