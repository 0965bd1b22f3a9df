package main

import (
	"errors"
	"fmt"
	"math/rand"
	"path/filepath"
	"slices"
	"strings"

	"example.com/khp/internal/mutateglue/catalogue"
)

// second shows faults of the packages of Twice to the tests of other tools than the one that
// notices them, and keeps the results in the working directory. A fault that they were shown before
// is left out.
func (p *program) second(o options, byID map[string]int) error {
	all, err := catalogue.Rows()
	if err != nil {
		return err
	}
	done, err := catalogue.Seconds()
	if err != nil {
		return err
	}
	for id, r := range p.seconds() {
		done[id] = r
	}
	all = slices.DeleteFunc(all, func(r catalogue.Row) bool {
		test := done[r.ID]
		_, twice := catalogue.Twice[r.Package()]
		return !twice || r.Killer == "" || !begins(r.ID, o.try) || p.out[byID[r.ID]] ||
			test != "" && !(catalogue.IsAlone(test) && o.again)
	})
	rand.New(rand.NewSource(o.seed)).Shuffle(len(all),
		func(i, j int) { all[i], all[j] = all[j], all[i] })
	if o.n >= 0 && len(all) > o.n {
		all = all[:o.n]
	}
	if err := p.compile(byID); err != nil {
		return err
	}
	binaries, err := p.binaries(o, byID, true)
	if err != nil {
		return err
	}
	fmt.Println(len(all), "to show")
	j, err := p.shown().open()
	if err != nil {
		return err
	}
	defer j.Close()
	each(all, o.parallel, func(r catalogue.Row) {
		by, _ := kill(otherTools(binaries, &r), byID[r.ID], o.quick,
			func([]*oneTest) []*oneTest { return nil })
		if by == "" {
			by = catalogue.Alone
		}
		j.add(result{ID: r.ID, Killer: by})
		if by == catalogue.Alone {
			f := &p.faults[byID[r.ID]-1]
			fmt.Printf("%s by %s alone\n\t- %s\n\t+ %s\n", r.ID, r.Killer, f.Before, f.After)
		}
	})
	return nil
}

// otherTools leaves out the tests that belong to the tool which notices a fault already.
func otherTools(binaries []*binary, r *catalogue.Row) (list []*binary) {
	first := r.Tool()
	for _, b := range binaries {
		others := *b
		others.Tests = slices.DeleteFunc(slices.Clone(b.Tests), func(t *oneTest) bool {
			return catalogue.ToolOf(r.Package(), strings.TrimPrefix(b.Package, "./"), t.Name) == first
		})
		list = append(list, &others)
	}
	return list
}

func (p *program) shown() journal { return journal(filepath.Join(p.work, "second.jsonl")) }

// seconds are the results of earlier runs.
func (p *program) seconds() map[string]string {
	done := map[string]string{}
	for _, r := range p.shown().read() {
		done[r.ID] = r.Killer
	}
	return done
}

// addSecond writes the results of second tools, for the rows of the catalogue.
func (p *program) addSecond(rows []catalogue.Row) error {
	tests, err := catalogue.Seconds()
	for id, test := range p.seconds() {
		if test != catalogue.Alone || tests[id] == "" { // a hunt with fewer tests takes nothing back
			tests[id] = test
		}
	}
	return errors.Join(err, p.put(catalogue.Second, catalogue.SecondText(rows, tests)))
}
