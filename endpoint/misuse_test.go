package endpoint

import (
	"testing"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// A call at the wrong moment changes nothing, can be asked for, and stands in the failure that it
// may have led to.
func TestMisuse(t *testing.T) {
	c, err := NewClient("ws://h/p", ClientConfig{})
	require.NoError(t, err)
	require.NoError(t, c.Misuse())
	for _, v := range []struct {
		call string
		do   func(c *Client) []Output
	}{
		{"Connected", func(c *Client) []Output { return c.Connected(t0, [16]byte{}) }},
		{"Opened", func(c *Client) []Output { return c.Opened(t0, Subprotocol, nil, "") }},
		{"Opened", func(c *Client) []Output {
			_, out := c.OpeningReceived(t0, []byte("HTTP/1.1 101 x\r\n"))
			return out
		}},
		{"OpeningRefused", func(c *Client) []Output { return c.OpeningRefused(t0, 403, nil, nil) }},
		{"Message", func(c *Client) []Output { return c.Message(t0, wire.Binary, []byte("x")) }},
		{"Send", func(c *Client) []Output { out, _ := c.Send(t0, wire.Text, nil); return out }},
		{"Credentials", func(c *Client) []Output { return c.Credentials(t0, "Basic x") }},
	} {
		c, err := NewClient("ws://h/p", ClientConfig{})
		require.NoError(t, err)
		require.Empty(t, v.do(c), v.call)
		var misuse *MisuseError
		require.ErrorAs(t, c.Misuse(), &misuse, v.call)
		require.Equal(t, v.call, misuse.Call)
		require.Equal(t, "ClientIdle", misuse.Phase)
	}

	t.Run("Opened-without-Connected", func(t *testing.T) {
		r := newRun(t, c)
		r.take(c.Connect(t0))
		r.take(c.Opened(t0, Subprotocol, nil, zeroAccept))
		require.ErrorContains(t, c.Misuse(),
			"Opened was called in phase ClientConnecting; it comes once, after Connected")
		r.expire(fsm.TimerOpening)
		require.ErrorContains(t, r.err, "Opened was called in phase ClientConnecting")
	})
	t.Run("second-Connect", func(t *testing.T) {
		r := dialed(t, "ws://h/p", ClientConfig{})
		require.Empty(t, r.c.Connect(t0))
		require.ErrorContains(t, r.c.Misuse(), "Connect was called in phase ClientOpening; call it once")
		r.opened()
		require.ErrorContains(t, r.c.Misuse(), "Connect was called", "the first one counts")
		r.take(r.c.Lost(t0, "gone"))
		require.Equal(t, []string{"ws://h/p"}, r.err.Path, "nobody went anywhere twice")
	})
	t.Run("second-Connected", func(t *testing.T) {
		r := dialed(t, "ws://h/p", ClientConfig{})
		require.Empty(t, r.c.Connected(t0, [16]byte{1}))
		require.ErrorContains(t, r.c.Misuse(), "Connected was called in phase ClientOpening")
		_, out := r.c.OpeningReceived(t0, []byte(switching("Sec-WebSocket-Protocol: "+Subprotocol)))
		r.take(out)
		r.unit(switching()).wantOpen("the key is the one that was sent")
	})
	t.Run("PeerClosed-without-connection", func(t *testing.T) {
		c, err := NewClient("ws://h/p", ClientConfig{})
		require.NoError(t, err)
		r := newRun(t, c)
		r.take(c.Connect(t0))
		require.Empty(t, c.PeerClosed(t0, 4000, "nobody"))
		r.take(c.ConnectFailed(t0, "refused"))
		require.Zero(t, r.err.Close, "no peer has closed: %v", r.err)
		require.Equal(t, "refused; "+c.Misuse().Error(), r.err.Detail, "both are told")
		s := newServed(t, ServerConfig{})
		require.Empty(t, s.s.PeerClosed(t0, 4000, "nobody"))
		s.take(s.s.Lost(t0, "lost"))
		require.Zero(t, s.err.Close, "no peer has closed: %v", s.err)
	})
	t.Run("server", func(t *testing.T) {
		s := NewServer(ServerConfig{})
		require.Empty(t, s.Message(t0, wire.Binary, []byte("x")))
		require.ErrorContains(t, s.Misuse(), "Message was called in phase ServerOpening")
		s.Reset(ServerConfig{})
		require.NoError(t, s.Misuse())
		require.Empty(t, s.Opening(t0, nil))
		require.ErrorContains(t, s.Misuse(), "Opening was called")
		served := listening(t, "/p", ServerConfig{})
		require.NoError(t, served.s.Misuse())
		served.s.Opened(t0, OpeningRequest{}, nil)
		require.ErrorContains(t, served.s.Misuse(),
			"in phase ServerAwaitRequest; there is one opening request")
	})
	t.Run("late-is-none", func(t *testing.T) {
		r := asking(t, ClientConfig{}).unit(switching())
		r.c.Expire(t0.Add(time.Hour))
		r.c.Credentials(t0, "Basic x")
		require.NoError(t, r.c.Misuse(), "what may have been under way is no mistake")
		for _, refused := range []string{response(101), "HTTP/1.1 101 x\r\nUpgrade\r\n\r\n"} {
			r = dialed(t, "ws://h/p", ClientConfig{})
			_, out := r.c.OpeningReceived(t0, []byte(refused))
			r.take(out)
			require.True(t, r.over, "no WebSocket: %v", r.all)
			r.take(r.c.Lost(t0, "gone"))
			require.NoError(t, r.c.Misuse(), "nor is the end of a connection that was given up")
		}
	})
}
