package fsm_test

import (
	"cmp"
	"flag"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/khp/fsm"
	"example.com/khp/internal/z3"
	"example.com/khp/sim/conform"
	"example.com/khp/sim/explore"
	"example.com/khp/sim/prove"
	"example.com/khp/sim/script"
	"example.com/khp/sim/verdict"
)

var (
	mutateTools = flag.Int("mutate-tools", 0,
		"show that many mutants of the tables, picked at random, to each tool alone; -1 shows all, "+
			"each until two tools have noticed it (make mutate-tools)")
	watched = flag.Bool("watched", false,
		"the machines tell what they look at: set by TestMutation_ByTool for itself")
)

// tool is one way to notice a mutant. None of them needs another one, and none takes its
// expectations from the tables.
type tool struct {
	name    string
	notices func(number int, m fsm.Mutant) bool
}

// TestMutation_ByTool counts which tools notice a mutant, each on its own.
func TestMutation_ByTool(t *testing.T) {
	switch {
	case *mutateTools == 0:
		t.Skip("run with -mutate-tools N, or make mutate-tools")
	case !*watched:
		cmd := exec.Command(watchedTests(t, "fsm"), append(os.Args[1:], "-watched")...)
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		require.NoError(t, cmd.Run())
		return
	}
	mutants := slices.Collect(fsm.Mutants())
	numbers := make([]int, len(mutants))
	for i := range numbers {
		numbers[i] = i
	}
	rand.New(rand.NewPCG(*mutateSeed, 0)).Shuffle(len(numbers),
		func(i, k int) { numbers[i], numbers[k] = numbers[k], numbers[i] })
	everything := *mutateTools < 0
	if !everything {
		numbers = numbers[:min(*mutateTools, len(numbers))]
	}
	tools, sum := newTools(t), newTally(t)
	for _, i := range numbers {
		m := mutants[i]
		m.Apply()
		var by []string
		for _, x := range tools {
			if x.notices(i, m) {
				by = append(by, x.name)
			}
			if everything && len(by) == 2 {
				break
			}
		}
		m.Undo()
		if sum.add(m, by); len(by) < 2 && !sum.nothing(m, by) {
			t.Logf("noticed by %s: %s", cmp.Or(strings.Join(by, ""), "none"), m.Name)
		}
	}
	sum.log(t, len(mutants), everything, tools)
}

// newTools are the tools, the quick ones first.
func newTools(t *testing.T) []tool {
	return []tool{
		{"oracle", oracleTool()},
		{"requirements", func(_ int, m fsm.Mutant) bool {
			return m.Side == "status" &&
				compareRequirements(t) != nil
		}},
		{"scenarios", scenes(t, scenarios(t))},
		{"conformance", scenes(t, cases(t))},
		{"exploration", exploration(t)},
		{"proof", proof(t)},
		{"tests of endpoint", newSuite(t, "endpoint", aboutSource).notices},
	}
}

// aboutSource are tests of endpoint that look at its source, or at memory.
func aboutSource(name string) bool {
	return strings.HasPrefix(name, "TestPurity") || strings.Contains(name, "Allocations") ||
		strings.Contains(name, "_Size")
}

func oracleTool() func(int, fsm.Mutant) bool {
	clients, servers := clientSamples(), serverSamples()
	clientWalks, serverWalks := clientGraphs(), serverGraphs()
	return func(_ int, m fsm.Mutant) bool {
		switch m.Side {
		case "client":
			return clients.differ(m.Cell) || clientWalks.differ(m.Cell)
		case "server":
			return servers.differ(m.Cell) || serverWalks.differ(m.Cell)
		}
		return compareStatus() != nil
	}
}

// scene is a run in the virtual network, with real bytes, and whether it comes out as its author
// wrote.
type scene struct {
	name    string
	right   func() bool
	touches map[at]bool
	took    time.Duration
}

// scenes notices a mutant by the scenes that look at the changed cells.
func scenes(t *testing.T, list []scene) func(int, fsm.Mutant) bool {
	for i := range list {
		begin := time.Now()
		list[i].touches = looking(func() {
			require.True(t, list[i].right(), "%s, without a mutant", list[i].name)
		})
		list[i].took = time.Since(begin)
	}
	list = slices.DeleteFunc(list, func(s scene) bool { return s.took > 2*time.Second })
	slices.SortStableFunc(list, func(a, b scene) int { return cmp.Compare(a.took, b.took) })
	return func(_ int, m fsm.Mutant) bool {
		for i, s := range list {
			if s.touches[at{m.Side, m.Cell}] && !unless(s.right) {
				if i > 0 { // it may notice the next one as well, which is in the same cell more often than not
					list[i-1], list[i] = list[i], list[i-1]
				}
				return true
			}
		}
		return false
	}
}

// unless is f, or false if it panics.
func unless(f func() bool) (yes bool) {
	defer func() {
		if recover() != nil {
			yes = false
		}
	}()
	return f()
}

// scenarios are those of package script, with the expectations of each and the invariants that the
// network watches.
func scenarios(t *testing.T) (list []scene) {
	require.NoError(t, filepath.WalkDir("../sim/script/testdata",
		func(path string, _ os.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".txt") || strings.Contains(path, "ADV-85") {
				return err // thousands of connections say no more than one
			}
			source, err := os.ReadFile(path)
			require.NoError(t, err)
			f, err := script.Parse(path, string(source))
			require.NoError(t, err)
			list = append(list, scene{name: path, right: func() bool {
				out, err := f.Run(script.Options{})
				return err == nil && out.Passed()
			}})
			return nil
		}))
	return list
}

// cases are those of the conformance suite that people wrote. The tour is made from the tables.
func cases(t *testing.T) (list []scene) {
	all, err := conform.Cases()
	require.NoError(t, err)
	for _, c := range all {
		if c.Outside || strings.HasPrefix(c.Name, "tour/") {
			continue
		}
		for _, profile := range []string{"spec", "kaazing"} {
			if c.Profile != "" && c.Profile != profile {
				continue
			}
			known := verdict.Grade("")
			list = append(list, scene{name: profile + " " + c.Name, right: func() bool {
				r, err := c.Run(script.Options{Profile: profile})
				if err != nil || len(r.Broken) > 0 {
					return false
				}
				known = cmp.Or(known, r.Grade())
				return r.Grade() == known
			}})
		}
	}
	return list
}

// exploration notices by properties, without the oracle, within small bounds.
func exploration(t *testing.T) func(int, fsm.Mutant) bool {
	return func(_ int, m fsm.Mutant) bool {
		sides := []string{m.Side}
		if m.Side == "status" {
			sides = []string{"client", "server"}
		}
		for _, c := range configurations(sides...) {
			if r, err := exploreMutant(c, explore.Options{First: true}); err != nil ||
				len(r.Violations) > 0 {
				return true
			}
		}
		return false
	}
}

// proof notices properties of the changed cell that can no longer be proven.
func proof(t *testing.T) func(int, fsm.Mutant) bool {
	page, err := os.ReadFile("../docs/invariants.md")
	require.NoError(t, err)
	return func(_ int, m fsm.Mutant) bool {
		p := prove.Client
		switch m.Side {
		case "server":
			p = prove.Server
		case "status":
			return false // events say what a status means, and the machine that is proven takes their word
		}
		list, err := p().Cell(fsm.CellName(m.Side, m.Cell)).
			Explain(string(page), func() (prove.Solver, func() error, error) {
				s, err := z3.Start(t.Context())
				if err != nil {
					return nil, nil, err
				}
				return s, s.Close, nil
			})
		require.NoError(t, err, m.Name)
		return len(list) > 0
	}
}

// tally counts by class of mutants.
type tally struct {
	t       *testing.T
	classes map[string]*class
	by      map[string]int
	alone   map[string]int
}

type class struct {
	mutants, equivalent, several, none int
	alone                              map[string]int
}

func newTally(t *testing.T) *tally {
	return &tally{t, map[string]*class{}, map[string]int{}, map[string]int{}}
}

// nothing reports whether a mutant changes nothing that can be noticed, or only a behaviour that
// the specification leaves open.
func (s *tally) nothing(m fsm.Mutant, by []string) bool {
	return len(by) == 0 && (redundant(m.Name) || onlyVerdict(m.Name) || equivalents[m.Name] != "" ||
		implied(s.t, m.Name))
}

func (s *tally) add(m fsm.Mutant, by []string) {
	name := classOf(m)
	c := s.classes[name]
	if c == nil {
		c = &class{alone: map[string]int{}}
		s.classes[name] = c
	}
	c.mutants++
	for _, n := range by {
		s.by[n]++
	}
	switch {
	case s.nothing(m, by):
		c.equivalent++
	case len(by) == 0:
		c.none++
	case len(by) == 1:
		c.alone[by[0]]++
		s.alone[by[0]]++
	default:
		c.several++
	}
}

func (s *tally) log(t *testing.T, all int, everything bool, tools []tool) {
	var sum class
	for _, name := range slices.Sorted(maps.Keys(s.classes)) {
		c := s.classes[name]
		var alone []string
		one := 0
		for _, n := range slices.Sorted(maps.Keys(c.alone)) {
			alone = append(alone, n)
			one += c.alone[n]
		}
		t.Logf("class %s: mutants %d, by two or more %d, by one %d (%s), by none %d, "+
			"nothing to notice %d", name, c.mutants, c.several, one, strings.Join(alone, ", "),
			c.none, c.equivalent)
		sum.mutants, sum.several, sum.none, sum.equivalent = sum.mutants+c.mutants, sum.several+
			c.several, sum.none+c.none, sum.equivalent+c.equivalent
	}
	for _, x := range tools {
		if !everything {
			t.Logf("tool %s: notices %d of %d, %d of them alone",
				x.name, s.by[x.name], sum.mutants, s.alone[x.name])
		}
	}
	t.Logf("tools: shown %d of %d mutants, by two or more %d, by one %d, by none %d, "+
		"nothing to notice %d; -mutate-seed=%d",
		sum.mutants, all, sum.several, sum.mutants-sum.several-sum.none-sum.equivalent, sum.none,
		sum.equivalent, *mutateSeed)
}

// classes of mutants, by the ends of their names; the first that fits counts.
var classes = []struct {
	name string
	ends *regexp.Regexp
}{
	{"status: another action", regexp.MustCompile(`^status .*: action`)},
	{"status: another duty", regexp.MustCompile(`^status .*: duty`)},
	{"status: another strength", regexp.MustCompile(`^status .*: strength`)},
	{"what does nothing: another verdict", regexp.MustCompile(` cell .*: (Ignored|Misuse|Accepted)$`)},
	{"rows: another order", regexp.MustCompile(` order `)},
	{"row: ignored or misuse", regexp.MustCompile(`: (ignored|misuse)$`)},
	{"row: another phase", regexp.MustCompile(`: next phase \d+$`)},
	{"guard: dropped or the other way round",
		regexp.MustCompile(`: (without guard .*|guard .* the other way round)$`)},
	{"guard: added", regexp.MustCompile(`: only (if|unless) `)},
	{"effect: added", regexp.MustCompile(`: also (Effect|ArmTimer)`)},
	{"effect: dropped", regexp.MustCompile(`: without Effect`)},
	{"effect: another one", regexp.MustCompile(`: another (kind than|timer)`)},
	{"effect: another order", regexp.MustCompile(`Effect\w+ behind Effect\w+$`)},
	{"close code: another one", regexp.MustCompile(`: another code$`)},
	{"failure: another one", regexp.MustCompile(`: another failure$`)},
	{"plan: another one", regexp.MustCompile(`: another plan$`)},
	{"mark: dropped, kept or added", regexp.MustCompile(`: (without|keeping|also) mark`)},
	{"count, status or failure: not recorded", regexp.MustCompile(`: without op`)},
}

func classOf(m fsm.Mutant) string {
	for _, c := range classes {
		if c.ends.MatchString(m.Name) {
			return c.name
		}
	}
	return "other: " + m.Name
}
