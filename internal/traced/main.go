// Traced breaks each requirement and demands that a test which names it fails.
//
//	go run ./internal/traced              all requirements that are not excepted
//	go run ./internal/traced KHP-REDIR    those whose id begins so
//	go run ./internal/traced edit         those that are broken by an edit; also rows, status, accept
//	go run ./internal/traced -every       also says which tests that name it do not fail
//
// A requirement is broken by its edit in edits.txt; without one, by its rows in the tables of
// package fsm, which then ignore their events; without rows, by the action of its status code,
// which becomes another one, or that of 101 where the server has to close. The tests are those that
// docs/requirements.md lists and those that name it in their source. It exits with 1 if a
// requirement survives.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"example.com/khp/internal/docgen/tool"
)

func main() {
	dir, err := tool.Root()
	every := flag.Bool("every", false,
		"ask each of the tests that name a requirement, and do not stop at the first that fails")
	flag.Parse()
	if err == nil {
		var survivors []string
		if survivors, err = run(dir, flag.Args(), *every, os.Stdout); len(survivors) > 0 {
			os.Exit(1)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "traced:", err)
		os.Exit(2)
	}
}

// run breaks the requirements whose ids begin with one of the prefixes, and returns those that no
// test noticed.
func run(dir string, prefixes []string, every bool, out io.Writer) (survivors []string, err error) {
	begin := time.Now()
	plan, err := load(dir)
	if err != nil {
		return nil, err
	}
	lab, err := newLab(dir)
	if err != nil {
		return nil, err
	}
	defer lab.close()
	killed := map[string]int{}
	for _, m := range plan.mutants {
		if len(prefixes) > 0 && !slices.ContainsFunc(prefixes,
			func(p string) bool { return strings.HasPrefix(m.id, p) || m.by() == p }) {
			continue
		}
		killers, err := lab.kill(m, plan.tests[m.id], every)
		if err != nil {
			_, _ = fmt.Fprintf(out, "%s: %s: %v\n", m.id, m.what(), err)
			survivors = append(survivors, m.id)
			continue
		}
		if len(killers) == 0 {
			survivors = append(survivors, m.id)
			_, _ = fmt.Fprintf(out, "%s: %s: no test that names it fails, of %s\n",
				m.id, m.what(), strings.Join(plan.tests[m.id], ", "))
			continue
		}
		killed[m.by()]++
		_, _ = fmt.Fprintf(out, "%s: %s: %s\n", m.id, m.what(), strings.Join(killers, ", "))
		if others := without(plan.tests[m.id], killers); every && len(others) > 0 {
			_, _ = fmt.Fprintf(out, "\tnot noticed by %s\n", strings.Join(others, ", "))
		}
	}
	_, _ = fmt.Fprintf(out, "%d requirements broken and noticed (%d by an edit, %d by rows, "+
		"%d by a status), %d not noticed, %d excepted, in %v\n",
		killed["edit"]+killed["rows"]+killed["status"]+killed["accept"], killed["edit"], killed["rows"],
		killed["status"]+killed["accept"],
		len(survivors), plan.excepted, time.Since(begin).Round(time.Second))
	return survivors, nil
}

// without returns those of list that are not in others.
func without(list, others []string) []string {
	return slices.DeleteFunc(slices.Clone(list),
		func(s string) bool { return slices.Contains(others, s) })
}
