package dial

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/khp/transport"
	"github.com/stretchr/testify/require"
)

// A message that is there counts, although the time for it is over by the time it is looked at.
func TestTalk_LateLook(t *testing.T) {
	over := make(chan time.Time)
	close(over)
	for range 50 { // a choice at random is wrong in one of them
		talk := &talk{arrived: make(chan struct{}, 1)}
		talk.arrived <- struct{}{}
		require.Equal(t, anAnswer, talk.next(t.Context(), over))
		require.Equal(t, tooLate, talk.next(t.Context(), over))
		close(talk.arrived)
		require.Equal(t, theEnd, talk.next(t.Context(), over))
		require.NoError(t, talk.end(0), "why it ended: nothing was said")
	}
}

// A server that has closed is not one that answers no Ping, however late that is noticed.
func TestTalk_ClosedIsNotDeaf(t *testing.T) {
	h := &transport.Handler{Serve: func(context.Context, *transport.Conn) error { return nil }}
	server := httptest.NewServer(h)
	defer server.Close()
	c, err := transport.Dial(t.Context(), "ws"+strings.TrimPrefix(server.URL, "http"), nil)
	require.NoError(t, err)
	_, _, err = c.Read(t.Context())
	require.Error(t, err)
	talk := &talk{conn: c, ping: time.Nanosecond, wait: time.Nanosecond}
	talk.pings(t.Context())
	require.Nil(t, talk.deaf.Load())
}
