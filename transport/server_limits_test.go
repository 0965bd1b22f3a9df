package transport

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/transport/internal/frametest"
	"github.com/stretchr/testify/require"
)

// pipeListener is a listener whose connections are pipes, for tests with virtual time. Errors in
// the queue come from Accept.
type pipeListener struct {
	queue chan any
	done  chan struct{}
	once  sync.Once
	tries []time.Time // of Accept, to be read once Serve has returned
}

func newPipeListener() *pipeListener {
	return &pipeListener{queue: make(chan any, 100), done: make(chan struct{})}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	l.tries = append(l.tries, time.Now())
	select {
	case v := <-l.queue:
		if err, ok := v.(error); ok {
			return nil, err
		}
		return v.(net.Conn), nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error   { l.once.Do(func() { close(l.done) }); return nil }
func (l *pipeListener) Addr() net.Addr { return &net.UnixAddr{} }

// dial connects a raw client.
func (l *pipeListener) dial(t *testing.T) *rawClient {
	a, b := connection(t)
	l.queue <- b
	return newRawClient(t, a)
}

// serveVirtual runs s on pipes until the end of f, which has virtual time.
func serveVirtual(t *testing.T, name string, s *Server, f func(t *testing.T, l *pipeListener)) {
	virtual(t, name, func(t *testing.T) {
		l := newPipeListener()
		served := make(chan error, 1)
		go func() { served <- s.Serve(l) }()
		f(t, l)
		require.NoError(t, s.Close())
		require.ErrorIs(t, <-served, http.ErrServerClosed)
		synctest.Wait()
		require.Zero(t, s.Connections())
	})
}

// A client that is slow with its opening request is dropped at a fixed time, whatever it sends
// meanwhile, and so is one of net/http.
func TestServer_SlowOpening(t *testing.T) { eachNetwork(t, testServerSlowOpening) }

func testServerSlowOpening(t *testing.T) {
	for name, request := range map[string]string{
		"silent": "", "drip": openingRequest, "endless drip": "GET / HTTP/1.1\r\nX: " +
			strings.Repeat("x", 100), "drip of fields": "GET / HTTP/1.1\r\n" +
			strings.Repeat("X: y\r\n", 100),
	} {
		serveVirtual(t, name, &Server{Handler: &Handler{Serve: echoServe},
			OpeningTimeout: 15 * time.Second}, func(t *testing.T, l *pipeListener) {
			t.Attr("req", "ADV-71")
			c := l.dial(t)
			start := time.Now()
			for i := range len(request) {
				if _, err := c.nc.Write([]byte(request[i : i+1])); err != nil {
					break
				}
				time.Sleep(time.Second)
			}
			for range c.got {
			}
			require.LessOrEqual(t, time.Since(start), 16*time.Second)
			require.Empty(t, <-c.head)
		})
	}
	serveVirtual(t, "net/http", &Server{Handler: &Handler{Serve: echoServe},
		Fallback: http.HandlerFunc(webPage)}, func(t *testing.T, l *pipeListener) {
		a, b := connection(t)
		l.queue <- b
		c := &httpConn{t, a, nil}
		start := time.Now()
		c.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n")
		for {
			if _, err := a.Write([]byte("x")); err != nil {
				break
			}
			time.Sleep(time.Second)
		}
		require.LessOrEqual(t, time.Since(start), requestTimeout+time.Second)
		require.NoError(t, a.Close())
	})
}

// When nothing more can be accepted for want of descriptors, the server waits and goes on; any
// other error is final.
func TestServer_AcceptErrors(t *testing.T) { eachNetwork(t, testServerAcceptErrors) }

func testServerAcceptErrors(t *testing.T) {
	var log syncBuffer
	s := &Server{Handler: &Handler{Serve: echoServe}, Logger: slog.New(slog.NewTextHandler(&log, nil))}
	serveVirtual(t, "passing", s, func(t *testing.T, l *pipeListener) {
		for range 20 {
			l.queue <- &net.OpError{Op: "accept", Err: os.NewSyscallError("accept4", syscall.EMFILE)}
		}
		start := time.Now()
		c := l.dial(t)
		c.bytes(openingRequest)
		require.Contains(t, <-c.head, "101 ")
		took := time.Since(start)
		require.Less(t, took, 20*time.Second)
		require.Greater(t, took, 10*time.Second, "it does not spin")
		require.Equal(t, 1, strings.Count(log.String(), "\n"), log.String())
		require.Contains(t, log.String(), "ulimit -n")
		_ = c.nc.Close()
	})
	onNetworks(t, virtualNetworks, func(t *testing.T) {
		l, bad := newPipeListener(), errors.New("the cable is cut")
		l.queue <- bad
		s := &Server{Handler: &Handler{Serve: echoServe}}
		require.ErrorIs(t, s.Serve(l), bad)
		require.NoError(t, s.Close())

		l = newPipeListener()
		l.queue <- syscall.ENFILE
		s = &Server{Handler: &Handler{Serve: echoServe}}
		go func() {
			time.Sleep(time.Millisecond)
			_ = s.Close()
		}()
		require.ErrorIs(t, s.Serve(l), http.ErrServerClosed, "also while it waits")
	})
}

// One client too many is told to come again, and requests that are no upgrade are answered all the
// same.
func TestServer_MaxConnections(t *testing.T) {
	var log syncBuffer
	begin := time.Now()
	s := &Server{Handler: &Handler{Serve: echoServe}, Fallback: http.HandlerFunc(webPage),
		MaxConnections: 2, Logger: slog.New(slog.NewTextHandler(&log, nil))}
	url := serveBy(t, s)
	first, second := dialTCP(t, url, openingRequest), dialTCP(t, url, openingRequest)
	require.Contains(t, <-first.head, "101 ")
	require.Contains(t, <-second.head, "101 ")
	require.Equal(t, Load{InUse: 2, Full: true}, s.Load())
	for range 3 { // and it takes nothing away from others to be refused
		third := dialHTTP(t, url)
		third.send(openingRequest)
		third.want(503, "all connections are in use")
	}
	require.Equal(t, Load{InUse: 2, Full: true, Refused: 3}, s.Load())
	_, err := Dial(t.Context(), url, nil)
	var e *HandshakeError
	require.ErrorAs(t, err, &e)
	require.Equal(t, 5*time.Second, e.RetryAfter)
	web := dialHTTP(t, url)
	web.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
	web.want(200, "page")
	upgrade := dialHTTP(t, url)
	upgrade.send(openingRequest)
	upgrade.want(503, "all connections are in use")
	said := strings.Count(log.String(), "turned away: all connections are in use")
	require.Positive(t, said)
	require.LessOrEqual(t, said, 1+int(time.Since(begin)/(10*time.Second)), "a flood is one line")
	_ = first.nc.Close()
	require.Eventually(t, func() bool { return !s.Load().Full }, 30*time.Second, time.Millisecond)
	third := dialTCP(t, url, openingRequest)
	require.Contains(t, <-third.head, "101 ")
}

// As many clients as shall wait do so, get the places of those that leave, in order of arrival, and
// are forgotten if they go themselves.
func TestServer_MaxWaiting(t *testing.T) { eachNetwork(t, testServerMaxWaiting) }

func testServerMaxWaiting(t *testing.T) {
	s := &Server{Handler: &Handler{Serve: echoServe,
		Timeouts: Timeouts{Request: time.Hour, Overall: time.Hour}}, MaxConnections: 1, MaxWaiting: 2}
	serveVirtual(t, "waiting", s, func(t *testing.T, l *pipeListener) {
		open := l.dial(t)
		open.bytes(openingRequest)
		require.Contains(t, <-open.head, "101 ")
		gone, next := l.dial(t), l.dial(t)
		gone.bytes(openingRequest)
		synctest.Wait()
		next.bytes(openingRequest)
		synctest.Wait()
		require.Equal(t, Load{InUse: 1, Waiting: 2, Full: true}, s.Load())
		refused := l.dial(t)
		refused.bytes(openingRequest)
		require.Contains(t, <-refused.head, "503 ")
		_ = gone.nc.Close()
		synctest.Wait()
		require.Equal(t, Load{InUse: 1, Waiting: 1, Full: true, Refused: 1}, s.Load())
		_ = open.nc.Close()
		require.Contains(t, <-next.head, "101 ")
		require.Equal(t, Load{InUse: 1, Full: true, Refused: 1}, s.Load())

		late := l.dial(t)
		begin := time.Now()
		late.bytes(openingRequest)
		require.Contains(t, <-late.head, "503 ")
		require.Equal(t, time.Minute, time.Since(begin), "nobody waits for ever")
		ended := l.dial(t)
		ended.bytes(openingRequest)
		synctest.Wait()
		go func() { _ = s.Shutdown(context.Background()) }()
		require.Contains(t, <-ended.head, "503 ")
	})
}

// One address gets no more than its share, whatever it does with it.
func TestServer_MaxPerAddress(t *testing.T) {
	var log syncBuffer
	s := &Server{Handler: &Handler{Serve: echoServe}, Fallback: http.HandlerFunc(webPage),
		MaxPerAddress: 2, Logger: slog.New(slog.NewTextHandler(&log, nil))}
	url := serveBy(t, s)
	khp := dialTCP(t, url, openingRequest)
	require.Contains(t, <-khp.head, "101 ")
	web := dialHTTP(t, url)
	web.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
	web.want(200, "page")
	require.Equal(t, 2, s.Connections())
	more := dialHTTP(t, url)
	more.want(503, "too many connections")
	require.Equal(t, 2, s.Connections())
	require.Contains(t, log.String(), "too many connections from this address")
	require.Equal(t, Load{InUse: 1, TooMany: 1}, s.Load())
	_ = web.Close()
	require.Eventually(t, func() bool { return s.Connections() == 1 }, 30*time.Second,
		time.Millisecond)
	again := dialHTTP(t, url)
	again.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
	again.want(200, "page")
}

// A panic of the application ends its connection and nothing else.
func TestServer_Panics(t *testing.T) { eachNetwork(t, testServerPanics) }

func testServerPanics(t *testing.T) {
	for name, h := range map[string]*Handler{
		"Serve":       {Serve: func(context.Context, *Conn) error { panic("oh no") }},
		"CheckOrigin": {Serve: echoServe, CheckOrigin: func(string, string) bool { panic("oh no") }},
		"Observer":    {Serve: echoServe, Observer: panicking{}},
		"ConnContext": {Serve: echoServe,
			ConnContext: func(context.Context, *OpeningRequest) context.Context { panic("oh no") }},
	} {
		var log syncBuffer
		s := &Server{Handler: h, Logger: slog.New(slog.NewTextHandler(&log, nil))}
		serveVirtual(t, name, s, func(t *testing.T, l *pipeListener) {
			for range 2 {
				c := l.dial(t)
				c.bytes(strings.Replace(openingRequest, "Upgrade: websocket",
					"Upgrade: websocket\r\nOrigin: http://a", 1))
				if name == "Serve" {
					require.Contains(t, <-c.head, "403", "that origin is not allowed")
					c = l.dial(t)
					c.bytes(openingRequest)
					<-c.head
					c.send(bin(extendedRequest))
					require.Equal(t, "101", c.status())
					require.Equal(t, CloseInternalError, c.closeCode())
					c.answer(CloseInternalError)
				}
				for range c.got {
				}
				synctest.Wait()
				require.Zero(t, s.Connections())
				require.Zero(t, h.Connections())
			}
			told := regexp.MustCompile(`level=ERROR msg="a panic while serving a connection" remote=\S+ ` +
				`panic="oh no" stack="goroutine `)
			require.Len(t, told.FindAllString(log.String(), -1), 2, log.String())
		})
	}
}

// A client that goes away after any byte leaves nothing behind.
func TestServer_CutAnywhere(t *testing.T) { eachNetwork(t, testServerCutAnywhere) }

func testServerCutAnywhere(t *testing.T) {
	for name, all := range map[string]string{
		"spec": openingRequest + string(frametest.Encode(false, bin(extendedRequest), text("hello"))),
		"kaazing": kaazingOpening +
			string(frametest.Encode(false, kaazingRequests["Java"], text("hello"))),
		"web": "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello",
		"later": "GET / HTTP/1.1\r\nHost: h\r\n\r\n" + openingRequest +
			string(frametest.Encode(false, bin(extendedRequest))),
	} {
		h := &Handler{Serve: echoServe}
		s := &Server{Handler: h, Fallback: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})}
		serveVirtual(t, name, s, func(t *testing.T, l *pipeListener) {
			for i := range len(all) + 1 {
				a, b := connection(t)
				l.queue <- b
				go func() { _, _ = io.Copy(io.Discard, a) }()
				_, err := io.WriteString(a, all[:i])
				require.NoError(t, err, i)
				synctest.Wait()
				require.Equal(t, 1, s.Connections(), "after %d bytes", i)
				require.NoError(t, a.Close())
				synctest.Wait()
				require.Zero(t, s.Connections(), "after %d bytes", i)
				require.Zero(t, h.Connections(), "after %d bytes", i)
			}
		})
	}
}
