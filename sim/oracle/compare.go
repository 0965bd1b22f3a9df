package oracle

import (
	"slices"

	"example.com/khp/fsm"
)

// Verdicts of the oracle beyond those of the machine.
const (
	Refused fsm.Verdict = 100 + iota // not accepted; the text does not say whether Ignored or Misuse
	// nothing happens; Accepted or Ignored, but never the embedder's mistake
	Nothing
)

// The possible differences.
const (
	differsVerdict = "whether it is accepted"
	differsOrders  = "orders"
	differsTimers  = "timers"
	differsEnd     = "an order after the last one"
	differsMemory  = "what is remembered"
)

// Orders are the orders that the oracle demands, in sequence.
type Orders struct {
	list [12]fsm.Effect
	n    int
}

func (o *Orders) add(e fsm.Effect) { o.list[o.n], o.n = e, o.n+1 }

// All returns the orders as a list.
func (o *Orders) All() []fsm.Effect { return o.list[:o.n] }

// Timers is the state of a host's timers, one bit each.
type Timers struct {
	Running, Paused uint16
	fresh           uint16 // started by this very step
}

func bit(t fsm.Timer) uint16 { return 1 << t }

// settled is the set between two steps, in which a fresh timer is a running one.
func (t Timers) settled() Timers {
	t.fresh = 0
	return t
}

// after is the set after the event as such: an expired timer does not run any more.
func (t Timers) after(ev *fsm.Event) Timers {
	if ev.Kind == fsm.EventTimerExpired {
		t.Running &^= bit(ev.Timer)
	}
	return t
}

// obey carries out one order. Timers are compared by the effect of orders, not by their wording: to
// stop a timer that does not run is no difference.
func (t *Timers) obey(e fsm.Effect) {
	b := bit(e.Timer)
	//exhaustive:ignore
	switch e.Kind {
	case fsm.EffectStopTimers:
		*t = Timers{}
	case fsm.EffectArmTimer:
		t.Running, t.Paused, t.fresh = t.Running|b, t.Paused&^b, t.fresh|b
	case fsm.EffectStopTimer:
		t.Running, t.Paused, t.fresh = t.Running&^b, t.Paused&^b, t.fresh&^b
	case fsm.EffectPauseTimer:
		t.Running, t.Paused, t.fresh = t.Running&^b, t.Paused|t.Running&b, t.fresh&^b
	case fsm.EffectResumeTimer:
		t.Running, t.Paused = t.Running|t.Paused&b, t.Paused&^b
	}
}

// aboutTimers reports whether an effect only concerns timers.
func aboutTimers(k fsm.EffectKind) bool {
	return k == fsm.EffectArmTimer || k == fsm.EffectStopTimer || k == fsm.EffectPauseTimer ||
		k == fsm.EffectResumeTimer || k == fsm.EffectStopTimers
}

// Verdicts compares both verdicts on an event. done means that the event changes nothing, so that
// there is nothing else to compare.
func Verdicts(got, want fsm.Verdict, effects *fsm.Effects) (differ string, done bool) {
	switch {
	case want == Refused && got != fsm.Accepted, want == Nothing && got == fsm.Ignored:
		return "", true
	case want == Nothing && got == fsm.Accepted && effects.Len() == 0:
		return "", false // the state must show no change
	case want != got:
		return differsVerdict, true
	}
	return "", got != fsm.Accepted
}

// Compare compares the orders of an accepted step, and returns the timers after it.
func Compare(
	got *fsm.Effects, want *Orders, timers Timers, ev *fsm.Event,
) (after Timers, differ string) {
	gotTimers := timers.after(ev)
	wantTimers := gotTimers
	i := 0
	for k := range got.Len() {
		e := got.At(k)
		gotTimers.obey(e)
		if k < got.Len()-1 && (e.Kind == fsm.EffectFail || e.Kind == fsm.EffectClosed) {
			return timers, differsEnd
		}
		if aboutTimers(e.Kind) {
			continue
		}
		for i < want.n && aboutTimers(want.list[i].Kind) {
			i++
		}
		if i == want.n || want.list[i] != e {
			return timers, differsOrders
		}
		i++
	}
	for _, e := range want.All() {
		wantTimers.obey(e)
	}
	if slices.ContainsFunc(want.list[i:want.n],
		func(e fsm.Effect) bool { return !aboutTimers(e.Kind) }) {
		return timers, differsOrders
	}
	if gotTimers != wantTimers {
		return timers, differsTimers
	}
	return gotTimers.settled(), ""
}
