package main

import (
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/internal/embedtest"
	"example.com/khp/transport/adapter"
	"github.com/stretchr/testify/require"
)

// The server conforms, and survives clients that mean harm; of their connections nothing is left.
func TestServer(t *testing.T) {
	slow := embedtest.NewSlow()
	opts := &adapter.ServerOptions{Decide: slow.Decide,
		Config: endpoint.ServerConfig{CheckOrigin: endpoint.SameOrigin}}
	srv := httptest.NewServer(adapter.KaazingClients(handler(opts, echo)))
	defer srv.Close()
	url := "ws" + strings.TrimPrefix(srv.URL, "http")
	t.Run("conform", func(t *testing.T) { embedtest.Conform(t, url, "khp/ext/*") })
	t.Run("hostile", func(t *testing.T) { embedtest.Hostile(t, url, slow, embedtest.Library{}) })
	require.Eventually(t, func() bool {
		stacks := make([]byte, 1<<20)
		return !strings.Contains(string(stacks[:runtime.Stack(stacks, true)]), "lxzan/gws.")
	}, time.Minute, 20*time.Millisecond)
}
