// Command spincheck has the model checker Spin check the exported model of client and server: nothing is violated, its states are those that the explorer finds, each of
// them, and seeded faults are found. It also compares their speed.
//
//	go run ./internal/spincheck         # tables; two minutes
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
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, *asJSON, os.Stdout, os.Stderr))
}

func run(ctx context.Context, asJSON bool, out, errs io.Writer) int {
	if missing := spin.Missing(); missing != "" {
		fmt.Fprintln(errs, "spincheck:", missing)
		return 3
	}
	r, err := spin.Run(ctx, func(format string, args ...any) { fmt.Fprintf(errs, "spincheck: "+format+"\n", args...) })
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
