package fsm

import (
	"strconv"
	"strings"
)

// String names the event, the data of its kind, and the facts: "EventResponse 401 (terminated,
// challenge usable)".
func (ev Event) String() string {
	return digest(ev.Kind.String(), ev.Timer, ev.Failure, ev.Status).text(ev.Facts.String())
}

// String names the effect and the data of its kind: "EffectSendClose 1000", "EffectArmTimer
// TimerWait", "EffectFail FailureStatus 403".
func (e Effect) String() string {
	return digest(e.Kind.String(), e.Timer, e.Failure, e.Code).text()
}

// digest writes the parts that events and effects have in common, except those that are 0.
func digest(kind string, t Timer, f Failure, code uint16) words {
	s := words{kind}
	if t != 0 {
		s = append(s, t.String())
	}
	if f != 0 {
		s = append(s, f.String())
	}
	if code != 0 {
		s = append(s, strconv.Itoa(int(code)))
	}
	return s
}

// String lists the effects in order: "EffectSendResponse 101, EffectSendTerminator".
func (e Effects) String() string {
	list := make([]string, 0, e.Len())
	for effect := range e.All() {
		list = append(list, effect.String())
	}
	return strings.Join(list, ", ")
}

// String names the phase and everything that differs from the start state: marks, budgets used up,
// and the plan for the end of the connection.
func (s ClientState) String() string {
	return words{s.phase.String()}.text(append(markNames(clientMarks).of(s.marks),
		used(s.count.interim, "interim responses"), used(s.count.replays, "replays"),
		used(s.count.redirects, "redirects"), s.end.String())...)
}

// String names the phase and everything that differs from the start state: marks, budgets used up,
// and the plan for the end of the connection.
func (s ServerState) String() string {
	return words{s.phase.String()}.text(append(markNames(serverMarks).of(s.marks),
		used(s.count.challenges, "challenges"), used(s.count.deferrals, "deferrals"), s.end.String())...)
}

func (e ending) String() string {
	var s words
	if e.plan != 0 {
		s = append(s, e.plan.String())
	}
	if e.failure != 0 {
		s = append(s, e.failure.String())
	}
	if e.status != 0 {
		s = append(s, "status", strconv.Itoa(int(e.status)))
	}
	return s.text()
}

// used names a budget of which n are used up, "" for none.
func used(n uint8, of string) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(int(n)) + " " + of
}

// words are the parts of a text.
type words []string

// text joins the words, and adds those of more that say something, in parentheses.
func (w words) text(more ...string) string {
	var list []string
	for _, m := range more {
		if m != "" {
			list = append(list, m)
		}
	}
	if list != nil {
		w = append(w, "("+strings.Join(list, ", ")+")")
	}
	return strings.Join(w, " ")
}
