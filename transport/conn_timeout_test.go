package transport

import (
	"context"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// The peer ignores the Close and goes on sending.
func TestConn_CloseTimeout(t *testing.T) {
	t.Attr("req", "WSP-CLOSE-01")
	for _, reading := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			a, b := net.Pipe()
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
					if _, err := b.Write(encodeFrames(false, pf{op: opT, p: "data"})); err != nil {
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
		a, _ := net.Pipe()
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

// A server that answers the Close but leaves TCP open costs the client the close timeout, no more.
func TestConn_ClientWaitsForServerToCloseTCP(t *testing.T) {
	t.Attr("req", "WSP-CLOSE-01")
	for _, reading := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			a, b := net.Pipe()
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
			p.send(pf{op: opX, p: "\x03\xe8"})
			require.NoError(t, <-closed)
			require.Equal(t, closeTimeout, time.Since(start))
			if reading {
				require.Equal(t, CloseNormal, CloseCode(<-read))
			}
			p.wantEnd("TCP is closed")
		})
	}
}

func TestConn_CancelledReadEndsTheWaitForEOF(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := net.Pipe()
		c, p := testConn(a, true), newPeer(t, b, false)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		read := make(chan error)
		start := time.Now()
		go func() {
			_, _, err := c.Read(ctx)
			read <- err
		}()
		p.send(pf{op: opX})
		p.wantFrame("Close is answered", opX, "")
		require.Equal(t, CloseNoStatus, CloseCode(<-read), "the peer's Close is reported")
		require.Equal(t, time.Second, time.Since(start))
	})
}
