package adapter

import (
	"context"
	"errors"
	"io"
	"net"
	"time"
	"unicode/utf8"

	"example.com/khp/fsm"
	"example.com/khp/transport"
	"example.com/khp/wire"
)

// Conn has the methods of another library's WebSocket connection that a handshake needs. At most
// one call of ReadMessage runs at a time, and one of the writing methods; Close may be called
// beside both.
type Conn interface {
	// ReadMessage returns the next data message with its fragments joined; it must not change until
	// the next call, and may be overwritten then. ReadMessage answers Pings on the way. After an error
	// it is not called again. A Close frame of the peer is a *transport.CloseError. A breach of the
	// rules of frames is an error that holds an fsm.Failure, as one over the limit does: FailureLimit.
	// Errors of package net and the ends of streams are the loss of the connection; any other error
	// counts as FailureFrame.
	ReadMessage() (wire.MessageType, []byte, error)
	// WriteMessage sends p as one message, preferably in one frame, until ctx ends. p is free again
	// on return: a Conn that writes later copies it, and none changes it.
	WriteMessage(ctx context.Context, t wire.MessageType, p []byte) error
	// WriteClose sends a Close frame, with an empty body if code is 0. It may leave the waiting to
	// another goroutine that ends with Close. ReadMessage still returns messages that arrive
	// afterwards.
	WriteClose(ctx context.Context, code uint16, reason string) error
	// SetReadLimit bounds the messages of ReadMessage, in bytes.
	SetReadLimit(n int64)
	// Close drops the connection at once, without a Close frame, and makes ReadMessage return.
	Close() error
}

// message is the result of one ReadMessage.
type message struct {
	typ  wire.MessageType
	data []byte
	err  error
}

// read starts to read one message, in a goroutine that ends with it or with the connection. No
// message beyond the handshake is read: the message that completes it is the last one asked for.
func (d *loop) read() {
	d.reading = true
	go func(c Conn, to chan<- message) {
		t, p, err := c.ReadMessage()
		to <- message{t, p, err}
	}(d.conn, d.incoming)
}

// received reports a message or an error to the driver.
func (d *loop) received(m message) {
	now := time.Now()
	d.reading = false
	d.deaf = m.err != nil
	var closed *transport.CloseError
	var failure fsm.Failure
	switch {
	case m.err == nil && m.typ == wire.Text && !utf8.Valid(m.data):
		d.told.Violation(now, fsm.FailureUTF8, "a text message is not UTF-8")
	case m.err == nil:
		d.told.Message(now, m.typ, m.data)
	case errors.As(m.err, &closed):
		d.told.PeerClosed(now, closed.Code, closed.Reason)
	case errors.As(m.err, &failure):
		d.told.Violation(now, failure, m.err.Error())
	case !isLoss(m.err):
		d.told.Violation(now, fsm.FailureFrame, m.err.Error())
	default:
		d.lost(m.err)
	}
}

// lost reports the end of the connection to the driver. An end that comes too early is
// io.ErrUnexpectedEOF, under whatever name the library reports it.
func (d *loop) lost(err error) {
	text := err.Error()
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err, text = io.ErrUnexpectedEOF, "the peer ended it in the middle of the handshake"
	}
	d.net = err
	d.told.Lost(time.Now(), text)
}

// isLoss reports whether err is the end of the connection and no complaint about the bytes
// received.
func isLoss(err error) bool {
	var network net.Error
	for _, end := range []error{io.EOF, io.ErrUnexpectedEOF, io.ErrClosedPipe, net.ErrClosed,
		context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, end) {
			return true
		}
	}
	return errors.As(err, &network)
}
