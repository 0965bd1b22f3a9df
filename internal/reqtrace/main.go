// Reqtrace traces requirements: from the list in docs/requirements.tsv to the code that implements
// them and the tests that passed.
//
//	go run ./internal/reqtrace                              run the tests, print the totals
//	go run ./internal/reqtrace -write docs/requirements.md  write the page as well
//	go run ./internal/reqtrace -check                       fail if the page is stale
//	go run ./internal/reqtrace -first '-race -short ./x'    test these packages so, and then all that
//	                                                        this has left out without such arguments;
//	                                                        may be repeated
//	go run ./internal/reqtrace -ghosts ./x                  the same with ghosts: see internal/ghost
//	go run ./internal/reqtrace -json FILE [-json FILE...]   read what go test -json wrote; - is stdin
//
// It exits with 1 if a test failed, if a MUST or MUST NOT is neither covered nor excepted, if a
// mark is wrong, or if the page is stale, and lists the gaps with their places.
// docs/requirements.md explains the marks.
package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"example.com/khp/internal/docgen/tool"
	"example.com/khp/internal/ghost/tell"
	"example.com/khp/internal/reqtrace/cover"
	"example.com/khp/internal/reqtrace/list"
	"example.com/khp/internal/reqtrace/marks"
	"example.com/khp/internal/reqtrace/page"
	"example.com/khp/internal/reqtrace/results"
)

func main() {
	dir, err := tool.Root()
	if err != nil {
		fmt.Fprintln(os.Stderr, "reqtrace:", err)
		os.Exit(2)
	}
	os.Exit(run(dir, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// tracer is one run of the command.
type tracer struct {
	dir            string
	json           []string
	write          string
	check          bool
	first          []firstRun
	stdin          io.Reader
	stdout, stderr io.Writer
}

// run is the command in dir; it returns the exit code.
func run(dir string, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	t := tracer{dir: dir, stdin: stdin, stdout: stdout, stderr: stderr}
	flags := flag.NewFlagSet("reqtrace", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Func("json", "`file` with the output of go test -json, - for standard input; "+
		"may be repeated; none: run the tests", func(s string) error {
		t.json = append(t.json, s)
		return nil
	})
	flags.StringVar(&t.write, "write", "", "write the page to `file`")
	flags.BoolVar(&t.check, "check", false, "compare with the page ("+page.File+
		", or what -write names) instead of writing it")
	flags.Func("first", "`arguments` of go test for a first run, such as '-race -short ./...'; "+
		"may be repeated; a last run, without them, tests the other packages, and whatever was "+
		"skipped or did less", func(s string) error {
		t.first = append(t.first, firstRun{args: s})
		return nil
	})
	flags.Func("ghosts", "`arguments` of a first run in which a ghost checks each call of an "+
		"endpoint: see internal/ghost", func(s string) error {
		t.first = append(t.first, firstRun{args: s, ghosts: true})
		return nil
	})
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if flags.NArg() > 0 {
		_, _ = fmt.Fprintf(stderr,
			"reqtrace: unexpected argument %q; files are given with -json and -write\n", flags.Arg(0))
		return 2
	}
	ok, err := t.trace()
	switch {
	case err != nil:
		_, _ = fmt.Fprintln(stderr, "reqtrace:", err)
		return 2
	case !ok:
		return 1
	}
	return 0
}

// trace reports whether everything is in order.
func (t *tracer) trace() (ok bool, err error) {
	root := os.DirFS(t.dir)
	module, err := modulePath(root)
	if err != nil {
		return false, err
	}
	known, err := list.Load(root)
	if err != nil {
		return false, err
	}
	m, err := marks.Scan(root, known)
	if err != nil {
		return false, err
	}
	r, err := t.results()
	if err != nil {
		return false, err
	}
	report := cover.Join(known, m, r, module)
	t.totals(report)
	fresh, err := t.page(page.Render(report))
	if err != nil {
		return false, err
	}
	t.say("packages that failed, or could not be built; tests that did not pass do not count",
		r.FailedPackages())
	t.say("wrong marks", report.Problems)
	var uncovered []string
	for _, i := range report.Uncovered() {
		uncovered = append(uncovered, explain(i))
	}
	t.say("MUST and MUST NOT without cover; "+page.File+" says how to add marks", uncovered)
	return fresh && len(report.Problems) == 0 && len(uncovered) == 0 &&
		len(r.FailedPackages()) == 0, nil
}

// results reads the given files, or runs the tests.
func (t *tracer) results() (*results.Results, error) {
	r := &results.Results{}
	for _, name := range t.json {
		if err := t.readFile(r, name); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	if len(t.json) == 0 {
		if err := t.runTests(r); err != nil {
			return nil, err
		}
	}
	if r.Packages() == 0 {
		return nil, errors.New("no package was tested; expected what go test -json prints")
	}
	return r, nil
}

// long are the packages whose tests take longest. They come first, so that no processor is idle at
// the end.
var long = []string{"transport", "cmd/khp", "fsm", "sim/model", "internal/ghost"}

// runTests runs all tests, and prints the output of those that failed.
func (t *tracer) runTests(r *results.Results) error {
	r.Ended = func(line string) { _, _ = fmt.Fprintln(t.stdout, line) }
	if err := t.firstRuns(r); err != nil {
		return err
	}
	packages, err := t.packages()
	if err != nil {
		return err
	}
	left := r.Left()
	packages = slices.DeleteFunc(packages, r.Tested)
	if len(packages) > 0 {
		err = t.goTest(r, packages...)
	}
	if names := slices.Concat(slices.Collect(maps.Values(left))...); err == nil && len(names) > 0 {
		slices.Sort(names)
		pattern := "^(" + strings.Join(slices.Compact(names), "|") + ")$"
		err = t.goTest(r, append([]string{"-run", pattern}, slices.Sorted(maps.Keys(left))...)...)
	}
	for _, text := range r.Failures() {
		_, _ = fmt.Fprintln(t.stderr, text)
	}
	return err
}

// firstRun has the arguments of go test for a run before the last one.
type firstRun struct {
	args   string
	ghosts bool
}

func (t *tracer) firstRuns(r *results.Results) error {
	for _, f := range t.first {
		args := strings.Fields(f.args)
		if f.ghosts {
			file, remove, err := tell.Overlay(t.dir)
			if err != nil {
				return err
			}
			defer remove()
			args = append([]string{"-overlay", file}, args...)
		}
		if err := t.goTest(r, args...); err != nil {
			return err
		}
	}
	return nil
}

// packages lists all packages, the long ones first.
func (t *tracer) packages() ([]string, error) {
	cmd := exec.Command("go", "list", "./...")
	cmd.Dir, cmd.Stderr = t.dir, t.stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list ./...: %w", err)
	}
	packages := strings.Fields(string(out))
	slices.SortStableFunc(packages, func(a, b string) int { return cmp.Compare(late(a), late(b)) })
	return packages, nil
}

// late is the place of a package in long.
func late(name string) int {
	for i, suffix := range long {
		if strings.HasSuffix(name, "/"+suffix) {
			return i
		}
	}
	return len(long)
}

// goTest runs go test, and prints a line for each package when it has ended.
func (t *tracer) goTest(r *results.Results, args ...string) error {
	// make vet vets
	cmd := exec.Command("go", append([]string{"test", "-json", "-vet=off"}, args...)...)
	cmd.Dir, cmd.Stderr = t.dir, t.stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	read := r.Read(out)
	_, _ = io.Copy(io.Discard, out) // after an error: the tests end before Wait does
	var exit *exec.ExitError
	if err := cmd.Wait(); err != nil && !errors.As(err, &exit) { // the results have the failed tests
		return err
	}
	return read
}

func (t *tracer) readFile(r *results.Results, name string) error {
	if name == "-" {
		return r.Read(t.stdin)
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	return r.Read(f)
}

// page writes the page, or with check reports whether it is fresh.
func (t *tracer) page(text string) (fresh bool, err error) {
	file := t.write
	if file == "" {
		file = page.File
	}
	at := file
	if !filepath.IsAbs(at) {
		at = filepath.Join(t.dir, at)
	}
	if t.check {
		old, err := os.ReadFile(at)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return false, err
		}
		if string(old) != text {
			t.say("stale page", []string{file + differs(string(old), text) +
				"; write it again with: go run ./internal/reqtrace -write " + file})
			return false, nil
		}
		return true, nil
	}
	if t.write != "" {
		return true, os.WriteFile(at, []byte(text), 0o644)
	}
	return true, nil
}

// differs says where.
func differs(old, text string) string {
	if old == "" {
		return " is not there or empty"
	}
	was, is := strings.Split(old, "\n"), strings.Split(text, "\n")
	n := 0
	for n < len(was) && n < len(is) && was[n] == is[n] {
		n++
	}
	return fmt.Sprintf(" differs from line %d on", n+1)
}

func (t *tracer) totals(report *cover.Report) {
	requirements, properties := report.Totals()
	for _, part := range [][]cover.Total{requirements, properties} {
		for _, n := range part {
			_, _ = fmt.Fprintf(t.stdout, "%-11s %4d: %4d complete %4d exception %4d missing\n",
				n.Level, n.Entries, n.Complete, n.Excepted, n.Missing)
		}
	}
}

// say prints a heading and its lines, if there are any.
func (t *tracer) say(heading string, lines []string) {
	if len(lines) > 0 {
		_, _ = fmt.Fprintf(t.stderr, "reqtrace: %s (%d):\n  %s\n",
			heading, len(lines), strings.Join(lines, "\n  "))
	}
}

// explain names the parts that an uncovered item needs, and those that it has.
func explain(i cover.Item) string {
	text := fmt.Sprintf("%s %s lacks %s", i.ID, i.Level, i.Lacks())
	var has []string
	if len(i.Impl) > 0 {
		has = append(has, "implemented in "+i.Impl[0].File+" "+i.Impl[0].Symbol)
	}
	has = append(has, i.Idle...)
	if len(i.Tests) > 0 {
		has = append(has, "tested by "+i.Tests[0])
	}
	if len(has) > 0 {
		text += " (" + strings.Join(has, "; ") + ")"
	}
	return text
}

// modulePath reads the name of the module.
func modulePath(root fs.FS) (string, error) {
	b, err := fs.ReadFile(root, "go.mod")
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) >= 2 && f[0] == "module" {
			return strings.Trim(f[1], `"`), nil
		}
	}
	return "", errors.New("go.mod has no module line")
}
