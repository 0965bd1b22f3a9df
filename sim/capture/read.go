package capture

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"example.com/khp/sim/replay"
	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
	"github.com/gopacket/gopacket/reassembly"
)

// Limits on memory.
const (
	mostConnections = 20000 // that are open at the same time; others are left out
	// of 1,900 bytes, for segments that wait for an earlier one, of all connections
	mostPages       = 16 << 10
	connectionPages = 512       // of one connection
	mostMessage     = 320 << 10 // bytes kept of one message: more than any handshake may have
	mostBytes       = 4 << 20   // bytes kept of one connection
	mostKept        = 64 << 20  // of all connections together
	mostSteps       = 50000     // steps of one connection
	stepBytes       = 256       // of a step beside its bytes
	// connections that are over and are remembered, for packets that come late
	mostOver = 16 << 10
	// bytes of the file up to the end of the next packet; no packet has more than 256 KiB
	mostRead       = 4 << 20
	mostInterfaces = 1 << 16 // of a pcapng file
)

// Summary counts the contents of a file.
type Summary struct {
	Packets   int // all
	Truncated int // of which the file has only the beginning
	Other     int // in which no TCP could be found
	// Unread counts those by their innermost layer that was recognised; nil if there are none.
	Unread      map[string]int
	Connections int // sessions that were handed on
	LeftOut     int // connections beyond the limit
}

// magics are how captures begin: pcap in both byte orders, with microseconds and nanoseconds, and
// pcapng.
var magics = [][]byte{{0xa1, 0xb2, 0xc3, 0xd4}, {0xd4, 0xc3, 0xb2, 0xa1}, {0xa1, 0xb2, 0x3c, 0x4d},
	{0x4d, 0x3c, 0xb2, 0xa1}, {0x0a, 0x0d, 0x0d, 0x0a}}

// MagicLen is how many bytes [Is] looks at.
const MagicLen = 4

// Is reports whether a file that begins with b is a capture.
func Is(b []byte) bool {
	return slices.ContainsFunc(magics, func(m []byte) bool { return bytes.HasPrefix(b, m) })
}

// source is a file of either format.
type source interface {
	ReadPacketData() ([]byte, gopacket.CaptureInfo, error)
}

// Read reads a capture and hands each connection to each, when it is over or at the end of the
// file. A file that ends in the middle of a packet is read up to there, and the error says so.
func Read(r io.Reader, each func(*replay.Session)) (Summary, error) {
	limited := &quota{r: r, left: mostRead}
	in := bufio.NewReader(limited)
	magic, _ := in.Peek(MagicLen)
	if !Is(magic) {
		return Summary{}, errors.New("capture: neither pcap nor pcapng")
	}
	c := newCollector(each)
	link, src, err := open(in, magic)
	if err != nil {
		return Summary{}, fmt.Errorf("capture: %w", err)
	}
	for {
		limited.left = mostRead
		data, ci, err := src.ReadPacketData()
		if err == nil {
			var l layers.LinkType
			if l, err = link(ci); err == nil {
				c.packet(data, ci, l)
				continue
			}
		}
		c.rest()
		if err != io.EOF {
			return c.summary, fmt.Errorf("capture: after packet %d: %w", c.summary.Packets, err)
		}
		return c.summary, nil
	}
}

// quota lets a reader read so many bytes: lengths that a file claims cost no more memory.
type quota struct {
	r    io.Reader
	left int
}

func (q *quota) Read(p []byte) (int, error) {
	if q.left <= 0 {
		return 0, fmt.Errorf("a packet, or what is before it, has more than %d MiB", mostRead>>20)
	}
	n, err := q.r.Read(p[:min(len(p), q.left)])
	q.left -= n
	return n, err
}

// open prepares the reader of a format. link tells the link type of a packet.
func open(
	in io.Reader, magic []byte,
) (link func(gopacket.CaptureInfo) (layers.LinkType, error), src source, err error) {
	if magic[0] != 0x0a {
		p, err := pcapgo.NewReader(in)
		if err != nil {
			return nil, nil, err
		}
		p.SetSnaplen(min(p.Snaplen(), 1<<18))
		return func(gopacket.CaptureInfo) (layers.LinkType, error) { return p.LinkType(), nil }, p, nil
	}
	p, err := pcapgo.NewNgReader(in, pcapgo.NgReaderOptions{WantMixedLinkType: true})
	if err != nil {
		return nil, nil, err
	}
	return func(ci gopacket.CaptureInfo) (layers.LinkType, error) {
		if n := p.NInterfaces(); n > mostInterfaces {
			return 0, fmt.Errorf("the file has more than %d interfaces", mostInterfaces)
		}
		i, err := p.Interface(ci.InterfaceIndex)
		return i.LinkType, err
	}, p, nil
}

// newCollector prepares the reassembly.
func newCollector(each func(*replay.Session)) *collector {
	c := &collector{each: each, known: map[pair]*stream{}, live: map[uint64]*stream{}}
	c.assembler = reassembly.NewAssembler(reassembly.NewStreamPool(c))
	c.assembler.MaxBufferedPagesTotal, c.assembler.MaxBufferedPagesPerConnection = mostPages,
		connectionPages
	return c
}
