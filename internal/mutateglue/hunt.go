package main

import (
	"cmp"
	"fmt"
	"math/rand"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"example.com/khp/internal/mutateglue/catalogue"
)

// hunt tries faults that the catalogue does not have, keeps the results in the working directory,
// and prints those that survive.
func (p *program) hunt(o options, byID map[string]int) error {
	if err := p.compile(byID); err != nil {
		return err
	}
	binaries, err := p.binaries(o, byID, false)
	if err != nil {
		return err
	}
	todo, err := p.todo(o)
	if err != nil {
		return err
	}
	fmt.Println(len(todo), "to try")
	j, err := p.hunted().open()
	if err != nil {
		return err
	}
	defer j.Close()
	likely, err := p.guesses()
	if err != nil {
		return err
	}
	each(todo, o.parallel, func(number int) {
		f := &p.faults[number-1]
		begin := time.Now()
		by, reached := kill(ownFirst(binaries, f), number, o.quick,
			func(asked []*oneTest) []*oneTest { return likely.first(f.ID, asked) })
		likely.add(f.ID, by)
		j.add(result{ID: f.ID, Killer: by, Reached: reached, Seconds: time.Since(begin).Seconds()})
		if by == "" {
			word := "SURVIVES"
			if !reached {
				word = "UNREACHED"
			}
			fmt.Printf("%s %s %s\n\t- %s\n\t+ %s\n", word, f.ID, f.Class, f.Before, f.After)
		}
	})
	return nil
}

// todo chooses faults by the options: of those that the catalogue has as open, and then of those
// that it does not have. An earlier hunt did not try them, or just those survived.
func (p *program) todo(o options) (todo []int, err error) {
	rows, err := catalogue.Rows()
	why := map[string]string{}
	for _, r := range rows {
		why[r.ID] = cmp.Or(r.Why, r.Killer)
	}
	done := p.results()
	var open []int
	for i := range p.faults {
		f := &p.faults[i]
		r, known := done[f.ID]
		switch {
		case p.out[i+1]:
		case known != o.again, o.again && r.Killer != "":
		case !begins(f.ID, o.try), len(o.class) > 0 &&
			!slices.Contains(o.class, string(f.Class)):
		case why[f.ID] == catalogue.Open:
			open = append(open, i+1)
		case why[f.ID] == "":
			todo = append(todo, i+1)
		}
	}
	random := rand.New(rand.NewSource(o.seed))
	random.Shuffle(len(todo), func(i, j int) { todo[i], todo[j] = todo[j], todo[i] })
	if todo = append(open, todo...); o.n >= 0 && len(todo) > o.n {
		todo = todo[:o.n]
	}
	return todo, err
}

func (p *program) hunted() journal { return journal(filepath.Join(p.work, "results.jsonl")) }

// results are the results of earlier hunts.
func (p *program) results() map[string]result {
	done := map[string]result{}
	for _, r := range p.hunted().read() {
		if file, rest, _ := strings.Cut(r.ID, ":"); strings.HasSuffix(file, ".go") { // an old name
			r.ID = path.Dir(file) + ":" + rest
		}
		done[r.ID] = r
	}
	return done
}
