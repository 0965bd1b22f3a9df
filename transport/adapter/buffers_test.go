package adapter_test

import (
	"bytes"
	"context"
	"net/http"
	"testing"
	"testing/synctest"

	"example.com/khp/transport/adapter"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// reusing is a connection with one buffer for all that it reads, which it overwrites with each
// call. It requires that the bytes it has read are not changed.
type reusing struct {
	*pipe
	t            *testing.T
	buffer, read []byte
}

func (r *reusing) ReadMessage() (wire.MessageType, []byte, error) {
	require.Equal(r.t, string(r.read), string(r.buffer[:len(r.read)]))
	t, p, err := r.pipe.ReadMessage()
	for i := range r.buffer {
		r.buffer[i] = 'X'
	}
	r.read = p
	return t, r.buffer[:copy(r.buffer, p)], err
}

// Both sides agree on all there is, though their libraries overwrite each message with the next.
func TestConn_Buffers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one, two := newPipe()
		client, server := &reusing{pipe: one, t: t, buffer: make([]byte, 1<<12)},
			&reusing{pipe: two, t: t, buffer: make([]byte, 1<<12)}
		served := make(chan *adapter.Result)
		go func() {
			r, err := adapter.Server(t.Context(), server, openingRequest("/echo"),
				&adapter.ServerOptions{Subprotocols: []string{"amqp"}})
			require.NoError(t, err)
			served <- r
		}()
		c, got, err := adapter.Client(t.Context(), "ws://one.example/echo",
			clientOptions(), func(context.Context, *adapter.Target) (*reusing, *http.Response, error) {
				return client, selected(), nil
			})
		require.NoError(t, err)
		r := <-served
		require.NoError(t, c.WriteMessage(context.Background(), wire.Text,
			[]byte("behind the handshake")))
		_, p, err := server.ReadMessage()
		require.NoError(t, err)
		require.True(t, bytes.Equal([]byte("behind the handshake"), p))
		require.Equal(t, []string{"amqp", "amqp"}, []string{got.Subprotocol, r.Subprotocol})
		require.Equal(t, []string{"amqp"}, r.Request.Subprotocols)
		require.Contains(t, got.Header, "Sec-Websocket-Protocol")
	})
}
