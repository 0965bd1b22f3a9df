package observe

import (
	"io"
	"os"
	"runtime"
	"sync"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/queue"
	"example.com/khp/transport"
	"example.com/khp/transport/trace"
)

// Tracer writes the events of handshakes to a file of NDJSON, for khp replay.
type Tracer struct {
	w      *trace.Writer
	file   *os.File
	broken func(error) // told once when nothing can be written any more
	once   sync.Once

	queue  *queue.Queue // nil if events wait for a slow reader of the file
	mu     sync.Mutex
	newest uint64 // connection of which there was an event
	// with a queue: events of connections up to this one are left out, because some are missing
	blind uint64
}

// NewTracer creates the file anew, readable by its owner only: it may hold clients' data. broken is
// called once if the file cannot be written.
func NewTracer(path string, h trace.Header, broken func(error)) (*Tracer, error) {
	f, err := openTrace(path)
	if err != nil {
		return nil, err
	}
	t := &Tracer{file: f, broken: broken}
	t.begin(f, h)
	return t, nil
}

// traceRoom is how many bytes of a trace are kept for a reader that is slow.
const traceRoom = 4 << 20

// NewQueuedTracer is [NewTracer] for a server, which does not wait for a slow reader of the file.
// The trace of a connection ends at the first event that is dropped. Failed is called once.
func NewQueuedTracer(path string, h trace.Header, told queue.Hooks) (*Tracer, error) {
	f, err := openTrace(path)
	if err != nil {
		return nil, err
	}
	t := &Tracer{file: f, broken: told.Failed}
	told.Failed = t.failed
	t.queue = queue.New(f, traceRoom, told)
	t.begin(t.queue, h)
	return t, nil
}

// openTrace opens the file of --trace.
func openTrace(path string) (*os.File, error) {
	if err := cli.NoDash("trace", path); err != nil {
		return nil, err
	}
	f, err := openPrivate(path)
	if err != nil {
		return nil, cli.Usagef("--trace %s: %s; choose a file that can be written", path, cli.Cause(err))
	}
	return f, nil
}

// openPrivate empties or creates a file that its owner only may read and write. One that was there
// loses the permissions of others; devices and pipes keep theirs.
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
func (t *Tracer) begin(w io.Writer, h trace.Header) {
	h.Tool, h.Time = cli.Version(), time.Now()
	var err error
	if t.w, err = trace.NewWriter(w, h); err != nil {
		t.failed(err)
	}
}

// Observe implements transport.Observer.
func (t *Tracer) Observe(ev transport.Event) {
	if t.queue != nil {
		t.observeQueued(ev)
		return
	}
	if err := t.w.Write(ev.Record()); err != nil {
		t.failed(err)
	}
}

// observeQueued keeps the file free of gaps: connections are numbered as they begin, so
// that all that are traced after a gap are newer ones.
func (t *Tracer) observeQueued(ev transport.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if ev.Conn <= t.blind {
		return
	}
	t.newest = max(t.newest, ev.Conn)
	before := t.queue.Drops()
	_ = t.w.Write(ev.Record()) // the queue reports errors
	if t.queue.Drops() != before {
		t.blind = t.newest
	}
}

func (t *Tracer) failed(err error) { t.once.Do(func() { t.broken(err) }) }

// Close ends the trace.
func (t *Tracer) Close() {
	if t.queue != nil {
		t.queue.Close()
	}
	_ = t.file.Close()
}
