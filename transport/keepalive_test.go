package transport

import (
	"context"
	"errors"
	"io"
	"net"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/transport/internal/frametest"
	"example.com/khp/transport/internal/sock"
	"github.com/stretchr/testify/require"
)

// aliveConn is one end of a pipe with a KeepAlive of a minute, and its peer.
func aliveConn(t *testing.T, client bool) (*Conn, *peer) {
	a, b := pipePair(t)
	c := testConn(a, client)
	c.keepAlive(time.Minute, nil)
	return c, newPeer(t, b, !client)
}

// wantAfter runs f and requires that it took that long.
func wantAfter(t *testing.T, d time.Duration, why string, f func()) {
	t.Helper()
	begin := time.Now()
	f()
	require.Equal(t, d, time.Since(begin), why)
}

// untilEnd starts a goroutine that reads c to its end.
func untilEnd(c *Conn) <-chan error {
	end := make(chan error, 1)
	go func() {
		for {
			if _, _, err := c.Read(context.Background()); err != nil {
				end <- err
				return
			}
		}
	}()
	return end
}

// A peer that answers is asked after half of the time for as long as it says nothing by itself; one
// that says something is not. Anything counts: a Pong without the payload, a message, half a frame.
func TestKeepAlive_AnswersAreEnough(t *testing.T) {
	for _, client := range []bool{false, true} {
		onNetworks(t, virtualNetworks, func(t *testing.T) {
			c, p := aliveConn(t, client)
			end := untilEnd(c)
			for _, answer := range []pf{{Op: opO}, {Op: opI, P: "?"}, {Op: opB, P: "a message"}} {
				wantAfter(t, 30*time.Second, "half of the time", func() { p.wantFrame("Ping", opI, "") })
				p.send(answer)
				if answer.Op == opI {
					p.wantFrame("Pong", opO, "?")
				}
			}
			for range 100 {
				time.Sleep(29 * time.Second)
				p.send(pf{Op: opB, P: "chatty"}) // on a pipe no end would read a Ping: this would not return
			}
			whole := frametest.Encode(client, pf{Op: opB, P: "in pieces"})
			for _, b := range whole {
				time.Sleep(29 * time.Second)
				_, err := p.nc.Write([]byte{b})
				require.NoError(t, err)
			}
			wantAfter(t, 30*time.Second, "half of the time", func() { p.wantFrame("Ping", opI, "") })
			_ = p.nc.Close()
			require.ErrorIs(t, <-end, io.ErrUnexpectedEOF)
		})
	}
}

// A peer that does not answer is told and dropped after the whole of the time, and the error says
// so.
func TestKeepAlive_SilenceEnds(t *testing.T) {
	for _, client := range []bool{false, true} {
		onNetworks(t, virtualNetworks, func(t *testing.T) {
			c, p := aliveConn(t, client)
			begin, end := time.Now(), untilEnd(c)
			p.wantFrame("Ping", opI, "")
			p.wantFrame("Close", opX, "\x03\xe9nothing was received for 1m0s, and no answer to a Ping")
			err := <-end
			require.Equal(t, time.Minute, time.Since(begin))
			var silent *InactivityError
			require.ErrorAs(t, err, &silent)
			require.Equal(t, time.Minute, silent.Silence)
			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
			require.Zero(t, CloseCode(err), "the peer has said nothing")
			require.EqualError(t, err, "transport: nothing was received for 1m0s, and no answer to a Ping")
			_, _, err = c.Read(t.Context())
			require.ErrorIs(t, err, net.ErrClosed)
			require.ErrorAs(t, err, &silent)
			require.ErrorIs(t, c.Write(t.Context(), Text, nil), net.ErrClosed)
			_, err = p.nc.Read(make([]byte, 1))
			require.ErrorIs(t, err, io.EOF)
		})
	}
}

// Neither a peer that reads nothing nor a goroutine that writes to it delays the Ping or the end.
func TestKeepAlive_DeafPeer(t *testing.T) {
	onNetworks(t, virtualNetworks, func(t *testing.T) {
		c, _ := aliveConn(t, false)
		begin, end := time.Now(), untilEnd(c)
		written := make(chan error, 1)
		go func() { written <- c.Write(context.Background(), Text, []byte("nobody reads this")) }()
		require.ErrorAs(t, <-end, new(*InactivityError))
		require.Equal(t, time.Minute, time.Since(begin))
		require.ErrorIs(t, <-written, net.ErrClosed)
	})
	onNetworks(t, virtualNetworks, func(t *testing.T) {
		c, _ := aliveConn(t, false)
		begin, end := time.Now(), untilEnd(c)
		require.ErrorAs(t, <-end, new(*InactivityError))
		require.Equal(t, time.Minute+sock.FailTimeout, time.Since(begin), "the Close is tried")
	})
}

// While no call reads, the silence is ours: bytes that have arrived meanwhile are read first, and
// no time has passed for the peer.
func TestKeepAlive_OnlyWhileReading(t *testing.T) {
	onNetworks(t, virtualNetworks, func(t *testing.T) {
		c, p := aliveConn(t, false)
		read := func(d time.Duration) error {
			ctx, cancel := context.WithTimeout(t.Context(), d)
			defer cancel()
			_, _, err := c.Read(ctx)
			return err
		}
		require.ErrorIs(t, read(20*time.Second), context.DeadlineExceeded)
		time.Sleep(time.Hour)
		pinged := make(chan struct{})
		go func() {
			p.wantFrame("Ping", opI, "")
			close(pinged)
		}()
		wantAfter(t, 15*time.Second, "the context ends the call",
			func() { require.ErrorIs(t, read(15*time.Second), context.DeadlineExceeded) })
		<-pinged // after 30 s of reading
		time.Sleep(time.Hour)
		go p.send(pf{Op: opT, P: "I was here all the time"})
		synctest.Wait()
		require.NoError(t, read(time.Millisecond))
		wantAfter(t, 29*time.Second, "it counts from there",
			func() { require.ErrorIs(t, read(29*time.Second), context.DeadlineExceeded) })
		go func() {
			p.wantFrame("Ping", opI, "")
			p.wantFrame("Close", opX, "\x03\xe9nothing was received for 1m0s, and no answer to a Ping")
		}()
		wantAfter(t, 31*time.Second, "in pieces it is the same", func() {
			for err := error(context.DeadlineExceeded); !errors.As(err,
				new(*InactivityError)); err = read(time.Second) {
				require.ErrorIs(t, err, context.DeadlineExceeded)
			}
		})
	})
}

// A process that stood still finds the answer to its Ping before it looks at the clock.
func TestKeepAlive_LastLook(t *testing.T) {
	onNetworks(t, virtualNetworks, func(t *testing.T) {
		a, b := pipePair(t)
		c, p := testConn(&lateConn{Conn: a}, false), newPeer(t, b, true)
		c.keepAlive(time.Minute, nil)
		end := untilEnd(c)
		p.wantFrame("Ping", opI, "")
		p.send(pf{Op: opO}) // is not read before the minute is over by an hour
		p.wantFrame("the next Ping", opI, "")
		_ = p.nc.Close()
		require.NotErrorAs(t, <-end, new(*InactivityError))
	})
}

// lateConn stands still when it is read for the second time, until an hour after the deadline.
type lateConn struct {
	net.Conn
	due   time.Time
	reads int
}

func (l *lateConn) SetReadDeadline(due time.Time) error {
	l.due = due
	return l.Conn.SetReadDeadline(due)
}

func (l *lateConn) Read(p []byte) (int, error) {
	if l.reads++; l.reads == 2 {
		time.Sleep(time.Until(l.due) + time.Hour)
	}
	return l.Conn.Read(p)
}

// Close has its own limit: no Ping follows it, and the KeepAlive does not end the Read that waits
// for the answer.
func TestKeepAlive_Close(t *testing.T) {
	for _, reading := range []bool{false, true} {
		onNetworks(t, virtualNetworks, func(t *testing.T) {
			c, p := aliveConn(t, false)
			c.closeTimeout = time.Hour
			var end <-chan error
			if reading {
				end = untilEnd(c)
				time.Sleep(29 * time.Second)
			}
			closed := make(chan error, 1)
			go func() { closed <- c.Close(CloseNormal, "") }()
			p.wantFrame("Close", opX, "\x03\xe8")
			time.Sleep(10 * time.Minute)
			p.send(pf{Op: opX, P: "\x03\xe8"})
			require.NoError(t, <-closed)
			if reading {
				require.Equal(t, CloseNormal, CloseCode(<-end))
			}
		})
	}
}

// Frames that extensions make of a Ping go only to peers that have agreed on an extension.
func TestKeepAlive_PingPong(t *testing.T) {
	const granted = "Sec-WebSocket-Extensions: x-kaazing-ping-pong;01010102\r\n"
	virtual(t, "script", func(t *testing.T) {
		quiet := func(ctx context.Context, c *Conn) error {
			_, _, err := c.Read(ctx)
			require.ErrorAs(t, err, new(*InactivityError))
			return err
		}
		nc := kaazingClient(t, &Handler{Serve: quiet, KeepAlive: 30 * time.Second,
			Use: kaazingUse(time.Second)[1:]}, "JavaScript", granted)
		for range 3 {
			wantAfter(t, 15*time.Second, "half of the time",
				func() { wantBytes(t, nc, "\x81\x06"+escapeBytes+"\x09\x00") })
			_, err := nc.Write(frametest.Encode(false, text(escapeBytes+"\x0a\x00")))
			require.NoError(t, err)
		}
		wantBytes(t, nc, "\x81\x06"+escapeBytes+"\x09\x00")
		wantAfter(t, 15*time.Second, "the other half", func() {
			wantBytes(t, nc, "\x887\x03\xe9nothing was received for 30s, and no answer to a Ping")
		})
	})
}

// serving has srv serve until the test ends, and returns where.
func serving(t *testing.T, srv *Server) string {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	go func() { _ = srv.Serve(ln) }()
	t.Cleanup(func() { _ = srv.Close() })
	return ln.Addr().String()
}

// One Ping is enough: an idle timeout that was granted looks after the client by itself, unless its
// period is longer.
func TestKeepAlive_IdleTimeout(t *testing.T) {
	for period, want := range map[time.Duration]bool{time.Minute: false, time.Hour: true} {
		virtual(t, period.String(), func(t *testing.T) {
			open := make(chan *Conn, 1)
			h := &Handler{KeepAlive: time.Minute,
				Use: kaazingUse(period), Serve: func(ctx context.Context, c *Conn) error {
					open <- c
					_, _, err := c.Read(ctx)
					return err
				}}
			nc := kaazingClient(t, h, "Java", "Sec-WebSocket-Extensions: x-kaazing-idle-timeout;timeout="+
				strconv.FormatInt(period.Milliseconds(), 10)+"\r\n")
			c := <-open
			require.Equal(t, want, c.alive != nil)
			for range 3 {
				wantAfter(t, 30*time.Second, "half of the time", func() { wantBytes(t, nc, "\x89\x00") })
				_, err := nc.Write(frametest.Encode(false, pf{Op: opO}))
				require.NoError(t, err)
			}
		})
	}
}

// KeepAlive of a Server counts for every Handler without one, also through net/http; that of a
// Handler wins, and negative is none.
func TestKeepAlive_WhoSays(t *testing.T) {
	const of = 2 * time.Hour
	silent := func(ctx context.Context, c *Conn) error {
		_, _, err := c.Read(ctx)
		return err
	}
	for name, x := range map[string]struct {
		server, handler, want time.Duration
	}{"server": {of, 0, of}, "handler": {time.Hour, of, of}, "both": {of, time.Hour, time.Hour},
		"none": {of, -1, 0}, "nobody": {}} {
		t.Run(name, func(t *testing.T) {
			got := make(chan time.Duration, 1)
			h := &Handler{KeepAlive: x.handler, Serve: func(ctx context.Context, c *Conn) error {
				if k := c.alive; k != nil {
					got <- k.Period
				} else {
					got <- 0
				}
				return silent(ctx, c)
			}}
			srv := &Server{Handler: h, KeepAlive: x.server}
			addr := serving(t, srv)
			// the latter has net/http take the connection
			for _, first := range []string{"", "GET /;e/cookies HTTP/1.1\r\nHost: h\r\n\r\n"} {
				c, err := Dial(t.Context(), "ws://h/", &DialOptions{
					NetDial: func(ctx context.Context, network, _ string) (net.Conn, error) {
						nc, err := (&net.Dialer{}).DialContext(ctx, network, addr)
						if err == nil && first != "" {
							_, err = io.WriteString(nc, first)
							require.NoError(t, err)
							response := make([]byte, 4<<10)
							_, err = nc.Read(response)
						}
						return nc, err
					}})
				require.NoError(t, err)
				require.Equal(t, x.want, <-got)
				_ = c.CloseNow()
			}
		})
	}
}

// A client looks after its server as well.
func TestKeepAlive_Dial(t *testing.T) {
	h := &Handler{Serve: func(ctx context.Context, _ *Conn) error {
		<-ctx.Done() // reads nothing, and so answers nothing
		return nil
	}}
	srv := &Server{Handler: h}
	addr := serving(t, srv)
	c, err := Dial(t.Context(), "ws://"+addr+"/", &DialOptions{KeepAlive: 20 * time.Millisecond})
	require.NoError(t, err)
	_, _, err = c.Read(t.Context())
	require.ErrorAs(t, err, new(*InactivityError))
}
