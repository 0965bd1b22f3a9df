package adaptertest

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/khp/internal/embedtest"
	"example.com/khp/transport/adapter"
)

// Servers on the libraries of others survive clients that mean harm, and end their connections. Of
// the Close frame the libraries have their own ideas.
func TestHostile(t *testing.T) {
	for _, l := range []library{gorilla, coder} {
		t.Run(l.name, func(t *testing.T) {
			slow := embedtest.NewSlow()
			srv := httptest.NewServer(l.handler(&adapter.ServerOptions{Decide: slow.Decide},
				func(ctx context.Context, c conn, _ *adapter.Result) { echo(ctx, c) }))
			t.Cleanup(srv.Close)
			embedtest.Hostile(t, "ws"+strings.TrimPrefix(srv.URL, "http"), slow,
				embedtest.Library{OwnCodes: true, Pulls: true})
		})
	}
}
