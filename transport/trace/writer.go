package trace

import (
	"encoding/json"
	"errors"
	"io"
	"sync"

	"example.com/khp/internal/redact"
	"example.com/khp/internal/visible"
)

// Writer writes a file. It is safe for concurrent use, and each record reaches the underlying
// writer in one Write.
type Writer struct {
	mu  sync.Mutex
	e   *json.Encoder
	err error

	redactors map[flow]*redact.Redactor // of messages that go on in the next record
}

// flow identifies the stream of one side of a connection.
type flow struct {
	conn    uint64
	side    string
	attempt int
	dir     Direction
}

var errNoWriter = errors.New("trace: this Writer was not made by NewWriter and has no file")

// NewWriter begins a file with h, whose Format and Version it sets. An error of w comes back at
// once.
func NewWriter(w io.Writer, h Header) (*Writer, error) {
	h.Format, h.Version = format, Version
	t := &Writer{e: json.NewEncoder(visible.JSONWriter(w))}
	t.e.SetEscapeHTML(false)
	return t, t.line(h)
}

// Write writes one record, with secrets replaced, also those that begin in one record of a
// connection and go on in the next. After an error nothing is written any more and the error is
// returned again.
func (t *Writer) Write(r Record) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	f := flow{r.Conn, r.Side, r.Attempt, r.Dir}
	switch {
	case r.Data != nil:
		r.Data = t.redact(f, r.Data)
	case r.Kind == Open || r.Kind == Fail || r.Kind == Closed:
		for _, f.dir = range []Direction{Sent, Received} {
			delete(t.redactors, f)
		}
	}
	return t.put(r)
}

// redact replaces the secrets in a piece of one side's stream.
func (t *Writer) redact(f flow, piece []byte) []byte {
	r := t.redactors[f]
	if r == nil {
		r = &redact.Redactor{}
	}
	out := r.Append(make([]byte, 0, len(piece)), piece)
	if r.Idle() {
		delete(t.redactors, f)
		return out
	}
	if t.redactors == nil {
		t.redactors = map[flow]*redact.Redactor{}
	}
	t.redactors[f] = r
	return out
}

func (t *Writer) line(v any) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.put(v)
}

func (t *Writer) put(v any) error {
	if t.e == nil {
		return errNoWriter
	}
	if t.err == nil {
		t.err = t.e.Encode(v)
	}
	return t.err
}
