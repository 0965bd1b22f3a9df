package fsm

import (
	"iter"
	"strings"

	"example.com/khp/internal/inside"
)

// Row is one line of a transition table as data, complete enough to run it: in a phase, on an
// event, if a guard holds. Of the rows of a phase and an event the first one counts whose guard
// holds; the last one has none. Pictures, exports, documents and the explorer read rows; nothing
// else moves a machine.
//
// A row that is taken is an edge. The others ignore their event or call it misuse: they change
// nothing and have no id.
type Row struct {
	Index int // position among the edges, from 0; -1 for rows that are none
	// ID names an edge, such as "reading/401/ask-credentials", and is unique within a machine.
	ID    string
	From  string      // phase, without the side's prefix
	Event string      // in words, such as "Response(Complete)" or "TimerExpired(Wait)"
	Guard string      // the conditions in words, "" for none
	When  []Condition // the same as a list: all must hold
	To    string      // phase afterwards
	// In order; a status or failure of 0 is taken from the state, close code 1 is that of the
	// recorded failure, close code 0 the application's or an answer's.
	Effects []Effect
	Failure Failure // recorded, 0 if none
	Plan    Plan    // recorded, 0 if none
	Reqs    string  // requirement ids, blank-separated
	Verdict Verdict // Accepted for edges
	Changes Changes // other changes of the state
}

// Condition is one bit of the world that a guard looks at.
type Condition struct {
	// A fact of the event as [Facts] writes it ("terminated"), a mark of the state ("wait
	// running"), a switch of the configuration ("GET"), or a budget ("replays left")
	Name string
	Not  bool // it must not hold
}

// Changes lists the changes of a row to the state, in this order: first NewConnection, then Clear,
// then Set, then the rest. Plan and Failure of the [Row] are recorded too unless they are 0.
type Changes struct {
	// Forget all marks but "proxy tried", the counts of interim responses and replays, plan,
	// failure and status.
	NewConnection bool
	Clear, Set    []string // marks
	Interim       bool     // one more interim response (server: one more 202)
	Replay        bool     // one more replay (server: one more challenge)
	Redirect      bool     // one more follow-up connection
	Status        uint16   // record this status ...
	StatusOfEvent bool     // ... or that of the event
	// Record the failure that the event names, or [FailureMalformed] if it names none.
	FailureOfEvent bool
}

// ClientRows iterates over all rows of the client's table: phase by phase, event by event, in the
// order in which they are tried.
func ClientRows() iter.Seq[Row] { return rowsOf(clientPlaces) }

// ServerRows iterates over all rows of the server's table, in the same order.
func ServerRows() iter.Seq[Row] { return rowsOf(serverPlaces) }

// rowsOf lists the rows of a table.
func rowsOf(places func(visit func(place) bool)) iter.Seq[Row] {
	return func(yield func(Row) bool) {
		places(func(p place) bool { return yield(p.written()) })
	}
}

// written writes out the row of a place.
func (p place) written() Row {
	r := p.row
	out := Row{
		Index: -1, ID: r.id, From: bare(p.from), Event: p.event, Guard: guardText(r.mask, r.want),
		When: conditionsOf(r.mask, r.want), To: bare(p.from),
		Effects: append([]Effect(nil), r.effects[:min(int(r.n), inside.MaxEffects)]...),
		Failure: r.failure, Plan: r.plan, Reqs: r.reqs, Verdict: r.verdict,
		Changes: Changes{
			NewConnection: r.op&opNewConnection != 0, Interim: r.op&opInterim != 0,
			Replay: r.op&opReplay != 0, Redirect: r.op&opRedirect != 0,
			FailureOfEvent: r.op&opFailureOfEvent != 0,
			StatusOfEvent:  r.op&opStatus != 0 && r.status == statusOfState,
		},
	}
	if r.verdict == Accepted {
		out.Index = int(r.index)
	}
	if r.next != 0 {
		out.To = bare(p.phase(r.next))
	}
	if r.op&opStatus != 0 {
		out.Changes.Status = r.status
	}
	if r.op&opMarks != 0 {
		out.Changes.Clear, out.Changes.Set = p.marks.of(r.unmark), p.marks.of(r.mark)
	}
	return out
}

// conditionsOf lists a guard in the order of guardText: first the bits that must be set, then those
// that must not.
func conditionsOf(mask, want bits) (list []Condition) {
	for b := bits(1); b != 0; b <<= 1 {
		if want&b != 0 {
			list = append(list, Condition{Name: bitNames[b]})
		}
	}
	for b := bits(1); b != 0; b <<= 1 {
		if mask&^want&b != 0 {
			list = append(list, Condition{Name: bitNames[b], Not: true})
		}
	}
	return list
}

// String returns the condition as guards write it, such as "not terminated".
func (c Condition) String() string {
	if c.Not {
		return "not " + c.Name
	}
	return c.Name
}

// markNames name the marks of a state. They are conditions too, so they share their names.
type markNames func(marks) string

func clientMarks(m marks) string { return bitNames[bits(m)<<condMarks] }

func serverMarks(m marks) string {
	if m == markKaazing {
		return bitNames[kaazing]
	}
	return clientMarks(m)
}

// of lists the names of the marks in m.
func (n markNames) of(m marks) (list []string) {
	for b := marks(1); b <= markOpened; b <<= 1 {
		if m&b != 0 {
			list = append(list, n(b))
		}
	}
	return list
}

// bare strips the side from a phase name.
func bare(phase string) string {
	return strings.TrimPrefix(strings.TrimPrefix(phase, "Client"), "Server")
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

// clientPlaces visits every row of the client's table, in the order of phases and inputs, until
// visit returns false.
func clientPlaces(visit func(place) bool) {
	name := func(p uint8) string { return ClientPhase(p).String() }
	places(clientTable[:], func(in uint8) Event { return clientEvent(clientInput(in)) }, name,
		clientMarks, visit)
}

// serverPlaces visits every row of the server's table, likewise.
func serverPlaces(visit func(place) bool) {
	name := func(p uint8) string { return ServerPhase(p).String() }
	places(serverTable[:], func(in uint8) Event { return serverEvent(serverInput(in)) }, name,
		serverMarks, visit)
}

// places visits the rows of a table.
func places[T [clientInputs]cell | [serverInputs]cell](table []T, event func(uint8) Event,
	phase func(uint8) string, marks markNames, visit func(place) bool) {
	for p := 1; p < len(table); p++ {
		for in := 1; in < len(table[p]); in++ {
			c := table[p][in]
			for i := range c {
				if !visit(place{phase(uint8(p)), inputText(event(uint8(in))), &c[i],
					p*len(table[p]) + in, c, phase, marks}) {
					return
				}
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
