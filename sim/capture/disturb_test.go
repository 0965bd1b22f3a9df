package capture

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"example.com/khp/sim/replay"
	"example.com/khp/transport"
	"example.com/khp/transport/auth"
	"github.com/gopacket/gopacket/layers"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

const anUpgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\n" +
	"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n" +
	"Sec-WebSocket-Protocol: x-kaazing-handshake\r\n"

// behind puts exchanges of HTTP before a connection: texts of the client and the server in turn.
func behind(whole *flow, texts ...string) *flow {
	f := newFlow(whole.port)
	for i, text := range texts {
		if text != "" {
			f.add(segment{client: i%2 == 0, data: []byte(text)})
		}
	}
	for _, s := range whole.list[2:] {
		f.add(s)
	}
	return f
}

// Messages that HTTP allows before the opening handshake on its connection, and between its two
// parts, change no verdict.
func TestRead_HTTPBefore(t *testing.T) {
	whole := traffic(t, transport.DialOptions{}, accept)[0]
	const get = "GET /page HTTP/1.1\r\nHost: h\r\n\r\n"
	for name, texts := range map[string][]string{
		"chunks": {get,
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\npage\r\n1\r\nx\r\n0\r\n\r\n"},
		"chunks and a trailer": {get,
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npage\r\n0\r\nX: y\r\nZ: a\r\n\r\n"},
		"HEAD": {"HEAD /page HTTP/1.1\r\nHost: h\r\n\r\n",
			"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n"},
		"304": {get, "HTTP/1.1 304 Not Modified\r\nContent-Length: 4000\r\n\r\n"},
		"204": {get, "HTTP/1.1 204 No Content\r\n\r\n"},
		"103 and a page": {get, "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" +
			"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage"},
		"100 and a page": {"POST /page HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n" +
			"Content-Length: 4\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n", "body",
			"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"},
		"a request in chunks": {"POST /page HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: " +
			"chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"},
		"a page in pieces": {get, "HTTP/1.1 200 OK\r\nContent-Le", "",
			"ngth: 8\r\n\r\nHTTP", "", "/1.1"},
		"an empty line": {get, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "\r\n"},
		"a large head": {"GET / HTTP/1.1\r\nHost: h\r\nCookie: " +
			string(bytes.Repeat([]byte("x"), 30000)) + "\r\n\r\n",
			"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"},
		"several": {get, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage", get,
			"HTTP/1.1 304 Not Modified\r\n\r\n", get,
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
		"401 and the opening again": {"GET /p HTTP/1.1\r\nHost: h\r\n" + anUpgrade + "\r\n", "HTTP/1.1 " +
			"401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"r\"\r\nContent-Length: 4\r\n\r\nlog "},
		"a tunnel": {"CONNECT h:80 HTTP/1.1\r\nHost: h:80\r\n\r\n",
			"HTTP/1.1 200 Connection established\r\n\r\n"},
		"a tunnel with a length": {"CONNECT h:80 HTTP/1.1\r\nHost: h:80\r\n\r\n",
			"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"},
		"a tunnel after 407": {"CONNECT h:80 HTTP/1.1\r\nHost: h:80\r\n\r\n",
			"HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n",
			"CONNECT h:80 HTTP/1.1\r\nHost: h:80\r\nProxy-Authorization: Basic x\r\n\r\n",
			"HTTP/1.1 200 OK\r\n\r\n"},
	} {
		results, _ := read(t, write(t, links["Ethernet IPv4"], 0, false, behind(whole, texts...).list))
		require.Len(t, results, 1, name)
		require.Equal(t, replay.Path.String(), results[0].Verdict.String(), "%s: %s %+v",
			name, results[0].Why, results[0].Wrong)
		require.Equal(t, "open with 101", results[0].Outcome, name)
	}
	tunnelled, _ := read(t, write(t, links["Ethernet IPv4"], 0, false,
		behind(whole, "CONNECT h:80 HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n").list))
	require.Contains(t, tunnelled[0].Session.Note, "a tunnel to h:80")
	hidden, _ := read(t, write(t, links["Ethernet IPv4"], 0, false, behind(newFlow(40000),
		"CONNECT h:443 HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n", "\x16\x03\x01\x00\x05hello").list))
	require.Equal(t, replay.Encrypted.String(), hidden[0].Verdict.String())
}

// Any number of interim responses come before the 101.
func TestRead_InterimResponses(t *testing.T) {
	whole := traffic(t, transport.DialOptions{}, accept)[0]
	f := newFlow(40000)
	for i, s := range whole.list[2:] {
		f.add(s)
		if i == 0 {
			f.add(segment{data: []byte("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" +
				"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early")})
			f.add(segment{data: []byte(" Hints\r\n\r\n")})
		}
	}
	results, _ := read(t, write(t, links["Ethernet IPv4"], 0, false, f.list))
	want(t, results[0], replay.Path, "spec", "open with 101")
}

// An opening request that is answered with 308, or refused, ends the session as one that went by
// the rules.
func TestRead_OpeningAnswers(t *testing.T) {
	for _, status := range []string{"301 x", "308 Permanent Redirect", "401 x", "403 x",
		"426 Upgrade Required", "503 x", "999 x"} {
		f := newFlow(40000)
		f.add(segment{client: true, data: []byte("GET /p HTTP/1.1\r\nHost: h\r\n" + anUpgrade + "\r\n")})
		f.add(segment{data: []byte("HTTP/1.1 " + status + "\r\nContent-Length: 4\r\n\r\nbody")})
		f.add(segment{client: true, fin: true})
		f.add(segment{fin: true})
		results, _ := read(t, write(t, links["Ethernet IPv4"], 0, false, f.list))
		want(t, results[0], replay.Path, "", "opening handshake answered with "+status[:3])
	}
}

// Ports that are used again make a connection of their own, with and without the end of the one
// before.
func TestRead_PortsUsedAgain(t *testing.T) {
	for _, ended := range []bool{true, false} {
		var list []segment
		for i := range 3 {
			f := traffic(t, transport.DialOptions{}, accept)[0]
			for _, s := range f.list {
				s.port, s.seq, s.ack = 40000, s.seq+uint32(i)*1_000_000, s.ack+uint32(i)*1_000_000
				if ended || !s.fin {
					list = append(list, s)
				}
			}
		}
		results, sum := read(t, write(t, links["Ethernet IPv4"], 0, false, list))
		require.Equal(t, 3, sum.Connections)
		for _, r := range results {
			want(t, r, replay.Path, "spec", "open with 101")
		}
	}
}

// Neighbouring packets of different directions that are swapped are put in order by their
// acknowledgements.
func TestRead_SwappedDirections(t *testing.T) {
	for _, opts := range []transport.DialOptions{{}, {Profile: transport.Kaazing},
		{Credentials: auth.Basic("joe", "welcome")}} {
		whole := traffic(t, opts, challenge)[0]
		swapped := 0
		for i := 3; i < len(whole.list); i++ {
			if whole.list[i].client == whole.list[i-1].client {
				continue
			}
			list := slices.Clone(whole.list)
			list[i], list[i-1] = list[i-1], list[i]
			results, _ := read(t, write(t, links["Ethernet IPv4"], 0, false, list))
			require.Len(t, results, 1)
			require.Equal(t, replay.Path.String(), results[0].Verdict.String(), "packets %d and %d: %s %+v",
				i, i+1, results[0].Why, results[0].Wrong)
			swapped++
		}
		require.Greater(t, swapped, 3)
	}
}

// Without the packets that begin it, a session is judged from its opening request on; later, it is
// incomplete.
func TestRead_WithoutBeginning(t *testing.T) {
	for _, opts := range []transport.DialOptions{{}, {Profile: transport.Kaazing}} {
		whole := traffic(t, opts, accept)[0]
		for from := 1; from < len(whole.list); from++ {
			results, _ := read(t, write(t, links["Ethernet IPv4"], 0, false, whole.list[from:]))
			for _, r := range results {
				if from <= 2 {
					require.Equal(t, replay.Path.String(), r.Verdict.String(), "from packet %d: %s %+v",
						from, r.Why, r.Wrong)
					continue
				}
				require.Equal(t, replay.Incomplete.String(), r.Verdict.String(),
					"from packet %d: %+v", from, r.Wrong)
				require.NotEmpty(t, r.Why)
			}
		}
	}
}

// A wrong session stays wrong: disturbances of the network do not hide it.
func TestRead_StillWrong(t *testing.T) {
	for name, c := range map[string]struct {
		client bool
		data   string
	}{
		"a response before the request": {false, "\x82\x19HTTP/1.1 204 No Content\r\n\r\n"},
		"a message before the response": {true, "\x81\x81\x00\x00\x00\x00x"},
	} {
		f := newFlow(40000)
		f.add(segment{client: true, data: []byte("GET /p HTTP/1.1\r\nHost: h\r\n" + anUpgrade + "\r\n")})
		f.add(segment{data: []byte("HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
			"Sec-WebSocket-Accept: ICX+Yqv66kxgM0FcWaLWlFLwTAI=\r\n" +
			"Sec-WebSocket-Protocol: x-kaazing-handshake\r\n\r\n")})
		f.add(segment{client: c.client, data: []byte(c.data)})
		f.add(segment{client: !c.client})
		for _, l := range links {
			results, _ := read(t, write(t, l, 0, false, f.list))
			require.Len(t, results, 1, name)
			require.Equal(t, replay.NotPath.String(), results[0].Verdict.String(), name)
		}
	}
}

// Packets without TCP are counted by their kind, and so are those that cannot be decoded.
func TestRead_Unread(t *testing.T) {
	f := traffic(t, transport.DialOptions{}, accept)[0]
	odd := link{links["raw IPv4"].typ, func(ip []byte, _ bool) []byte { ip[9] = 89; return ip }, false}
	results, sum := read(t, write(t, odd, 0, true, f.list))
	require.Empty(t, results)
	require.Equal(t, sum.Packets, sum.Other)
	require.Len(t, sum.Unread, 1)
	for _, typ := range []int{147, 195, 251, 9999} {
		results, sum = read(t, write(t, link{typ: layers.LinkType(typ),
			wrap: func(ip []byte, _ bool) []byte { return ip }}, 0, false, f.list))
		require.Empty(t, results)
		require.Equal(t, len(f.list), sum.Other)
		require.NotEmpty(t, sum.Unread)
	}
	fragment := link{links["raw IPv4"].typ,
		func(ip []byte, _ bool) []byte { ip[6] |= 0x20; return ip }, false}
	_, sum = read(t, write(t, fragment, 0, false, f.list))
	require.Equal(t, map[string]int{"fragments of IP": len(f.list)}, sum.Unread)
}

// wholeSessions are correct sessions of all sorts.
func wholeSessions(t testing.TB) (list [][]segment) {
	for _, flows := range [][]*flow{
		traffic(t, transport.DialOptions{Subprotocols: []string{"chat"}, Credentials: auth.Basic("joe",
			"welcome")}, challenge),
		traffic(t, transport.DialOptions{Profile: transport.Kaazing, Credentials: auth.Basic("joe",
			"welcome")}, challenge),
		traffic(t, transport.DialOptions{}, elsewhere),
		{behind(traffic(t, transport.DialOptions{}, accept)[0], "GET / HTTP/1.1\r\nHost: h\r\n\r\n",
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npage\r\n0\r\n\r\n")},
		{behind(traffic(t, transport.DialOptions{}, accept)[0],
			"CONNECT h:80 HTTP/1.1\r\nHost: h:80\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n")},
		{behind(traffic(t, transport.DialOptions{}, accept)[0], "GET /p HTTP/1.1\r\nHost: h\r\n"+
			anUpgrade+"\r\n", "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")},
	} {
		list = append(list, flat(flows...))
	}
	return list
}

// A correct session is never called wrong, in any way that a network or tcpdump disturbs its
// capture: it is right, or incomplete for a reason.
func TestRead_DisturbedIsNeverWrong(t *testing.T) {
	sessions := wholeSessions(t)
	var names []string
	for name := range links {
		names = append(names, name)
	}
	slices.Sort(names)
	rapid.Check(t, func(t *rapid.T) {
		list := slices.Clone(rapid.SampledFrom(sessions).Draw(t, "session"))
		list = resplit(t, list)
		if again := rapid.Bool().Draw(t, "ports again"); again {
			list = slices.DeleteFunc(list, func(s segment) bool { return s.fin })
			for _, s := range rapid.SampledFrom(sessions).Draw(t, "second session") {
				s.seq, s.ack = s.seq+1e8, s.ack+1e8
				list = append(list, s)
			}
		}
		for range rapid.IntRange(0, 4).Draw(t, "disturbances") {
			if len(list) < 2 {
				break
			}
			i := rapid.IntRange(0, len(list)-2).Draw(t, "at")
			switch kind := rapid.SampledFrom([]string{"lose", "swap", "again", "late", "start here",
				"end here", "no SYN", "no FIN", "resent", "reset", "one side", "twice", "lose several"}).
				Draw(t, "kind"); kind {
			case "lose":
				list = slices.Delete(list, i, i+1)
			case "swap":
				list[i], list[i+1] = list[i+1], list[i]
			case "again":
				list = slices.Insert(list, i+1, list[i])
			case "late":
				s := list[i]
				list = slices.Delete(list, i, i+1)
				list = slices.Insert(list, min(len(list), i+rapid.IntRange(1, 8).Draw(t, "by")), s)
			case "resent":
				list = slices.Insert(list, min(len(list), i+rapid.IntRange(1, 8).Draw(t, "by")),
					resplit(t, list[i:i+1])...)
			case "start here":
				list = list[i:]
			case "end here":
				list = list[:i+1]
			case "no SYN":
				list = slices.DeleteFunc(list, func(s segment) bool { return s.syn })
			case "reset": // by one side, here
				s := list[i]
				s.seq, s.data, s.syn, s.fin, s.rst = s.seq+uint32(len(s.data)), nil, false, false, true
				list = append(list[:i+1:i+1], s)
			case "one side":
				side := rapid.Bool().Draw(t, "side")
				list = slices.DeleteFunc(list, func(s segment) bool { return s.client == side })
			case "twice": // as two interfaces see it
				var both []segment
				for _, s := range list {
					both = append(both, s, s)
				}
				list = both
			case "lose several":
				list = slices.Delete(list, i, min(len(list), i+rapid.IntRange(1, 6).Draw(t, "lost")))
			case "no FIN":
				list = slices.DeleteFunc(list, func(s segment) bool { return s.fin })
			}
		}
		if rapid.IntRange(0, 3).Draw(t, "keep alive") == 0 {
			list = probed(list, rapid.IntRange(0, len(list)).Draw(t, "probe after"))
		}
		snap := 0
		if rapid.IntRange(0, 4).Draw(t, "snaplen") == 0 {
			snap = rapid.IntRange(20, 400).Draw(t, "snap")
		}
		file := write(t, links[rapid.SampledFrom(names).Draw(t, "link")], snap,
			rapid.Bool().Draw(t, "ng"), list)
		_, err := Read(bytes.NewReader(file), func(s *replay.Session) {
			r := replay.Check(s)
			if r.Verdict == replay.NotPath {
				t.Fatalf("%s: wrong by the %s at packet %d: %s\n%s%s",
					s.Name, r.Wrong.Blame, s.Steps[r.Wrong.Step].At, r.Wrong.Why, stepsOf(s), packetsOf(list))
			}
			if r.Verdict == replay.Incomplete && r.Why == "" {
				t.Fatalf("incomplete without a reason")
			}
		})
		require.NoError(t, err)
	})
}

// probed puts a probe behind the first n segments, by the sender of the last one with data: the
// byte before the next one, with any value.
func probed(list []segment, n int) []segment {
	for i := n - 1; i >= 0; i-- {
		s := list[i]
		if len(s.data) == 0 {
			continue
		}
		for _, o := range list[:n] {
			if o.client == s.client && after(o.next(), s.next()) {
				s = o
			}
		}
		s.seq, s.data, s.syn, s.fin = s.next()-1, []byte("x"), false, false
		return slices.Insert(slices.Clone(list), n, s)
	}
	return list
}

// next is the number of the byte behind a segment; SYN and FIN count as one.
func (s *segment) next() uint32 {
	next := s.seq + uint32(len(s.data))
	if s.syn || s.fin {
		next++
	}
	return next
}

// resplit cuts the data of segments anew.
func resplit(t *rapid.T, list []segment) (cut []segment) {
	for _, s := range list {
		for len(s.data) > 1 && rapid.IntRange(0, 3).Draw(t, "cut") == 0 {
			n := rapid.IntRange(1, len(s.data)-1).Draw(t, "size")
			first := s
			first.data = s.data[:n]
			cut = append(cut, first)
			s.data, s.seq = s.data[n:], s.seq+uint32(n)
		}
		cut = append(cut, s)
	}
	return cut
}

func stepsOf(s *replay.Session) (text string) {
	for _, st := range s.Steps {
		text += fmt.Sprintf("packet %d %s %s\n", st.At, st.From, st.Label())
	}
	return text
}

func packetsOf(list []segment) (text string) {
	for i, s := range list {
		text += fmt.Sprintf("%d client=%v syn=%v fin=%v seq=%d ack=%d %d bytes %.20q\n",
			i+1, s.client, s.syn, s.fin, s.seq, s.ack, len(s.data), s.data)
	}
	return text
}
