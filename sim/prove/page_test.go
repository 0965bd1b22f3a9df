package prove

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Written invariants can be read again, and those left out follow from them.
func TestKnown_ReadsThePage(t *testing.T) {
	page, err := os.ReadFile("../../docs/invariants.md")
	require.NoError(t, err)
	for _, m := range []*Machine{Client(), Server()} {
		known := m.Known(string(page))
		require.Greater(t, len(known), 100)
		phases := map[int]bool{}
		for _, i := range known {
			phases[i.clause.phase] = true
			again, ok := m.vocabulary().read(i.Text)
			if i.clause.a != i.clause.b {
				require.True(t, ok && again == i.clause, "%s", i.Text)
			}
		}
		require.Len(t, phases, len(m.phases)+1, "every phase, and everywhere")
	}
	c, ok := Client().vocabulary().read("in Nowhere: dialing → connected")
	require.False(t, ok, "%v", c)
}

func TestTerm_Simplifies(t *testing.T) {
	a, b := variable("a"), variable("b c")
	require.Equal(t, yes, and())
	require.Equal(t, no, and(a, no))
	require.Equal(t, yes, or(a, yes))
	require.Equal(t, a, not(not(a)))
	require.Equal(t, "(or (not |a|) (and |a| |b c|))", or(not(a), no, and(a, yes, b)).String())
	require.Equal(t, "|b c|", or(not(a), and(a, b)).with(map[string]*term{"a": yes}).String())
	for _, set := range [][]string{nil, {"a"}, {"a", "b c"}} {
		of := func(name string) bool { return slices.Contains(set, name) }
		require.Equal(t, len(set) != 1, or(not(a), and(a, b)).value(of))
	}
}

// answers is a solver with prepared answers.
type answers []string

func (a *answers) Tell(string) error { return nil }
func (a *answers) Ask(string) (string, error) {
	next := (*a)[0]
	*a = (*a)[1:]
	return next, nil
}

func TestValues_ReadsPairs(t *testing.T) {
	list, err := valuesOf(&answers{"((|a (b| true)\n ((or |c d| e)\n  false) (n (- 3)))"}, "")
	require.NoError(t, err)
	require.Equal(t, []string{"true", "false", "(- 3)"}, list)
	_, err = valuesOf(&answers{"unsupported"}, "")
	require.Error(t, err)
	_, err = satisfiable(&answers{"unknown"})
	require.EqualError(t, err, "prove: the solver answers unknown")
}

// script is a solver that keeps its commands, and finds nothing.
type script strings.Builder

func (s *script) Tell(commands string) error {
	(*strings.Builder)(s).WriteString(commands)
	return nil
}
func (s *script) Ask(command string) (string, error) { return "unsat", s.Tell(command) }

// Every constant is declared before it is used, for a cell without rows that decide anything, too.
func TestExplain_DeclaresConstants(t *testing.T) {
	page, err := os.ReadFile("../../docs/invariants.md")
	require.NoError(t, err)
	for _, m := range []*Machine{Client(), Server(),
		Client().Cell("ClientConnecting", "SendRequested"), Server().Cell("ServerOpen", "Decided"),
		Client().Cell("ClientReading", "Response(Redirect)"), Client().Cell("", "nothing")} {
		var asked []*script
		refuted, err := m.Explain(string(page), func() (Solver, func() error, error) {
			asked = append(asked, &script{})
			return asked[len(asked)-1], func() error { return nil }, nil
		})
		require.NoError(t, err)
		require.Empty(t, refuted)
		require.Len(t, asked, 2)
		for _, s := range asked {
			declared := map[string]bool{}
			for line := range strings.Lines((*strings.Builder)(s).String()) {
				for _, name := range regexp.MustCompile(`\|[^|]*\|`).FindAllString(line, -1) {
					declares := strings.HasPrefix(line, "(declare-const "+name)
					require.True(t, declares || declared[name], "%s %s: %s", m.cell, name, line)
					declared[name] = true
				}
			}
		}
	}
}
