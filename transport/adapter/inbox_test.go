package adapter_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"strconv"
	"testing"
	"testing/synctest"

	"example.com/khp/fsm"
	"example.com/khp/transport"
	"example.com/khp/transport/adapter"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// called is a connection of a library that calls back.
type called struct {
	adapter.Inbox
	out *pipe
}

func (c *called) WriteMessage(ctx context.Context, t wire.MessageType, b []byte) error {
	return c.out.WriteMessage(ctx, t, b)
}
func (c *called) WriteClose(ctx context.Context, code uint16, reason string) error {
	return c.out.WriteClose(ctx, code, reason)
}
func (c *called) Close() error {
	c.Inbox.Close()
	return c.out.Close()
}

// callBack is the reading goroutine of such a library.
func callBack(p *pipe, on func(t wire.MessageType, p []byte), end func(error)) {
	for {
		t, data, err := p.ReadMessage()
		if err != nil {
			end(err)
			return
		}
		on(t, data)
		for i := range data {
			data[i] = 'X' // the library uses its buffer again
		}
	}
}

// simple does the work of an adapter without an Inbox: it keeps the messages of the handshake, and
// passes on later ones once the application is ready.
type simple struct {
	*pipe
	kept  chan item
	ready func(t wire.MessageType, p []byte)
}

func (s *simple) ReadMessage() (wire.MessageType, []byte, error) {
	m := <-s.kept
	return m.typ, m.data, nil
}

func (s *simple) Message(t wire.MessageType, p []byte) {
	if s.ready != nil {
		s.ready(t, p)
		return
	}
	s.kept <- item{typ: t, data: bytes.Clone(p)}
}

// A client goes on to speak as soon as it has its response: no message is lost on the way from the
// handshake to the application, and none is overtaken. Without an Inbox those that arrived before
// the application was ready are lost.
func TestInbox_HandOver(t *testing.T) {
	serve := func(t *testing.T, conn adapter.Conn, peer *pipe) {
		go func() {
			peer.say(request)
			peer.hear()
			peer.hear() // response and terminator
			peer.say("0", "1", "2", "3")
		}()
		_, err := adapter.Server(t.Context(), conn, openingRequest("/echo"), nil)
		require.NoError(t, err)
		synctest.Wait() // all of it has arrived
	}
	t.Run("with", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			peer, p := newPipe()
			inbox := &called{out: p}
			go callBack(p, inbox.Message, inbox.End)
			serve(t, inbox, peer)
			var got []string
			ended := make(chan error, 2)
			inbox.Deliver(func(_ wire.MessageType, p []byte) {
				if got = append(got, string(p)); len(got) == 2 {
					peer.say("4", "5")
					synctest.Wait() // they arrive while older ones are passed on
				}
			}, func(err error) { ended <- err })
			peer.say("6")
			synctest.Wait()
			require.Equal(t, []string{"0", "1", "2", "3", "4", "5", "6"}, got)
			require.NoError(t, peer.Close())
			require.ErrorIs(t, <-ended, io.EOF)
			inbox.End(errors.New("again"))
			synctest.Wait()
			require.Empty(t, ended, "the end is reported once")
		})
	})
	t.Run("without", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			peer, p := newPipe()
			s := &simple{pipe: p, kept: make(chan item, 16)}
			go callBack(p, s.Message, func(error) {})
			serve(t, s, peer)
			var got []string
			s.ready = func(_ wire.MessageType, p []byte) { got = append(got, string(p)) }
			peer.say("6")
			synctest.Wait()
			require.Equal(t, []string{"6"}, got)
			require.NoError(t, peer.Close())
		})
	})
}

// While the application decides, a client that leaves is noticed, and one that speaks is refused;
// the decision's context ends.
func TestInbox_ReadsWhileDeciding(t *testing.T) {
	for name, c := range map[string]struct {
		does func(peer *pipe)
		want fsm.Failure
	}{
		"leaves": {func(peer *pipe) { _ = peer.Close() }, fsm.FailureConnectionLost},
		"closes": {func(peer *pipe) { _ = peer.WriteClose(context.Background(), 1001, "") },
			fsm.FailurePeerClosed},
		"speaks": {func(peer *pipe) {
			peer.say("too early")
			peer.hear()
			peer.hear()
			_ = peer.WriteClose(context.Background(), 1000, "")
		}, fsm.FailureUnexpectedMessage},
	} {
		synctest.Test(t, func(t *testing.T) {
			peer, p := newPipe()
			conn := &called{out: p}
			go callBack(p, conn.Message, func(err error) { conn.End(err) })
			peer.say(request)
			_, err := adapter.Server(t.Context(), conn, openingRequest("/echo"), &adapter.ServerOptions{
				Decide: func(ctx context.Context, _ *transport.Request) (transport.Decision, error) {
					go c.does(peer)
					<-ctx.Done()
					return transport.Decision{}, nil
				},
			})
			require.ErrorIs(t, err, c.want, name)
		})
	}
}

// A full Inbox makes the library wait, not the peer's messages vanish; Close ends the wait.
func TestInbox_Full(t *testing.T) {
	for name, size := range map[string]int{"large": 40 << 10, "empty": 0} {
		synctest.Test(t, func(t *testing.T) {
			inbox := &adapter.Inbox{}
			accepted := make(chan int, 1<<16)
			go func() {
				for i := range 5000 {
					p := []byte(strconv.Itoa(i))
					inbox.Message(wire.Binary, append(p, make([]byte, size)...))
					accepted <- i
				}
			}()
			synctest.Wait()
			kept := 0
			for held := 0; kept == 0 || held+64+len(strconv.Itoa(kept))+size <= 64<<10; kept++ {
				held += 64 + len(strconv.Itoa(kept)) + size
			}
			require.Len(t, accepted, kept, name)
			for i := range 3 {
				_, p, err := inbox.ReadMessage()
				require.NoError(t, err)
				require.Equal(t, strconv.Itoa(i), string(bytes.TrimRight(p, "\x00")))
			}
			synctest.Wait() // it is full again
			inbox.Close()
			synctest.Wait()
			require.Len(t, accepted, 5000, name)
			_, _, err := inbox.ReadMessage()
			require.ErrorIs(t, err, net.ErrClosed)
			inbox.Deliver(func(wire.MessageType, []byte) { t.Error("a message after Close") },
				func(error) { t.Error("an end after Close") })
			inbox.End(nil)
		})
	}
}

// Kept messages are read before the end; a message over the limit of the handshake is refused as
// such.
func TestInbox_Read(t *testing.T) {
	inbox := &adapter.Inbox{}
	inbox.SetReadLimit(3)
	inbox.Message(wire.Text, []byte("abc"))
	inbox.Message(wire.Text, []byte("abcd"))
	inbox.End(nil)
	inbox.Message(wire.Text, []byte("late"))
	mt, p, err := inbox.ReadMessage()
	require.NoError(t, err)
	require.Equal(t, wire.Text, mt)
	require.Equal(t, "abc", string(p))
	_, _, err = inbox.ReadMessage()
	require.ErrorIs(t, err, fsm.FailureLimit)
	require.ErrorContains(t, err, "a message of 4 bytes, where 3 are allowed")
	_, _, err = inbox.ReadMessage()
	require.ErrorIs(t, err, io.EOF)
}

// A message that fits exactly is kept, and so is one message of any length.
func TestInbox_Fits(t *testing.T) {
	const most, cost = 64 << 10, 64
	for name, sizes := range map[string][]int{
		"exactly": {1000, most - 2*cost - 1000}, "one of any length": {2 * most},
		"empty ones": make([]int, most/cost),
	} {
		synctest.Test(t, func(t *testing.T) {
			inbox, accepted := &adapter.Inbox{}, 0
			go func() {
				for _, n := range append(sizes, 0) {
					inbox.Message(wire.Binary, make([]byte, n))
					accepted++
				}
			}()
			synctest.Wait()
			require.Equal(t, len(sizes), accepted, "%s, and no more", name)
			for _, n := range append(sizes, 0) {
				_, p, err := inbox.ReadMessage()
				require.NoError(t, err)
				require.Len(t, p, n, name)
			}
		})
	}
}

// The end is reported behind the last message, whether it came before or after Deliver, or nobody
// wants to know; and not after Close.
func TestInbox_End(t *testing.T) {
	errEnd := errors.New("the peer is gone")
	inbox := &adapter.Inbox{}
	inbox.Message(wire.Text, []byte("last"))
	inbox.End(errEnd)
	inbox.End(errors.New("again"))
	inbox.SetReadLimit(0) // may still be called
	var got []string
	message := func(_ wire.MessageType, p []byte) { got = append(got, string(p)) }
	inbox.Deliver(message, func(err error) { got = append(got, err.Error()) })
	inbox.Message(wire.Text, []byte("late"))
	require.Equal(t, []string{"last", errEnd.Error()}, got)

	for _, ended := range []bool{true, false} {
		inbox, got = &adapter.Inbox{}, nil
		if ended {
			inbox.End(errEnd)
		}
		inbox.Deliver(message, nil)
		if !ended {
			inbox.Message(wire.Text, []byte("here"))
			inbox.End(errEnd)
		}
		require.Equal(t, !ended, len(got) == 1)
	}

	inbox, got = &adapter.Inbox{}, nil
	inbox.Message(wire.Text, []byte("one"))
	inbox.Message(wire.Text, []byte("two"))
	inbox.Deliver(func(_ wire.MessageType, p []byte) {
		message(wire.Text, p)
		inbox.Close()
	}, func(error) { t.Error("an end after Close") })
	inbox.Message(wire.Text, []byte("three"))
	inbox.End(errEnd)
	require.Equal(t, []string{"one"}, got)

	inbox, got = &adapter.Inbox{}, nil
	inbox.Message(wire.Text, []byte("one"))
	inbox.End(errEnd)
	inbox.Close()
	inbox.Deliver(message, func(error) { t.Error("an end after Close") })
	require.Empty(t, got)

	inbox = &adapter.Inbox{}
	inbox.Message(wire.Text, []byte("one"))
	inbox.Message(wire.Text, []byte("two"))
	inbox.Deliver(func(_ wire.MessageType, p []byte) {
		message(wire.Text, p)
		inbox.End(errEnd) // while messages are passed on
	}, func(err error) { got = append(got, err.Error()) })
	require.Equal(t, []string{"one", "two", errEnd.Error()}, got)

	inbox = &adapter.Inbox{}
	inbox.SetReadLimit(1)
	inbox.Message(wire.Text, []byte("ab"))
	_, _, err := inbox.ReadMessage()
	require.ErrorIs(t, err, fsm.FailureLimit, "the smallest limit")
}

// Close ends a call of ReadMessage that waits.
func TestInbox_CloseWhileReading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inbox, read := &adapter.Inbox{}, make(chan error, 1)
		go func() {
			_, _, err := inbox.ReadMessage()
			read <- err
		}()
		synctest.Wait()
		inbox.Close()
		require.ErrorIs(t, <-read, net.ErrClosed)
	})
}
