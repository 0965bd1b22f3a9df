package verification

import (
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPage_NothingUnlessEverySectionSucceeds(t *testing.T) {
	saved := sections
	defer func() { sections = saved }()
	sections = []func(io.Writer) error{uncovered, func(io.Writer) error { return errors.New("no") }}
	text, err := Page()
	require.Error(t, err)
	require.Empty(t, text)
	sections = sections[:1]
	text, err = Page()
	require.NoError(t, err)
	require.Contains(t, string(text), "## Not covered")
}

func TestTallies_AreRead(t *testing.T) {
	rows := tallies.FindAllStringSubmatch("x.go:70: table client: mutants 62, by properties 42, by sizes too 54\nexplored: mutants 100 of 10182, by properties 63, by sizes too 80, in 14s", -1)
	require.Len(t, rows, 2)
	require.Equal(t, []string{"table client", "62", "", "42", "54"}, rows[0][1:])
	require.Equal(t, []string{"explored", "100", "10182", "63", "80"}, rows[1][1:])
}

func TestGrouped(t *testing.T) {
	require.Equal(t, []string{"1,234,567", "12"}, []string{grouped(1234567), grouped(12)})
}
