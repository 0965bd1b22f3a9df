package network

import (
	"testing"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
)

// hour is a client that waits an hour for a response that never comes, with a Ping every second.
func hour(t require.TestingT) *Network {
	n := New(Options{})
	n.RawServer("a.example", func(r *Raw) {
		r.Head = func(head []byte) {
			r.conn.Write(switching(head))
			var ping func()
			ping = func() {
				r.Send(Frame{Op: 9, Data: []byte("still here")})
				if n.Now() < time.Hour {
					n.After(time.Second, ping)
				}
			}
			ping()
		}
	})
	c, err := n.NewClient("ws://a.example/p", ClientOptions{Config: endpoint.ClientConfig{
		Timeouts: endpoint.Timeouts{Response: time.Hour, Overall: 10 * time.Hour},
	}})
	require.NoError(t, err)
	c.Connect()
	require.True(t, n.Run(100_000))
	require.ErrorIs(t, c.Err(), fsm.FailureTimeout)
	return n
}

// An hour of virtual time takes far less than a thousandth of it.
func TestNetwork_RealTimeFactor(t *testing.T) {
	start := time.Now()
	n := hour(t)
	took := time.Since(start)
	require.GreaterOrEqual(t, n.Now(), time.Hour)
	require.Less(t, took, time.Hour/1000, "an hour took %s", took)
}

func BenchmarkHour(b *testing.B) {
	var simulated time.Duration
	for b.Loop() {
		simulated += hour(b).Now()
	}
	b.ReportMetric(simulated.Seconds()/b.Elapsed().Seconds(), "simulated-s/s")
}

func BenchmarkHandshake(b *testing.B) {
	var events int
	for b.Loop() {
		n := New(Options{})
		n.Serve("a.example", SiteOptions{})
		c, err := n.NewClient("ws://a.example/p", ClientOptions{})
		require.NoError(b, err)
		c.Connect()
		require.True(b, n.Run(1000))
		require.True(b, c.Opened())
		events += n.Events()
	}
	b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "schedules/s")
}
