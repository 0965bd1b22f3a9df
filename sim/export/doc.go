// Package export draws the two state machines of package fsm. Everything in a picture comes from
// the lists of edges; only the place of each phase, and its awaited event in a few words, are
// written here.
//
// The same graph goes into every format. Rows between the same two phases that end alike are one
// link, labelled with their events. Rows that fail come from nearly everywhere, so they are counted
// in the box of their phase and all go through one node, "failing"; rows that give up because the
// application asked to close go through "asked to close".
package export

import (
	"fmt"
	"io"
	"slices"
)

// Machine is a machine to draw.
type Machine uint8

// Machines.
const (
	_      Machine = iota
	Client         // the client
	Server         // the server
	Pair           // both, and the messages between them
)

var machineNames = [...]string{Client: "client", Server: "server", Pair: "pair"}

// Machines returns the names that [ParseMachine] knows.
func Machines() []string { return slices.Clone(machineNames[1:]) }

// ParseMachine returns the machine called name.
func ParseMachine(name string) (Machine, bool) {
	i := slices.Index(machineNames[1:], name)
	return Machine(i + 1), i >= 0
}

// String returns "client", "server" or "pair".
func (m Machine) String() string {
	if m == 0 || int(m) >= len(machineNames) {
		return fmt.Sprintf("Machine(%d)", uint8(m))
	}
	return machineNames[m]
}

// sides returns the machines that m consists of.
func (m Machine) sides() ([]Machine, error) {
	switch m {
	case Client, Server:
		return []Machine{m}, nil
	case Pair:
		return []Machine{Client, Server}, nil
	}
	return nil, fmt.Errorf("cannot draw %s: no such machine", m)
}

// caption is the title of a picture.
func (m Machine) caption() string {
	if m == Pair {
		return "KHP client and server, and the messages between them"
	}
	return "KHP " + m.String() + ": what it waits for and what moves it on"
}

// write writes text made by draw.
func write(w io.Writer, m Machine, draw func([]*graph) string) error {
	sides, err := m.sides()
	if err != nil {
		return err
	}
	var graphs []*graph
	for _, side := range sides {
		g, err := newGraph(side)
		if err != nil {
			return err
		}
		graphs = append(graphs, g)
	}
	_, err = io.WriteString(w, draw(graphs))
	return err
}
