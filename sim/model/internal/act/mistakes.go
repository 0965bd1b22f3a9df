package act

import (
	"slices"

	"example.com/khp/fsm"
)

// mistake describes a fault: the change of the row with this id.
type mistake struct {
	name, catches, text string
	side                Side
	pair                bool
	id                  string
	// change is nil where the row before it does the same, so that refused orders are carried out.
	change func(*fsm.Row)
}

// Changes that faults make.
func Orders(list ...fsm.Effect) func(*fsm.Row) {
	return func(r *fsm.Row) { r.Effects = append(slices.Clip(r.Effects), list...) }
}

func before(list ...fsm.Effect) func(*fsm.Row) {
	return func(r *fsm.Row) { r.Effects = slices.Concat(list, r.Effects) }
}

func Without(k fsm.EffectKind) func(*fsm.Row) {
	return func(r *fsm.Row) {
		r.Effects = slices.DeleteFunc(slices.Clone(r.Effects),
			func(e fsm.Effect) bool { return e.Kind == k })
	}
}

func unless(name string) func(*fsm.Row) {
	return func(r *fsm.Row) {
		r.When = slices.DeleteFunc(slices.Clone(r.When),
			func(c fsm.Condition) bool { return c.Name == name })
	}
}

func goes(phase string, list ...fsm.Effect) func(*fsm.Row) {
	return func(r *fsm.Row) { r.To, r.Effects = phase, list }
}

func codeOfClose(r *fsm.Row, code uint16) {
	r.Effects = slices.Clone(r.Effects)
	for i := range r.Effects {
		if r.Effects[i].Kind == fsm.EffectSendClose {
			r.Effects[i].Code = code
		}
	}
}

func Effect(k fsm.EffectKind) fsm.Effect { return fsm.Effect{Kind: k} }

func verdict(v fsm.Verdict) func(*fsm.Row) {
	return func(r *fsm.Row) {
		*r = fsm.Row{Index: -1, From: r.From, Event: r.Event,
			To: r.From, Verdict: v}
	}
}

var Mistakes = []mistake{
	{"skip-terminator", "INV-01", "the client takes a response without its terminator for " +
		"a complete one", Client, false, "reading/complete/open", unless("terminated")},
	{"request-without-khp", "INV-06", "the client sends its extended request although KHP " +
		"was not selected", Client, false, "opening/opened/request", unless("KHP selected")},
	{"replay-old-credentials", "INV-19", "the client replays with the credentials that were refused",
		Client, false, "await-credentials/credentials/replay", unless("new credentials")},
	{"lost-timer", "LIV-06", "the client misses that its close timer ran out, and waits for ever",
		Client, false, "closing/close-timer/failed", verdict(fsm.Ignored)},
	{"lost-credential-timer", "LIV-06",
		"the client misses that the time for credentials is up, and waits for ever", Client, false,
		"await-credentials/credential-timer/credential-timeout", verdict(fsm.Ignored)},
	{"accept-anything", "INV-08", "the server accepts with an extension or subprotocol that was " +
		"not requested", Server, false, "deciding/accept/open", unless("selection valid")},
	{"challenge-without-field", "INV-45", "the server sends 401 without WWW-Authenticate", Server,
		false, "deciding/401/await-replay", nil},
	{"open-at-first-byte", "INV-01", "the client opens when a response begins", Client, true,
		"await-response/data/reading", goes("Open", Effect(fsm.EffectStopTimers),
			Effect(fsm.EffectComplete))},
	{"deliver-early", "INV-02", "the client's application gets the response as if it were a message",
		Client, true, "await-response/data/reading", Orders(Effect(fsm.EffectDeliver))},
	{"send-early", "INV-03", "the client sends a message right behind its request", Client, true,
		"opening/opened/request", Orders(Effect(fsm.EffectSendMessage))},
	{"no-end", "INV-05", "the client forgets to tell that it failed", Client, true,
		"closing/lost/failed", Without(fsm.EffectFail)},
	{"two-ends", "INV-05", "the client tells its end twice", Client, true, "closing/lost/failed",
		Orders(Effect(fsm.EffectClosed))},
	{"request-too-early", "INV-06",
		"the client sends its extended request before the opening handshake is answered", Client, true,
		"connecting/connected/send-opening", Orders(Effect(fsm.EffectSendRequest))},
	{"request-twice", "INV-07", "the client asks again when a response begins", Client, true,
		"await-response/data/reading", Orders(Effect(fsm.EffectSendRequest))},
	{"request-after-refusal", "INV-16", "the client asks again after a terminating status", Client,
		true, "reading/status-close/status", before(Effect(fsm.EffectSendRequest))},
	{"body-unasked", "INV-17", "the client does not wait for 100 with the body", Client, true,
		"opening/opened/request", Orders(Effect(fsm.EffectSendBody))},
	{"replay-unasked", "INV-19", "the client replays a request that was not answered with 401", Client,
		true, "opening/opened/request", goes("AwaitResponse", Effect(fsm.EffectReplayRequest))},
	{"replay-without-limit", "INV-20", "the client replays as often as it is challenged", Client, true,
		"reading/401/ask-credentials", unless("replays left")},
	{"redirect-without-limit", "INV-21", "the client follows as often as it is redirected", Client,
		true, "reading/redirect/follow", unless("redirects left")},
	{"follow-at-once", "INV-28", "the client goes on while the old connection is up", Client, true,
		"reading/redirect/follow", goes("Redirecting", Effect(fsm.EffectStopTimers),
			Effect(fsm.EffectFollow))},
	{"timer-started-over", "INV-39", "the client gives the server more time when a response begins",
		Client, true, "await-response/data/reading",
		Orders(fsm.Effect{Kind: fsm.EffectArmTimer, Timer: fsm.TimerResponse})},
	{"answer-after-close", "INV-40", "the server sends Close before its refusal", Server, true,
		"deciding/refusal/status", func(r *fsm.Row) {
			r.Effects = slices.Clone(r.Effects)
			r.Effects[0], r.Effects[1], r.Effects[2] = r.Effects[2], r.Effects[0], r.Effects[1]
		}},
	{"decide-on-nothing", "INV-41", "the server asks for a decision before there is a request", Server,
		true, "opening/opening-request/await-request", Orders(Effect(fsm.EffectAskDecision))},
	{"no-terminator", "INV-42", "the server accepts without a terminator", Server, true,
		"deciding/accept/open", Without(fsm.EffectSendTerminator)},
	{"second-close", "WSP-FRAME-06", "the client answers the answer to its Close", Client, true,
		"closing/peer-closed/draining", Orders(Effect(fsm.EffectSendClose))},
	{"imagined-response", OracleID,
		"the client takes a terminator before any response for a late one", Client, false,
		"opening/opened/request",
		func(r *fsm.Row) { r.Changes.Set = []string{"late terminator possible"} }},
	{"another-close-code", "CAUSE",
		"the client says to a server that takes too long that nothing was wrong", Client, false,
		"await-response/overall-timer/timeout", func(r *fsm.Row) { codeOfClose(r, 1000) }},
	{"close-unexpected", "TOTAL", "the client does not know that a peer may close", Client, true,
		"open/peer-closed/draining", verdict(fsm.Misuse)},
}
