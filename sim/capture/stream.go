package capture

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"example.com/khp/sim/replay"
	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/reassembly"
)

// collector makes streams of connections.
type collector struct {
	each      func(*replay.Session)
	assembler *reassembly.Assembler
	summary   Summary
	live      map[*stream]bool
	flushing  bool // the file is over: what is left comes in order
	count     uint64
}

// New implements reassembly.StreamFactory: there is a connection that was not known.
func (c *collector) New(network, transport gopacket.Flow, tcp *layers.TCP, _ reassembly.AssemblerContext) reassembly.Stream {
	if len(c.live) >= mostConnections {
		c.summary.LeftOut++
		return leftOut{}
	}
	s := &stream{collector: c, until: math.MaxInt, from: network.Src().String() + ":" + transport.Src().String(), to: network.Dst().String() + ":" + transport.Dst().String()}
	for i := range s.halves {
		s.halves[i].stream = s
	}
	if c.live == nil {
		c.live = map[*stream]bool{}
	}
	c.live[s] = true
	return s
}

// rest hands on what is left.
func (c *collector) rest() {
	for _, s := range slices.SortedFunc(keys(c.live), func(a, b *stream) int { return cmp.Compare(a.number, b.number) }) {
		s.finish()
	}
}

func keys(m map[*stream]bool) func(func(*stream) bool) {
	return func(yield func(*stream) bool) {
		for s := range m {
			if !yield(s) {
				return
			}
		}
	}
}

// leftOut is a connection beyond the limit.
type leftOut struct{}

func (leftOut) Accept(*layers.TCP, gopacket.CaptureInfo, reassembly.TCPFlowDirection, reassembly.Sequence, *bool, reassembly.AssemblerContext) bool {
	return false
}
func (leftOut) ReassembledSG(reassembly.ScatterGather, reassembly.AssemblerContext) {}
func (leftOut) ReassemblyComplete(reassembly.AssemblerContext) bool                 { return true }

// stream is one connection.
type stream struct {
	collector *collector
	number    uint64  // 0 before its first byte
	from, to  string  // of the first packet
	halves    [2]half // that of the first packet, and the other
	syn       bool    // its beginning was seen
	steps     []numbered
	until     int // the last packet before bytes are missing
	kept      int // bytes
	note      string
	full      bool
}

// numbered is a step, and the order in which it was found.
type numbered struct {
	replay.Step
	half *half
}

// Accept implements reassembly.Stream: it looks at a packet before its bytes are put in their place.
func (s *stream) Accept(tcp *layers.TCP, ci gopacket.CaptureInfo, dir reassembly.TCPFlowDirection, _ reassembly.Sequence, _ *bool, _ reassembly.AssemblerContext) bool {
	h := s.half(dir)
	s.syn = s.syn || tcp.SYN
	h.fin = h.fin || tcp.FIN
	h.reset = h.reset || tcp.RST
	if ci.CaptureLength < ci.Length {
		s.remark("packets were captured in part; capture with -s 0")
	}
	return true
}

func (s *stream) half(dir reassembly.TCPFlowDirection) *half {
	if dir == reassembly.TCPDirServerToClient {
		return &s.halves[1]
	}
	return &s.halves[0]
}

// peer is the other side.
func (s *stream) peer(h *half) *half {
	if h == &s.halves[0] {
		return &s.halves[1]
	}
	return &s.halves[0]
}

// remark keeps the first thing that is to be known about the recording.
func (s *stream) remark(note string) {
	if s.note == "" {
		s.note = note
	}
}

// ReassembledSG implements reassembly.Stream: bytes of one side, in order.
func (s *stream) ReassembledSG(sg reassembly.ScatterGather, ac reassembly.AssemblerContext) {
	dir, _, end, skip := sg.Info()
	h := s.half(dir)
	length, _ := sg.Lengths()
	if skip > 0 && !h.lost { // what came after it, from either side, may be an answer to what is missing
		s.until = min(s.until, h.at)
	}
	h.here(sg.CaptureInfo(max(length-1, 0)), ac.GetCaptureInfo())
	if skip > 0 && !h.lost {
		h.lost = true
		s.remark(strconv.Itoa(skip) + " bytes are missing before packet " + strconv.Itoa(h.at))
	}
	if h.spoke = h.spoke || length > 0; h.spoke && s.number == 0 {
		s.collector.count++
		s.number = s.collector.count
	}
	if length > 0 && !h.lost {
		h.feed(sg.Fetch(length))
	}
	if end && (h.fin || h.reset) && !h.ended {
		h.ended = true
		s.add(h, replay.Step{Kind: replay.Ended, Reset: h.reset})
	}
}

// ReassemblyComplete implements reassembly.Stream.
func (s *stream) ReassemblyComplete(reassembly.AssemblerContext) bool {
	if !s.collector.flushing {
		s.finish()
	}
	return true
}

// add keeps a step of one side. Whose it is may be known only later.
func (s *stream) add(h *half, step replay.Step) {
	s.kept += len(step.Data)
	if s.full = s.full || len(s.steps) >= mostSteps || s.kept > mostBytes; s.full {
		s.remark("only the first " + strconv.Itoa(len(s.steps)) + " steps are judged, which is the limit")
		return
	}
	step.At, step.Time = h.at, h.time
	s.steps = append(s.steps, numbered{step, h})
}

// finish hands on the session.
func (s *stream) finish() {
	if !s.collector.live[s] {
		return
	}
	delete(s.collector.live, s)
	a, b := &s.halves[0], &s.halves[1]
	if !a.spoke && !b.spoke {
		return // no more than a late acknowledgement, or an attempt
	}
	client := a
	if b.role == roleClient || a.role == roleServer {
		client = b
		s.from, s.to = s.to, s.from
	}
	x := &replay.Session{Conn: s.number, Name: s.from + " to " + s.to, Unit: "packet", Note: s.note, TLS: a.role == roleTLS || b.role == roleTLS}
	http := a.role == roleClient || b.role == roleClient
	switch {
	case x.TLS:
	case !http && (!s.syn || a.role == roleServer || b.role == roleServer):
		x.Late = true
	case !http, client.other:
		x.Foreign = true
	}
	if !x.Foreign && !x.Late && !x.TLS {
		slices.SortStableFunc(s.steps, func(a, b numbered) int { return cmp.Compare(a.At, b.At) })
		for _, n := range s.steps {
			if n.At > s.until {
				break
			}
			n.From = replay.Server
			if n.half == client {
				n.From = replay.Client
			}
			x.Steps = append(x.Steps, n.Step)
		}
	}
	s.steps = nil
	s.collector.summary.Connections++
	s.collector.each(x)
}
