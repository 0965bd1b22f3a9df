package prove

import (
	"slices"
	"testing"

	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
)

// A property that each row keeps by itself, without a solver, is proven as well, and is listed.
func TestProperties_HaveWhatRowsKeepByThemselves(t *testing.T) {
	for _, m := range []*Machine{Client(), Server()} {
		for _, id := range []string{"INV-02", "INV-03", "INV-05", "TOTAL"} {
			require.True(t, slices.ContainsFunc(m.Properties(), func(p [2]string) bool {
				return p[0] == id
			}), "%s: %s", m.Side, id)
		}
	}
}

// An order that a driver cannot carry out breaks TOTAL by itself, without a solver: one of the
// other side, one about something that did not happen, and one to a timer that the machine does not
// have.
func TestOrders_OutOfPlace(t *testing.T) {
	for name, v := range map[string]struct {
		m   *Machine
		row string
		e   fsm.Effect
	}{
		"client/response": {Client(), "reading/data/more", fsm.Effect{Kind: fsm.EffectSendResponse}},
		"client/pong":     {Client(), "reading/data/more", fsm.Effect{Kind: fsm.EffectSendPong}},
		"client/timer": {Client(), "reading/data/more",
			fsm.Effect{Kind: fsm.EffectArmTimer, Timer: fsm.TimerReplay}},
		"client/no timer": {Client(), "reading/data/more", fsm.Effect{Kind: fsm.EffectStopTimer}},
		"server/dial":     {Server(), "deciding/202/wait", fsm.Effect{Kind: fsm.EffectDial}},
		"server/timer": {Server(), "deciding/202/wait",
			fsm.Effect{Kind: fsm.EffectPauseTimer, Timer: fsm.TimerWait}},
	} {
		t.Run(name, func(t *testing.T) {
			n := slices.IndexFunc(v.m.rows, func(r fsm.Row) bool { return r.ID == v.row })
			require.GreaterOrEqual(t, n, 0)
			broken := duty{"TOTAL", carriedOut, no}
			require.NotContains(t, v.m.run(n).duties, broken)
			r := v.m.rows[n]
			r.Effects = append([]fsm.Effect{v.e}, r.Effects...)
			require.Contains(t, v.m.With(n, r).run(n).duties, broken)
		})
	}
}
