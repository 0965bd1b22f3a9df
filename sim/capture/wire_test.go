package capture

import (
	"bytes"
	"net"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
	"github.com/stretchr/testify/require"
)

// segment is a TCP segment of a made capture.
type segment struct {
	client        bool // it is the client's
	syn, fin, rst bool
	seq, ack      uint32
	data          []byte
	port          uint16 // of the client
}

// flow is a connection of a made capture.
type flow struct {
	port uint16
	next [2]uint32 // sequence numbers
	list []segment
}

func newFlow(port uint16) *flow {
	f := &flow{port: port, next: [2]uint32{4294967000, 77}} // the client's wraps around
	f.add(segment{client: true, syn: true})
	f.add(segment{syn: true})
	return f
}

func (f *flow) add(s segment) {
	side := 0
	if s.client {
		side = 1
	}
	s.seq, s.ack, s.port = f.next[side], f.next[1-side], f.port
	f.next[side] += uint32(len(s.data))
	if s.syn || s.fin {
		f.next[side]++
	}
	f.list = append(f.list, s)
}

// link is the link layer of the packets of a made capture.
type link struct {
	typ  layers.LinkType
	wrap func(ip []byte, v6 bool) []byte
	v6   bool
}

func prefixed(v4, v6 []byte) func([]byte, bool) []byte {
	return func(ip []byte, is6 bool) []byte {
		if is6 {
			return append(bytes.Clone(v6), ip...)
		}
		return append(bytes.Clone(v4), ip...)
	}
}

// ethernet is a header before IPv4.
const ethernet = "\x02\x00\x00\x00\x00\x01\x02\x00\x00\x00\x00\x02\x08\x00"

// tunnel wraps packets in IPv4 between two other hosts, over UDP if there is a port.
func tunnel(p layers.IPProtocol, port layers.UDPPort, head string) func([]byte, bool) []byte {
	return func(inner []byte, _ bool) []byte {
		from, to := net.IP{192, 0, 2, 1}, net.IP{192, 0, 2, 2}
		if inner[15] == 2 { // from the client
			from, to = to, from
		}
		all := []gopacket.SerializableLayer{&layers.IPv4{Version: 4, TTL: 64, Protocol: p,
			SrcIP: from, DstIP: to}}
		if port != 0 {
			all = append(all, &layers.UDP{SrcPort: 50000, DstPort: port})
		}
		b := gopacket.NewSerializeBuffer()
		if err := gopacket.SerializeLayers(b, gopacket.SerializeOptions{FixLengths: true},
			append(all, gopacket.Payload(head+string(inner)))...); err != nil {
			panic(err)
		}
		return append([]byte(ethernet), b.Bytes()...)
	}
}

var links = map[string]link{
	"Ethernet IPv4": {layers.LinkTypeEthernet,
		prefixed([]byte("\x02\x00\x00\x00\x00\x01\x02\x00\x00\x00\x00\x02\x08\x00"), nil), false},
	"Ethernet IPv6": {layers.LinkTypeEthernet,
		prefixed(nil, []byte("\x02\x00\x00\x00\x00\x01\x02\x00\x00\x00\x00\x02\x86\xdd")), true},
	"Ethernet VLAN": {layers.LinkTypeEthernet,
		prefixed([]byte("\x02\x00\x00\x00\x00\x01\x02\x00\x00\x00\x00\x02\x81\x00\x00\x05\x08\x00"), nil),
		false},
	"Linux cooked": {layers.LinkTypeLinuxSLL,
		prefixed([]byte("\x00\x00\x00\x01\x00\x06\x02\x00\x00\x00\x00\x01\x00\x00\x08\x00"), nil), false},
	"Linux cooked 2": {layers.LinkTypeLinuxSLL2,
		prefixed(
			[]byte("\x08\x00\x00\x00\x00\x00\x00\x01\x00\x01\x00\x06\x02\x00\x00\x00\x00\x01\x00\x00"), nil),
		false},
	"loopback": {layers.LinkTypeNull,
		prefixed([]byte("\x02\x00\x00\x00"), []byte("\x1e\x00\x00\x00")), true},
	"VXLAN": {layers.LinkTypeEthernet,
		tunnel(layers.IPProtocolUDP, 4789, "\x08\x00\x00\x00\x00\x00\x2a\x00"+ethernet), false},
	"Linux VXLAN": {layers.LinkTypeEthernet,
		tunnel(layers.IPProtocolUDP, 8472, "\x08\x00\x00\x00\x00\x00\x2a\x00"+ethernet), false},
	"GRE": {layers.LinkTypeEthernet,
		tunnel(layers.IPProtocolGRE, 0, "\x00\x00\x08\x00"), false},
	"GRE Ethernet": {layers.LinkTypeEthernet,
		tunnel(layers.IPProtocolGRE, 0, "\x00\x00\x65\x58"+ethernet), false},
	"IP in IP": {layers.LinkTypeEthernet, tunnel(layers.IPProtocolIPv4, 0, ""), false},
	"two VLANs": {layers.LinkTypeEthernet,
		prefixed(
			[]byte(
				"\x02\x00\x00\x00\x00\x01\x02\x00\x00\x00\x00\x02\x88\xa8\x00\x05\x81\x00\x00\x06\x08\x00"),
			nil), false},
	"raw IPv4": {layers.LinkTypeRaw, prefixed(nil, nil), false},
	"raw IPv6": {layers.LinkTypeRaw, prefixed(nil, nil), true},
}

// packet makes the bytes of a segment.
func packet(t require.TestingT, l link, s segment) []byte {
	tcp := &layers.TCP{SrcPort: 8001, DstPort: layers.TCPPort(s.port), Seq: s.seq, Ack: s.ack,
		SYN: s.syn, FIN: s.fin, RST: s.rst, ACK: true, Window: 65535}
	server, client := net.IP{10, 0, 0, 1}, net.IP{10, 0, 0, 2}
	if l.v6 {
		server, client = net.ParseIP("fd00::1"), net.ParseIP("fd00::2")
	}
	from, to := server, client
	if s.client {
		tcp.SrcPort, tcp.DstPort = tcp.DstPort, tcp.SrcPort
		if tcp.ACK = !s.syn; s.syn {
			tcp.Ack = 0
		}
		from, to = client, server
	}
	var network gopacket.SerializableLayer
	if l.v6 {
		ip := &layers.IPv6{Version: 6, HopLimit: 64, NextHeader: layers.IPProtocolTCP,
			SrcIP: from, DstIP: to}
		require.NoError(t, tcp.SetNetworkLayerForChecksum(ip))
		network = ip
	} else {
		ip := &layers.IPv4{Version: 4, TTL: 64, Protocol: layers.IPProtocolTCP, SrcIP: from, DstIP: to}
		require.NoError(t, tcp.SetNetworkLayerForChecksum(ip))
		network = ip
	}
	b := gopacket.NewSerializeBuffer()
	require.NoError(t, gopacket.SerializeLayers(b, gopacket.SerializeOptions{FixLengths: true,
		ComputeChecksums: true}, network, tcp, gopacket.Payload(s.data)))
	return l.wrap(b.Bytes(), l.v6)
}

// write makes a file of segments. snap cuts packets; 0 does not.
func write(t require.TestingT, l link, snap int, ng bool, list []segment) []byte {
	var out bytes.Buffer
	var put func(gopacket.CaptureInfo, []byte) error
	flush := func() error { return nil }
	if ng {
		w, err := pcapgo.NewNgWriter(&out, l.typ)
		require.NoError(t, err)
		put, flush = w.WritePacket, w.Flush
	} else {
		w := pcapgo.NewWriter(&out)
		require.NoError(t, w.WriteFileHeader(65535, l.typ))
		put = w.WritePacket
	}
	for i, s := range list {
		p := packet(t, l, s)
		ci := gopacket.CaptureInfo{Timestamp: time.Unix(1_795_000_000, int64(i)*1_000_000).
			UTC(), Length: len(p)}
		if snap > 0 && len(p) > snap {
			p = p[:snap]
		}
		ci.CaptureLength = len(p)
		require.NoError(t, put(ci, p))
	}
	require.NoError(t, flush())
	return out.Bytes()
}
