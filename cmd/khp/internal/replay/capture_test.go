package replay

import (
	"bytes"
	"encoding/json"
	"net"
	"strings"
	"testing"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/khptest"
	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
	"github.com/stretchr/testify/require"
)

// captureOf makes a pcap file of packets.
func captureOf(t *testing.T, link layers.LinkType, packets ...[]byte) string {
	t.Helper()
	var b bytes.Buffer
	w := pcapgo.NewWriter(&b)
	require.NoError(t, w.WriteFileHeader(65535, link))
	for i, p := range packets {
		require.NoError(t, w.WritePacket(gopacket.CaptureInfo{Timestamp: time.Unix(int64(i), 0),
			CaptureLength: len(p), Length: len(p)}, p))
	}
	return b.String()
}

// ipPacket is a packet of raw IPv4.
func ipPacket(t *testing.T, transport gopacket.SerializableLayer, protocol layers.IPProtocol,
	payload string) []byte {
	t.Helper()
	b := gopacket.NewSerializeBuffer()
	ip := &layers.IPv4{Version: 4, TTL: 64, Protocol: protocol, SrcIP: net.IP{10, 0, 0, 2},
		DstIP: net.IP{10, 0, 0, 1}}
	require.NoError(t, gopacket.SerializeLayers(b, gopacket.SerializeOptions{FixLengths: true}, ip,
		transport, gopacket.Payload(payload)))
	return b.Bytes()
}

// Unreadable input is reported: nothing readable at all is an error, a part is counted.
func TestReplay_Unread(t *testing.T) {
	udp := ipPacket(t, &layers.UDP{SrcPort: 1, DstPort: 2}, layers.IPProtocolUDP, "x")
	tcp := ipPacket(t, &layers.TCP{SrcPort: 40000, DstPort: 8001, Seq: 1, Window: 1},
		layers.IPProtocolTCP, "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n"+
			"Sec-WebSocket-Protocol: x-kaazing-handshake\r\n")
	for name, file := range map[string]string{
		"an unknown link type": captureOf(t, 9999, tcp),
		"another link type":    captureOf(t, 195, tcp),
		"only UDP":             captureOf(t, layers.LinkTypeRaw, udp, udp),
	} {
		for _, flags := range [][]string{nil, {"--json"}} {
			code, _, errs := khptest.Run(t, Command, file, append([]string{"replay", "-"}, flags...)...)
			require.Equal(t, cli.ExitUsage, code, name)
			require.Contains(t, errs, "has TCP that can be read", name)
			require.Contains(t, errs, "tcpdump -i any", name)
		}
	}
	code, out, errs := khptest.Run(t, Command,
		captureOf(t, layers.LinkTypeRaw, udp, tcp, udp), "replay", "-")
	require.Equal(t, cli.ExitOK, code, errs)
	require.Contains(t, out, "note: no TCP was found in 2 of 3 packets: 2 UDP\n")
	require.Contains(t, out, "1 incomplete")
	code, out, errs = khptest.Run(t, Command, captureOf(t, layers.LinkTypeRaw), "replay", "-")
	require.Equal(t, cli.ExitOK, code, errs)
	require.Contains(t, out, "note: the capture has no packets\n")

	code, out, errs = khptest.Run(t, Command, captureOf(t, layers.LinkTypeRaw, udp, tcp, udp),
		"replay", "-", "--json")
	require.Equal(t, cli.ExitOK, code, errs)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	var session, totals map[string]any
	require.NoError(t, json.Unmarshal([]byte(lines[0]), &session))
	require.NoError(t, json.Unmarshal([]byte(lines[len(lines)-1]), &totals))
	require.Equal(t, "incomplete", session["verdict"])
	require.NotEmpty(t, session["why"])
	require.Equal(t, float64(3), totals["packets"])
	require.Equal(t, map[string]any{"UDP": float64(2)}, totals["unread"])
}
