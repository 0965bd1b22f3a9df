package otelkhp

import (
	"errors"
	"strconv"

	"example.com/khp/transport"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
)

// Attributes that OpenTelemetry has no name for.
const (
	outcomeKey   = attribute.Key("khp.outcome")
	closeCodeKey = attribute.Key("khp.close_code")
)

// meters are the instruments of one side.
type meters struct {
	handshakes, connections metric.Float64Histogram
	active                  metric.Int64UpDownCounter
	messages, bytes         metric.Int64Counter
}

// create creates the instruments, whose names begin with prefix.
func (m *meters) create(meter metric.Meter, prefix string) error {
	var errs [5]error
	m.handshakes, errs[0] = meter.Float64Histogram(prefix+"handshake.duration", metric.WithUnit("s"),
		metric.WithDescription("How long handshakes took."),
		metric.WithExplicitBucketBoundaries(.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60))
	m.connections, errs[1] = meter.Float64Histogram(prefix+"connection.duration", metric.WithUnit("s"),
		metric.WithDescription("How long connections were open that have ended."),
		metric.WithExplicitBucketBoundaries(.1, 1, 10, 60, 600, 3600, 6*3600, 24*3600))
	m.active, errs[2] = meter.Int64UpDownCounter(prefix+"active_connections",
		metric.WithUnit("{connection}"), metric.WithDescription("Connections that are open."))
	m.messages, errs[3] = meter.Int64Counter(prefix+"messages", metric.WithUnit("{message}"),
		metric.WithDescription("Messages sent and received on connections that have ended."))
	m.bytes, errs[4] = meter.Int64Counter(prefix+"io", metric.WithUnit("By"),
		metric.WithDescription("Bytes in messages sent and received on connections that have ended."))
	return errors.Join(errs[:]...)
}

// handshake reports a handshake that has ended.
func (m *meters) handshake(ev transport.Event) {
	if ev.Kind == transport.EventOpen {
		m.active.Add(ev.Context(), 1)
	}
	l := ev.Labels()
	attrs := []attribute.KeyValue{outcomeKey.String(l.Outcome)}
	if ev.Failure != 0 {
		attrs = append(attrs, semconv.ErrorTypeKey.String(l.Failure))
	}
	if code, err := strconv.Atoi(l.Status); err == nil {
		attrs = append(attrs, semconv.HTTPResponseStatusCode(code))
	}
	m.handshakes.Record(ev.Context(), ev.Duration.Seconds(), metric.WithAttributes(attrs...))
}

// end reports a connection that has ended.
func (m *meters) end(ev transport.Event) {
	ctx := ev.Context()
	m.active.Add(ctx, -1)
	m.connections.Record(ctx, ev.Duration.Seconds(),
		metric.WithAttributes(closeCodeKey.String(ev.Labels().Code)))
	for direction, n := range map[attribute.KeyValue]transport.Traffic{
		semconv.NetworkIODirectionTransmit: ev.Sent, semconv.NetworkIODirectionReceive: ev.Received} {
		m.messages.Add(ctx, int64(n.Messages), metric.WithAttributes(direction))
		m.bytes.Add(ctx, int64(n.Bytes), metric.WithAttributes(direction))
	}
}
