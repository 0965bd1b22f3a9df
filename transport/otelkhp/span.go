package otelkhp

import (
	"net/url"
	"strconv"

	"example.com/khp/fsm"
	"example.com/khp/transport"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// span makes a span of a handshake or connection that has just ended; problem is why it counts as
// an error, "" if it does not.
func (o *Observer) span(
	ev transport.Event, name string, attrs []attribute.KeyValue, problem string,
) {
	kind := trace.SpanKindClient
	if ev.Server {
		kind = trace.SpanKindServer
	}
	_, span := o.tracer.Start(ev.Context(), name, trace.WithSpanKind(kind),
		trace.WithTimestamp(ev.Time.Add(-ev.Duration)),
		trace.WithAttributes(append(place(ev.URL), attrs...)...))
	if problem != "" {
		span.SetStatus(codes.Error, problem)
	}
	span.End(trace.WithTimestamp(ev.Time))
}

// place is where a connection goes. A query may hold secrets and is left out.
func place(text string) (attrs []attribute.KeyValue) {
	u, err := url.Parse(text)
	if err != nil {
		return nil
	}
	attrs = append(attrs, semconv.URLPath(u.Path))
	if u.Host != "" {
		attrs = append(attrs, semconv.URLScheme(u.Scheme), semconv.ServerAddress(u.Hostname()))
	}
	if port, err := strconv.Atoi(u.Port()); err == nil {
		attrs = append(attrs, semconv.ServerPort(port))
	}
	return attrs
}

func handshakeAttributes(ev transport.Event) []attribute.KeyValue {
	attrs := []attribute.KeyValue{outcomeKey.String(ev.Labels().Outcome)}
	if ev.Failure != 0 {
		attrs = append(attrs, semconv.ErrorTypeKey.String(ev.Failure.String()))
	}
	if ev.Status != 0 {
		attrs = append(attrs, semconv.HTTPResponseStatusCode(ev.Status))
	}
	if ev.Attempt > 1 {
		attrs = append(attrs, attribute.Int("khp.attempts", ev.Attempt))
	}
	if ev.Kind == transport.EventOpen && ev.Text != "" {
		attrs = append(attrs, attribute.String("khp.subprotocol", ev.Text))
	}
	return attrs
}

// handshakeError says why a handshake counts as an error. The words are those of the failure: an
// error text may quote the peer.
func handshakeError(ev transport.Event) string {
	switch {
	case ev.Kind != transport.EventFail, ev.Server && ev.Failure == fsm.FailureStatus &&
		ev.Status < 500:
		return ""
	case ev.Failure == 0:
		return "the handshake failed"
	}
	return ev.Failure.Error()
}

func connectionAttributes(ev transport.Event) []attribute.KeyValue {
	return []attribute.KeyValue{
		closeCodeKey.Int(int(ev.Code)),
		attribute.Int64("khp.sent.messages", int64(ev.Sent.Messages)),
		attribute.Int64("khp.sent.bytes", int64(ev.Sent.Bytes)),
		attribute.Int64("khp.received.messages", int64(ev.Received.Messages)),
		attribute.Int64("khp.received.bytes", int64(ev.Received.Bytes)),
	}
}

// connectionError says why the end of a connection counts as an error: codes of applications and
// regular ends do not.
func connectionError(ev transport.Event) string {
	switch {
	case ev.Code == transport.CloseNormal, ev.Code == transport.CloseGoingAway,
		ev.Code == transport.CloseNoStatus, ev.Code >= 3000:
		return ""
	}
	return transport.CloseCodeText(ev.Code)
}
