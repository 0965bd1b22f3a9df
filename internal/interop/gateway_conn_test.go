package interop

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/khp/transport"
	"example.com/khp/transport/extension"
)

// twice is longer than the second after which the gateway's impatient service gives a silent client
// up.
const twice = 2500 * time.Millisecond

var connCases = []gatewayCase{
	{"ping", func(t *testing.T, g gateway) {
		c := open(t, g.ws+"/echo", &transport.DialOptions{Profile: transport.Kaazing})
		require.NoError(t, c.Ping(t.Context()))
		echo(t, c, "after the Ping")
	}},
	{"pinged", func(t *testing.T, g gateway) {
		quiet(t, open(t, g.ws+"/impatient", &transport.DialOptions{Profile: transport.Kaazing}))
	}},
	{"idle timeout", func(t *testing.T, g gateway) {
		c := open(t, g.ws+"/impatient", &transport.DialOptions{Profile: transport.Auto,
			Use: []extension.Extension{extension.IdleTimeout{}}})
		require.Equal(t, []string{"x-kaazing-idle-timeout;timeout=1000"}, c.Extensions())
		quiet(t, c)
	}},
	{"ping-pong", func(t *testing.T, g gateway) {
		c := open(t, g.ws+"/impatient", &transport.DialOptions{Profile: transport.Kaazing,
			Use: []extension.Extension{extension.IdleTimeout{}, extension.PingPong{}}})
		require.Equal(t, []string{"x-kaazing-idle-timeout;timeout=1000", "x-kaazing-ping-pong;01010102"},
			c.Extensions())
		echo(t, c, "\x01\x01\x01\x02like control bytes")
		echo(t, c, "\x01\x01\x01\x02")
		quiet(t, c)
	}},
	{"terminator optional", func(t *testing.T, g gateway) {
		c := open(t, g.ws+"/echo", &transport.DialOptions{TerminatorOptional: true})
		echo(t, c, "hello")
	}},
	{"close codes", func(t *testing.T, g gateway) {
		c := open(t, g.ws+"/echo", &transport.DialOptions{Profile: transport.Kaazing})
		require.NoError(t, c.Close(4001, "bye"))
	}},
	{"message too long", func(t *testing.T, g gateway) {
		c := open(t, g.ws+"/echo", &transport.DialOptions{Profile: transport.Kaazing})
		require.NoError(t, c.Write(t.Context(), transport.Binary, make([]byte, 131_073)))
		_, _, err := c.Read(t.Context())
		require.EqualValues(t, 1009, transport.CloseCode(err), "%v", err)
	}},
}

// open connects, and says how when it fails.
func open(t *testing.T, url string, o *transport.DialOptions) *transport.Conn {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c, err := transport.Dial(ctx, url, o)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.CloseNow() })
	return c
}

// echo requires the text that it sends to come back.
func echo(t *testing.T, c *transport.Conn, text string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	require.NoError(t, c.Write(ctx, transport.Text, []byte(text)))
	kind, data, err := c.Read(ctx)
	require.NoError(t, err)
	require.Equal(t, transport.Text, kind)
	require.Equal(t, text, string(data))
}

// quiet says nothing for a while, in which no message may come and after which the connection must
// still be there.
func quiet(t *testing.T, c *transport.Conn) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), twice)
	defer cancel()
	_, data, err := c.Read(ctx)
	require.ErrorIs(t, err, context.DeadlineExceeded, "instead of silence: %q", data)
	echo(t, c, "still there")
}
