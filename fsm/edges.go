package fsm

import (
	"iter"
	"strings"
)

// ClientEdges iterates over the rows of the client that are edges, in the order of their index.
func ClientEdges() iter.Seq[Row] { return edgesOf(clientEdges) }

// ServerEdges iterates over the edges of the server, phase by phase.
func ServerEdges() iter.Seq[Row] { return edgesOf(serverEdges) }

// Edge returns the index of the edge that Step takes for ev in s, -1 if it takes none.
func (cfg ClientConfig) Edge(s ClientState, ev Event) int {
	in := clientInputOf(ev)
	if in == 0 || s.phase == 0 || s.phase >= clientPhases || cfg.Profile-1 >= ProfileAuto {
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

// place is where a row stands.
type place struct {
	from, event string
	row         *row
	cell        int  // number of the cell: phase times inputs plus input
	table       cell // the cell itself
	phase       func(uint8) string
	marks       markNames
}

// The edges of both machines, numbered when the package is initialised.
var (
	clientEdges = number(clientPlaces)
	serverEdges = number(serverPlaces)
)

// clientPlaces visits every row of the client's table, in the order of phases and inputs, until
// visit returns false.
func clientPlaces(visit func(place) bool) {
	name := func(p uint8) string { return ClientPhase(p).String() }
	places(clientTable[:], func(in uint8) Event { return clientEvent(clientInput(in)) }, name, clientMarks, visit)
}

// serverPlaces visits every row of the server's table, likewise.
func serverPlaces(visit func(place) bool) {
	name := func(p uint8) string { return ServerPhase(p).String() }
	places(serverTable[:], func(in uint8) Event { return serverEvent(serverInput(in)) }, name, serverMarks, visit)
}

// places visits the rows of a table.
func places[T [clientInputs]cell | [serverInputs]cell](table []T, event func(uint8) Event, phase func(uint8) string, marks markNames, visit func(place) bool) {
	for p := 1; p < len(table); p++ {
		for in := 1; in < len(table[p]); in++ {
			c := table[p][in]
			for i := range c {
				if !visit(place{phase(uint8(p)), inputText(event(uint8(in))), &c[i], p*len(table[p]) + in, c, phase, marks}) {
					return
				}
			}
		}
	}
}

// number collects the rows that are edges and gives each its index.
func number(places func(visit func(place) bool)) (list []place) {
	places(func(p place) bool {
		if p.row.verdict == Accepted {
			p.row.index = uint16(len(list))
			list = append(list, p)
		}
		return true
	})
	return list
}

func edgesOf(list []place) iter.Seq[Row] {
	return func(yield func(Row) bool) {
		for i, p := range list {
			r := p.written()
			r.Index = i
			if !yield(r) {
				return
			}
		}
	}
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
