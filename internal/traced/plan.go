package main

import (
	"cmp"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"example.com/khp/fsm"
	"example.com/khp/internal/reqtrace/list"
	"example.com/khp/internal/reqtrace/marks"
	"example.com/khp/internal/reqtrace/page"
)

// mutant is a requirement and how it is broken.
type mutant struct {
	id     string
	edit   *edit  // nil: the tables are changed
	tables string // for the changed package fsm: "rows ID" or "status CODE"
}

// by is the kind of the change.
func (m mutant) by() string {
	if m.edit != nil {
		return "edit"
	}
	kind, _, _ := strings.Cut(m.tables, " ")
	return kind
}

// what is a description of the change.
func (m mutant) what() string {
	if m.edit != nil {
		return m.edit.file + ", " + m.edit.why
	}
	return m.tables
}

// plan is all that is to be broken, and the tests that should notice.
type plan struct {
	mutants  []mutant
	tests    map[string][]string // as package.Test, by id
	excepted int
}

var statusID = regexp.MustCompile(`^KHP-STATUS-(\d+)-\d+$`)

// load makes the plan. A requirement that is neither excepted nor can be broken is an error.
func load(dir string) (*plan, error) {
	root := os.DirFS(dir)
	known, err := list.Load(root)
	if err != nil {
		return nil, err
	}
	m, err := marks.Scan(root, known)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(dir, "internal/traced/edits.txt"))
	if err != nil {
		return nil, err
	}
	edits, err := parse(string(text), known)
	if err != nil {
		return nil, err
	}
	text, err = os.ReadFile(filepath.Join(dir, page.File))
	if err != nil {
		return nil, err
	}
	p := &plan{tests: listed(string(text))}
	for id, places := range m.Tests { // in case the page is older
		for _, at := range places {
			if !nested.MatchString(at.File) && strings.HasPrefix(at.Symbol, "Test") {
				p.tests[id] = append(p.tests[id], path.Dir(at.File)+"."+at.Symbol)
			}
		}
	}
	rows := inRows()
	var homeless []string
	for _, e := range known.Entries {
		if e.Property {
			continue
		}
		p.tests[e.ID] = byPrice(p.tests[e.ID])
		_, excepted := m.Exceptions[e.ID]
		status := statusID.FindStringSubmatch(e.ID)
		switch of := slices.IndexFunc(edits,
			func(x *edit) bool { return slices.Contains(x.ids, e.ID) }); {
		case excepted:
			p.excepted++
		case of >= 0:
			p.mutants = append(p.mutants, mutant{e.ID, edits[of], ""})
		case rows[e.ID]:
			p.mutants = append(p.mutants, mutant{e.ID, nil, "rows " + e.ID})
		case status != nil && strings.HasSuffix(e.ID, "-09"):
			p.mutants = append(p.mutants, mutant{e.ID, nil, "accept " + status[1]})
		case status != nil:
			p.mutants = append(p.mutants, mutant{e.ID, nil, "status " + status[1]})
		default:
			homeless = append(homeless, e.ID)
		}
	}
	if len(homeless) > 0 {
		return nil, fmt.Errorf("edits.txt breaks nothing for %s", strings.Join(homeless, " "))
	}
	return p, nil
}

// nested matches files of other modules, which are not built with this one.
var nested = regexp.MustCompile(
	`^(bench|internal/tools|internal/dist/nfpm|transport/(coderws|gorillaws|promkhp|otelkhp|` +
		`internal/adaptertest|internal/mqtttest|internal/rabbitmqtest))/`)

// inRows lists the ids in the rows of both tables.
func inRows() map[string]bool {
	ids := map[string]bool{}
	for _, rows := range [][]fsm.Row{slices.Collect(fsm.ClientRows()),
		slices.Collect(fsm.ServerRows())} {
		for _, r := range rows {
			for id := range strings.FieldsSeq(r.Reqs) {
				ids[id] = true
			}
		}
	}
	return ids
}

var inTicks = regexp.MustCompile("`([^`]+)`")

// listed reads the tests off the page: the last column of each line, by the id in the first one.
func listed(text string) map[string][]string {
	tests := map[string][]string{}
	for line := range strings.Lines(text) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		if len(cells) < 5 {
			continue
		}
		id := strings.TrimSpace(cells[0])
		for _, m := range inTicks.FindAllStringSubmatch(cells[len(cells)-1], -1) {
			tests[id] = append(tests[id], strings.TrimSuffix(m[1], "/*"))
		}
	}
	return tests
}

// prices orders tests by how long they take to build and to run.
var prices = []string{"fsm.TestOracle_Status", "fsm.TestStatus", "wire.", "internal/judge.",
	"internal/", "endpoint.", "sim/script.", "transport/internal", "transport.", "fsm.",
	"sim/conform.", "sim/"}

func byPrice(tests []string) []string {
	price := func(t string) int {
		return slices.IndexFunc(prices, func(p string) bool { return strings.HasPrefix(t, p) }) & 0xff
	}
	tests = slices.Clone(tests)
	slices.SortStableFunc(tests, func(a, b string) int {
		return cmp.Or(price(a)-price(b), strings.Compare(a, b))
	})
	return slices.Compact(tests)
}
