package promkhp

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/transport"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"
)

// Connections between a real client and server are counted on both sides, those that open, those
// that do not, and their traffic.
func TestObserver(t *testing.T) {
	o := New()
	h := &transport.Handler{
		Observer: o,
		Decide: func(_ context.Context, r *transport.Request) (transport.Decision, error) {
			if r.Path() != "/echo" {
				return transport.Refuse(404, ""), nil
			}
			return transport.Decision{}, nil
		},
		Serve: func(ctx context.Context, c *transport.Conn) error {
			for {
				kind, p, err := c.Read(ctx)
				if err != nil {
					return err
				}
				if err := c.Write(ctx, kind, append(p, p...)); err != nil {
					return err
				}
			}
		},
	}
	server := httptest.NewServer(h)
	defer server.Close()
	url, opts := "ws"+strings.TrimPrefix(server.URL, "http"), &transport.DialOptions{Observer: o}
	_, err := transport.Dial(t.Context(), url+"/nothing", opts)
	require.ErrorIs(t, err, fsm.FailureStatus)
	c, err := transport.Dial(t.Context(), url+"/echo", opts)
	require.NoError(t, err)
	require.NoError(t, c.Write(t.Context(), transport.Text, []byte("hello")))
	_, _, err = c.Read(t.Context())
	require.NoError(t, err)
	require.NoError(t, testutil.CollectAndCompare(o, strings.NewReader(`
		# HELP khp_connections_open Connections that are open, by side.
		# TYPE khp_connections_open gauge
		khp_connections_open{side="client"} 1
		khp_connections_open{side="server"} 1
	`), "khp_connections_open"))
	require.NoError(t, c.Close(4711, ""))
	require.NoError(t, h.Shutdown(t.Context()))

	require.NoError(t, testutil.CollectAndCompare(o, strings.NewReader(`
		# HELP khp_connections_ended_total Connections ended, by side and close code.
		# TYPE khp_connections_ended_total counter
		khp_connections_ended_total{code="4xxx",side="client"} 1
		khp_connections_ended_total{code="4xxx",side="server"} 1
		# HELP khp_connections_open Connections that are open, by side.
		# TYPE khp_connections_open gauge
		khp_connections_open{side="client"} 0
		khp_connections_open{side="server"} 0
		# HELP khp_handshakes_total Handshakes ended, by side, outcome (open, failed, closed), failure and status code of the response that decided.
		# TYPE khp_handshakes_total counter
		khp_handshakes_total{failure="FailureStatus",outcome="failed",side="client",status="404"} 1
		khp_handshakes_total{failure="FailureStatus",outcome="failed",side="server",status="404"} 1
		khp_handshakes_total{failure="none",outcome="open",side="client",status="101"} 1
		khp_handshakes_total{failure="none",outcome="open",side="server",status="101"} 1
		# HELP khp_received_bytes_total Bytes in messages received on connections that have ended, by side.
		# TYPE khp_received_bytes_total counter
		khp_received_bytes_total{side="client"} 10
		khp_received_bytes_total{side="server"} 5
		# HELP khp_received_messages_total Messages received on connections that have ended, by side.
		# TYPE khp_received_messages_total counter
		khp_received_messages_total{side="client"} 1
		khp_received_messages_total{side="server"} 1
		# HELP khp_sent_bytes_total Bytes in messages sent on connections that have ended, by side.
		# TYPE khp_sent_bytes_total counter
		khp_sent_bytes_total{side="client"} 5
		khp_sent_bytes_total{side="server"} 10
		# HELP khp_sent_messages_total Messages sent on connections that have ended, by side.
		# TYPE khp_sent_messages_total counter
		khp_sent_messages_total{side="client"} 1
		khp_sent_messages_total{side="server"} 1
	`), "khp_connections_ended_total", "khp_connections_open", "khp_handshakes_total", "khp_received_bytes_total", "khp_received_messages_total", "khp_sent_bytes_total", "khp_sent_messages_total"))
	problems, err := testutil.CollectAndLint(o)
	require.NoError(t, err)
	require.Empty(t, problems)
}

// Durations are seconds.
func TestObserver_Seconds(t *testing.T) {
	o := New()
	o.Observe(transport.Event{Kind: transport.EventOpen, Duration: 20 * time.Millisecond, Status: 101})
	o.ObserveEnd(transport.Event{Kind: transport.EventEnd, Duration: 2 * time.Hour, Code: 1000})
	r := prometheus.NewRegistry()
	r.MustRegister(o)
	families, err := r.Gather()
	require.NoError(t, err)
	sums := map[string]float64{}
	for _, f := range families {
		if h := f.GetMetric()[0].GetHistogram(); h != nil {
			sums[f.GetName()] = h.GetSampleSum()
			require.Equal(t, uint64(1), h.GetSampleCount())
		}
	}
	require.Equal(t, map[string]float64{"khp_handshake_seconds": .02, "khp_connection_seconds": 7200},
		sums)
}

// However many status and close codes peers invent, there are few series.
func TestObserver_FewSeries(t *testing.T) {
	o := New()
	for code := range 1000 {
		o.Observe(transport.Event{Kind: transport.EventFail, Failure: fsm.FailureStatus, Status: code})
		o.Observe(transport.Event{Kind: transport.EventOpen, Status: code})
	}
	for code := range 65536 {
		o.ObserveEnd(transport.Event{Kind: transport.EventEnd, Code: uint16(code)})
	}
	require.Less(t, testutil.CollectAndCount(o), 200)
}
