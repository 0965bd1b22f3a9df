package fsm_test

import (
	"encoding/json"
	"flag"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/khp/fsm"
	"example.com/khp/internal/z3"
	"example.com/khp/sim/model"
	"example.com/khp/sim/prove"
)

var mutateTools = flag.Int("mutate-tools", 0, "show that many mutants of the tables, picked at random, to each tool alone (make mutate-tools)")

// TestMutation_ByTool counts which tools notice a mutant, each on its own: the oracle; exploration by
// its properties, without the oracle; the proof; and the tests of package endpoint, which know nothing
// of tables.
func TestMutation_ByTool(t *testing.T) {
	if *mutateTools == 0 {
		t.Skip("run with -mutate-tools N, or make mutate-tools")
	}
	mutants, numbers := slices.Collect(fsm.Mutants()), []int(nil)
	for i, m := range mutants {
		if m.Side != "status" {
			numbers = append(numbers, i)
		}
	}
	rand.New(rand.NewPCG(*mutateSeed, 0)).Shuffle(len(numbers), func(i, k int) { numbers[i], numbers[k] = numbers[k], numbers[i] })
	clients, servers := clientSamples(), serverSamples()
	known := map[string]model.Report{}
	for name, c := range configurations("client", "server") {
		r, err := exploreMutant(c)
		require.NoError(t, err)
		known[name] = r
	}
	page, err := os.ReadFile("../docs/invariants.md")
	require.NoError(t, err)
	binary := mutableTests(t, "endpoint")
	names := []string{"oracle", "exploration", "proof", "tests of endpoint"}
	by, alone, several, left := make([]int, len(names)), make([]int, len(names)), 0, 0
	shown := min(*mutateTools, len(numbers))
	for _, i := range numbers[:shown] {
		m := mutants[i]
		m.Apply()
		oracle := m.Side == "client" && clients.differ(m.Cell) || m.Side == "server" && servers.differ(m.Cell) || noticedByOracle() != ""
		property, _ := notices(m, known)
		proof := refuted(t, m.Side, string(page))
		m.Undo()
		n, last := 0, 0
		for k, yes := range []bool{oracle, property, proof, failsWith(t, binary, "../endpoint", i)} {
			if yes {
				by[k]++
				n, last = n+1, k
			}
		}
		switch n {
		case 0:
			left++
			t.Logf("noticed by none: %s", m.Name)
		case 1:
			alone[last]++
			t.Logf("noticed by %s alone: %s", names[last], m.Name)
		default:
			several++
		}
	}
	for k, name := range names {
		t.Logf("tool %s: notices %d of %d, %d of them alone", name, by[k], shown, alone[k])
	}
	t.Logf("tools: %d of %d noticed by two or more, %d by one, %d by none", several, shown, shown-several-left, left)
}

// refuted reports whether a machine as it is now cannot be proven any more.
func refuted(t *testing.T, side, page string) bool {
	m := prove.Client()
	if side == "server" {
		m = prove.Server()
	}
	list, err := m.Explain(page, func() (prove.Solver, func() error, error) {
		p, err := z3.Start(t.Context())
		if err != nil {
			return nil, nil, err
		}
		return p, p.Close, nil
	})
	require.NoError(t, err)
	return len(list) > 0
}

// mutableTests builds the tests of a package on tables that KHP_MUTANT changes, by the number of a
// mutant.
func mutableTests(t *testing.T, pkg string) (binary string) {
	t.Helper()
	dir := t.TempDir()
	apply := filepath.Join(dir, "apply.go")
	require.NoError(t, os.WriteFile(apply, []byte(`package fsm

import (
	"os"
	"strconv"
)

func init() {
	n, err := strconv.Atoi(os.Getenv("KHP_MUTANT"))
	for m := range Mutants() {
		if err == nil && n == 0 {
			m.Apply()
			return
		}
		n--
	}
}
`), 0o600))
	here, err := os.Getwd()
	require.NoError(t, err)
	list, err := json.Marshal(map[string]map[string]string{"Replace": {
		filepath.Join(here, "mutant1.go"): filepath.Join(here, "export_test.go"),
		filepath.Join(here, "mutant2.go"): filepath.Join(here, "mutants_export_test.go"),
		filepath.Join(here, "mutant3.go"): apply,
	}})
	require.NoError(t, err)
	overlay := filepath.Join(dir, "overlay.json")
	require.NoError(t, os.WriteFile(overlay, list, 0o600))
	binary = filepath.Join(dir, "tests")
	out, err := exec.Command("go", "test", "-c", "-vet=off", "-overlay", overlay, "-o", binary, "../"+pkg).CombinedOutput()
	require.NoError(t, err, "%s", out)
	cmd := exec.Command(binary, "-test.short")
	cmd.Dir = "../" + pkg
	out, err = cmd.CombinedOutput()
	require.NoError(t, err, "without a mutant nothing fails: %s", out)
	return binary
}

// failsWith reports whether the tests fail with mutant number n.
func failsWith(t *testing.T, binary, dir string, n int) bool {
	cmd := exec.CommandContext(t.Context(), binary, "-test.short", "-test.failfast", "-test.timeout=2m", "-rapid.nofailfile")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "KHP_MUTANT="+strconv.Itoa(n))
	return cmd.Run() != nil
}
