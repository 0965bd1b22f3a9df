package formal

import (
	"bytes"
	"embed"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/template"

	"example.com/khp/fsm"
	"example.com/khp/sim/export"
	"example.com/khp/sim/model"
)

//go:embed tla/*.tla
var tlaFiles embed.FS

// tlaWords write conditions on records and sets.
var tlaWords = wording{
	and: ` /\ `, or: ` \/ `, not: "~", never: "FALSE", less: " < ",
	fact: func(name string) string { return "(" + quoted(name) + ` \in ev.facts)` },
	mark: func(side model.Side, name string) string {
		return "(" + quoted(name) + ` \in ` + prefix(side) + ".marks)"
	},
	count: func(side model.Side, name string) string { return prefix(side) + "." + name },
	phase: func(side model.Side, phase string) string {
		return prefix(side) +
			".phase = " + quoted(phase)
	},
}

// tlaModel is the data of the templates of the TLA+ module.
type tlaModel struct {
	*pairModel
	Completes, Continues, Waits, Replays, Redirects string // sets of statuses
	ResponseOf                                      string
	Ordered                                         []orderedProperty
	Decisions                                       []tlaDecision
}

type orderedProperty struct{ Name, ID, Text string }

type tlaDecision struct {
	Heeds, When, Column, Facts, Target string
	Status                             int
}

// TLA writes the pair as a TLA+ module for the model checker TLC, with the same machines,
// surroundings and properties as [Promela]. Only [Pair] can be written. [TLAConfig] writes the
// configuration that TLC needs, too.
func TLA(w io.Writer, m export.Machine) error {
	if m != export.Pair {
		return fmt.Errorf("cannot write the %s alone as a model: it needs somebody to talk to; "+
			"write the pair", m)
	}
	data := newTLAModel()
	files, err := template.ParseFS(tlaFiles, "tla/*.tla")
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := files.ExecuteTemplate(&b, "1_state.tla", data); err != nil {
		return err
	}
	for _, side := range []model.Side{model.Client, model.Server} {
		b.WriteString(tlaMachine(side))
	}
	for _, name := range []string{"3_orders.tla", "4_events.tla"} {
		if err := files.ExecuteTemplate(&b, name, data); err != nil {
			return err
		}
	}
	_, err = w.Write(b.Bytes())
	return err
}

// TLAConfig writes the configuration for the module that [TLA] writes: bounds, switches and the
// properties to check.
func TLAConfig(w io.Writer) error {
	var b strings.Builder
	b.WriteString("\\* Bounds, switches and properties of pair.tla. Written by \"khp graph pair " +
		"--format tla-config\"; copy it to try other bounds.\nSPECIFICATION Spec\n\nCONSTANTS\n")
	for _, s := range settings {
		fmt.Fprintf(&b, "  %s = %s \\* %s\n", s.Name, tlaValue(s), s.Text)
	}
	b.WriteString("  FAULT = \"none\" \\* name of a seeded fault\n\nINVARIANTS\n")
	for _, name := range tlaInvariants() {
		b.WriteString("  " + name + "\n")
	}
	b.WriteString("\nPROPERTIES\n  EveryRunEnds\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// tlaOwn are properties that the module defines with more than the orders; others are only about
// orders.
var tlaOwn = []string{"INV_02", "INV_03", "INV_05", "INV_42", "INV_50", "LIV_01", "LIV_06", "BOUND"}

// tlaInvariants are the names of all invariants.
func tlaInvariants() (names []string) {
	for _, p := range properties {
		switch {
		case slices.Contains(tlaOwn, p.Name):
			names = append(names, p.Name)
		case p.Name != "LIV_09": // a deadlock
			names = append(names, p.Name+"_order")
		}
	}
	return names
}

// tlaValue is the value of a setting: a number for bounds, TRUE or FALSE for switches.
func tlaValue(s constant) string {
	switch {
	case strings.HasPrefix(s.Name, "MAX_"):
		return s.Value
	case s.Value == "1":
		return "TRUE"
	}
	return "FALSE"
}

func newTLAModel() tlaModel {
	m := tlaModel{pairModel: newModel()}
	m.Heeded = m.heeded(tlaWords)
	m.Settings = append(slices.Clone(m.Settings),
		constant{Name: "FAULT", Text: "name of a seeded fault"})
	set := func(name string) string { return listed(actionStatuses()[name]) }
	m.Completes, m.Continues, m.Waits, m.Replays, m.Redirects = set("completes"), set("continues"),
		set("waits"), set("replays"), set("redirects")
	var b strings.Builder
	b.WriteString("\\* The event that a response with this status is for the client.\n" +
		"ResponseOf(status) ==\n  CASE ")
	for _, c := range statusesOf(model.Client, fsm.EventResponse) {
		if c.column != closeColumn {
			fmt.Fprintf(&b, "status \\in {%s} -> %s\n    [] ",
				listed(c.codes), quoted(c.column))
		}
	}
	fmt.Fprintf(&b, "OTHER -> %s\n", quoted(closeColumn))
	m.ResponseOf = b.String()
	for _, p := range properties {
		if p.Name != "LIV_09" && p.Name != "LIV_01" && p.Name != "LIV_06" && p.Name != "BOUND" &&
			p.Name != "INV_50" {
			m.Ordered = append(m.Ordered, orderedProperty{p.Name,
				strings.ReplaceAll(p.Name, "_", "-"), p.Text})
		}
	}
	for _, d := range m.pairModel.Decisions {
		t := tlaDecision{Heeds: d.Heeds, Column: d.column, Status: d.Status, Facts: "Met", Target: "{}"}
		if slices.Contains(d.facts, fsm.FactReroute) {
			t.Facts = `Met \cup {` + quoted(fsm.FactReroute.String()) + "}"
		}
		if d.Target {
			if d.TargetIndex > 0 {
				continue // one of them stands for all
			}
			t.Target, t.When = "target", `\E target \in Targets : `
		}
		m.Decisions = append(m.Decisions, t)
	}
	return m
}

// listed writes numbers as the elements of a set.
func listed(codes []int) string {
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(codes), "[]"), " ", ", ")
}

func quoted(s string) string { return `"` + s + `"` }
