package network

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
)

// record runs a client against an echo server and returns all that happened.
func record(t *testing.T, o Options, cfg endpoint.ClientConfig) []string {
	t.Helper()
	var log []string
	o.Observe = func(e Event) {
		log = append(log, fmt.Sprintf("%v %s#%d %d %v %q %+v %v %s",
			e.At, e.Host, e.Conn, e.Kind, e.Output.Kind, e.Output.Data, e.Item, e.Timer, e.Phase))
	}
	n := New(o)
	n.Serve("a.example", SiteOptions{Got: func(v *Server, m Message) { v.Send(m.Type, m.Data) }})
	c, err := n.NewClient("ws://a.example/p",
		ClientOptions{Config: cfg, Opened: func(c *Client) { c.Send(wire.Text, "hello") }})
	require.NoError(t, err)
	c.Connect()
	require.True(t, n.Run(10_000))
	require.Empty(t, n.Broken())
	require.Equal(t, []Message{{wire.Text, "hello"}}, c.Messages())
	return log
}

func TestNetwork_EqualRuns(t *testing.T) {
	o := Options{Seed: 7}
	require.Equal(t, record(t, o, endpoint.ClientConfig{}), record(t, o, endpoint.ClientConfig{}),
		"the same seed, the same run")
	other := record(t, Options{Seed: 8}, endpoint.ClientConfig{})
	require.NotEqual(t, record(t, o, endpoint.ClientConfig{}), other,
		"the seed makes nonces and so the bytes")
}

// INV-32: however the stream is cut, the same things happen, at the same time.
func TestNetwork_PiecesChangeNothing(t *testing.T) {
	t.Attr("req", "INV-32")
	want := record(t, Options{}, endpoint.ClientConfig{})
	for n := 1; n < 200; n++ {
		require.Equal(t, want, record(t, Options{Pieces: func(left int) int { return min(n, left) }},
			endpoint.ClientConfig{}), "pieces of %d bytes", n)
	}
}

// collector is a receiver that records the bytes it receives.
type collector struct {
	net *Network
	log []string
}

func (c *collector) arrived(p []byte) {
	c.log = append(c.log, fmt.Sprintf("%v %s", c.net.Now(), p))
}
func (c *collector) streamEnded(err error) {
	c.log = append(c.log, fmt.Sprintf("%v %v", c.net.Now(), err))
}

// joined returns both ends of a connection with a collector each.
func joined(o Options) (n *Network, client, server *Conn, atClient, atServer *collector) {
	n = New(o)
	client, server = n.pair()
	atClient, atServer = &collector{net: n}, &collector{net: n}
	client.receive(atClient)
	server.receive(atServer)
	return n, client, server, atClient, atServer
}

func TestConn(t *testing.T) {
	for _, v := range []struct {
		name   string
		do     func(n *Network, client, server *Conn)
		client []string
		server []string
	}{
		{"together", func(_ *Network, c, _ *Conn) {
			c.Write([]byte("a"))
			c.Write([]byte("b"))
			c.Close()
		}, nil, []string{"10ms ab", "10ms EOF"}},
		{"apart", func(n *Network, c, _ *Conn) {
			c.Write([]byte("a"))
			n.After(time.Second, func() { c.Write([]byte("b")) })
		}, nil, []string{"10ms a", "1.01s b"}},
		{"drop by drop", func(_ *Network, c, _ *Conn) {
			c.Split(2, time.Second)
			c.Write([]byte("abcde"))
			c.Close()
		}, nil,
			[]string{"1s ab", "2s cd", "3s e", "4s EOF"}},
		{"reset behind data", func(_ *Network, c, _ *Conn) { c.Write([]byte("a")); c.Reset() }, nil,
			[]string{"10ms a", "10ms connection reset"}},
		{"nothing behind the end", func(_ *Network, c, _ *Conn) {
			c.Close()
			c.Write([]byte("a"))
			c.Reset()
		}, nil, []string{"10ms EOF"}},
		{"closed ends hear nothing", func(_ *Network, c, s *Conn) { c.Close(); s.Write([]byte("a")) },
			nil, []string{"10ms EOF"}},
		{"cut", func(_ *Network, c, s *Conn) {
			c.Write([]byte("lost"))
			s.Write([]byte("lost"))
			c.Cut()
			s.Cut()
		}, []string{"0s connection reset"}, []string{"0s connection reset"}},
		{"vanished", func(_ *Network, c, s *Conn) {
			c.Write([]byte("lost"))
			s.Vanish()
			s.Write([]byte("lost"))
			c.Close()
		}, nil, nil},
	} {
		t.Run(v.name, func(t *testing.T) {
			n, client, server, atClient, atServer := joined(Options{})
			v.do(n, client, server)
			require.True(t, n.Run(100))
			require.Equal(t, v.client, atClient.log)
			require.Equal(t, v.server, atServer.log)
		})
	}
}

// A timer and a message that are due at the same moment, both ways round.
func TestNetwork_TimerAndMessageAtOnce(t *testing.T) {
	for first, want := range map[bool]fsm.Failure{true: fsm.FailureTimeout, false: 0} {
		n := New(Options{Latency: time.Second, TimersFirst: first})
		n.Serve("a.example", SiteOptions{})
		c, err := n.NewClient("ws://a.example/p", ClientOptions{
			Config: endpoint.ClientConfig{Timeouts: endpoint.Timeouts{Response: 2 * time.Second}},
		})
		require.NoError(t, err)
		c.Connect()
		require.True(t, n.Run(1000))
		require.Empty(t, n.Broken())
		if want != 0 {
			require.ErrorIs(t, c.Err(), want)
		} else {
			require.NoError(t, c.Err())
			require.True(t, c.Opened())
		}
	}
}

func TestNetwork_RunsAreBounded(t *testing.T) {
	n := New(Options{})
	var again func()
	again = func() { n.After(time.Second, again) }
	again()
	require.False(t, n.Run(100), "it never rests")
	require.False(t, n.Advance(time.Hour, 100))
	require.True(t, n.Advance(time.Second, 100))
}

func TestFrames(t *testing.T) {
	mask := [4]byte{1, 2, 3, 4}
	var all []byte
	for _, f := range []Frame{
		{Op: ws.OpText, Data: []byte("he"), More: true, Masked: true, Mask: mask},
		{Op: ws.OpPing, Data: []byte("p"), Masked: true, Mask: mask},
		{Op: ws.OpContinuation, Data: []byte("llo"), Masked: true, Mask: mask},
		{Op: ws.OpBinary, Data: []byte(strings.Repeat("x", 70_000)), Masked: true, Mask: mask},
		{Op: ws.OpClose, Data: closeData(4000, "bye"), Masked: true, Mask: mask},
		{Op: ws.OpText, Masked: true},
	} {
		all = f.Append(all)
	}
	for _, size := range []int{1, 2, 3, 7, 1000, len(all)} {
		r := frameReader{state: ws.StateServerSide, limit: 70_000}
		var items []string
		for rest := all; len(rest) > 0; rest = rest[min(size, len(rest)):] {
			for _, it := range r.feed(rest[:min(size, len(rest))]) {
				items = append(items, fmt.Sprintf("%d %.5s %d %s", it.Op, it.Data, it.Code, it.Text))
			}
		}
		require.Equal(t, []string{"9 p 0 ", "1 hello 0 ", "2 xxxxx 0 ", "8  4000 bye"}, items,
			"nothing behind a Close, in pieces of %d bytes", size)
	}
	r := frameReader{state: ws.StateServerSide, limit: 69_999}
	items := r.feed(all)
	require.Equal(t, fsm.FailureLimit, items[len(items)-1].Broken)
}
