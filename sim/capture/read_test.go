package capture

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"example.com/khp/sim/replay"
	"example.com/khp/transport"
	"example.com/khp/transport/auth"
	"github.com/stretchr/testify/require"
)

// read returns the verdicts on a file.
func read(t testing.TB, file []byte) (results []replay.Result, sum Summary) {
	t.Helper()
	sum, err := Read(bytes.NewReader(file),
		func(s *replay.Session) { results = append(results, replay.Check(s)) })
	require.NoError(t, err)
	return results, sum
}

// want requires one result with that verdict, profile and outcome.
func want(t testing.TB, r replay.Result, v replay.Verdict, profile, outcome string) {
	t.Helper()
	require.Equal(t, v.String(), r.Verdict.String(), "%s %+v %s", r.Why, r.Wrong, r.Session.Note)
	require.Equal(t, profile, r.Profile)
	require.Equal(t, outcome, r.Outcome)
}

func TestRead_Links(t *testing.T) {
	list := flat(traffic(t, transport.DialOptions{Subprotocols: []string{"chat"},
		Credentials: auth.Basic("joe", "welcome")}, challenge)...)
	for name, l := range links {
		for _, ng := range []bool{false, true} {
			results, sum := read(t, write(t, l, 0, ng, list))
			require.Len(t, results, 1, "%s %v", name, ng)
			want(t, results[0], replay.Path, "spec", "open with 101")
			require.Equal(t, Summary{Packets: len(list), Connections: 1}, sum, name)
		}
	}
}

func TestRead_SeveralConnections(t *testing.T) {
	plain := traffic(t, transport.DialOptions{}, accept)
	kaazing := traffic(t, transport.DialOptions{Profile: transport.Kaazing}, accept)
	redirected := traffic(t, transport.DialOptions{}, elsewhere)
	flows := append(append(plain, kaazing...), redirected...)
	require.Len(t, flows, 4)
	for i, f := range flows {
		for j := range f.list {
			f.list[j].port = uint16(50000 + i)
		}
	}
	// A packet of each in turn.
	var list []segment
	for i := 0; i < 100; i++ {
		for _, f := range flows {
			if i < len(f.list) {
				list = append(list, f.list[i])
			}
		}
	}
	results, _ := read(t, write(t, links["Ethernet IPv4"], 0, false, list))
	require.Len(t, results, 4)
	outcomes := map[string]int{}
	for _, r := range results {
		require.Equal(t, replay.Path.String(), r.Verdict.String(), "%+v", r.Wrong)
		outcomes[r.Profile+" "+r.Outcome]++
	}
	require.Equal(t, map[string]int{"spec open with 101": 2, "kaazing open with 101": 1,
		"spec extended handshake answered with 302": 1}, outcomes)
}

// Segments cut small, sent again and out of order make no difference.
func TestRead_Disorder(t *testing.T) {
	whole := traffic(t, transport.DialOptions{Profile: transport.Kaazing,
		Credentials: auth.Basic("joe", "welcome")}, challenge)[0]
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 1))
		cut := newFlow(40000)
		for _, s := range whole.list[2:] {
			for len(s.data) > 1 {
				n := 1 + r.IntN(len(s.data))
				cut.add(segment{client: s.client, data: s.data[:n]})
				if s.data = s.data[n:]; len(s.data) == 0 {
					break
				}
			}
			if len(s.data) > 0 || s.fin {
				cut.add(s)
			}
		}
		var list []segment
		for _, s := range cut.list {
			list = append(list, s)
			if r.IntN(4) == 0 {
				list = append(list, s) // again
			}
			if n := len(list); n > 6 && r.IntN(3) == 0 &&
				list[n-2].client == list[n-1].client && !list[n-1].fin {
				list[n-1], list[n-2] = list[n-2], list[n-1]
			}
		}
		results, _ := read(t, write(t, links["raw IPv6"], 0, seed%2 == 0, list))
		require.Len(t, results, 1, "seed %d", seed)
		require.Equal(t, replay.Path.String(), results[0].Verdict.String(), "seed %d: %+v",
			seed, results[0].Wrong)
		require.Equal(t, "kaazing", results[0].Profile)
	}
}

func TestRead_Parts(t *testing.T) {
	f := traffic(t, transport.DialOptions{}, accept)[0]
	l := links["Ethernet IPv4"]
	late, _ := read(t, write(t, l, 0, false, f.list[5:]))
	require.Len(t, late, 1)
	want(t, late[0], replay.Incomplete, "", "")
	early, _ := read(t, write(t, l, 0, false, f.list[:4]))
	want(t, early[0], replay.Incomplete, "spec", "no extended response")

	cut, sum := read(t, write(t, l, 100, false, f.list))
	require.Positive(t, sum.Truncated)
	require.Equal(t, replay.Incomplete.String(), cut[0].Verdict.String(), "%+v", cut[0].Wrong)
	require.Contains(t, cut[0].Why, "-s 0")

	missing := append(bytes.Clone(nil),
		write(t, l, 0, false, append(append([]segment(nil), f.list[:4]...), f.list[5:]...))...)
	gap, _ := read(t, missing)
	require.Equal(t, replay.Incomplete.String(), gap[0].Verdict.String(), "%+v", gap[0].Wrong)
	require.Contains(t, gap[0].Why, "bytes are missing behind packet")

	whole := write(t, l, 0, true, f.list)
	_, err := Read(bytes.NewReader(whole[:len(whole)-3]), func(*replay.Session) {})
	require.ErrorContains(t, err, "after packet")
	_, err = Read(bytes.NewReader([]byte("{}")), nil)
	require.ErrorContains(t, err, "neither")
}

// Pages come before the upgrade on a connection that is kept alive.
func TestRead_PagesFirst(t *testing.T) {
	whole := traffic(t, transport.DialOptions{}, accept)[0]
	f := newFlow(40000)
	f.add(segment{client: true, data: []byte("GET /page HTTP/1.1\r\nHost: h\r\n\r\n")})
	f.add(segment{data: []byte("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npa")})
	f.add(segment{data: []byte("ge")})
	f.add(segment{client: true, data: []byte("POST /page HTTP/1.1\r\nHost: h\r\n" +
		"Content-Length: 1\r\n\r\n")})
	f.add(segment{client: true, data: []byte("x")})
	f.add(segment{data: []byte("HTTP/1.1 204 No Content\r\n\r\n")})
	for _, s := range whole.list[2:] {
		f.add(s)
	}
	results, _ := read(t, write(t, links["Ethernet IPv4"], 0, false, f.list))
	require.Len(t, results, 1)
	want(t, results[0], replay.Path, "spec", "open with 101")
}

func TestRead_OtherTraffic(t *testing.T) {
	for name, c := range map[string]struct {
		first   string
		verdict replay.Verdict
	}{
		"TLS":    {"\x16\x03\x01\x00\x05hello", replay.Encrypted},
		"SSH":    {"SSH-2.0-x\r\n", replay.NotKHP},
		"a page": {"GET / HTTP/1.1\r\nHost: h\r\n\r\n", replay.NotKHP},
		"a WebSocket": {"GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
			"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
			replay.NotKHP},
	} {
		f := newFlow(40000)
		f.add(segment{client: true, data: []byte(c.first)})
		results, _ := read(t, write(t, links["Ethernet IPv4"], 0, false, f.list))
		require.Len(t, results, 1, name)
		require.Equal(t, c.verdict.String(), results[0].Verdict.String(), name)
	}
}
