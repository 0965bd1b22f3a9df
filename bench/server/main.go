package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"time"
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
	flag.IntVar(&p.idle, "idle", 2000, "open connections for the memory of one")
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

// plan is what to measure.
type plan struct {
	rounds, clients, idle int
	turn                  time.Duration
}

// result holds the measurements of one server.
type result struct {
	server
	rate []float64 // handshakes per second, one value for each round
	cpu  []float64 // nanoseconds of the server's for one
	idle float64   // bytes for an open connection
}

func (p plan) measure() ([]*result, error) {
	var results []*result
	var running []*process
	defer func() {
		for _, r := range running {
			r.end()
		}
	}()
	for i, s := range servers {
		r := &result{server: s}
		if err := p.holdIdle(i, r); err != nil {
			return nil, fmt.Errorf("%s: %w", s.name, err)
		}
		proc, err := start(i)
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
func (p plan) churn(proc *process, r *result) error {
	before, _, err := proc.usage(true)
	if err != nil {
		return err
	}
	begin := time.Now()
	n, err := churn(proc.addr, r.khp, p.clients, p.turn)
	if err != nil {
		return err
	}
	took := time.Since(begin)
	after, _, err := proc.usage(false)
	r.rate = append(r.rate, float64(n)/took.Seconds())
	r.cpu = append(r.cpu, float64(after-before)/float64(n))
	return err
}

// holdIdle measures memory in a process of its own, which has done nothing else.
func (p plan) holdIdle(i int, r *result) error {
	proc, err := start(i)
	if err != nil {
		return err
	}
	defer proc.end()
	few, err := hold(proc.addr, r.khp, 100) // memory that does not depend on the number of connections
	if err != nil {
		return err
	}
	defer few()
	_, before, err := proc.usage(true)
	if err != nil {
		return err
	}
	end, err := hold(proc.addr, r.khp, p.idle)
	if err != nil {
		return err
	}
	defer end()
	_, after, err := proc.usage(true)
	r.idle = float64(after-before) / float64(p.idle)
	return err
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}
