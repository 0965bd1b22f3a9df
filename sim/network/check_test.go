package network

import (
	"testing"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
)

// pair is a client that opened a connection and said hello, and its server, which said welcome.
func pair(t *testing.T) (n *Network, c *Client, v *Server) {
	n = New(Options{})
	site := n.Serve("a.example", SiteOptions{Opened: func(v *Server) { v.Send(wire.Text, "welcome") }})
	c, err := n.NewClient("ws://a.example/p",
		ClientOptions{Opened: func(c *Client) { c.Send(wire.Text, "hello") }})
	require.NoError(t, err)
	c.Connect()
	require.True(t, n.Run(1000))
	n.Check()
	require.Empty(t, n.Broken())
	require.Equal(t, []Message{{wire.Text, "hello"}}, site.Last().Messages())
	return n, c, site.Last()
}

// opened is the server of another connection that opened, with a result of its own.
func opened(o ClientOptions, site SiteOptions) *endpoint.Server {
	n := New(Options{})
	s := n.Serve("a.example", site)
	c, err := n.NewClient("ws://a.example/p", o)
	if err != nil {
		panic(err)
	}
	c.Connect()
	n.Run(1000)
	return s.Last().Endpoint
}

// decides makes options of a site that decides so.
func decides(d endpoint.Decision) SiteOptions {
	return SiteOptions{Decide: func(int, *endpoint.Request) (endpoint.Decision, time.Duration, error) {
		return d, 0, nil
	}}
}

// serves has the client's server be one with another result.
func serves(c *Client, s *endpoint.Server) { c.conn.peer.receiver.(*host).side = s }

// tampered lists the values that can be made to disagree.
var tampered = []struct {
	name   string
	tamper func(n *Network, c *Client, v *Server)
	want   string
}{
	{"server never open", func(_ *Network, _ *Client, v *Server) { v.open = false }, "INV-50"},
	{"message out of nothing", func(_ *Network, c *Client, _ *Server) {
		c.received = append(c.received, Message{wire.Text, "more"})
	}, "INV-35"},
	{"message changed", func(_ *Network, _ *Client, v *Server) { v.received[0].Data = "hell" },
		"INV-35"},
	{"message lost", func(_ *Network, _ *Client, v *Server) {
		v.sent = append(v.sent, Message{wire.Text, "more"})
	}, "nothing is on its way"},
	{"message lost on the other side", func(_ *Network, c *Client, _ *Server) {
		c.sent = append(c.sent, Message{wire.Text, "more"})
	}, "nothing is on its way"},
	{"waits for nothing", func(_ *Network, c *Client, _ *Server) { c.open = false }, "LIV-01"},
	{"too slow", func(_ *Network, c *Client, _ *Server) { c.settled = time.Hour }, "LIV-02"},
	{"own frame refused", func(_ *Network, c *Client, _ *Server) {
		c.blame(Item{Broken: fsm.FailureFrame, Text: "unmasked"})
	}, "INV-48"},
	{"another status", func(_ *Network, c *Client, _ *Server) {
		serves(c, opened(ClientOptions{}, decides(endpoint.Decision{Status: 204})))
	}, "INV-49"},
	{"another subprotocol", func(_ *Network, c *Client, _ *Server) {
		serves(c, opened(ClientOptions{Config: endpoint.ClientConfig{Subprotocols: []string{"amqp"}}},
			decides(endpoint.Decision{Subprotocol: "amqp"})))
	}, "Subprotocol: amqp"},
	{"another extension", func(_ *Network, c *Client, _ *Server) {
		serves(c, opened(ClientOptions{Config: endpoint.ClientConfig{Extensions: []string{"x-one"}}},
			decides(endpoint.Decision{Extensions: []string{"x-one"}})))
	}, "Extensions: x-one"},
	{"not even KHP", func(_ *Network, c *Client, _ *Server) {
		site := SiteOptions{}
		site.Config.Machine.Plain = true
		serves(c, opened(ClientOptions{Config: endpoint.ClientConfig{PlainOnly: true}}, site))
	}, "the server endpoint.Result{Status: 101}"},
	{"another result", func(_ *Network, c *Client, _ *Server) { // that of a server that has not begun
		c.conn.peer.receiver.(*host).side = endpoint.NewServer(endpoint.ServerConfig{})
	}, "INV-49"},
}

// Whatever is made to disagree is found.
func TestNetwork_Check(t *testing.T) {
	for _, v := range tampered {
		t.Run(v.name, func(t *testing.T) {
			n, c, s := pair(t)
			v.tamper(n, c, s)
			n.Check()
			require.NotEmpty(t, n.Broken())
			require.ErrorContains(t, n.Broken()[0], v.want)
			found := len(n.Broken())
			n.Check()
			require.Len(t, n.Broken(), found, "said once")
		})
	}
}

// A peer that is no host of this package may break frames.
func TestHost_BlamesOnlyOurOwn(t *testing.T) {
	n := New(Options{})
	n.RawServer("a.example", func(r *Raw) {
		r.Head = func(head []byte) {
			r.conn.Write(switching(head))
			r.SendAsIs(Frame{Op: ws.OpCode(3)})
		}
	})
	c, err := n.NewClient("ws://a.example/p", ClientOptions{})
	require.NoError(t, err)
	c.Connect()
	require.True(t, n.Run(1000))
	n.Check()
	require.Empty(t, n.Broken())
	require.ErrorIs(t, c.Err(), fsm.FailureFrame)
}
