package adapter

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"sync"

	"example.com/khp/fsm"
	"example.com/khp/wire"
)

// Inbox is ReadMessage and SetReadLimit of a [Conn] for a library that calls back for each message
// instead of having them read. It keeps the messages that arrive before the handshake asks for
// them, and those that arrive behind the handshake before the application is ready, so that none is
// lost. The zero value is ready for use; it must not be copied.
//
//	type conn struct {
//		adapter.Inbox
//		... // and WriteMessage, WriteClose, Close, which ends with c.Inbox.Close()
//	}
//
// A handshake that reads from an Inbox also reads while the application decides: it notices a
// client that leaves, and refuses one that speaks out of turn.
//
// The library calls Message for each message and End once. The application calls [Server] or
// [Client] in another goroutine and, when the connection is open, Deliver.
//
// An Inbox keeps 64 KiB, and one message of any length. Message waits while it is full, which slows
// the peer down; a library that must not be held up drives the protocol itself, with
// example.com/khp/endpoint/driver.
type Inbox struct {
	mu      sync.Mutex
	changed sync.Cond // its L is mu
	kept    []message
	size    int   // of kept, in bytes
	limit   int64 // of a message that is read, 0 is none
	ended   bool
	err     error // of End
	closed  bool
	arrived chan struct{} // holds a token if something has changed for who reads

	message  func(t wire.MessageType, p []byte) // of the application; nil before Deliver
	end      func(err error)
	draining bool // Deliver passes on the kept messages
}

const (
	inboxSize = 64 << 10
	// messageCost is the memory of a message beside its bytes: an empty one is not free.
	messageCost = 64
)

func (b *Inbox) lock() {
	b.mu.Lock()
	if b.changed.L == nil {
		b.changed.L, b.arrived = &b.mu, make(chan struct{}, 1)
	}
}

// wake ends the waits that a change may end.
func (b *Inbox) wake() {
	b.changed.Broadcast()
	select {
	case b.arrived <- struct{}{}:
	default:
	}
}

// arrival returns a channel on which a token is sent whenever read may have more to return.
func (b *Inbox) arrival() <-chan struct{} {
	b.lock()
	defer b.mu.Unlock()
	return b.arrived
}

// read returns the result of ReadMessage, if that need not wait.
func (b *Inbox) read() (m message, ok bool) {
	b.lock()
	defer b.mu.Unlock()
	return b.next()
}

func (b *Inbox) next() (m message, ok bool) {
	switch {
	case b.closed:
		return message{err: net.ErrClosed}, true
	case len(b.kept) == 0:
		return message{err: b.err}, b.ended
	}
	if m = b.take(); b.limit > 0 && int64(len(m.data)) > b.limit {
		m = message{err: fmt.Errorf("%w: a message of %d bytes, where %d are allowed", fsm.FailureLimit,
			len(m.data), b.limit)}
	}
	return m, true
}

// Message takes a message of the peer, with its fragments joined. p is free again on return: it is
// copied, or the application has seen it. Calls of Message and End come one at a time. Message
// waits while the Inbox is full, until Close.
func (b *Inbox) Message(t wire.MessageType, p []byte) {
	b.lock()
	for b.keeps() && b.size > 0 && b.size+messageCost+len(p) > inboxSize {
		b.changed.Wait()
	}
	message := b.message
	switch {
	case b.closed || b.ended:
		message = nil
	case b.keeps():
		b.keep(t, p)
		message = nil
	}
	b.mu.Unlock()
	if message != nil {
		message(t, p)
	}
}

// keeps reports whether a message that arrives is kept.
func (b *Inbox) keeps() bool { return !b.closed && (b.message == nil || b.draining) }

// End reports that no more messages arrive, and why: as the error that [Conn] describes at
// ReadMessage; nil is io.EOF. Only the first call counts.
func (b *Inbox) End(err error) {
	if err == nil {
		err = io.EOF
	}
	b.lock()
	if b.ended {
		b.mu.Unlock()
		return
	}
	b.ended, b.err = true, err
	b.wake()
	end := b.end
	if b.draining || b.closed {
		end = nil
	}
	b.mu.Unlock()
	if end != nil {
		end(err)
	}
}

// ReadMessage returns the next message, and the error of End behind the last one. [Server] and
// [Client] call it; p belongs to the caller.
func (b *Inbox) ReadMessage() (t wire.MessageType, p []byte, err error) {
	b.lock()
	defer b.mu.Unlock()
	for {
		if m, ok := b.next(); ok {
			return m.typ, m.data, m.err
		}
		b.changed.Wait()
	}
}

func (b *Inbox) keep(t wire.MessageType, p []byte) {
	b.kept = append(b.kept, message{typ: t, data: bytes.Clone(p)})
	b.size += messageCost + len(p)
	b.wake()
}

func (b *Inbox) take() message {
	m := b.kept[0]
	b.kept[0] = message{}
	b.kept = b.kept[1:]
	b.size -= messageCost + len(m.data)
	b.wake()
	return m
}

// SetReadLimit bounds the messages of ReadMessage, in bytes. The library has a limit of its own,
// which is the only one behind Deliver.
func (b *Inbox) SetReadLimit(n int64) {
	b.lock()
	defer b.mu.Unlock()
	b.limit = n
}

// Deliver hands the connection over to the application: it calls message with each message that is
// kept, in order, and from then on Message calls it directly. p is valid during the call. end is
// called once, behind the last message, with the error of End; it may be nil. Neither is called by
// two goroutines at a time. After Close neither is called.
func (b *Inbox) Deliver(message func(t wire.MessageType, p []byte), end func(err error)) {
	b.lock()
	b.message, b.end, b.draining = message, end, true
	for len(b.kept) > 0 {
		m := b.take()
		b.mu.Unlock()
		message(m.typ, m.data)
		b.mu.Lock()
	}
	b.draining = false
	last := b.ended && !b.closed && end != nil
	b.mu.Unlock()
	if last {
		end(b.err)
	}
}

// Close drops the messages that are kept, and ends all waiting.
func (b *Inbox) Close() {
	b.lock()
	defer b.mu.Unlock()
	b.closed, b.kept = true, nil
	b.wake()
}
