package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"example.com/khp/bench/process"
	"example.com/khp/bench/usage"
)

func main() {
	if len(os.Args) == 3 && os.Args[1] == "serve" {
		exitOn(runServer(os.Args[2]))
		return
	}
	var p plan
	flag.IntVar(&p.rounds, "rounds", 9, "turns of each server")
	flag.DurationVar(&p.turn, "turn", 300*time.Millisecond, "length of a turn")
	flag.IntVar(&p.clients, "clients", 64, "clients that shake hands at the same time")
	flag.IntVar(&p.idle, "idle", 5000, "open connections for the memory of one")
	flag.StringVar(&p.khp, "khp", "",
		"measure this program as what is shipped instead of building khp")
	flag.StringVar(&p.only, "only", "",
		"measure only servers whose name contains this, and the bare loop")
	markdown := flag.Bool("markdown", false, "print the tables for docs/performance.md")
	flag.Parse()
	results, err := p.measure()
	exitOn(err)
	report(os.Stdout, results, *markdown)
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench/server:", err)
		os.Exit(1)
	}
}

// plan lists the measurements.
type plan struct {
	rounds, clients, idle int
	turn                  time.Duration
	khp, only             string
}

// result holds the measurements of one server.
type result struct {
	server
	rate  []float64 // handshakes per second, one value for each round
	cpu   []float64 // nanoseconds of the server's for one
	fresh float64   // bytes in memory for a connection that has just opened
	idle  float64   // the same after a collection; 0 if the server cannot be told to
}

func (p plan) measure() ([]*result, error) {
	folder, err := os.MkdirTemp("", "server")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	if p.khp == "" {
		if p.khp, err = process.Build(folder); err != nil {
			return nil, err
		}
	}
	var results []*result
	var running []*process.Process
	defer func() {
		for _, r := range running {
			r.End()
		}
	}()
	for i, s := range servers {
		if !strings.Contains(s.name, p.only) && i > 0 && s.name != servers[0].name {
			continue
		}
		r := &result{server: s}
		if err := p.holdIdle(i, r); err != nil {
			return nil, fmt.Errorf("%s: %w", s.name, err)
		}
		proc, err := start(i, p.khp)
		if err != nil {
			return nil, err
		}
		results, running = append(results, r), append(running, proc)
	}
	for range p.rounds {
		for i, r := range results {
			if err := p.churn(running[i], r); err != nil {
				return nil, fmt.Errorf("%s: %w", r.name, err)
			}
		}
	}
	return results, nil
}

// churn is one turn.
func (p plan) churn(proc *process.Process, r *result) error {
	before, begin := proc.Sum(usage.CPU), time.Now()
	n, err := churn(proc.Addr, r.khp, p.clients, p.turn)
	if err != nil {
		return err
	}
	took := time.Since(begin)
	r.rate = append(r.rate, float64(n)/took.Seconds())
	r.cpu = append(r.cpu, float64(proc.Sum(usage.CPU)-before)/float64(n))
	return nil
}

// holdIdle measures memory in a process of its own, which has done nothing else.
func (p plan) holdIdle(i int, r *result) error {
	proc, err := start(i, p.khp)
	if err != nil {
		return err
	}
	defer proc.End()
	few, err := hold(proc.Addr, r.khp, 100) // memory that does not depend on the number of connections
	if err != nil {
		return err
	}
	defer few()
	before := proc.Sum(usage.Resident)
	tidied := int64(0)
	if tidy(i, proc) {
		tidied = proc.Sum(usage.Resident)
	}
	end, err := hold(proc.Addr, r.khp, p.idle)
	if err != nil {
		return err
	}
	defer end()
	if tidied > 0 {
		before = tidied
	}
	r.fresh = float64(proc.Sum(usage.Resident)-before) / float64(p.idle)
	if tidy(i, proc) {
		r.idle = float64(proc.Sum(usage.Resident)-tidied) / float64(p.idle)
	}
	return nil
}
