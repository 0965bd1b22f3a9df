package fsm

import "slices"

// SetRow puts r in the place of row n of a side's table, as [ClientRows] and [ServerRows] count, and returns how to undo it. Only tests can.
func SetRow(side string, n int, r Row) (undo func()) {
	places := clientPlaces
	if side == "server" {
		places = serverPlaces
	}
	i := 0
	places(func(at place) bool {
		if i++; i <= n {
			return true
		}
		old := *at.row
		*at.row = read(side, r, old.index)
		undo = func() { *at.row = old }
		return false
	})
	return undo
}

// read makes a row of what was written out: the inverse of written.
func read(side string, r Row, index uint16) row {
	out := row{id: r.ID, verdict: r.Verdict, failure: r.Failure, plan: r.Plan, status: r.Changes.Status, index: index, reqs: r.Reqs, n: uint8(len(r.Effects))}
	copy(out.effects[:], r.Effects)
	for _, c := range r.When {
		for b, name := range bitNames {
			if name == c.Name {
				out.mask |= b
				if !c.Not {
					out.want |= b
				}
			}
		}
	}
	if r.To != r.From {
		out.next = phaseCalled(side, r.To)
	}
	names := markNames(clientMarks)
	if side == "server" {
		names = serverMarks
	}
	for b := marks(1); b <= markOpened; b <<= 1 {
		if slices.Contains(r.Changes.Set, names(b)) {
			out.mark |= b
		}
		if slices.Contains(r.Changes.Clear, names(b)) {
			out.unmark |= b
		}
	}
	c := r.Changes
	for o, yes := range map[op]bool{
		opInterim: c.Interim, opReplay: c.Replay, opRedirect: c.Redirect, opNewConnection: c.NewConnection, opMarks: len(c.Set)+len(c.Clear) > 0,
		opPlan: r.Plan != 0, opFailure: r.Failure != 0, opFailureOfEvent: c.FailureOfEvent, opStatus: c.Status != 0 || c.StatusOfEvent,
	} {
		if yes {
			out.op |= o
		}
	}
	return out
}

// phaseCalled returns the phase of that name.
func phaseCalled(side, name string) uint8 {
	for p := uint8(1); p < uint8(max(int(clientPhases), int(serverPhases))); p++ {
		text := ClientPhase(p).String()
		if side == "server" {
			text = ServerPhase(p).String()
		}
		if bare(text) == name {
			return p
		}
	}
	return 0
}
