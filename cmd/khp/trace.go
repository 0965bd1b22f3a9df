package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"example.com/khp/transport"
	"example.com/khp/transport/trace"
)

// tracer writes the events of handshakes to a file.
type tracer struct {
	w      *trace.Writer
	file   *os.File
	broken func(error) // told once when nothing can be written any more
	once   sync.Once
}

// newTracer creates the file anew. It may hold what clients send, so that nobody else may read it.
func newTracer(path string, h trace.Header, broken func(error)) (*tracer, error) {
	f, err := openPrivate(path)
	if err != nil {
		return nil, usagef("--trace %s: %s; choose a file that can be written", path, cause(err))
	}
	info, _ := debug.ReadBuildInfo()
	h.Tool, h.Time = versionText(info), time.Now()
	t := &tracer{file: f, broken: broken}
	if t.w, err = trace.NewWriter(f, h); err != nil {
		t.failed(err)
	}
	return t, nil
}

// openPrivate empties or creates a file that its owner only may read and write. One that was there loses the permissions of others; devices and pipes keep
// theirs.
func openPrivate(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o600)
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

// Observe implements transport.Observer.
func (t *tracer) Observe(ev transport.Event) {
	if err := t.w.Write(ev.Record()); err != nil {
		t.failed(err)
	}
}

func (t *tracer) failed(err error) { t.once.Do(func() { t.broken(err) }) }

func (t *tracer) close() { _ = t.file.Close() }

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
