package oracle

import "example.com/khp/fsm"

// CheckClient names the difference between a step of a client and the required one, "" if there is
// none. Timers are those before the event.
func CheckClient(cfg fsm.ClientConfig, before, after fsm.ClientState, ev fsm.Event,
	effects *fsm.Effects, verdict fsm.Verdict, timers Timers) string {
	m, orders, want := ClientOf(before).Step(cfg, ev)
	if differ, done := unchanged(before, after, effects, verdict, want); done {
		return differ
	}
	return changed(m.Same(after), effects, &orders, timers, &ev)
}

// CheckServer does it for a server.
func CheckServer(cfg fsm.ServerConfig, before, after fsm.ServerState, ev fsm.Event,
	effects *fsm.Effects, verdict fsm.Verdict, timers Timers) string {
	m, orders, want := ServerOf(before).Step(cfg, ev)
	if differ, done := unchanged(before, after, effects, verdict, want); done {
		return differ
	}
	return changed(m.Same(after), effects, &orders, timers, &ev)
}

// unchanged compares the verdicts of a step. Done tells that there is nothing else to compare.
func unchanged[S comparable](
	before, after S, effects *fsm.Effects, verdict, want fsm.Verdict,
) (differ string, done bool) {
	differ, done = Verdicts(verdict, want, effects)
	if verdict != fsm.Accepted && (after != before || effects.Len() > 0) {
		return "a step that is not accepted changes something", true
	}
	return differ, done
}

// changed compares the orders of a step, unless the states differ already.
func changed(
	states string, effects *fsm.Effects, orders *Orders, timers Timers, ev *fsm.Event,
) (differ string) {
	if states != "" {
		return states
	}
	_, differ = Compare(effects, orders, timers, ev)
	return differ
}
