package proxy

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/internal/tcptest"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// proxies is a proxy that gives one answer on each connection, and records its requests.
type proxies struct {
	t       *testing.T
	answers []string // "" closes without one
	dialed  []string
	err     error

	mu    sync.Mutex // guards the rest
	asked []*http.Request
	ended int // connections that the client has closed
}

// dialer returns a Dialer to it. The caller is in a bubble of synctest.
func (p *proxies) dialer() *Dialer {
	return &Dialer{
		Limits: wire.DefaultLimits(), TCP: func(_ context.Context, addr string) (net.Conn, error) {
			if p.dialed = append(p.dialed, addr); p.err != nil {
				return nil, p.err
			}
			answer := p.answers[0]
			p.answers = p.answers[1:]
			client, server := tcptest.Pair(tcptest.Options{})
			go func() {
				r, err := http.ReadRequest(bufio.NewReader(server))
				if err != nil {
					return
				}
				p.mu.Lock()
				p.asked = append(p.asked, r)
				p.mu.Unlock()
				if answer == "" {
					_ = server.Close()
					return
				}
				_, _ = io.WriteString(server, answer)
				_, _ = io.Copy(server, server) // the server behind it says the same
				p.mu.Lock()
				p.ended++
				p.mu.Unlock()
				_ = server.Close()
			}()
			return client, nil
		}}
}

func at(t *testing.T, rawURL string) *url.URL {
	u, err := url.Parse(rawURL)
	require.NoError(t, err)
	return u
}

const (
	ok        = "HTTP/1.1 200 OK\r\n\r\n"
	challenge = "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"r\"\r\n" +
		"Content-Length: 4\r\n\r\nwho?"
)

// digest is a challenge with that nonce, for a nonce before that is too old or not.
func digest(nonce string, stale bool) string {
	return fmt.Sprintf("HTTP/1.1 407 No\r\n"+
		"Proxy-Authenticate: Digest realm=\"r\", nonce=%q, qop=\"auth\", "+
		"stale=%v\r\nContent-Length: 0\r\n\r\n", nonce, stale)
}

// Each answer of a proxy, on one connection after the other, has its outcome.
func TestDialer_Tunnel(t *testing.T) {
	const with = "http://joe:secret@p.example:8080"
	for name, c := range map[string]struct {
		proxy   string
		answers []string
		status  int    // of the refusal; 0 if there is none or no answer
		err     string // "" is none
		logins  []string
	}{
		"through": {with, []string{ok}, 0, "", []string{""}},
		"204":     {with, []string{"HTTP/1.1 204 No\r\n\r\n"}, 0, "", []string{""}},
		"interim": {with, []string{"HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 100 C\r\n\r\n" + ok},
			0, "", []string{""}},
		"another protocol": {with, []string{"HTTP/1.1 101 No\r\n\r\n"}, 101, "", []string{""}},
		"refused": {with, []string{"HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno"}, 403,
			"", []string{""}},
		"login": {with, []string{challenge, ok}, 0, "", []string{"", "Basic"}},
		"the better scheme": {with, []string{
			"HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"r\"\r\n" +
				strings.TrimPrefix(digest("1", false), "HTTP/1.1 407 No\r\n"), ok}, 0, "",
			[]string{"", "Digest"}},
		"wrong login": {with, []string{challenge, challenge}, 407, "", []string{"", "Basic"}},
		"wrong digest": {with, []string{digest("1", false), digest("2", false)}, 407, "",
			[]string{"", "Digest"}},
		"nonce too old": {with, []string{digest("1", false), digest("2", true), ok}, 0, "",
			[]string{"", "Digest", "Digest"}},
		"again and again": {with, []string{digest("1", false), digest("2", true), digest("3", true)},
			407, "", []string{"", "Digest", "Digest"}},
		"nobody to log in as": {"http://p.example:8080", []string{challenge}, 407,
			"no user and password", []string{""}},
		"no challenge": {with, []string{"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n"}, 407,
			"challenge", []string{""}},
		"bad challenge": {with, []string{"HTTP/1.1 407 No\r\nProxy-Authenticate: =\r\n" +
			"Content-Length: 0\r\n\r\n"}, 407, "challenge", []string{""}},
		"says too much": {with, []string{ok + "x"}, 0, "more than its answer", []string{""}},
		"no HTTP": {with, []string{"220 secret\r\n"}, 0,
			"its answer is not HTTP, cut, or too long", []string{""}},
		"closes": {with, []string{""}, 0, "EOF", []string{""}},
		"cut":    {with, []string{"HTTP/1.1 200 OK\r\n"}, 0, "deadline", []string{""}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				p := &proxies{t: t, answers: c.answers}
				nc, refusal := p.dialer().Dial(ctx, at(t, c.proxy), "h.example:80")
				synctest.Wait()
				require.Empty(t, p.answers)
				for i, r := range p.asked {
					require.Equal(t, "p.example:8080", p.dialed[i])
					require.Equal(t, "CONNECT h.example:80", r.Method+" "+r.RequestURI)
					require.Equal(t, "h.example:80", r.Host)
					require.Empty(t, r.UserAgent())
					scheme, _, _ := strings.Cut(r.Header.Get("Proxy-Authorization"), " ")
					require.Equal(t, c.logins[i], scheme)
					require.Equal(t, c.logins[i] != "", r.Header["Proxy-Authorization"] != nil)
				}
				if c.status == 0 && c.err == "" {
					require.Nil(t, refusal)
					require.Equal(t, len(p.asked)-1, p.ended, "those before are closed")
					cancel() // ends no connection that is through
					synctest.Wait()
					_, err := nc.Write([]byte("x"))
					require.NoError(t, err)
					_, err = nc.Read(make([]byte, 1))
					require.NoError(t, err)
					require.NoError(t, nc.Close())
					return
				}
				require.Nil(t, nc)
				require.Equal(t, c.status, refusal.Status)
				require.Equal(t, "http://p.example:8080 h.example:80", refusal.Proxy+" "+refusal.Target)
				if c.err == "" {
					require.NoError(t, refusal.Err)
				} else {
					require.ErrorContains(t, refusal.Err, c.err)
					require.NotContains(t, refusal.Err.Error(), "secret")
				}
				if c.answers[0] != "" {
					require.Equal(t, len(p.asked), p.ended, "no connection is left")
				}
				if name == "refused" {
					require.Equal(t, "no", string(refusal.Body))
					require.Equal(t, "2", refusal.Header.Get("Content-Length"))
				}
			})
		})
	}
}

// A proxy that has asked once is known to: with Login it is not answered before it asks again.
func TestDialer_LoginOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &proxies{t: t, answers: []string{challenge, ok, ok}}
		d := p.dialer()
		for range 2 {
			nc, refusal := d.Dial(t.Context(), at(t, "http://joe:secret@p.example:1"), "h.example:80")
			require.Nil(t, refusal)
			require.NoError(t, nc.Close())
			d.Login = true
		}
		synctest.Wait()
		require.Len(t, p.asked, 3)
		require.Empty(t, p.asked[2].Header.Get("Proxy-Authorization"))
	})
}

// The proxy is found at the port of its scheme, and by TLS if that says so.
func TestDialer_Ports(t *testing.T) {
	for proxy, want := range map[string]string{
		"http://p.example":          "p.example:80",
		"https://p.example":         "p.example:443",
		"https://[2001:db8::1]:5":   "[2001:db8::1]:5",
		"socks5://p.example":        "p.example:1080",
		"socks5h://joe@p.example:7": "p.example:7",
	} {
		p := &proxies{t: t, err: errors.New("nobody listens")}
		nc, refusal := p.dialer().Dial(t.Context(), at(t, proxy), "h.example:80")
		require.Nil(t, nc)
		require.ErrorContains(t, refusal.Err, "nobody listens")
		require.Equal(t, []string{want}, p.dialed)
		require.Zero(t, refusal.Status)
		require.NotContains(t, refusal.Proxy, "joe")
		require.True(t, strings.HasPrefix(refusal.Proxy, strings.Split(proxy, ":")[0]+"://"))
	}
}

// To a proxy with TLS the caller's configuration goes but for its names and certificates.
func TestDialer_TLS(t *testing.T) {
	seen := make(chan string, 9)
	h := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen <- fmt.Sprint(r.TLS.ServerName, " ", r.TLS.NegotiatedProtocol, " ",
			len(r.TLS.PeerCertificates))
		w.WriteHeader(http.StatusOK)
	}))
	h.Config.ErrorLog = log.New(io.Discard, "", 0)
	h.TLS = &tls.Config{ClientAuth: tls.RequestClientCert, NextProtos: []string{"h2", "http/1.1"}}
	h.StartTLS()
	defer h.Close()
	d := Dialer{
		Limits: wire.DefaultLimits(), TCP: func(ctx context.Context, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", h.Listener.Addr().String())
		}}
	proxy := at(t, "https://p.example")
	_, refusal := d.Dial(t.Context(), proxy, "h.example:80")
	require.ErrorContains(t, refusal.Err, "certificate")
	own := &tls.Config{InsecureSkipVerify: true, ServerName: "h.example", NextProtos: []string{"h2"},
		Certificates: h.TLS.Certificates}
	own.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		return &h.TLS.Certificates[0], nil
	}
	d.TLS = own
	nc, refusal := d.Dial(t.Context(), proxy, "h.example:80")
	require.Nil(t, refusal)
	require.NoError(t, nc.Close())
	require.Equal(t, "p.example http/1.1 0", <-seen)
	require.Equal(t, "h.example", own.ServerName)
}

// The end of the context ends the wait for a proxy, whatever it does not do, and is told as such.
func TestDialer_ContextEnds(t *testing.T) {
	for _, scheme := range []string{"http", "socks5"} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(time.Second, cancel)
			client, server := tcptest.Pair(tcptest.Options{})
			d := Dialer{Limits: wire.DefaultLimits(), TCP: func(context.Context, string) (net.Conn, error) {
				return client, nil
			}}
			nc, refusal := d.Dial(ctx, at(t, scheme+"://p.example:1"), "h.example:80")
			require.Nil(t, nc)
			require.Equal(t, context.Canceled, refusal.Err)
			_, err := client.Write([]byte("x"))
			require.ErrorIs(t, err, net.ErrClosed)
			require.NoError(t, server.Close())
		})
	}
}

// A SOCKS proxy gets the name of the server, and the user and password of its URL.
func TestDialer_SOCKS(t *testing.T) {
	for _, scheme := range []string{"socks5", "socks5h"} {
		synctest.Test(t, func(t *testing.T) {
			client, server := tcptest.Pair(tcptest.Options{})
			d := Dialer{TCP: func(context.Context, string) (net.Conn, error) { return client, nil }}
			said := make(chan string, 3)
			go func() {
				for _, answer := range []string{"\x05\x02", "\x01\x00",
					"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50"} {
					b := make([]byte, 100)
					n, _ := server.Read(b)
					said <- string(b[:n])
					_, _ = io.WriteString(server, answer)
				}
			}()
			nc, refusal := d.Dial(t.Context(), at(t, scheme+"://joe:secret@p.example:1"), "h.example:80")
			require.Nil(t, refusal)
			require.Contains(t, <-said, "\x02")
			require.Equal(t, "\x01\x03joe\x06secret", <-said)
			require.Equal(t, "\x05\x01\x00\x03\x09h.example\x00\x50", <-said)
			require.NoError(t, nc.Close())
		})
	}
}

// A SOCKS proxy without a user in its URL is offered no login.
func TestDialer_SOCKSWithoutLogin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := tcptest.Pair(tcptest.Options{})
		d := Dialer{TCP: func(context.Context, string) (net.Conn, error) { return client, nil }}
		said := make(chan string, 1)
		go func() {
			b := make([]byte, 100)
			n, _ := server.Read(b)
			said <- string(b[:n])
			_ = server.Close()
		}()
		_, refusal := d.Dial(t.Context(), at(t, "socks5://p.example:1"), "h.example:80")
		require.Error(t, refusal.Err)
		require.Equal(t, "\x05\x01\x00", <-said)
	})
}

// The caller chooses a proxy by the URL, as package net/http would ask; a URL that cannot be one is
// refused, without a password in the error.
func TestFind(t *testing.T) {
	for raw, asked := range map[string]string{
		"ws://h.example:80/p?q": "http://h.example", "wss://h.example/": "https://h.example"} {
		u, err := wire.ParseURL(raw, nil)
		require.NoError(t, err)
		_, err = Find(func(r *http.Request) (*url.URL, error) {
			require.Equal(t, asked, r.URL.String())
			require.Equal(t, "GET h.example", r.Method+" "+r.Host)
			require.NotNil(t, r.Header)
			return nil, nil
		}, u)
		require.NoError(t, err)
	}
	find := func(proxy *url.URL, err error) (*url.URL, error) {
		return Find(func(*http.Request) (*url.URL, error) { return proxy, err }, wire.URL{Host: "h"})
	}
	for _, good := range []string{"http://p", "https://p:1", "socks5://p", "socks5h://u:p@p"} {
		proxy, err := find(at(t, good), nil)
		require.NoError(t, err)
		require.Equal(t, good, proxy.String())
	}
	for _, bad := range []string{"ftp://p", "http:", "p.example", "socks4://p", "http://:80"} {
		proxy, err := find(at(t, bad), nil)
		require.ErrorContains(t, err, "expected http://host:port")
		require.Equal(t, bad, proxy.String())
	}
	_, err := find(nil, errors.New("parse http://joe:secret@p: bad"))
	require.EqualError(t, err, "its URL cannot be used")
	other := errors.New("no proxy today")
	_, err = find(nil, other)
	require.Equal(t, other, err)
}
