package main

import (
	"bytes"
	_ "embed"
	"go/ast"
	"go/parser"
	"go/token"
	"iter"
	"path/filepath"
	"strings"

	"example.com/khp/fsm"
	"example.com/khp/internal/tables"
)

// fact is one constant of type fsm.Facts, as the source has it.
type fact struct{ name, comment string }

// factsOf reads the constants of fsm.Facts, in the order of their bits.
func factsOf(root string) (list []fact, err error) {
	f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, "fsm", "event.go"), nil,
		parser.ParseComments)
	if err != nil {
		return nil, err
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok && strings.HasPrefix(v.Names[0].Name, "Fact") {
			list = append(list, fact{v.Names[0].Name, strings.TrimSpace(v.Comment.Text())})
		}
		return true
	})
	return list, nil
}

func factsPage(root string) (string, error) {
	facts, err := factsOf(root)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	line(&b, factsText)
	for _, f := range facts {
		line(&b, "| %s | %s |", f.name, f.comment)
	}
	for _, side := range []struct {
		name string
		rows iter.Seq[fsm.Row]
	}{{"client", fsm.ClientRows()}, {"server", fsm.ServerRows()}} {
		line(&b, "\n## The %s\n\nEvents that are not listed need no facts.\n\n"+
			"| event | facts | in phases |\n| --- | --- | --- |", side.name)
		phases, order := map[string][]string{}, []string{}
		for r := range side.rows {
			for _, c := range r.When {
				name := nameOf(c.Name, facts)
				if name == "" {
					continue
				}
				key := r.Event + "\x00" + name
				if phases[key] == nil {
					order = append(order, key)
				}
				if list := phases[key]; len(list) == 0 || list[len(list)-1] != r.From {
					phases[key] = append(list, r.From)
				}
			}
		}
		for _, key := range sorted(order, side.rows) {
			event, name, _ := strings.Cut(key, "\x00")
			line(&b, "| %s | %s | %s |", event, name, strings.Join(phases[key], ", "))
		}
	}
	line(&b, `
## Decisions

A decision also carries the facts of the fields that its status code requires ([status.md](status.md)); without them it is misuse. Decisions
with other codes need no facts.

| status | facts that a server looks at |
| --- | --- |`)
	for r := range fsm.Statuses() {
		decided := fsm.Event{Kind: fsm.EventDecided, Status: uint16(r.Code)}
		if set := tables.FSM.ServerFacts(decided); set != 0 {
			line(&b, "| %d %s | %s |", r.Code, r.Reason, namesOf(set, facts))
		}
	}
	return b.String(), nil
}

// nameOf returns the constant of a condition, "" if that is no fact.
func nameOf(condition string, facts []fact) string {
	for i, f := range facts {
		if fsm.Facts(1<<i).String() == condition {
			return f.name
		}
	}
	return ""
}

func namesOf(set fsm.Facts, facts []fact) string {
	var names []string
	for i, f := range facts {
		if set.Has(1 << i) {
			names = append(names, f.name)
		}
	}
	return strings.Join(names, ", ")
}

// sorted puts keys in the order in which their events first come in rows.
func sorted(keys []string, rows iter.Seq[fsm.Row]) (list []string) {
	seen := map[string]bool{}
	for r := range rows {
		if seen[r.Event] {
			continue
		}
		seen[r.Event] = true
		for _, k := range keys {
			if strings.HasPrefix(k, r.Event+"\x00") {
				list = append(list, k)
			}
		}
	}
	return list
}

//go:embed text/facts.md
var factsText string
