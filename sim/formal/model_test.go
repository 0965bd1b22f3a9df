package formal

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/sim/export"
	"example.com/khp/sim/model"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// written are the models, written once for all tests.
var written = sync.OnceValues(func() (files [3]string, err error) {
	for i, write := range []func(io.Writer) error{
		func(w io.Writer) error { return Promela(w, export.Pair) },
		func(w io.Writer) error { return TLA(w, export.Pair) }, TLAConfig,
	} {
		var b bytes.Buffer
		err = errors.Join(err, write(&b))
		files[i] = b.String()
	}
	return files, err
})

func promela(t *testing.T) string {
	t.Helper()
	files, err := written()
	require.NoError(t, err)
	return files[0]
}

func tla(t *testing.T) (module, config string) {
	t.Helper()
	files, err := written()
	require.NoError(t, err)
	return files[1], files[2]
}

// names are all names that the guards of a cell look at.
func (c cell) names() []string {
	seen := map[string]bool{}
	for _, r := range c.rows {
		for _, x := range r.When {
			seen[x.Name] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

func (g guard) holds(world map[string]bool) bool {
	return !slices.ContainsFunc(g, func(c clause) bool {
		return !slices.ContainsFunc(c, func(x fsm.Condition) bool { return world[x.Name] != x.Not })
	})
}

func TestCells_GuardsExcludeEachOther(t *testing.T) {
	for _, side := range []model.Side{model.Client, model.Server} {
		cells := cellsOf(side)
		rapid.Check(t, func(t *rapid.T) {
			c := cells[rapid.IntRange(0, len(cells)-1).Draw(t, "cell")]
			world := map[string]bool{}
			for _, name := range c.names() {
				world[name] = rapid.Bool().Draw(t, name)
			}
			first := slices.IndexFunc(c.rows, func(r fsm.Row) bool {
				return !slices.ContainsFunc(r.When,
					func(x fsm.Condition) bool { return world[x.Name] == x.Not })
			})
			for i, g := range c.when {
				require.Equal(t, i == first, g.holds(world), "%s %s row %d: %v", c.phase, c.column, i, g)
			}
		})
	}
}

func TestModels_EveryConditionIsTranslated(t *testing.T) {
	for _, side := range []model.Side{model.Client, model.Server} {
		for r := range rowsOf(side) {
			for _, x := range r.When {
				for _, w := range []wording{promelaWords, tlaWords} {
					require.NotEqual(t, x.Name, strings.TrimLeft(w.condition(side, x), w.not),
						"%q of %s %s %s has a meaning in the model", x.Name, side, r.From, r.Event)
				}
			}
		}
	}
}

func TestModels_EveryFaultHasItsRow(t *testing.T) {
	require.Len(t, Faults(), 19)
	for _, f := range Faults() {
		require.True(t, strings.Contains(promela(t), "defined(FAULT_"+f.Switch()+") /* "+f.Catches),
			f.Switch())
		id := strings.ReplaceAll(f.Catches, "-", "_")
		require.True(t, slices.ContainsFunc(properties, func(p property) bool { return p.Name == id }),
			"%s is checked", f.Catches)
	}
}

func TestModels_EveryEdgeIsThere(t *testing.T) {
	module, _ := tla(t)
	for _, side := range []model.Side{model.Client, model.Server} {
		n := 0
		for r := range rowsOf(side) {
			if r.Verdict == fsm.Accepted {
				require.True(t, strings.Contains(module, "\n"+upper(prefix(side))+"_"+ident(r.ID)+" == "),
					"%s row %d has an action of its own", side, n)
			}
			n++
		}
	}
	accepted := len(regexp.MustCompile(`-> /\* \S+/\S+/`).FindAllString(promela(t), -1))
	require.Greater(t, accepted, len(export.Edges(export.Client))+len(export.Edges(export.Server)),
		"one guarded command per row, and more with faults")
}

func TestModels_OneSideIsNone(t *testing.T) {
	require.ErrorContains(t, Promela(&bytes.Buffer{}, export.Client), "write the pair")
	require.ErrorContains(t, TLA(&bytes.Buffer{}, export.Server), "write the pair")
}

func TestPropertyName(t *testing.T) {
	require.Equal(t, "INV-20", PropertyName(20))
	require.Equal(t, "WSP-FRAME-06", PropertyName(202))
	require.Empty(t, PropertyName(99))
}
