package otelkhp

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/transport"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/metric/metricdata/metricdatatest"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
)

// recorded is an observer whose reports stay in memory.
type recorded struct {
	*Observer
	spans  *tracetest.SpanRecorder
	reader *sdkmetric.ManualReader
}

func newRecorded(t *testing.T) recorded {
	r := recorded{spans: tracetest.NewSpanRecorder(), reader: sdkmetric.NewManualReader()}
	var err error
	r.Observer, err = New(&Options{
		MeterProvider:  sdkmetric.NewMeterProvider(sdkmetric.WithReader(r.reader)),
		TracerProvider: sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(r.spans)),
	})
	require.NoError(t, err)
	return r
}

// metrics returns the reported metrics, by name.
func (r recorded) metrics(t *testing.T) map[string]metricdata.Metrics {
	var all metricdata.ResourceMetrics
	require.NoError(t, r.reader.Collect(context.Background(), &all))
	require.Len(t, all.ScopeMetrics, 1)
	require.Equal(t, instrumentation.Scope{Name: scope}, all.ScopeMetrics[0].Scope)
	byName := map[string]metricdata.Metrics{}
	for _, m := range all.ScopeMetrics[0].Metrics {
		byName[m.Name] = m
	}
	return byName
}

// Connections between a real client and server are reported on both sides, those that open, those
// that do not, and their traffic.
func TestObserver(t *testing.T) {
	r := newRecorded(t)
	h := &transport.Handler{
		Observer: r,
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
	url, opts := "ws"+strings.TrimPrefix(server.URL, "http"), &transport.DialOptions{Observer: r}
	_, err := transport.Dial(t.Context(), url+"/nothing?secret=1", opts)
	require.ErrorIs(t, err, fsm.FailureStatus)
	c, err := transport.Dial(t.Context(), url+"/echo?secret=1", opts)
	require.NoError(t, err)
	require.NoError(t, c.Write(t.Context(), transport.Text, []byte("hello")))
	_, _, err = c.Read(t.Context())
	require.NoError(t, err)
	require.NoError(t, c.Close(4711, ""))
	require.NoError(t, h.Shutdown(t.Context()))

	got := r.metrics(t)
	count := func(name string, attrs ...attribute.KeyValue) int64 {
		t.Helper()
		switch data := got[name].Data.(type) {
		case metricdata.Sum[int64]:
			for _, p := range data.DataPoints {
				if p.Attributes.Equals(ptr(attribute.NewSet(attrs...))) {
					return p.Value
				}
			}
		case metricdata.Histogram[float64]:
			for _, p := range data.DataPoints {
				if p.Attributes.Equals(ptr(attribute.NewSet(attrs...))) {
					return int64(p.Count)
				}
			}
		}
		t.Fatalf("no %s with %v: %v", name, attrs, got[name])
		return 0
	}
	open, failed := outcomeKey.String("open"), outcomeKey.String("failed")
	for _, side := range []string{"khp.client.", "khp.server."} {
		require.EqualValues(t, 1, count(side+"handshake.duration", open,
			attribute.Int("http.response.status_code", 101)))
		require.EqualValues(t, 1, count(side+"handshake.duration", failed, attribute.String("error.type",
			"FailureStatus"), attribute.Int("http.response.status_code", 404)))
		require.EqualValues(t, 0, count(side+"active_connections"))
		require.EqualValues(t, 1, count(side+"connection.duration", closeCodeKey.String("4xxx")))
		require.EqualValues(t, 1, count(side+"messages",
			attribute.String("network.io.direction", "transmit")))
		require.EqualValues(t, 1, count(side+"messages",
			attribute.String("network.io.direction", "receive")))
	}
	require.EqualValues(t, 5, count("khp.client.io",
		attribute.String("network.io.direction", "transmit")))
	require.EqualValues(t, 10, count("khp.client.io",
		attribute.String("network.io.direction", "receive")))
	require.EqualValues(t, 10, count("khp.server.io",
		attribute.String("network.io.direction", "transmit")))
	require.EqualValues(t, 5, count("khp.server.io",
		attribute.String("network.io.direction", "receive")))
	require.Len(t, got, 10)

	statuses := map[string]codes.Code{}
	for _, s := range r.spans.Ended() {
		statuses[s.Name()+" "+s.SpanKind().String()+" "+
			s.Attributes()[0].Value.AsString()] = s.Status().Code
		for _, a := range s.Attributes() {
			require.NotContains(t, a.Value.String(), "secret")
		}
	}
	require.Equal(t, map[string]codes.Code{
		"khp.handshake client /nothing": codes.Error, "khp.handshake server /nothing": codes.Unset,
		"khp.handshake client /echo": codes.Unset, "khp.handshake server /echo": codes.Unset,
		"khp.connection client /echo": codes.Unset, "khp.connection server /echo": codes.Unset,
	}, statuses)
}

func ptr[T any](v T) *T { return &v }

// A span has the times of its subject, the parent that the context has, and attributes.
func TestObserver_Span(t *testing.T) {
	r := newRecorded(t)
	end := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	parent := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1},
		SpanID: trace.SpanID{2}, TraceFlags: trace.FlagsSampled})
	ctx, cancel := context.WithCancel(trace.ContextWithSpanContext(t.Context(), parent))
	cancel() // also of a context that has ended
	r.Observe(transport.Event{Kind: transport.EventDial, Time: end}.WithContext(ctx))
	r.Observe(transport.Event{
		Kind: transport.EventFail, Time: end, Duration: time.Minute,
		URL: "wss://user:secret@one.example:99/path?secret#secret", Attempt: 3,
		Failure: fsm.FailureRedirectLoop, Status: 302,
	}.WithContext(ctx))
	r.ObserveEnd(transport.Event{
		Kind: transport.EventEnd, Time: end, Duration: time.Hour, URL: "\x00", Code: 1006,
		Sent:     transport.Traffic{Messages: 1, Bytes: 2},
		Received: transport.Traffic{Messages: 3, Bytes: 4},
	}.WithContext(ctx))
	spans := r.spans.Ended()
	require.Len(t, spans, 2)
	for _, s := range spans {
		require.Equal(t, parent.SpanID(), s.Parent().SpanID())
		require.Equal(t, end, s.EndTime())
		require.Equal(t, codes.Error, s.Status().Code)
	}
	require.Equal(t, end.Add(-time.Minute), spans[0].StartTime())
	require.Equal(t, end.Add(-time.Hour), spans[1].StartTime())
	require.Equal(t, map[attribute.Key]string{
		"url.path": "/path", "url.scheme": "wss", "server.address": "one.example", "server.port": "99",
		"khp.outcome": "failed", "error.type": "FailureRedirectLoop",
		"http.response.status_code": "302", "khp.attempts": "3",
	}, attributes(spans[0]))
	require.Equal(t, map[attribute.Key]string{
		"khp.close_code": "1006", "khp.sent.messages": "1", "khp.sent.bytes": "2",
		"khp.received.messages": "3", "khp.received.bytes": "4",
	}, attributes(spans[1]))
}

func attributes(s sdktrace.ReadOnlySpan) map[attribute.Key]string {
	all := map[attribute.Key]string{}
	for _, a := range s.Attributes() {
		all[a.Key] = a.Value.String()
	}
	return all
}

// However many status and close codes peers invent, there are few series.
func TestObserver_FewSeries(t *testing.T) {
	r := newRecorded(t)
	for code := range 1000 {
		r.Observe(transport.Event{Kind: transport.EventFail, Failure: fsm.FailureStatus, Status: code})
	}
	for code := 900; code < 5100; code++ {
		r.ObserveEnd(transport.Event{Kind: transport.EventEnd, Code: uint16(code)})
	}
	got := r.metrics(t)
	require.Less(t,
		len(got["khp.client.handshake.duration"].Data.(metricdata.Histogram[float64]).DataPoints), 80)
	require.Len(t,
		got["khp.client.connection.duration"].Data.(metricdata.Histogram[float64]).DataPoints, 19)
	metricdatatest.AssertEqual(t, metricdata.Sum[int64]{
		Temporality: metricdata.CumulativeTemporality,
		DataPoints:  []metricdata.DataPoint[int64]{{Value: -4200}},
	}, got["khp.client.active_connections"].Data.(metricdata.Sum[int64]),
		metricdatatest.IgnoreTimestamp())
}
