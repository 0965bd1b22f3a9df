package main

import (
	"encoding/json"
	"io"
	"os"
	"sync"
	"time"

	"example.com/khp/transport"
)

// traceLine is one line of a trace file. Fields without meaning for a kind of event are left out.
type traceLine struct {
	Time    time.Time           `json:"time"`              // when, with nanoseconds
	Conn    uint64              `json:"conn"`              // which connection of this process; all connections of one dial share a number
	Side    string              `json:"side"`              // client or server: who writes this
	Attempt int                 `json:"attempt,omitempty"` // client: which connection of the dial, from 1
	Kind    transport.EventKind `json:"kind"`              // dial, send-opening, receive-opening, send, receive, send-close, receive-close, ping, lost, timer, credentials, open, fail, closed
	Type    string              `json:"type,omitempty"`    // of a message: text or binary
	Data    *[]byte             `json:"data,omitempty"`    // what was sent or received, in base64; "" for an empty message; credentials and cookies are replaced
	Code    uint16              `json:"code,omitempty"`    // close code; status with open
	Text    string              `json:"text,omitempty"`    // URL of dial, close reason, timer, subprotocol of open, cause of lost
	Phase   string              `json:"phase,omitempty"`   // what is waited for after this
	Error   string              `json:"error,omitempty"`   // with fail
}

// tracer writes events to a file, one JSON object per line.
type tracer struct {
	mu     sync.Mutex
	w      io.WriteCloser
	broken func(error) // told once when nothing can be written any more
	failed bool
}

// newTracer creates the file anew. It may hold what clients send, so that nobody else may read it.
func newTracer(path string, broken func(error)) (*tracer, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, usagef("--trace: %s; choose a file that can be written", err)
	}
	return &tracer{w: f, broken: broken}, nil
}

// Observe implements transport.Observer.
func (t *tracer) Observe(ev transport.Event) {
	line := traceLine{Time: ev.Time, Conn: ev.Conn, Side: "client", Attempt: ev.Attempt, Kind: ev.Kind, Code: ev.Code, Text: ev.Text, Phase: ev.Phase}
	if ev.Server {
		line.Side = "server"
	}
	if ev.Type != 0 {
		line.Type = ev.Type.String()
	}
	if ev.Data != nil || ev.Type != 0 {
		data := ev.Data
		if data == nil {
			data = []byte{}
		}
		line.Data = &data
	}
	if ev.Err != nil {
		line.Error = ev.Err.Error()
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.failed {
		return
	}
	e := json.NewEncoder(t.w)
	e.SetEscapeHTML(false)
	if err := e.Encode(line); err != nil {
		t.failed = true
		t.broken(err)
	}
}

func (t *tracer) close() { _ = t.w.Close() }

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
