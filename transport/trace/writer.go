package trace

import (
	"encoding/json"
	"io"
	"sync"

	"example.com/khp/internal/visible"
)

// Writer writes a file. It is safe for concurrent use, and each record reaches the underlying writer in one Write.
type Writer struct {
	mu  sync.Mutex
	e   *json.Encoder
	err error
}

// NewWriter begins a file with h, whose Format and Version it sets. An error of w comes back at once.
func NewWriter(w io.Writer, h Header) (*Writer, error) {
	h.Format, h.Version = format, Version
	t := &Writer{e: json.NewEncoder(visible.JSONWriter(w))}
	t.e.SetEscapeHTML(false)
	return t, t.line(h)
}

// Write writes one record, with secrets replaced. After an error nothing is written any more and the error is returned again.
func (t *Writer) Write(r Record) error {
	if r.Data != nil {
		r.Data = Redact(r.Data)
	}
	return t.line(r)
}

func (t *Writer) line(v any) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.err == nil {
		t.err = t.e.Encode(v)
	}
	return t.err
}
