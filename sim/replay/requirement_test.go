package replay

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
)

// documented returns the ids of both lists in docs.
func documented(t *testing.T) map[string]bool {
	t.Helper()
	ids := map[string]bool{}
	for _, name := range []string{"requirements", "properties"} {
		b, err := os.ReadFile("../../docs/" + name + ".tsv")
		require.NoError(t, err)
		for line := range strings.Lines(string(b)) {
			id, _, _ := strings.Cut(line, "\t")
			ids[id] = true
		}
	}
	return ids
}

// Every requirement that the source names exists and can be put in words.
func TestText_Complete(t *testing.T) {
	ids := documented(t)
	for id := range texts {
		require.True(t, ids[id], "%s is not documented", id)
	}
	named := 0
	for _, dir := range []string{".", "../capture"} {
		files, err := os.ReadDir(dir)
		require.NoError(t, err)
		for _, f := range files {
			if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") ||
				f.Name() == "requirement.go" {
				continue
			}
			b, err := os.ReadFile(dir + "/" + f.Name())
			require.NoError(t, err)
			for _, quoted := range regexp.MustCompile(`"[^"\n]*"`).FindAllString(string(b), -1) {
				for _, id := range regexp.MustCompile(`(KHP|WSP|RFC|INV|LIV)[0-9]*-[A-Z0-9-]*[0-9]`).
					FindAllString(quoted, -1) {
					require.NotEmpty(t, Text(id), "%s in %s", id, f.Name())
					require.True(t, ids[id], id)
					named++
				}
			}
		}
	}
	require.Greater(t, named, 50)
	for r := range fsm.Statuses() {
		for _, id := range strings.Fields(terminatingReqs(r.Code)) {
			if strings.HasPrefix(id, "KHP-STATUS") {
				require.NotEmpty(t, Text(id), id)
			}
		}
	}
	require.Empty(t, Text("KHP-NO-01"))
}
