package web

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/internal/tcptest"
	"github.com/stretchr/testify/require"
)

// site is a Queue with a server for it.
type site struct {
	Queue
	made  int
	enter func(r *http.Request)
	about []any
	gone  []string
}

func (s *site) server() *http.Server {
	s.made++
	return &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if s.enter != nil {
				s.enter(r)
			}
			_, _ = io.WriteString(w, r.URL.Path)
		}),
		ConnContext: func(ctx context.Context, nc net.Conn) context.Context {
			s.about = append(s.about, About(nc))
			return ctx
		},
	}
}

// take hands over a connection whose request begins with bytes read already.
func (s *site) take(nc net.Conn, read, name string) {
	s.Take(s.server, nc, []byte(read), name, func() { s.gone = append(s.gone, name) })
}

// ask writes the rest of a request and returns the answer of the server, up to the end of the
// stream.
func ask(t *testing.T, nc net.Conn, rest string) string {
	_, err := io.WriteString(nc, rest)
	require.NoError(t, err)
	b, err := io.ReadAll(nc)
	require.NoError(t, err)
	return string(b)
}

// One server serves all connections, each from its first byte on, knows the value that each was
// handed over with, and tells once that a connection is closed.
func TestQueue_Take(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &site{}
		for _, name := range []string{"one", "two"} {
			client, server := tcptest.Pair(tcptest.Options{})
			s.take(server, "GET /"+name+" HTTP/1.1\r\nHost: h\r\nConnec", name)
			require.Contains(t, ask(t, client, "tion: close\r\n\r\n"), "\r\n\r\n/"+name)
			require.NoError(t, client.Close())
			synctest.Wait()
		}
		require.Equal(t, 1, s.made)
		require.Equal(t, []any{"one", "two"}, s.about)
		require.Equal(t, []string{"one", "two"}, s.gone)
		require.NoError(t, s.Shutdown(t.Context()))
	})
}

// A server that is shut down answers those that have asked, and takes no more connections, whether
// there was a server or not.
func TestQueue_Shutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		refused := func(s *site) {
			made := s.made
			_, server := tcptest.Pair(tcptest.Options{})
			s.take(server, "GET / HTTP/1.1\r\n", "late")
			_, err := server.Write([]byte("x"))
			require.ErrorIs(t, err, net.ErrClosed)
			require.Equal(t, []any{"late"}, []any{s.gone[len(s.gone)-1]})
			require.Equal(t, made, s.made)
		}
		none := &site{}
		require.NoError(t, none.Shutdown(t.Context()))
		refused(none)
		none = &site{}
		none.Close()
		refused(none)

		asked := make(chan struct{})
		s := &site{enter: func(*http.Request) {
			close(asked)
			time.Sleep(time.Minute)
		}}
		client, server := tcptest.Pair(tcptest.Options{})
		s.take(server, "GET /slow HTTP/1.1\r\nHost: h\r\n\r\n", "slow")
		<-asked
		begin := time.Now()
		require.NoError(t, s.Shutdown(t.Context()))
		require.GreaterOrEqual(t, time.Since(begin), time.Minute)
		require.Contains(t, ask(t, client, ""), "/slow")
		refused(s)
	})
}

// Connections that outlast the time to shut down are dropped, and so are all by Close.
func TestQueue_Drops(t *testing.T) {
	for name, end := range map[string]func(t *testing.T, s *site){
		"Shutdown": func(t *testing.T, s *site) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			require.ErrorIs(t, s.Shutdown(ctx), context.DeadlineExceeded)
		},
		"Close": func(_ *testing.T, s *site) { s.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				asked := make(chan struct{})
				s := &site{enter: func(r *http.Request) {
					close(asked)
					<-r.Context().Done() // ends with the connection
				}}
				client, server := tcptest.Pair(tcptest.Options{})
				s.take(server, "GET / HTTP/1.1\r\nHost: h\r\n\r\n", "slow")
				<-asked
				end(t, s)
				synctest.Wait()
				_, err := server.Write([]byte("x"))
				require.ErrorIs(t, err, net.ErrClosed)
				require.Equal(t, []string{"slow"}, s.gone)
				require.NoError(t, client.Close())
			})
		})
	}
}

// A connection that waits for a server which accepts nothing is closed when that ends.
func TestQueue_EndsWhileTaking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &site{}
		var server http.Server
		require.NoError(t, server.Close()) // it never accepts
		_, nc := tcptest.Pair(tcptest.Options{})
		gone := 0
		s.Take(func() *http.Server { return &server }, nc, nil, nil, func() { gone++ })
		require.Equal(t, 1, gone)
		_, err := nc.Write([]byte("x"))
		require.ErrorIs(t, err, net.ErrClosed)
	})
}

// Over TLS requests say so, and the bytes read already are decrypted.
func TestQueue_TLS(t *testing.T) {
	h := httptest.NewTLSServer(nil) // it has a certificate
	defer h.Close()
	synctest.Test(t, func(t *testing.T) {
		below, accepted := tcptest.Pair(tcptest.Options{})
		client := tls.Client(below, &tls.Config{InsecureSkipVerify: true})
		server := tls.Server(accepted, h.TLS)
		go func() { _ = client.Handshake() }()
		require.NoError(t, server.Handshake())
		var version uint16
		s := &site{enter: func(r *http.Request) { version = r.TLS.Version }}
		s.take(server, "GET /x HTTP/1.1\r\nHost: h\r\n", "secure")
		require.Contains(t, ask(t, client, "Connection: close\r\n\r\n"), "\r\n\r\n/x")
		require.Equal(t, uint16(tls.VersionTLS13), version)
		require.Equal(t, []any{"secure"}, s.about)
		s.Close()
	})
}

// whole is a connection whose stream cannot end on one side alone.
type whole struct{ net.Conn }

// A connection that was handed over ends as the one below does.
func TestReadConn(t *testing.T) {
	client, server := tcptest.Pair(tcptest.Options{})
	gone := 0
	c := &readConn{Conn: server, read: []byte("abcd"), gone: func() { gone++ }}
	require.Nil(t, About(c))
	require.Nil(t, About(server))
	require.Same(t, server, c.NetConn())
	_, err := client.Write([]byte("ef"))
	require.NoError(t, err)
	var got []string
	for range 3 {
		var p [3]byte
		n, err := c.Read(p[:])
		require.NoError(t, err)
		got = append(got, string(p[:n]))
	}
	require.Equal(t, []string{"abc", "d", "ef"}, got)
	require.Nil(t, c.read, "nothing holds what was read")
	require.NoError(t, c.CloseWrite())
	_, err = client.Read(make([]byte, 1))
	require.Equal(t, io.EOF, err)
	_, err = client.Write([]byte("still"))
	require.NoError(t, err)
	require.True(t, errors.Is((&readConn{Conn: whole{server}}).CloseWrite(), http.ErrNotSupported))
	require.Zero(t, gone)
	require.NoError(t, c.Close())
	require.Equal(t, 1, gone)
}
