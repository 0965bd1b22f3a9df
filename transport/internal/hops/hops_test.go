package hops

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"

	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var trusted = Networks{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8"),
	netip.MustParsePrefix("192.0.2.99/32")}

// fields makes fields of lines "Name: value".
func fields(lines ...string) (f wire.Fields) {
	for _, l := range lines {
		name, value, _ := strings.Cut(l, ": ")
		f = append(f, wire.Field{Name: []byte(name), Value: []byte(value)})
	}
	return f
}

func TestWay(t *testing.T) {
	const proxy = "10.1.1.1:443"
	for name, x := range map[string]struct {
		peer  string
		lines []string
		want  string
	}{
		"no field": {proxy, nil, proxy},
		"one hop":  {proxy, []string{"X-Forwarded-For: 203.0.113.7"}, "203.0.113.7:0"},
		"not a proxy": {"198.51.100.1:7",
			[]string{"X-Forwarded-For: 203.0.113.7", "Forwarded: for=203.0.113.7"}, "198.51.100.1:7"},
		"forged by the client": {proxy, []string{"X-Forwarded-For: 1.1.1.1, 203.0.113.7"},
			"203.0.113.7:0"},
		"forged as a proxy": {proxy, []string{"X-Forwarded-For: 1.1.1.1, 10.9.9.9, 203.0.113.7"},
			"203.0.113.7:0"},
		"several hops": {proxy,
			[]string{"X-Forwarded-For: 1.1.1.1, 203.0.113.7, 192.0.2.99, 10.2.2.2"}, "203.0.113.7:0"},
		"several lines": {proxy, []string{"X-Forwarded-For: 1.1.1.1",
			"x-forwarded-for: 203.0.113.7", "X-Forwarded-For: 10.2.2.2"}, "203.0.113.7:0"},
		"all trusted": {proxy, []string{"X-Forwarded-For: 10.3.3.3, 10.2.2.2"}, "10.3.3.3:0"},
		"unknown":     {proxy, []string{"X-Forwarded-For: 203.0.113.7, unknown"}, proxy},
		"unknown further left": {proxy,
			[]string{"X-Forwarded-For: 203.0.113.7, unknown, 10.2.2.2"}, "10.2.2.2:0"},
		"nothing": {proxy, []string{"X-Forwarded-For: "}, proxy},
		"a name":  {proxy, []string{"X-Forwarded-For: localhost"}, proxy},
		"with port": {proxy, []string{"X-Forwarded-For: 203.0.113.7:50412"},
			"203.0.113.7:50412"},
		"IPv6":             {proxy, []string{"X-Forwarded-For: 2001:db8::7"}, "[2001:db8::7]:0"},
		"IPv6 in brackets": {proxy, []string{"X-Forwarded-For: [2001:db8::7]"}, "[2001:db8::7]:0"},
		"IPv6 with port": {proxy, []string{"X-Forwarded-For: [2001:db8::7]:1"},
			"[2001:db8::7]:1"},
		"IPv4 in IPv6": {"[::ffff:10.1.1.1]:443",
			[]string{"X-Forwarded-For: ::ffff:203.0.113.7"}, "203.0.113.7:0"},
		"IPv4 in brackets": {proxy, []string{"X-Forwarded-For: [203.0.113.7]"}, proxy},
		"half a bracket":   {proxy, []string{"X-Forwarded-For: [2001:db8::7"}, proxy},
		"IPv6 proxies": {"[fd00::1]:443", []string{"X-Forwarded-For: 2001:db8::7, fd00::2"},
			"[2001:db8::7]:0"},
		"a proxy with a zone": {"[fd00::1%eth0]:443", []string{"X-Forwarded-For: 2001:db8::7"},
			"[2001:db8::7]:0"},
		"Forwarded": {proxy, []string{`Forwarded: for=203.0.113.7;proto=http;by=10.1.1.1`},
			"203.0.113.7:0"},
		"Forwarded, all forms": {proxy, []string{`Forwarded: For="[2001:db8:cafe::17]:4711" , ` +
			`for = x, proto=https; FOR=10.2.2.2`}, "10.2.2.2:0"},
		"Forwarded, IPv6": {proxy, []string{`Forwarded: proto=https;for="[2001:db8::7]:4711"`},
			"[2001:db8::7]:4711"},
		"Forwarded, hops": {proxy, []string{`Forwarded: for=1.1.1.1, for=203.0.113.7;by=_x`,
			`Forwarded: for="10.2.2.2:_port"`}, "203.0.113.7:0"},
		"Forwarded, hidden": {proxy, []string{`Forwarded: for=203.0.113.7, for=_secret`}, proxy},
		"Forwarded, no for": {proxy, []string{`Forwarded: for=203.0.113.7, proto=https`}, proxy},
		"Forwarded, twice":  {proxy, []string{`Forwarded: for=203.0.113.7;for=1.1.1.1`}, proxy},
		"Forwarded, open quote": {proxy,
			[]string{`Forwarded: for=1.1.1.1, x=", for=203.0.113.7`}, proxy},
		"Forwarded, mispaired": {proxy,
			[]string{`Forwarded: for=1.1.1.1, x=", for="[2001:db8::7]"`}, proxy},
		"Forwarded, other lines": {proxy,
			[]string{`Forwarded: for=1.1.1.1, x="`, `Forwarded: for=203.0.113.7`}, "203.0.113.7:0"},
		"both, the same": {proxy,
			[]string{"X-Forwarded-For: 203.0.113.7", `Forwarded: for="203.0.113.7:5"`}, "203.0.113.7:0"},
		"both, forged Forwarded": {proxy,
			[]string{"X-Forwarded-For: 203.0.113.7", "Forwarded: for=1.1.1.1"}, proxy},
		"both, forged X": {proxy, []string{"X-Forwarded-For: 1.1.1.1", "Forwarded: for=203.0.113.7"},
			proxy},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, x.want,
				Way(netip.MustParseAddrPort(x.peer), fields(x.lines...), trusted)[0].String())
		})
	}
}

// Whatever a client writes into the fields, the address that a trusted proxy puts behind it counts,
// or none.
func TestWay_CannotBeForged(t *testing.T) {
	peer, client := netip.MustParseAddrPort("10.1.1.1:443"), netip.MustParseAddr("2001:db8::7")
	part := rapid.SampledFrom([]string{`for=`, `for`, `=`, `1.1.1.1`, `10.9.9.9`, `"`, `\`, `,`, `;`,
		` `, `[`, `]`, `:`, `_`, `x`, `::1`, `unknown`})
	rapid.Check(t, func(t *rapid.T) {
		forged := strings.Join(rapid.SliceOfN(part, 0, 12).Draw(t, "forged"), "")
		for name, own := range map[string]string{"X-Forwarded-For": client.String(),
			"Forwarded": `for="[` + client.String() + `]";proto=https`} {
			got := Way(peer, fields(name+": "+forged+", "+own), trusted)[0].Addr()
			require.Contains(t, []netip.Addr{client, peer.Addr()}, got, "one line")
			require.Equal(t, client, Way(peer, fields(name+": "+forged, name+": "+own), trusted)[0].Addr(),
				"a line of its own")
		}
		got := Way(peer, fields("X-Forwarded-For: "+client.String(), "Forwarded: "+forged),
			trusted)[0].Addr()
		require.Contains(t, []netip.Addr{client, peer.Addr()}, got, "the other field")
	})
}

// The way begins with the client and ends with the peer; addresses before the client in a field are
// not trusted.
func TestWay_Hops(t *testing.T) {
	way := Way(netip.MustParseAddrPort("10.1.1.1:443"),
		fields("X-Forwarded-For: 1.1.1.1, 203.0.113.7, 192.0.2.99, 10.2.2.2:5"), trusted)
	require.Equal(t, "[203.0.113.7:0 192.0.2.99:0 10.2.2.2:5 10.1.1.1:443]", fmt.Sprint(way))
}

// All layers of a connection are looked through: fields over TLS over a PROXY header.
func TestSourceOf(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = ln.Close() }()
	dialed, err := net.Dial("tcp", ln.Addr().String())
	require.NoError(t, err)
	defer func() { _ = dialed.Close() }()
	_, err = dialed.Write([]byte("PROXY TCP4 10.3.3.3 10.4.4.4 5 443\r\n"))
	require.NoError(t, err)
	nc, err := ln.Accept()
	require.NoError(t, err)
	defer func() { _ = nc.Close() }()
	require.Equal(t,
		Source{Way: []netip.AddrPort{netip.MustParseAddrPort(dialed.LocalAddr().String())}}, SourceOf(nc))
	behind, _, err := ReadHeader(nc)
	require.NoError(t, err)
	secure := tls.Server(behind, &tls.Config{MinVersion: tls.VersionTLS12})
	whole := NewConn(secure, Way(netip.MustParseAddrPort(secure.RemoteAddr().String()),
		fields("X-Forwarded-For: 203.0.113.7"), trusted))
	s := SourceOf(whole)
	require.Equal(t, "[203.0.113.7:0 10.3.3.3:5 "+dialed.LocalAddr().String()+"]", fmt.Sprint(s.Way))
	require.True(t, s.Spoken)
	require.True(t, s.Secure)
}
