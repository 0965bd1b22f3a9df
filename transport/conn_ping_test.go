package transport

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/transport/internal/frametest"
	"github.com/stretchr/testify/require"
)

func TestConn_Ping(t *testing.T) {
	t.Attr("req", "WSP-FRAME-05")
	for name, socket := range sockets {
		for _, reading := range []bool{false, true} {
			client, server := connPair(t, socket)
			end := echo(server)
			if reading {
				echo(client)
			}
			for range 10 {
				require.NoError(t, client.Ping(t.Context()), name)
			}
			require.NoError(t, client.Close(CloseNormal, ""))
			require.Equal(t, CloseNormal, CloseCode(<-end))
		}
	}
}

// A Pong counts whatever it carries, and messages that come first are not lost.
func TestConn_PingKeepsMessages(t *testing.T) {
	a, b := tcpPair(t)
	c, p := testConn(a, true), newPeer(t, b, false)
	pinged := make(chan error)
	go func() { pinged <- c.Ping(context.Background()) }()
	p.wantFrame("Ping goes out", opI, "")
	p.send(pf{Op: opT, P: "one"}, pf{Op: opB, P: "two"}, pf{Op: opO, P: "anything"},
		pf{Op: opT, P: "three"})
	require.NoError(t, <-pinged)
	for _, want := range []string{"one", "two", "three"} {
		_, got, err := c.Read(t.Context())
		require.NoError(t, err)
		require.Equal(t, want, string(got))
	}
	require.Nil(t, c.queue)
	require.Zero(t, c.queued)
}

// Messages that a Ping has met are the first that a Reader and Forward find, and count as received.
func TestConn_PingKeepsMessagesForOthers(t *testing.T) {
	a, b := tcpPair(t)
	c, p := testConn(a, true), newPeer(t, b, false)
	count := &ends{end: make(chan Event, 1)}
	c.watch = &watched{to: count}
	pinged := make(chan error)
	go func() { pinged <- c.Ping(context.Background()) }()
	p.wantFrame("Ping goes out", opI, "")
	p.send(pf{Op: opT, P: "one"}, pf{Op: opB}, pf{Op: opB, P: "three"}, pf{Op: opO},
		pf{Op: opT, P: "four"})
	require.NoError(t, <-pinged)
	for _, want := range []string{"one", ""} {
		_, r, err := c.Reader(t.Context())
		require.NoError(t, err)
		got, err := io.ReadAll(r)
		require.NoError(t, err)
		require.Equal(t, want, string(got))
	}
	at, to := connPair(t, tcpPair)
	to.watch = &watched{to: &ends{end: make(chan Event, 1)}}
	over := make(chan error, 1)
	go func() { over <- c.Forward(t.Context(), to, nil, nil) }()
	wantMessage(t, at, Binary, "three")
	wantMessage(t, at, Text, "four")
	require.NoError(t, b.Close())
	require.Error(t, <-over)
	require.Equal(t, [2]uint64{2, 9},
		[2]uint64{to.watch.sent.messages.Load(), to.watch.sent.bytes.Load()})
	_ = c.CloseNow()
	require.Equal(t, Traffic{4, 12}, (<-count.end).Received)
}

func TestConn_PingTimeout(t *testing.T) {
	onNetworks(t, virtualNetworks, func(t *testing.T) {
		a, b := connection(t)
		c, p := testConn(a, true), newPeer(t, b, false)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		pinged := make(chan error)
		go func() { pinged <- c.Ping(ctx) }()
		p.wantFrame("Ping goes out", opI, "")
		require.Equal(t, context.DeadlineExceeded, <-pinged)
		go p.send(pf{Op: opT, P: "alive after all"})
		_, got, err := c.Read(t.Context())
		require.NoError(t, err)
		require.Equal(t, "alive after all", string(got))
	})
}

// Of several Pings that wait while a Reader reads a message, each that is left reads on behind it.
func TestConn_PingBehindAReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := connection(t)
		c, p := testConn(a, true), newPeer(t, b, false)
		go p.send(pf{Op: opT, P: "be", More: true})
		r := readerOf(t, c, Text)
		first, second := make(chan error, 1), make(chan error, 1)
		go func() { first <- c.Ping(t.Context()) }()
		p.wantFrame("the first Ping", opI, "")
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		go func() { second <- c.Ping(ctx) }()
		p.wantFrame("the second Ping", opI, "")
		synctest.Wait()
		cancel()
		require.Equal(t, context.Canceled, <-second)
		go p.send(pf{Op: opC, P: "gin"}, pf{Op: opO})
		all, err := io.ReadAll(r)
		require.NoError(t, err)
		require.Equal(t, "begin", string(all))
		require.NoError(t, <-first)
	})
}

// Unread messages do not fill the memory while Ping waits, however small they are.
func TestConn_PingKeepsOnlySoMuch(t *testing.T) {
	for _, size := range []int{100, 0} {
		synctest.Test(t, func(t *testing.T) {
			a, b := connection(t)
			c, p := testConn(a, true), newPeer(t, b, false)
			c.SetReadLimit(1000)
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			pinged := make(chan error)
			go func() { pinged <- c.Ping(ctx) }()
			p.wantFrame("Ping goes out", opI, "")
			sent := 0
			go func() {
				for range 1000 {
					frame := frametest.Encode(true, pf{Op: opT, P: strings.Repeat("x", size)})
					if _, err := b.Write(frame); err != nil {
						return
					}
					sent++
				}
			}()
			require.Equal(t, context.DeadlineExceeded, <-pinged)
			require.Less(t, c.queued, 1000+164)
			require.NoError(t, c.CloseNow())
			synctest.Wait()
			require.Less(t, sent, 1000/(size+64)+6)
		})
	}
}

// Reads over TLS go on after a cancelled one, too.
func TestConn_CancelledReadGoesOnOverTLS(t *testing.T) {
	t.Attr("req", "WSP-FRAME-02")
	ts := httptest.NewUnstartedServer(nil)
	ts.StartTLS()
	config := ts.TLS.Clone()
	ts.Close()
	a, b := tcpPair(t)
	config.NextProtos = nil
	out, in := tls.Client(a, &tls.Config{InsecureSkipVerify: true}), tls.Server(b, config)
	go func() { _ = out.Handshake() }()
	require.NoError(t, in.Handshake())
	require.NoError(t, out.Handshake())
	c := testConn(in, false)
	for i, octet := range frametest.Encode(false, pf{Op: opT, P: "hello"}) {
		ctx, cancel := context.WithCancel(t.Context())
		end := make(chan error)
		go func() {
			_, p, err := c.Read(ctx)
			if err == nil {
				require.Equal(t, "hello", string(p))
			}
			end <- err
		}()
		if _, err := out.Write([]byte{octet}); i == 10 {
			require.NoError(t, err)
			require.NoError(t, <-end)
			cancel()
			break
		}
		cancel()
		require.Equal(t, context.Canceled, <-end, "byte %d", i)
	}
	go func() { _, _, _ = testConn(out, true).Read(context.Background()) }()
	require.NoError(t, c.Close(CloseNormal, ""))
}

func TestConn_ReadAllocatesTheMessageOnly(t *testing.T) {
	if !frametest.PoolsAreExact {
		t.Skip("the race detector makes pools forget")
	}
	frame := frametest.Encode(true, pf{Op: opT, P: "hello"})
	nc := &frametest.Script{}
	c := testConn(nc, true)
	script, ctx := make([][]byte, 1), context.Background()
	allocs := testing.AllocsPerRun(100, func() {
		script[0] = frame
		nc.Reads = script
		if _, _, err := c.Read(ctx); err != nil {
			t.Fatal(err)
		}
	})
	require.LessOrEqual(t, allocs, 1.0)
}

func TestConn_IdleIsSmall(t *testing.T) {
	client, server := connPair(t, tcpPair)
	require.NoError(t, client.Write(t.Context(), Binary, make([]byte, 3000)))
	_, _, err := server.Read(t.Context())
	require.NoError(t, err)
	require.True(t, server.link.Idle(), "the buffer is back while the application works")
}

func BenchmarkConn_Echo(b *testing.B) {
	client, server := connPair(b, tcpPair)
	echo(server)
	p, ctx := make([]byte, 125), context.Background()
	b.ReportAllocs()
	for b.Loop() {
		if err := client.Write(ctx, Binary, p); err != nil {
			b.Fatal(err)
		}
		if _, _, err := client.Read(ctx); err != nil {
			b.Fatal(err)
		}
	}
}

// answering is a connection that does something behind each write, before its caller goes on.
type answering struct {
	net.Conn
	behind func()
}

func (a *answering) Write(p []byte) (int, error) {
	n, err := a.Conn.Write(p)
	a.behind()
	return n, err
}

// A Pong counts although the next event is noticed at the same moment: the end of the connection,
// or that of the context.
func TestConn_PingAnsweredBeforeTheEnd(t *testing.T) {
	for name, end := range map[string]func(p *peer, cancel func(), read <-chan error){
		"loss": func(p *peer, _ func(), read <-chan error) {
			p.send(pf{Op: opO})
			_ = p.nc.Close()
			<-read
		},
		"context": func(p *peer, cancel func(), read <-chan error) {
			p.send(pf{Op: opO}, pf{Op: opT, P: "and"})
			<-read
			cancel()
		},
	} {
		t.Run(name, func(t *testing.T) {
			for range 50 { // a choice at random is wrong in one of them
				a, b := tcpPair(t)
				ctx, cancel := context.WithCancel(t.Context())
				read, p := make(chan error, 1), newPeer(t, b, false)
				var once sync.Once
				c := testConn(&answering{Conn: a, behind: func() { once.Do(func() { end(p, cancel, read) }) }},
					true)
				reading := make(chan struct{})
				c.reading <- struct{}{} // the Ping goes out with a Read in progress
				go func() {
					defer c.release()
					close(reading)
					_, _, err := c.readWhole(t.Context())
					c.watcher.Stop()
					read <- err
				}()
				<-reading
				require.NoError(t, c.Ping(ctx))
				_ = c.CloseNow()
			}
		})
	}
}

// A Ping leaves a message that a Reader has begun to it, and reads on once that is at its end.
func TestConn_PingDuringReader(t *testing.T) {
	onNetworks(t, virtualNetworks, func(t *testing.T) {
		a, b := connection(t)
		c, p := testConn(a, true), newPeer(t, b, false)
		begun := make(chan struct{})
		go func() {
			defer close(begun)
			p.send(pf{Op: opT, P: "begun, ", More: true})
		}()
		r := readerOf(t, c, Text)
		<-begun
		answered := make(chan error, 2)
		for range cap(answered) {
			go func() { answered <- c.Ping(t.Context()) }()
			p.wantFrame("Ping", opI, "")
			synctest.Wait()
		}
		go p.send(pf{Op: opC, P: "and read to its end"})
		all, err := io.ReadAll(r)
		require.NoError(t, err)
		require.Equal(t, "begun, and read to its end", string(all))
		p.send(pf{Op: opO})
		require.NoError(t, <-answered)
		require.NoError(t, <-answered)
	})
}

// A Ping that waits for a Reader hears of the end of the connection.
func TestConn_PingDuringReaderEnds(t *testing.T) {
	onNetworks(t, virtualNetworks, func(t *testing.T) {
		a, b := connection(t)
		c, p := testConn(a, true), newPeer(t, b, false)
		go p.send(pf{Op: opT, P: "begun", More: true})
		readerOf(t, c, Text)
		answered := make(chan error, 1)
		go func() { answered <- c.Ping(t.Context()) }()
		p.wantFrame("Ping", opI, "")
		synctest.Wait()
		require.NoError(t, c.CloseNow())
		require.ErrorIs(t, <-answered, net.ErrClosed)
	})
}
