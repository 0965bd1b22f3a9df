package main

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"

	"example.com/khp/internal/z3"
	"example.com/khp/sim/model"
	"example.com/khp/sim/prove"
	"github.com/stretchr/testify/require"
)

var withZ3 = flag.Bool("z3", false, "run the tests that need z3 (make prove)")

func needZ3(t *testing.T) {
	t.Helper()
	if !*withZ3 {
		t.Skip("run with -z3, or make prove")
	}
}

// starter starts z3.
func starter(t *testing.T) func() (prove.Solver, func() error, error) {
	return func() (prove.Solver, func() error, error) {
		p, err := z3.Start(t.Context())
		if err != nil {
			return nil, nil, err
		}
		return p, p.Close, nil
	}
}

// The page holds invariants that the machines keep, and each seeded fault is refuted with its cell.
func TestProve_NamesTheBrokenCell(t *testing.T) {
	needZ3(t)
	known, err := os.ReadFile("../../" + page)
	require.NoError(t, err)
	for _, f := range model.Faults() {
		t.Run(f.Name, func(t *testing.T) {
			m := prove.Client()
			if f.Side == model.Server {
				m = prove.Server()
			}
			list, err := m.With(f.Row, f.Changed).Explain(string(known), starter(t))
			require.NoError(t, err)
			if f.Catches == "CAUSE" { // no property of proof has an opinion of it
				require.Empty(t, list)
				return
			}
			require.NotEmpty(t, list)
			cell := "server "
			if f.Side == model.Client {
				cell = "client "
			}
			for _, r := range list {
				require.True(t, strings.HasPrefix(r.Cell, cell+f.Changed.From+" on "+f.Changed.Event),
					"only the cell that was changed is named: %s", r)
			}
		})
	}
}

func TestProve_PageIsUpToDate(t *testing.T) {
	needZ3(t)
	t.Chdir("../..")
	var out, errs bytes.Buffer
	require.Zero(t, run(t.Context(), false, &out, &errs), "%s%s", out.String(), errs.String())
}

// Z3 reads the output of khp graph: it begins without breaking anything, steps are possible, and a
// fault breaks its property by its row, which the machine itself does not.
func TestSMTLIB_IsRead(t *testing.T) {
	needZ3(t)
	for _, v := range []struct {
		m                        *prove.Machine
		fault, breaks, row, from string
	}{
		{prove.Client(), "request-too-early", "|breaks INV-06|",
			"|row connecting/connected/send-opening|", "(not |WebSocket up|)"},
		{prove.Server(), "decide-on-nothing", "|breaks INV-41|",
			"|row opening/opening-request/await-request|", "init"},
	} {
		ask, text := reader(t, v.m), written(t, v.m)
		require.Equal(t, "sat", ask("init", "step"))
		for _, p := range v.m.Properties() {
			for _, kind := range []string{"breaks", "violates"} {
				if name := "|" + kind + " " + p[0] + "|"; strings.Contains(text, "(define-fun "+name+" ") {
					require.Equal(t, "unsat", ask("init", name), "%s by the first step", name)
				}
			}
		}
		f, ok := model.FaultNamed(v.fault)
		require.True(t, ok)
		require.Equal(t, "unsat", ask(v.from, v.row, v.breaks))
		require.Equal(t, "sat", reader(t, v.m.With(f.Row, f.Changed))(v.from, v.row, v.breaks))
	}
}

func written(t *testing.T, m *prove.Machine) string {
	var b strings.Builder
	require.NoError(t, m.SMTLIB(&b))
	return b.String()
}

// reader returns the answer of z3, which has read m, to several assertions.
func reader(t *testing.T, m *prove.Machine) func(assertions ...string) string {
	p, err := z3.Start(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { _ = p.Close() })
	require.NoError(t, p.Tell(written(t, m)))
	return func(assertions ...string) string {
		require.NoError(t, p.Tell("(push)\n"))
		for _, a := range assertions {
			require.NoError(t, p.Tell("(assert "+a+")\n"))
		}
		answer, err := p.Ask("(check-sat)\n")
		require.NoError(t, err)
		require.NoError(t, p.Tell("(pop)\n"))
		return answer
	}
}

func TestProve_WithoutZ3(t *testing.T) {
	t.Chdir("../..")
	t.Setenv("PATH", t.TempDir())
	var out, errs bytes.Buffer
	require.Equal(t, 3, run(t.Context(), false, &out, &errs))
	require.Equal(t, "provecheck: z3 is missing: apt-get install z3\n", errs.String())
}
