package main

import (
	"strings"
	"testing"
	"time"

	"example.com/khp/transport"
	"github.com/stretchr/testify/require"
)

// One of two servers behind a balancer is killed: clients of both profiles that come back through
// the balancer reach the other one.
func TestBalance_ServerKilled(t *testing.T) {
	one, err := startServe(t.TempDir())
	require.NoError(t, err)
	two := serveProcess(t)
	front := serveHere(t, "--route", "/=balance:"+one.url+"/,"+two.url+"/")
	var open []*transport.Conn
	for range 4 {
		open = append(open, dialHere(t, front.url+"/", nil))
	}
	require.NoError(t, one.cmd.Process.Kill())
	<-one.done
	lost := 0
	for _, c := range open {
		if c.Write(t.Context(), transport.Text, []byte("still there?")) == nil {
			if _, _, err := c.Read(t.Context()); err == nil {
				continue
			}
		}
		lost++
	}
	require.Equal(t, 2, lost, "those of the other server notice nothing")
	require.Eventually(t, func() bool { // its known state is believed for a moment
		c, err := transport.Dial(t.Context(), front.url+"/", nil)
		if err == nil {
			_ = c.CloseNow()
		}
		return strings.Contains(front.log.String(), "cannot be reached")
	}, 30*time.Second, 10*time.Millisecond)
	for i := range 10 {
		profile := []transport.Profile{transport.Spec, transport.Kaazing}[i%2]
		c := dialHere(t, front.url+"/", &transport.DialOptions{Profile: profile})
		require.True(t, strings.HasPrefix(c.URL(), two.url), c.URL())
		wantEcho(t, c, transport.Text, []byte("again"))
	}
}
