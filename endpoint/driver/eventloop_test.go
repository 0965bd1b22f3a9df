package driver_test

import (
	"encoding/binary"
	"net"
	"time"
	"unicode/utf8"

	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/gobwas/ws"
)

// What follows stands for sockets, timers and frames of an event loop.

// conn is a connection that the loop tells what happens.
type conn interface {
	readable(p []byte)
	ended(err error)
}

// eventLoop has one goroutine that makes all calls. What blocks runs elsewhere and sends its
// result.
type eventLoop struct {
	listener net.Listener
	calls    chan func()
	over     bool
}

func newEventLoop() *eventLoop {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	return &eventLoop{listener: l, calls: make(chan func())}
}

// run serves one connection, for an example, and returns when it was forgotten.
func (l *eventLoop) run(accept func(net.Conn) conn) {
	socket, err := l.listener.Accept()
	_ = l.listener.Close()
	if err != nil {
		return
	}
	c := accept(socket)
	go func() {
		for {
			b := make([]byte, 1<<10)
			n, err := socket.Read(b)
			l.calls <- func() { c.readable(b[:n]) }
			if err != nil {
				l.calls <- func() { c.ended(err) }
				return
			}
		}
	}()
	for !l.over {
		call := <-l.calls
		call()
	}
	go func() {
		for call := range l.calls { // nobody waits any more
			_ = call
		}
	}()
}

func (l *eventLoop) forget(socket net.Conn) {
	_ = socket.Close()
	l.over = true
}

func (l *eventLoop) after(d time.Duration, f func()) (cancel func()) {
	t := time.AfterFunc(d, func() { l.calls <- f })
	return func() { t.Stop() }
}

func (l *eventLoop) elsewhere(f func() (then func())) {
	go func() {
		then := f()
		l.calls <- then
	}()
}

const (
	opClose = byte(ws.OpClose)
	opPong  = byte(ws.OpPong)
)

// appendFrame appends a frame of a server.
func appendFrame(b []byte, op byte, p []byte) []byte {
	b = append(b, 0x80|op)
	switch {
	case len(p) < 126:
		b = append(b, byte(len(p)))
	case len(p) < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 126), uint16(len(p)))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 127), uint64(len(p)))
	}
	return append(b, p...)
}

func closeBody(code uint16, reason string) []byte {
	if code == 0 {
		return nil
	}
	return ws.NewCloseFrameBody(ws.StatusCode(code), reason)
}

// framed is what a parser tells of frames.
type framed interface {
	Message(now time.Time, t wire.MessageType, p []byte)
	Ping(now time.Time, p []byte)
	PeerClosed(now time.Time, code uint16, reason string)
	Violation(now time.Time, f fsm.Failure, detail string)
}

// frames parses what a client sends.
type frames struct {
	to    framed
	limit int
	buf   []byte
	typ   byte   // of the message in progress
	msg   []byte // joined so far
	bad   bool
}

func (f *frames) feed(p []byte) {
	for f.buf = append(f.buf, p...); !f.bad && f.one(); {
	}
}

func (f *frames) broken(failure fsm.Failure, detail string) bool {
	f.bad = true
	f.to.Violation(time.Now(), failure, detail)
	return false
}

// one takes one frame, if it is there.
func (f *frames) one() bool {
	b := f.buf
	if len(b) < 6 {
		return false
	}
	n, at := int(b[1]&0x7f), 2
	switch {
	case b[1]&0x80 == 0 || b[0]&0x70 != 0:
		return f.broken(fsm.FailureFrame, "not masked, or a reserved bit")
	case n == 126 && len(b) >= 8:
		n, at = int(binary.BigEndian.Uint16(b[2:])), 4
	case n == 127 && len(b) >= 14:
		n, at = int(min(binary.BigEndian.Uint64(b[2:]), 1<<30)), 10
	case n > 125:
		return false
	}
	op, fin := b[0]&0x0f, b[0]&0x80 != 0
	switch {
	case op < 8 && n > f.limit-len(f.msg):
		return f.broken(fsm.FailureLimit, "a message over the limit")
	case op >= 8 && (n > 125 || !fin), op > 10, op > 2 && op < 8, op == 0 && f.typ == 0, (op == 1 || op == 2) && f.typ != 0:
		return f.broken(fsm.FailureFrame, "a frame out of turn")
	case len(b) < at+4+n:
		return false
	}
	data := append([]byte(nil), b[at+4:at+4+n]...)
	ws.Cipher(data, [4]byte(b[at:]), 0)
	f.buf = b[at+4+n:]
	switch op {
	case 8:
		code, reason := ws.ParseCloseFrameData(data)
		f.to.PeerClosed(time.Now(), uint16(code), reason)
	case 9:
		f.to.Ping(time.Now(), data)
	case 0, 1, 2:
		if op != 0 {
			f.typ = op
		}
		if f.msg = append(f.msg, data...); !fin {
			return true
		}
		msg, typ := f.msg, f.typ
		f.msg, f.typ = nil, 0
		if typ == 1 && !utf8.Valid(msg) {
			return f.broken(fsm.FailureUTF8, "a text message is not UTF-8")
		}
		f.to.Message(time.Now(), wire.MessageType(typ), msg)
	}
	return true
}
