package formal

import (
	"slices"
	"strings"

	"example.com/khp/fsm"
	"example.com/khp/internal/tables"
	"example.com/khp/sim/model"
)

// decision is something the server's application may decide.
type decision struct {
	Heeds, Column, Facts string
	Status               int
	Target               bool
	TargetIndex          int
	column               string
	facts                []fsm.Facts
	known                map[string]bool // facts
}

// decisions lists the possible decisions of the server's application, which are those of the
// explorer's.
func decisions() (list []decision) {
	met := []fsm.Facts{fsm.FactSelectionValid, fsm.FactLocation, fsm.FactChallenge,
		fsm.FactProxyChallenge, fsm.FactUpgrade}
	add := func(status, target int, facts []fsm.Facts, only string) {
		d := decision{Status: status, Target: target >= 0, TargetIndex: target, facts: facts,
			known: map[string]bool{}}
		for f := fsm.FactTargetUsable; f <= fsm.FactReroute; f <<= 1 {
			d.known[f.String()] = slices.Contains(facts, f)
		}
		var names []string
		for _, f := range facts {
			names = append(names, factName(f.String()))
		}
		column := tables.FSM.ServerColumn(fsm.Event{Kind: fsm.EventDecided, Status: uint16(status)})
		d.column = column
		d.Column, d.Facts = ident(column), strings.Join(names, " | ")
		d.Heeds = "server_heeds_" + d.Column + only
		list = append(list, d)
	}
	for _, status := range []int{101, 204, 202, 401, 403} {
		add(status, -1, met, "")
	}
	for target := range 4 {
		add(302, target, met, "")
	}
	for target := range 4 {
		add(101, target, append(slices.Clone(met), fsm.FactReroute), "_"+reroute)
	}
	return list
}

// reroute marks a decision that sends a client of the kaazing profile elsewhere.
const reroute = "elsewhere"

// heeded lists when a machine heeds the events that its host may always offer.
func (m *pairModel) heeded(w wording) (list []constant) {
	list = append(list,
		constant{Name: "client_heeds_CloseRequested", Value: w.heeds(model.Client,
			"CloseRequested", nil)},
		constant{Name: "server_heeds_CloseRequested", Value: w.heeds(model.Server,
			"CloseRequested", nil)})
	for _, d := range m.Decisions {
		if slices.ContainsFunc(list, func(c constant) bool { return c.Name == d.Heeds }) {
			continue
		}
		when := w.heeds(model.Server, d.column, d.known)
		if strings.HasSuffix(d.Heeds, reroute) {
			when = "MARKED" + w.and + when // only then the application may
		}
		list = append(list, constant{Name: d.Heeds, Value: when})
	}
	return list
}
