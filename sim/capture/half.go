package capture

import (
	"time"

	"github.com/gopacket/gopacket"
)

// half is the stream of one side of a connection.
type half struct {
	stream *stream
	synced bool   // its SYN was seen
	syn    uint32 // sequence number of that
	talked bool   // a packet with bytes was seen
	top    uint32 // behind the last byte that is known to have been sent
	liar   bool   // it acknowledges bytes that cannot have been sent, which shows no order

	started bool   // bytes were delivered
	base    uint32 // sequence number of the first byte
	next    uint32 // of the next byte to be delivered; where bytes are missing it stays
	lost    bool   // bytes are missing at next
	fin     bool
	reset   bool
	ended   bool
	fall    mark // where its stream ended

	buf   []byte // delivered and not read yet
	marks []mark // where they came from
	pos   uint32 // sequence number of buf[0]
	last  mark   // of the last step
	steps []numbered

	frames frames
	stale  int   // bytes that answer a request which was not seen
	skip   int64 // bytes of a body that are still to be read over
	chunks chunks
	deaf   bool // nothing more is looked at
}

// mark says where the bytes up to a sequence number came from.
type mark struct {
	until uint32
	at    int
	time  time.Time
	ack   uint32
	acked bool
}

// after reports whether sequence number a is behind b.
func after(a, b uint32) bool { return int32(a-b) > 0 }

// placeOf returns the place that packet kept for [place.GetCaptureInfo].
func placeOf(ci gopacket.CaptureInfo) *place {
	if len(ci.AncillaryData) == 1 {
		if p, ok := ci.AncillaryData[0].(*place); ok {
			return p
		}
	}
	return nil
}

// here is the mark of the byte before sequence number until: a step ends there. Steps of one side
// keep their order, in any order of packets.
func (h *half) here(until uint32) mark {
	m := h.last
	for _, k := range h.marks {
		if m = k; !after(until, k.until) {
			break
		}
	}
	m.until = until
	return h.behind(m)
}

// behind is m, or the last step if that came later.
func (h *half) behind(m mark) mark {
	if m.at < h.last.at {
		m.at, m.time = h.last.at, h.last.time
	}
	if h.last.acked && (!m.acked || after(h.last.ack, m.ack)) {
		m.ack, m.acked = h.last.ack, true
	}
	return m
}

// read takes n bytes off the buffer.
func (h *half) read(n int) {
	h.stream.charge(-n)
	h.buf, h.pos = h.buf[n:], h.pos+uint32(n)
	for len(h.marks) > 1 && after(h.pos, h.marks[0].until) {
		h.marks = h.marks[1:]
	}
	if len(h.buf) == 0 {
		h.buf = nil
	}
}

// stop ends the reading of this side.
func (h *half) stop() {
	h.deaf = true
	h.stream.charge(-len(h.buf))
	h.buf, h.marks = nil, nil
}

// end is behind the last byte that was delivered, the FIN included: the peer cannot have
// acknowledged more, unless bytes are missing.
func (h *half) end() uint32 {
	if h.ended && !h.reset {
		return h.next + 1
	}
	return h.next
}
