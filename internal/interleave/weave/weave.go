// Package weave builds tests in which packages are scheduled by package interleave, and seeds
// faults in them. It is for tests.
package weave

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.com/khp/internal/interleave"
	"example.com/khp/internal/overlay"
	"github.com/stretchr/testify/require"
)

// Fault is an edit of the one place in the woven packages that reads Before, which some schedule
// must show. After may use "seeded", which is true in the run that has the fault.
type Fault struct{ Name, Before, After string }

// Explore is a test of exploration. In the build that it makes it calls explore; the test there is
// the exploration itself, for the source as it is and with each fault. dirs are the packages to
// weave, relative to that of the test.
func Explore(t *testing.T, dirs []string, faults []Fault, explore func(t *testing.T)) {
	if interleave.Woven() {
		explore(t)
		return
	}
	if testing.Short() {
		t.Skip("it builds a test")
	}
	binary := build(t, dirs, faults)
	out, err := run(binary, t.Name(), -1)
	require.NoError(t, err, "%s", out)
	require.Contains(t, out, " schedules")
	for line := range strings.Lines(out) {
		if strings.Contains(line, " schedules") {
			t.Log(strings.TrimSpace(line))
		}
	}
	for i, f := range faults {
		t.Run(f.Name, func(t *testing.T) {
			out, err := run(binary, t.Name()[:strings.IndexByte(t.Name(), '/')], i)
			require.Error(t, err, "no schedule shows the fault: %s", out)
			require.Regexp(t, found, out, "it is found by exploration")
		})
	}
}

// found is how a schedule shows a fault: in words, by threads that wait for ever, by a double
// close.
const found = "schedule [0-9]+: |panic: deadlock: |panic: close of closed channel"

// run runs a test of the binary with one fault, or none if that is negative.
func run(binary, test string, fault int) (out string, err error) {
	cmd := exec.Command(binary, "-test.run", "^"+test+"$", "-test.v", "-test.timeout=5m")
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d", interleave.Seed, fault))
	b, err := cmd.CombinedOutput()
	return string(b), err
}

// build builds the test with the packages woven and with all faults.
func build(t *testing.T, dirs []string, faults []Fault) (binary string) {
	work := t.TempDir()
	o := overlay.New(work)
	places := make([]int, len(faults)) // of each fault
	for _, dir := range dirs {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		require.NoError(t, err)
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			source, err := os.ReadFile(name)
			require.NoError(t, err)
			text := string(source)
			for i, f := range faults {
				if n := strings.Count(text, f.Before); n > 0 {
					places[i] += n
					after := strings.ReplaceAll(f.After, "seeded", fmt.Sprintf("interleave.Seeded(%d)", i))
					text = strings.Replace(text, f.Before, after, 1)
				}
			}
			woven, err := Woven(text)
			require.NoError(t, err, "%s", text)
			require.NoError(t, o.Put(name, []byte(woven)))
		}
	}
	for i, f := range faults {
		require.Equal(t, 1, places[i], "%s: its place is there once: %s", f.Name, f.Before)
	}
	file, err := o.Write()
	require.NoError(t, err)
	binary = filepath.Join(work, "woven.test")
	require.NoError(t, overlay.Test(file, "", ".", binary))
	return binary
}

// stands are the types of package interleave that stand in for others.
var stands = [][2]string{{"sync.Mutex", "interleave.Mutex"}, {"sync.Once", "interleave.Once"},
	{"atomic.Bool", "interleave.Bool"}}

// Woven returns a source in which locks, flags and messages on channels are scheduled.
func Woven(text string) (string, error) {
	text, err := yields(text)
	if err != nil {
		return "", err
	}
	for _, s := range stands {
		text = strings.ReplaceAll(text, s[0], s[1])
	}
	for _, imported := range [][2]string{{`"sync"`, "sync."}, {`"sync/atomic"`, "atomic."}} {
		if !strings.Contains(text, imported[1]) {
			text = strings.Replace(text, "\t"+imported[0]+"\n", "\t_ "+imported[0]+"\n", 1)
			text = strings.Replace(text, "import "+imported[0]+"\n", "import _ "+imported[0]+"\n", 1)
		}
	}
	tree, err := parser.ParseFile(token.NewFileSet(), "", text, parser.ImportsOnly)
	if err != nil {
		return "", err
	}
	at := int(tree.Name.End()) - 1
	return text[:at] + "; import \"example.com/khp/internal/interleave\"" + text[at:] +
		"\nfunc init() { interleave.Weave() }\n", nil
}

// yields puts a Yield before each statement that uses a channel.
func yields(text string) (string, error) {
	files := token.NewFileSet()
	tree, err := parser.ParseFile(files, "", text, parser.SkipObjectResolution)
	if err != nil {
		return "", err
	}
	var places []int
	sites := map[int]string{}
	mark := func(list []ast.Stmt) {
		for _, s := range list {
			if what := usesChannel(s); what != "" {
				at := files.Position(s.Pos()).Offset
				places = append(places, at)
				sites[at] = what
			}
		}
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt:
			mark(n.List)
		case *ast.CaseClause:
			mark(n.Body)
		case *ast.CommClause:
			mark(n.Body)
		}
		return true
	})
	slices.Sort(places)
	for _, at := range slices.Backward(places) {
		text = text[:at] + fmt.Sprintf("interleave.Yield(%q);", sites[at]) + text[at:]
	}
	return text, nil
}

// usesChannel names the channel operation of a statement, "" if it has none by itself.
func usesChannel(s ast.Stmt) string {
	switch s := s.(type) {
	case *ast.SelectStmt:
		return "select"
	case *ast.SendStmt:
		return "send"
	case *ast.ExprStmt:
		switch x := s.X.(type) {
		case *ast.UnaryExpr:
			if x.Op == token.ARROW {
				return "receive"
			}
		case *ast.CallExpr:
			if f, ok := x.Fun.(*ast.Ident); ok && f.Name == "close" {
				return "close"
			}
		}
	}
	return ""
}
