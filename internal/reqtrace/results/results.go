// Package results reads the output of go test -json: which tests claim a requirement, and which of
// them passed.
package results

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// Key is the key of the attribute by which a test names a requirement.
const Key = "req"

// Test is one test or subtest.
type Test struct{ Package, Name string }

// Outcome is how a test ended.
type Outcome string

// Outcomes. A test that has none was cut short.
const (
	Passed   Outcome = "passed"
	Failed   Outcome = "failed"
	Skipped  Outcome = "skipped"
	NotEnded Outcome = "did not end"
)

// Results is what one or more runs said.
type Results struct {
	outcomes map[Test]Outcome
	claims   map[string]map[Test]bool // by id
	packages map[string]bool          // true: failed
}

// event is one line of go test -json.
type event struct{ Action, Package, ImportPath, Test, Key, Value string }

// Read adds the output of a run. Lines that are no JSON objects are skipped, so that the output of
// make may stand around it.
func (r *Results) Read(in io.Reader) error {
	if r.outcomes == nil {
		*r = Results{map[Test]Outcome{}, map[string]map[Test]bool{}, map[string]bool{}}
	}
	buf := bufio.NewReader(in)
	for n := 1; ; n++ {
		line, err := buf.ReadBytes('\n')
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] == '{' {
			var e event
			if err := json.Unmarshal(line, &e); err != nil {
				return fmt.Errorf("line %d: %w; expected the output of go test -json", n, err)
			}
			r.take(e)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (r *Results) take(e event) {
	if e.Test == "" {
		switch e.Action {
		case "pass", "skip", "fail":
			r.packages[e.Package] = r.packages[e.Package] || e.Action == "fail"
		case "build-fail":
			name, _, _ := strings.Cut(e.ImportPath, " ") // "pkg [pkg.test]"
			r.packages[name] = true
		}
		return
	}
	t := Test{e.Package, e.Test}
	switch e.Action {
	case "attr":
		if e.Key != Key {
			return
		}
		for _, id := range strings.Fields(e.Value) {
			r.claim(id, t)
		}
	case "pass":
		for _, id := range scenarios.FindAllString(e.Test, -1) {
			r.claim(id, t)
		}
		if r.outcomes[t] != Failed { // of an earlier run
			r.outcomes[t] = Passed
		}
	case "fail":
		r.outcomes[t] = Failed
	case "skip":
		if r.outcomes[t] == "" {
			r.outcomes[t] = Skipped
		}
	}
}

// scenarios are the ids that the name of a test can hold: a test of a scenario is named after it.
var scenarios = regexp.MustCompile(`\bADV-\d\d\b`)

func (r *Results) claim(id string, t Test) {
	if r.claims[id] == nil {
		r.claims[id] = map[Test]bool{}
	}
	r.claims[id][t] = true
}

// Outcome returns how t ended. That another subtest of the same test failed says nothing about it.
func (r *Results) Outcome(t Test) Outcome { return cmp.Or(r.outcomes[t], NotEnded) }

// Claims returns the tests that name id, sorted.
func (r *Results) Claims(id string) []Test {
	var tests []Test
	for t := range r.claims[id] {
		tests = append(tests, t)
	}
	slices.SortFunc(tests, func(a, b Test) int { return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.Name, b.Name)) })
	return tests
}

// IDs returns all ids that tests name, sorted.
func (r *Results) IDs() []string {
	var ids []string
	for id := range r.claims {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// Packages returns how many packages were tested.
func (r *Results) Packages() int { return len(r.packages) }

// FailedPackages returns the packages that failed or could not be built, sorted.
func (r *Results) FailedPackages() []string {
	var names []string
	for name, failed := range r.packages {
		if failed {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
