package layer

import (
	"net"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/transport/extension"
	"example.com/khp/transport/internal/frames"
	"github.com/stretchr/testify/require"
)

// late sends something a second after the connection has opened.
type late struct {
	extension.Pass
	due time.Time
}

func (l *late) Open(f extension.Flow)    { l.due = f.Now().Add(time.Second) }
func (l *late) Deadline() time.Time      { return l.due }
func (l *late) Expired(f extension.Flow) { f.Send(extension.Message{Kind: extension.Binary}) }

type host struct{}

func (host) Closing() bool         { return false }
func (host) Abandon(*frames.Error) {}

// A layer that was stopped leaves no timer behind.
func TestLayer_Stop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := net.Pipe()
		x := New(frames.New(client, true, nil, 0), []extension.Session{&late{}}, host{})
		require.NotNil(t, x.timer)
		x.Stop()
		require.False(t, x.timer.Stop(), "stopped already")
		x.expired() // one that was on its way
		require.NoError(t, client.Close())
		_, err := server.Read(make([]byte, 1))
		require.Error(t, err)
	})
}
