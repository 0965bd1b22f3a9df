package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// Each test that the table of features names is there.
func TestLibrary_CellsAreTests(t *testing.T) {
	page, err := os.ReadFile("library.md")
	require.NoError(t, err)
	var source []byte
	for _, pattern := range []string{"../transport/*_test.go", "../transport/wsjson/*_test.go",
		"../transport/conformtest/*_test.go", "../transport/internal/*test/*_test.go",
		"../transport/*khp/*_test.go"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, name := range files {
			b, err := os.ReadFile(name)
			require.NoError(t, err)
			source = append(source, b...)
		}
	}
	names := regexp.MustCompile(`\bTest[A-Z]\w+`).FindAllString(string(page), -1)
	require.NotEmpty(t, names)
	for _, name := range names {
		require.Contains(t, string(source), "func "+name+"(t *testing.T)")
	}
}
