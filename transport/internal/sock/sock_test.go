package sock

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/internal/tcptest"
	"github.com/stretchr/testify/require"
)

// Each key to mask a frame with is another one, and the bytes before a payload are its header's.
func TestWide(t *testing.T) {
	w := GetWide()
	defer PutWide(w)
	seen := map[[4]byte]bool{}
	for range 500 {
		seen[w.Key()] = true
	}
	require.Greater(t, len(seen), 495, "keys come again")
	require.NotContains(t, seen, [4]byte{})
	copy(w.Payload(), "payload")
	b := w.Framed(6, len("payload"))
	copy(b, "header")
	require.Equal(t, "headerpayload", string(b))
	require.Equal(t, "payload", string(w.Payload()[:7]))
	require.Len(t, w.Payload(), WideSize)
	require.Len(t, w.Framed(14, WideSize), len(w.Bytes()))
	require.Equal(t, "payload", string(w.Bytes()[14:21]))
}

// inner is a connection around another.
type inner struct {
	net.Conn
	closed bool
}

func (i *inner) NetConn() net.Conn { return i.Conn }
func (i *inner) Close() error      { i.closed = true; return i.Conn.Close() }

// Abort closes the connection below all layers, and does not ask them: they might have to write.
func TestAbort(t *testing.T) {
	_, server := tcptest.Pair(tcptest.Options{})
	one := &inner{Conn: server}
	two := &inner{Conn: one}
	Abort(two)
	require.False(t, one.closed || two.closed)
	_, err := server.Write([]byte("x"))
	require.ErrorIs(t, err, net.ErrClosed)
}

// Linger lets the peer read its last words, and waits for its end, but not for ever.
func TestLinger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := tcptest.Pair(tcptest.Options{Overtakes: true})
		_, err := client.Write([]byte("unread"))
		require.NoError(t, err)
		_, err = server.Write([]byte("last words"))
		require.NoError(t, err)
		begin := time.Now()
		go func() {
			time.Sleep(500 * time.Millisecond)
			b, err := io.ReadAll(client)
			require.NoError(t, err)
			require.Equal(t, "last words", string(b))
			require.NoError(t, client.Close())
		}()
		Linger(server)
		require.Equal(t, 500*time.Millisecond, time.Since(begin))
		_, err = server.Read(make([]byte, 1))
		require.ErrorIs(t, err, net.ErrClosed)

		client, server = tcptest.Pair(tcptest.Options{})
		begin = time.Now()
		Linger(server)
		require.Equal(t, FailTimeout, time.Since(begin), "a peer that does not end")
		_, err = server.Read(make([]byte, 1))
		require.ErrorIs(t, err, net.ErrClosed)
		_ = client.Close()

		begin = time.Now()
		_, server = tcptest.Pair(tcptest.Options{})
		Linger(struct{ net.Conn }{server})
		require.Zero(t, time.Since(begin), "a stream without halves is closed at once")
		_, err = server.Read(make([]byte, 1))
		require.ErrorIs(t, err, net.ErrClosed)
	})
}

func TestReason(t *testing.T) {
	for want, err := range map[string]error{
		"the peer ended it in the middle of the handshake": io.ErrUnexpectedEOF,
		"the peer ended it without a Close frame":          fmt.Errorf("lost: %w", io.ErrUnexpectedEOF),
		"connection refused": fmt.Errorf("dialing: %w",
			&net.OpError{Op: "dial", Err: errors.New("connection refused")}),
		"connection reset by peer": &net.OpError{Op: "remote error", Err: &net.OpError{Op: "read",
			Err: os.NewSyscallError("read", syscall.ECONNRESET)}},
		"bad certificate": &net.OpError{Op: "local error", Err: errors.New("bad certificate")},
		"anything":        errors.New("anything"),
	} {
		require.Equal(t, want, Reason(err))
	}
}

// room is one that records its requests.
type room struct {
	memory   [8]byte
	sure     []bool
	left     int
	released bool
	waits    func() // called once there is nothing to read, if not nil
}

func (r *room) Take(sure bool) []byte {
	r.sure, r.released = append(r.sure, sure), false
	return r.memory[:]
}
func (r *room) Leave() {
	r.left++
	r.released = true
	if r.waits != nil {
		r.waits()
	}
}

// Lazy reads the same bytes as net.Conn would, has no memory while it waits, and ends as net.Conn
// does.
func TestLazy(t *testing.T) {
	if !canReadRaw {
		t.Skip("not on this system")
	}
	for network, addr := range map[string]string{"tcp": "127.0.0.1:0",
		"unix": filepath.Join(t.TempDir(), "s")} {
		t.Run(network, func(t *testing.T) {
			ln, err := net.Listen(network, addr)
			require.NoError(t, err)
			defer ln.Close()
			client, err := net.Dial(network, ln.Addr().String())
			require.NoError(t, err)
			defer client.Close()
			server, err := ln.Accept()
			require.NoError(t, err)
			defer server.Close()
			var l Lazy
			r := &room{}
			require.True(t, l.Init(server, r))
			_, err = client.Write([]byte("0123456789"))
			require.NoError(t, err)
			var got []byte
			for len(got) < 10 {
				r.sure = nil
				n, err := l.Read()
				require.NoError(t, err)
				require.False(t, r.sure[0], "nobody has announced anything")
				require.False(t, r.released, "what was read is in it")
				got = append(got, r.memory[:n]...)
			}
			require.Equal(t, "0123456789", string(got))

			r.sure, r.left = nil, 0
			r.waits = func() {
				r.waits = nil
				_, _ = client.Write([]byte("x"))
			}
			n, err := l.Read()
			require.NoError(t, err)
			require.Equal(t, 1, n)
			require.Positive(t, r.left) // it may be woken for the bytes before, too
			require.Equal(t, []bool{false, true}, r.sure[:2], "the system has announced the byte")

			r.sure, r.left = nil, 0
			r.waits = func() { require.NoError(t, server.SetReadDeadline(time.Unix(1, 0))) }
			n, err = l.Read()
			require.ErrorIs(t, err, os.ErrDeadlineExceeded)
			require.Zero(t, n)
			require.Equal(t, 1, r.left)
			require.True(t, r.released, "it waits without memory")
			require.NoError(t, server.SetReadDeadline(time.Time{}))
			r.waits = nil

			require.NoError(t, client.Close())
			n, err = l.Read()
			require.Equal(t, io.EOF, err)
			require.Zero(t, n)
			require.NoError(t, server.Close())
			_, err = l.Read()
			require.ErrorIs(t, err, net.ErrClosed)
			require.False(t, l.Init(&inner{Conn: server}, r), "it may have read ahead")
			require.False(t, l.Init(&net.TCPConn{}, r), "it is none")
		})
	}
}

// A reset is an error of the system that is known by its number, and of a read.
func TestLazy_Reset(t *testing.T) {
	if !canReadRaw {
		t.Skip("not on this system")
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer ln.Close()
	client, err := net.Dial("tcp", ln.Addr().String())
	require.NoError(t, err)
	server, err := ln.Accept()
	require.NoError(t, err)
	defer server.Close()
	var l Lazy
	r := &room{}
	require.True(t, l.Init(server, r))
	require.NoError(t, client.(*net.TCPConn).SetLinger(0))
	require.NoError(t, client.Close())
	n, err := l.Read()
	require.Zero(t, n)
	var op *net.OpError
	require.ErrorAs(t, err, &op)
	require.Equal(t, "read", op.Op)
	require.ErrorContains(t, err, "reset")
	require.True(t, r.released)
}

// A client of TLS that fails leaves no connection.
func TestStartTLS(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := tcptest.Pair(tcptest.Options{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := StartTLS(ctx, client, &tls.Config{InsecureSkipVerify: true})
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, err, "TLS handshake: ")
		_, err = client.Write([]byte("x"))
		require.ErrorIs(t, err, net.ErrClosed)
		_ = server.Close()
	})
}

// A server that speaks no TLS leaves no connection either.
func TestStartTLS_Garbage(t *testing.T) {
	client, server := tcptest.Pair(tcptest.Options{})
	_, err := server.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
	require.NoError(t, err)
	_, err = StartTLS(t.Context(), client, &tls.Config{InsecureSkipVerify: true})
	require.ErrorContains(t, err, "TLS handshake: ")
	_, err = client.Write([]byte("x"))
	require.ErrorIs(t, err, net.ErrClosed)
}

// A Source has no buffer while it waits on a socket of the system, and the bytes of a read at the
// beginning of its payload.
func TestSource(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer ln.Close()
	dialed, err := net.Dial("tcp", ln.Addr().String())
	require.NoError(t, err)
	defer dialed.Close()
	accepted, err := ln.Accept()
	require.NoError(t, err)
	defer accepted.Close()
	other, virtual := tcptest.Pair(tcptest.Options{Window: 1 << 20})
	for _, c := range []struct {
		from, to net.Conn
		raw      bool
	}{{dialed, accepted, canReadRaw}, {other, virtual, false}} {
		s := NewSource(c.to)
		require.Equal(t, c.raw, s.raw)
		require.Nil(t, s.Room)
		for range 2 {
			_, err := c.from.Write([]byte("bytes"))
			require.NoError(t, err)
			n, err := s.Read()
			require.NoError(t, err)
			require.Equal(t, "bytes"[:n], string(s.Room.Payload()[:n]))
			if n < len("bytes") {
				_, err = io.ReadFull(c.to, make([]byte, len("bytes")-n))
				require.NoError(t, err)
			}
			held := s.Room
			require.Same(t, &held.Payload()[0], &s.Take(false)[0], "it is read into again")
		}
		require.Len(t, s.Take(false), SourceSize)
		s.Leave()
		require.Nil(t, s.Room)
		s.Leave()
		require.NotNil(t, s.Take(false))
		s.Leave()
		if !c.raw {
			continue
		}
		require.NoError(t, c.to.SetReadDeadline(time.Unix(1, 0)))
		s.Take(false)
		_, err = s.Read()
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)
	}
	s := NewSource(strings.NewReader("any reader"))
	n, err := s.Read()
	require.NoError(t, err)
	require.Equal(t, "any reader", string(s.Room.Payload()[:n]))
}
