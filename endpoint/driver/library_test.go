package driver_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"sync"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
)

// What follows stands for a WebSocket library with callbacks, as there are many.

// handler is what such a library calls.
type handler interface {
	OnOpen(s *socket, r *http.Request)
	OnMessage(t wire.MessageType, p []byte)
	OnClose(code uint16, reason string)
	OnViolation(f fsm.Failure, err error)
	OnEnd(err error)
}

// socket is a connection of the library.
type socket struct {
	conn    net.Conn
	handler handler
	once    sync.Once
}

func (s *socket) Write(t wire.MessageType, p []byte) error {
	return wsutil.WriteServerMessage(s.conn, ws.OpCode(t), p)
}

func (s *socket) WriteClose(code uint16, reason string) error {
	var body []byte
	if code != 0 {
		body = ws.NewCloseFrameBody(ws.StatusCode(code), reason)
	}
	return wsutil.WriteServerMessage(s.conn, ws.OpClose, body)
}

// Drop closes the connection, and calls back before it returns.
func (s *socket) Drop() {
	_ = s.conn.Close()
	s.end(net.ErrClosed)
}

func (s *socket) end(err error) { s.once.Do(func() { s.handler.OnEnd(err) }) }

// library serves each WebSocket with a handler of its own, and closes over when one has ended.
func library(newHandler func() handler, over chan<- struct{}) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u := ws.HTTPUpgrader{Protocol: func(p string) bool { return p == endpoint.Subprotocol }}
		conn, _, _, err := u.Upgrade(r, w)
		if err != nil {
			return
		}
		defer close(over)
		s := &socket{conn: conn, handler: newHandler()}
		s.handler.OnOpen(s, r)
		s.read(int64(wire.DefaultLimits().Unit))
	})
}

func (s *socket) read(limit int64) {
	frames := &wsutil.Reader{Source: s.conn, State: ws.StateServerSide, CheckUTF8: true, MaxFrameSize: limit, OnIntermediate: s.control}
	for {
		h, err := frames.NextFrame()
		if err == nil && h.OpCode.IsControl() {
			err = s.control(h, frames)
		} else if err == nil {
			var p []byte
			if p, err = io.ReadAll(io.LimitReader(frames, limit+1)); err == nil && int64(len(p)) > limit {
				err = wsutil.ErrFrameTooLarge
			}
			if err == nil {
				s.handler.OnMessage(wire.MessageType(h.OpCode), p)
			}
		}
		var broken ws.ProtocolError
		switch {
		case err == nil:
			continue
		case errors.Is(err, wsutil.ErrInvalidUTF8):
			s.handler.OnViolation(fsm.FailureUTF8, err)
		case errors.Is(err, wsutil.ErrFrameTooLarge):
			s.handler.OnViolation(fsm.FailureLimit, err)
		case errors.As(err, &broken):
			s.handler.OnViolation(fsm.FailureFrame, err)
		default:
			s.end(err)
		}
		return
	}
}

func (s *socket) control(h ws.Header, r io.Reader) error {
	p, err := io.ReadAll(r)
	switch {
	case err != nil:
	case h.OpCode == ws.OpPing:
		return wsutil.WriteServerMessage(s.conn, ws.OpPong, p)
	case h.OpCode == ws.OpClose:
		code, reason := ws.ParseCloseFrameData(p)
		s.handler.OnClose(uint16(code), reason)
	}
	return err
}
