package fsm

import (
	"maps"
	"slices"
)

// alteration is a table with rows replaced. Checkers step a machine with it to show that they
// notice the mistake. The tables themselves do not change.
type alteration struct {
	side  string
	cells map[int]cell // the altered ones, by number
}

// alter returns the machine of a side, "client" or "server", with r in the place of row n, as
// [ClientRows] and [ServerRows] count. A row that is not there alters nothing.
func alter(side string, n int, r Row) *alteration { return (&alteration{side: side}).and(n, r) }

// and returns a with one more row altered, of the same side.
func (a *alteration) and(n int, r Row) *alteration {
	more := &alteration{a.side, maps.Clone(a.cells)}
	at := placeOf(a.side, n)
	if at.row == nil {
		return more
	}
	c, ok := more.cells[at.cell]
	if !ok {
		c = slices.Clone(at.table)
	}
	for i := range at.table {
		if &at.table[i] == at.row {
			c = slices.Clone(c)
			c[i] = read(a.side, r)
		}
	}
	if more.cells == nil {
		more.cells = map[int]cell{}
	}
	more.cells[at.cell] = c
	return more
}

// And implements [example.com/khp/internal/tables.Alteration].
func (a *alteration) And(n int, r Row) any { return a.and(n, r) }

// Client returns cfg with the altered machine, for a whole endpoint that has the mistake.
func (a *alteration) Client(cfg ClientConfig) ClientConfig {
	cfg.altered = a
	return cfg
}

// Server returns cfg with the altered machine.
func (a *alteration) Server(cfg ServerConfig) ServerConfig {
	cfg.altered = a
	return cfg
}

// stepClient is [ClientConfig.Step] of the altered client.
func (a *alteration) stepClient(
	cfg ClientConfig, s ClientState, ev Event,
) (ClientState, Effects, Verdict) {
	cfg.altered = nil
	c, ok := a.cells[int(s.phase)*int(clientInputs)+int(clientInputOf(ev))]
	if !ok || a.side != "client" || cfg.Profile == 0 {
		return cfg.Step(s, ev)
	}
	r := c.match(cfg.world(s, ev.Facts))
	if r.verdict != Accepted {
		return s, Effects{}, r.verdict
	}
	s = s.after(r, ev)
	return s, Effects{&r.effects, r.n, s.end.failure, s.end.status, r.index + 1}, Accepted
}

// stepServer is [ServerConfig.Step] of the altered server.
func (a *alteration) stepServer(
	cfg ServerConfig, s ServerState, ev Event,
) (ServerState, Effects, Verdict) {
	cfg.altered = nil
	c, ok := a.cells[int(s.phase)*int(serverInputs)+int(serverInputOf(ev))]
	if !ok || a.side != "server" {
		return cfg.Step(s, ev)
	}
	r := c.match(cfg.world(s, ev))
	if r.verdict != Accepted {
		return s, Effects{}, r.verdict
	}
	s = s.after(r, ev)
	return s, Effects{&r.effects, r.n, s.end.failure, s.end.status, r.index + 1}, Accepted
}

// placeOf finds row n of a side's table.
func placeOf(side string, n int) (found place) {
	places := clientPlaces
	if side == "server" {
		places = serverPlaces
	}
	i := 0
	places(func(at place) bool {
		if i == n {
			found = at
		}
		i++
		return i <= n
	})
	return found
}

// read converts a Row to a row: the inverse of written.
func read(side string, r Row) row {
	out := row{id: r.ID, verdict: r.Verdict, failure: r.Failure, plan: r.Plan,
		status: r.Changes.Status, index: uint16(max(0, r.Index)), reqs: r.Reqs,
		n: uint8(len(r.Effects))}
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
		opInterim: c.Interim, opReplay: c.Replay, opRedirect: c.Redirect,
		opNewConnection: c.NewConnection, opMarks: len(c.Set)+len(c.Clear) > 0,
		opPlan: r.Plan != 0, opFailure: r.Failure != 0, opFailureOfEvent: c.FailureOfEvent,
		opStatus: c.Status != 0 || c.StatusOfEvent,
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
