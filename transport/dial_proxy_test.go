package transport

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"example.com/khp/transport/auth"
	"example.com/khp/wire/credentials"
	"github.com/stretchr/testify/require"
)

// connectProxy is an HTTP proxy that knows CONNECT.
type connectProxy struct {
	*httptest.Server
	scheme string // "": no login; Basic; Digest: joe and s3cr3t
	answer func(w http.ResponseWriter, r *http.Request) bool

	interim string // responses before the final one

	mu     sync.Mutex
	seen   []string // targets and Proxy-Authorization schemes
	nonces int      // handed out; the first is stale at once
	ports  map[string]string
}

func newConnectProxy(t *testing.T, secure bool) *connectProxy {
	p := &connectProxy{ports: map[string]string{}}
	p.Server = httptest.NewUnstartedServer(p)
	if secure {
		p.StartTLS()
	} else {
		p.Start()
	}
	t.Cleanup(p.Close)
	return p
}

// via is a Proxy option with the credentials of joe.
func (p *connectProxy) via(password string) func(*http.Request) (*url.URL, error) {
	u, _ := url.Parse(p.URL)
	if password != "" {
		u.User = url.UserPassword("joe", password)
	}
	return http.ProxyURL(u)
}

func (p *connectProxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	login := r.Header.Get("Proxy-Authorization")
	scheme, _, _ := strings.Cut(login, " ")
	p.mu.Lock()
	p.seen = append(p.seen, strings.TrimSpace(r.RequestURI+" "+scheme))
	p.mu.Unlock()
	switch {
	case r.Method != http.MethodConnect || r.Host != r.RequestURI || r.Header.Get("User-Agent") != "":
		http.Error(w, "not a plain CONNECT", http.StatusBadRequest)
	case p.answer != nil && p.answer(w, r):
	case !p.admits(login, r.RequestURI):
		w.Header().Set("Proxy-Authenticate", p.challenge())
		w.WriteHeader(http.StatusProxyAuthRequired)
	default:
		p.connect(w, r.RequestURI)
	}
}

func (p *connectProxy) challenge() string {
	if p.scheme == "Basic" {
		return `Basic realm="proxy"`
	}
	p.nonces++
	c, _ := credentials.AppendDigestChallenge(nil,
		credentials.DigestChallenge{Realm: "proxy", Nonce: strconv.Itoa(p.nonces),
			Algorithm: credentials.DigestSHA256, Auth: true, Stale: p.nonces > 1})
	return string(c) + `, Basic realm="proxy"`
}

func (p *connectProxy) admits(login, target string) bool {
	switch p.scheme {
	case "Basic":
		return login == "Basic am9lOnMzY3IzdA=="
	case "Digest":
		_, rest, _ := credentials.Split([]byte(login))
		d, err := credentials.ParseDigest(rest)
		return err == nil && d.Nonce == "2" && d.URI == target &&
			d.Verify(credentials.DigestSHA256.HA1("joe", "proxy", "s3cr3t"), "CONNECT")
	}
	return true
}

func (p *connectProxy) connect(w http.ResponseWriter, target string) {
	if to, ok := p.ports[target]; ok {
		target = to
	}
	there, err := net.Dial("tcp", target)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer there.Close()
	here, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer here.Close()
	_, _ = io.WriteString(here, p.interim+"HTTP/1.0 200 Connection established\r\nVia: test\r\n\r\n")
	go func() { _, _ = io.Copy(there, here); _ = there.(*net.TCPConn).CloseWrite() }()
	_, _ = io.Copy(here, there)
}

// ws and wss through proxies with and without TLS and login. The server never hears of the proxy's
// credentials.
func TestDial_Proxy(t *testing.T) {
	t.Attr("req", "KHP-STATUS-407-02")
	t.Attr("req", "RFC2068-407-01")
	t.Attr("req", "RFC2068-407-03")
	t.Attr("req", "INV-27")
	heard := make(chan string, 1)
	h := &Handler{Decide: func(_ context.Context, r *Request) (Decision, error) {
		heard <- fmt.Sprint(r.Header, r.Opening, r.Authorization)
		return Decision{}, nil
	}}
	plain := serve(t, h)
	secure, cfg := serveTLS(t, h, nil)
	for _, proxyTLS := range []bool{false, true} {
		for _, scheme := range []string{"", "Basic", "Digest"} {
			for _, target := range []string{plain, secure} {
				t.Run(fmt.Sprintf("%s proxy with TLS %v to %s",
					scheme, proxyTLS, target[:3]), func(t *testing.T) {
					p := newConnectProxy(t, proxyTLS)
					p.scheme = scheme
					trust := cfg.Clone() // all test servers have the same certificate
					asked := 0
					trust.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
						asked++
						return &tls.Certificate{}, nil
					}
					var seen recorder
					c, err := Dial(t.Context(), target+"/echo",
						&DialOptions{Proxy: p.via("s3cr3t"), TLSConfig: trust, Observer: &seen})
					require.NoError(t, err)
					wantEcho(t, c, strings.Repeat("x", 100000))
					require.NoError(t, c.Close(CloseNormal, ""))
					addr := target[strings.LastIndex(target, "/")+1:]
					require.Equal(t,
						map[string][]string{"": {addr}, "Basic": {addr, addr + " Basic"}, "Digest": {addr, addr +
							" Digest", addr + " Digest"}}[scheme], p.seen, "nothing is told unasked")
					require.NotContains(t, <-heard, "Proxy")
					require.Equal(t, strings.HasPrefix(target, "wss"), asked == 1,
						"certificates are for the server only")
					require.NotContains(t, fmt.Sprint(seen.story()), "s3cr3t")
				})
			}
		}
	}
}

// Which proxy is used is the function's business, for each server of a chain of redirects anew.
func TestDial_ProxyChoice(t *testing.T) {
	target := serve(t, &Handler{})
	first := serve(t, &Handler{Decide: func(context.Context, *Request) (Decision, error) {
		return Decision{Status: 302, Location: target + "/there?token=x"}, nil
	}})
	p := newConnectProxy(t, false)
	var asked []string
	c, err := Dial(t.Context(), first+"/here?token=x", &DialOptions{
		Proxy: func(r *http.Request) (*url.URL, error) {
			asked = append(asked, r.URL.String())
			if strings.HasSuffix(target, r.URL.Host) {
				return url.Parse(p.URL)
			}
			return nil, nil
		}})
	require.NoError(t, err)
	require.NoError(t, c.CloseNow())
	require.Equal(t, []string{target[len("ws://"):]}, p.seen)
	require.Equal(t, "http"+first[len("ws"):], asked[0], "neither path nor query")
	require.Equal(t, "http"+target[len("ws"):], asked[len(asked)-1])
}

// A 407 from behind the proxy is answered once, on a new connection, and by credentials for the
// proxy only.
func TestDial_ProxyLoginFromBehind(t *testing.T) {
	t.Attr("req", "ADV-45")
	const login = "HTTP/1.1 407 x\r\nProxy-Authenticate: Basic realm=\"proxy\"\r\n" +
		"Content-Length: 0\r\n\r\n"
	behind := func(answer func(p *rawServer), log *rawLog) (addr string, stop func()) {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		var all sync.WaitGroup
		all.Go(func() {
			for {
				nc, err := ln.Accept()
				if err != nil {
					return
				}
				all.Go(func() { serveRaw(t, nc, log, answer) })
			}
		})
		return ln.Addr().String(), func() { _ = ln.Close(); all.Wait() }
	}
	for name, answer := range map[string]func(p *rawServer){
		"opening":  func(p *rawServer) { p.openingRequest(); p.bytes(login) },
		"extended": respond(login),
	} {
		t.Run(name, func(t *testing.T) {
			var log rawLog
			addr, stop := behind(answer, &log)
			defer stop()
			p := newConnectProxy(t, false)
			_, err := Dial(t.Context(), "ws://"+addr,
				&DialOptions{Proxy: p.via("s3cr3t"), Credentials: auth.Basic("joe", "s3cr3t")})
			var failed *HandshakeError
			require.ErrorAs(t, err, &failed)
			require.Equal(t, 407, failed.Status)
			require.Equal(t, 2, failed.Attempt)
			require.Equal(t, []string{addr, addr + " Basic"}, p.seen)
			require.NotContains(t, strings.Join(append(log.heads, log.all()...), ""), "uthorization")

			p = newConnectProxy(t, false)
			_, err = Dial(t.Context(), "ws://"+addr,
				&DialOptions{Proxy: p.via(""), Credentials: auth.Basic("joe", "s3cr3t")})
			require.ErrorAs(t, err, &failed)
			require.Equal(t, 1, failed.Attempt, "there is nothing to log in with")
			require.Equal(t, []string{addr}, p.seen)
		})
	}
}
