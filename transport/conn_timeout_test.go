package transport

import (
	"context"
	"io"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/internal/tcptest"
	"example.com/khp/transport/internal/frametest"
	"example.com/khp/transport/internal/sock"
	"github.com/stretchr/testify/require"
)

// The peer ignores the Close and goes on sending.
func TestConn_CloseTimeout(t *testing.T) {
	t.Attr("req", "WSP-CLOSE-01")
	for _, reading := range []bool{false, true} {
		onNetworks(t, virtualNetworks, func(t *testing.T) {
			a, b := connection(t)
			c, p := testConn(a, false), newPeer(t, b, true)
			read := make(chan error, 1)
			if reading {
				go func() {
					_, _, err := c.Read(context.Background())
					read <- err
				}()
			}
			tick := time.NewTicker(100 * time.Millisecond)
			defer tick.Stop()
			go func() {
				for {
					if _, err := b.Write(frametest.Encode(false, pf{Op: opT, P: "data"})); err != nil {
						return
					}
					select {
					case <-tick.C:
					case <-t.Context().Done():
						return
					}
				}
			}()
			if reading {
				require.NoError(t, <-read)
				go func() {
					_, _, err := c.Read(context.Background())
					read <- err
				}()
			}
			closed := make(chan error)
			start := time.Now()
			go func() { closed <- c.Close(CloseNormal, "") }()
			p.wantFrame("Close goes out", opX, "\x03\xe8")
			err := <-closed
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.ErrorContains(t, err, "peer did not complete the closing handshake within 5s")
			require.Equal(t, closeTimeout, time.Since(start))
			p.wantEnd("TCP is closed")
			if reading {
				<-read
			}
		})
	}
}

// A peer that reads nothing cannot keep Close waiting either.
func TestConn_CloseTimeoutWhileWriting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, _ := connection(t)
		c := testConn(a, true)
		wrote := make(chan error, 1)
		go func() { wrote <- c.Write(context.Background(), Text, []byte("blocked")) }()
		synctest.Wait()
		start := time.Now()
		require.ErrorIs(t, c.Close(CloseNormal, ""), context.DeadlineExceeded)
		require.Equal(t, closeTimeout, time.Since(start))
		require.Error(t, <-wrote)
	})
}

// A server that is writing when the peer closes ends its message and answers, and then waits for
// nothing more.
func TestConn_PeerClosesWhileWriting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := pipePair(t)
		c, p := testConn(a, false), newPeer(t, b, true)
		end := untilEnd(c)
		wrote := make(chan error, 1)
		go func() { wrote <- c.Write(context.Background(), Text, []byte("slow")) }()
		synctest.Wait()
		start := time.Now()
		p.send(pf{Op: opX, P: "\x03\xe8"})
		p.wantFrame("the message comes whole", opT, "slow")
		p.wantFrame("Close is answered", opX, "\x03\xe8")
		p.wantEnd("TCP is closed")
		require.Zero(t, time.Since(start))
		require.NoError(t, <-wrote)
		require.Equal(t, CloseNormal, CloseCode(<-end))
	})
}

// A server that answers the Close but leaves TCP open costs the client the close timeout, no more.
func TestConn_ClientWaitsForServerToCloseTCP(t *testing.T) {
	t.Attr("req", "WSP-CLOSE-01")
	for _, reading := range []bool{false, true} {
		onNetworks(t, virtualNetworks, func(t *testing.T) {
			a, b := connection(t)
			c, p := testConn(a, true), newPeer(t, b, false)
			read := make(chan error, 1)
			if reading {
				go func() {
					_, _, err := c.Read(context.Background())
					read <- err
				}()
				synctest.Wait()
			}
			start := time.Now()
			closed := make(chan error)
			go func() { closed <- c.Close(CloseNormal, "") }()
			p.wantFrame("Close goes out", opX, "\x03\xe8")
			p.send(pf{Op: opX, P: "\x03\xe8"})
			require.NoError(t, <-closed)
			require.Equal(t, closeTimeout, time.Since(start))
			if reading {
				require.Equal(t, CloseNormal, CloseCode(<-read))
			}
			p.wantEnd("TCP is closed")
		})
	}
}

// A Close is reported when it arrives, not when the server closes TCP, which gateways do seconds
// later; nor does an answer that cannot be written delay it.
func TestConn_ReadReportsCloseAtOnce(t *testing.T) {
	for name, reads := range map[string]bool{"reading": true, "deaf": false} {
		for _, writing := range []bool{false, true} {
			virtual(t, name, func(t *testing.T) {
				a, b := connection(t)
				c, p := testConn(a, true), newPeer(t, b, false)
				start := time.Now()
				wrote := make(chan error, 1)
				if writing {
					go func() {
						wrote <- c.Write(context.Background(), Binary,
							make([]byte, tcptest.DefaultWindow))
					}()
					synctest.Wait()
				}
				go p.send(pf{Op: opX, P: "\x03\xf1too big"})
				if reads {
					go func() { _, _ = io.Copy(io.Discard, b) }()
				}
				_, _, err := c.Read(t.Context())
				require.Equal(t, &CloseError{CloseTooBig, "too big"}, err)
				require.LessOrEqual(t, time.Since(start), replyTimeout)
				require.ErrorIs(t, c.Close(CloseNormal, ""), net.ErrClosed)
				if writing && !reads {
					require.Equal(t, CloseTooBig, CloseCode(<-wrote), "it ends, and says why")
				}
				<-c.done
				require.Equal(t, closeTimeout, time.Since(start).Truncate(time.Second),
					"TCP is closed by the client if the server does not")
				_ = b.Close()
			})
		}
	}
}

// A server's Close for a message far above the limit is not lost to a reset, although the client
// reads only when all of the message is sent, and other messages are still on their way to it.
func TestConn_TooBigIsHeard(t *testing.T) {
	t.Attr("req", "WSP-CLOSE-02")
	for !tooBigIsHeard(t) {
	}
}

// tooBigIsHeard is false if the client, on a slow machine, needed more time for its message than
// the server has patience.
func tooBigIsHeard(t *testing.T) (inTime bool) {
	big, before := make([]byte, 16<<20), make([]byte, 100<<10)
	a, b := tcpPair(t)
	require.NoError(t, a.(*net.TCPConn).SetReadBuffer(4<<10))
	require.NoError(t, b.(*net.TCPConn).SetWriteBuffer(1<<20))
	client, server := testConn(a, true), testConn(b, false)
	server.SetReadLimit(1 << 10)
	require.NoError(t, server.Write(t.Context(), Binary, before))
	end := make(chan error, 1)
	go func() {
		_, _, err := server.Read(context.Background())
		end <- err
	}()
	begin := time.Now()
	wrote := client.Write(t.Context(), Binary, big)
	_, p, err := client.Read(t.Context())
	if wrote == nil && err == nil {
		require.Len(t, p, len(before))
		_, _, err = client.Read(t.Context())
	}
	late := time.Since(begin) >= sock.FailTimeout
	_ = client.CloseNow()
	require.ErrorAs(t, <-end, new(*ProtocolError))
	if late && CloseCode(err) != CloseTooBig {
		return false
	}
	require.NoError(t, wrote)
	require.Equal(t, CloseTooBig, CloseCode(err), "%v", err)
	return true
}

// A deadline that the application sets in spite of all ends a Read with an error, not with a
// message.
func TestConn_DeadlineOfNetConn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, _ := pipePair(t)
		c := testConn(a, true)
		require.NoError(t, c.NetConn().SetReadDeadline(time.Now().Add(time.Second)))
		_, _, err := c.Read(context.Background())
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)
	})
}

// A call that waits for its turn to read ends with its context, and leaves the turn to the others.
func TestConn_WaitingToRead(t *testing.T) {
	virtual(t, "", func(t *testing.T) {
		a, b := connection(t)
		c, p := testConn(a, true), newPeer(t, b, false)
		first := make(chan string, 1)
		go func() {
			_, m, _ := c.Read(t.Context())
			first <- string(m)
		}()
		synctest.Wait()
		for _, call := range []func(ctx context.Context) error{
			func(ctx context.Context) error { _, _, err := c.Read(ctx); return err },
			func(ctx context.Context) error { _, _, err := c.Reader(ctx); return err },
		} {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			begin := time.Now()
			require.Equal(t, context.DeadlineExceeded, call(ctx))
			require.Equal(t, time.Second, time.Since(begin))
			cancel()
		}
		p.send(pf{Op: opT, P: "one"})
		require.Equal(t, "one", <-first)
		go p.send(pf{Op: opT, P: "two"})
		wantMessage(t, c, Text, "two")
	})
}

// The end of a message that cannot be sent is an error, in fragments and as a whole.
func TestConn_WriterCannotEnd(t *testing.T) {
	for _, whole := range []bool{false, true} {
		c, _ := connPair(t, tcpPair)
		c.info.unfragmented = whole
		w, err := c.Writer(t.Context(), Text)
		require.NoError(t, err)
		_, err = w.Write([]byte("something"))
		require.NoError(t, err)
		_ = c.CloseNow()
		require.Error(t, w.Close())
		require.Error(t, w.Close())
	}
}
