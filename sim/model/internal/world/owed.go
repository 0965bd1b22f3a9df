package world

import (
	"example.com/khp/fsm"
	"example.com/khp/sim/explore"
)

// A machine that does nothing keeps all prohibitions. An obligation is an order that a machine owes
// for an event, independent of its table.
type obligation[M any] struct {
	id, text string
	kinds    []fsm.EventKind
	when     func(*M) bool // nil: always
	owes     func(*M) bool // it was done
}

// obligations are those of a machine, by the kind of event.
type obligations[M any] [fsm.EventApplicationFailed + 1][]obligation[M]

func byKind[M any](list []obligation[M]) (all obligations[M]) {
	for _, o := range list {
		for _, k := range o.kinds {
			all[k] = append(all[k], o)
		}
	}
	return all
}

// unmet says which obligation a step does not meet, "" if it meets all.
func (all *obligations[M]) unmet(kind fsm.EventKind, m *M) (broken string) {
	for i := range all[kind] {
		if o := &all[kind][i]; (o.when == nil || o.when(m)) && !o.owes(m) {
			return o.id + ": not done: " + o.text
		}
	}
	return ""
}

// Checks lists obligations as properties.
func Checks[M any](list []obligation[M]) (all []explore.Checked) {
	for _, o := range list {
		all = append(all, explore.Checked{ID: o.id, Text: o.text})
	}
	return all
}

// runsJust reports whether the timers run, and no others.
func (s *timerSet) runsJust(timers []fsm.Timer) bool {
	var set uint16
	for _, t := range timers {
		set |= bit(t)
	}
	return s.running == set
}

// closedProperly reports whether a WebSocket that the step ended had its Close, unless it was lost.
func (h *Host) closedProperly(before *Host, kind fsm.EventKind) bool {
	return !before.Is(WebSocket) || h.Is(WebSocket) || h.Is(CloseSent) ||
		kind == fsm.EventConnectionLost
}

// has reports whether an effect of kind k was ordered.
func has(effects *fsm.Effects, k fsm.EffectKind) bool {
	for i := range effects.Len() {
		if effects.At(i).Kind == k {
			return true
		}
	}
	return false
}
