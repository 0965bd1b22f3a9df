package transport_test

import (
	"context"
	"fmt"

	"example.com/khp/transport"
)

// counts are metrics of one's own.
type counts map[transport.Labels]int

func (c counts) Observe(ev transport.Event) {
	if l := ev.Labels(); l.Outcome != "" {
		c[l]++ // a real one locks
	}
}

// Metrics count by labels of which there are few, whatever peers send. Packages promkhp and
// otelkhp, modules of their own, do.
func ExampleEvent_Labels() {
	url, stop := listen(&transport.Handler{
		Decide: func(context.Context, *transport.Request) (transport.Decision, error) {
			return transport.Refuse(404, ""), nil
		}, Serve: echo})
	defer stop()
	c := counts{}
	_, _ = transport.Dial(context.Background(), url, &transport.DialOptions{Observer: c})
	fmt.Println(c)
	// Output: map[{client failed FailureStatus 404 }:1]
}

// An observer is tested with events of the test's own.
func ExampleEvent_WithContext() {
	type key struct{}
	ev := transport.Event{Kind: transport.EventOpen,
		Status: 101}.WithContext(context.WithValue(context.Background(), key{}, "span"))
	fmt.Println(ev.Context().Value(key{}), ev.Record().Kind)
	// Output: span open
}
