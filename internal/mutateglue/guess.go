package main

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"example.com/khp/internal/mutateglue/catalogue"
)

// guess has, for each function, the tests that noticed faults of it, and how many: another fault of
// the function is shown to those first. It is safe for concurrent use.
type guess struct {
	mu    sync.Mutex
	tests map[string]map[string]int
}

// guessed bounds the tests that a fault is shown first, each by itself.
const guessed = 4

// guesses knows the catalogue and earlier hunts.
func (p *program) guesses() (*guess, error) {
	g := &guess{tests: map[string]map[string]int{}}
	rows, err := catalogue.Rows()
	for _, r := range rows {
		g.add(r.ID, r.Killer)
	}
	for id, r := range p.results() {
		g.add(id, r.Killer)
	}
	return g, err
}

// add notes that a test, "" for none, noticed a fault.
func (g *guess) add(id, test string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if f := function(id); test != "" {
		if g.tests[f] == nil {
			g.tests[f] = map[string]int{}
		}
		g.tests[f][test]++
	}
}

// function is an ID without its hash.
func function(id string) string { return id[:strings.LastIndexByte(id, ':')] }

// first returns the tests that are most likely to notice a fault, for the time they take, of those
// that may be asked.
func (g *guess) first(id string, asked []*oneTest) (list []*oneTest) {
	g.mu.Lock()
	defer g.mu.Unlock()
	worth := func(t *oneTest) float64 {
		return float64(g.tests[function(id)][t.name()]) / (t.Seconds + 0.2)
	}
	for _, t := range asked {
		if worth(t) > 0 {
			list = append(list, t)
		}
	}
	slices.SortStableFunc(list, func(a, b *oneTest) int { return cmp.Compare(worth(b), worth(a)) })
	return list[:min(guessed, len(list))]
}

// name is how the catalogue writes the test.
func (t *oneTest) name() string {
	return strings.TrimPrefix(t.in.Package, "./") + "." + t.Name
}
