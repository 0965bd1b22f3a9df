package sim

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/internal/terminal"
	"example.com/khp/internal/visible"
	"example.com/khp/sim/script"
)

// result is the result of one file, as --json writes it.
type result struct {
	File       string     `json:"file"`
	Title      string     `json:"title,omitempty"`
	Passed     bool       `json:"passed"`
	Mismatches []mismatch `json:"mismatches,omitempty"`
	Broken     []string   `json:"broken,omitempty"` // invariants
}

type mismatch struct {
	Line     int      `json:"line"`
	Expected []string `json:"expected"`
	Got      []string `json:"got"`
}

// summary is the JSON document of a run of files.
type summary struct {
	Schema    string   `json:"schema"`
	Passed    bool     `json:"passed"`
	Scenarios []result `json:"scenarios"`
}

// schema changes with the meaning of the JSON documents of khp sim.
const schema = "khp-sim/1"

// runFiles runs files and those below directories.
func runFiles(c *cli.Env, o options, args []string) error {
	paths, err := scenarioFiles(args)
	if err != nil {
		return err
	}
	results, failed := []result{}, 0
	for _, path := range paths {
		r, err := runFile(c, o, path)
		if err != nil {
			return err
		}
		results = append(results, r)
		if !r.Passed {
			failed++
		}
		if !o.asJSON {
			if err := printResult(c, r); err != nil {
				return err
			}
		}
	}
	if o.asJSON {
		if err := cli.WriteJSONDocument(c.Stdout, summary{schema, failed == 0, results}); err != nil {
			return err
		}
	}
	if failed > 0 {
		return cli.Failf(cli.ExitFailed, "%d of %d scenarios failed; "+
			"--update writes down what comes out, -v shows more of it", failed, len(paths))
	}
	return nil
}

// scenarioFiles lists the files to run.
func scenarioFiles(args []string) (paths []string, err error) {
	for _, arg := range args {
		info, err := os.Stat(arg)
		if err != nil {
			return nil, cli.Usagef("cannot read %s: %s; expected a file or a directory with scenarios",
				arg, cli.Cause(err))
		}
		if !info.IsDir() {
			paths = append(paths, arg)
			continue
		}
		before := len(paths)
		err = filepath.WalkDir(arg, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && strings.HasSuffix(path, ".txt") {
				paths = append(paths, path)
			}
			return err
		})
		if err != nil {
			return nil, cli.Usagef("cannot read %s: %s", arg, cli.Cause(err))
		}
		if len(paths) == before {
			return nil, cli.Usagef("%s holds no scenario; their names end in .txt", arg)
		}
	}
	return paths, nil
}

// runFile runs one file.
func runFile(c *cli.Env, o options, path string) (result, error) {
	source, err := os.ReadFile(path)
	if err != nil {
		return result{}, cli.Usagef("cannot read %s: %s", path, cli.Cause(err))
	}
	f, out, err := runScenario(path, string(source), script.Options{Seed: o.seed})
	if err == nil && o.update && out.Source != string(source) {
		if err := os.WriteFile(path, []byte(out.Source), 0o644); err != nil {
			return result{}, cli.Failf(cli.ExitFailed, "cannot write %s: %s", path, cli.Cause(err))
		}
		f, out, err = runScenario(path, out.Source, script.Options{Seed: o.seed})
	}
	if err != nil {
		return result{}, err
	}
	if o.verbose && !o.asJSON {
		_, details, err := runScenario(path, string(source), script.Options{Seed: o.seed, Verbose: true})
		if err == nil {
			_, err = fmt.Fprint(visible.Writer(c.Stdout), details.Source)
		}
		if err != nil {
			return result{}, err
		}
	}
	r := result{File: path, Title: f.Title, Passed: out.Passed(), Broken: out.Broken}
	for _, m := range out.Mismatches {
		r.Mismatches = append(r.Mismatches, mismatch{m.Line, orEmpty(m.Want), orEmpty(m.Got)})
	}
	return r, nil
}

// runScenario parses and runs; a mistake in the scenario is one of the user.
func runScenario(path, source string, o script.Options) (*script.File, *script.Outcome, error) {
	f, err := script.Parse(path, source)
	if err != nil {
		return nil, nil, cli.Usagef("%s", err)
	}
	out, err := f.Run(o)
	if err != nil {
		return nil, nil, cli.Usagef("%s", err)
	}
	return f, out, nil
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// printResult says whether a file passed, and prints the differences if not.
func printResult(c *cli.Env, r result) error {
	var b strings.Builder
	verdict := "ok  "
	if !r.Passed {
		verdict = "FAIL"
	}
	b.WriteString(terminal.Fold(fmt.Sprintf("%s  %s  %s\n", verdict, r.File, r.Title)))
	for _, m := range r.Mismatches {
		fmt.Fprintf(&b, "%s:%d: expected (-) and got (+)\n", r.File, m.Line)
		for line := range strings.Lines(script.Diff(m.Expected, m.Got)) {
			b.WriteString("    " + line)
		}
	}
	for _, broken := range r.Broken {
		b.WriteString("    broken invariant: " + broken + "\n")
	}
	_, err := fmt.Fprint(visible.Writer(c.Stdout), b.String())
	return err
}
