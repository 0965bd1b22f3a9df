package world

import (
	"encoding/binary"

	"example.com/khp/internal/inside"
)

// Encodings tell states apart in an exploration, and keep those still to be expanded. Every field
// has its bytes; the lengths are fixed.
const (
	ClientSize = inside.ClientStateSize + hostSize + 1
	ServerSize = inside.ServerStateSize + hostSize
	hostSize   = 7
)

var le = binary.LittleEndian

// Flag is 1<<n if yes holds.
func Flag(yes bool, n int) uint16 {
	var b uint16
	if yes {
		b = 1
	}
	return b << n
}

func (w *Client) Encode(b []byte) {
	_, _ = w.State.AppendBinary(b[:0])
	w.Host.encode(b[inside.ClientStateSize:])
	b[ClientSize-1] = w.Host.Dials
}

func (w *Client) Decode(b []byte) {
	_ = w.State.UnmarshalBinary(b[:inside.ClientStateSize])
	w.Host.decode(b[inside.ClientStateSize:])
	w.Host.Dials = b[ClientSize-1]
}

func (w *Server) Encode(b []byte) {
	_, _ = w.State.AppendBinary(b[:0])
	w.Host.encode(b[inside.ServerStateSize:])
}

func (w *Server) Decode(b []byte) {
	_ = w.State.UnmarshalBinary(b[:inside.ServerStateSize])
	w.Host.decode(b[inside.ServerStateSize:])
}

func (h *Host) encode(b []byte) {
	le.PutUint16(b, h.Timers.running)
	le.PutUint16(b[2:], h.Timers.paused)
	le.PutUint16(b[4:], uint16(h.Marks))
	b[6] = h.Opened<<4 | h.Ended
}

func (h *Host) decode(b []byte) {
	h.Timers = timerSet{le.Uint16(b), le.Uint16(b[2:])}
	h.Marks = marks(le.Uint16(b[4:]))
	h.Opened, h.Ended = b[6]>>4, b[6]&15
}
