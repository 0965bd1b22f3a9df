//go:build linux

package transport

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/transport/auth"
	"example.com/khp/transport/internal/frametest"
	"example.com/khp/transport/internal/hops"
	"github.com/pires/go-proxyproto"
	"github.com/stretchr/testify/require"
)

const (
	proxyHost = "127.0.0.2" // is trusted, and the other is not
	otherHost = "127.0.0.1"
)

// proxied is a Server that trusts proxyHost, and tells who each client is.
type proxied struct {
	*Server
	log  *syncBuffer
	seen chan string // RemoteAddr of the connection and network for the Authenticator
	addr string
	root *tls.Config
}

func serveProxied(t *testing.T, secure bool, change func(s *Server)) *proxied {
	p := &proxied{log: &syncBuffer{}, seen: make(chan string, 10)}
	log := slog.New(slog.NewTextHandler(p.log, nil))
	networks := make(chan netip.Prefix, 10)
	p.Server = &Server{
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix(proxyHost + "/32")}, Logger: log,
		Handler: &Handler{
			Logger: log,
			Authenticator: auth.AuthenticatorFunc(
				func(ctx context.Context, _ *Request) (auth.Verdict, error) {
					networks <- auth.ClientNetwork(ctx)
					return auth.Verdict{Allow: true}, nil
				}),
			Serve: func(ctx context.Context, c *Conn) error {
				p.seen <- c.NetConn().RemoteAddr().String() + " " + (<-networks).String()
				_, _, err := c.Read(ctx)
				return err
			},
		},
	}
	if change != nil {
		change(p.Server)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	serve := p.Serve
	if secure {
		serve = func(ln net.Listener) error { return p.ServeTLS(ln, "", "") }
		srv := httptest.NewTLSServer(nil) // for its certificate
		defer srv.Close()
		roots := x509.NewCertPool()
		roots.AddCert(srv.Certificate())
		p.TLSConfig, p.root = &tls.Config{Certificates: srv.TLS.Certificates},
			&tls.Config{RootCAs: roots, ServerName: "example.com"}
	}
	p.addr = ln.Addr().String()
	go func() { _ = serve(ln) }()
	t.Cleanup(func() {
		require.NoError(t, p.Shutdown(context.Background()))
		require.Eventually(t, func() bool { return p.Connections() == 0 }, 30*time.Second,
			time.Millisecond)
		require.Eventually(t, func() bool { return p.gate.Addresses() == 0 }, 30*time.Second,
			time.Millisecond)
	})
	return p
}

// from connects from a host of its own, and says something first.
func (p *proxied) from(t *testing.T, host, first string) net.Conn {
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(host)}}
	nc, err := d.DialContext(t.Context(), "tcp", p.addr)
	require.NoError(t, err)
	t.Cleanup(func() { _ = nc.Close() })
	_, err = io.WriteString(nc, first)
	require.NoError(t, err)
	return nc
}

// dial opens a KHP connection from host, with first ahead of everything and fields in the opening
// request.
func (p *proxied) dial(t *testing.T, host, first string, fields http.Header) (*Conn, error) {
	scheme := "ws"
	if p.root != nil {
		scheme = "wss"
	}
	c, err := Dial(t.Context(), scheme+"://localhost/", &DialOptions{
		TLSConfig: p.root, OpeningHeader: fields,
		NetDial: func(context.Context, string, string) (net.Conn, error) {
			return p.from(t, host, first), nil
		}})
	if err == nil {
		t.Cleanup(func() { _ = c.CloseNow() })
	}
	return c, err
}

func header(t *testing.T, version byte, source string) string {
	h := proxyproto.HeaderProxyFromAddrs(version,
		net.TCPAddrFromAddrPort(netip.MustParseAddrPort(source)),
		net.TCPAddrFromAddrPort(netip.MustParseAddrPort(source)))
	b, err := h.Format()
	require.NoError(t, err)
	return string(b)
}

// A PROXY header of a trusted proxy says who the client is, ahead of TLS and together with the
// first bytes of the client.
func TestServer_ProxyHeader(t *testing.T) {
	for _, secure := range []bool{false, true} {
		p := serveProxied(t, secure, func(s *Server) { s.ProxyProtocol = true })
		for _, version := range []byte{1, 2} {
			for source, network := range map[string]string{"203.0.113.7:50412": "203.0.113.7/32",
				"[2001:db8::7]:50412": "2001:db8::/64"} {
				_, err := p.dial(t, proxyHost, header(t, version, source), nil)
				require.NoError(t, err)
				require.Equal(t, source+" "+network, <-p.seen)
				require.Contains(t, p.log.String(), "msg=open remote="+source)
			}
		}
		local := "\r\n\r\n\x00\r\nQUIT\n\x20\x00\x00\x00" // the proxy itself
		_, err := p.dial(t, proxyHost, local, nil)
		require.NoError(t, err)
		require.Contains(t, <-p.seen, proxyHost+"/32")
		_, err = p.dial(t, proxyHost, "PROXY UNKNOWN\r\n", nil)
		require.NoError(t, err)
		require.Contains(t, <-p.seen, proxyHost+"/32")
		_, err = p.dial(t, otherHost, "", nil)
		require.NoError(t, err, "who is no proxy needs no header")
		require.Contains(t, <-p.seen, otherHost+"/32")
	}
}

// Who is not trusted cannot have one, and who is cannot be without; a server that expects none
// takes none.
func TestServer_ProxyHeaderRefused(t *testing.T) {
	for _, secure := range []bool{false, true} {
		for name, x := range map[string]struct {
			host, first, log string
			expected         bool
		}{
			"untrusted, v1": {otherHost, header(t, 1, "203.0.113.7:1"),
				"a PROXY header was refused", true},
			"untrusted, v2": {otherHost, header(t, 2, "203.0.113.7:1"),
				"a PROXY header was refused", true},
			"not expected, v1": {proxyHost, header(t, 1, "203.0.113.7:1"),
				"a PROXY header was refused", false},
			"not expected, v2": {proxyHost, header(t, 2, "203.0.113.7:1"),
				"a PROXY header was refused", false},
			"trusted, none": {proxyHost, "", "a trusted proxy sent no PROXY header", true},
			"trusted, broken": {proxyHost, "PROXY TCP4 203.0.113.7 nowhere 1 2\r\n",
				"a trusted proxy sent no PROXY header", true},
			"trusted, part": {proxyHost, "PROXY TCP4 203", "a trusted proxy sent no PROXY header", true},
			"trusted, UDP": {proxyHost, "\r\n\r\n\x00\r\n" +
				"QUIT\n\x21\x12\x00\x0c\x01\x02\x03\x04\x01\x02\x03\x04\x00\x01\x00\x01",
				"a trusted proxy sent no PROXY header", true},
			"trusted, version": {proxyHost, "\r\n\r\n\x00\r\n" +
				"QUIT\n\x31\x11\x00\x0c\x01\x02\x03\x04\x01\x02\x03\x04\x00\x01\x00\x01",
				"a trusted proxy sent no PROXY header", true},
		} {
			t.Run(fmt.Sprint(name, secure), func(t *testing.T) {
				p := serveProxied(t, secure, func(s *Server) {
					s.ProxyProtocol = x.expected
					s.Fallback = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
						t.Error("nobody is to be asked")
					})
				})
				_, err := p.dial(t, x.host, x.first, nil)
				require.Error(t, err)
				require.Eventually(t, func() bool { return strings.Contains(p.log.String(), x.log) },
					30*time.Second, time.Millisecond, p.log)
				require.Contains(t, p.log.String(), "remote="+x.host)
				require.Empty(t, p.seen)
			})
		}
	}
}

// The limit of an address is that of the client, from the header on.
func TestServer_ProxyHeaderPerAddress(t *testing.T) {
	p := serveProxied(t, false, func(s *Server) { s.ProxyProtocol, s.MaxPerAddress = true, 2 })
	var one *Conn
	for i, source := range []string{"[2001:db8::1]:1", "[2001:db8::2]:2", "203.0.113.7:1",
		"203.0.113.7:2"} {
		c, err := p.dial(t, proxyHost, header(t, 2, source), nil)
		require.NoError(t, err)
		if i == 0 {
			one = c
		}
		<-p.seen
	}
	_, err := p.dial(t, proxyHost, header(t, 1, "[2001:db8::3]:3"), nil)
	require.ErrorContains(t, err, "503")
	require.Contains(t, p.log.String(),
		`turned away: too many connections from this address" remote=[2001:db8::3]:3 most=2`)
	require.NoError(t, one.CloseNow())
	require.Eventually(t, func() bool { return p.Connections() == 3 }, 30*time.Second,
		time.Millisecond)
	_, err = p.dial(t, proxyHost, header(t, 1, "[2001:db8::3]:3"), nil)
	require.NoError(t, err)
	<-p.seen
}

// A proxy that says nothing, or not all of a header, is dropped with the time of the opening
// request, of which the header is a part.
func TestServer_ProxyHeaderSlow(t *testing.T) { eachNetwork(t, testServerProxyHeaderSlow) }

func testServerProxyHeaderSlow(t *testing.T) {
	head := header(t, 2, "203.0.113.7:1")
	for name, first := range map[string]string{"nothing": "", "half": head[:14],
		"header, then nothing": head} {
		s := &Server{Handler: &Handler{Serve: echoServe}, ProxyProtocol: true,
			TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")},
			OpeningTimeout: 15 * time.Second}
		serveVirtual(t, name, s, func(t *testing.T, l *pipeListener) {
			a, b := connection(t)
			defer a.Close()
			l.queue <- hops.Named(b, "10.0.0.1:1")
			begin := time.Now()
			for i := range len(first) {
				time.Sleep(100 * time.Millisecond)
				_, err := a.Write([]byte{first[i]})
				require.NoError(t, err)
			}
			_, err := a.Read(make([]byte, 1))
			require.ErrorIs(t, err, io.EOF)
			require.Equal(t, 15*time.Second, time.Since(begin))
			synctest.Wait()
		})
	}
}

// The fields of a trusted proxy count, in the log, for the Authenticator and for the limit of an
// address; those of other senders do not.
func TestServer_ForwardedFor(t *testing.T) {
	for _, secure := range []bool{false, true} {
		p := serveProxied(t, secure, func(s *Server) { s.MaxPerAddress = 1 })
		field := func(v string) http.Header { return http.Header{"X-Forwarded-For": {v}} }
		_, err := p.dial(t, proxyHost, "", field("1.1.1.1, 203.0.113.7"))
		require.NoError(t, err)
		require.Equal(t, "203.0.113.7:0 203.0.113.7/32", <-p.seen)
		require.Contains(t, p.log.String(), "msg=open remote=203.0.113.7:0")
		_, err = p.dial(t, proxyHost, "",
			http.Header{"Forwarded": {`for=2.2.2.2, for="[2001:db8::7]:99";proto=https`}})
		require.NoError(t, err)
		require.Equal(t, "[2001:db8::7]:99 2001:db8::/64", <-p.seen)
		for _, again := range []http.Header{field("203.0.113.7"), field("9.9.9.9, 203.0.113.7"),
			field("2001:db8::8888")} {
			_, err = p.dial(t, proxyHost, "", again)
			require.ErrorContains(t, err, "503", "%v", again)
		}
		_, err = p.dial(t, otherHost, "", field("198.51.100.9"))
		require.NoError(t, err)
		require.Contains(t, <-p.seen, otherHost+"/32", "a forged field")
		_, err = p.dial(t, otherHost, "", field("198.51.100.10"))
		require.Error(t, err, "which does not help against the limit")
		require.NotContains(t, p.log.String(), "198.51.100")
	}
}

// A proxy may use one connection for requests of many clients before it hands it to one of them.
func TestServer_ForwardedForKeptAlive(t *testing.T) {
	pages := make(chan string, 2)
	p := serveProxied(t, false, func(s *Server) {
		s.MaxPerAddress = 1
		s.Fallback = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			pages <- r.RemoteAddr
		})
	})
	upgrade := func(client string) (status int) {
		nc := p.from(t, proxyHost, "")
		r := bufio.NewReader(nc)
		for _, other := range []string{"198.51.100.1", "198.51.100.2"} {
			_, err := io.WriteString(nc, "GET /page HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: "+
				other+"\r\n\r\n")
			require.NoError(t, err)
			response, err := http.ReadResponse(r, nil)
			require.NoError(t, err)
			_ = response.Body.Close()
			require.Equal(t, other+":0", <-pages)
		}
		_, err := io.WriteString(nc, strings.Replace(openingRequest, "\r\n", "\r\nX-Forwarded-For: "+
			client+"\r\n", 1))
		require.NoError(t, err)
		response, err := http.ReadResponse(r, nil)
		require.NoError(t, err)
		if response.StatusCode == 101 {
			_, err = nc.Write(frametest.Encode(false, bin(extendedRequest)))
			require.NoError(t, err)
			require.Equal(t, client+":0 "+client+"/32", <-p.seen)
		}
		return response.StatusCode
	}
	require.Equal(t, 101, upgrade("203.0.113.7"))
	require.Equal(t, 503, upgrade("203.0.113.7"))
	require.Equal(t, 101, upgrade("203.0.113.8"))
}

// Middleware of net/http says who the client is by RemoteAddr.
func TestHandler_RemoteAddr(t *testing.T) {
	seen := make(chan string, 1)
	h := &Handler{Serve: func(_ context.Context, c *Conn) error {
		seen <- c.NetConn().RemoteAddr().String()
		return nil
	}}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.RemoteAddr = "203.0.113.7:1"
		h.ServeHTTP(w, r)
	}))
	defer srv.Close()
	_, err := Dial(t.Context(), "ws"+strings.TrimPrefix(srv.URL, "http"), nil)
	require.NoError(t, err)
	require.Equal(t, "203.0.113.7:1", <-seen)
}
