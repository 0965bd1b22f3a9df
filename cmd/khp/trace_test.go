package main

import (
	"os"
	"path/filepath"
	"testing"

	"example.com/khp/transport/trace"
	"github.com/stretchr/testify/require"
)

// A trace over a file that others could read is the owner's only, and nothing of the old file is left; a device keeps its permissions.
func TestTracer_Private(t *testing.T) {
	for _, before := range []os.FileMode{0, 0o644, 0o666, 0o640, 0o600} {
		path := filepath.Join(t.TempDir(), "t.ndjson")
		if before != 0 {
			require.NoError(t, os.WriteFile(path, make([]byte, 10000), before))
			require.NoError(t, os.Chmod(path, before))
		}
		tr, err := newTracer(path, trace.Header{}, func(err error) { t.Error(err) })
		require.NoError(t, err)
		tr.close()
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "%o", before)
		require.Less(t, info.Size(), int64(1000))
	}
	was, err := os.Stat(os.DevNull)
	require.NoError(t, err)
	tr, err := newTracer(os.DevNull, trace.Header{}, func(err error) { t.Error(err) })
	require.NoError(t, err)
	tr.close()
	now, err := os.Stat(os.DevNull)
	require.NoError(t, err)
	require.Equal(t, was.Mode(), now.Mode())
}
