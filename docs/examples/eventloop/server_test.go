//go:build linux

package main

import (
	"context"
	"testing"

	"example.com/khp/endpoint"
	"example.com/khp/internal/embedtest"
	"github.com/stretchr/testify/require"
)

// The server conforms, and survives clients that mean harm; of their connections nothing is left.
func TestServer(t *testing.T) {
	slow := embedtest.NewSlow()
	l, err := newServer("127.0.0.1:0", func(r *endpoint.Request) endpoint.Decision {
		d, _ := slow.Decide(context.Background(), r)
		return d
	})
	require.NoError(t, err)
	done := make(chan error)
	go func() { done <- l.run() }()
	url := "ws://" + l.addr()
	t.Run("conform", func(t *testing.T) { embedtest.Conform(t, url, "khp/*", "rfc6455/*") })
	t.Run("hostile", func(t *testing.T) { embedtest.Hostile(t, url, slow, embedtest.Library{}) })
	left := make(chan int)
	for n := 1; n > 0; n = <-left {
		go l.post(func() { left <- len(l.sockets) })
	}
	l.post(nil)
	require.NoError(t, <-done)
}
