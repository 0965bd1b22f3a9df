package transport

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/transport/auth"
	"example.com/khp/transport/internal/frametest"
	"example.com/khp/transport/internal/sock"
	"github.com/stretchr/testify/require"
)

// deadlines is a connection that remembers its deadlines and writes.
type deadlines struct {
	net.Conn
	mu          sync.Mutex
	read, write time.Time
	writes      int
}

func (d *deadlines) SetDeadline(t time.Time) error {
	return errors.Join(d.SetReadDeadline(t), d.SetWriteDeadline(t))
}

func (d *deadlines) SetReadDeadline(t time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.read = t
	return d.Conn.SetReadDeadline(t)
}

func (d *deadlines) SetWriteDeadline(t time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.write = t
	return d.Conn.SetWriteDeadline(t)
}

func (d *deadlines) Write(p []byte) (int, error) {
	d.mu.Lock()
	d.writes++
	d.mu.Unlock()
	return d.Conn.Write(p)
}

// A Conn starts without any deadline of the handshake, on both sides, and the end of the context of
// Dial means nothing to it. Each step is one write.
func TestConn_StartsWithoutDeadlines(t *testing.T) {
	t.Attr("req", "INV-35")
	onNetworks(t, virtualNetworks, func(t *testing.T) {
		a, b := connection(t)
		client, server := &deadlines{Conn: a}, &deadlines{Conn: b}
		h := &Handler{Serve: func(ctx context.Context, c *Conn) error {
			time.Sleep(48 * time.Hour)
			return echoServe(ctx, c)
		}}
		served := make(chan struct{})
		go func() {
			defer close(served)
			var head []byte
			for one := make([]byte, 1); !strings.HasSuffix(string(head),
				"\r\n\r\n"); head = append(head, one[0]) {
				if _, err := io.ReadFull(b, one); err != nil {
					return
				}
			}
			h.ServeHTTP(&hijacked{httptest.NewRecorder(), server}, parseRequest(t, string(head)))
		}()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		c, err := Dial(ctx, "ws://one.example/?.kl=Y", &DialOptions{Profile: Kaazing,
			NetDial: func(context.Context, string, string) (net.Conn, error) { return client, nil }})
		require.NoError(t, err)
		cancel()
		time.Sleep(24 * time.Hour)
		for _, d := range []*deadlines{client, server} {
			d.mu.Lock()
			require.True(t, d.read.IsZero() && d.write.IsZero())
			d.mu.Unlock()
		}
		require.Equal(t, 2, client.writes, "opening request, extended request")
		require.Equal(t, 3, server.writes, "101, N, then response, terminator and N together")
		wantEcho(t, c, "still there")
		require.NoError(t, c.Close(CloseNormal, ""))
		<-served
	})
}

// interposed is a connection on which a wake-up comes at the worst moment: between the driver's
// last look at its results and the deadline that it sets for the wait.
type interposed struct {
	net.Conn
	armed   atomic.Bool
	release chan struct{} // closed at that moment
	woken   chan struct{} // closed when the wake-up has come
}

func (c *interposed) SetReadDeadline(t time.Time) error {
	if t.Equal(sock.LongAgo) {
		defer close(c.woken)
	}
	return c.Conn.SetReadDeadline(t)
}

func (c *interposed) SetDeadline(t time.Time) error {
	if c.armed.CompareAndSwap(true, false) {
		close(c.release)
		<-c.woken
	}
	return c.Conn.SetDeadline(t)
}

func TestDriver_NoLostWakeUp(t *testing.T) {
	onNetworks(t, virtualNetworks, func(t *testing.T) {
		a, b := connection(t)
		nc := &interposed{Conn: b, release: make(chan struct{}), woken: make(chan struct{})}
		h := &Handler{Serve: echoServe, Decide: func(context.Context, *Request) (Decision, error) {
			synctest.Wait() // the driver waits for the peer
			nc.armed.Store(true)
			c := rawClient{nc: a}
			c.send(pf{Op: opO}) // has the driver wait anew
			<-nc.release
			return Decision{}, nil
		}}
		c := newRawClient(t, a)
		go h.ServeHTTP(&hijacked{httptest.NewRecorder(), nc}, parseRequest(t, openingRequest))
		<-c.head
		start := time.Now()
		c.send(bin(extendedRequest))
		require.Equal(t, "101", c.status())
		require.Zero(t, time.Since(start), "no timer was needed")
		c.send(pf{Op: opX})
		require.Equal(t, CloseNoStatus, c.closeCode())
		c.end()
	})
}

// The caller's context ends at any time, real time this time: a connection or an error comes at
// once, and nothing is left behind. The deadlines grow until some handshakes are done in time,
// however slow the machine is.
func TestDial_CancelledAnyTime(t *testing.T) {
	t.Attr("req", "ADV-73")
	h := &Handler{Decide: basicAuth}
	url := serve(t, h)
	wantNoLeaks(t)
	opened := 0
	for deadline := time.Microsecond; opened < 20; deadline += deadline/40 + 1 {
		ctx, cancel := context.WithTimeout(t.Context(), deadline)
		start := time.Now()
		c, err := Dial(ctx, url, &DialOptions{Credentials: auth.Basic("joe", "welcome")})
		cancel()
		require.Less(t, time.Since(start), deadline+time.Minute)
		if err != nil {
			require.ErrorIs(t, err, context.DeadlineExceeded)
			continue
		}
		opened++
		wantEcho(t, c, "x")
		require.NoError(t, c.CloseNow())
	}
	require.Eventually(t, func() bool { return h.Connections() == 0 }, 30*time.Second,
		time.Millisecond)
}

// Shutdown at any time.
func TestHandler_ShutdownAnyTime(t *testing.T) {
	t.Attr("req", "ADV-73")
	wantNoLeaks(t)
	for i := range 50 {
		h := &Handler{Decide: basicAuth}
		url := serve(t, h)
		down := make(chan error, 1)
		time.AfterFunc(time.Duration(i)*30*time.Microsecond,
			func() { down <- h.Shutdown(context.Background()) })
		c, err := Dial(t.Context(), url, &DialOptions{Credentials: auth.Basic("joe", "welcome")})
		if err == nil {
			_, _, err = c.Read(t.Context())
			require.Equal(t, CloseGoingAway, CloseCode(err))
		} else {
			var e *HandshakeError
			require.ErrorAs(t, err, &e)
			if e.Failure != fsm.FailureUnexpectedMessage { // that is the 503 between the 401 and the replay
				require.Equal(t, 503, e.Status, "%v", err)
			}
		}
		require.NoError(t, <-down)
	}
}

// Very many handshakes are left at their worst point: all of them end by their timer.
func TestHandler_ManyLeftAlone(t *testing.T) {
	many := 500
	if testing.Short() {
		t.Attr("less", "fewer clients")
		many = 100
	}
	onNetworks(t, virtualNetworks, func(t *testing.T) {
		t.Attr("req", "ADV-85")
		h := &Handler{Serve: echoServe, Decide: basicAuth}
		start := time.Now()
		var clients []*rawClient
		for i := range many {
			c := servePipe(t, h, openingRequest)
			<-c.head
			frame := string(frametest.Encode(false, bin(extendedRequest)))
			c.bytes(frame[:i%len(frame)])
			clients = append(clients, c)
		}
		require.Equal(t, many, h.Connections())
		for _, c := range clients {
			<-c.done
		}
		require.Zero(t, h.Connections())
		require.LessOrEqual(t, time.Since(start), 15*time.Second)
	})
}

// The client's side of the TCP stream is cut at every byte.
func TestHandler_CutAtEveryByte(t *testing.T) {
	t.Attr("req", "ADV-68")
	t.Attr("req", "LIV-01")
	var served atomic.Int32
	h := &Handler{Decide: basicAuth, Serve: func(context.Context, *Conn) error {
		served.Add(1)
		return nil
	}}
	url := serve(t, h)
	wantNoLeaks(t)
	request, replay := string(frametest.Encode(false, bin(extendedRequest))),
		string(frametest.Encode(false, bin(replayedRequest)))
	whole := len(openingRequest) + len(request) + len(replay)
	for cut := range whole + 1 {
		nc, err := net.Dial("tcp", strings.TrimPrefix(url, "ws://"))
		require.NoError(t, err)
		c := newRawClient(t, nc)
		left := cut
		for _, part := range []string{openingRequest, request, replay} {
			c.bytes(part[:min(left, len(part))])
			left -= min(left, len(part))
			if left > 0 && part == openingRequest {
				<-c.head
			} else if left > 0 {
				require.Equal(t, "401", c.status())
			}
		}
		if cut == whole {
			require.Equal(t, "101", c.status())
		}
		_ = nc.(*net.TCPConn).CloseWrite()
		for range c.got {
		}
		_ = nc.Close()
	}
	require.Eventually(t, func() bool { return h.Connections() == 0 }, 30*time.Second,
		time.Millisecond)
	require.EqualValues(t, 1, served.Load(), "only the whole handshake opens")
}
