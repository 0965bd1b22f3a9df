package oracle

import "example.com/khp/fsm"

// turn is the part of a step that both sides have: the event, and the orders so far.
type turn struct {
	ev  fsm.Event
	out Orders
}

func (t *turn) has(f fsm.Facts) bool                { return t.ev.Facts.Has(f) }
func (t *turn) do(k fsm.EffectKind)                 { t.out.add(fsm.Effect{Kind: k}) }
func (t *turn) code(k fsm.EffectKind, c uint16)     { t.out.add(fsm.Effect{Kind: k, Code: c}) }
func (t *turn) timer(k fsm.EffectKind, x fsm.Timer) { t.out.add(fsm.Effect{Kind: k, Timer: x}) }
func (t *turn) arm(x fsm.Timer)                     { t.timer(fsm.EffectArmTimer, x) }
func (t *turn) stop(x fsm.Timer)                    { t.timer(fsm.EffectStopTimer, x) }

// just is a step that ends with an order, in the same phase.
func (t *turn) just(k fsm.EffectKind) fsm.Verdict {
	t.do(k)
	return fsm.Accepted
}
