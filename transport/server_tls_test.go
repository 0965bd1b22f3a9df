package transport

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestServer_TLS(t *testing.T) {
	wantNoLeaks(t)
	donor := httptest.NewTLSServer(http.NotFoundHandler()) // has a certificate for 127.0.0.1
	pair, roots := donor.TLS.Certificates[0], x509.NewCertPool()
	roots.AddCert(donor.Certificate())
	donor.Close()
	s := &Server{
		Handler:   &Handler{Serve: echoServe},
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{pair}, NextProtos: []string{"h2"}},
		Fallback: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "by "+tls.VersionName(r.TLS.Version)+" "+r.TLS.NegotiatedProtocol)
		}),
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	served := make(chan error, 1)
	go func() { served <- s.ServeTLS(ln, "", "") }()
	addr, cfg := ln.Addr().String(), &tls.Config{RootCAs: roots}
	for _, profile := range []Profile{Spec, Kaazing} {
		c, err := Dial(t.Context(), "wss://"+addr, &DialOptions{TLSConfig: cfg, Profile: profile})
		require.NoError(t, err)
		wantEcho(t, c, strings.Repeat("x", 100000))
		require.NoError(t, c.Close(CloseNormal, ""))
	}
	web := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots,
		NextProtos: []string{"h2", "http/1.1"}}, DisableKeepAlives: true}}
	r, err := web.Get("https://" + addr + "/page")
	require.NoError(t, err)
	body, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	require.NoError(t, r.Body.Close())
	require.Equal(t, "by TLS 1.3 http/1.1", string(body))
	plain := dialHTTP(t, "ws://"+addr)
	plain.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
	plain.want(400, "HTTPS")
	require.Equal(t, []string{"h2"}, s.TLSConfig.NextProtos,
		"the caller's configuration is not touched")
	require.NoError(t, s.Shutdown(t.Context()))
	require.ErrorIs(t, <-served, http.ErrServerClosed)
	_ = plain.Close()
}

func TestServer_ListenAndServe(t *testing.T) {
	s := &Server{Handler: &Handler{Serve: echoServe}}
	require.ErrorContains(t, s.ListenAndServe("256.0.0.1:0"), "256.0.0.1")
	require.ErrorContains(t, s.ListenAndServeTLS("256.0.0.1:0", "", ""), "256.0.0.1")
	require.ErrorContains(t, s.ListenAndServeTLS("127.0.0.1:0", "none.pem", "none.pem"), "none.pem")
	for _, files := range [][2]string{{"none.pem", "none.pem"}, {"none.pem", ""}, {"", "none.pem"}} {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		require.ErrorIs(t, s.ServeTLS(ln, files[0], files[1]), fs.ErrNotExist)
		_, err = ln.Accept()
		require.ErrorIs(t, err, net.ErrClosed, "Serve takes the listener, and closes it")
	}

	donor := httptest.NewTLSServer(http.NotFoundHandler())
	donor.Close()
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	der, err := x509.MarshalPKCS8PrivateKey(donor.TLS.Certificates[0].PrivateKey)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(key,
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600))
	require.NoError(t, os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE",
		Bytes: donor.TLS.Certificates[0].Certificate[0]}), 0o600))
	for name, start := range map[string]func(*Server) error{
		"plain": func(s *Server) error { return s.ListenAndServe("127.0.0.1:0") },
		"TLS":   func(s *Server) error { return s.ListenAndServeTLS("127.0.0.1:0", cert, key) },
	} {
		s, served := &Server{Handler: &Handler{Serve: echoServe}}, make(chan error, 1)
		go func() { served <- start(s) }()
		require.NoError(t, s.Shutdown(t.Context()), name)
		require.ErrorIs(t, <-served, http.ErrServerClosed, name)
	}

	files := &Server{Handler: &Handler{Serve: echoServe}}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	served := make(chan error, 1)
	go func() { served <- files.ServeTLS(ln, cert, key) }()
	pool := x509.NewCertPool()
	pool.AddCert(donor.Certificate())
	c, err := Dial(t.Context(), "wss://"+ln.Addr().String()+"/",
		&DialOptions{TLSConfig: &tls.Config{RootCAs: pool}})
	require.NoError(t, err)
	wantEcho(t, c, "with the certificate of the files")
	require.NoError(t, files.Close())
	require.ErrorIs(t, <-served, http.ErrServerClosed)
}
