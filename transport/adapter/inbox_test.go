package adapter_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strconv"
	"testing"
	"testing/synctest"

	"example.com/khp/fsm"
	"example.com/khp/transport/adapter"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// called is a connection of a library that calls back; what the peer says arrives in on.
type called struct {
	*pipe
	inbox interface {
		ReadMessage() (wire.MessageType, []byte, error)
	}
}

func (c called) ReadMessage() (wire.MessageType, []byte, error) { return c.inbox.ReadMessage() }

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

// simple is what an adapter without an Inbox would do: it keeps what arrives for the handshake, and
// passes on what arrives once the application is ready.
type simple struct {
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

// A client goes on to speak as soon as it has its response, and for good measure before: no message
// is lost on the way from the handshake to the application, and none is overtaken. Without an Inbox
// all of those that came before the application was ready are lost.
func TestInbox_HandOver(t *testing.T) {
	serve := func(t *testing.T, conn adapter.Conn, peer *pipe) {
		peer.say(request, "0", "1")
		_, err := adapter.Server(t.Context(), conn, openingRequest("/echo"), nil)
		require.NoError(t, err)
		peer.say("2", "3")
		synctest.Wait() // all of it has arrived
	}
	t.Run("with", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			peer, p := newPipe()
			inbox := &adapter.Inbox{}
			go callBack(p, inbox.Message, inbox.End)
			serve(t, called{p, inbox}, peer)
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
			s := &simple{kept: make(chan item, 16)}
			go callBack(p, s.Message, func(error) {})
			serve(t, called{p, s}, peer)
			var got []string
			s.ready = func(_ wire.MessageType, p []byte) { got = append(got, string(p)) }
			peer.say("6")
			synctest.Wait()
			require.Equal(t, []string{"6"}, got)
			require.NoError(t, peer.Close())
		})
	})
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
			require.Less(t, len(accepted), 1200, name)
			for i := range 3 {
				_, p, err := inbox.ReadMessage()
				require.NoError(t, err)
				require.Equal(t, strconv.Itoa(i), string(bytes.TrimRight(p, "\x00")))
			}
			inbox.Close()
			synctest.Wait()
			require.Len(t, accepted, 5000, name)
			_, _, err := inbox.ReadMessage()
			require.ErrorIs(t, err, net.ErrClosed)
			inbox.Deliver(func(wire.MessageType, []byte) { t.Error("a message after Close") }, func(error) { t.Error("an end after Close") })
			inbox.End(nil)
		})
	}
}

// What is kept is read before the end is; a message over the limit of the handshake is refused as
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
	_, _, err = inbox.ReadMessage()
	require.ErrorIs(t, err, io.EOF)
}
