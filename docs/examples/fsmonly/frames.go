package main

import (
	"errors"
	"net"
	"time"

	"example.com/khp/fsm"
	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
	"io"
)

// message is an item that was read: a message with its fragments joined, a Ping, a Close, or the
// end.
type message struct {
	op      ws.OpCode
	data    []byte
	failure fsm.Failure // the client broke the rules of frames
	lost    bool        // nothing more can be read
}

const mostBytes = 256 << 10 // of a message

// upgrade answers the opening request with 101.
func (c *conn) upgrade() {
	u := ws.HTTPUpgrader{Timeout: 10 * time.Second, Protocol: func(p string) bool {
		return p == "x-kaazing-handshake"
	}}
	if nc, _, _, err := u.Upgrade(c.opening, c.w); err == nil {
		c.Conn = nc
	}
}

// write writes a frame. An error is noticed by the reader, since the connection is closed then; a
// client that does not read has lost it after ten seconds.
func (c *conn) write(op ws.OpCode, p []byte) {
	if c.Conn == nil {
		return
	}
	_ = c.SetWriteDeadline(time.Now().Add(10 * time.Second))
	if wsutil.WriteServerMessage(c.Conn, op, p) != nil {
		_ = c.Conn.Close()
	}
}

// read reads frames until the end, or until done is closed.
func read(nc net.Conn, to chan<- message, done <-chan struct{}) {
	tell := func(m message) bool {
		select {
		case to <- m:
			return true
		case <-done:
			return false
		}
	}
	control := func(h ws.Header, r io.Reader) error {
		p, err := io.ReadAll(r)
		if err == nil && h.OpCode != ws.OpPong && !tell(message{op: h.OpCode, data: p}) {
			err = net.ErrClosed
		}
		return err
	}
	frames := wsutil.Reader{Source: nc, State: ws.StateServerSide, CheckUTF8: true,
		MaxFrameSize: mostBytes, OnIntermediate: control}
	for {
		h, err := frames.NextFrame()
		switch {
		case err == nil && h.OpCode.IsControl():
			err = control(h, &frames)
		case err == nil:
			var p []byte
			if p, err = io.ReadAll(io.LimitReader(&frames, mostBytes+1)); err == nil && len(p) > mostBytes {
				err = wsutil.ErrFrameTooLarge
			}
			if err == nil && !tell(message{op: h.OpCode, data: p}) {
				return
			}
		}
		if err != nil {
			tell(message{failure: failureOf(err), lost: true})
			return
		}
	}
}

// failureOf tells violations from the end of the connection, which is none.
func failureOf(err error) fsm.Failure {
	var broken ws.ProtocolError
	switch {
	case errors.Is(err, wsutil.ErrInvalidUTF8):
		return fsm.FailureUTF8
	case errors.Is(err, wsutil.ErrFrameTooLarge):
		return fsm.FailureLimit
	case errors.As(err, &broken), errors.Is(err, ws.ErrHeaderLengthMSB):
		return fsm.FailureFrame
	}
	return 0
}
