package otelkhp_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"example.com/khp/transport"
	"example.com/khp/transport/otelkhp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

// A server continues the trace of its client.
func ExampleNew() {
	spans := tracetest.NewSpanRecorder() // or an exporter
	provider := sdk.NewTracerProvider(sdk.WithSpanProcessor(spans))
	otel.SetTracerProvider(provider)
	otel.SetTextMapPropagator(propagation.TraceContext{})

	observer, err := otelkhp.New(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	h := &transport.Handler{Observer: observer,
		ConnContext: otelkhp.ConnContext, Serve: func(ctx context.Context, c *transport.Conn) error {
			_, _, err := c.Read(ctx)
			return err
		}}
	server := httptest.NewServer(h)
	defer server.Close()

	ctx, root := provider.Tracer("example").Start(context.Background(), "root")
	opts := &transport.DialOptions{OpeningHeader: http.Header{}}
	otel.GetTextMapPropagator().Inject(ctx, propagation.HeaderCarrier(opts.OpeningHeader))
	c, err := transport.Dial(ctx, "ws"+strings.TrimPrefix(server.URL, "http")+"/chat?secret", opts)
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = c.Close(transport.CloseNormal, "")
	_ = h.Shutdown(ctx) // waits until the end is reported
	for _, s := range spans.Ended() {
		fmt.Println(s.Name(), s.SpanKind(), s.Attributes()[0].Value.AsString(),
			s.Parent().SpanID() == root.SpanContext().SpanID())
	}
	// Output:
	// khp.handshake server /chat true
	// khp.connection server /chat true
}
