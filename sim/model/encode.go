package model

import (
	"encoding/binary"

	"example.com/khp/fsm"
)

// Encodings are what tells states apart in an exploration, and what the states still to be looked
// at are kept as. Every field has its bytes; the lengths are fixed.
const (
	clientWorldSize = fsm.ClientStateSize + hostSize + 1
	serverWorldSize = fsm.ServerStateSize + hostSize
	hostSize        = 7
	queueSize       = 2 * len(queue{}.list)
)

var le = binary.LittleEndian

// flag is 1<<n if yes holds.
func flag(yes bool, n int) uint16 {
	var b uint16
	if yes {
		b = 1
	}
	return b << n
}

func (w *clientWorld) encode(b []byte) {
	_, _ = w.state.AppendBinary(b[:0])
	w.host.encode(b[fsm.ClientStateSize:])
	b[clientWorldSize-1] = w.host.dials
}

func (w *clientWorld) decode(b []byte) {
	_ = w.state.UnmarshalBinary(b[:fsm.ClientStateSize])
	w.host.decode(b[fsm.ClientStateSize:])
	w.host.dials = b[clientWorldSize-1]
}

func (w *serverWorld) encode(b []byte) {
	_, _ = w.state.AppendBinary(b[:0])
	w.host.encode(b[fsm.ServerStateSize:])
}

func (w *serverWorld) decode(b []byte) {
	_ = w.state.UnmarshalBinary(b[:fsm.ServerStateSize])
	w.host.decode(b[fsm.ServerStateSize:])
}

func (h *host) encode(b []byte) {
	le.PutUint16(b, h.timers.running)
	le.PutUint16(b[2:], h.timers.paused)
	le.PutUint16(b[4:], uint16(h.marks))
	b[6] = h.opened<<4 | h.ended
}

func (h *host) decode(b []byte) {
	h.timers = timerSet{le.Uint16(b), le.Uint16(b[2:])}
	h.marks = marks(le.Uint16(b[4:]))
	h.opened, h.ended = b[6]>>4, b[6]&15
}

// A message takes 16 bits: 4 for its kind, 2 for the target, 10 for the status. An unused place of
// a queue is of kind 0.
func (m message) pack() uint16 { return uint16(m.kind) | uint16(m.target)<<4 | m.status<<6 }

func unpack(v uint16) message {
	return message{kind: uint8(v & 15), target: uint8(v >> 4 & 3), status: v >> 6}
}

func (q *queue) encode(b []byte) {
	b = b[:queueSize]
	for i, m := range q.list {
		le.PutUint16(b[2*i:], m)
	}
}

func (q *queue) decode(b []byte) {
	b = b[:queueSize]
	for i := range q.list {
		if q.list[i] = le.Uint16(b[2*i:]); q.list[i] != 0 {
			q.n++
		}
	}
}

// rest packs everything of p that is no part.
func (p *Pair) rest() uint32 {
	flags := flag(p.up, 0) | flag(p.cut, 1) | flag(p.serverOpened, 2) | uint16(p.clientSent)<<4 | uint16(p.serverSent)<<7 | uint16(p.clientGot)<<10 | uint16(p.serverGot)<<13
	return uint32(p.unit.pack()) | uint32(flags)<<16
}

func (p *Pair) setRest(rest uint32) {
	p.unit = unpack(uint16(rest))
	f := rest >> 16
	p.up, p.cut, p.serverOpened = f&1 != 0, f&2 != 0, f&4 != 0
	p.clientSent, p.serverSent, p.clientGot, p.serverGot = uint8(f>>4&7), uint8(f>>7&7), uint8(f>>10&7), uint8(f>>13)
}

// Size, Encode and Decode of the systems with one machine; [pairSystem] has those of the pair.

// Size is the length of an encoding.
func (AnyServer) Size() int { return clientWorldSize }

// Encode writes w into b.
func (AnyServer) Encode(w clientWorld, b []byte) { w.encode(b) }

// Decode returns the state whose encoding is b.
func (AnyServer) Decode(b []byte) (w clientWorld) { w.decode(b); return w }

// Size is the length of an encoding.
func (AnyClient) Size() int { return serverWorldSize }

// Encode writes w into b.
func (AnyClient) Encode(w serverWorld, b []byte) { w.encode(b) }

// Decode returns the state whose encoding is b.
func (AnyClient) Decode(b []byte) (w serverWorld) { w.decode(b); return w }
