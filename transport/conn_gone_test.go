package transport

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/transport/internal/sock"
	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
)

// The context of Serve ends with the connection, however that ends, and says why.
func TestServe_ContextEndsWithPeer(t *testing.T) {
	ends := map[string]struct {
		end  func(c *Conn)
		want error
	}{
		"a Close frame": {func(c *Conn) { _ = c.Close(CloseGoingAway, "bye") },
			&CloseError{CloseGoingAway, "bye"}},
		"TCP": {func(c *Conn) { _ = c.CloseNow() }, io.ErrUnexpectedEOF},
		"wrong frames": {func(c *Conn) {
			_ = c.link.WriteRaw([]byte{0xff, 0x80, 0, 0, 0, 0})
		}, &ProtocolError{CloseProtocolError, "use of reserved op code"}},
	}
	for name, x := range ends {
		for kind, h := range map[string]*Handler{
			"own": {},
			"ConnContext": {ConnContext: func(ctx context.Context, _ *OpeningRequest) context.Context {
				return ctx
			}},
		} {
			t.Run(name+"/"+kind, func(t *testing.T) {
				got := make(chan error, 2)
				h.Serve = func(ctx context.Context, c *Conn) error { // only pushes
					reading := c.CloseRead(context.Background())
					<-ctx.Done()
					<-reading.Done()
					got <- context.Cause(ctx)
					got <- context.Cause(reading)
					return nil
				}
				c, err := Dial(t.Context(), serve(t, h), nil)
				require.NoError(t, err)
				x.end(c)
				for range 2 {
					err := <-got
					if err.Error() != x.want.Error() {
						require.ErrorIs(t, err, x.want)
					}
				}
			})
		}
	}
}

// The context that ended with the connection does not hide why it ended.
func TestServe_EndedContextInCalls(t *testing.T) {
	got := make(chan error, 3)
	url := serve(t, &Handler{Serve: func(ctx context.Context, c *Conn) error {
		_, _, err := c.Read(ctx)
		require.Equal(t, CloseNormal, CloseCode(err))
		<-ctx.Done()
		_, _, err = c.Read(ctx)
		got <- err
		got <- c.Write(ctx, Text, nil)
		got <- c.Ping(ctx)
		return nil
	}})
	c, err := Dial(t.Context(), url, nil)
	require.NoError(t, err)
	require.NoError(t, c.Close(CloseNormal, ""))
	for range 3 {
		err := <-got
		require.ErrorIs(t, err, net.ErrClosed)
		require.Equal(t, CloseNormal, CloseCode(err))
	}
}

func TestConn_CloseRead(t *testing.T) {
	virtual(t, "a message ends the connection", func(t *testing.T) {
		a, b := connPair(t, pipePair)
		ctx := a.CloseRead(t.Context())
		require.NoError(t, b.Write(t.Context(), Text, []byte("unexpected")))
		_, _, err := b.Read(t.Context())
		require.Equal(t, &CloseError{ClosePolicyViolation, "no messages are expected here"}, err)
		<-ctx.Done()
		require.Equal(t, &ProtocolError{ClosePolicyViolation, "no messages are expected here"},
			context.Cause(ctx))
	})
	virtual(t, "what the peer still sends is read", func(t *testing.T) {
		nc, other := connection(t)
		c, p := testConn(nc, false), newPeer(t, other, true)
		begin, ctx := time.Now(), c.CloseRead(t.Context())
		p.send(pf{Op: opT, P: "unexpected"})
		p.wantFrame("Close", opX, "\x03\xf0no messages are expected here")
		for range 3 { // an unread byte would reset the connection, and take the Close along
			time.Sleep(sock.FailTimeout / 2)
			p.send(pf{Op: opT, P: "more"})
		}
		<-ctx.Done()
		require.Equal(t, 3*sock.FailTimeout/2+sock.FailTimeout, time.Since(begin))
	})
	virtual(t, "the end of ctx leaves the connection as it is", func(t *testing.T) {
		a, b := connPair(t, pipePair)
		ctx, cancel := context.WithCancel(t.Context())
		reading := a.CloseRead(ctx)
		synctest.Wait()
		cancel()
		<-reading.Done()
		synctest.Wait()
		go func() { _ = b.Write(t.Context(), Text, []byte("later")) }() // a pipe holds nothing
		wantMessage(t, a, Text, "later")
	})
	virtual(t, "Pings are answered", func(t *testing.T) {
		a, b := connPair(t, pipePair)
		ctx := a.CloseRead(t.Context())
		require.NoError(t, b.Ping(t.Context()))
		require.NoError(t, ctx.Err())
	})
}

func TestConn_OnPing(t *testing.T) {
	virtual(t, "", func(t *testing.T) {
		a, b := connPair(t, pipePair)
		var pings, pongs []string
		a.OnPing(func(p []byte) { pings = append(pings, string(p)) })
		b.OnPong(func(p []byte) { pongs = append(pongs, string(p)) })
		done := a.CloseRead(t.Context())
		require.NoError(t, b.link.WriteRaw(b.link.AppendFrame(nil, ws.OpPing, []byte("are you there"))))
		require.NoError(t, b.Ping(t.Context()))
		require.NoError(t, b.Ping(t.Context()))
		require.NoError(t, b.Close(CloseNormal, ""))
		<-done.Done()
		require.Equal(t, []string{"are you there", "", ""}, pings)
		require.Contains(t, pongs, "are you there")
	})
}

// wrappedConn is a connection around another one.
type wrappedConn struct{ net.Conn }

func (c wrappedConn) NetConn() net.Conn { return c.Conn }

// TLS is found below connections that wrap others and have a method NetConn.
func TestConn_TLSBelow(t *testing.T) {
	a, _ := pipePair(t)
	secure := tls.Client(a, &tls.Config{ServerName: "one.example"})
	for want, nc := range map[bool]net.Conn{true: wrappedConn{wrappedConn{secure}},
		false: wrappedConn{wrappedConn{a}}} {
		require.Equal(t, want, testConn(nc, true).TLS() != nil)
	}
	require.NotNil(t, testConn(secure, true).TLS())
}

func TestConn_TLSAndRemoteAddr(t *testing.T) {
	type seen struct {
		secure bool
		remote string
	}
	got := make(chan seen, 1)
	h := &Handler{Serve: func(_ context.Context, c *Conn) error {
		got <- seen{c.TLS() != nil && c.TLS().HandshakeComplete, c.RemoteAddr().String()}
		return nil
	}}
	for _, secure := range []bool{false, true} {
		url, opts := serve(t, h), &DialOptions{}
		if secure {
			url, opts.TLSConfig = serveTLS(t, h, nil)
		}
		c, err := Dial(t.Context(), url, opts)
		require.NoError(t, err)
		require.Equal(t, seen{secure, c.NetConn().LocalAddr().String()}, <-got)
		require.Equal(t, secure, c.TLS() != nil)
		require.NoError(t, c.CloseNow())
	}
}
