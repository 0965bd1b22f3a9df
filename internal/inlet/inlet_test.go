package inlet

import (
	"context"
	"errors"
	"net"
	"testing"

	"github.com/stretchr/testify/require"
)

// A connection is accepted once, with a context that has ended or a closed listener never.
func TestListener(t *testing.T) {
	over := errors.New("over")
	l := New(nil, over)
	require.Equal(t, &net.TCPAddr{}, l.Addr())
	a, b := net.Pipe()
	defer func() { _, _ = a.Close(), b.Close() }()
	handed := make(chan error, 1)
	go func() { handed <- l.Hand(t.Context(), a) }()
	got, err := l.Accept()
	require.NoError(t, err)
	require.Same(t, a, got)
	require.NoError(t, <-handed)

	ended, end := context.WithCancel(t.Context())
	end()
	require.ErrorIs(t, l.Hand(ended, b), context.Canceled)

	accepted := make(chan error, 1)
	go func() { _, err := l.Accept(); accepted <- err }()
	require.NoError(t, l.Close())
	require.NoError(t, l.Close())
	require.Equal(t, over, <-accepted)
	require.Equal(t, over, l.Hand(t.Context(), b))
	_, err = l.Accept()
	require.Equal(t, over, err)
}
