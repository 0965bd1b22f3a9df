package export

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"example.com/khp/fsm"
)

// effectWords are the effects in the imperative. The name of a timer follows one that ends with a
// blank.
var effectWords = map[fsm.EffectKind]string{
	fsm.EffectDial: "dial", fsm.EffectSendOpening: "send opening",
	fsm.EffectSendRequest: "send request", fsm.EffectReplayRequest: "replay request",
	fsm.EffectSendBody: "send body", fsm.EffectStopBody: "stop body",
	fsm.EffectAskCredentials: "ask for credentials", fsm.EffectFollow: "follow up",
	fsm.EffectOpenPlain: "open plain", fsm.EffectRefuseOpening: "refuse opening",
	fsm.EffectSendProceed: "send N", fsm.EffectSendReroute: "send R",
	fsm.EffectSendResponse: "send response", fsm.EffectSendTerminator: "send terminator",
	fsm.EffectAskDecision: "ask for a decision",
	fsm.EffectSendPong:    "send Pong", fsm.EffectSendMessage: "send message",
	fsm.EffectDeliver: "deliver", fsm.EffectComplete: "open",
	fsm.EffectArmTimer: "arm ", fsm.EffectStopTimer: "stop ", fsm.EffectPauseTimer: "pause ",
	fsm.EffectResumeTimer: "resume ",
	fsm.EffectStopTimers:  "stop all timers", fsm.EffectSendClose: "send Close",
	fsm.EffectDisconnect: "disconnect",
	fsm.EffectClosed:     "report the end", fsm.EffectFail: "report failure",
}

// planWords describe the plan for the time after the old connection.
var planWords = map[fsm.Plan]string{
	fsm.PlanClose: "report the end", fsm.PlanRedirect: "connect to the target",
	fsm.PlanProxyAuth: "log in at the proxy", fsm.PlanUpgrade: "connect with TLS",
}

// EffectsText writes the effects of e shortly, such as "send request; arm Response, Overall", and
// the plan or failure that the state then holds.
func EffectsText(e fsm.Row) string {
	var parts []string
	for i, f := range e.Effects {
		word := effectWords[f.Kind]
		if name := strings.TrimPrefix(f.Timer.String(), "Timer"); f.Timer != 0 && i > 0 &&
			e.Effects[i-1].Kind == f.Kind {
			parts[len(parts)-1] += ", " + name
			continue
		} else if f.Timer != 0 {
			word += name
		}
		if f.Kind == fsm.EffectFail {
			word += ": " + failureText(e)
		}
		parts = append(parts, word+codeText(e, f))
	}
	switch {
	case has(e, fsm.EffectFail) || has(e, fsm.EffectClosed):
	case e.Plan == fsm.PlanFail || e.Failure != 0:
		parts = append(parts, "then fail: "+failureText(e))
	case e.Plan != 0:
		parts = append(parts, "then "+planWords[e.Plan])
	}
	return strings.Join(parts, "; ")
}

// codeText is the code that goes with an effect.
func codeText(e fsm.Row, f fsm.Effect) string {
	switch {
	case f.Kind == fsm.EffectFail:
	case f.Kind == fsm.EffectSendClose && f.Code == 0 && e.Event == "PeerClosed":
		return " in answer"
	case f.Kind == fsm.EffectSendClose && f.Code == 0:
		return " as asked"
	case f.Kind == fsm.EffectSendClose && f.Code < 1000:
		return " with the failure's code"
	case f.Code != 0:
		return " " + strconv.Itoa(int(f.Code))
	case f.Kind == fsm.EffectSendResponse || f.Kind == fsm.EffectRefuseOpening:
		return " with the event's status"
	}
	return ""
}

// failureText is the failure that e reports or remembers.
func failureText(e fsm.Row) string {
	switch {
	case e.Failure != 0:
		return e.Failure.Error()
	case e.Event == "Violation":
		return "the violation"
	}
	return "as remembered"
}

func has(e fsm.Row, k fsm.EffectKind) bool {
	return slices.ContainsFunc(e.Effects, func(f fsm.Effect) bool { return f.Kind == k })
}

// eventText writes an event of a machine in words, with the status codes that fall under it:
// "response 202", "Wait timer".
func eventText(m Machine, event string) string {
	name, arg, _ := strings.Cut(strings.TrimSuffix(event, ")"), "(")
	switch {
	case name == "TimerExpired":
		return arg + " timer"
	case arg != "":
		return Words(name) + " " + Codes(m, event)
	case name == "ProceedReceived":
		return "N received"
	case name == "RerouteReceived":
		return "R received"
	}
	return Words(name)
}

// Words splits a name in camel case.
func Words(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// Codes returns the listed status codes that fall under an event, such as "300-303", "" for events
// without status.
func Codes(m Machine, event string) string {
	var runs [][2]int
	for _, code := range statusCodes[m][event] {
		if last := len(runs) - 1; last >= 0 && runs[last][1] == code-1 {
			runs[last][1] = code
		} else {
			runs = append(runs, [2]int{code, code})
		}
	}
	if len(runs) > 4 {
		return "any other status"
	}
	var parts []string
	for _, r := range runs {
		switch r[1] - r[0] {
		case 0:
			parts = append(parts, strconv.Itoa(r[0]))
		case 1:
			parts = append(parts, strconv.Itoa(r[0]), strconv.Itoa(r[1]))
		default:
			parts = append(parts, fmt.Sprintf("%d-%d", r[0], r[1]))
		}
	}
	return strings.Join(parts, " ")
}

// statusCodes has the codes of every event with a status. They are found by asking the machines.
var statusCodes = map[Machine]map[string][]int{
	Client: codesBy(Edges(Client), func() func(uint16) int {
		cfg := fsm.DefaultClientConfig()
		s, _, _ := cfg.Step(cfg.Start(),
			fsm.Event{Kind: fsm.EventConnectRequested, Facts: fsm.FactTargetUsable})
		s, _, _ = cfg.Step(s, fsm.Event{Kind: fsm.EventConnected})
		return func(code uint16) int {
			_, effects, _ := cfg.Step(s, fsm.Event{Kind: fsm.EventResponse, Status: code})
			return effects.Edge()
		}
	}()),
	Server: codesBy(Edges(Server), func() func(uint16) int {
		cfg := fsm.DefaultServerConfig()
		cfg.Unchecked = true
		s, _, _ := cfg.Step(cfg.Start(),
			fsm.Event{Kind: fsm.EventOpeningRequest, Facts: fsm.FactValid | fsm.FactKHP})
		s, _, _ = cfg.Step(s, fsm.Event{Kind: fsm.EventRequest})
		return func(code uint16) int {
			_, effects, _ := cfg.Step(s,
				fsm.Event{Kind: fsm.EventDecided, Status: code, Facts: fsm.FactSelectionValid})
			return effects.Edge()
		}
	}()),
}

func codesBy(edges []fsm.Row, edge func(code uint16) int) map[string][]int {
	codes := map[string][]int{}
	for r := range fsm.Statuses() {
		if i := edge(uint16(r.Code)); i >= 0 {
			codes[edges[i].Event] = append(codes[edges[i].Event], r.Code)
		}
	}
	return codes
}
