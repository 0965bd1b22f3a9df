package main

import (
	"fmt"
	"io"
	"slices"
	"time"
)

// perProcess is how many connections one process may have here: descriptors are limited, and the
// metrics need some.
func perProcess() int { return descriptorLimit() - 500 }

// hold keeps many connections open and has each of them send and receive.
func hold(khp string, p plan, out io.Writer) error {
	processes := (p.connections + perProcess() - 1) / perProcess()
	f := fleet{each: p.connections / processes}
	defer f.end()
	for range processes {
		s, err := start(khp)
		if err != nil {
			return err
		}
		f.servers = append(f.servers, s)
	}
	before, err := f.read((*server).settled)
	if err != nil {
		return err
	}
	begin := time.Now()
	if err := f.hireWorkers(p.rounds); err != nil {
		return err
	}
	opened := time.Since(begin)
	idle, err := f.read((*server).read)
	if err != nil {
		return err
	}
	begin = time.Now()
	all, err := f.traffic()
	if err != nil {
		return err
	}
	took := time.Since(begin)
	busy, err := f.read((*server).read)
	if err != nil {
		return err
	}
	at := func(q float64) float64 { return all.Milliseconds[int(q*float64(len(all.Milliseconds)-1))] }
	n := float64(f.each * processes)
	to := "one process"
	if processes > 1 {
		to = fmt.Sprint(processes, " processes")
	}
	fmt.Fprintf(out, "\n## Open connections\n\n%d connections at once to %s, half of them in the "+
		"kaazing profile, without an error.\n\n", int(n), to)
	fmt.Fprintf(out, "| what | measured |\n| --- | ---: |\n")
	fmt.Fprintf(out, "| opened in | %.1f s |\n| handshakes a second meanwhile | %.0f |\n",
		opened.Seconds(), n/opened.Seconds())
	fmt.Fprintf(out, "| resident memory for each idle connection, "+
		"with what the handshakes left to be collected | %.0f bytes |\n| goroutines for each | %.2f |\n",
		(idle.resident-before.resident)/n, idle.goroutines/n)
	fmt.Fprintf(out, "| messages echoed, all connections at the same time | %d |\n| messages a "+
		"second, there and back | %.0f |\n", all.Messages, float64(all.Messages)/took.Seconds())
	fmt.Fprintf(out, "| time to the echo: median, 99 of 100, longest | %.1f ms, %.1f ms, %.1f ms |\n",
		at(.5), at(.99), at(1))
	fmt.Fprintf(out, "| resident memory for each connection after the traffic | %.0f bytes |\n",
		(busy.resident-before.resident)/n)
	return nil
}

// fleet is servers, and for each of them a worker with its share of the connections.
type fleet struct {
	each    int // connections of a worker
	servers []*server
	workers []*worker
}

// hireWorkers lets a worker for each server open its connections, all at the same time, and waits
// until they are open.
func (f *fleet) hireWorkers(rounds int) error {
	for i, s := range f.servers {
		w, err := hire(s.addr, f.each, rounds, i)
		if err != nil {
			return err
		}
		f.workers = append(f.workers, w)
	}
	for _, w := range f.workers {
		if err := w.next(nil); err != nil {
			return err
		}
	}
	return nil
}

// traffic lets all workers send and receive, and returns their counts and sorted times.
func (f *fleet) traffic() (all traffic, err error) {
	for _, w := range f.workers {
		w.order()
	}
	for _, w := range f.workers {
		var t traffic
		if err := w.next(&t); err != nil {
			return all, err
		}
		all.Messages += t.Messages
		all.Milliseconds = append(all.Milliseconds, t.Milliseconds...)
	}
	slices.Sort(all.Milliseconds)
	return all, nil
}

// read adds up the readings of all servers.
func (f *fleet) read(of func(*server) (reading, error)) (all reading, err error) {
	for _, s := range f.servers {
		r, err := of(s)
		if err != nil {
			return all, err
		}
		all.resident += r.resident
		all.goroutines += r.goroutines
	}
	return all, nil
}

func (f *fleet) end() {
	for _, w := range f.workers {
		w.end()
	}
	for _, s := range f.servers {
		_ = s.stop()
	}
}
