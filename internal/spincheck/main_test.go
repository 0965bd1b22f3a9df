package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRun_SaysHowToGetSpin(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	var out, errs bytes.Buffer
	require.Equal(t, 3, run(t.Context(), false, false, &out, &errs))
	require.Empty(t, out.String())
	require.Contains(t, errs.String(), "apt-get install spin gcc")
}
