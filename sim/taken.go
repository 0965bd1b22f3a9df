package sim

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"example.com/khp/fsm"
)

// Taken is one step of the way to a violation, and where in the transition tables it stands.
type Taken struct {
	Action
	Edge  int   // index among the edges of the machine that acts, -1 if none was taken: the cell ignores the event or calls it misuse
	Phase uint8 // of the machine that acts, before the step; 0 for the network
}

// taken is what stays of a step.
func (s *Step[S]) taken() Taken { return Taken{s.Action, max(s.Client, s.Server), s.Phase} }

// Row is the id of the row of the table that was taken, such as reading/complete/open; "-" if none was.
func (t Taken) Row() string {
	if e, ok := t.edge(); ok {
		return e.ID
	}
	return "-"
}

// Cell says which cell of which file the step went through, and what the row that was taken does there; "" for the network.
func (t Taken) Cell() string {
	if t.Side != Client && t.Side != Server || t.Phase == 0 {
		return ""
	}
	table := fmt.Sprintf("fsm/%s_table.go", t.Side)
	e, ok := t.edge()
	if !ok {
		return fmt.Sprintf("-: %s %s on %s does nothing, in %s", t.Side, t.phase(), t.column(), table)
	}
	text := fmt.Sprintf("%s: %s %s on %s", e.ID, t.Side, e.From, e.Event)
	if e.Guard != "" {
		text += " if " + e.Guard
	}
	if e.To != e.From {
		text += " goes to " + e.To
	}
	return text + ", in " + table
}

func (t Taken) edge() (fsm.Row, bool) {
	edges := map[Side]func() iter.Seq[fsm.Row]{Client: fsm.ClientEdges, Server: fsm.ServerEdges}[t.Side]
	if edges == nil || t.Edge < 0 {
		return fsm.Row{}, false
	}
	for e := range edges() {
		if e.Index == t.Edge {
			return e, true
		}
	}
	return fsm.Row{}, false
}

// phase is the name of the phase without its side.
func (t Taken) phase() string {
	if t.Side == Server {
		return bare(fsm.ServerPhase(t.Phase))
	}
	return bare(fsm.ClientPhase(t.Phase))
}

// bare is the name of a phase without its side.
func bare(phase fmt.Stringer) string {
	return strings.TrimPrefix(strings.TrimPrefix(phase.String(), "Client"), "Server")
}

// column is the name of the event as tables have it.
func (t Taken) column() string {
	if t.Side == Server {
		return fsm.ServerColumn(t.Event)
	}
	return fsm.ClientColumn(t.Event)
}

// cellsNamed is how many of the last steps a violation names the cells of.
const cellsNamed = 3

// Cells names the cells of the last steps, the very last one first: that is where to look.
func (v Violation) Cells() (list []string) {
	for _, t := range slices.Backward(v.Path) {
		if c := t.Cell(); c != "" && len(list) < cellsNamed && !slices.Contains(list, c) {
			list = append(list, c)
		}
	}
	return list
}
