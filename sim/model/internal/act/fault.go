package act

import (
	"slices"
	"strings"
	"sync"

	"example.com/khp/fsm"
	"example.com/khp/internal/tables"
)

// Fault is a mistake in a row of a table that every checker must find: khp explore steps the
// machine with it, and exported models carry it behind a switch. The zero value is none.
type Fault struct {
	Name    string  // for the command line, such as skip-terminator
	Text    string  // the faulty behaviour of the machine
	Catches string  // the property that it breaks
	Side    Side    // whose table
	Pair    bool    // an honest peer suffices to see it, so that exported models carry it
	Row     int     // number of the row, as [fsm.ClientRows] and [fsm.ServerRows] count
	Changed fsm.Row // the row in its place
	Unaided bool    // the oracle is not asked: other properties have to find it

	Altered tables.Alteration
}

// Switch is the name of the fault in exported models, such as SKIP_TERMINATOR.
func (f Fault) Switch() string { return strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_")) }

// StepClient is the step of the client, wrong as f says.
func (f *Fault) StepClient(
	cfg fsm.ClientConfig, s fsm.ClientState, ev fsm.Event,
) (fsm.ClientState, fsm.Effects, fsm.Verdict) {
	if f.Altered == nil {
		return cfg.Step(s, ev)
	}
	return f.Altered.Client(cfg).Step(s, ev)
}

// StepServer is the step of the server, wrong as f says.
func (f *Fault) StepServer(
	cfg fsm.ServerConfig, s fsm.ServerState, ev fsm.Event,
) (fsm.ServerState, fsm.Effects, fsm.Verdict) {
	if f.Altered == nil {
		return cfg.Step(s, ev)
	}
	return f.Altered.Server(cfg).Step(s, ev)
}

// Faults returns all faults, in the order in which they are named to the user. A fault whose row is
// gone is left out, which a test notices.
func Faults() []Fault { return slices.Clone(faults()) }

// FaultNamed returns the fault called name.
func FaultNamed(name string) (Fault, bool) {
	i := slices.IndexFunc(faults(), func(f Fault) bool { return f.Name == name })
	if i < 0 {
		return Fault{}, false
	}
	return faults()[i], true
}

var faults = sync.OnceValue(func() (list []Fault) {
	rows := map[Side][]fsm.Row{Client: slices.Collect(fsm.ClientRows()),
		Server: slices.Collect(fsm.ServerRows())}
	for _, m := range Mistakes {
		n := slices.IndexFunc(rows[m.side], func(r fsm.Row) bool { return r.ID == m.id })
		if n < 0 {
			continue
		}
		changed := rows[m.side][n]
		if m.change == nil {
			n-- // the edge takes the place of the row before it
		} else {
			m.change(&changed)
		}
		list = append(list, Fault{m.name, m.text, m.catches, m.side, m.pair, n, changed, false,
			tables.Alter(m.side.String(), n, changed)})
	}
	return list
})

// OracleID is the id of the property that every step is the one that the requirements say, as the
// oracle reads them.
const OracleID = "ORACLE"
