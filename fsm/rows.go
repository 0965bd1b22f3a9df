package fsm

import (
	"iter"
	"strings"
)

// Row is one line of a transition table as data, complete enough to run it: an [Edge], and besides what it requires, makes of its event and changes, word by word.
// Of the rows of a phase and an event the first one counts whose conditions all hold; the last one has none.
//
// Conditions and marks go by the names that guards are written with in docs/states.md.
type Row struct {
	Edge                // Index is -1 for rows that are no edges: those that ignore their event or call it misuse
	Verdict Verdict     // Accepted for edges
	When    []Condition // all must hold; nil always does
	Changes Changes     // besides the phase, and the plan and failure of Edge
}

// Condition is one bit of the world that a guard looks at.
type Condition struct {
	Name string // a fact of the event as [Facts] writes it ("terminated"), a mark of the state ("wait running"), a switch of the configuration ("GET"), or a budget ("replays left")
	Not  bool   // it must not hold
}

// Changes is what a row changes in a state, in this order: first NewConnection, then Clear, then Set, then the rest. Plan and Failure of the [Edge] are recorded too unless they are 0.
type Changes struct {
	NewConnection  bool     // forget all marks but "proxy tried", the counts of interim responses and replays, plan, failure and status
	Clear, Set     []string // marks
	Interim        bool     // one more interim response (server: one more 202)
	Replay         bool     // one more replay (server: one more challenge)
	Redirect       bool     // one more follow-up connection
	Status         uint16   // record this status ...
	StatusOfEvent  bool     // ... or that of the event
	FailureOfEvent bool     // record the failure that the event names, or [FailureMalformed] if it names none
}

// ClientRows iterates over all rows of the client's table: phase by phase, event by event, in the order in which they are tried.
func ClientRows() iter.Seq[Row] { return rowsOf(clientCells, clientMarks) }

// ServerRows iterates over all rows of the server's table, likewise.
func ServerRows() iter.Seq[Row] { return rowsOf(serverCells, serverMarks) }

// ClientColumn returns the name under which [Edge] and [Row] speak of ev, such as "Response(Complete)"; "" if the client knows no such event.
func ClientColumn(ev Event) string {
	if in := clientInputOf(ev); in != 0 {
		return inputText(clientEvent(in))
	}
	return ""
}

// ServerColumn returns the name under which [Edge] and [Row] speak of ev; "" if the server knows no such event.
func ServerColumn(ev Event) string {
	if in := serverInputOf(ev); in != 0 {
		return inputText(serverEvent(in))
	}
	return ""
}

// rowsOf lists the rows of a table.
func rowsOf(cells func(visit func(ref) bool), names markNames) iter.Seq[Row] {
	return func(yield func(Row) bool) {
		cells(func(r ref) bool { return yield(r.written(names)) })
	}
}

// written writes out a row.
func (r ref) written(names markNames) Row {
	e := r.edge()
	if r.row.verdict != Accepted {
		e.Index = -1
	}
	o := r.row.op
	c := Changes{
		NewConnection: o&opNewConnection != 0, Interim: o&opInterim != 0, Replay: o&opReplay != 0, Redirect: o&opRedirect != 0,
		FailureOfEvent: o&opFailureOfEvent != 0, StatusOfEvent: o&opStatus != 0 && r.row.status == statusOfState,
	}
	if o&opStatus != 0 {
		c.Status = r.row.status
	}
	if o&opMarks != 0 {
		c.Clear, c.Set = names.of(r.row.unmark), names.of(r.row.mark)
	}
	return Row{Edge: e, Verdict: r.row.verdict, When: conditionsOf(r.row.mask, r.row.want), Changes: c}
}

// conditionsOf lists a guard in the order of guardText: what must hold, then what must not.
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

// MarkNames returns the names of the marks that a state of the client or the server can carry, in a fixed order.
func MarkNames() (client, server []string) {
	return markNames(clientMarks).of(markGateway<<1 - 1), markNames(serverMarks).of(markKaazing | markOpened)
}

// Marks returns the names of what the state remembers besides its phase, counts and ending, such as "body sent"; the names are those of [MarkNames].
func (s ClientState) Marks() []string { return markNames(clientMarks).of(s.marks) }

// Marks returns the names of what the state remembers besides its phase, counts and ending, likewise.
func (s ServerState) Marks() []string { return markNames(serverMarks).of(s.marks) }

// Deferrals returns how many 202 responses were sent.
func (s ServerState) Deferrals() int { return int(s.count.deferrals) }

// bare strips the side from a phase name.
func bare(phase string) string {
	return strings.TrimPrefix(strings.TrimPrefix(phase, "Client"), "Server")
}
