package export

import (
	"slices"

	"example.com/khp/fsm"
)

// Fault is a mistake in a row of a table that every checker must find: models carry it behind a switch, and a test puts it into the table that the explorer walks.
type Fault struct {
	Name     string  // spin -DFAULT_ and this switches it on
	Text     string  // what the machine does wrong
	Property string  // that it breaks, such as INV-20
	Machine  Machine // whose table
	Row      int     // number of the row, as [Rows] counts
	Changed  fsm.Row // what stands there instead
}

// seed describes a fault: what becomes of the row with this id.
type seed struct {
	name, property, text string
	machine              Machine
	id                   string
	change               func(*fsm.Row)
}

// Changes that faults make.
func orders(list ...fsm.Effect) func(*fsm.Row) {
	return func(r *fsm.Row) { r.Effects = append(slices.Clip(r.Effects), list...) }
}

func before(list ...fsm.Effect) func(*fsm.Row) {
	return func(r *fsm.Row) { r.Effects = slices.Concat(list, r.Effects) }
}

func without(k fsm.EffectKind) func(*fsm.Row) {
	return func(r *fsm.Row) {
		r.Effects = slices.DeleteFunc(slices.Clone(r.Effects), func(e fsm.Effect) bool { return e.Kind == k })
	}
}

func unless(name string) func(*fsm.Row) {
	return func(r *fsm.Row) {
		r.When = slices.DeleteFunc(slices.Clone(r.When), func(c fsm.Condition) bool { return c.Name == name })
	}
}

func goes(phase string, list ...fsm.Effect) func(*fsm.Row) {
	return func(r *fsm.Row) { r.To, r.Effects = phase, list }
}

func effect(k fsm.EffectKind) fsm.Effect { return fsm.Effect{Kind: k} }

var seeds = []seed{
	{"OPEN_AT_FIRST_BYTE", "INV-01", "the client opens when a response begins", Client, "await-response/data/reading", goes("Open", effect(fsm.EffectStopTimers), effect(fsm.EffectComplete))},
	{"DELIVER_EARLY", "INV-02", "the client's application gets the response as if it were a message", Client, "await-response/data/reading", orders(effect(fsm.EffectDeliver))},
	{"SEND_EARLY", "INV-03", "the client sends a message right behind its request", Client, "opening/opened/request", orders(effect(fsm.EffectSendMessage))},
	{"NO_END", "INV-05", "the client forgets to tell that it failed", Client, "closing/lost/failed", without(fsm.EffectFail)},
	{"TWO_ENDS", "INV-05", "the client tells its end twice", Client, "closing/lost/failed", orders(effect(fsm.EffectClosed))},
	{"REQUEST_TOO_EARLY", "INV-06", "the client sends its extended request before the opening handshake is answered", Client, "connecting/connected/send-opening", orders(effect(fsm.EffectSendRequest))},
	{"REQUEST_TWICE", "INV-07", "the client asks again when a response begins", Client, "await-response/data/reading", orders(effect(fsm.EffectSendRequest))},
	{"REQUEST_AFTER_REFUSAL", "INV-16", "the client asks again after a terminating status", Client, "reading/status-close/status", before(effect(fsm.EffectSendRequest))},
	{"BODY_UNASKED", "INV-17", "the client does not wait for 100 with the body", Client, "opening/opened/request", orders(effect(fsm.EffectSendBody))},
	{"REPLAY_UNASKED", "INV-19", "the client replays a request that was not answered with 401", Client, "opening/opened/request", goes("AwaitResponse", effect(fsm.EffectReplayRequest))},
	{"REPLAY_WITHOUT_LIMIT", "INV-20", "the client replays as often as it is challenged", Client, "reading/401/ask-credentials", unless("replays left")},
	{"REDIRECT_WITHOUT_LIMIT", "INV-21", "the client follows as often as it is redirected", Client, "reading/redirect/follow", unless("redirects left")},
	{"FOLLOW_AT_ONCE", "INV-28", "the client goes on while the old connection is up", Client, "reading/redirect/follow", goes("Redirecting", effect(fsm.EffectStopTimers), effect(fsm.EffectFollow))},
	{"TIMER_STARTED_OVER", "INV-39", "the client gives the server more time when a response begins", Client, "await-response/data/reading", orders(fsm.Effect{Kind: fsm.EffectArmTimer, Timer: fsm.TimerResponse})},
	{"ANSWER_AFTER_CLOSE", "INV-40", "the server sends Close before its refusal", Server, "deciding/refusal/status", func(r *fsm.Row) {
		r.Effects = slices.Clone(r.Effects)
		r.Effects[0], r.Effects[1], r.Effects[2] = r.Effects[2], r.Effects[0], r.Effects[1]
	}},
	{"DECIDE_ON_NOTHING", "INV-41", "the server asks for a decision before there is a request", Server, "opening/opening-request/await-request", orders(effect(fsm.EffectAskDecision))},
	{"NO_TERMINATOR", "INV-42", "the server accepts without a terminator", Server, "deciding/accept/open", without(fsm.EffectSendTerminator)},
	{"SECOND_CLOSE", "WSP-FRAME-06", "the client answers the answer to its Close", Client, "closing/peer-closed/draining", orders(effect(fsm.EffectSendClose))},
	{"CLOSE_UNEXPECTED", "TOTAL", "the client does not know that a peer may close", Client, "open/peer-closed/draining", func(r *fsm.Row) {
		*r = fsm.Row{From: r.From, Event: r.Event, To: r.From, Verdict: fsm.Misuse}
	}},
}

// Faults returns all faults, in a fixed order. A fault whose row is gone is left out, which a test notices.
func Faults() (list []Fault) {
	rows := map[Machine][]fsm.Row{Client: slices.Collect(Rows(Client)), Server: slices.Collect(Rows(Server))}
	for _, s := range seeds {
		n := slices.IndexFunc(rows[s.machine], func(r fsm.Row) bool {
			return r.ID == s.id
		})
		if n >= 0 {
			changed := rows[s.machine][n]
			s.change(&changed)
			list = append(list, Fault{s.name, s.text, s.property, s.machine, n, changed})
		}
	}
	return list
}

// cell returns c, whose first row has number n, as the fault leaves it; ok is false if it leaves it alone.
func (f Fault) cell(side Machine, c cell) (changed cell, ok bool) {
	if i := f.Row - c.first; f.Machine == side && i >= 0 && i < len(c.rows) {
		changed = c
		changed.rows = slices.Clone(c.rows)
		changed.rows[i] = f.Changed
		changed.when = exclusive(changed.rows)
		return changed, true
	}
	return c, false
}
