package spin

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"example.com/khp/sim/explore"
	"example.com/khp/sim/model"
)

// Explored is the result of the explorer for a model.
type Explored struct {
	Variables []string        // in the order of the values of a state
	States    map[string]bool // values separated by blanks
	Start     string          // the first state
	Report    model.Report
}

// Explore has the explorer visit every state of m, and notes each.
func Explore(m model.Honest) (Explored, error) {
	x := Explored{States: map[string]bool{}}
	sys := m.System()
	for name := range sys.Start().Vars() {
		x.Variables = append(x.Variables, name)
	}
	var mu sync.Mutex
	note := func(p model.Pair) bool {
		state := written(p)
		mu.Lock()
		defer mu.Unlock()
		x.States[state] = true
		return true
	}
	props := m.Properties()
	props.Always = append(props.Always,
		explore.Property[model.Pair]{ID: "NOTED", Text: "every state is noted", Holds: note})
	var err error
	x.Start = written(sys.Start())
	x.Report, err = explore.Explore(sys, props, explore.Options{})
	return x, err
}

// written writes the values of a state.
func written(p model.Pair) string {
	var b strings.Builder
	for _, value := range p.Vars() {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(strconv.Itoa(value))
	}
	return b.String()
}

// phases returns the phases of both machines in a state.
func (x Explored) phases(state string) string {
	values := strings.Fields(state)
	return values[slices.Index(x.Variables, "c_phase")] + " " +
		values[slices.Index(x.Variables, "s_phase")]
}
