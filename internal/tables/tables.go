// Package tables opens the machines of package fsm to the tools of this module that verify and
// describe them.
package tables

import (
	"example.com/khp/fsm"
	"example.com/khp/internal/inside"
)

// FSM gives access to the tables.
var FSM = fsm.Tools(inside.Key{}).(Machines)

// Machines are the parts of package fsm that only tools see.
type Machines interface {
	// ClientColumn and ServerColumn return the name under which [fsm.Row] speaks of ev, such as
	// "Response(Complete)"; "" if the machine knows no such event.
	ClientColumn(ev fsm.Event) string
	ServerColumn(ev fsm.Event) string

	// MarkNames returns the names of the marks that a state of each side can carry, in a fixed
	// order. ClientMarks and ServerMarks return those of a state.
	MarkNames() (client, server []string)
	ClientMarks(s fsm.ClientState) []string
	ServerMarks(s fsm.ServerState) []string

	// ClientFacts returns the facts that the client looks at when an event like ev happens, in some
	// phase. ServerFacts is the same for the server; for a decision they include the facts that its
	// status code requires. The Facts of ev itself do not matter.
	ClientFacts(ev fsm.Event) fsm.Facts
	ServerFacts(ev fsm.Event) fsm.Facts

	// FieldFacts returns the facts about the fields that some codes require, where has says which
	// of them a response carries.
	FieldFacts(has func(field string) bool) fsm.Facts

	// Alter returns an [Alteration].
	Alter(side string, n int, r fsm.Row) any
}

// Alteration is a table with rows replaced. Checkers step a machine with it to show that they
// notice the mistake. The tables themselves do not change.
type Alteration interface {
	// Client returns cfg with the altered machine, for a whole endpoint that has the mistake.
	Client(cfg fsm.ClientConfig) fsm.ClientConfig
	// Server returns cfg with the altered machine.
	Server(cfg fsm.ServerConfig) fsm.ServerConfig
	// And returns an Alteration with one more row altered, of the same side.
	And(n int, r fsm.Row) any
}

// Alter returns the machine of a side, "client" or "server", with r in the place of row n, as
// [fsm.ClientRows] and [fsm.ServerRows] count. A row that is not there alters nothing.
func Alter(side string, n int, r fsm.Row) Alteration { return FSM.Alter(side, n, r).(Alteration) }

// And returns a with one more row altered.
func And(a Alteration, n int, r fsm.Row) Alteration { return a.And(n, r).(Alteration) }
