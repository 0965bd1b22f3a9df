// Command load puts khp serve, as a process of its own, under load and writes docs/reliability.md:
// open connections with echo traffic, handshakes one after the other, and clients that stop at the
// worst point of the handshake. Numbers are those of the machine it runs on, which the page names.
//
//	go run ./internal/load -write docs/reliability.md  # from the root of the project; minutes
//	go run ./internal/load -connections 2000 -handshakes 20000 -stalled 500
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// plan lists the measurements.
type plan struct {
	connections, rounds int
	handshakes, clients int
	stalled             int
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "worker" {
		exitOn(work(os.Stdin, os.Stdout, os.Args[2:]))
		return
	}
	var p plan
	flag.IntVar(&p.connections, "connections", 20_000, "connections open at once")
	flag.IntVar(&p.rounds, "rounds", 5, "messages that each of them sends and gets back")
	flag.IntVar(&p.handshakes, "handshakes", 200_000, "handshakes one after the other")
	flag.IntVar(&p.clients, "clients", 64, "clients that shake hands at the same time")
	flag.IntVar(&p.stalled, "stalled", 5_000, "clients that stop in the middle of the handshake")
	page := flag.String("write", "", "write the page to this `FILE`")
	flag.Parse()
	exitOn(run(p, *page))
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

// run measures everything and prints it; with a path it also writes the page.
func run(p plan, path string) error {
	load := loadAverage()
	dir, err := os.MkdirTemp("", "khp-load")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	khp := filepath.Join(dir, "khp")
	if out, err := exec.Command("go", "build", "-trimpath", "-o", khp, "./cmd/khp").
		CombinedOutput(); err != nil {
		return fmt.Errorf("building khp: %w\n%s", err, out)
	}
	var text bytes.Buffer
	out := io.MultiWriter(&text, os.Stdout)
	for _, experiment := range []func(khp string, p plan, out io.Writer) error{hold, churn, stall} {
		if err := experiment(khp, p, out); err != nil {
			return err
		}
	}
	fmt.Fprint(out, "\n"+faults)
	if path == "" {
		return nil
	}
	return writePage(path, text.String(), load)
}
