package transport

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"sync"
	"testing"

	"example.com/khp/transport/internal/frames"
	"example.com/khp/transport/internal/frametest"
	"example.com/khp/transport/internal/sock"
	"github.com/stretchr/testify/require"
)

func TestConn_Echo(t *testing.T) {
	for name, socket := range sockets {
		t.Run(name, func(t *testing.T) {
			client, server := connPair(t, socket)
			end := echo(server)
			for _, n := range []int{0, 1, 125, 126, 65535, 65536, 1 << 20} {
				for _, typ := range []MessageType{Text, Binary} {
					want := bytes.Repeat([]byte{'x'}, n)
					wrote := make(chan error, 1)
					go func() { wrote <- client.Write(t.Context(), typ, want) }()
					gotTyp, p, err := client.Read(t.Context())
					require.NoError(t, err)
					require.NoError(t, <-wrote)
					require.Equal(t, typ, gotTyp)
					require.True(t, bytes.Equal(want, p))
				}
			}
			require.NoError(t, client.Close(CloseNormal, "done"))
			require.Equal(t, &CloseError{CloseNormal, "done"}, <-end)
		})
	}
}

func TestConn_Info(t *testing.T) {
	a, _ := pipePair(t)
	c := newConn(frames.New(a, true, nil, 0), opened{info: handshakeInfo{
		subprotocol: "amqp", extensions: []string{"a", "b"}, status: 101,
		client: &dialed{header: []HeaderField{{Name: "X", Value: "y"}}},
	}})
	require.Equal(t, "amqp", c.Subprotocol())
	c.Extensions()[0] = "changed"
	c.Header().Set("X", "changed")
	require.Equal(t, []string{"a", "b"}, c.Extensions())
	require.Equal(t, "y", c.Header().Get("X"))
	require.Equal(t, 101, c.Status())
	require.Equal(t, a, c.NetConn())

	empty := testConn(a, true)
	require.Empty(t, empty.Subprotocol())
	require.Nil(t, empty.Extensions())
	require.Nil(t, empty.Header())
	require.Zero(t, empty.Status())
}

func TestConn_ReadKeepsMessages(t *testing.T) {
	a, b := tcpPair(t)
	c, p := testConn(a, true), newPeer(t, b, false)
	p.send(pf{Op: opT, P: "one"}, pf{Op: opT, P: "two"})
	_, one, err := c.Read(t.Context())
	require.NoError(t, err)
	_, _, err = c.Read(t.Context())
	require.NoError(t, err)
	require.Equal(t, "one", string(one), "a message is the caller's to keep")
}

func TestConn_ReadAnswersPings(t *testing.T) {
	t.Attr("req", "WSP-FRAME-05")
	a, b := tcpPair(t)
	c, p := testConn(a, true), newPeer(t, b, false)
	p.send(pf{Op: opT, P: "he", More: true}, pf{Op: opI, P: "ping"}, pf{Op: opO},
		pf{Op: opC, P: "llo"})
	typ, data, err := c.Read(t.Context())
	require.NoError(t, err)
	require.Equal(t, Text, typ)
	require.Equal(t, "hello", string(data))
	p.wantFrame("the Ping is answered", opO, "ping")
}

// A Read that ends by its context, at every byte, loses nothing.
func TestConn_CancelledReadGoesOn(t *testing.T) {
	first := frametest.Encode(false, pf{Op: opT, P: "he", More: true}, pf{Op: opO},
		pf{Op: opC, P: "llo"})
	second := frametest.Encode(false,
		pf{Op: opB, P: string(make([]byte, sock.BufferSize)), Wide: true})
	for name, socket := range sockets {
		t.Run(name, func(t *testing.T) {
			t.Attr("req", "WSP-FRAME-02")
			a, b := socket(t)
			c := testConn(b, false)
			for i, octet := range slices.Concat(first, second) {
				ctx, cancel := context.WithCancel(t.Context())
				message := make(chan []byte, 1)
				end := make(chan error, 1)
				go func() {
					_, p, err := c.Read(ctx)
					message <- p
					end <- err
				}()
				_, err := a.Write([]byte{octet}) // on a pipe this waits until the byte was read
				require.NoError(t, err)
				switch i {
				case len(first) - 1:
					require.Equal(t, "hello", string(<-message))
				case len(first) + len(second) - 1:
					require.Equal(t, make([]byte, sock.BufferSize), <-message)
				default:
					cancel()
					require.Equal(t, context.Canceled, <-end, "byte %d", i)
				}
				cancel()
			}
		})
	}
}

func TestConn_ExpiredContext(t *testing.T) {
	client, server := connPair(t, tcpPair)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err := client.Read(gone)
	require.Equal(t, context.Canceled, err)
	require.Equal(t, context.Canceled, client.Write(gone, Text, nil))
	require.Equal(t, context.Canceled, client.Ping(gone))
	require.NoError(t, client.Write(t.Context(), Text, []byte("fine")))
	_, p, err := server.Read(t.Context())
	require.NoError(t, err)
	require.Equal(t, "fine", string(p))
}

func TestConn_ReadersTakeTurns(t *testing.T) {
	client, server := connPair(t, tcpPair)
	var wg sync.WaitGroup
	var mu sync.Mutex
	seen := map[string]int{}
	for range 4 {
		wg.Go(func() {
			for range 25 {
				_, p, err := server.Read(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				seen[string(p)]++
				mu.Unlock()
			}
		})
	}
	for i := range 100 {
		require.NoError(t, client.Write(t.Context(), Text, []byte{byte(i)}))
	}
	wg.Wait()
	require.Len(t, seen, 100)
}

func TestConn_WriteBrokenOff(t *testing.T) {
	a, b := pipePair(t)
	c, p := testConn(a, false), newPeer(t, b, true)
	ctx, cancel := context.WithCancel(t.Context())
	end := make(chan error)
	go func() { end <- c.Write(ctx, Text, []byte("hello")) }()
	_, err := io.ReadFull(b, make([]byte, 3))
	require.NoError(t, err)
	cancel()
	err = <-end
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorContains(t, err, "inside a frame")
	require.Error(t, c.Write(t.Context(), Text, nil), "the connection cannot send any more")
	go p.send(pf{Op: opT, P: "still"})
	_, data, err := c.Read(t.Context())
	require.NoError(t, err, "but it can read")
	require.Equal(t, "still", string(data))
	require.Error(t, c.Close(CloseNormal, ""))
	p.wantEnd("the socket is closed")
}

func TestConn_WriteRefusesType(t *testing.T) {
	client, _ := connPair(t, pipePair)
	require.Error(t, client.Write(t.Context(), 0, nil))
	require.Error(t, client.Write(t.Context(), 3, nil))
}

func TestConn_ReadLimit(t *testing.T) {
	t.Attr("req", "WSP-CLOSE-02")
	client, server := connPair(t, tcpPair)
	server.SetReadLimit(1000)
	end := make(chan error, 1)
	go func() {
		_, _, err := client.Read(context.Background())
		end <- err
	}()
	go func() { _ = client.Write(context.Background(), Binary, make([]byte, 1<<20)) }()
	_, _, err := server.Read(t.Context())
	require.Equal(t, &ProtocolError{CloseTooBig, "message exceeds the limit"}, err)
	require.Equal(t, &CloseError{CloseTooBig, "message exceeds the limit"}, <-end,
		"the peer hears why, in the middle of its message")
	server.SetReadLimit(0)
	require.EqualValues(t, DefaultReadLimit, server.link.Limit())
}

func TestConn_Lost(t *testing.T) {
	for name, bytes := range map[string][]byte{
		"between frames": nil,
		"in a header":    {0x81},
		"in a payload":   {0x81, 5, 'h'},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := tcpPair(t)
			c := testConn(a, true)
			_, err := b.Write(bytes)
			require.NoError(t, err)
			require.NoError(t, b.Close())
			_, _, err = c.Read(t.Context())
			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
			require.False(t, errors.Is(err, net.ErrClosed))
			_, _, again := c.Read(t.Context())
			require.ErrorIs(t, again, io.ErrUnexpectedEOF)
			require.ErrorIs(t, again, net.ErrClosed)
			require.ErrorIs(t, c.Write(t.Context(), Text, nil), io.ErrUnexpectedEOF)
			require.ErrorIs(t, c.Ping(t.Context()), net.ErrClosed)
			require.ErrorIs(t, c.Close(CloseNormal, ""), net.ErrClosed)
		})
	}
}
