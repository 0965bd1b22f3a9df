package capture

import (
	"cmp"
	"encoding/binary"
	"maps"
	"slices"

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
	known     map[pair]*stream   // the last connection between two ports
	live      map[uint64]*stream // that are not handed on yet, by serial number
	over      []pair             // connections that are handed on and still known, a ring
	next      int                // place in it
	serial    uint64
	count     uint64 // of connections with bytes
	kept      int    // bytes, of all connections
	flushing  bool   // the file is over: the rest comes in order
}

// end is one end of a connection.
type end struct {
	host gopacket.Endpoint
	port layers.TCPPort
}

// pair are both ends of a connection, the lesser first, in a virtual network.
type pair struct {
	a, b   end
	tunnel uint32
}

// place is the position of a packet in the file, with its TCP fields.
type place struct {
	ci    gopacket.CaptureInfo
	at    int
	seq   uint32 // of its first byte
	until uint32 // behind its last byte
	ack   uint32 // bytes that its sender has received
	acked bool   // it says so
}

// GetCaptureInfo implements reassembly.AssemblerContext; the place goes along.
func (p *place) GetCaptureInfo() gopacket.CaptureInfo {
	ci := p.ci
	ci.AncillaryData = []any{p}
	return ci
}

// packet adds one packet.
func (c *collector) packet(data []byte, ci gopacket.CaptureInfo, link layers.LinkType) {
	c.summary.Packets++
	if ci.CaptureLength < ci.Length {
		c.summary.Truncated++
	}
	s, unread := decode(data, link)
	if s.TCP == nil {
		c.unread(unread)
		return
	}
	from, to := end{s.network.Src(), s.SrcPort}, end{s.network.Dst(), s.DstPort}
	between, side := pair{from, to, s.tunnel}, 0
	if to.host.LessThan(from.host) || from.host == to.host && to.port < from.port {
		between, side = pair{to, from, s.tunnel}, 1
	}
	x := c.known[between]
	if x == nil || x.reused(side, &s) {
		if x = c.begin(between, &s); x == nil {
			return
		}
	}
	if x.done {
		return
	}
	p := &place{ci: ci, at: c.summary.Packets, seq: s.Seq, until: s.Seq +
		uint32(len(s.Payload)), ack: s.Ack, acked: s.ACK && s.Ack != 0}
	if s.SYN {
		p.seq, p.until = p.seq+1, p.until+1
	}
	if !x.seen(side, &s, p) {
		return
	}
	if len(s.Payload) < s.length {
		s.FIN = false // it is behind bytes that are missing
	}
	c.assembler.AssembleWithContext(flowOf(x.serial, side), s.TCP, p)
}

// maxUnread is how many kinds of packets without TCP are told apart.
const maxUnread = 20

func (c *collector) unread(what string) {
	c.summary.Other++
	if c.summary.Unread == nil {
		c.summary.Unread = map[string]int{}
	}
	if _, ok := c.summary.Unread[what]; !ok && len(c.summary.Unread) >= maxUnread {
		what = "others"
	}
	c.summary.Unread[what]++
}

// flowOf names a connection and a direction for the reassembly, which does not have to know that
// ports are used again.
func flowOf(serial uint64, side int) gopacket.Flow {
	name := func(side int) []byte {
		return append(binary.BigEndian.AppendUint64(nil,
			serial), byte(side))
	}
	return gopacket.NewFlow(layers.EndpointIPv6, name(side), name(1-side))
}

// begin makes a stream; nil if there is nothing to say of it or it is beyond the limit.
func (c *collector) begin(between pair, s *tcpSegment) *stream {
	if !s.SYN && s.length == 0 {
		return nil // a late acknowledgement
	}
	if len(c.live) >= mostConnections {
		c.summary.LeftOut++
		return nil
	}
	c.serial++
	x := newStream(c, c.serial, between)
	c.known[between], c.live[x.serial] = x, x
	return x
}

// New implements reassembly.StreamFactory: the stream is there already.
func (c *collector) New(
	network, _ gopacket.Flow, _ *layers.TCP, _ reassembly.AssemblerContext,
) reassembly.Stream {
	name := network.Src().Raw()
	x := c.live[binary.BigEndian.Uint64(name)]
	x.first = int(name[8])
	return x
}

// rest hands on the remaining connections, in the order of their first bytes.
func (c *collector) rest() {
	c.flushing = true
	c.assembler.FlushAll()
	for _, x := range slices.SortedFunc(maps.Values(c.live), func(a, b *stream) int {
		return cmp.Or(cmp.Compare(a.number, b.number), cmp.Compare(a.serial, b.serial))
	}) {
		x.finish()
	}
}

// forget notes that a connection is handed on. The collector knows it for a while, so that late
// packets make no connection of their own.
func (c *collector) forget(x *stream) {
	delete(c.live, x.serial)
	if c.known[x.between] != x {
		return
	}
	c.known[x.between] = &stream{collector: c, between: x.between, done: true}
	if len(c.over) < mostOver {
		c.over = append(c.over, x.between)
		return
	}
	if old := c.known[c.over[c.next]]; old != nil && old.done {
		delete(c.known, c.over[c.next])
	}
	c.over[c.next] = x.between
	c.next = (c.next + 1) % mostOver
}
