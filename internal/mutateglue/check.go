package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"example.com/khp/internal/mutateglue/catalogue"
)

// check runs, for some faults of the catalogue, the test that notices each.
func (p *program) check(byID map[string]int, n int, seed int64, parallel int, in []string) error {
	rows, err := catalogue.Rows()
	if err != nil {
		return err
	}
	rows = slices.DeleteFunc(rows, func(r catalogue.Row) bool { return r.Reason() != "" || !begins(r.ID, in) })
	rand.New(rand.NewSource(seed)).Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	if n >= 0 && len(rows) > n {
		rows = rows[:n]
	}
	built := map[string]*binary{}
	var ready []string // tests that pass without a fault
	for _, r := range rows {
		pkg, test := r.Test()
		if built[pkg] == nil {
			if built[pkg], err = p.buildAt(pkg); err != nil {
				return err
			}
		}
		if name := pkg + "." + test; !slices.Contains(ready, name) {
			ready = append(ready, name)
			if o := built[pkg].run([]*oneTest{{Name: test}}, 0, ""); o.failed {
				return fmt.Errorf("%s fails without any fault: %s", name, o.output)
			}
		}
	}
	var mu sync.Mutex
	var survivors []string
	each(rows, parallel, func(r catalogue.Row) {
		pkg, test := r.Test()
		if o := built[pkg].run([]*oneTest{{Name: test}}, byID[r.ID], ""); !o.failed {
			mu.Lock()
			defer mu.Unlock()
			survivors = append(survivors, fmt.Sprintf("%s\n\t- %s\n\t+ %s\n\tis not noticed by %s", r.ID, r.Before, r.After, r.Killer))
		}
	})
	fmt.Printf("%d of %d faults are noticed\n", len(rows)-len(survivors), len(rows))
	if len(survivors) > 0 {
		return errors.New("faults that are not noticed:\n" + strings.Join(survivors, "\n"))
	}
	return nil
}

// buildAt builds the tests of a package, which may be in a nested module.
func (p *program) buildAt(pkg string) (*binary, error) {
	for _, at := range notice {
		if filepath.ToSlash(filepath.Join(at[0], at[1])) == pkg {
			return p.build(at[0], at[1])
		}
	}
	return nil, errors.New(pkg + " is none of the packages whose tests are asked")
}

// add writes the catalogue: the faults that it has and that still apply, and those that a hunt in
// the same directory found to be noticed.
func (p *program) add(byID map[string]int) error {
	old, err := catalogue.Rows()
	if err != nil {
		return err
	}
	var rows []catalogue.Row
	known := map[string]bool{}
	put := func(id, killer string) {
		number := byID[id]
		if number == 0 || known[id] {
			return
		}
		known[id] = true
		f := &p.faults[number-1]
		rows = append(rows, catalogue.Row{ID: id, Class: f.Class, Before: f.Before, After: f.After, Killer: killer})
	}
	for _, r := range old {
		put(r.ID, r.Killer)
	}
	dropped := len(old) - len(rows)
	if text, err := os.ReadFile(filepath.Join(p.work, "results.jsonl")); err == nil {
		for line := range strings.Lines(string(text)) {
			var r result
			if json.Unmarshal([]byte(line), &r) == nil && r.Killer != "" && r.Why != "timeout" {
				put(r.ID, r.Killer)
			}
		}
	}
	fmt.Printf("%d faults, %d did not apply any more\n", len(rows), dropped)
	return os.WriteFile(filepath.Join(p.root, filepath.FromSlash(catalogue.Path)), []byte(catalogue.Text(rows)), 0o644)
}
