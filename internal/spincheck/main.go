// Command spincheck has the model checker Spin check the exported model of client and server:
// nothing is violated, its states are those that the explorer finds, each of them, and seeded
// faults are found. It also compares their speed.
//
//	go run ./internal/spincheck         # tables; two minutes
//	go run ./internal/spincheck -quick  # does Spin find something wrong? seconds
//	go run ./internal/spincheck -json   # the same as JSON: type Report of internal/spincheck/spin
//
// Exit codes: 0 all is well, 1 something is not, 3 Spin or a C compiler is missing.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"

	"example.com/khp/internal/spincheck/spin"
)

func main() {
	asJSON := flag.Bool("json", false, "print JSON")
	quick := flag.Bool("quick", false,
		"compare the states of the smallest configuration only: seconds")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, *asJSON, *quick, os.Stdout, os.Stderr))
}

func run(ctx context.Context, asJSON, quick bool, out, errs io.Writer) int {
	if missing := spin.Missing(); missing != "" {
		fmt.Fprintln(errs, "spincheck:", missing)
		return 3
	}
	tell := func(format string, args ...any) { fmt.Fprintf(errs, "spincheck: "+format+"\n", args...) }
	check := func() (spin.Report, error) { return spin.Run(ctx, tell) }
	if quick {
		check = func() (spin.Report, error) { return spin.Quick(ctx) }
	}
	r, err := check()
	if err != nil {
		fmt.Fprintln(errs, "spincheck:", err)
		return 1
	}
	if asJSON {
		enc := json.NewEncoder(out)
		enc.SetIndent("", "  ")
		err = enc.Encode(r)
	} else {
		err = r.Write(out)
	}
	if err != nil || !r.OK() {
		fmt.Fprintln(errs, "spincheck: not everything is as it must be")
		return 1
	}
	return 0
}
