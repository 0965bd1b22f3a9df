//go:build linux

package main

import (
	"encoding/binary"
	"time"
	"unicode/utf8"

	"example.com/khp/endpoint/driver"
	"example.com/khp/fsm"
	"example.com/khp/wire"
)

// Opcodes of control frames.
const (
	opClose = 8
	opPing  = 9
	opPong  = 10
)

// appendFrame appends a frame of a server: whole, and not masked.
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

// frames reads the frames of a client from pieces of any size, and tells the driver.
type frames struct {
	to      *driver.Server
	limit   int    // of a message, in bytes
	in      []byte // the beginning of a frame
	op      byte   // of the message in progress, 0 if there is none
	message []byte // joined so far
	over    bool   // nothing behind a violation or a Close frame is read
}

func (f *frames) feed(p []byte) {
	for f.in = append(f.in, p...); !f.over && f.frame(); {
	}
}

func (f *frames) violation(failure fsm.Failure, detail string) bool {
	f.over, f.in, f.message = true, nil, nil
	f.to.Violation(time.Now(), failure, detail)
	return false
}

// frame takes one frame, and reports whether it was there.
func (f *frames) frame() bool {
	b := f.in
	if len(b) < 2 {
		return false
	}
	final, op, size, head := b[0]&0x80 != 0, b[0]&0x0f, uint64(b[1]&0x7f), 2
	switch {
	case b[0]&0x70 != 0:
		return f.violation(fsm.FailureFrame, "a reserved bit is set")
	case b[1]&0x80 == 0:
		return f.violation(fsm.FailureFrame, "a frame of a client is not masked")
	case op > opPong || op > 2 && op < opClose:
		return f.violation(fsm.FailureFrame, "an unknown opcode")
	case op >= opClose && (!final || size > 125):
		return f.violation(fsm.FailureFrame, "a control frame that is long or fragmented")
	case op == 0 && f.op == 0 || op > 0 && op < opClose && f.op != 0:
		return f.violation(fsm.FailureFrame, "a fragment out of turn")
	case size == 126:
		if head = 4; len(b) < head {
			return false
		}
		size = uint64(binary.BigEndian.Uint16(b[2:]))
	case size == 127:
		if head = 10; len(b) < head {
			return false
		}
		if size = binary.BigEndian.Uint64(b[2:]); size>>63 != 0 {
			return f.violation(fsm.FailureFrame, "the highest bit of a length is set")
		}
	}
	switch {
	case op < opClose && size > uint64(f.limit-len(f.message)):
		return f.violation(fsm.FailureLimit, "a message is too long")
	case uint64(len(b)) < uint64(head)+4+size:
		return false
	}
	mask, p := b[head:head+4], b[head+4:head+4+int(size)]
	for i := range p {
		p[i] ^= mask[i%4]
	}
	f.in = b[head+4+int(size):]
	return f.take(op, final, p)
}

// take tells the driver about a frame. p is copied where it has to be kept.
func (f *frames) take(op byte, final bool, p []byte) bool {
	switch op {
	case opPong:
		return true
	case opPing:
		f.to.Ping(time.Now(), p)
		return true
	case opClose:
		code, reason, err := wire.ParseClose(p)
		if wire.KindOf(err) == wire.KindUTF8 {
			return f.violation(fsm.FailureUTF8, err.Error())
		} else if err != nil {
			return f.violation(fsm.FailureFrame, err.Error())
		}
		f.over = true
		f.to.PeerClosed(time.Now(), code, reason)
		return false
	}
	if op != 0 {
		f.op = op
	}
	if f.message = append(f.message, p...); !final {
		return true
	}
	op, p = f.op, f.message
	f.op, f.message = 0, nil
	if op == byte(wire.Text) && !utf8.Valid(p) {
		return f.violation(fsm.FailureUTF8, "a text message is not UTF-8")
	}
	f.to.Message(time.Now(), wire.MessageType(op), p)
	return true
}
