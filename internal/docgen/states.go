package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"example.com/khp/fsm"
	"example.com/khp/sim/export"
)

// anchor is the name under which a page links to a row: its machine and id.
func anchor(m export.Machine, r fsm.Row) string {
	return m.String() + "-" + strings.ReplaceAll(r.ID, "/", "-")
}

// rowOf returns a link to the first row of a phase, event and next phase.
func rowOf(m export.Machine, phase, event, to string) (string, error) {
	for _, e := range export.Edges(m) {
		if e.From == phase && e.Event == event && e.To == to {
			return fmt.Sprintf("[%s](#%s)", e.ID, anchor(m, e)), nil
		}
	}
	return "", fmt.Errorf("the %s has no row from %s to %s on %s, "+
		"which the introduction of states.md points at", m, phase, to, event)
}

func statesPage() (string, error) {
	var b bytes.Buffer
	accepted, err := rowOf(export.Client, "Reading", "Response(Wait)", "AwaitResponse")
	if err != nil {
		return "", err
	}
	cut, err := rowOf(export.Client, "AwaitResponse", "ConnectionLost", "Failed")
	if err != nil {
		return "", err
	}
	line(&b, statesText, accepted, cut)
	for _, m := range []export.Machine{export.Client, export.Server} {
		phaseTables(&b, m)
	}
	return b.String(), nil
}

// phaseTables writes all rows of a machine.
func phaseTables(b *bytes.Buffer, m export.Machine) {
	edges := export.Edges(m)
	line(b, "\n## %s\n\n%d rows in %d phases.",
		strings.ToUpper(m.String()[:1])+m.String()[1:], len(edges), len(export.Phases(m)))
	for _, p := range export.Phases(m) {
		line(b, "\n### <a id=\"%s\"></a>%s %s",
			phaseAnchor(m, p.Name), strings.ToUpper(m.String()[:1])+m.String()[1:], p.Name)
		rows := slices.DeleteFunc(slices.Clone(edges), func(e fsm.Row) bool { return e.From != p.Name })
		line(b, "\nGroup: %s. %s.", p.Group, waits(p.Awaits))
		if len(rows) == 0 {
			line(b, "No row leads out of it.")
			continue
		}
		line(b, "\n| event | guard | next phase | effects | id | requirements |\n"+
			"|---|---|---|---|---|---|")
		for i, e := range rows {
			event := "`" + e.Event + "`"
			if codes := export.Codes(m, e.Event); codes != "" {
				event += " " + codes
			}
			guard := e.Guard
			if guard == "" && i > 0 && rows[i-1].Event == e.Event {
				guard = "*otherwise*"
			}
			next := "*stays*"
			if e.To != e.From {
				next = fmt.Sprintf("[%s](#%s)", e.To, phaseAnchor(m, e.To))
			}
			effects := export.EffectsText(e)
			if effects == "" {
				effects = "none"
			}
			line(b, "| %s | %s | %s | %s | <a id=\"%s\"></a>%s | %s |",
				event, guard, next, effects, anchor(m, e), e.ID, strings.TrimSpace(e.Reqs))
		}
	}
}

func phaseAnchor(m export.Machine, phase string) string {
	return strings.ToLower(m.String() + "-" + phase)
}

// waits makes a sentence of the awaited event.
func waits(awaits string) string {
	if rest, ok := strings.CutPrefix(awaits, "for "); ok {
		return "Waits for " + rest
	}
	return strings.ToUpper(awaits[:1]) + awaits[1:]
}

//go:embed text/states.md
var statesText string
