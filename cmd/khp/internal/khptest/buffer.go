package khptest

import (
	"bytes"
	"sync"
	"syscall"
)

// Buffer is a buffer that can be read while it is written.
type Buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write implements [io.Writer].
func (l *Buffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// String returns all that was written.
func (l *Buffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// Gate is a writer that takes nothing while it is shut.
type Gate struct {
	Buffer
	turn chan struct{}
}

// NewGate returns an open gate.
func NewGate() *Gate { return &Gate{turn: make(chan struct{}, 1)} }

// Shut holds up every Write until Open.
func (g *Gate) Shut() { g.turn <- struct{}{} }

// Open lets them through.
func (g *Gate) Open() { <-g.turn }

// Write implements [io.Writer].
func (g *Gate) Write(p []byte) (int, error) {
	g.Shut()
	defer g.Open()
	return g.Buffer.Write(p)
}

// FullWriter is a disk without space.
type FullWriter struct{}

// Write implements [io.Writer].
func (FullWriter) Write([]byte) (int, error) { return 0, syscall.ENOSPC }
