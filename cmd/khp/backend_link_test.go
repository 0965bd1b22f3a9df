package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/khp/cmd/khp/internal/khptest"
	"example.com/khp/fsm"
	"example.com/khp/transport"
	"github.com/pires/go-proxyproto"
	"github.com/stretchr/testify/require"
)

// echoBytes echoes the bytes of the connections of ln, and ends each when its client has. first is
// called with a connection before that.
func echoBytes(t *testing.T, ln net.Listener, first func(nc net.Conn, r *bufio.Reader)) {
	t.Helper()
	t.Cleanup(func() { _ = ln.Close() })
	khptest.Accept(ln, func(nc net.Conn) {
		r := bufio.NewReader(nc)
		if first != nil {
			first(nc, r)
		}
		_, _ = io.Copy(nc, r)
	})
}

// wantBytes sends bytes and waits until they are back, in whatever pieces.
func wantBytes(t *testing.T, c *transport.Conn, text string) {
	t.Helper()
	require.NoError(t, c.Write(t.Context(), transport.Text, []byte(text)))
	for got := ""; got != text; {
		_, p, err := c.Read(t.Context())
		require.NoError(t, err)
		got += string(p)
		require.True(t, strings.HasPrefix(text, got), got)
	}
}

// Back ends on Unix sockets are reached, of bytes and of WebSocket, and the latter see the path.
func TestServe_UnixBackEnds(t *testing.T) {
	dir := t.TempDir()
	bytes, err := net.Listen("unix", dir+"/bytes.sock")
	require.NoError(t, err)
	echoBytes(t, bytes, nil)
	web, err := net.Listen("unix", dir+"/web.sock")
	require.NoError(t, err)
	seen := make(chan *transport.OpeningRequest, 1)
	h := &transport.Handler{
		Plain: true, ConnContext: func(ctx context.Context, o *transport.OpeningRequest) context.Context {
			seen <- o
			return ctx
		}, Serve: func(ctx context.Context, c *transport.Conn) error {
			for {
				kind, p, err := c.Read(ctx)
				if err != nil {
					return err
				}
				if err := c.Write(ctx, kind, p); err != nil {
					return err
				}
			}
		}}
	srv := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	go func() { _ = srv.Serve(web) }()
	t.Cleanup(func() { _ = srv.Close() })
	s := serveHere(t, "--route", "/bytes=unix:"+dir+"/bytes.sock", "--route", "/ws/=ws+unix:"+dir+
		"/web.sock:/in/", "--route", "/khp=khp+ws+unix:"+dir+"/web.sock", "--route", "/none=unix:"+
		dir+"/none.sock")
	wantBytes(t, dialHere(t, s.url+"/bytes", nil), "hello")
	wantEcho(t, dialHere(t, s.url+"/ws/a?b=c", nil), transport.Text, []byte("hello"))
	o := <-seen
	require.Equal(t, "/in/a?b=c", o.Target)
	require.Equal(t, "localhost", o.Host)
	require.Equal(t, "plain", o.Speaks())
	wantEcho(t, dialHere(t, s.url+"/khp", nil), transport.Text, []byte("hello"))
	o = <-seen
	require.NotEqual(t, "plain", o.Speaks())
	wantFailure(t, s.url+"/none", nil, fsm.FailureStatus, 503)
	wantLog(t, s.log,
		`msg="back end failed" backend=unix:\S+/none.sock error="no such file or directory"`)
}

// Back ends inside TLS are reached with the authority and the name that count for them, and see
// khp's own certificate; others are not trusted.
func TestServe_TLSBackEnd(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"server", "client"} {
		require.NoError(t, gencert(filepath.Join(dir, name+".pem"), filepath.Join(dir, name+".key")))
	}
	pair, err := tls.LoadX509KeyPair(dir+"/server.pem", dir+"/server.key")
	require.NoError(t, err)
	clients := x509.NewCertPool()
	text, err := os.ReadFile(dir + "/client.pem")
	require.NoError(t, err)
	require.True(t, clients.AppendCertsFromPEM(text))
	config := &tls.Config{Certificates: []tls.Certificate{pair}, ClientCAs: clients,
		ClientAuth: tls.RequireAndVerifyClientCert}
	bytes, err := tls.Listen("tcp", "127.0.0.1:0", config)
	require.NoError(t, err)
	echoBytes(t, bytes, nil)
	web, err := tls.Listen("tcp", "127.0.0.1:0", config)
	require.NoError(t, err)
	srv := &http.Server{ReadHeaderTimeout: time.Minute, Handler: &transport.Handler{
		Plain: true, Serve: func(ctx context.Context, c *transport.Conn) error {
			kind, p, err := c.Read(ctx)
			if err == nil {
				err = c.Write(ctx, kind, p)
			}
			return err
		}}}
	go func() { _ = srv.Serve(web) }()
	t.Cleanup(func() { _ = srv.Close() })
	_, port, _ := net.SplitHostPort(bytes.Addr().String())
	_, webPort, _ := net.SplitHostPort(web.Addr().String())
	write := filepath.Join(dir, "khp.yaml")
	ca, own := "backend-ca: "+dir+"/server.pem", "backend-cert: "+dir+"/client.pem, backend-key: "+
		dir+"/client.key"
	require.NoError(t, os.WriteFile(write, []byte(fmt.Sprintf(`
routes:
  /ok: {target: tls://127.0.0.1:%[1]s, %[3]s, %[4]s}
  /wss: {target: wss://127.0.0.1:%[2]s/, %[3]s, %[4]s}
  /named: {target: tls://localhost:%[1]s, backend-name: 127.0.0.1, %[3]s, %[4]s}
  /wss-named: {target: wss://localhost:%[2]s/, backend-name: 127.0.0.1, %[3]s, %[4]s}
  /other-name: {target: tls://localhost:%[1]s, %[3]s, %[4]s}
  /untrusted: {target: tls://127.0.0.1:%[1]s, %[4]s}
`, port, webPort, ca, own)), 0o600))
	s := serveHere(t, "--config", write)
	for _, path := range []string{"/ok", "/named"} {
		c := dialHere(t, s.url+path, nil)
		wantBytes(t, c, "hello")
		wantBytes(t, c, strings.Repeat("x", 1<<20))
		require.NoError(t, c.Close(transport.CloseNormal, ""))
	}
	for _, path := range []string{"/wss", "/wss-named"} {
		wantEcho(t, dialHere(t, s.url+path, nil), transport.Text, []byte("hello"))
	}
	for path, why := range map[string]string{
		"/other-name": "not valid for any names|doesn't contain any|valid for 127.0.0.1, " +
			"not localhost|cannot validate", "/untrusted": "unknown authority",
	} {
		wantFailure(t, s.url+path, nil, fsm.FailureStatus, 503)
		wantLog(t, s.log, `msg="back end failed" backend=tls://\S+ error=".*(`+why+`).*" route=`+path)
	}
}

// A back end inside TLS that ends its stream closes the client with 1000 once everything has
// arrived; one whose TCP is cut does not end in peace.
func TestServe_TLSBackEndEnds(t *testing.T) {
	cert := testCertificate(t)
	pair, err := tls.LoadX509KeyPair(cert, filepath.Join(filepath.Dir(cert), "key.pem"))
	require.NoError(t, err)
	ln := khptest.Listen(t)
	s := serveHere(t, "--route", "/=tls://"+ln.Addr().String(), "--backend-ca", cert)
	for _, peaceful := range []bool{true, false} {
		accepted := make(chan *tls.Conn, 1)
		go func() {
			nc, err := ln.Accept()
			if err != nil {
				return
			}
			back := tls.Server(nc, &tls.Config{Certificates: []tls.Certificate{pair}})
			_ = back.Handshake()
			accepted <- back
		}()
		c := dialHere(t, s.url+"/", nil)
		back := <-accepted
		_, err := back.Write([]byte("last words"))
		require.NoError(t, err)
		_, p, err := c.Read(t.Context())
		require.NoError(t, err)
		require.Equal(t, "last words", string(p))
		if peaceful {
			require.NoError(t, back.Close())
			wantClose(t, c, transport.CloseNormal, "")
			continue
		}
		below := back.NetConn().(*net.TCPConn)
		require.NoError(t, below.SetLinger(0))
		require.NoError(t, below.Close())
		wantClose(t, c, transport.CloseInternalError, "the back end is gone")
	}
}

// A PROXY header tells back ends of every kind who the client is, before all else.
func TestServe_SendProxy(t *testing.T) {
	cert := testCertificate(t)
	pair, err := tls.LoadX509KeyPair(cert, filepath.Join(filepath.Dir(cert), "key.pem"))
	require.NoError(t, err)
	headers := make(chan *proxyproto.Header, 10)
	first := func(_ net.Conn, r *bufio.Reader) {
		if h, err := proxyproto.Read(r); err == nil {
			headers <- h
		} else {
			headers <- nil
		}
	}
	plain := khptest.Listen(t)
	echoBytes(t, plain, first)
	socket := filepath.Join(t.TempDir(), "s")
	unix, err := net.Listen("unix", socket)
	require.NoError(t, err)
	echoBytes(t, unix, first)
	// The two behind it speak TLS and WebSocket once the header has been taken.
	behind := func(serve func(net.Conn)) string {
		return khptest.Serve(t, func(nc net.Conn) {
			p := proxyproto.NewConn(nc)
			headers <- p.ProxyHeader()
			serve(p)
		})
	}
	secure := behind(func(nc net.Conn) {
		c := tls.Server(nc, &tls.Config{Certificates: []tls.Certificate{pair}})
		_, _ = io.Copy(c, c)
		_ = c.Close()
	})
	ended := make(chan struct{})
	web := behind(func(nc net.Conn) {
		l := &oneConn{nc: nc, ended: ended}
		_ = (&http.Server{ReadHeaderTimeout: time.Minute, Handler: &transport.Handler{
			Plain: true, Serve: func(ctx context.Context, c *transport.Conn) error {
				_, _, err := c.Read(ctx)
				return err
			}}}).Serve(l)
	})
	t.Cleanup(func() { close(ended) })
	for _, version := range []byte{1, 2} {
		s := serveHere(t, "--send-proxy", fmt.Sprintf("v%d", version), "--backend-ca", cert,
			"--trusted-proxies", "127.0.0.0/8",
			"--route", "/tcp=tcp://"+plain.Addr().String(), "--route", "/unix=unix:"+socket,
			"--route", "/tls=tls://"+secure, "--route", "/ws=ws://"+web)
		for _, path := range []string{"/tcp", "/unix", "/tls", "/ws"} {
			for given, want := range map[string]string{"": "", "203.0.113.7": "203.0.113.7:0",
				"2001:db8::7": "[2001:db8::7]:0"} {
				o := &transport.DialOptions{}
				if given != "" {
					o.OpeningHeader = http.Header{"X-Forwarded-For": {"1.1.1.1, " + given}}
				}
				c := dialHere(t, s.url+path, o)
				h := <-headers
				require.NotNil(t, h, path)
				require.Equal(t, version, h.Version)
				require.Equal(t, proxyproto.PROXY, h.Command)
				if want == "" {
					want = c.NetConn().LocalAddr().String()
				}
				require.Equal(t, want, h.SourceAddr.String())
				_, port, _ := net.SplitHostPort(strings.TrimPrefix(s.url, "ws://"))
				_, to, _ := net.SplitHostPort(h.DestinationAddr.String())
				require.Equal(t, port, to)
				if path != "/ws" {
					wantBytes(t, c, "hello")
				}
				require.NoError(t, c.CloseNow())
			}
		}
	}
}

// oneConn is a listener with one connection.
type oneConn struct {
	nc    net.Conn
	taken atomic.Bool
	ended chan struct{}
}

func (l *oneConn) Accept() (net.Conn, error) {
	if l.taken.Swap(true) {
		<-l.ended
		return nil, errors.New("there was one connection")
	}
	return l.nc, nil
}

func (l *oneConn) Close() error   { return nil }
func (l *oneConn) Addr() net.Addr { return l.nc.LocalAddr() }

// Of several back ends one is killed and started again under traffic: those that it had are told
// 1011, and nobody is turned away.
func TestServe_FailOverUnderLoad(t *testing.T) {
	for scheme, start := range map[string]life{"khp+ws": webSocketLife, "tcp": tcpLife} {
		t.Run(scheme, func(t *testing.T) {
			var book ledger
			var addrs [2]string
			var kill [2]func()
			for i := range addrs {
				ln, err := net.Listen("tcp", "127.0.0.1:0")
				require.NoError(t, err)
				addrs[i], kill[i] = ln.Addr().String(), start(ln, &book)
			}
			s := serveHere(t, "--route", "/=2*"+scheme+"://"+addrs[0]+","+scheme+"://"+addrs[1],
				"--metrics", "127.0.0.1:0")
			metrics := wantLog(t, s.log, `url=(\S+)`)[1]
			var stop atomic.Bool
			visitors, failed := make([]visitor, 6), make(chan error, 6)
			for i := range visitors {
				visitors[i].name = fmt.Sprint("visitor ", i)
				go func() { failed <- visitors[i].visit(t.Context(), s.url+"/", stop.Load) }()
			}
			traffic := func() {
				before := book.total()
				require.Eventually(t, func() bool { return book.total() > before+200 }, time.Minute,
					time.Millisecond)
			}
			for round := range 2 {
				traffic()
				i := round
				kill[i]()
				require.Eventually(t, func() bool {
					return strings.Count(s.log.String(), `msg="back end is down"`) > round
				}, time.Minute, time.Millisecond)
				traffic()
				kill[i] = start(listenAgain(t, addrs[i]), &book)
				require.Eventually(t, func() bool { // the log shows it once a client has come
					c, err := transport.Dial(t.Context(), s.url+"/", nil)
					return err == nil && c.CloseNow() == nil &&
						strings.Count(s.log.String(), `msg="back end is up again"`) > round
				}, time.Minute, 10*time.Millisecond)
			}
			stop.Store(true)
			for range visitors {
				require.NoError(t, <-failed)
			}
			for _, k := range kill {
				k()
			}
			thrown, slow := 0,
				regexp.MustCompile(`msg="back end failed".*(deadline|timeout|timed out|canceled)`)
			for _, v := range visitors {
				thrown += v.thrown
				// on a busy machine one that is up may not answer in time
				if !slow.MatchString(s.log.String()) {
					require.Zero(t, v.turned, "nobody is turned away while one is up")
				}
				for _, m := range v.acked {
					require.Equal(t, 1, book.count(m), "acknowledged but not delivered: %q", m)
				}
			}
			require.Positive(t, thrown)
			wantFailure(t, s.url+"/", nil, fsm.FailureStatus, 503)
			e := wantFailure(t, s.url+"/", nil, fsm.FailureStatus, 503)
			require.Equal(t, 5*time.Second, e.RetryAfter)
			require.Equal(t, "none of the servers behind this address can be reached\n", string(e.Body))
			wantLog(t, s.log, `level=WARN msg="no server can be reached" path=/ back_ends=2 route=/`)
			page := get(t, metrics)
			for _, a := range addrs {
				where := scheme + "://" + a
				if scheme != "tcp" {
					where += "/"
				}
				require.Contains(t, page, `khp_backend_up{backend="`+where+`",route="/"} 0`)
				require.Contains(t, page, `khp_backend_connect_seconds_count{backend="`+where+`",route="/"}`)
			}
			require.Contains(t, page, `khp_backend_failures_total{reason="none",route="/"}`)
		})
	}
}
