package capture

import (
	"strconv"
	"strings"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
)

// tcpSegment is a TCP segment as a packet has it.
type tcpSegment struct {
	*layers.TCP
	network gopacket.Flow
	tunnel  uint32 // number of the virtual network that it belongs to, 0 for none
	length  int    // of its payload on the wire; the packet may have less
}

// linuxVXLAN is the port that Linux used for VXLAN before there was a standard, and still does
// unless it is told otherwise.
const linuxVXLAN = 8472

// decode finds the innermost TCP segment of a packet. If there is none, unread describes the
// packet.
func decode(data []byte, link layers.LinkType) (s tcpSegment, unread string) {
	options := gopacket.DecodeOptions{NoCopy: true}
	var p gopacket.Packet
	switch {
	case link == layers.LinkTypeIPv6:
		p = gopacket.NewPacket(data, layers.LayerTypeIPv6, options)
	case strings.HasPrefix(link.String(), "Unknown"):
		return s, "of the unknown link type " + strconv.Itoa(int(link))
	default:
		p = gopacket.NewPacket(data, link, options)
	}
	unread = s.find(p)
	if udp, ok := p.Layer(layers.LayerTypeUDP).(*layers.UDP); ok && s.TCP == nil &&
		(udp.DstPort == linuxVXLAN || udp.SrcPort == linuxVXLAN) {
		if inner := s.find(gopacket.NewPacket(udp.Payload, layers.LayerTypeVXLAN,
			options)); s.TCP != nil {
			unread = inner
		}
	}
	return s, unread
}

// find looks through the layers of a packet.
func (s *tcpSegment) find(p gopacket.Packet) (unread string) {
	unread = "empty"
	var ip gopacket.NetworkLayer
	for _, l := range p.Layers() {
		switch l := l.(type) {
		case *layers.IPv4:
			ip, unread = l, l.Protocol.String()
			if l.FragOffset != 0 || l.Flags&layers.IPv4MoreFragments != 0 {
				unread = "fragments of IP"
			}
		case *layers.IPv6:
			ip, unread = l, l.NextHeader.String()
		case *layers.IPv6Fragment:
			unread = "fragments of IP"
		case *layers.VXLAN:
			s.tunnel = l.VNI
		case *layers.TCP:
			if ip != nil {
				s.TCP, s.network, s.length = l, ip.NetworkFlow(), wireLength(ip, l)
				unread = ""
			}
		case *gopacket.DecodeFailure:
			if unread != "" && !strings.HasSuffix(unread, "that cannot be decoded") {
				unread += " that cannot be decoded"
			}
		case *gopacket.Payload, *gopacket.Fragment:
		default:
			if s.TCP == nil {
				unread = l.LayerType().String()
			}
		}
	}
	return unread
}

// wireLength is how long the payload of a segment was on the wire, by the length that IP gives.
func wireLength(ip gopacket.NetworkLayer, tcp *layers.TCP) int {
	captured := len(tcp.Payload)
	behind := len(ip.LayerPayload()) - captured // headers between IP and the payload
	switch ip := ip.(type) {
	case *layers.IPv4:
		return max(captured, int(ip.Length)-int(ip.IHL)*4-behind)
	case *layers.IPv6:
		if ip.HopByHop != nil {
			behind += ip.HopByHop.ActualLength
		}
		return max(captured, int(ip.Length)-behind)
	}
	return captured
}
