package oracle

import "example.com/khp/fsm"

// CheckClient says in what a step of a client differs from what has to happen, "" if in nothing.
// Timers are those before the event.
func CheckClient(cfg fsm.ClientConfig, before, after fsm.ClientState, ev fsm.Event,
	effects *fsm.Effects, verdict fsm.Verdict, timers Timers) string {
	m, orders, want := ClientOf(before).Step(cfg, ev)
	differ, done := Verdicts(verdict, want, effects)
	switch {
	case verdict != fsm.Accepted && (after != before || effects.Len() > 0):
		return "a step that is not accepted changes something"
	case done:
		return differ
	}
	if differ = m.Same(after); differ != "" {
		return differ
	}
	_, differ = Compare(effects, &orders, timers, &ev)
	return differ
}

// CheckServer does it for a server.
func CheckServer(cfg fsm.ServerConfig, before, after fsm.ServerState, ev fsm.Event,
	effects *fsm.Effects, verdict fsm.Verdict, timers Timers) string {
	m, orders, want := ServerOf(before).Step(cfg, ev)
	differ, done := Verdicts(verdict, want, effects)
	switch {
	case verdict != fsm.Accepted && (after != before || effects.Len() > 0):
		return "a step that is not accepted changes something"
	case done:
		return differ
	}
	if differ = m.Same(after); differ != "" {
		return differ
	}
	_, differ = Compare(effects, &orders, timers, &ev)
	return differ
}
