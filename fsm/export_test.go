package fsm

import (
	"fmt"
	"iter"

	"example.com/khp/fsm/codes"
)

// OpStatus is the op that records a status.
const OpStatus = opStatus

// Mutant is one small change of a table, for the mutation check.
type Mutant struct {
	Name string
	Side string // "client", "server" or "status"
	// number of the cell that holds the row, as ClientCell and ServerCell count; of a status its code
	Cell  int
	Apply func()
	Undo  func()
}

// Touched is told of each cell that decides, and of each code that is looked up, in a program that
// is built so that mutants are watched.
var Touched func(side string, cell int)

//lint:ignore U1000 a build with -overlay calls it
func touched(side string, cell int) {
	if Touched != nil && cell >= 0 {
		Touched(side, cell)
	}
}

// ClientCell returns the number of the cell that decides about ev in s, -1 if none does.
func ClientCell(s ClientState, ev Event) int {
	if in := clientInputOf(ev); in != 0 && s.phase != 0 && s.phase < clientPhases {
		return int(s.phase)*int(clientInputs) + int(in)
	}
	return -1
}

// ServerCell returns the number of the cell that decides about ev in s, -1 if none does.
func ServerCell(s ServerState, ev Event) int {
	if in := serverInputOf(ev); in != 0 && s.phase != 0 && s.phase < serverPhases {
		return int(s.phase)*int(serverInputs) + int(in)
	}
	return -1
}

// Mutants iterates over all mutants of the three tables: of every edge the guard without or with
// the opposite of each of its bits, another next phase, each effect dropped, replaced, exchanged
// with the next or added, each change of the state dropped, each mark added, each guard of its
// neighbours added, and the edge itself gone; of every cell its rows in another order, and another
// verdict where nothing happens; of every status code another action and each duty flipped.
func Mutants() iter.Seq[Mutant] {
	return func(yield func(Mutant) bool) {
		_ = mutateEdges("client", clientPlaces, uint8(clientPhases), yield) &&
			mutateEdges("server", serverPlaces, uint8(serverPhases), yield) &&
			mutateMore("client", clientPlaces, yield) && mutateMore("server", serverPlaces, yield) &&
			mutateStatuses(yield)
	}
}

// mutateEdges yields the mutants of one machine's rows; false ends.
func mutateEdges(
	side string, places func(visit func(place) bool), phases uint8, yield func(Mutant) bool,
) bool {
	var edges []place
	places(func(p place) bool {
		if p.row.verdict == Accepted {
			edges = append(edges, p)
		}
		return true
	})
	for i, e := range edges {
		where := fmt.Sprintf("%s edge %d %s %s %s [%s]",
			side, i, e.row.id, e.from, e.event, guardText(e.row.mask, e.row.want))
		for _, m := range mutateRow(*e.row, phaseOf(side, e.cell), phases) {
			r := e.row
			original, mutated := *r, m.row
			if equivalent(e.table, r, mutated) {
				continue
			}
			if !yield(Mutant{where + ": " + m.what, side, e.cell, func() { *r = mutated },
				func() { *r = original }}) {
				return false
			}
		}
	}
	return true
}

type mutated struct {
	what string
	row  row
}

// mutateRow lists the possible changes of a row.
func mutateRow(r row, from, phases uint8) (list []mutated) {
	add := func(what string, change func(*row)) {
		m := r
		if change(&m); m != r {
			list = append(list, mutated{what, m})
		}
	}
	add("ignored", func(m *row) { m.verdict = Ignored })
	add("misuse", func(m *row) { m.verdict = Misuse })
	for next := uint8(0); next < phases; next++ {
		if next == from && r.next == 0 || next == 0 && r.next == from {
			continue // the same
		}
		add(fmt.Sprintf("next phase %d", next), func(m *row) { m.next = next })
	}
	for b := bits(1); b != 0; b <<= 1 {
		if r.mask&b != 0 {
			add("without guard "+bitNames[b], func(m *row) { m.mask &^= b; m.want &^= b })
			add("guard "+bitNames[b]+" the other way round", func(m *row) { m.want ^= b })
		}
	}
	for i := range r.effects[:r.n] {
		add("without "+r.effects[i].Kind.String(), func(m *row) {
			copy(m.effects[i:], r.effects[i+1:r.n])
			m.n--
			m.effects[m.n] = Effect{}
		})
		add("another kind than "+r.effects[i].Kind.String(),
			func(m *row) { m.effects[i].Kind = m.effects[i].Kind%EffectFail + 1 })
		if r.effects[i].Timer != 0 {
			add("another timer", func(m *row) { m.effects[i].Timer = m.effects[i].Timer%TimerReplay + 1 })
		}
		if r.effects[i].Code != 0 {
			add("another code", func(m *row) { m.effects[i].Code ^= 8 })
		}
	}
	for o := op(1); o <= opStatus; o <<= 1 {
		if r.op&o != 0 {
			add(fmt.Sprintf("without op %b", o), func(m *row) { m.op &^= o })
		}
	}
	for b := marks(1); b <= markOpened; b <<= 1 {
		if r.mark&b != 0 {
			add(fmt.Sprintf("without mark %b", b), func(m *row) { m.mark &^= b })
		}
		if r.unmark&b != 0 && b&(markPlanFail|markPlanClose) == 0 {
			add(fmt.Sprintf("keeping mark %b", b), func(m *row) { m.unmark &^= b })
		}
	}
	if r.op&opFailure != 0 {
		add("another failure", func(m *row) { m.failure = m.failure%FailureUnexpectedMessage + 1 })
	}
	if r.op&opPlan != 0 {
		add("another plan", func(m *row) { m.plan = m.plan%PlanUpgrade + 1 })
	}
	return list
}

// mutateStatuses yields the mutants of the status table; false ends.
func mutateStatuses(yield func(Mutant) bool) bool {
	for i := range statusTable {
		original := statusTable[i]
		try := func(what string, change func(*statusRow)) bool {
			return yield(Mutant{
				fmt.Sprintf("status %d: %s", original.code, what), "status", int(original.code),
				func() { change(&statusTable[i]); rebuild(original.code) },
				func() { statusTable[i] = original; rebuild(original.code) },
			})
		}
		for a := codes.ActionComplete; a <= codes.ActionUpgrade; a++ {
			if a != original.action && !try("action "+a.String(), func(r *statusRow) { r.action = a }) {
				return false
			}
		}
		for d := codes.Duties(1); d <= codes.NeverSend; d <<= 1 {
			if !try(fmt.Sprintf("duty %b flipped", d), func(r *statusRow) { r.duties ^= d }) {
				return false
			}
		}
		if !try("strength", func(r *statusRow) { r.strength = r.strength%codes.Must + 1 }) {
			return false
		}
	}
	return true
}

// rebuild refreshes the tables that are derived from the status table.
func rebuild(code uint16) {
	actions[code], duties[code] = Status(int(code)).Action, Status(int(code)).Duties
}

// phaseOf returns the phase that a cell belongs to.
func phaseOf(side string, cell int) uint8 {
	if side == "client" {
		return uint8(cell / int(clientInputs))
	}
	return uint8(cell / int(serverInputs))
}

// equivalent reports whether a changed guard makes no difference because of the rows before it and
// after it: for every world the cell then does the same.
func equivalent(c cell, r *row, mutated row) bool {
	if mutated.mask == r.mask && mutated.want == r.want {
		return false
	}
	var involved bits
	for i := range c {
		involved |= c[i].mask
	}
	original := *r
	outcome := func(w bits) row {
		chosen := *c.match(w)
		chosen.mask, chosen.want = 0, 0
		return chosen
	}
	for w := involved; ; w = (w - 1) & involved {
		before := outcome(w)
		*r = mutated
		after := outcome(w)
		*r = original
		if before != after {
			return false
		}
		if w == 0 {
			return true
		}
	}
}

// CellName returns phase and event of a cell, as [Row] writes them.
func CellName(side string, cell int) (from, event string) {
	places := clientPlaces
	if side == "server" {
		places = serverPlaces
	}
	places(func(p place) bool {
		from, event = bare(p.from), p.event
		return p.cell != cell
	})
	return from, event
}
