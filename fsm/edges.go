package fsm

import (
	"iter"
	"strings"
)

// Edge is one row of a transition table: what happens in a phase on an event if a guard holds. Pictures, exports, documents and the explorer read
// edges; nothing else moves a machine.
type Edge struct {
	Index   int      // position in the list, from 0
	ID      string   // as docs/states.md numbers it; several rows may share one
	From    string   // phase, without the side's prefix
	Event   string   // what happens, such as "Response(Complete)" or "TimerExpired(Wait)"
	Guard   string   // conditions, "" for none; the first edge of a phase and event whose guard holds is taken
	To      string   // phase afterwards
	Effects []Effect // in order; a status or failure of 0 is taken from the state, close code 1 is that of the recorded failure, close code 0 the application's or an answer's
	Failure Failure  // recorded, 0 if none
	Plan    Plan     // recorded, 0 if none
	Reqs    string   // requirement ids, blank-separated
}

// ClientEdges iterates over the edges of the client, phase by phase.
func ClientEdges() iter.Seq[Edge] { return edgesOf(clientEdges) }

// ServerEdges iterates over the edges of the server, phase by phase.
func ServerEdges() iter.Seq[Edge] { return edgesOf(serverEdges) }

// Edge returns the index of the edge that Step takes for ev in s, -1 if it takes none.
func (cfg ClientConfig) Edge(s ClientState, ev Event) int {
	in := clientInputOf(ev)
	if in == 0 || s.phase == 0 || s.phase >= clientPhases || cfg.Profile == 0 {
		return -1
	}
	return indexOf(clientTable[s.phase][in].match(cfg.world(s, ev.Facts)))
}

// Edge returns the index of the edge that Step takes for ev in s, -1 if it takes none.
func (cfg ServerConfig) Edge(s ServerState, ev Event) int {
	in := serverInputOf(ev)
	if in == 0 || s.phase == 0 || s.phase >= serverPhases {
		return -1
	}
	return indexOf(serverTable[s.phase][in].match(cfg.world(s, ev)))
}

func indexOf(r *row) int {
	if r.verdict != Accepted {
		return -1
	}
	return int(r.index)
}

// ref is an edge before it is written out.
type ref struct {
	from, event string
	row         *row
	cell        int  // number of the cell: phase times inputs plus input
	table       cell // the cell itself
	to          func(phase uint8) string
}

// Both lists of edges, numbered when the package is initialised.
var (
	clientEdges = number(clientCells)
	serverEdges = number(serverCells)
)

// clientCells visits every row of the client's table, in the order of phases and inputs, until visit returns false.
func clientCells(visit func(ref) bool) {
	name := func(n uint8) string { return ClientPhase(n).String() }
	for p := ClientIdle; p < clientPhases; p++ {
		for in := onConnect; in < clientInputs; in++ {
			if !rowsOfCell(p.String(), inputText(clientEvent(in)), int(p)*int(clientInputs)+int(in), clientTable[p][in], name, visit) {
				return
			}
		}
	}
}

// serverCells visits every row of the server's table, likewise.
func serverCells(visit func(ref) bool) {
	name := func(n uint8) string { return ServerPhase(n).String() }
	for p := ServerOpening; p < serverPhases; p++ {
		for in := byOpeningRequest; in < serverInputs; in++ {
			if !rowsOfCell(p.String(), inputText(serverEvent(in)), int(p)*int(serverInputs)+int(in), serverTable[p][in], name, visit) {
				return
			}
		}
	}
}

// rowsOfCell visits the rows of one cell; false ends.
func rowsOfCell(from, event string, number int, c cell, to func(uint8) string, visit func(ref) bool) bool {
	for i := range c {
		if !visit(ref{from, event, &c[i], number, c, to}) {
			return false
		}
	}
	return true
}

// number collects the rows that are edges and gives each its index.
func number(cells func(visit func(ref) bool)) (list []ref) {
	cells(func(r ref) bool {
		if r.row.verdict == Accepted {
			r.row.index = uint16(len(list))
			list = append(list, r)
		}
		return true
	})
	return list
}

func edgesOf(list []ref) iter.Seq[Edge] {
	return func(yield func(Edge) bool) {
		for i, r := range list {
			e := r.edge()
			e.Index = i
			if !yield(e) {
				return
			}
		}
	}
}

// edge writes out the part of a row that edges show.
func (r ref) edge() Edge {
	e := Edge{
		Index: int(r.row.index), ID: r.row.id, From: bare(r.from), Event: r.event, Guard: guardText(r.row.mask, r.row.want), To: bare(r.from),
		Failure: r.row.failure, Plan: r.row.plan, Reqs: r.row.reqs,
	}
	if r.row.next != 0 {
		e.To = bare(r.to(r.row.next))
	}
	e.Effects = append(e.Effects, r.row.effects[:min(int(r.row.n), MaxEffects)]...)
	return e
}

// clientEvent returns an event that falls into column in.
func clientEvent(in clientInput) Event {
	return eventWhere(EventResponse, func(ev Event) bool { return clientInputOf(ev) == in })
}

// serverEvent returns an event that falls into column in.
func serverEvent(in serverInput) Event {
	return eventWhere(EventDecided, func(ev Event) bool { return serverInputOf(ev) == in })
}

// eventWhere searches kinds, timers and one status per action.
func eventWhere(withStatus EventKind, fits func(Event) bool) Event {
	for k := EventConnectRequested; k <= EventApplicationFailed; k++ {
		if ev := (Event{Kind: k}); k != withStatus && k != EventTimerExpired && fits(ev) {
			return ev
		}
	}
	for t := TimerOpening; t <= TimerReplay; t++ {
		if ev := (Event{Kind: EventTimerExpired, Timer: t}); fits(ev) {
			return ev
		}
	}
	for _, r := range statusTable {
		if ev := (Event{Kind: withStatus, Status: r.code}); fits(ev) {
			return ev
		}
	}
	return Event{}
}

// inputText names the column that ev falls into.
func inputText(ev Event) string {
	name := strings.TrimPrefix(ev.Kind.String(), "Event")
	switch {
	case ev.Kind == EventTimerExpired:
		name += "(" + strings.TrimPrefix(ev.Timer.String(), "Timer") + ")"
	case ev.Status != 0:
		name += "(" + strings.TrimPrefix(actionOf(ev.Status).String(), "Action") + ")"
	}
	return name
}
