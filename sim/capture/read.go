package capture

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"example.com/khp/sim/replay"
	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
	"github.com/gopacket/gopacket/reassembly"
)

// Limits on memory.
const (
	mostConnections = 20000     // that are open at the same time; others are left out
	mostPages       = 16 << 10  // of 1,900 bytes, for segments that wait for an earlier one, of all connections
	connectionPages = 512       // of one connection
	mostMessage     = 320 << 10 // bytes kept of one message: more than any handshake may have
	mostBytes       = 4 << 20   // bytes kept of one connection
	mostSteps       = 50000     // steps of one connection
)

// Summary counts what was in a file.
type Summary struct {
	Packets     int // all
	Truncated   int // of which the file has only the beginning
	Other       int // that are not TCP, or cannot be read
	Connections int // sessions that were handed on
	LeftOut     int // connections beyond the limit
}

// magics are how captures begin: pcap in both byte orders, with microseconds and nanoseconds, and pcapng.
var magics = [][]byte{{0xa1, 0xb2, 0xc3, 0xd4}, {0xd4, 0xc3, 0xb2, 0xa1}, {0xa1, 0xb2, 0x3c, 0x4d}, {0x4d, 0x3c, 0xb2, 0xa1}, {0x0a, 0x0d, 0x0d, 0x0a}}

// MagicLen is how many bytes [Is] looks at.
const MagicLen = 4

// Is reports whether a file that begins with b is a capture.
func Is(b []byte) bool {
	for _, m := range magics {
		if bytes.HasPrefix(b, m) {
			return true
		}
	}
	return false
}

// source is a file of either format.
type source interface {
	ReadPacketData() ([]byte, gopacket.CaptureInfo, error)
}

// Read reads a capture and hands each connection to each, when it is over or at the end of the file. A file that ends in the middle of a packet is read up to there,
// and the error says so.
func Read(r io.Reader, each func(*replay.Session)) (Summary, error) {
	in := bufio.NewReader(r)
	magic, _ := in.Peek(MagicLen)
	if !Is(magic) {
		return Summary{}, errors.New("capture: neither pcap nor pcapng")
	}
	c := &collector{each: each}
	link, src, err := open(in, magic)
	if err != nil {
		return Summary{}, fmt.Errorf("capture: %w", err)
	}
	pool := reassembly.NewStreamPool(c)
	c.assembler = reassembly.NewAssembler(pool)
	c.assembler.MaxBufferedPagesTotal, c.assembler.MaxBufferedPagesPerConnection = mostPages, connectionPages
	for {
		data, ci, err := src.ReadPacketData()
		if err != nil {
			c.flushing = true
			c.assembler.FlushAll()
			c.rest()
			if err != io.EOF {
				return c.summary, fmt.Errorf("capture: after packet %d: %w", c.summary.Packets, err)
			}
			return c.summary, nil
		}
		c.packet(data, ci, link(ci))
	}
}

// open prepares the reader of a format. link tells the link type of a packet.
func open(in io.Reader, magic []byte) (link func(gopacket.CaptureInfo) layers.LinkType, src source, err error) {
	if magic[0] != 0x0a {
		p, err := pcapgo.NewReader(in)
		if err != nil {
			return nil, nil, err
		}
		return func(gopacket.CaptureInfo) layers.LinkType { return p.LinkType() }, p, nil
	}
	p, err := pcapgo.NewNgReader(in, pcapgo.NgReaderOptions{WantMixedLinkType: true, SkipUnknownVersion: true})
	if err != nil {
		return nil, nil, err
	}
	return func(ci gopacket.CaptureInfo) layers.LinkType {
		if i, err := p.Interface(ci.InterfaceIndex); err == nil {
			return i.LinkType
		}
		return p.LinkType()
	}, p, nil
}

// place is where a packet stands in the file.
type place struct {
	ci gopacket.CaptureInfo
	at int
}

// GetCaptureInfo implements reassembly.AssemblerContext; the number of the packet goes along.
func (p *place) GetCaptureInfo() gopacket.CaptureInfo {
	ci := p.ci
	ci.AncillaryData = []any{p.at}
	return ci
}

// packet adds one packet.
func (c *collector) packet(data []byte, ci gopacket.CaptureInfo, link layers.LinkType) {
	c.summary.Packets++
	if ci.CaptureLength < ci.Length {
		c.summary.Truncated++
	}
	p := gopacket.NewPacket(data, link, gopacket.DecodeOptions{Lazy: true, NoCopy: true})
	tcp, ok := p.Layer(layers.LayerTypeTCP).(*layers.TCP)
	network := p.NetworkLayer()
	if !ok || network == nil {
		c.summary.Other++
		return
	}
	c.assembler.AssembleWithContext(network.NetworkFlow(), tcp, &place{ci, c.summary.Packets})
}
