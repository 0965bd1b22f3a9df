package overlay_test

import (
	"os"
	"path/filepath"
	"testing"

	"example.com/khp/internal/overlay"
	"github.com/stretchr/testify/require"
)

// A second overlay begins with the sources of the first one, and changes none of its files.
func TestOverlay_OnAnother(t *testing.T) {
	first := overlay.New(t.TempDir())
	require.NoError(t, first.Put("overlay.go", []byte("first")))
	file, err := first.Write()
	require.NoError(t, err)

	second, err := overlay.Open(file, t.TempDir())
	require.NoError(t, err)
	name, err := filepath.Abs("overlay.go")
	require.NoError(t, err)
	text, err := second.Source(name)
	require.NoError(t, err)
	require.Equal(t, "first", string(text))
	require.NoError(t, second.Put(name, []byte("second")))
	text, err = second.Source(name)
	require.NoError(t, err)
	require.Equal(t, "second", string(text))
	text, err = first.Source(name)
	require.NoError(t, err)
	require.Equal(t, "first", string(text))

	own, err := filepath.Abs("overlay_test.go")
	require.NoError(t, err)
	want, err := os.ReadFile(own)
	require.NoError(t, err)
	text, err = second.Source(own)
	require.NoError(t, err)
	require.Equal(t, want, text, "a source that is not replaced")
}
