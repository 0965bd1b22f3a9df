// Command provecheck proves properties of both machines with z3, for all configurations and limits,
// and keeps the results in docs/invariants.md.
//
//	go run ./internal/provecheck         # prove, and compare with the page
//	go run ./internal/provecheck -write  # write the page
//
// Exit codes: 0 all is well, 1 something is not, 3 z3 is missing.
package main

import (
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"time"

	"example.com/khp/internal/z3"
	"example.com/khp/sim/prove"
)

const page = "docs/invariants.md"

func main() {
	write := flag.Bool("write", false, "write "+page)
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, *write, os.Stdout, os.Stderr))
}

func run(ctx context.Context, write bool, out, errs io.Writer) int {
	err := check(ctx, write, out)
	switch {
	case errors.Is(err, z3.ErrMissing):
		fmt.Fprintln(errs, "provecheck:", err)
		return 3
	case err != nil:
		fmt.Fprintln(errs, "provecheck:", err)
		return 1
	}
	return 0
}

// check proves everything and writes or compares the page.
func check(ctx context.Context, write bool, out io.Writer) error {
	start := func() (prove.Solver, func() error, error) {
		p, err := z3.Start(ctx)
		if err != nil {
			return nil, nil, err
		}
		return p, p.Close, nil
	}
	old, err := os.ReadFile(page)
	if err != nil && !write {
		return err
	}
	text, refuted := strings.Builder{}, 0
	text.WriteString(head)
	for _, m := range []*prove.Machine{prove.Client(), prove.Server()} {
		begin := time.Now()
		r, err := m.Prove(start)
		if err != nil {
			return err
		}
		r.Write(&text)
		fmt.Fprintf(out, "%s: %d properties proven, %d invariants and %d bounds found, in %.1f s\n",
			m.Side, len(m.Properties()), len(r.Invariants), len(r.Bounds), time.Since(begin).Seconds())
		if refuted += len(r.Refuted); len(r.Refuted) == 0 &&
			(write || strings.Contains(string(old), section(r))) {
			continue
		}
		if err := explain(m, start, string(old), r, out); err != nil {
			return err
		}
	}
	switch {
	case refuted > 0:
		return errors.New("not every property is proven")
	case write:
		return os.WriteFile(page, []byte(text.String()), 0o644)
	case text.String() != string(old):
		return errors.New(page + " is not up to date: if the change is meant, run make prove-write")
	}
	return nil
}

// section is the part of the page about a machine.
func section(r prove.Result) string {
	var b strings.Builder
	r.Write(&b)
	return b.String()
}

// explain names the cells that break a line of the page, or else those that break a property.
func explain(m *prove.Machine, start func() (prove.Solver, func() error, error), old string,
	r prove.Result, out io.Writer) error {
	list, err := m.Explain(old, start)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		list = r.Refuted
	}
	fmt.Fprintf(out, "%s: broken in %d ways, by the rows that are named:\n", m.Side, len(list))
	for i, x := range list {
		if i == shown {
			fmt.Fprintf(out, "and %d more\n", len(list)-shown)
			break
		}
		fmt.Fprintln(out, x)
	}
	return nil
}

// shown is how many refutations are told.
const shown = 12

//go:embed head.md
var head string
