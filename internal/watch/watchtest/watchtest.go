// Package watchtest watches all handshakes that the tests of a package make. TestMain of each
// package whose tests shake hands on sockets is
//
//	func TestMain(m *testing.M) { os.Exit(watchtest.Run(m)) }
//
// It fails if the trace of one handshake is no path of the machines by the fault of the side that
// recorded it (the peers of tests break rules on purpose), and if the orders of its endpoint break
// an invariant.
package watchtest

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"example.com/khp/endpoint"
	"example.com/khp/internal/watch"
	"example.com/khp/sim/network"
	"example.com/khp/sim/replay"
	"example.com/khp/transport/trace"
)

// Run runs the tests and returns the code to exit with.
func Run(m interface{ Run() int }) int {
	if slices.ContainsFunc(os.Args, func(a string) bool {
		return strings.HasPrefix(a, "-test.bench=")
	}) {
		return m.Run() // measurements are not watched
	}
	var w watcher
	w.start()
	code := m.Run()
	if wrong := w.wrong(); wrong != "" {
		fmt.Fprintln(os.Stderr, wrong)
		code = max(code, 1)
	}
	return code
}

var unwatched atomic.Int32

// Unwatched has a test that measures leave handshakes alone until it ends, also those of tests that
// run at the same time.
func Unwatched(t testing.TB) {
	unwatched.Add(1)
	t.Cleanup(func() { unwatched.Add(-1) })
}

// Process watches the handshakes of a test binary that became a program: it ends the process as
// soon as one is wrong, because such a process has no Run that asks at its end.
func Process() {
	w := watcher{wrongNow: func(problem string) {
		fmt.Fprintln(os.Stderr, problem)
		os.Exit(90)
	}}
	w.start()
}

// Tests are those of a package whose TestMain hands them to something else to run.
type Tests struct{ M interface{ Run() int } }

// Run runs the tests with [Run].
func (t Tests) Run() int { return Run(t.M) }

// watcher keeps the faults.
type watcher struct {
	wrongNow func(problem string) // nil waits for the end

	mu       sync.Mutex
	problems []string
	open     map[*recording]bool
}

// start watches all handshakes from now on.
func (w *watcher) start() {
	w.open = map[*recording]bool{}
	watch.Trace = func(of watch.Traced) (func(trace.Record), func(*endpoint.Output)) {
		if unwatched.Load() > 0 {
			return nil, nil
		}
		r := &recording{watcher: w, header: of.TraceHeader()}
		c := r.header.Config
		r.monitor = network.Monitor{Server: r.header.Side == replay.Server.String(),
			Unchecked: c.Unchecked, Proxy: c.Proxy, AllowDowngrade: true}
		return r.record, r.order
	}
}

// wrong returns all that was wrong, "" if nothing was.
func (w *watcher) wrong() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	for r := range w.open {
		w.check(r)
	}
	var b strings.Builder
	for _, p := range w.problems {
		b.WriteString(p + "\n")
	}
	return b.String()
}

// add keeps a problem.
func (w *watcher) add(problem string) {
	if w.wrongNow != nil {
		w.wrongNow(problem)
	}
	w.problems = append(w.problems, problem)
}

// recording is the trace of one connect call or served connection.
type recording struct {
	watcher *watcher
	header  trace.Header
	records []trace.Record
	monitor network.Monitor
	broken  bool // an order was wrong, which is told once
}

// order is shown each order of the endpoint.
func (r *recording) order(o *endpoint.Output) {
	w := r.watcher
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := r.monitor.Take(*o); err != nil && !r.broken {
		r.broken = true
		w.add(fmt.Sprintf("an order of this %s breaks an invariant: %v\n%s",
			r.header.Side, err, r.text()))
	}
}

// record is shown each record.
func (r *recording) record(rec trace.Record) {
	w := r.watcher
	w.mu.Lock()
	defer w.mu.Unlock()
	r.records = append(r.records, rec)
	w.open[r] = true
	switch rec.Kind {
	case trace.Lost, trace.Violation:
		r.monitor.Cut()
	case trace.Open, trace.Fail, trace.Closed:
		w.check(r)
	}
}

// file is the trace as khp --trace writes it.
func (r *recording) file() (string, error) {
	var file strings.Builder
	out, err := trace.NewWriter(&file, r.header)
	for i := range r.records {
		if err == nil {
			err = out.Write(r.records[i])
		}
	}
	return file.String(), err
}

// text is the trace so far, for a message.
func (r *recording) text() string {
	text, _ := r.file()
	return text
}

// check writes the trace as khp --trace does, reads it, and judges it as khp replay does.
func (w *watcher) check(r *recording) {
	delete(w.open, r)
	text, err := r.file()
	if err == nil {
		_, err = replay.ReadTrace(strings.NewReader(text), func(s *replay.Session) {
			if result := replay.Check(s); result.Verdict == replay.NotPath &&
				result.Wrong.Blame == s.Recorder {
				w.add(fmt.Sprintf("step %d of this %s is no path of the machine: %s %v, in phase %v\n%s",
					result.Wrong.Step, s.Recorder, result.Wrong.Why, result.Wrong.Requirements,
					result.Wrong.Phases, text))
			}
		})
	}
	if err != nil {
		w.add(fmt.Sprintf("a trace cannot be read: %v\n%s", err, text))
	}
	r.records = nil
}
