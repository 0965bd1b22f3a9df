// Package cover joins the list, the marks and the test results, and says which requirements are
// covered.
package cover

import (
	"fmt"
	"slices"
	"strings"

	"example.com/khp/internal/reqtrace/list"
	"example.com/khp/internal/reqtrace/marks"
	"example.com/khp/internal/reqtrace/results"
)

// Status is how an entry stands.
type Status string

// Statuses.
const (
	// implemented, and named by a test that passed; a property needs the test only
	Complete Status = "complete"
	Excepted Status = "exception" // not complete, but there is a reason
	Missing  Status = "missing"
)

// Item is an entry with all that is known about it.
type Item struct {
	list.Entry
	Status    Status
	Impl      []marks.Place
	Tests     []string // that passed, as package.Test, sorted
	Idle      []string // that name the entry but did not pass, with their outcome
	Exception string   // the reason, if the entry is Excepted
}

// Lacks says what a missing item needs: "code", "test" or "code and test".
func (i Item) Lacks() string {
	switch {
	case i.Status != Missing:
		return ""
	case len(i.Tests) > 0:
		return "code"
	case i.Property || len(i.Impl) > 0:
		return "test"
	}
	return "code and test"
}

// Report is the whole picture.
type Report struct {
	Items    []Item   // in the order of the lists
	Problems []string // marks and claims that are wrong by themselves
}

// Join builds the report. module is the path of the module, which is left out of the names of
// tests.
func Join(known *list.List, m *marks.Marks, r *results.Results, module string) *Report {
	report := &Report{Problems: slices.Clone(m.Problems)}
	for _, id := range r.IDs() {
		if !known.Known(id) {
			first := r.Claims(id)[0]
			report.Problems = append(report.Problems, fmt.Sprintf("%s: unknown id %q in t.Attr",
				short(first, module), id))
		}
	}
	for _, e := range known.Entries {
		i := Item{Entry: e, Status: Missing, Impl: m.Impl[e.ID]}
		i.tests(m.Tests[e.ID], r, module)
		exception, excepted := m.Exceptions[e.ID]
		switch {
		case len(i.Tests) > 0 && (len(i.Impl) > 0 || e.Property):
			i.Status = Complete
			if excepted {
				report.Problems = append(report.Problems,
					fmt.Sprintf("%s: %s is implemented and tested; remove the exception", exception.At, e.ID))
			}
		case excepted:
			i.Status, i.Exception = Excepted, exception.Reason
		}
		report.Items = append(report.Items, i)
	}
	return report
}

// tests sorts the claims on the entry into those of tests that passed and others. written are the
// tests that name it in the source: where there is no claim at all, they did not even run.
func (i *Item) tests(written []marks.Place, r *results.Results, module string) {
	claims := r.Claims(i.ID)
	by := map[results.Outcome][]results.Test{}
	for _, t := range claims {
		o := r.Outcome(t)
		by[o] = append(by[o], t)
	}
	i.Tests = collapse(by[results.Passed], module)
	for _, o := range []results.Outcome{results.Failed, results.Skipped, results.NotEnded} {
		for _, name := range collapse(by[o], module) {
			i.Idle = append(i.Idle, name+" "+string(o))
		}
	}
	if len(claims) == 0 {
		for _, p := range written {
			i.Idle = append(i.Idle, p.Symbol+" in "+p.File+" did not run")
		}
	}
}

// collapse names several subtests of one test as Test/*.
func collapse(tests []results.Test, module string) []string {
	var names []string
	for len(tests) > 0 {
		n := 1
		for n < len(tests) && tests[n].Package == tests[0].Package &&
			top(tests[n].Name) == top(tests[0].Name) {
			n++
		}
		first := tests[0]
		if n > 1 && first.Name != top(first.Name) {
			first.Name = top(first.Name) + "/*"
		}
		names = append(names, short(first, module))
		tests = tests[n:]
	}
	return names
}

func top(name string) string {
	name, _, _ = strings.Cut(name, "/")
	return name
}

func short(t results.Test, module string) string {
	if t.Package == module {
		return t.Name
	}
	return strings.TrimPrefix(t.Package, module+"/") + "." + t.Name
}

// Uncovered returns the binding requirements that are missing.
func (r *Report) Uncovered() []Item {
	var items []Item
	for _, i := range r.Items {
		if i.Binding() && i.Status == Missing {
			items = append(items, i)
		}
	}
	return items
}

// Total counts the entries of one level.
type Total struct {
	Level                                string
	Entries, Complete, Excepted, Missing int
}

func (t *Total) add(s Status) {
	t.Entries++
	switch s {
	case Complete:
		t.Complete++
	case Excepted:
		t.Excepted++
	case Missing:
		t.Missing++
	}
}

// Totals counts by level: requirements with their sum, then properties with theirs.
func (r *Report) Totals() (requirements, properties []Total) {
	return r.count(list.Levels), r.count(list.Kinds)
}

func (r *Report) count(levels []string) []Total {
	totals := make([]Total, len(levels)+1)
	sum := &totals[len(levels)]
	sum.Level = "all"
	for n, level := range levels {
		totals[n].Level = level
	}
	for _, i := range r.Items {
		if n := slices.Index(levels, i.Level); n >= 0 {
			totals[n].add(i.Status)
			sum.add(i.Status)
		}
	}
	return totals
}
