package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// perProcess is how many connections one process may have here: descriptors are limited, and the
// metrics need some.
func perProcess() int { return descriptorLimit() - 500 }

// hold keeps many connections open and has each of them send and receive.
func hold(khp string, p plan, out io.Writer) error {
	processes := (p.connections + perProcess() - 1) / perProcess()
	each := p.connections / processes
	var servers []*server
	var workers []*worker
	defer func() {
		for _, w := range workers {
			w.end()
		}
		for _, s := range servers {
			_ = s.stop()
		}
	}()
	var before float64
	for range processes {
		s, err := start(khp)
		if err != nil {
			return err
		}
		servers = append(servers, s)
		r, err := s.settled()
		if err != nil {
			return err
		}
		before += r.resident
	}
	begin := time.Now()
	for i, s := range servers {
		w, err := hire(s.addr, each, p.rounds, i)
		if err != nil {
			return err
		}
		workers = append(workers, w)
	}
	for _, w := range workers {
		if err := w.next(nil); err != nil {
			return err
		}
	}
	opened := time.Since(begin)
	idle, err := sum(servers)
	if err != nil {
		return err
	}
	begin = time.Now()
	for _, w := range workers {
		w.order()
	}
	var all traffic
	for _, w := range workers {
		var t traffic
		if err := w.next(&t); err != nil {
			return err
		}
		all.Messages += t.Messages
		all.Milliseconds = append(all.Milliseconds, t.Milliseconds...)
	}
	took := time.Since(begin)
	busy, err := sum(servers)
	if err != nil {
		return err
	}
	slices.Sort(all.Milliseconds)
	at := func(q float64) float64 { return all.Milliseconds[int(q*float64(len(all.Milliseconds)-1))] }
	n := float64(each * processes)
	fmt.Fprintf(out, "\n## Open connections\n\n%d connections at once to %s, half of them in the kaazing profile, without an error.\n\n", int(n), plural(processes, "process", "processes"))
	fmt.Fprintf(out, "| what | measured |\n| --- | ---: |\n")
	fmt.Fprintf(out, "| opened in | %.1f s |\n| handshakes a second meanwhile | %.0f |\n", opened.Seconds(), n/opened.Seconds())
	fmt.Fprintf(out, "| resident memory for each idle connection, with what the handshakes left to be collected | %.0f bytes |\n| goroutines for each | %.2f |\n", (idle.resident-before)/n, idle.goroutines/n)
	fmt.Fprintf(out, "| messages echoed, all connections at the same time | %d |\n| messages a second, there and back | %.0f |\n", all.Messages, float64(all.Messages)/took.Seconds())
	fmt.Fprintf(out, "| time to the echo: median, 99 of 100, longest | %.1f ms, %.1f ms, %.1f ms |\n", at(.5), at(.99), at(1))
	fmt.Fprintf(out, "| resident memory for each connection after the traffic | %.0f bytes |\n", (busy.resident-before)/n)
	return nil
}

func plural(n int, one, more string) string {
	if n == 1 {
		return "one " + one
	}
	return strconv.Itoa(n) + " " + more
}

func sum(servers []*server) (all reading, err error) {
	for _, s := range servers {
		r, err := s.read()
		if err != nil {
			return all, err
		}
		all.resident += r.resident
		all.goroutines += r.goroutines
	}
	return all, nil
}

// worker is a process with clients, so that their descriptors are not ours.
type worker struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// traffic is what a worker says about its echoes.
type traffic struct {
	Messages     int
	Milliseconds []float64 // a sample of the times
}

func hire(addr string, n, rounds, number int) (*worker, error) {
	w := &worker{cmd: exec.Command(os.Args[0], "worker", addr, strconv.Itoa(n), strconv.Itoa(rounds), strconv.Itoa(number))}
	var err error
	if w.in, err = w.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := w.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	w.out, w.cmd.Stderr = bufio.NewReader(out), os.Stderr
	return w, w.cmd.Start()
}

// next reads what the worker says next.
func (w *worker) next(v any) error {
	line, err := w.out.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("a worker ended: %w", err)
	}
	if v == nil {
		return nil
	}
	return json.Unmarshal(line, v)
}

func (w *worker) order() { _, _ = io.WriteString(w.in, "go\n") }

func (w *worker) end() {
	_ = w.in.Close()
	_ = w.cmd.Wait()
}

// work is the worker: it opens, says so, waits for the order, sends and receives, says how that
// went, and holds on until the end of in.
func work(in io.Reader, out io.Writer, args []string) error {
	addr := args[0]
	n, _ := strconv.Atoi(args[1])
	rounds, _ := strconv.Atoi(args[2])
	number, _ := strconv.Atoi(args[3])
	orders := bufio.NewReader(in)
	from := net.IPv4(127, 0, 1, byte(1+number)) // an address of its own, with all its ports
	clients := make([]*client, n)
	err := parallel(n, 64, func(i int) (err error) {
		clients[i], err = openFrom(addr, from, []profile{spec, kaazing}[i%2])
		return err
	})
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "open")
	if _, err := orders.ReadString('\n'); err != nil {
		return err
	}
	times := make([]float64, n)
	err = parallel(n, n, func(i int) error {
		for round := range rounds {
			begin := time.Now()
			if err := clients[i].echo(strings.Repeat("x", 40) + strconv.Itoa(i+round)); err != nil {
				return err
			}
			times[i] = float64(time.Since(begin).Microseconds()) / 1000
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := json.NewEncoder(out).Encode(traffic{Messages: n * rounds, Milliseconds: times}); err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, orders)
	return nil
}

// parallel calls f for 0 to n-1, at most at once of them at the same time, and returns the first
// error.
func parallel(n, at int, f func(i int) error) error {
	next, failed := make(chan int), make(chan error, at)
	var wg sync.WaitGroup
	for range min(n, at) {
		wg.Go(func() {
			for i := range next {
				if err := f(i); err != nil {
					failed <- fmt.Errorf("connection %d: %w", i, err)
					return
				}
			}
		})
	}
	var err error
	for i := 0; i < n && err == nil; i++ {
		select {
		case next <- i:
		case err = <-failed:
		}
	}
	close(next)
	wg.Wait()
	if err == nil && len(failed) > 0 {
		err = <-failed
	}
	return err
}
