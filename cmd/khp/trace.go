package main

import (
	"io"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/transport"
	"example.com/khp/transport/trace"
)

// tracer writes the events of handshakes to a file.
type tracer struct {
	w      *trace.Writer
	file   *os.File
	broken func(error) // told once when nothing can be written any more
	once   sync.Once

	queue  *queue // nil if the one who is traced can wait for who reads the trace
	mu     sync.Mutex
	newest uint64 // connection of which there was an event
	blind  uint64 // with a queue: events of connections up to this one are left out, because some are missing
}

// newTracer creates the file anew. It may hold what clients send, so that nobody else may read it.
func newTracer(path string, h trace.Header, broken func(error)) (*tracer, error) {
	f, err := openTrace(path)
	if err != nil {
		return nil, err
	}
	t := &tracer{file: f, broken: broken}
	t.begin(f, h)
	return t, nil
}

// traceRoom is how many bytes of a trace are kept for a reader that is slow.
const traceRoom = 4 << 20

// newQueuedTracer is newTracer for a server, which waits for nobody. A connection of which an event is dropped ends there in the trace; late is called when that
// begins, and caughtUp with the number of events when connections can be traced again.
func newQueuedTracer(path string, h trace.Header, broken func(error), m *metrics, late func(), caughtUp func(events int)) (*tracer, error) {
	f, err := openTrace(path)
	if err != nil {
		return nil, err
	}
	t := &tracer{file: f, broken: broken, queue: newQueue(f, traceRoom)}
	var behind atomic.Bool
	t.queue.failed = t.failed
	t.queue.lost = func() {
		m.lineDropped("trace")
		if !behind.Swap(true) {
			late()
		}
	}
	t.queue.caughtUp = func(events int) { behind.Store(false); caughtUp(events) }
	go t.queue.run()
	t.begin(t.queue, h)
	return t, nil
}

// openTrace opens the file of --trace.
func openTrace(path string) (*os.File, error) {
	f, err := openPrivate(path)
	if err != nil {
		return nil, cli.Usagef("--trace %s: %s; choose a file that can be written", path, cli.Cause(err))
	}
	return f, nil
}

// openPrivate empties or creates a file that its owner only may read and write. One that was there loses the permissions of others; devices and pipes keep
// theirs.
func openPrivate(path string) (*os.File, error) {
	flags := os.O_WRONLY | os.O_CREATE
	if info, err := os.Stat(path); err == nil && info.Mode()&os.ModeNamedPipe != 0 {
		flags = os.O_RDWR // opening a pipe to write only waits for a reader
	}
	f, err := os.OpenFile(path, flags, 0o600)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && info.Mode().IsRegular() {
		if info.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows" {
			err = f.Chmod(info.Mode().Perm() & 0o700)
		}
		if err == nil {
			err = f.Truncate(0)
		}
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

// begin writes the header.
func (t *tracer) begin(w io.Writer, h trace.Header) {
	h.Tool, h.Time = cli.Version(), time.Now()
	var err error
	if t.w, err = trace.NewWriter(w, h); err != nil {
		t.failed(err)
	}
}

// Observe implements transport.Observer.
func (t *tracer) Observe(ev transport.Event) {
	if t.queue != nil {
		t.observeQueued(ev)
		return
	}
	if err := t.w.Write(ev.Record()); err != nil {
		t.failed(err)
	}
}

// observeQueued keeps what is in the file free of gaps: connections are numbered as they begin, so that all that are traced after a gap are newer ones.
func (t *tracer) observeQueued(ev transport.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if ev.Conn <= t.blind {
		return
	}
	t.newest = max(t.newest, ev.Conn)
	before := t.queue.drops()
	_ = t.w.Write(ev.Record()) // the queue tells what is wrong
	if t.queue.drops() != before {
		t.blind = t.newest
	}
}

func (t *tracer) failed(err error) { t.once.Do(func() { t.broken(err) }) }

func (t *tracer) close() {
	if t.queue != nil {
		t.queue.close()
	}
	_ = t.file.Close()
}

// observers tells several.
type observers []transport.Observer

func (list observers) Observe(ev transport.Event) {
	for _, o := range list {
		o.Observe(ev)
	}
}

// orNil is the cheapest observer that does the same.
func (list observers) orNil() transport.Observer {
	switch len(list) {
	case 0:
		return nil
	case 1:
		return list[0]
	}
	return list
}
