package page

import (
	"flag"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/khp/internal/reqtrace/cover"
	"example.com/khp/internal/reqtrace/list"
	"example.com/khp/internal/reqtrace/marks"
)

var update = flag.Bool("update", false, "write the golden page again")

func TestRender_Golden(t *testing.T) {
	many := func(n int) (tests []string) {
		for i := range n {
			tests = append(tests, "wire.Test"+string(rune('A'+i)))
		}
		return tests
	}
	entry := func(id, level, statement string) list.Entry {
		return list.Entry{ID: id, Level: level, Statement: statement, Property: id == "INV-01"}
	}
	got := Render(&cover.Report{Items: []cover.Item{
		{
			Entry:  entry("KHP-GEN-01", "MUST", "A | B, <c> and KHP-* with `code_x`."),
			Status: cover.Complete, Tests: many(6),
			Impl: []marks.Place{{File: "fsm/a.go", Symbol: "A"}, {File: "fsm/a.go", Symbol: "B"},
				{File: "wire/b.go", Symbol: "T.M"}},
		},
		{
			Entry: entry("KHP-GEN-02", "MUST NOT", "Two."), Status: cover.Missing, Tests: many(7),
			Idle: []string{"wire.TestX failed"},
		},
		{Entry: entry("KHP-OPEN-01", "MAY", "Three."), Status: cover.Excepted, Exception: "an | option"},
		{
			Entry: entry("NEW-01", "MUST", "Four."), Status: cover.Missing,
			Impl: []marks.Place{{File: "fsm/a.go", Symbol: "A"}, {File: "fsm/a.go", Symbol: "B"},
				{File: "fsm/a.go", Symbol: "C"}, {File: "fsm/a.go", Symbol: "D"},
				{File: "fsm/a.go", Symbol: "E"}},
		},
		{Entry: entry("INV-01", "safety", "Five."), Status: cover.Missing},
	}})
	const golden = "testdata/page.md"
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), got, "if this is meant: go test ./internal/reqtrace/page -update")
}

func TestRender_NothingUncovered(t *testing.T) {
	require.NotContains(t, Render(&cover.Report{}), "## Uncovered")
}
