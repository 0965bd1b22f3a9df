package main

import (
	"errors"
	"fmt"
	"maps"
	"math/rand"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"example.com/khp/internal/mutateglue/catalogue"
)

// check runs, for some faults of the catalogue, the test that notices each.
func (p *program) check(byID map[string]int, o options) error {
	all, err := catalogue.Rows()
	if err != nil {
		return err
	}
	rows, err := p.chosen(all, byID, o)
	if err != nil {
		return err
	}
	built := map[string]*binary{}
	ready := map[string]*oneTest{} // tests that pass without a fault
	for _, r := range rows {
		pkg, test := r.Test()
		if built[pkg] == nil {
			if built[pkg], err = p.buildAt(pkg); err != nil {
				return err
			}
		}
		if name := pkg + "." + test; ready[name] == nil {
			t, begin := &oneTest{Name: test}, time.Now()
			if o := built[pkg].run([]*oneTest{t}, 0, ""); o.failed {
				return fmt.Errorf("%s fails without any fault: %s", name, o.output)
			}
			t.Seconds = time.Since(begin).Seconds()
			ready[name] = t
		}
	}
	var mu sync.Mutex
	var survivors []string
	each(rows, o.parallel, func(r catalogue.Row) {
		pkg, _ := r.Test()
		if o := built[pkg].run([]*oneTest{ready[r.Killer]}, byID[r.ID], ""); !o.failed {
			mu.Lock()
			defer mu.Unlock()
			f := p.faults[byID[r.ID]-1]
			survivors = append(survivors, fmt.Sprintf("%s\n\t- %s\n\t+ %s\n\tis not noticed by %s",
				r.ID, f.Before, f.After, r.Killer))
		}
	})
	fmt.Printf("%d of %d faults are noticed\n", len(rows)-len(survivors), len(rows))
	score(all)
	if len(survivors) > 0 {
		return errors.New("faults that are not noticed:\n" + strings.Join(survivors, "\n"))
	}
	return nil
}

// chosen picks those of the rows that a test notices, and compiles the source with their faults.
func (p *program) chosen(
	all []catalogue.Row, byID map[string]int, o options,
) ([]catalogue.Row, error) {
	rows := slices.DeleteFunc(slices.Clone(all),
		func(r catalogue.Row) bool { return r.Killer == "" || !begins(r.ID, o.in) })
	rand.New(rand.NewSource(o.seed)).Shuffle(len(rows),
		func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	if o.n >= 0 && len(rows) > o.n {
		rows = rows[:o.n]
	}
	for number := range len(p.faults) {
		p.out[number+1] = true
	}
	for _, r := range rows {
		p.out[byID[r.ID]] = false
	}
	return rows, p.compile(byID)
}

// score prints how many faults of the catalogue are noticed, equivalent and open.
func score(rows []catalogue.Row) {
	counts := append(catalogue.Counts(rows, (*catalogue.Row).Package),
		catalogue.Counts(rows, func(*catalogue.Row) string { return "all" })...)
	for _, c := range counts {
		fmt.Printf("%-28s %5d noticed %4d equivalent %4d open\n", c.Name, c.Noticed, c.Equivalent, c.Open)
	}
}

// buildAt builds the tests of a package, which may be in a nested module.
func (p *program) buildAt(pkg string) (*binary, error) {
	for _, at := range notice {
		if path.Join(at[0], at[1]) == pkg {
			return p.build(at[0], at[1])
		}
	}
	return nil, errors.New(pkg + " is none of the packages whose tests are asked")
}

// add writes the catalogue: the faults that it has and that still apply, and those that a hunt in
// the same directory tried: noticed ones with the test, the others as open.
func (p *program) add(byID map[string]int) error {
	old, err := catalogue.Rows()
	if err != nil {
		return err
	}
	rows, dropped := p.merged(old, p.results(), byID)
	fmt.Printf("%d faults, %d did not apply any more\n", len(rows), dropped)
	noticed, unnoticed := catalogue.Text(rows)
	return errors.Join(p.put(catalogue.Noticed, noticed), p.put(catalogue.Unnoticed, unnoticed),
		p.addSecond(rows))
}

// merged adds the results of a hunt to the rows of a catalogue that still apply. dropped is how
// many do not.
func (p *program) merged(
	old []catalogue.Row, results map[string]result, byID map[string]int,
) (list []catalogue.Row, dropped int) {
	moved := p.places()
	rows := map[string]catalogue.Row{}
	put := func(r catalogue.Row) {
		if byID[r.ID] == 0 {
			r.ID = moved[inPackage(r.ID)]
		}
		if number := byID[r.ID]; number != 0 {
			f := &p.faults[number-1]
			r.Class, r.Before, r.After = f.Class, f.Before, f.After
			rows[r.ID] = r
		}
	}
	for _, r := range old {
		put(r)
	}
	dropped = len(old) - len(rows)
	for id, r := range results {
		was, known := rows[id]
		switch {
		case r.Killer == "" && known && was.Killer == "":
		case r.Killer == "":
			put(catalogue.Row{ID: id, Why: catalogue.Open})
		default:
			put(catalogue.Row{ID: id, Killer: r.Killer})
		}
	}
	return slices.Collect(maps.Values(rows)), dropped
}

// put writes a file of the catalogue.
func (p *program) put(name, text string) error {
	return os.WriteFile(filepath.Join(p.root, filepath.FromSlash(name)), []byte(text), 0o644)
}

// inPackage is an ID without its package.
func inPackage(id string) string { return id[strings.IndexByte(id, ':')+1:] }

// places has the faults by the part of their IDs that stays when a function moves to another
// package, where that part is unique.
func (p *program) places() map[string]string {
	m := map[string]string{}
	for i := range p.faults {
		at := inPackage(p.faults[i].ID)
		if _, again := m[at]; again {
			m[at] = ""
			continue
		}
		m[at] = p.faults[i].ID
	}
	return m
}
