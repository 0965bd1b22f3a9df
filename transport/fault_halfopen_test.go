package transport

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/internal/tcptest"
	"example.com/khp/transport/internal/sock"
	"github.com/stretchr/testify/require"
)

// vanished is the end of a connection whose peer is gone without a word: written bytes go nowhere,
// and none arrive.
func vanished(nc net.Conn) { _, _ = io.Copy(io.Discard, nc) }

// A server vanishes in every phase, without FIN: writing goes on to work, and the timer of the
// phase ends the attempt.
func TestDial_HalfOpen(t *testing.T) {
	for _, m := range append(slices.Clone(moments), awaitLogin) {
		virtual(t, m.name, func(t *testing.T) {
			t.Attr("req", "LIV-01")
			t.Attr("req", "LIV-07")
			got := dialRaw(t, t.Context(), false, &m.opts, m.waiting())
			var failed *HandshakeError
			require.ErrorAs(t, got.err, &failed)
			want, most := fsm.FailureTimeout, 10*time.Second
			//exhaustive:ignore
			switch m.phase {
			case fsm.ClientAwaitCredentials, fsm.ClientAwaitLogin:
				want, most = fsm.FailureCredentialTimeout, time.Minute
			case fsm.ClientReading:
				if m.name == "Reading, terminator missing" {
					want = fsm.FailureMissingTerminator
				}
			case fsm.ClientAwaitResponse:
				if m.name == "waiting after 202" {
					want, most = fsm.FailureAcceptedOnly, 30*time.Second
				}
			}
			require.Equal(t, want, failed.Failure, "%v", got.err)
			require.Equal(t, m.leg, failed.Leg)
			require.LessOrEqual(t, got.took, most+5*time.Second,
				"its timer, and that of the closing handshake")
			require.GreaterOrEqual(t, got.took, most)
			got.end()
		})
	}
}

// The peer of an open connection vanishes: Ping finds it out in the time that it is given, Write
// does not, and Close ends all the same.
func TestConn_HalfOpen(t *testing.T) {
	for _, client := range []bool{true, false} {
		virtual(t, map[bool]string{true: "client", false: "server"}[client], func(t *testing.T) {
			t.Attr("req", "LIV-07")
			a, b := connection(t)
			defer b.Close()
			go vanished(b)
			c := testConn(a, client)
			require.NoError(t, c.Write(t.Context(), Text, []byte("is anybody there?")))
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
			defer cancel()
			start := time.Now()
			require.ErrorIs(t, c.Ping(ctx), context.DeadlineExceeded)
			require.Equal(t, 3*time.Second, time.Since(start))
			start = time.Now()
			require.ErrorIs(t, c.Close(CloseNormal, ""), context.DeadlineExceeded)
			require.Equal(t, closeTimeout, time.Since(start))
			_, _, err := c.Read(t.Context())
			require.ErrorIs(t, err, net.ErrClosed)
		})
	}
}

// The peer of a Write reads nothing, or one byte a second: the caller's context ends it.
func TestConn_WriteToSlowReader(t *testing.T) {
	for name, every := range map[string]time.Duration{"nothing": time.Hour,
		"one byte a second": time.Second} {
		virtual(t, name, func(t *testing.T) {
			a, b := connection(t)
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			over := make(chan struct{})
			go func() {
				for p := make([]byte, 1); ; {
					select {
					case <-time.After(every):
					case <-over: // the rest is read quickly
					}
					if _, err := b.Read(p); err != nil {
						return
					}
				}
			}()
			c := testConn(a, true)
			start := time.Now()
			require.ErrorIs(t, c.Write(ctx, Binary, make([]byte, 2*tcptest.DefaultWindow)),
				context.DeadlineExceeded)
			require.Equal(t, 10*time.Second, time.Since(start))
			start = time.Now()
			require.Error(t, c.Close(CloseNormal, ""))
			require.LessOrEqual(t, time.Since(start), closeTimeout)
			close(over)
		})
	}
}

// Server.Close drops connections in every phase at once; nothing is left.
func TestServer_CloseInEveryPhase(t *testing.T) {
	for _, m := range serverMoments {
		virtual(t, m.name, func(t *testing.T) {
			t.Attr("req", "ADV-73")
			t.Attr("req", "LIV-11")
			l := newPipeListener()
			s := &Server{Handler: m.handler()}
			served := make(chan error, 1)
			go func() { served <- s.Serve(l) }()
			c := l.dial(t)
			c.bytes(openingRequest)
			require.Contains(t, <-c.head, "101 ")
			m.script(c)
			synctest.Wait()
			start := time.Now()
			require.NoError(t, s.Close())
			require.NoError(t, s.Close(), "twice")
			<-served
			for range c.got {
			}
			synctest.Wait()
			require.Zero(t, s.Connections())
			require.LessOrEqual(t, time.Since(start), sock.GiveUpTimeout)
		})
	}
}

// Reads, writes, Pings and closes of all kinds meet at any moment: all calls end, in time, and each
// says that the connection is closed.
func TestConn_CloseAmidEverything(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	for i := range uint64(200) {
		virtual(t, "", func(t *testing.T) {
			t.Attr("req", "ADV-69")
			t.Attr("req", "LIV-12")
			r := rand.New(rand.NewPCG(seed, i))
			client, server := connPair(t, pipePair)
			client.closeTimeout, server.closeTimeout = closeTimeout, closeTimeout
			var wg sync.WaitGroup
			var mu sync.Mutex
			var odd []error
			judge := func(err error) {
				ends := errors.Is(err, net.ErrClosed) || errors.Is(err, io.ErrUnexpectedEOF) ||
					CloseCode(err) != 0 || errors.Is(err, io.ErrClosedPipe)
				if err != nil && !ends {
					mu.Lock()
					odd = append(odd, err)
					mu.Unlock()
				}
			}
			start := time.Now()
			for _, c := range []*Conn{client, server} {
				for _, call := range []func() error{
					func() error { _, _, err := c.Read(t.Context()); return err },
					func() error { return c.Write(t.Context(), Binary, make([]byte, 10000)) },
					func() error { return c.Ping(t.Context()) },
				} {
					wg.Go(func() {
						for {
							if err := call(); err != nil {
								judge(err)
								return
							}
							time.Sleep(10 * time.Millisecond) // or time would never pass
						}
					})
				}
				for _, end := range []func() error{func() error { return c.Close(CloseNormal, "") },
					func() error { return c.Close(CloseGoingAway, "") }, c.CloseNow} {
					after := time.Duration(r.IntN(3)) * time.Duration(r.IntN(2)) * time.Second
					if r.IntN(3) == 0 {
						continue
					}
					wg.Go(func() { time.Sleep(after); judge(end()) })
				}
			}
			wg.Go(func() { time.Sleep(3 * time.Second); judge(client.CloseNow()); judge(server.CloseNow()) })
			wg.Wait()
			require.Empty(t, odd, "seed %d, run %d", seed, i)
			require.LessOrEqual(t, time.Since(start), 3*time.Second+closeTimeout)
		})
	}
}
