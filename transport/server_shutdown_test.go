package transport

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/transport/internal/frametest"
	"github.com/stretchr/testify/require"
)

// Shutdown ends each connection as it has to be ended where it is, and waits for all of them.
func TestServer_Shutdown(t *testing.T) { eachNetwork(t, testServerShutdown) }

func testServerShutdown(t *testing.T) {
	h := &Handler{Serve: func(_ context.Context, c *Conn) error {
		return echoServe(context.Background(), c)
	}}
	answered := make(chan struct{})
	s := &Server{Handler: h, Fallback: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			time.Sleep(3 * time.Second)
			close(answered)
		}
	})}
	serveVirtual(t, "in every state", s, func(t *testing.T, l *pipeListener) {
		t.Attr("req", "LIV-11")
		unheard, half, idle, slow := l.dial(t), l.dial(t), l.dial(t), l.dial(t)
		half.bytes("GET /")
		idle.bytes("GET /page HTTP/1.1\r\nHost: h\r\n\r\n")
		slow.bytes("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n")
		shaking, open, later := l.dial(t), l.dial(t), l.dial(t)
		shaking.bytes(openingRequest)
		<-shaking.head
		open.bytes(openingRequest)
		<-open.head
		open.send(bin(extendedRequest))
		require.Equal(t, "101", open.status())
		later.bytes("GET /page HTTP/1.0\r\nConnection: keep-alive\r\n\r\n") // so that net/http has it
		synctest.Wait()
		require.Equal(t, 7, s.Connections())
		start := time.Now()
		go func() {
			require.Equal(t, CloseGoingAway, open.closeCode())
			time.Sleep(2 * time.Second)
			open.send(pf{Op: opX, P: "\x03\xe9"})
		}()
		require.NoError(t, s.Shutdown(t.Context()))
		require.GreaterOrEqual(t, time.Since(start), 3*time.Second, "net/http finishes its answer")
		require.Less(t, time.Since(start), 5*time.Second)
		<-answered
		require.Equal(t, "503", shaking.status())
		require.Equal(t, CloseGoingAway, shaking.closeCode())
		for _, c := range []*rawClient{unheard, half} {
			require.Empty(t, <-c.head)
		}
		require.Zero(t, h.Connections())
	})

	s = &Server{Handler: &Handler{Serve: func(context.Context, *Conn) error {
		time.Sleep(time.Minute)
		return nil
	}}}
	serveVirtual(t, "no time left", s, func(t *testing.T, l *pipeListener) {
		c := l.dial(t)
		c.bytes(openingRequest)
		<-c.head
		c.send(bin(extendedRequest))
		require.Equal(t, "101", c.status())
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, s.Shutdown(ctx), context.DeadlineExceeded)
		require.Equal(t, CloseGoingAway, c.closeCode())
		c.end()
		require.Equal(t, 1, s.Connections(), "Serve does not return")
		time.Sleep(time.Minute)
	})
}

// A connection that net/http has and that was upgraded there is ended by the Server as well.
func TestServer_ShutdownUpgradedLater(t *testing.T) {
	h := &Handler{Serve: echoServe}
	s := &Server{Handler: h, Fallback: http.HandlerFunc(webPage)}
	url := serveBy(t, s)
	c := dialHTTP(t, url)
	c.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
	c.want(200, "page")
	c.send(openingRequest + string(frametest.Encode(false, bin(extendedRequest))))
	_, err := http.ReadResponse(c.r, nil)
	require.NoError(t, err)
	for range 2 { // the response and its end
		_, err := frametest.ReadFrame(c.r)
		require.NoError(t, err)
	}
	down := make(chan error, 1)
	go func() { down <- s.Shutdown(context.Background()) }()
	f, err := frametest.ReadFrame(c.r)
	require.NoError(t, err)
	require.Equal(t, "\x03\xe9", string(f.Payload))
	c.send(string(frametest.Encode(false, pf{Op: opX, P: "\x03\xe9"})))
	require.NoError(t, <-down)
	require.ErrorIs(t, s.Serve(newPipeListener()), http.ErrServerClosed, "it does not come back")
}
