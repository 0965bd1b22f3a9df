package transport

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// Bounds change while the server serves: clients that wait are let in when there is room, and
// connections that are too many stay.
func TestServer_SetBounds(t *testing.T) { eachNetwork(t, testServerSetBounds) }

func testServerSetBounds(t *testing.T) {
	s := &Server{Handler: &Handler{Serve: echoServe,
		Timeouts: Timeouts{Request: time.Hour, Overall: time.Hour}}, MaxConnections: 1, MaxWaiting: 1}
	serveVirtual(t, "bounds", s, func(t *testing.T, l *pipeListener) {
		comes := func(want string) *rawClient {
			c := l.dial(t)
			c.bytes(openingRequest)
			if want != "" {
				require.Contains(t, <-c.head, want)
			}
			return c
		}
		comes("101 ")
		second := comes("")
		synctest.Wait()
		require.Equal(t, Load{InUse: 1, Waiting: 1, Full: true}, s.Load())
		require.ErrorContains(t, s.SetBounds(Bounds{MaxWaiting: 1}),
			"means nothing without MaxConnections")
		require.ErrorContains(t, s.SetBounds(Bounds{MaxConnections: -1}), "MaxConnections is -1")
		require.ErrorContains(t, s.SetBounds(Bounds{MaxConnections: 1, MaxWaiting: -1}),
			"MaxWaiting is -1")
		require.ErrorContains(t, s.SetBounds(Bounds{MaxPerAddress: -1}), "MaxPerAddress is -1")
		require.NoError(t, s.SetBounds(Bounds{MaxConnections: 2, MaxWaiting: 2}))
		require.Contains(t, <-second.head, "101 ", "there is room for the one that waits")
		require.Equal(t, Load{InUse: 2, Full: true}, s.Load())
		third := comes("")
		synctest.Wait()

		require.NoError(t, s.SetBounds(Bounds{MaxConnections: 1, MaxWaiting: 2}))
		require.Equal(t, Load{InUse: 2, Waiting: 1, Full: true}, s.Load(), "those that are too many stay")
		_ = second.nc.Close()
		synctest.Wait()
		require.Equal(t, Load{InUse: 1, Waiting: 1, Full: true}, s.Load(), "and leave no place")
		require.NoError(t, s.SetBounds(Bounds{}))
		require.Contains(t, <-third.head, "101 ", "without a bound nobody waits")

		require.NoError(t, s.SetBounds(Bounds{OpeningTimeout: time.Second}))
		slow, begin := l.dial(t), time.Now()
		<-slow.head
		require.Equal(t, time.Second, time.Since(begin))
	})
}

// Connections that came while there was no bound for an address count once there is one.
func TestServer_SetBoundsPerAddress(t *testing.T) {
	s := &Server{Handler: &Handler{Serve: echoServe}}
	url := serveBy(t, s)
	first := dialTCP(t, url, openingRequest)
	require.Contains(t, <-first.head, "101 ")
	require.NoError(t, s.SetBounds(Bounds{MaxPerAddress: 1}))
	more := dialHTTP(t, url)
	more.want(503, "too many connections")
	_ = first.nc.Close()
	require.Eventually(t, func() bool { return s.Connections() == 0 }, 30*time.Second,
		time.Millisecond)
	again := dialTCP(t, url, openingRequest)
	require.Contains(t, <-again.head, "101 ")
}

// Each listener has its own options, which may change.
func TestServer_ServeWith(t *testing.T) {
	donor := httptest.NewTLSServer(http.NotFoundHandler()) // has a certificate for 127.0.0.1
	roots := x509.NewCertPool()
	roots.AddCert(donor.Certificate())
	config := &tls.Config{Certificates: donor.TLS.Certificates, NextProtos: []string{"http/1.1"}}
	donor.Close()
	var secure atomic.Bool
	s := &Server{Handler: &Handler{Serve: func(ctx context.Context, c *Conn) error {
		return c.Write(ctx, Text, []byte("seen"))
	}, Decide: func(ctx context.Context, _ *Request) (Decision, error) {
		secure.Store(SourceOf(ctx).Secure)
		return Decision{}, nil
	}}, Fallback: http.HandlerFunc(webPage)}
	var options atomic.Pointer[ListenerOptions]
	options.Store(&ListenerOptions{})
	served := make(chan error, 2)
	listen := func(o func() ListenerOptions) string {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		go func() { served <- s.ServeWith(ln, o) }()
		return ln.Addr().String()
	}
	plain := listen(func() ListenerOptions { return *options.Load() })
	tlsed := listen(func() ListenerOptions { return ListenerOptions{TLSConfig: config} })
	for url, want := range map[string]bool{"ws://" + plain: false, "wss://" + tlsed: true} {
		c, err := Dial(t.Context(), url, &DialOptions{TLSConfig: &tls.Config{RootCAs: roots}})
		require.NoError(t, err)
		_, _, err = c.Read(t.Context())
		require.NoError(t, err)
		require.Equal(t, want, secure.Load(), url)
		require.NoError(t, c.CloseNow())
	}

	options.Store(&ListenerOptions{
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, ProxyProtocol: true,
	})
	unnamed := dialHTTP(t, "ws://"+plain)
	unnamed.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
	_, err := unnamed.Read(make([]byte, 1))
	require.Error(t, err, "from now on a proxy has to say whom it brings")
	require.NoError(t, s.Shutdown(t.Context()))
	require.ErrorIs(t, <-served, http.ErrServerClosed)
	require.ErrorIs(t, <-served, http.ErrServerClosed)
}

// Open connections end one after another over that time; clients that have asked for nothing end at
// once, and those that end by themselves do not hold it up.
func TestServer_ShutdownOver(t *testing.T) { eachNetwork(t, testServerShutdownOver) }

func testServerShutdownOver(t *testing.T) {
	s := &Server{Handler: &Handler{Serve: echoServe,
		Timeouts: Timeouts{Request: time.Hour, Overall: time.Hour}}}
	serveVirtual(t, "over", s, func(t *testing.T, l *pipeListener) {
		const n = 10
		begin, ended := time.Now(), make(chan time.Duration, n+1)
		for range n {
			c := l.dial(t)
			c.bytes(openingRequest)
			require.Contains(t, <-c.head, "101 ")
			go func() {
				for f := range c.got {
					if f.Header.OpCode == opX {
						ended <- time.Since(begin)
					}
				}
			}()
		}
		silent := l.dial(t)
		synctest.Wait()
		done := make(chan error, 1)
		go func() { done <- s.ShutdownOver(context.Background(), 100*time.Second) }()
		<-silent.head
		require.Zero(t, time.Since(begin))
		var times []time.Duration
		for range n {
			times = append(times, <-ended)
		}
		require.NoError(t, <-done)
		slices.Sort(times)
		for i, at := range times {
			require.InDelta(t, float64(i*10), at.Seconds(), 0.1, "%v", times)
		}
	})
}
