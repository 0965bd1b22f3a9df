package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/khp/cmd/khp/internal/khptest"
	"example.com/khp/fsm"
	"example.com/khp/transport"
	"github.com/stretchr/testify/require"
)

// ledger records the messages that a back end has received, over all its lives.
type ledger struct {
	mu  sync.Mutex
	got map[string]int
}

func (l *ledger) note(message string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.got == nil {
		l.got = map[string]int{}
	}
	l.got[message]++
}

func (l *ledger) count(message string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.got[message]
}

// A life is a back end on a listener; the result kills it without a word to its connections.
type life func(ln net.Listener, l *ledger) (kill func())

func webSocketLife(ln net.Listener, l *ledger) (kill func()) {
	srv := &transport.Server{Handler: &transport.Handler{
		Serve: func(ctx context.Context, c *transport.Conn) error {
			for {
				typ, p, err := c.Read(ctx)
				if err != nil {
					return err
				}
				l.note(string(p))
				if err := c.Write(ctx, typ, p); err != nil {
					return err
				}
			}
		}}}
	go func() { _ = srv.Serve(ln) }()
	return func() { _ = srv.Close() }
}

func tcpLife(ln net.Listener, l *ledger) (kill func()) {
	var mu sync.Mutex
	var conns []net.Conn
	khptest.Accept(ln, func(nc net.Conn) {
		mu.Lock()
		conns = append(conns, nc)
		mu.Unlock()
		for lines := bufio.NewScanner(nc); lines.Scan(); {
			l.note(lines.Text() + "\n")
			_, _ = io.WriteString(nc, lines.Text()+"\n")
		}
	})
	return func() {
		_ = ln.Close()
		mu.Lock()
		defer mu.Unlock()
		for _, nc := range conns {
			_ = nc.(*net.TCPConn).SetLinger(0)
			_ = nc.Close()
		}
	}
}

// listenAgain takes an address that was in use a moment ago.
func listenAgain(t *testing.T, addr string) (ln net.Listener) {
	t.Helper()
	require.Eventually(t, func() (ok bool) {
		var err error
		ln, err = net.Listen("tcp", addr)
		return err == nil
	}, 30*time.Second, time.Millisecond)
	return ln
}

// visitor sends numbered messages through a gateway, waits for each echo, and comes back when it is
// thrown out.
type visitor struct {
	name   string
	acked  []string
	sent   []string
	thrown int // with 1001 or 1011
	turned int // away, with 503
}

// visit sends messages until enough are acknowledged and at least ends lives have ended under it.
func (v *visitor) visit(ctx context.Context, url string, over func() bool) error {
	for attempt := 0; ; attempt++ {
		c, err := transport.Dial(ctx, url, nil)
		var failed *transport.HandshakeError
		switch {
		case err == nil:
		case errors.As(err, &failed) && failed.Failure == fsm.FailureStatus && failed.Status == 503:
			v.turned++
			continue
		default:
			return fmt.Errorf("%s: turned away without a clear word: %w", v.name, err)
		}
		err = v.talk(ctx, c, attempt, over)
		_ = c.CloseNow()
		switch code := transport.CloseCode(err); {
		case err == nil:
			return nil
		case code == transport.CloseInternalError, code == transport.CloseGoingAway:
			v.thrown++
		default:
			return fmt.Errorf("%s: thrown out without a clear word: %w", v.name, err)
		}
	}
}

func (v *visitor) talk(
	ctx context.Context, c *transport.Conn, attempt int, over func() bool,
) error {
	for i := 0; !over(); i++ {
		message := fmt.Sprintf("%s, visit %d, message %d\n", v.name, attempt, i)
		v.sent = append(v.sent, message)
		err := c.Write(ctx, transport.Text, []byte(message))
		for echo := ""; err == nil && echo != message; {
			var p []byte
			if _, p, err = c.Read(ctx); err == nil {
				if echo += string(p); !strings.HasPrefix(message, echo) {
					return fmt.Errorf("sent %q, got %q", message, echo)
				}
			}
		}
		if err != nil {
			if transport.CloseCode(err) == 0 { // of the write: reading tells why
				_, _, err = c.Read(ctx)
			}
			return err
		}
		v.acked = append(v.acked, message)
	}
	return nil
}

// Back ends are killed and started again under traffic: clients are told 1011 or 503, and get in
// again afterwards. Nothing is delivered twice, and nothing is lost that was acknowledged.
func TestServe_BackendRestarts(t *testing.T) {
	for scheme, start := range map[string]life{"khp+ws": webSocketLife, "tcp": tcpLife} {
		t.Run(scheme, func(t *testing.T) {
			var book ledger
			ln := khptest.Listen(t)
			addr := ln.Addr().String()
			kill := start(ln, &book)
			s := serveHere(t, "--route", "/="+scheme+"://"+addr)
			done := make(chan struct{})
			over := func() bool {
				select {
				case <-done:
					return true
				default:
					return false
				}
			}
			visitors, failed := make([]visitor, 8), make(chan error, 8)
			for i := range visitors {
				visitors[i].name = fmt.Sprint("visitor ", i)
				go func() { failed <- visitors[i].visit(t.Context(), s.url+"/", over) }()
			}
			for life := range 4 {
				first := fmt.Sprintf("life %d", life)
				before := book.total()
				require.Eventually(t, func() bool { return book.total() > before+200 }, time.Minute,
					time.Millisecond, first)
				kill()
				require.Eventually(t, func() bool {
					return strings.Count(s.log.String(), "back end failed") > life
				}, 30*time.Second, time.Millisecond, first)
				kill = start(listenAgain(t, addr), &book)
			}
			before := book.total()
			require.Eventually(t, func() bool { return book.total() > before+200 }, time.Minute,
				time.Millisecond, "new clients work again")
			close(done)
			for range visitors {
				require.NoError(t, <-failed)
			}
			kill()
			thrown, turned := 0, 0
			for _, v := range visitors {
				thrown, turned = thrown+v.thrown, turned+v.turned
				for _, m := range v.sent {
					require.LessOrEqual(t, book.count(m), 1, "delivered twice: %q", m)
				}
				for _, m := range v.acked {
					require.Equal(t, 1, book.count(m), "acknowledged but not delivered: %q", m)
				}
			}
			require.Positive(t, thrown)
			require.Positive(t, turned)
		})
	}
}

func (l *ledger) total() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.got)
}

// flood writes to nc until it takes no more for a while, and returns how much that was.
func flood(nc net.Conn) (total int) {
	for b := make([]byte, 64<<10); ; {
		_ = nc.SetWriteDeadline(time.Now().Add(300 * time.Millisecond))
		n, err := nc.Write(b)
		if total += n; err != nil {
			return total
		}
	}
}

// Clients that do not read hold up their back ends, and back ends that do not read their clients.
// Memory stays flat, and others notice nothing.
func TestServe_SlowReaders(t *testing.T) {
	const pairs = 20
	ln := khptest.Listen(t)
	s := serveHere(t, "--route", "/tcp=tcp://"+ln.Addr().String(), "--route", "/=echo")
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	for name, stuck := range map[string]func(c *transport.Conn, back net.Conn) error{
		"client does not read": func(_ *transport.Conn, back net.Conn) error { flood(back); return nil },
		"back end does not read": func(c *transport.Conn, _ net.Conn) error {
			for {
				ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
				err := c.Write(ctx, transport.Binary, make([]byte, 64<<10))
				cancel()
				if err != nil {
					return err
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			var wg sync.WaitGroup
			for range pairs {
				c := dialHere(t, s.url+"/tcp", nil)
				back, err := ln.Accept()
				require.NoError(t, err)
				t.Cleanup(func() { _ = back.Close() })
				wg.Go(func() {
					if err := stuck(c, back); err != nil && !errors.Is(err, context.DeadlineExceeded) {
						t.Error("expected that the write takes no more, got", err)
					}
				})
			}
			wg.Wait()
			require.Less(t, int64(heap())-int64(before), int64(2*pairs*256<<10),
				"each holds a bounded amount")
			wantEcho(t, dialHere(t, s.url+"/", nil), transport.Text, []byte("nobody else notices"))
		})
	}
}
