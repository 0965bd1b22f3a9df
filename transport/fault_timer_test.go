package transport

import (
	"net"
	"testing"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/endpoint/driver"
	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
)

// A timer that is over but was not told yet takes no write its time: last words are written, and nobody waits for the answer to what was never sent.
func TestDriver_WriteAfterTimer(t *testing.T) {
	virtual(t, "", func(t *testing.T) {
		a, b := net.Pipe()
		defer b.Close()
		got := make(chan string)
		go func() {
			time.Sleep(giveUpTimeout / 2)
			var p [16]byte
			n, _ := b.Read(p[:])
			got <- string(p[:n])
		}()
		client, err := endpoint.NewClient("ws://one.example/", endpoint.ClientConfig{Timeouts: Timeouts{Opening: time.Second}})
		require.NoError(t, err)
		client.Connect(time.Now().Add(-2 * time.Second))
		require.True(t, client.Deadline().Before(time.Now()))
		d := loop{nc: a, driver: driver.NewClient(client, nil), timeouts: &Timeouts{}}
		d.write(fsm.TimerClose, func() error {
			_, err := a.Write([]byte("last words"))
			return err
		})
		_ = a.Close()
		require.Equal(t, "last words", <-got)
		require.False(t, d.deaf)
	})
}

// A provider that ends with its context, which is when its timer runs out, has taken too long, whoever notices first.
func TestDial_ProviderEndsWithItsTimer(t *testing.T) {
	t.Attr("req", "ADV-42")
	for range 30 {
		virtual(t, "", func(t *testing.T) {
			got := dialRaw(t, t.Context(), false, &DialOptions{Credentials: asleep}, func(p *rawServer) { p.asked(); p.send(bin(response401), terminator) })
			require.ErrorIs(t, got.err, fsm.FailureCredentialTimeout)
			require.Equal(t, time.Minute, got.took)
			got.end()
		})
	}
}
