package verification

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPage_NothingUnlessEverySectionSucceeds(t *testing.T) {
	saved := sections
	defer func() { sections = saved }()
	sections = []func(io.Writer) error{fixed("uncovered"),
		func(io.Writer) error { return errors.New("no") }}
	text, err := Page()
	require.Error(t, err)
	require.Empty(t, text)
	sections = sections[:1]
	text, err = Page()
	require.NoError(t, err)
	require.Contains(t, string(text), "## Not covered")
}

func TestTallies_AreRead(t *testing.T) {
	rows := tallies.FindAllStringSubmatch("x.go:70: table client: mutants 62, by properties 42, "+
		"by sizes too 54\nexplored: mutants 100 of 10182, by properties 63, by sizes too 80, in 14s", -1)
	require.Len(t, rows, 2)
	require.Equal(t, []string{"table client", "62", "", "42", "54"}, rows[0][1:])
	require.Equal(t, []string{"explored", "100", "10182", "63", "80"}, rows[1][1:])
}

func TestTools_AreRead(t *testing.T) {
	var b strings.Builder
	require.NoError(t, writeTools(&b, "x.go:1: tool oracle: notices 9 of 10, 2 of them alone\n"+
		"x.go:2: tool tests of endpoint: notices 5 of 10, 0 of them alone\n"+
		"x.go:3: class effect: added: mutants 10, by two or more 7, by one 2 (oracle), "+
		"by none 0, nothing to notice 1\n"+
		"x.go:4: tools: shown 10 of 99 mutants, by two or more 7, by one 2, by none 0, "+
		"nothing to notice 1; -mutate-seed=1\n"))
	require.Contains(t, b.String(), "| oracle | 9 | 2 |\n| tests of endpoint | 5 | 0 |")
	require.Contains(t, b.String(), "| effect: added | 10 | 7 | 2 | oracle | 0 | 1 |")
	require.Contains(t, b.String(), "10 of all 99")
	require.Error(t, writeTools(&b, "ok"))
}

func TestGrouped(t *testing.T) {
	require.Equal(t, []string{"1,234,567", "12"}, []string{grouped(1234567), grouped(12)})
}

// The table of second tools has all faults that were shown to one.
func TestTwice_Counts(t *testing.T) {
	var b strings.Builder
	require.NoError(t, twice(&b))
	shown := 0
	for line := range strings.Lines(b.String()) {
		if f := strings.Split(line, " | "); len(f) == 4 && strings.Contains(f[0], "/") {
			n, err := strconv.Atoi(strings.Trim(f[3], " |\n"))
			require.NoError(t, err)
			shown += n
		}
	}
	require.Contains(t, b.String(), fmt.Sprintf(" %d were shown:", shown))
}
