// Package act has the actions of an exploration, one event of one machine at a time, and the faults
// that are seeded into machines to see them found.
package act

import (
	"fmt"
	"slices"
	"strings"

	"example.com/khp/fsm"
	"example.com/khp/internal/tables"
)

// Side is the machine that acts.
type Side uint8

// Sides.
const (
	Client Side = iota + 1
	Server
	Network
)

// String returns "client", "server" or "network".
func (s Side) String() string {
	switch s {
	case Client:
		return "client"
	case Server:
		return "server"
	case Network:
		return "network"
	}
	return "nobody"
}

// Action is one thing that happens in an exploration: an event of one machine, or of the network.
type Action struct {
	Side  Side
	Event fsm.Event
	Cut   bool  // the network drops everything under way
	Phase uint8 // of the machine that acts, before the step; 0 for the network
	// Index is that of the edge it takes, as package fsm counts; -1 if the cell ignores the event
	// or calls it misuse.
	Index int16
}

// String names the side and the event, for example "client: Response 302 (TargetUsable)".
func (a Action) String() string {
	if a.Cut {
		return "network: cut"
	}
	s := a.Side.String() + ": " + strings.TrimPrefix(a.Event.Kind.String(), "Event")
	if a.Event.Timer != 0 {
		s += " " + strings.TrimPrefix(a.Event.Timer.String(), "Timer")
	}
	if a.Event.Failure != 0 {
		s += " " + strings.TrimPrefix(a.Event.Failure.String(), "Failure")
	}
	if a.Event.Status != 0 {
		s += fmt.Sprintf(" %d", a.Event.Status)
	}
	if a.Event.Facts != 0 {
		s += " (" + a.Event.Facts.String() + ")"
	}
	return s
}

// Row is the id of the row of the table that was taken, such as reading/complete/open; "-" if none
// was.
func (a Action) Row() string {
	if e, ok := a.edge(); ok {
		return e.ID
	}
	return "-"
}

// Cell names the file and the cell of the step, and describes the row that was taken; "" for the
// network.
func (a Action) Cell() string {
	if a.Side != Client && a.Side != Server || a.Phase == 0 {
		return ""
	}
	table := fmt.Sprintf("fsm/%s_table.go", a.Side)
	e, ok := a.edge()
	if !ok {
		return fmt.Sprintf("-: %s %s on %s does nothing, in %s", a.Side, a.phase(), a.column(), table)
	}
	text := fmt.Sprintf("%s: %s %s on %s", e.ID, a.Side, e.From, e.Event)
	if e.Guard != "" {
		text += " if " + e.Guard
	}
	if e.To != e.From {
		text += " goes to " + e.To
	}
	return text + ", in " + table
}

func (a Action) edge() (fsm.Row, bool) {
	if list := EdgesOf(a.Side); a.Index >= 0 && int(a.Index) < len(list) {
		return list[a.Index], true
	}
	return fsm.Row{}, false
}

// EdgesOf returns the edges of a side's table.
func EdgesOf(s Side) []fsm.Row {
	rows := fsm.ClientRows()
	if s == Server {
		rows = fsm.ServerRows()
	}
	return slices.DeleteFunc(slices.Collect(rows),
		func(r fsm.Row) bool { return s == Network || r.Index < 0 })
}

// ClientEdges and serverEdges are how many edges the tables have.
var ClientEdges, serverEdges = len(EdgesOf(Client)), len(EdgesOf(Server))

func EdgeCount() int { return ClientEdges + serverEdges }

// Edge numbers the edges of both tables together, those of the client first.
func (a Action) Edge() int {
	if a.Side == Server && a.Index >= 0 {
		return ClientEdges + int(a.Index)
	}
	return int(a.Index)
}

// phase is the name of the phase without its side.
func (a Action) phase() string {
	if a.Side == Server {
		return Bare(fsm.ServerPhase(a.Phase))
	}
	return Bare(fsm.ClientPhase(a.Phase))
}

// Bare is the name of a phase without its side.
func Bare(phase fmt.Stringer) string {
	return strings.TrimPrefix(strings.TrimPrefix(phase.String(), "Client"), "Server")
}

// column is the name of the event as tables have it.
func (a Action) column() string {
	if a.Side == Server {
		return tables.FSM.ServerColumn(a.Event)
	}
	return tables.FSM.ClientColumn(a.Event)
}
