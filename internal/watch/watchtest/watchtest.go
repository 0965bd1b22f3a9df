// Package watchtest watches all handshakes that the tests of a package make. TestMain of each
// package whose tests shake hands on sockets is
//
//	func TestMain(m *testing.M) { os.Exit(watchtest.Run(m)) }
//
// It fails if the trace of one handshake is no path of the machines by its own side's fault: what
// the tests' peers do wrong is on purpose.
package watchtest

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"example.com/khp/internal/watch"
	"example.com/khp/sim/replay"
	"example.com/khp/transport/trace"
)

// Run runs the tests and returns the code to exit with.
func Run(m interface{ Run() int }) int {
	if slices.ContainsFunc(os.Args, func(a string) bool { return strings.HasPrefix(a, "-test.bench=") }) {
		return m.Run() // what is measured is not watched
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
// soon as one is wrong, because nobody asks at the end.
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

// watcher keeps what was wrong.
type watcher struct {
	wrongNow func(problem string) // nil waits for the end

	mu       sync.Mutex
	problems []string
	open     map[*recording]bool
}

// start watches all handshakes from now on.
func (w *watcher) start() {
	w.open = map[*recording]bool{}
	watch.Trace = func(of watch.Traced) func(trace.Record) {
		if unwatched.Load() > 0 {
			return nil
		}
		r := &recording{watcher: w, header: of.TraceHeader()}
		return r.record
	}
}

// wrong returns all that was wrong, "" if nothing was.
func (w *watcher) wrong() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	for r := range w.open {
		w.check(r)
	}
	var b bytes.Buffer
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
}

// record is shown each record.
func (r *recording) record(rec trace.Record) {
	w := r.watcher
	w.mu.Lock()
	defer w.mu.Unlock()
	r.records = append(r.records, rec)
	w.open[r] = true
	switch rec.Kind {
	case trace.Open, trace.Fail, trace.Closed:
		w.check(r)
	}
}

// check writes the trace as khp --trace does, reads it, and judges it as khp replay does.
func (w *watcher) check(r *recording) {
	delete(w.open, r)
	var file bytes.Buffer
	out, err := trace.NewWriter(&file, r.header)
	for i := range r.records {
		if err == nil {
			err = out.Write(r.records[i])
		}
	}
	text := file.String()
	if err == nil {
		_, err = replay.ReadTrace(&file, func(s *replay.Session) {
			if result := replay.Check(s); result.Verdict == replay.NotPath && result.Wrong.Blame == s.Recorder {
				w.add(fmt.Sprintf("step %d of this %s is no path of the machine: %s %v, in phase %v\n%s",
					result.Wrong.Step, s.Recorder, result.Wrong.Why, result.Wrong.Requirements, result.Wrong.Phases, text))
			}
		})
	}
	if err != nil {
		w.add(fmt.Sprintf("a trace cannot be read: %v\n%s", err, text))
	}
	r.records = nil
}
