// Package results reads the output of go test -json: which tests claim a requirement, which of them
// passed, and the output of those that failed.
package results

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Keys of the attributes of tests.
const (
	Key  = "req"  // names a requirement
	Less = "less" // says what a test leaves out in short mode, or under the race detector
)

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

// Results are those of one or more runs.
type Results struct {
	// Ended, if set, is called with the last line of output of each package that has ended.
	Ended func(line string)

	outcomes map[Test]Outcome
	claims   map[string]map[Test]bool // by id
	less     map[Test]bool            // tests that left something out, and were not skipped
	packages map[string]bool          // true: failed
	// output is that of tests that have not passed, and of packages, whose Name is empty.
	output map[Test]string
}

// event is one line of go test -json.
type event struct{ Action, Package, ImportPath, Test, Key, Value, Output string }

// Read adds the output of a run. Lines that are no JSON objects are skipped, so that the output of
// make may stand around it.
func (r *Results) Read(in io.Reader) error {
	if r.outcomes == nil {
		r.outcomes, r.claims = map[Test]Outcome{}, map[string]map[Test]bool{}
		r.packages, r.output = map[string]bool{}, map[Test]string{}
		r.less = map[Test]bool{}
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
	t := Test{e.Package, e.Test}
	switch e.Action {
	case "output":
		r.output[t] += e.Output
	case "build-output":
		r.output[Test{Package: built(e.ImportPath)}] += e.Output
	case "build-fail":
		r.packages[built(e.ImportPath)] = true
	case "attr":
		switch {
		case e.Key == Less:
			r.less[t] = true
		case e.Key == Key && e.Test != "":
			for _, id := range strings.Fields(e.Value) {
				r.claim(id, t)
			}
		}
	case "pass", "skip", "fail":
		if e.Test == "" {
			r.endPackage(t, e.Action)
		} else {
			r.endTest(t, e.Action)
		}
	}
}

// built is the package of an import path such as "pkg [pkg.test]".
func built(path string) string {
	name, _, _ := strings.Cut(path, " ")
	return name
}

func (r *Results) endPackage(t Test, action string) {
	r.packages[t.Package] = r.packages[t.Package] || action == "fail"
	if r.Ended != nil {
		lines := strings.Split(strings.TrimSpace(r.output[t]), "\n")
		r.Ended(lines[len(lines)-1])
	}
	if action != "fail" {
		delete(r.output, t)
	}
}

func (r *Results) endTest(t Test, action string) {
	switch action {
	case "pass":
		for _, id := range scenarios.FindAllString(t.Name, -1) {
			r.claim(id, t)
		}
		if r.outcomes[t] != Failed { // of an earlier run
			r.outcomes[t] = Passed
		}
	case "fail":
		r.outcomes[t] = Failed
		return
	case "skip":
		if r.outcomes[t] == "" {
			r.outcomes[t] = Skipped
		}
	}
	delete(r.output, t)
}

// Failures returns the output of each test that failed or did not end, and of each package that
// failed, sorted.
func (r *Results) Failures() (texts []string) {
	tests := slices.SortedFunc(maps.Keys(r.output), compareTests)
	for _, t := range tests {
		if r.packages[t.Package] {
			texts = append(texts, strings.TrimSpace(t.Package+" "+t.Name)+":\n"+
				strings.TrimRight(r.output[t], "\n"))
		}
	}
	return texts
}

func compareTests(a, b Test) int {
	return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.Name, b.Name))
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
	return slices.SortedFunc(maps.Keys(r.claims[id]), compareTests)
}

// IDs returns all ids that tests name, sorted.
func (r *Results) IDs() []string {
	return slices.Sorted(maps.Keys(r.claims))
}

// Left returns the tests that did not run wholly, by package and sorted: those that were skipped,
// and those that left something out. Where a subtest did, its test is listed.
func (r *Results) Left() map[string][]string {
	left := map[string][]string{}
	add := func(t Test) {
		name, _, _ := strings.Cut(t.Name, "/")
		if !slices.Contains(left[t.Package], name) {
			left[t.Package] = append(left[t.Package], name)
		}
	}
	for t, o := range r.outcomes {
		if o == Skipped {
			add(t)
		}
	}
	for t := range r.less {
		add(t)
	}
	for _, names := range left {
		slices.Sort(names)
	}
	return left
}

// Packages returns how many packages were tested.
func (r *Results) Packages() int { return len(r.packages) }

// Tested reports whether a package was tested.
func (r *Results) Tested(name string) bool {
	_, tested := r.packages[name]
	return tested
}

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
