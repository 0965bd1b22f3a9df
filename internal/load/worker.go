package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// worker is a process with clients, so that their descriptors are not ours.
type worker struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// traffic is the report of a worker about its echoes.
type traffic struct {
	Messages     int
	Milliseconds []float64 // a sample of the times
}

func hire(addr string, n, rounds, number int) (*worker, error) {
	w := &worker{cmd: exec.Command(os.Args[0], "worker", addr, strconv.Itoa(n), strconv.Itoa(rounds),
		strconv.Itoa(number))}
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

// next reads the next report of the worker.
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
	err := connections(n, 64, func(i int) (err error) {
		clients[i], err = open(addr, from, []profile{spec, kaazing}[i%2])
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
	err = connections(n, n, func(i int) error {
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
	if err := json.NewEncoder(out).
		Encode(traffic{Messages: n * rounds, Milliseconds: times}); err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, orders)
	return nil
}
