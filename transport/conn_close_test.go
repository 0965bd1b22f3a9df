package transport

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/transport/internal/deflate"
	"example.com/khp/transport/internal/frametest"
	"example.com/khp/transport/internal/sock"
	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
)

func TestConn_PeerCloses(t *testing.T) {
	t.Attr("req", "WSP-FRAME-06")
	for name, c := range map[string]struct {
		body, reply string
		want        CloseError
	}{
		"code and reason": {"\x03\xe9bye", "\x03\xe9bye", CloseError{CloseGoingAway, "bye"}},
		"code":            {"\x0f\xa0", "\x0f\xa0", CloseError{4000, ""}},
		"empty":           {"", "", CloseError{CloseNoStatus, ""}},
	} {
		for side, client := range map[string]bool{"client": true, "server": false} {
			t.Run(side+"/"+name, func(t *testing.T) {
				t.Attr("req", "WSP-CLOSE-01")
				a, b := tcpPair(t)
				conn, p := testConn(a, client), newPeer(t, b, !client)
				conn.closeTimeout = time.Hour
				p.send(pf{Op: opX, P: c.body}, pf{Op: opT, P: "ignored"})
				read := make(chan error, 1)
				go func() {
					_, _, err := conn.Read(context.Background())
					read <- err
				}()
				p.wantFrame("Close is answered with the same code and reason", opX, c.reply)
				if client { // the server closes TCP first
					require.NoError(t, b.Close())
				} else {
					p.wantEnd("the server closes TCP at once")
				}
				err := <-read
				require.Equal(t, &c.want, err)
				require.Equal(t, c.want.Code, CloseCode(err))
				p.wantEnd("TCP is closed")

				_, _, err = conn.Read(t.Context())
				require.ErrorIs(t, err, net.ErrClosed)
				require.Equal(t, c.want.Code, CloseCode(err), "later calls still know the code")
				require.Equal(t, c.want.Code, CloseCode(conn.Write(t.Context(), Text, nil)))
				require.Equal(t, c.want.Code, CloseCode(conn.Ping(t.Context())))
				require.ErrorIs(t, conn.Close(CloseNormal, ""), net.ErrClosed)
				require.ErrorIs(t, conn.CloseNow(), net.ErrClosed)
			})
		}
	}
}

func TestConn_PeerBreaksProtocol(t *testing.T) {
	t.Attr("req", "WSP-CLOSE-02")
	for name, c := range map[string]struct {
		frame pf
		code  uint16
	}{
		"reserved opcode": {pf{Op: 3}, CloseProtocolError},
		"wrong masking":   {pf{Op: opT, P: "x", Mask: true}, CloseProtocolError},
		"not UTF-8":       {pf{Op: opT, P: "\xff"}, CloseInvalidPayload},
		"one-byte close":  {pf{Op: opX, P: "x"}, CloseProtocolError},
	} {
		t.Run(name, func(t *testing.T) {
			t.Attr("req", "WSP-CLOSE-04")
			a, b := tcpPair(t)
			conn, p := testConn(a, false), newPeer(t, b, true)
			p.send(c.frame, pf{Op: opT, P: "not processed"}, pf{Op: opI, P: "nor answered"})
			read := make(chan error, 1)
			go func() {
				_, _, err := conn.Read(context.Background())
				read <- err
			}()
			f, err := frametest.ReadFrame(b)
			require.NoError(t, err)
			code, reason := ws.ParseCloseFrameData(f.Payload)
			require.EqualValues(t, c.code, code)
			require.NotEmpty(t, reason, "the peer is told why")
			p.wantEnd("nothing follows")
			require.NoError(t, b.Close())
			err = <-read
			var broken *ProtocolError
			require.ErrorAs(t, err, &broken)
			require.Equal(t, c.code, broken.Code)
			_, _, err = conn.Read(t.Context())
			require.ErrorAs(t, err, &broken)
			require.ErrorIs(t, err, net.ErrClosed)
		})
	}
}

// halfConn records the end of our sending direction.
type halfConn struct {
	net.Conn
	halfClosed time.Time
}

func (c *halfConn) CloseWrite() error {
	c.halfClosed = time.Now()
	return nil
}

// Bytes that a faulty peer still sends are discarded for a while, so that no reset overtakes our
// Close frame.
func TestConn_PeerBreaksProtocolAndGoesOn(t *testing.T) {
	t.Attr("req", "WSP-CLOSE-02")
	onNetworks(t, virtualNetworks, func(t *testing.T) {
		a, b := connection(t)
		half := &halfConn{Conn: a}
		conn, p := testConn(half, false), newPeer(t, b, true)
		read := make(chan error, 1)
		start := time.Now()
		go func() {
			_, _, err := conn.Read(context.Background())
			read <- err
		}()
		p.send(pf{Op: 3})
		p.wantFrame("Close goes out", opX, "\x03\xea"+ws.ErrProtocolOpCodeReserved.Error())
		p.send(pf{Op: opT, P: "more"}, pf{Op: opX})
		require.ErrorIs(t, conn.Write(t.Context(), Text, nil), net.ErrClosed)
		var broken *ProtocolError
		require.ErrorAs(t, <-read, &broken)
		require.Equal(t, sock.FailTimeout, time.Since(start))
		require.Equal(t, start, half.halfClosed, "the peer is not kept waiting for the end")
		p.wantEnd("TCP is closed")
	})
}

func TestConn_CloseBothAtOnce(t *testing.T) {
	t.Attr("req", "WSP-FRAME-06")
	for _, readers := range []bool{false, true} {
		for range 20 {
			client, server := connPair(t, tcpPair) // their timers never fire
			var wg sync.WaitGroup
			for _, c := range []*Conn{client, server} {
				if readers {
					wg.Go(func() {
						_, _, err := c.Read(context.Background())
						if CloseCode(err) == 0 && !errors.Is(err, net.ErrClosed) {
							t.Errorf("read: %v", err)
						}
					})
				}
				wg.Go(func() {
					err := c.Close(CloseNormal, "")
					// A reader may have completed the closing handshake before Close began.
					if err != nil && !(readers && CloseCode(err) == CloseNormal) {
						t.Errorf("close: %v", err)
					}
				})
			}
			wg.Wait()
		}
	}
}

func TestConn_CloseWhileBothRead(t *testing.T) {
	for name, socket := range sockets {
		for _, clientCloses := range []bool{true, false} {
			a, b := connPair(t, socket)
			if !clientCloses {
				a, b = b, a
			}
			own, theirs := echo(a), echo(b)
			require.NoError(t, a.Close(CloseGoingAway, "bye"), name)
			require.Equal(t, &CloseError{CloseGoingAway, "bye"}, <-theirs)
			end := <-own
			require.True(t, CloseCode(end) == CloseGoingAway || errors.Is(end, net.ErrClosed), "%v", end)
		}
	}
}

func TestConn_CloseTwice(t *testing.T) {
	client, server := connPair(t, tcpPair)
	end := echo(server)
	require.NoError(t, client.Close(CloseNormal, ""))
	require.ErrorIs(t, client.Close(CloseNormal, ""), net.ErrClosed)
	require.ErrorIs(t, client.Write(t.Context(), Text, nil), net.ErrClosed)
	_, _, err := client.Read(t.Context())
	require.ErrorIs(t, err, net.ErrClosed)
	require.Equal(t, CloseNormal, CloseCode(err))
	require.Equal(t, CloseNormal, CloseCode(<-end))
}

func TestConn_CloseRefusesCodes(t *testing.T) {
	t.Attr("req", "WSP-CLOSE-03")
	client, server := connPair(t, tcpPair)
	end := echo(server)
	for _, code := range []uint16{1004, CloseNoStatus, CloseAbnormal, 1015} {
		require.Error(t, client.Close(code, ""))
	}
	require.Error(t, client.Close(0, "no code, no reason"))
	require.NoError(t, client.Close(0, ""), "the connection is still open")
	require.Equal(t, CloseNoStatus, CloseCode(<-end))
}

func TestConn_CloseAfterPeerIsGone(t *testing.T) {
	a, b := tcpPair(t)
	c := testConn(a, true)
	require.NoError(t, b.Close())
	require.ErrorIs(t, c.Close(CloseNormal, ""), io.ErrUnexpectedEOF)
}

func TestConn_CloseNowEndsEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, _ := connection(t)
		c := testConn(a, true)
		ends := make(chan error, 3)
		go func() {
			_, _, err := c.Read(context.Background())
			ends <- err
		}()
		go func() { ends <- c.Write(context.Background(), Text, nil) }()
		go func() { ends <- c.Ping(context.Background()) }()
		synctest.Wait()
		require.NoError(t, c.CloseNow())
		for range 3 {
			require.ErrorIs(t, <-ends, net.ErrClosed)
		}
		require.ErrorIs(t, c.CloseNow(), net.ErrClosed)
		require.ErrorIs(t, c.Close(CloseNormal, ""), net.ErrClosed)

		out, in := connection(t)
		closing := testConn(out, true)
		first := make(chan error, 1)
		go func() { first <- closing.Close(CloseNormal, "") }()
		peer := newPeer(t, in, false)
		peer.wantFrame("Close", opX, "\x03\xe8")
		require.EqualError(t, closing.Close(CloseNormal, ""), errClosed.Error(), "one is under way")
		go peer.send(pf{Op: opX, P: "\x03\xe8"})
		synctest.Wait()
		require.NoError(t, in.Close())
		require.NoError(t, <-first)
	})
}

// Messages that come once Close was called are discarded, whatever call is reading.
func TestConn_CloseDiscardsMessages(t *testing.T) {
	for name, call := range map[string]func(ctx context.Context, c *Conn) error{
		"Read":   func(ctx context.Context, c *Conn) error { _, _, err := c.Read(ctx); return err },
		"Reader": func(ctx context.Context, c *Conn) error { _, _, err := c.Reader(ctx); return err },
		"Ping":   func(ctx context.Context, c *Conn) error { return c.Ping(ctx) },
		"ForwardTo": func(ctx context.Context, c *Conn) error {
			none := writerFunc(func([]byte) (int, error) { panic("a late message") })
			return c.ForwardTo(ctx, none, nil, nil)
		},
	} {
		discards := func(t *testing.T, packed bool) {
			a, b := connection(t)
			c, p := testConn(a, true), newPeer(t, b, false)
			if packed {
				c.link.Compress(deflate.Params{})
			}
			read, closed := make(chan error, 1), make(chan error, 1)
			go func() { read <- call(t.Context(), c) }()
			if name == "Ping" {
				p.wantFrame("Ping goes out", opI, "")
			}
			synctest.Wait()
			go func() { closed <- c.Close(CloseNormal, "") }()
			p.wantFrame("so does Close", opX, "\x03\xe8")
			p.send(pf{Op: opT, P: "late"}, pf{Op: opB, P: strings.Repeat("x", 100<<10)},
				pf{Op: opX, P: "\x03\xe8"})
			require.Error(t, <-read)
			require.NoError(t, <-closed)
			require.Zero(t, c.queued)
		}
		virtual(t, name, func(t *testing.T) { discards(t, false) })
		virtual(t, name+" with compression", func(t *testing.T) { discards(t, true) })
	}
}
