package script

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write what comes out into the transcripts")

// Every transcript runs as it says. Those of testdata/adv are the scenarios of docs/properties.tsv,
// named after their ids.
func TestTranscripts(t *testing.T) {
	var files []string
	require.NoError(t, filepath.WalkDir("testdata", func(path string, d os.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".txt") {
			files = append(files, path)
		}
		return err
	}))
	for _, path := range files {
		name := strings.TrimSuffix(filepath.ToSlash(strings.TrimPrefix(path, "testdata/")), ".txt")
		t.Run(name, func(t *testing.T) {
			source, err := os.ReadFile(path)
			require.NoError(t, err)
			f, err := Parse(path, string(source))
			require.NoError(t, err)
			require.NotEmpty(t, f.Title, "the first comment is a title")
			for _, id := range f.Requirements {
				t.Attr("req", id)
			}
			if id := filepath.Base(path); strings.HasPrefix(id, "ADV-") {
				t.Attr("req", id[:len("ADV-00")])
			}
			out, err := f.Run(Options{})
			require.NoError(t, err)
			if *update {
				require.NoError(t, os.WriteFile(path, []byte(out.Source), 0o644))
				out, err = mustParse(t, path, out.Source).Run(Options{})
				require.NoError(t, err)
			}
			for _, m := range out.Mismatches {
				t.Errorf("%s:%d: what came out is not what is expected (run with -update to accept it)\n%s",
					path, m.Line, Diff(m.Want, m.Got))
			}
			require.Empty(t, out.Broken)
		})
	}
}

func mustParse(t *testing.T, name, source string) *File {
	t.Helper()
	f, err := Parse(name, source)
	require.NoError(t, err)
	return f
}
