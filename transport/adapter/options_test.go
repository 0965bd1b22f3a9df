package adapter_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"example.com/khp/endpoint"
	"example.com/khp/transport"
	"example.com/khp/transport/adapter"
	"github.com/stretchr/testify/require"
)

// Options that mean nothing are refused by name: a client's before anything is connected, a
// server's before anything is read.
func TestOptions_Refused(t *testing.T) {
	never := func(context.Context, *adapter.Target) (adapter.Conn, *http.Response, error) {
		t.Error("it connects")
		return nil, nil, errors.New("no")
	}
	for want, o := range map[string]*adapter.ClientOptions{
		"ReadLimit is -1": {ReadLimit: -1}, "Profile is 77": {Profile: 77},
		"Redirects is 9": {Config: endpoint.ClientConfig{Redirects: 9}},
		"Timeouts.Close is -1ns": {Config: endpoint.ClientConfig{
			Timeouts: transport.Timeouts{Close: -1},
		}},
	} {
		_, _, err := adapter.Client(t.Context(), "ws://h/p", o, never)
		require.ErrorContains(t, err, want)
	}
	for want, o := range map[string]*adapter.ServerOptions{
		"ReadLimit is -1": {ReadLimit: -1}, "Timeouts.Close is -1ns": {Config: endpoint.ServerConfig{
			Timeouts: transport.Timeouts{Close: -1},
		}},
	} {
		_, conn := newPipe()
		_, err := adapter.Server(t.Context(), conn, openingRequest("/p"), o)
		require.ErrorContains(t, err, want)
		require.Zero(t, conn.reading.Load())
	}
}
