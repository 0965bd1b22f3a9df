package tcptest_test

import (
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/internal/tcptest"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/nettest"
)

// tcp has the methods of either network that a test needs.
type tcp interface {
	net.Conn
	CloseWrite() error
	SetLinger(seconds int) error
}

var networks = map[string]func(t *testing.T) (client, server tcp){
	"model": func(*testing.T) (client, server tcp) { return tcptest.Pair(tcptest.Options{}) },
	"loopback": func(t *testing.T) (client, server tcp) {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer ln.Close()
		a, err := net.Dial("tcp", ln.Addr().String())
		require.NoError(t, err)
		b, err := ln.Accept()
		require.NoError(t, err)
		t.Cleanup(func() { a.Close(); b.Close() })
		return a.(tcp), b.(tcp)
	},
}

// The model behaves as the system does.
func TestPair_AsLoopback(t *testing.T) {
	for name, test := range map[string]func(t *testing.T, client, server tcp){
		"end behind the bytes": func(t *testing.T, client, server tcp) {
			say(t, server, "hello")
			require.NoError(t, server.Close())
			wantRest(t, client, "hello")
		},
		"each side ends its own": func(t *testing.T, client, server tcp) {
			say(t, client, "question")
			require.NoError(t, client.CloseWrite())
			_, err := client.Write([]byte("more"))
			require.ErrorIs(t, err, syscall.EPIPE)
			wantRest(t, server, "question")
			say(t, server, "answer")
			require.NoError(t, server.CloseWrite())
			wantRest(t, client, "answer")
		},
		"unread bytes": func(t *testing.T, client, server tcp) {
			say(t, client, "two")
			hear(t, server, "t")
			require.NoError(t, server.Close())
			wantReset(t, client)
		},
		"linger": func(t *testing.T, client, server tcp) {
			require.NoError(t, server.SetLinger(0))
			require.NoError(t, server.Close())
			wantReset(t, client)
			_, err := client.Write([]byte("x"))
			require.ErrorIs(t, err, syscall.EPIPE)
		},
		"a write hears of the reset": func(t *testing.T, client, server tcp) {
			require.NoError(t, server.SetLinger(0))
			require.NoError(t, server.Close())
			require.ErrorIs(t, writeOn(client), syscall.ECONNRESET)
			wantRest(t, client, "")
		},
		"writing to one that has closed": func(t *testing.T, client, server tcp) {
			require.NoError(t, server.Close())
			wantRest(t, client, "")
			require.ErrorIs(t, writeOn(client), syscall.EPIPE)
			wantRest(t, client, "")
		},
		"deadline before bytes": func(t *testing.T, client, server tcp) {
			say(t, server, "hello")
			require.NoError(t, client.SetReadDeadline(time.Unix(1, 0)))
			_, err := client.Read(make([]byte, 9))
			require.ErrorIs(t, err, os.ErrDeadlineExceeded)
			require.NoError(t, client.SetReadDeadline(time.Time{}))
			hear(t, client, "hello")
		},
		"part of a write": func(t *testing.T, client, server tcp) {
			require.NoError(t, client.SetWriteDeadline(time.Now().Add(50*time.Millisecond)))
			n, err := client.Write(make([]byte, 64<<20))
			require.ErrorIs(t, err, os.ErrDeadlineExceeded)
			var timeout net.Error
			require.ErrorAs(t, err, &timeout)
			require.True(t, timeout.Timeout())
			require.NoError(t, client.Close())
			got, err := io.Copy(io.Discard, server)
			require.NoError(t, err)
			require.EqualValues(t, n, got)
		},
		"closed here": func(t *testing.T, client, _ tcp) {
			read := make(chan error, 1)
			go func() {
				_, err := client.Read(make([]byte, 1))
				read <- err
			}()
			require.NoError(t, client.Close())
			require.ErrorIs(t, <-read, net.ErrClosed)
			_, err := client.Write([]byte("x"))
			require.ErrorIs(t, err, net.ErrClosed)
			require.ErrorIs(t, client.Close(), net.ErrClosed)
			require.ErrorIs(t, client.CloseWrite(), net.ErrClosed)
			require.Error(t, client.SetDeadline(time.Time{}))
		},
		"nothing": func(t *testing.T, client, _ tcp) {
			n, err := client.Read(nil)
			require.NoError(t, err)
			require.Zero(t, n)
			n, err = client.Write(nil)
			require.NoError(t, err)
			require.Zero(t, n)
		},
	} {
		for network, pair := range networks {
			t.Run(name+"/"+network, func(t *testing.T) {
				client, server := pair(t)
				test(t, client, server)
			})
		}
	}
}

// say writes.
func say(t *testing.T, nc net.Conn, text string) {
	t.Helper()
	n, err := nc.Write([]byte(text))
	require.NoError(t, err)
	require.Len(t, text, n)
}

// hear reads so much.
func hear(t *testing.T, nc net.Conn, text string) {
	t.Helper()
	p := make([]byte, len(text))
	_, err := io.ReadFull(nc, p)
	require.NoError(t, err)
	require.Equal(t, text, string(p))
}

// wantRest reads up to a peaceful end.
func wantRest(t *testing.T, nc net.Conn, text string) {
	t.Helper()
	p, err := io.ReadAll(nc)
	require.NoError(t, err)
	require.Equal(t, text, string(p))
}

// wantReset reads a reset, of which only one call hears.
func wantReset(t *testing.T, nc net.Conn) {
	t.Helper()
	n, err := nc.Read(make([]byte, 9))
	require.ErrorIs(t, err, syscall.ECONNRESET)
	require.Zero(t, n)
	wantRest(t, nc, "")
}

// writeOn writes until that fails.
func writeOn(nc net.Conn) error {
	for {
		if _, err := nc.Write([]byte("x")); err != nil {
			return err
		}
	}
}

// A reset may overtake bytes that were sent before it, or come behind them.
func TestPair_Overtakes(t *testing.T) {
	for _, overtakes := range []bool{false, true} {
		client, server := tcptest.Pair(tcptest.Options{Overtakes: overtakes})
		say(t, client, "unread")
		say(t, server, "last words")
		require.NoError(t, server.Close())
		if !overtakes {
			hear(t, client, "last words")
		}
		wantReset(t, client)
		require.Equal(t, []string{"server RST"}, client.History())

		// The same without unread bytes: those that come too late cause it.
		client, server = tcptest.Pair(tcptest.Options{Overtakes: overtakes})
		say(t, server, "last words")
		require.NoError(t, server.Close())
		say(t, client, "too late")
		if !overtakes {
			hear(t, client, "last words")
		}
		require.NoError(t, client.Close())
		require.Equal(t, []string{"server FIN", "server RST"}, client.History())
	}
}

// A window bounds the bytes on their way; they take their time, and arrive in pieces.
func TestPair_Options(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := tcptest.Pair(tcptest.Options{Window: 4, Latency: time.Second,
			Pieces: func(n int) int { return (n + 1) / 2 }})
		wrote := make(chan error)
		go func() {
			_, err := client.Write([]byte("abcdef"))
			wrote <- err
		}()
		begin := time.Now()
		p := make([]byte, 9)
		for _, want := range []string{"ab", "c", "d", "e", "f"} {
			n, err := server.Read(p)
			require.NoError(t, err)
			require.Equal(t, want, string(p[:n]))
			synctest.Wait()
		}
		require.NoError(t, <-wrote)
		require.Equal(t, 2*time.Second, time.Since(begin), "the window makes the rest wait for one more")

		require.NoError(t, server.SetReadDeadline(time.Now().Add(time.Minute)))
		begin = time.Now()
		_, err := server.Read(p)
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)
		require.Equal(t, time.Minute, time.Since(begin))

		require.NoError(t, client.Close())
		require.NoError(t, server.SetReadDeadline(time.Time{}))
		begin = time.Now()
		wantRest(t, server, "")
		require.Equal(t, time.Second, time.Since(begin))
		require.NoError(t, server.Close())
		require.Equal(t, []string{"client FIN", "server FIN"}, server.History())
	})
}

// The model behaves as every net.Conn must.
func TestPair_Nettest(t *testing.T) {
	nettest.TestConn(t, func() (c1, c2 net.Conn, stop func(), err error) {
		a, b := tcptest.Pair(tcptest.Options{})
		return a, b, func() { a.Close(); b.Close() }, nil
	})
}
