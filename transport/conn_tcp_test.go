package transport

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/internal/tcptest"
	"example.com/khp/transport/internal/frametest"
	"github.com/stretchr/testify/require"
)

// anyTCP draws a TCP connection whose resets overtake bytes sent before them.
func anyTCP(r *rand.Rand) tcptest.Options {
	o := tcptest.Options{
		Overtakes: true, Window: []int{16, 300, 5000, 0}[r.IntN(4)],
		Latency: []time.Duration{0, time.Millisecond, time.Second}[r.IntN(3)],
	}
	if r.IntN(2) == 0 {
		pieces := rand.New(rand.NewPCG(r.Uint64(), 0)) // which both ends draw from, one at a time
		o.Pieces = func(n int) int { return 1 + pieces.IntN(n) }
	}
	return o
}

// wantServerFirst checks how a connection has ended: in good order, the server first.
// [RFC 6455 7.1.1]
func wantServerFirst(t *testing.T, nc *tcptest.Conn, what string) {
	t.Helper()
	synctest.Wait()
	require.Equal(t, []string{"server FIN", "client FIN"}, nc.History(), what)
}

// Messages written before a Close are read before any error, whichever side closes, and the server
// ends TCP first. Both sides go on writing until they hear of the end.
func TestConn_AllBeforeTheClose(t *testing.T) {
	t.Attr("req", "WSP-CLOSE-01")
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		what := fmt.Sprintf("seed %d", seed)
		synctest.Test(t, func(t *testing.T) {
			a, b := tcptest.Pair(anyTCP(r))
			closer, other := testConn(a, true), testConn(b, false)
			// some windows are small
			closer.closeTimeout, other.closeTimeout = 1000*time.Hour, 1000*time.Hour
			if r.IntN(2) == 0 {
				closer, other = other, closer
			}
			var sent [][]byte
			for range r.IntN(8) {
				sent = append(sent, bytes.Repeat([]byte{byte(r.IntN(256))},
					[]int{0, 1, 125, 126, 4096, 9000}[r.IntN(6)]))
			}
			talk, reads := r.IntN(2) == 0, r.IntN(2) == 0
			closed := make(chan error, 1)
			if reads {
				go func() {
					for {
						if _, _, err := closer.Read(context.Background()); err != nil {
							return
						}
					}
				}()
			}
			go func() {
				for _, p := range sent {
					if err := closer.Write(context.Background(), Binary, p); err != nil {
						closed <- err
						return
					}
				}
				closed <- closer.Close(CloseNormal, "done")
			}()
			talked := make(chan struct{})
			defer func() { _, _ = closer.CloseNow(), other.CloseNow(); <-talked }()
			if !talk {
				close(talked)
			} else {
				go func() {
					defer close(talked)
					for other.Write(context.Background(), Text, []byte("meanwhile")) == nil {
						time.Sleep(time.Millisecond)
					}
				}()
			}
			for i, p := range sent {
				_, got, err := other.Read(t.Context())
				require.NoError(t, err, "%s: message %d of %d", what, i, len(sent))
				require.True(t, bytes.Equal(p, got), what)
			}
			_, _, err := other.Read(t.Context())
			require.Equal(t, &CloseError{CloseNormal, "done"}, err, what)
			require.NoError(t, <-closed, what)
			<-other.done
			wantServerFirst(t, a, what)
		})
	}
}

// A peer that breaks the rules hears so before any error, whatever else it is still sending.
func TestConn_ViolationIsHeard(t *testing.T) {
	t.Attr("req", "WSP-CLOSE-02")
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 2))
		what := fmt.Sprintf("seed %d", seed)
		synctest.Test(t, func(t *testing.T) {
			o := anyTCP(r)
			o.Latency = min(o.Latency, time.Millisecond) // the peer's silence is waited for a second
			a, b := tcptest.Pair(o)
			c, p := testConn(b, false), newPeer(t, a, true)
			wrote := make(chan error, 1)
			go func() { wrote <- c.Write(context.Background(), Text, []byte("before")) }()
			go func() {
				_, _ = a.Write(frametest.Encode(false, pf{Op: opT, P: "bad", Rsv: 1}))
				_, _ = a.Write(make([]byte, 200_000))
			}()
			p.wantFrame(what, opT, "before")
			require.NoError(t, <-wrote, what)
			read := make(chan error, 1)
			go func() {
				_, _, err := c.Read(context.Background())
				read <- err
			}()
			f, err := frametest.ReadFrame(a)
			require.NoError(t, err, what)
			require.Equal(t, opX, f.Header.OpCode, what)
			_, err = a.Read(make([]byte, 1))
			require.Equal(t, io.EOF, err, what)
			_ = a.Close()
			require.ErrorAs(t, <-read, new(*ProtocolError), what)
		})
	}
}

// A refusal is read before any error, also by a client that sends bytes that are not expected.
func TestHandler_RefusalIsHeard(t *testing.T) {
	for name, d := range map[string]Decision{
		"403": {Status: 403}, "500": {Status: 500}, "302": {Status: 302, Location: "ws://two.example/"},
		"503": {Status: 503},
	} {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(20) {
				r := rand.New(rand.NewPCG(seed, 3))
				what := fmt.Sprintf("seed %d", seed)
				synctest.Test(t, func(t *testing.T) {
					o := anyTCP(r)
					o.Latency, o.Window = min(o.Latency, time.Millisecond), max(o.Window, 5000)
					a, b := tcptest.Pair(o)
					h := &Handler{Serve: echoServe, Decide: func(context.Context, *Request) (Decision, error) {
						return d, nil
					}}
					served := make(chan struct{})
					defer func() { <-served }()
					go func() {
						defer close(served)
						h.ServeHTTP(&hijacked{httptest.NewRecorder(), b}, parseRequest(t, openingRequest))
					}()
					c := newRawClient(t, a)
					<-c.head
					c.send(bin(extendedRequest))
					require.Equal(t, name, c.status(), what)
					wrote, more := make(chan struct{}), r.IntN(3)*100_000
					go func() {
						defer close(wrote)
						c.bytes(strings.Repeat("x", more))
					}()
					code := c.closeCode()
					c.end()
					<-wrote
					require.Equal(t, CloseNormal, code, what)
					require.Equal(t, "server FIN", a.History()[0], what)
				})
			}
		})
	}
}

// A whole session, by Dial and a Handler, ends in good order.
func TestDial_ServerEndsFirst(t *testing.T) {
	for name, end := range map[string]struct {
		serve  func(context.Context, *Conn) error
		decide Decision
		client func(t *testing.T, c *Conn, err error)
	}{
		"client closes": {echoServe, Decision{}, func(t *testing.T, c *Conn, _ error) {
			wantEcho(t, c, "x")
			require.NoError(t, c.Close(CloseNormal, ""))
		}},
		"server closes": {
			func(ctx context.Context, c *Conn) error { return c.Write(ctx, Text, []byte("last")) },
			Decision{}, func(t *testing.T, c *Conn, _ error) {
				wantMessage(t, c, Text, "last")
				_, _, err := c.Read(t.Context())
				require.Equal(t, CloseNormal, CloseCode(err))
				<-c.done
			},
		},
		"refused": {echoServe, Decision{Status: 403}, func(t *testing.T, _ *Conn, err error) {
			var e *HandshakeError
			require.ErrorAs(t, err, &e)
			require.Equal(t, 403, e.Status)
			require.ErrorIs(t, err, fsm.FailureStatus)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(20) {
				what, r := fmt.Sprintf("seed %d", seed), rand.New(rand.NewPCG(seed, 4))
				synctest.Test(t, func(t *testing.T) {
					o := anyTCP(r)
					o.Latency = min(o.Latency, time.Millisecond)
					a, b := tcptest.Pair(o)
					s := &Server{Handler: &Handler{Serve: end.serve,
						Decide: func(context.Context, *Request) (Decision, error) { return end.decide, nil }}}
					l := newPipeListener()
					served := make(chan error, 1)
					go func() { served <- s.Serve(l) }()
					l.queue <- b
					c, err := Dial(t.Context(), "ws://one.example/", &DialOptions{
						NetDial: func(context.Context, string, string) (net.Conn, error) { return a, nil },
					})
					if end.decide.Status == 0 {
						require.NoError(t, err, what)
					}
					end.client(t, c, err)
					time.Sleep(time.Minute)
					wantServerFirst(t, a, what)
					require.NoError(t, s.Close())
					<-served
				})
			}
		})
	}
}

// A client that has sent Close still answers a Ping that comes then, as it must. Its Pong does not
// cost it the server's answer. [RFC 6455 5.5.2]
func TestConn_PongBehindTheClose(t *testing.T) {
	t.Attr("req", "WSP-CLOSE-01")
	synctest.Test(t, func(t *testing.T) {
		a, b := tcptest.Pair(tcptest.Options{Overtakes: true})
		server, p := testConn(b, false), newPeer(t, a, true)
		pinged := make(chan error, 1)
		go func() { pinged <- server.Ping(context.Background()) }()
		p.wantFrame("the server asks", opI, "")
		p.send(pf{Op: opX, P: "\x03\xe8"})
		require.Equal(t, CloseNormal, CloseCode(<-pinged))
		synctest.Wait()
		p.send(pf{Op: opO})
		p.wantFrame("the answer", opX, "\x03\xe8")
		p.wantEnd("of the server's stream")
		require.NoError(t, a.Close())
		<-server.done
		wantServerFirst(t, a, "no reset")
	})
}
