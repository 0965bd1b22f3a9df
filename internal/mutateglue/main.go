// Command mutateglue puts one-line faults into the code between the machines and the sockets, and
// tells which of them no test notices. The faults are those of package fault; package catalogue has
// those that were tried.
//
//	go run ./internal/mutateglue -n 100 -seed 1  # does a test notice each of 100 faults?
//	go run ./internal/mutateglue -hunt -work DIR # try faults that were not tried in DIR yet
//	go run ./internal/mutateglue -ghosts -n -1   # what do ghosts notice alone?
//	go run ./internal/mutateglue -second -work DIR -n -1  # what does a second tool notice?
//	go run ./internal/mutateglue -add -work DIR  # write the catalogue anew
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"example.com/khp/internal/mutateglue/catalogue"
	"example.com/khp/internal/mutateglue/fault"
	"example.com/khp/internal/parallel"
)

// notice are the packages whose tests notice, in the order in which they are asked: module and
// package.
var notice = [][2]string{
	{"", "./wire"}, {"", "./wire/credentials"}, {"", "./internal/scan"}, {"", "./internal/place"},
	{"", "./internal/balancer"}, {"", "./internal/upgrade"}, {"", "./internal/lines"},
	{"", "./internal/judge"},
	{"", "./endpoint/internal/answer"}, {"", "./endpoint/internal/clock"},
	{"", "./endpoint/internal/head"}, {"", "./endpoint/driver"}, {"", "./endpoint"},
	{"", "./transport/internal/accept"}, {"", "./transport/internal/cookies"},
	{"", "./transport/internal/deflate"}, {"", "./transport/internal/field"},
	{"", "./transport/internal/frames"}, {"", "./transport/internal/handshake"},
	{"", "./transport/internal/hops"}, {"", "./transport/internal/layer"},
	{"", "./transport/internal/loop"},
	{"", "./transport/internal/opening"}, {"", "./transport/internal/portal"},
	{"", "./transport/internal/proxy"}, {"", "./transport/internal/reach"},
	{"", "./transport/internal/silence"},
	{"", "./transport/internal/sock"}, {"", "./transport/internal/stream"},
	{"", "./transport/internal/tracker"}, {"", "./transport/internal/web"},
	{"", "./transport/trace"}, {"", "./transport/auth"}, {"", "./transport/auth/htpasswd"},
	{"", "./transport/extension"},
	{"", "./transport/adapter"}, {"", "./internal/watch/watchtest"}, {"", "./sim/explore"},
	{"", "./sim/capture"}, {"", "./fuzz"}, {"", "./sim/script"}, {"", "./sim/network"},
	{"", "./sim/replay"}, {"", "./sim/model"}, {"", "./cmd/khp/internal/explore"},
	{"", "./cmd/khp/internal/replay"},
	{"", "./transport"}, {"transport/internal/adaptertest", "."}, {"", "./sim/conform"},
	{"", "./internal/conform"},
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "mutateglue:", err)
		os.Exit(1)
	}
}

// result is the result of a hunt for one fault.
type result struct {
	ID      string
	Killer  string // "" if it survived
	Reached bool   // by some test
	Seconds float64
}

func run() error {
	o, err := parse(os.Args[1:])
	if err != nil {
		return err
	}
	root, err := os.Getwd()
	if err != nil {
		return err
	}
	if o.work == "" {
		if o.work, err = os.MkdirTemp("", "mutateglue"); err != nil {
			return err
		}
		defer os.RemoveAll(o.work)
	}
	if err := os.MkdirAll(filepath.Join(o.work, "bin"), 0o700); err != nil {
		return err
	}
	p := &program{root: root, work: o.work, out: map[int]bool{}}
	if p.faults, err = catalogue.All(root); err != nil {
		return err
	}
	byID := map[string]int{}
	for i := range p.faults {
		byID[p.faults[i].ID] = i + 1
	}
	if err := o.check(p.faults); err != nil {
		return err
	}
	switch o.mode {
	case "add":
		return p.add(byID)
	case "ghosts":
		return p.ghosts(byID, o)
	case "":
		return p.check(byID, o)
	}
	for i := range p.faults {
		p.out[i+1] = !begins(p.faults[i].ID, o.in)
	}
	if o.mode == "second" {
		return p.second(o, byID)
	}
	return p.hunt(o, byID)
}

func begins(id string, with []string) bool {
	return len(with) == 0 ||
		slices.ContainsFunc(with, func(w string) bool { return strings.HasPrefix(id, w) })
}

// ownFirst puts the tests of the package of a fault first.
func ownFirst(binaries []*binary, f *fault.Fault) []*binary {
	own := "./" + filepath.ToSlash(filepath.Dir(f.File))
	list := slices.Clone(binaries)
	slices.SortStableFunc(list, func(a, b *binary) int {
		switch {
		case a.Package == b.Package:
			return 0
		case a.Package == own:
			return -1
		case b.Package == own:
			return 1
		}
		return 0
	})
	return list
}

// each calls do for all of list, several at a time.
func each[T any](list []T, at int, do func(T)) {
	_ = parallel.Do(len(list), at, func(i int) error { do(list[i]); return nil })
}

// measured is the record of the measurement of a test.
type measured struct {
	Seconds float64
	Fails   bool
	Reaches []string
}

// binaries builds the tests, special ones as well if that is said, and measures those that are not
// known from an earlier run.
func (p *program) binaries(
	o options, byID map[string]int, special bool,
) (list []*binary, err error) {
	name := filepath.Join(p.work, "tests.json")
	known := map[string]measured{}
	if text, err := os.ReadFile(name); err == nil {
		if err := json.Unmarshal(text, &known); err != nil {
			return nil, err
		}
	}
	for _, at := range notice {
		if len(o.from) > 0 && !slices.Contains(o.from, path.Join(at[0], at[1])) {
			continue
		}
		b, err := p.build(at[0], at[1])
		if err != nil {
			fmt.Println("left out:", err)
			continue
		}
		b.Tests = slices.DeleteFunc(b.Tests,
			func(t *oneTest) bool { return !o.names.MatchString(t.Name) })
		list = append(list, b)
	}
	if special && (len(o.from) == 0 || slices.Contains(o.from, "special")) {
		more, err := p.special()
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	if !slices.ContainsFunc(list, func(b *binary) bool { return len(b.Tests) > 0 }) {
		return nil, errors.New("there are no tests to ask: -tests and -run leave none")
	}
	if err := p.measure(recall(list, known, byID), known, o.parallel); err != nil {
		return nil, err
	}
	text, err := json.Marshal(known)
	if err != nil {
		return nil, err
	}
	return list, os.WriteFile(name, text, 0o600)
}

// special builds tests in other ways than those of a package: with ghosts beside endpoints, and
// with threads that are scheduled.
func (p *program) special() (list []*binary, err error) {
	b, err := p.haunted()
	list = append(list, b)
	for _, e := range explorations {
		if err != nil {
			return nil, err
		}
		b, err = p.woven(e[0], e[1:])
		list = append(list, b)
	}
	return list, err
}

// recall gives the tests their earlier measurements, and returns those without one.
func recall(list []*binary, known map[string]measured, byID map[string]int) (fresh []*oneTest) {
	for _, b := range list {
		for _, t := range b.Tests {
			m, ok := known[b.Package+"."+t.Name]
			if !ok {
				fresh = append(fresh, t)
				continue
			}
			t.Seconds, t.Fails, t.Reaches = m.Seconds, m.Fails, map[int]bool{}
			for _, id := range m.Reaches {
				if n := byID[id]; n != 0 {
					t.Reaches[n] = true
				}
			}
		}
	}
	return fresh
}

// measure measures tests, and adds them to those that are known.
func (p *program) measure(fresh []*oneTest, known map[string]measured, parallel int) (err error) {
	fmt.Println(len(fresh), "tests to measure")
	var mu sync.Mutex
	each(fresh, parallel, func(t *oneTest) {
		e := t.measure(p.work)
		m := measured{Seconds: t.Seconds, Fails: t.Fails}
		for n := range t.Reaches {
			m.Reaches = append(m.Reaches, p.faults[n-1].ID)
		}
		mu.Lock()
		defer mu.Unlock()
		if e != nil {
			err = e
			return
		}
		known[t.in.Package+"."+t.Name] = m
		if t.Fails {
			fmt.Println("fails without a fault:", t.in.Package, t.Name)
		}
	})
	return err
}
