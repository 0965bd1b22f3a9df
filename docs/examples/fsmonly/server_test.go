package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/khp/internal/embedtest"
)

// The server meets the specification in its part, and survives hostile clients.
func TestServer(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(serve))
	defer srv.Close()
	url := "ws" + strings.TrimPrefix(srv.URL, "http")
	t.Run("conform", func(t *testing.T) {
		embedtest.Conform(t, url, "khp/open/*", "khp/ext/101/*", "khp/ext/request/*",
			"khp/ext/close*", "khp/ext/ping")
	})
	t.Run("hostile", func(t *testing.T) { embedtest.Hostile(t, url, nil, embedtest.Library{}) })
	t.Run("credentials", func(t *testing.T) { embedtest.Account(t, url) })
}
