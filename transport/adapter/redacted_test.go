package adapter_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"testing"

	"example.com/khp/endpoint"
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
	options := &adapter.ClientOptions{Config: endpoint.ClientConfig{
		Header: []endpoint.HeaderField{{Name: "Cookie", Value: secret}}, Body: []byte(secret)}}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%t"} {
		for _, v := range []fmt.Stringer{r, *r, target, *target, options, *options} {
			require.NotContains(t, fmt.Sprintf(verb, v), secret, verb)
			require.NotEmpty(t, fmt.Sprintf(verb, v), verb)
		}
	}
}
