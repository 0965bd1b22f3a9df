package transport

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/transport/auth"
	"example.com/khp/transport/internal/frametest"
	"example.com/khp/transport/internal/sock"
	"github.com/stretchr/testify/require"
)

// serveTLS is serve with a generated certificate for example.com and 127.0.0.1, and the client
// configuration that trusts it.
func serveTLS(t *testing.T, h *Handler, asked *tls.ClientHelloInfo) (url string, cfg *tls.Config) {
	t.Helper()
	if h.Serve == nil {
		h.Serve = echoServe
	}
	srv := httptest.NewUnstartedServer(h)
	srv.EnableHTTP2 = true
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.TLS = &tls.Config{ClientAuth: tls.RequestClientCert,
		GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
			if asked != nil {
				*asked = *hello
			}
			return nil, nil
		}}
	srv.StartTLS()
	t.Cleanup(srv.Close)
	roots := x509.NewCertPool()
	roots.AddCert(srv.Certificate())
	return "wss" + strings.TrimPrefix(srv.URL, "https"), &tls.Config{RootCAs: roots}
}

func TestDial_TLS(t *testing.T) {
	wantNoLeaks(t)
	h := &Handler{}
	var hello tls.ClientHelloInfo
	url, cfg := serveTLS(t, h, &hello)
	cfg.NextProtos = []string{"h2"} // as a configuration shared with an HTTP client may say
	for _, profile := range []Profile{Spec, Kaazing} {
		c, err := Dial(t.Context(), url, &DialOptions{TLSConfig: cfg, Profile: profile})
		require.NoError(t, err)
		wantEcho(t, c, strings.Repeat("x", 100000))
		require.NoError(t, c.Close(CloseNormal, "bye"))
	}
	require.Equal(t, []string{"http/1.1"}, hello.SupportedProtos)
	require.Equal(t, []string{"h2"}, cfg.NextProtos, "the caller's configuration is not touched")

	_, err := Dial(t.Context(), url, nil)
	require.ErrorIs(t, err, fsm.FailureConnect)
	var bad *tls.CertificateVerificationError
	require.ErrorAs(t, err, &bad, "the cause can be looked at")

	_, err = Dial(t.Context(), "wss"+strings.TrimPrefix(serve(t, &Handler{}), "ws"), nil)
	require.ErrorIs(t, err, fsm.FailureConnect, "a server without TLS")
	require.NoError(t, h.Shutdown(t.Context()))
}

// TLS is cut without close_notify, at every leg of the handshake: that is a loss, not an end.
func TestDial_TLSCut(t *testing.T) {
	wantNoLeaks(t)
	_, cfg := serveTLS(t, &Handler{}, nil)
	srv := httptest.NewTLSServer(http.NotFoundHandler())
	defer srv.Close()
	cfg.RootCAs.AddCert(srv.Certificate())
	for _, m := range moments {
		t.Run("ADV-68/"+m.name, func(t *testing.T) {
			t.Attr("req", "ADV-68")
			opts := m.opts
			opts.TLSConfig = cfg
			n := &rawNetwork{T: t}
			opts.NetDial = func(context.Context, string, string) (net.Conn, error) {
				a, b := tcpPair(t)
				n.wg.Go(func() {
					secure := tls.Server(b, srv.TLS)
					serveRaw(t, secure, &n.log, func(p *rawServer) { m.script(p); _ = b.Close() })
				})
				return a, nil
			}
			_, err := Dial(t.Context(), "wss://example.com/", &opts)
			var failed *HandshakeError
			require.ErrorAs(t, err, &failed)
			require.Contains(t, []fsm.Failure{fsm.FailureConnectionLost, fsm.FailureMissingTerminator},
				failed.Failure)
			require.ErrorIs(t, failed.Cause, io.ErrUnexpectedEOF)
			n.wg.Wait()
		})
	}
	t.Run("in the TLS handshake", func(t *testing.T) {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer ln.Close()
		go func() {
			nc, err := ln.Accept()
			if err == nil {
				_ = nc.Close()
			}
		}()
		_, err = Dial(t.Context(), "wss://"+ln.Addr().String(), nil)
		require.ErrorIs(t, err, fsm.FailureConnect)
		var failed *HandshakeError
		require.ErrorAs(t, err, &failed)
		require.Equal(t, endpoint.LegConnect, failed.Leg)
	})
}

// A server that stops reading cannot hold up the end of an attempt with TLS either, whose own
// goodbye would have to be written.
func TestDial_TLSDeaf(t *testing.T) {
	srv := httptest.NewTLSServer(http.NotFoundHandler())
	defer srv.Close()
	roots := x509.NewCertPool()
	roots.AddCert(srv.Certificate())
	virtual(t, "ADV-73", func(t *testing.T) {
		t.Attr("req", "ADV-73")
		a, b := connection(t)
		defer b.Close()
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			if tls.Server(b, srv.TLS.Clone()).Handshake() == nil {
				time.AfterFunc(time.Second, cancel)
			}
		}()
		start := time.Now()
		_, err := Dial(ctx, "wss://example.com", &DialOptions{
			TLSConfig: &tls.Config{RootCAs: roots, Time: srv.Certificate().NotBefore.AddDate(1, 0, 0).Local},
			NetDial:   func(context.Context, string, string) (net.Conn, error) { return a, nil },
		})
		require.ErrorIs(t, err, context.Canceled)
		require.LessOrEqual(t, time.Since(start), time.Second+2*sock.GiveUpTimeout)
	})
}

// TLS is cut without close_notify on the server's side.
func TestHandler_TLSCut(t *testing.T) {
	wantNoLeaks(t)
	t.Attr("req", "ADV-68")
	h := &Handler{Decide: never}
	url, cfg := serveTLS(t, h, nil)
	for _, sent := range []string{openingRequest,
		openingRequest + string(frametest.Encode(false, bin(extendedRequest)))} {
		nc, err := net.Dial("tcp", strings.TrimPrefix(url, "wss://"))
		require.NoError(t, err)
		cfg.ServerName = "example.com"
		c := newRawClient(t, tls.Client(nc, cfg))
		c.bytes(sent)
		<-c.head
		require.Equal(t, 1, h.Connections())
		require.NoError(t, nc.Close())
		require.Eventually(t, func() bool { return h.Connections() == 0 }, 30*time.Second,
			time.Millisecond)
	}
}

// The caller's identity goes to the first origin only: credentials, cookies, sensitive fields,
// client certificates, and the name that TLS checks is that of the host at hand.
func TestDial_OtherOrigin(t *testing.T) {
	t.Attr("req", "ADV-10")
	t.Attr("req", "INV-27")
	var hello tls.ClientHelloInfo
	var second *Request
	target, cfg := serveTLS(t, &Handler{Decide: func(_ context.Context, r *Request) (Decision, error) {
		second = r
		return Decision{}, nil
	}}, &hello)
	var first *Request
	start, _ := serveTLS(t, &Handler{Decide: func(_ context.Context, r *Request) (Decision, error) {
		first = r
		return Decision{Status: 302, Location: target + "/there"}, nil
	}}, &hello) // all test servers have the same certificate
	start = strings.Replace(start, "127.0.0.1", "alias.example", 1)
	cfg.ServerName = "example.com" // the name in the certificate of the first host
	certificates := 0
	cfg.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		certificates++
		return &tls.Certificate{}, nil
	}
	var seen recorder
	opts := &DialOptions{
		TLSConfig: cfg, Observer: &seen, Credentials: auth.Basic("joe", "welcome"),
		Sensitive:     []string{"X-Api-Key"},
		Header:        http.Header{"X-Api-Key": {"SECRET"}, "X-Other": {"visible"}, "Cookie": {"SECRET"}},
		OpeningHeader: http.Header{"Cookie": {"SECRET"}, "X-Api-Key": {"SECRET"}},
		NetDial: func(ctx context.Context, network, addr string) (net.Conn, error) {
			_, port, _ := net.SplitHostPort(addr)
			return new(net.Dialer).DialContext(ctx, network, "127.0.0.1:"+port)
		},
	}
	c, err := Dial(t.Context(), start+"/here", opts)
	require.NoError(t, err)
	require.Equal(t, target+"/there", c.URL())
	require.NoError(t, c.CloseNow())
	require.Equal(t, 1, certificates, "the second origin gets no client certificate")
	require.Empty(t, hello.ServerName, "the second host is an address")
	text := func(r *Request) (s string) {
		for _, f := range append(r.Header, r.Opening...) {
			s += f.Name + ": " + f.Value + "\n"
		}
		return s
	}
	require.Equal(t, 4, strings.Count(text(first), "SECRET"), text(first))
	require.NotContains(t, text(second), "SECRET")
	require.Contains(t, text(second), "visible")
	for _, ev := range seen.story() {
		require.NotContains(t, string(ev.Data), "SECRET", "the observer sees no secrets")
	}
}

// Away from the first origin nobody is asked for credentials.
func TestDial_ChallengeElsewhere(t *testing.T) {
	t.Attr("req", "INV-27")
	second := serve(t, &Handler{Decide: basicAuth})
	url := serve(t, &Handler{Decide: func(context.Context, *Request) (Decision, error) {
		return Decision{Status: 302, Location: second}, nil
	}})
	asked := auth.CredentialsFunc(func(context.Context, *auth.CredentialsRequest) (string, error) {
		panic("not for this origin")
	})
	_, err := Dial(t.Context(), url, &DialOptions{Credentials: asked})
	require.ErrorIs(t, err, fsm.FailureAuthRequired)
	require.ErrorContains(t, err, "are not given to")
}
