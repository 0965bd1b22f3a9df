package fsm_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/internal/shown"
	"example.com/khp/internal/spincheck/spin"
	"example.com/khp/sim/explore"
	"example.com/khp/sim/model"
	"example.com/khp/sim/script"
	"github.com/stretchr/testify/require"
)

// TestDrill breaks one cell as docs/verification.md does: a client that waits for credentials
// ignores that their time is up. The explorer, Spin and a scenario must all notice, and the first
// two must name the cell.
func TestDrill(t *testing.T) {
	fault, ok := model.FaultNamed("lost-credential-timer")
	require.True(t, ok)
	defer fsm.SetRow("client", fault.Row, fault.Changed)()

	t.Run("explorer", func(t *testing.T) {
		m := faultyPair()
		r, err := explore.Explore(m.System(), m.Properties(), explore.Options{})
		require.NoError(t, err)
		i := slices.IndexFunc(r.Violations, func(v model.Violation) bool { return v.ID == "LIV-06" })
		require.GreaterOrEqual(t, i, 0, "%v", r.Violations)
		require.Equal(t, "-: client AwaitCredentials on TimerExpired(Credentials) does nothing, "+
			"in fsm/client_table.go", r.Violations[i].Cells()[0])
	})
	t.Run("scenario", func(t *testing.T) {
		const file = "../sim/script/testdata/timeouts/client.txt"
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		f, err := script.Parse(file, string(source))
		require.NoError(t, err)
		out, err := f.Run(script.Options{})
		require.NoError(t, err)
		require.False(t, out.Passed())
		require.Contains(t, strings.Join(out.Broken, "\n"),
			"LIV-01: nothing is left to happen in phase ClientAwaitCredentials")
		page := drilled(t, "go run ./cmd/khp sim sim/script/testdata")
		for _, m := range out.Mismatches[:1] {
			require.Contains(t, page, fmt.Sprintf("%s:%d: expected (-) and got (+)\n    - %s\n    + %s\n",
				strings.TrimPrefix(file, "../"), m.Line, m.Want[0], m.Got[0]))
		}
	})
	t.Run("spin", func(t *testing.T) {
		if missing := spin.Missing(); missing != "" || testing.Short() {
			t.Skip("needs spin and gcc, and seconds ", missing)
		}
		r, err := spin.Quick(t.Context())
		require.NoError(t, err)
		require.Equal(t, "LIV-06", r.Configurations[0].Broken)
		require.Contains(t, r.Configurations[0].Rows[0], "ignored of the client in await credentials: ")
		require.Contains(t, r.Configurations[0].Rows[0], "TimerExpired_Credentials")
		_, rows, _ := strings.Cut(drilled(t, "go run ./internal/spincheck -quick"), "first:\n")
		got := "  " + strings.Join(r.Configurations[0].Rows[:2], "\n  ") + "\n"
		require.True(t, shown.Matches(rows, got), "shown is\n%s\nbut it is\n%s", rows, got)
	})
}

// drilled is a part of the output of a command that docs/verification.md shows.
func drilled(t *testing.T, command string) string {
	page, err := os.ReadFile("../docs/verification.md")
	require.NoError(t, err)
	text, ok := shown.Output(string(page), command)
	require.True(t, ok, command)
	return text
}

// faultyPair is the pair in which faults are looked for: no deferrals, which keeps it small, and
// one more challenge than the client may answer.
func faultyPair() model.Honest {
	cfg := fsm.DefaultClientConfig()
	cfg.MaxRedirects, cfg.MaxReplays, cfg.MaxInterim = 1, 1, 2
	return model.Honest{Client: cfg, Server: fsm.ServerConfig{MaxChallenges: 2}}
}
