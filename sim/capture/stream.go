package capture

import (
	"bytes"
	"strconv"

	"example.com/khp/sim/replay"
	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/reassembly"
)

// stream is one connection.
type stream struct {
	collector *collector
	between   pair
	serial    uint64
	number    uint64  // 0 before its first byte
	first     int     // the side whose packet came first into the reassembly
	halves    [2]half // of between.a and between.b
	client    int     // side of the client, -1 as long as it is not known
	phase     phase
	held      []numbered // the last exchange of HTTP, if it may have been the opening handshake
	asked     exchange
	// answers is the mark of the first request, which acknowledges all that the server sent before.
	answers  mark
	before   int    // exchanges of HTTP before
	tunnels  string // where a proxy was asked to connect to
	tls      bool
	foreign  bool
	missing  string // why nothing more is judged
	until    int    // the last packet that is judged
	cutShort bool   // the file has only the beginning of a packet
	kept     int    // bytes
	steps    int
	done     bool
}

// numbered is a step of a side, and where it stands.
type numbered struct {
	replay.Step
	half *half
	mark mark
}

func newStream(c *collector, serial uint64, between pair) *stream {
	x := &stream{collector: c, serial: serial, between: between, client: -1, until: int(^uint(0) >> 1)}
	for i := range x.halves {
		x.halves[i].stream = x
	}
	return x
}

// reused reports whether a segment begins another connection on the same ports.
func (x *stream) reused(side int, s *tcpSegment) bool {
	h := &x.halves[side]
	switch {
	case !s.SYN:
		return false
	case x.done:
		return true
	case h.synced:
		return s.Seq != h.syn
	case h.started:
		return s.Seq+1 != h.base
	case h.talked: // later bytes may have overtaken it
		return after(s.Seq, h.top) || h.top-s.Seq > overtaken
	}
	return false
}

// Distances of sequence numbers.
const (
	overtaken  = 1 << 20 // by how much the bytes behind a SYN may have overtaken it
	mostWindow = 1 << 30 // bytes that TCP may have under way, and so may be missing
)

// seen looks at a packet before its bytes are put in their place. It returns false for one that has
// none for it: that is late, of a connection before on the same ports, or no more than a probe.
func (x *stream) seen(side int, s *tcpSegment, p *place) bool {
	h, peer := &x.halves[side], &x.halves[1-side]
	if s.SYN && !h.synced {
		h.synced, h.syn = true, s.Seq
		if !h.started {
			h.started, h.base, h.next, h.pos = true, s.Seq+1, s.Seq+1, s.Seq+1
		}
		if x.client < 0 && s.ACK {
			x.client = 1 - side
		} else if x.client < 0 {
			x.client = side
		}
	}
	if p.acked && (peer.synced && after(peer.syn+1, p.ack) ||
		(peer.synced || peer.talked) && after(p.ack, peer.top+mostWindow)) {
		p.acked = false
		h.liar = h.liar || s.SYN
		if !s.SYN && h.synced && after(h.syn, s.Seq) {
			return false
		}
	}
	top := p.seq + uint32(s.length)
	if s.length == 1 && h.talked && top == h.top {
		return false // a probe, to keep the connection alive: its byte is any
	}
	if !h.talked && !h.synced || s.SYN && !h.talked || after(top, h.top) {
		h.top = top
	}
	h.talked = h.talked || s.length > 0
	h.fin = h.fin || s.FIN
	h.reset = h.reset || s.RST
	x.cutShort = x.cutShort || len(s.Payload) < s.length
	return true
}

// Accept implements reassembly.Stream.
func (x *stream) Accept(*layers.TCP, gopacket.CaptureInfo, reassembly.TCPFlowDirection,
	reassembly.Sequence, *bool, reassembly.AssemblerContext) bool {
	return true
}

// ReassembledSG implements reassembly.Stream: bytes of one side, in order.
func (x *stream) ReassembledSG(sg reassembly.ScatterGather, ac reassembly.AssemblerContext) {
	dir, _, end, skip := sg.Info()
	side := x.first
	if dir == reassembly.TCPDirServerToClient {
		side = 1 - side
	}
	h := &x.halves[side]
	length, _ := sg.Lengths()
	now := placeOf(ac.GetCaptureInfo())
	if length > 0 && x.number == 0 {
		x.collector.count++
		x.number = x.collector.count
	}
	if !h.started && (length > 0 || end) {
		h.begin(placeOf(sg.CaptureInfo(0)), now)
	}
	if skip > 0 {
		h.gap(skip)
	}
	if length > 0 && !h.lost {
		h.deliver(sg, length, now)
		x.read()
	}
	if end && !h.lost && (h.fin || h.reset) && !h.ended {
		h.ended = true
		h.fall = mark{until: h.next, at: now.at, time: now.ci.Timestamp, ack: now.ack, acked: now.acked}
	}
}

// begin notes where the bytes of a side begin of which no SYN was seen.
func (h *half) begin(first, now *place) {
	if first == nil {
		first = now
	}
	h.started, h.base, h.next, h.pos = true, first.seq, first.seq, first.seq
	if x := h.stream; x.answers.acked && h == &x.halves[1-x.client] {
		x.startServer()
	}
}

// gap notes that bytes are missing.
func (h *half) gap(n int) {
	if !h.lost {
		h.lost = true
		h.stream.miss(strconv.Itoa(n) + " bytes are missing behind packet " + strconv.Itoa(h.lastAt()))
		h.stream.until = min(h.stream.until, h.lastAt())
	}
}

// lastAt is the packet of the last byte that was delivered.
func (h *half) lastAt() int {
	if n := len(h.marks); n > 0 {
		return max(h.marks[n-1].at, h.last.at)
	}
	return h.last.at
}

// deliver puts bytes into the buffer and notes which packets they came from.
func (h *half) deliver(sg reassembly.ScatterGather, length int, now *place) {
	seq := h.next
	for off := 0; off < length; {
		p := placeOf(sg.CaptureInfo(off))
		if p == nil {
			p = now
		}
		n := length - off
		if left := int(int32(p.until - seq)); left > 0 {
			n = min(n, left)
		}
		off, seq = off+n, seq+uint32(n)
		if !h.deaf {
			h.marks = append(h.marks, mark{until: seq, at: p.at, time: p.ci.Timestamp,
				ack: p.ack, acked: p.acked})
		}
	}
	h.next = seq
	if h.deaf {
		h.last.at = max(h.last.at, now.at)
		return
	}
	if len(h.buf)+length > mostBytes || !h.stream.charge(length) {
		h.stream.overflow()
		return
	}
	h.buf = append(h.buf, sg.Fetch(length)...)
}

// ReassemblyComplete implements reassembly.Stream.
func (x *stream) ReassemblyComplete(reassembly.AssemblerContext) bool {
	if !x.collector.flushing {
		x.finish()
	}
	return true
}

// charge counts bytes that are kept. It returns false if there are too many, of this connection or
// of all.
func (x *stream) charge(n int) bool {
	x.kept += n
	x.collector.kept += n
	return n <= 0 || x.kept <= mostBytes && x.collector.kept <= mostKept
}

// overflow ends the reading of a connection of which too much would be kept.
func (x *stream) overflow() {
	what := "of this connection"
	if x.collector.kept > mostKept {
		what = "of all connections together"
	}
	x.miss("only the first " + strconv.Itoa(x.steps) +
		" steps are judged, which is the limit of what is kept " + what)
	x.stop()
}

// stop ends the reading of both sides.
func (x *stream) stop() {
	x.phase = phaseOver
	x.halves[0].stop()
	x.halves[1].stop()
}

// miss keeps the first reason why a session is not judged to its end.
func (x *stream) miss(why string) {
	if x.missing == "" {
		x.missing = why
	}
}

// add keeps a step that ends at m.
func (h *half) add(step replay.Step, m mark) {
	x := h.stream
	h.last = m
	if x.phase == phaseOver && step.Kind != replay.Ended && step.Kind != replay.Broken {
		return
	}
	if x.steps >= mostSteps || !x.charge(len(step.Data)+stepBytes) {
		x.overflow()
		return
	}
	x.steps++
	step.At, step.Time = m.at, m.time
	h.steps = append(h.steps, numbered{step, h, m})
}

// finish hands on the session.
func (x *stream) finish() {
	if x.done {
		return
	}
	x.done = true
	x.finishReading()
	c := x.collector
	defer func() {
		c.kept -= x.kept
		x.halves = [2]half{}
		x.held = nil
		c.forget(x)
	}()
	if x.number == 0 {
		if !x.halves[0].talked && !x.halves[1].talked {
			return // an attempt, without a byte
		}
		c.count++
		x.number = c.count
	}
	if x.client < 0 {
		x.client = x.first
	}
	s := &replay.Session{Conn: x.number, Name: x.name(), Unit: "packet", TLS: x.tls,
		Foreign: x.foreign && !x.tls, Note: x.note()}
	if !s.TLS && !s.Foreign {
		s.Late = x.client < 0 || !x.halves[x.client].started || x.phase == phaseStart
		s.Steps = x.ordered()
		if s.Missing = x.missing; s.Missing != "" && x.cutShort {
			s.Missing += "; packets were captured in part: capture with -s 0"
		}
	}
	c.summary.Connections++
	c.each(s)
}

// name is the addresses of both ends, the client's first.
func (x *stream) name() string {
	ends := [2]end{x.between.a, x.between.b}
	from, to := ends[x.client], ends[1-x.client]
	return from.String() + " to " + to.String()
}

func (e end) String() string { return e.host.String() + ":" + strconv.Itoa(int(e.port)) }

// note is a remark about the recording.
func (x *stream) note() string {
	var list [][]byte
	if x.tunnels != "" {
		list = append(list, []byte("through a tunnel to "+x.tunnels))
	}
	if x.before == 1 {
		list = append(list, []byte("after another exchange of HTTP"))
	} else if x.before > 1 {
		list = append(list, []byte("after "+strconv.Itoa(x.before)+" exchanges of HTTP"))
	}
	return string(bytes.Join(list, []byte("; ")))
}
