package loop

import (
	"net"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/endpoint/driver"
	"example.com/khp/transport/internal/sock"
	"github.com/stretchr/testify/require"
)

// A timer that is over but was not told yet takes no write its time: last words are written, and no
// answer to an unsent message is awaited.
func TestDriver_WriteAfterTimer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := net.Pipe()
		defer b.Close()
		got := make(chan string)
		go func() {
			time.Sleep(sock.GiveUpTimeout / 2)
			var p [16]byte
			n, _ := b.Read(p[:])
			got <- string(p[:n])
		}()
		client, err := endpoint.NewClient("ws://one.example/",
			endpoint.ClientConfig{Timeouts: endpoint.Timeouts{Opening: time.Second}})
		require.NoError(t, err)
		client.Connect(time.Now().Add(-2 * time.Second))
		require.True(t, client.Deadline().Before(time.Now()))
		d := Loop{nc: a, Config: Config{Driver: driver.NewClient(client, nil),
			Timeouts: &endpoint.Timeouts{}}}
		_ = d.SendBytes([]byte("last words"))
		_ = a.Close()
		require.Equal(t, "last words", <-got)
		require.False(t, d.deaf)
	})
}
