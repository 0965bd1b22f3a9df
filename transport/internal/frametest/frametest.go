// Package frametest has frames as peers may send them, well-formed or not, and connections that
// follow a script, for tests.
package frametest

import (
	"bytes"
	"io"
	"net"
	"os"
	"time"

	"github.com/gobwas/ws"
)

// Script is a net.Conn whose reads follow a script: each entry is one arrival, nil an expired
// deadline. It records writes, one entry per Write.
type Script struct {
	Reads  [][]byte
	Calls  int
	Writes [][]byte
	End    error // after the script; io.EOF if nil
}

func (c *Script) Read(p []byte) (int, error) {
	c.Calls++
	if len(c.Reads) == 0 {
		if c.End != nil {
			return 0, c.End
		}
		return 0, io.EOF
	}
	if c.Reads[0] == nil {
		c.Reads = c.Reads[1:]
		return 0, os.ErrDeadlineExceeded
	}
	n := copy(p, c.Reads[0])
	if c.Reads[0] = c.Reads[0][n:]; len(c.Reads[0]) == 0 {
		c.Reads = c.Reads[1:]
	}
	return n, nil
}

func (c *Script) Write(p []byte) (int, error) {
	c.Writes = append(c.Writes, bytes.Clone(p))
	return len(p), nil
}

func (c *Script) Close() error                     { return nil }
func (c *Script) LocalAddr() net.Addr              { return nil }
func (c *Script) RemoteAddr() net.Addr             { return nil }
func (c *Script) SetDeadline(time.Time) error      { return nil }
func (c *Script) SetReadDeadline(time.Time) error  { return nil }
func (c *Script) SetWriteDeadline(time.Time) error { return nil }

// Discard is a Script that forgets written bytes.
type Discard struct{ Script }

func (*Discard) Write(p []byte) (int, error) { return len(p), nil }

// Frame is a frame as a peer may send it, well-formed or not.
type Frame struct {
	Op    ws.OpCode
	P     string
	More  bool // FIN is not set
	Rsv   byte
	Mask  bool // masked although it should not be, or the other way round
	Wide  bool // length in the 64-bit form
	Claim int64
}

// bytes encodes f as the peer of a client or of a server sends it, independently of the code under
// test.
func (f Frame) bytes(toClient bool) []byte {
	h := ws.Header{
		Fin: !f.More, Rsv: f.Rsv, OpCode: f.Op, Length: int64(len(f.P)),
		Masked: toClient == f.Mask, Mask: [4]byte{0x9a, 3, 0xf0, 0x41},
	}
	if f.Claim != 0 {
		h.Length = f.Claim
	}
	var b bytes.Buffer
	if f.Wide {
		short := h
		short.Length = 1 << 16 // ws then writes the 64-bit form
		ws.MustWriteFrame(&b, ws.Frame{Header: short})
		copy(b.Bytes()[2:10], []byte{0, 0, 0, 0, byte(h.Length >> 24), byte(h.Length >> 16),
			byte(h.Length >> 8), byte(h.Length)})
	} else {
		ws.MustWriteFrame(&b, ws.Frame{Header: h})
	}
	for i := range len(f.P) {
		c := f.P[i]
		if h.Masked {
			c ^= h.Mask[i%4]
		}
		b.WriteByte(c)
	}
	return b.Bytes()
}

// Encode is several frames as bytes.
func Encode(toClient bool, frames ...Frame) []byte {
	var b []byte
	for _, f := range frames {
		b = append(b, f.bytes(toClient)...)
	}
	return b
}
