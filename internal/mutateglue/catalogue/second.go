package catalogue

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
)

// Second says where it is, from the root of the module, which faults of the packages of Twice a
// second tool notices.
const Second = "internal/mutateglue/catalogue/second.tsv"

//go:embed second.tsv
var second string

// Twice are the packages of whose faults a second tool notices each, or of which the catalogue says
// why one is enough, with how many wait for either. The numbers may only fall.
var Twice = map[string]int{
	"endpoint/driver":         0,
	"transport/internal/loop": 0,
}

// Tool is a way to notice a fault, by other means than another one.
type Tool string

// Tools.
const (
	Own        Tool = "own tests"   // of the package, with their expectations of it
	Model      Tool = "model"       // random calls, told to a second reading of the package, too
	Itself     Tool = "itself"      // told the same in another way, it does the same: no expectation
	Schedules  Tool = "schedules"   // every interleaving with few preemptions
	Sockets    Tool = "connections" // tests of the public packages, whose traces are replayed
	Handshake  Tool = "handshake"   // tests of other rooms, which use the package
	Ghosts     Tool = "ghosts"      // beside each endpoint, while a walk looks at nothing
	Conformity Tool = "conformance" // cases of the suite, on both sides of khp and on a socket
	Simulation Tool = "simulation"  // scenarios, with bytes, time and the monitor
	Fuzzing    Tool = "fuzzing"     // the seeds and corpora of the fuzz targets
)

// ToolOf returns the tool that a test belongs to, by its package and name, for a fault of package
// of.
func ToolOf(of, pkg, test string) Tool {
	switch {
	case strings.HasSuffix(test, "Interleavings"):
		return Schedules
	case strings.HasSuffix(test, "RefinesModel"):
		return Model
	case strings.HasSuffix(test, "InsideIsAfter"), strings.HasSuffix(test, "ResetIsNew"),
		strings.HasSuffix(test, "SameWhateverHappensInside"):
		return Itself
	case pkg == "internal/ghost":
		return Ghosts
	case strings.HasSuffix(pkg, "/conform"):
		return Conformity
	case strings.HasPrefix(test, "Fuzz"), pkg == "fuzz":
		return Fuzzing
	case pkg == of:
		return Own
	case strings.HasPrefix(pkg, "sim/"), strings.HasPrefix(pkg, "internal/watch"):
		return Simulation
	case strings.HasPrefix(pkg, "transport/internal/") && pkg != "transport/internal/adaptertest":
		return Handshake
	}
	return Sockets
}

// Tool returns the tool whose test notices the fault.
func (r *Row) Tool() Tool {
	pkg, name := r.Test()
	return ToolOf(r.Package(), pkg, name)
}

// Alone stands in the place of a test where no second tool notices a fault, alone or with a Kind
// behind a blank.
const Alone = "-"

// Kind is why one tool is enough for some faults.
type Kind struct{ Name, Why string }

// Kinds are all of them.
var Kinds = []Kind{
	{"memory", "the allocations of a call. Nothing else differs, so that only a test that " +
		"measures them can notice it."},
}

// judged returns the kind of a fault that one tool notices alone, nil if there is none yet.
func judged(test string) *Kind {
	name, alone := strings.CutPrefix(test, Alone+" ")
	if i := slices.IndexFunc(Kinds, func(k Kind) bool { return k.Name == name }); alone && i >= 0 {
		return &Kinds[i]
	}
	return nil
}

// IsAlone reports whether a result of Seconds says that no second tool notices the fault.
func IsAlone(test string) bool { return test == Alone || strings.HasPrefix(test, Alone+" ") }

const secondHead = "function\tclass\talso noticed by\tfaults"

// Seconds returns by the ID of a fault the test of a second tool that notices it, or Alone, with a
// Kind or without.
func Seconds() (tests map[string]string, err error) {
	tests = map[string]string{}
	return tests, lines(second, secondHead, func(f []string) bool {
		for _, hash := range strings.Fields(f[3]) {
			tests[f[0]+":"+hash] = f[2]
		}
		return f[2] == Alone || judged(f[2]) != nil || strings.Contains(f[2], ".")
	})
}

// SecondText is the content of the file for these tests, of those of the rows that are noticed.
func SecondText(rows []Row, tests map[string]string) string {
	var list []Row
	for _, r := range rows {
		if test := tests[r.ID]; r.Killer != "" && test != "" {
			list = append(list, Row{ID: r.ID, Class: r.Class, Killer: test})
		}
	}
	text, _ := Text(list)
	return strings.Replace(text, noticedHead, secondHead, 1)
}

// Pair counts the faults of a package that two tools notice, Second "" if it is one alone. Why is
// then the name of a Kind, "" if there is none yet.
type Pair struct {
	Package       string
	First, Second Tool
	Why           string
	Faults        int
}

// Pairs counts by package and pair of tools, in that order. A fault that was not shown to a second
// tool is not counted.
func Pairs(rows []Row) (pairs []Pair, err error) {
	tests, err := Seconds()
	if err != nil {
		return nil, err
	}
	count := map[Pair]int{}
	for i := range rows {
		r := &rows[i]
		test := tests[r.ID]
		if test == "" || r.Killer == "" {
			continue
		}
		p := Pair{Package: r.Package(), First: r.Tool()}
		if k := judged(test); k != nil {
			p.Why = k.Name
		} else if test != Alone {
			also := Row{ID: r.ID, Killer: test}
			p.Second = also.Tool()
			if p.First == p.Second {
				return nil, fmt.Errorf("%s is noticed twice by the same tool, %s", r.ID, p.First)
			}
			p.First, p.Second = min(p.First, p.Second), max(p.First, p.Second)
		}
		count[p]++
	}
	for p, n := range count {
		p.Faults = n
		pairs = append(pairs, p)
	}
	slices.SortFunc(pairs, func(a, b Pair) int {
		return strings.Compare(a.Package+"\t"+string(a.First)+"\t"+string(a.Second)+"\t"+a.Why,
			b.Package+"\t"+string(b.First)+"\t"+string(b.Second)+"\t"+b.Why)
	})
	return pairs, nil
}
