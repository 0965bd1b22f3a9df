package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/khp/docs/examples/internal/suite"
)

// The server does what the specification asks of its part, and survives clients that mean harm.
func TestServer(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(serve))
	defer srv.Close()
	url := "ws" + strings.TrimPrefix(srv.URL, "http")
	t.Run("conform", func(t *testing.T) {
		suite.Conform(t, url, "khp/open/*", "khp/ext/101/*", "khp/ext/request/*", "khp/ext/close*", "khp/ext/ping")
	})
	t.Run("hostile", func(t *testing.T) { suite.Hostile(t, url, nil) })
	t.Run("credentials", func(t *testing.T) { suite.Account(t, url) })
}
