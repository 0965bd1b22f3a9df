package main

import (
	"bufio"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// server is a khp serve of its own.
type server struct {
	cmd     *exec.Cmd
	addr    string // HOST:PORT of WebSockets
	metrics string // URL
}

var metricsURL = regexp.MustCompile(`url=(http://\S+)`)

// start runs khp serve with an echo on every path, on free ports.
func start(khp string) (*server, error) {
	s := &server{cmd: exec.Command(khp, "serve", "--listen", "127.0.0.1:0",
		"--metrics", "127.0.0.1:0")}
	stderr, err := s.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	found := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(stderr)
		for lines.Scan() {
			if m := metricsURL.FindStringSubmatch(lines.Text()); m != nil && len(found) == 0 {
				found <- m[1]
			}
		}
		if err := lines.Err(); err != nil && !errors.Is(err, os.ErrClosed) { // which Wait does
			fmt.Fprintln(os.Stderr, "load: what khp serve logs cannot be read:", err)
		}
	}()
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("khp serve printed %q: %w", line, err)
	}
	s.addr = strings.TrimPrefix(strings.TrimSpace(line), "khp: listening on ws://")
	select {
	case s.metrics = <-found:
	case <-time.After(10 * time.Second):
		return nil, fmt.Errorf("khp serve does not say where its metrics are")
	}
	return s, nil
}

// stop drains the server.
func (s *server) stop() error {
	_ = s.cmd.Process.Signal(os.Interrupt)
	return s.cmd.Wait()
}

// reading is one look at the metrics.
type reading struct {
	goroutines, descriptors, resident, heap, lastGC, open, handshakes float64
}

func (s *server) read() (reading, error) {
	resp, err := http.Get(s.metrics)
	if err != nil {
		return reading{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(resp.Body)
	if err != nil {
		return reading{}, err
	}
	value := func(name string) (sum float64) {
		for _, m := range families[name].GetMetric() {
			sum += m.GetGauge().GetValue() + m.GetCounter().GetValue() + m.GetUntyped().GetValue()
		}
		return sum
	}
	return reading{
		goroutines: value("go_goroutines"), descriptors: value("process_open_fds"),
		resident: value("process_resident_memory_bytes"),
		heap:     value("go_memstats_heap_alloc_bytes"),
		lastGC:   value("go_memstats_last_gc_time_seconds"), open: value("khp_connections_open"),
		handshakes: value("khp_handshakes_total"),
	}, nil
}

// settled reads until no connection is open, and then until the garbage collector has run once
// more, so that the memory in use has no garbage. A few handshakes give the collector a reason to
// run.
func (s *server) settled() (reading, error) {
	deadline := time.Now().Add(time.Minute)
	var last float64
	for time.Now().Before(deadline) {
		r, err := s.read()
		if err != nil {
			return r, err
		}
		switch {
		case r.open > 0:
			time.Sleep(10 * time.Millisecond)
			continue
		case last == 0:
			last = r.lastGC
		case r.lastGC > last:
			return r, nil
		}
		if err := handshakes(s.addr, 400, 16, spec); err != nil {
			return r, err
		}
	}
	return reading{}, fmt.Errorf("the server does not come to rest")
}
