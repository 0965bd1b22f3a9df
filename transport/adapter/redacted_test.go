package adapter_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"testing"

	"example.com/khp/transport"
	"example.com/khp/transport/adapter"
	"github.com/stretchr/testify/require"
)

// A result prints itself without credentials and cookies.
func TestResult_Redacted(t *testing.T) {
	const secret = "s3cr3t"
	r := &adapter.Result{Header: http.Header{"Authorization": {secret}, "Cookie": {secret}},
		URL: "/?token=" + secret, Body: []byte(secret),
		Request: &transport.Request{Authorization: secret}}
	target := &adapter.Target{URL: "ws://h/?token=" + secret, Header: http.Header{"Cookie": {secret}}}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "v", r)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "v", *r, "w", target)
	require.NotContains(t, log.String(), secret)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		require.NotContains(t, fmt.Sprintf(verb+verb+verb+verb, r, *r, target, *target), secret, verb)
	}
}
