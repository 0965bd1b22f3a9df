package fsm

import "example.com/khp/internal/inside"

// Tools opens the tables to the tools of this module that verify them. No other package can make a
// key.
func Tools(inside.Key) any { return tools{} }

// tools has the methods of [example.com/khp/internal/tables.Machines].
type tools struct{}

// ClientColumn returns the name under which [Row] speaks of ev, such as "Response(Complete)"; "" if
// the client knows no such event.
func (tools) ClientColumn(ev Event) string {
	if in := clientInputOf(ev); in != 0 {
		return inputText(clientEvent(in))
	}
	return ""
}

// ServerColumn returns the name under which [Row] speaks of ev; "" if the server knows no such
// event.
func (tools) ServerColumn(ev Event) string {
	if in := serverInputOf(ev); in != 0 {
		return inputText(serverEvent(in))
	}
	return ""
}

// MarkNames returns the names of the marks that a state of the client or the server can carry, in a
// fixed order.
func (tools) MarkNames() (client, server []string) {
	return markNames(clientMarks).of(markGateway<<1 - 1),
		markNames(serverMarks).of(markKaazing | markOpened)
}

// ClientMarks returns the names of the marks of the state, such as "body sent", in the order of
// MarkNames.
func (tools) ClientMarks(s ClientState) []string { return markNames(clientMarks).of(s.marks) }

// ServerMarks is ClientMarks for the server.
func (tools) ServerMarks(s ServerState) []string { return markNames(serverMarks).of(s.marks) }

// factBits are the bits of a guard that are facts.
const factBits = bits(^Facts(0))

// ClientFacts returns the facts that the client looks at when an event like ev happens, in some
// phase: a host finds these, and others change nothing. The Facts of ev itself do not matter. They
// come from the guards of the table; docs/facts.md lists them for all events.
func (tools) ClientFacts(ev Event) (facts Facts) {
	in := clientInputOf(ev)
	for p := range clientTable {
		facts |= clientTable[p][in].facts()
	}
	return facts
}

// ServerFacts is ClientFacts for the server. For a decision, they include the facts that its status
// code requires: without those the decision is misuse.
func (tools) ServerFacts(ev Event) (facts Facts) {
	in := serverInputOf(ev)
	for p := range serverTable {
		c := serverTable[p][in]
		facts |= c.facts()
		if ev.Kind == EventDecided && c.mask()&obligationsMet != 0 {
			for _, n := range needs {
				if dutiesOf(ev.Status)&n.duty != 0 {
					facts |= n.fact
				}
			}
		}
	}
	return facts
}

// mask returns the bits that the guards of a cell look at.
func (c cell) mask() (m bits) {
	for i := range c {
		m |= c[i].mask
	}
	return m
}

func (c cell) facts() Facts { return Facts(c.mask() & factBits) }

// FieldFacts returns the facts about the fields that some codes require, where has says which of
// them a response carries.
func (tools) FieldFacts(has func(field string) bool) (facts Facts) {
	for _, n := range needs {
		if has != nil && has(n.duty.Fields()[0]) {
			facts |= n.fact
		}
	}
	return facts
}

// Alter returns an [alteration].
func (tools) Alter(side string, n int, r Row) any { return alter(side, n, r) }
