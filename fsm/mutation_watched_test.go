package fsm_test

import (
	"bufio"
	"cmp"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/internal/overlay"
	"github.com/stretchr/testify/require"
)

// at is a cell of a table, or a code of the status table.
type at struct {
	side string
	cell int
}

// telling has the machines report to fsm.Touched which cells they look at: in each file, the
// statements behind a line.
var telling = map[string]map[string]string{
	"client.go": {
		"func (cfg ClientConfig) Step(s ClientState, ev Event) (ClientState, Effects, Verdict) {\n": "" +
			"\ttouched(\"client\", ClientCell(s, ev))\n\ttouched(\"status\", int(ev.Status))\n",
	},
	"server.go": {
		"func (cfg ServerConfig) Step(s ServerState, ev Event) (ServerState, Effects, Verdict) {\n": "" +
			"\ttouched(\"server\", ServerCell(s, ev))\n\ttouched(\"status\", int(ev.Status))\n",
	},
	"status.go": {"func Status(code int) codes.Rule {\n": "\ttouched(\"status\", code)\n"},
}

// mutable is the code that makes the mutants part of package fsm for the tests of another package:
// KHP_MUTANT is the number of the mutant, KHP_TOUCHED the file that is told which cells decide.
const mutable = `package fsm

import (
	"fmt"
	"os"
	"strconv"
	"sync"
)

func init() {
	if name := os.Getenv("KHP_TOUCHED"); name != "" {
		file, err := os.Create(name)
		if err != nil {
			panic(err)
		}
		var known sync.Map
		Touched = func(side string, cell int) {
			line := fmt.Sprintf("%s %d\n", side, cell)
			if _, again := known.LoadOrStore(line, true); !again {
				fmt.Fprint(file, line)
			}
		}
	}
	n, err := strconv.Atoi(os.Getenv("KHP_MUTANT"))
	for m := range Mutants() {
		if err != nil {
			return
		}
		if n == 0 {
			m.Apply()
			return
		}
		n--
	}
}
`

// watchedTests builds the tests of a package on machines that report the cells that they look at;
// those of another package than this one have the mutants, too.
func watchedTests(t *testing.T, pkg string) (binary string) {
	t.Helper()
	dir := t.TempDir()
	o := overlay.New(dir)
	write := func(name, text string) { require.NoError(t, o.Put(name, []byte(text))) }
	for name, lines := range telling {
		source, err := os.ReadFile(name)
		require.NoError(t, err)
		text := string(source)
		for line, more := range lines {
			require.Equal(t, 1, strings.Count(text, line), "%s has this once: %s", name, line)
			text = strings.Replace(text, line, line+more, 1)
		}
		write(name, text)
	}
	if pkg != "fsm" {
		for at, name := range map[string]string{
			"mutants1.go": "export_test.go", "mutants2.go": "mutants_export_test.go",
		} {
			source, err := os.ReadFile(name)
			require.NoError(t, err)
			write(at, string(source))
		}
		write("mutable.go", mutable)
	}
	file, err := o.Write()
	require.NoError(t, err)
	binary = filepath.Join(dir, "tests")
	require.NoError(t, overlay.Test(file, "", "../"+pkg, binary))
	return binary
}

// suite is the tests of another package: the cells that each of them looks at, and how long it
// takes.
type suite struct {
	binary, dir string
	tests       []testOf
}

type testOf struct {
	name    string
	touches map[at]bool
	took    time.Duration
}

// newSuite runs each test of a package alone, without a mutant, but those that skip says.
func newSuite(t *testing.T, pkg string, skip func(name string) bool) *suite {
	t.Helper()
	s := &suite{binary: watchedTests(t, pkg), dir: "../" + pkg}
	cmd := exec.Command(s.binary, "-test.list", ".")
	cmd.Dir = s.dir
	names, err := cmd.Output()
	require.NoError(t, err)
	for _, name := range strings.Fields(string(names)) {
		if !strings.HasPrefix(name, "Test") || skip(name) {
			continue
		}
		file, begin := filepath.Join(t.TempDir(), "touched"), time.Now()
		out, err := s.run([]string{name}, "KHP_TOUCHED="+file).CombinedOutput()
		require.NoError(t, err, "without a mutant nothing fails: %s", out)
		s.tests = append(s.tests, testOf{name, touchedIn(t, file), time.Since(begin)})
	}
	slices.SortStableFunc(s.tests, func(a, b testOf) int { return cmp.Compare(a.took, b.took) })
	return s
}

func touchedIn(t *testing.T, file string) map[at]bool {
	t.Helper()
	f, err := os.Open(file)
	require.NoError(t, err)
	defer func() { _ = f.Close() }()
	list := map[at]bool{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		side, cell, _ := strings.Cut(lines.Text(), " ")
		n, err := strconv.Atoi(cell)
		require.NoError(t, err)
		list[at{side, n}] = true
	}
	return list
}

func (s *suite) run(names []string, env ...string) *exec.Cmd {
	cmd := exec.Command(s.binary, "-test.run", "^("+strings.Join(names, "|")+")$", "-test.short",
		"-test.failfast", "-test.timeout=1m", "-rapid.nofailfile")
	cmd.Dir, cmd.Env = s.dir, append(os.Environ(), env...)
	return cmd
}

// notices reports whether a test that looks at the cells of mutant number n fails with it. The
// quick ones go first.
func (s *suite) notices(n int, m fsm.Mutant) bool {
	var names []string
	for _, x := range s.tests {
		if x.touches[at{m.Side, m.Cell}] {
			names = append(names, x.name)
		}
	}
	const few = 12
	for part := range slices.Chunk(names, few) {
		if s.run(part, "KHP_MUTANT="+strconv.Itoa(n)).Run() != nil {
			return true
		}
	}
	return false
}

// looking returns the cells that machines of this process look at while f runs.
func looking(f func()) map[at]bool {
	list := map[at]bool{}
	fsm.Touched = func(side string, cell int) { list[at{side, cell}] = true }
	defer func() { fsm.Touched = nil }()
	f()
	return maps.Clone(list)
}
