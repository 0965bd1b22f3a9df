package otelkhp

import (
	"cmp"
	"context"
	"errors"
	"net/http"

	"example.com/khp/transport"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

const scope = "example.com/khp/transport/otelkhp"

// Options say where an [Observer] reports to. The zero value uses the global providers.
type Options struct {
	MeterProvider  metric.MeterProvider // nil is the global one
	TracerProvider trace.TracerProvider // nil is the global one
}

// Observer reports handshakes and connections. Make it with [New].
type Observer struct {
	tracer         trace.Tracer
	client, server meters
}

var _ transport.EndObserver = (*Observer)(nil)

// New returns an observer. opts may be nil. An error is one of the MeterProvider.
func New(opts *Options) (*Observer, error) {
	if opts == nil {
		opts = &Options{}
	}
	meter := cmp.Or(opts.MeterProvider, otel.GetMeterProvider()).Meter(scope)
	o := &Observer{tracer: cmp.Or(opts.TracerProvider, otel.GetTracerProvider()).Tracer(scope)}
	return o, errors.Join(o.client.create(meter, "khp.client."), o.server.create(meter, "khp.server."))
}

// side returns the meters for an event.
func (o *Observer) side(ev transport.Event) *meters {
	if ev.Server {
		return &o.server
	}
	return &o.client
}

// Observe implements [transport.Observer].
func (o *Observer) Observe(ev transport.Event) {
	if ev.Labels().Outcome == "" {
		return
	}
	o.span(ev, "khp.handshake", handshakeAttributes(ev), handshakeError(ev))
	o.side(ev).handshake(ev)
}

// ObserveEnd implements [transport.EndObserver].
func (o *Observer) ObserveEnd(ev transport.Event) {
	o.span(ev, "khp.connection", connectionAttributes(ev), connectionError(ev))
	o.side(ev).end(ev)
}

// ConnContext is a [transport.Handler.ConnContext] that continues the trace which the opening
// request belongs to, by the global propagator.
func ConnContext(ctx context.Context, r *transport.OpeningRequest) context.Context {
	fields := http.Header{}
	for _, f := range r.Opening {
		fields.Add(f.Name, f.Value)
	}
	return otel.GetTextMapPropagator().Extract(ctx, propagation.HeaderCarrier(fields))
}
