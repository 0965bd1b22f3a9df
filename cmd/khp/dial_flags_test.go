package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/khptest"
	"example.com/khp/transport"
	"github.com/stretchr/testify/require"
)

var pongs = regexp.MustCompile(`khp: the server answered a Ping within \S+s\n`)

// The standard input is one message, whole, and can be sent once.
func TestDial_SendFileOfStdin(t *testing.T) {
	s := serveHere(t)
	code, out, errs := runHere(t, "one\ntwo", "dial", s.url+"/", "--send-file", "-", "--json")
	require.Equal(t, cli.ExitOK, code, errs)
	require.Contains(t, out, `"bytes":7,"text":"one\ntwo"`)
	code, _, errs = runHere(t, "x", "dial", s.url+"/", "--send-file", "-", "--send-file", "-")
	require.Equal(t, cli.ExitUsage, code)
	require.Contains(t, errs, "--send-file -: the standard input can be read once")
}

// Passwords and tokens stand in files and variables, as khp serve has them, and errors show none.
func TestDial_Secrets(t *testing.T) {
	t.Setenv("KHP_TEST_JOE", "welcome")
	file := khptest.File(t, "secret", "welcome\n")
	basic := serveHere(t, "--auth", "/=joe:welcome", "--auth", "/=sue:@@sign",
		"--auth", "/=${X}:welcome")
	token := serveHere(t, "--auth", "/=joe:welcome", "--scheme", "token")
	for _, args := range [][]string{
		{basic.url, "-u", "joe:@" + file}, {basic.url, "--user", "joe:${KHP_TEST_JOE}"},
		{basic.url, "-u", "sue:@@sign"}, {basic.url, "-u", "${X}:welcome"},
		{token.url, "--token", "@" + file}, {token.url, "--token", "${KHP_TEST_JOE}"},
	} {
		code, out, errs := runHere(t, "", append([]string{"dial", "--send", "hi"}, args...)...)
		require.Equal(t, cli.ExitOK, code, "%s: %s", args, errs)
		require.Equal(t, "hi\n", out)
	}
	for _, args := range [][]string{{"-u", "joe:@hunter2"}, {"-u", "joe:${HUNTER2}"},
		{"--token", "@hunter2"}, {"--token", "${HUNTER2}"}} {
		code, _, errs := runHere(t, "", append([]string{"dial", basic.url}, args...)...)
		require.Equal(t, cli.ExitUsage, code)
		require.NotContains(t, strings.ToLower(errs), "hunter2")
		require.Regexp(t, `khp: --(user|token): the (file|variable) `, errs)
	}
}

// Short flags have the meanings that they have in curl.
func TestDial_ShortFlags(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	require.NoError(t, gencert(cert, key, "127.0.0.1"))
	s := serveHere(t, "--tls-cert", cert, "--tls-key", key, "--auth", "/=joe:welcome")
	code, out, errs := runHere(t, "", "dial", s.url+"/", "-k", "-u", "joe:welcome", "-H", "X-One: 1",
		"-H", "X-Two: 2", "--send", "hi", "-v")
	require.Equal(t, cli.ExitOK, code, errs)
	require.Equal(t, "hi\n", out)
	require.Contains(t, errs, "> X-One:")
	require.Contains(t, errs, "> X-Two:")
}

// A server's certificate is checked by --ca, and --cert and --key are shown to a server that asks.
func TestDial_Certificates(t *testing.T) {
	dir := t.TempDir()
	name := func(s string) string { return filepath.Join(dir, s) }
	require.NoError(t, gencert(name("cert.pem"), name("key.pem"), "127.0.0.1"))
	require.NoError(t, gencert(name("other.pem"), name("other-key.pem"), "127.0.0.1"))
	both := ""
	for _, file := range []string{"other.pem", "other-key.pem"} {
		b, err := os.ReadFile(name(file))
		require.NoError(t, err)
		both += string(b)
	}
	require.NoError(t, os.WriteFile(name("both.pem"), []byte(both), 0o600))
	pair, err := tls.LoadX509KeyPair(name("cert.pem"), name("key.pem"))
	require.NoError(t, err)
	server := httptest.NewUnstartedServer(&transport.Handler{
		Serve: func(ctx context.Context, c *transport.Conn) error {
			_, _, err := c.Read(ctx)
			return err
		}})
	server.TLS = &tls.Config{Certificates: []tls.Certificate{pair},
		ClientAuth: tls.RequireAnyClientCert}
	server.StartTLS()
	t.Cleanup(server.Close)
	url := "wss" + strings.TrimPrefix(server.URL, "https") + "/"
	for args, want := range map[string]struct {
		code int
		err  string
	}{
		"--ca cert.pem --cert other.pem --key other-key.pem": {cli.ExitOK, ""},
		"--ca cert.pem --cert both.pem":                      {cli.ExitOK, ""},
		"-k --cert both.pem":                                 {cli.ExitOK, ""},
		"--ca other.pem --cert both.pem": {cli.ExitUnreachable,
			"try --ca FILE with the authority it comes from, or --insecure"},
		"--cert both.pem": {cli.ExitUnreachable, "try --ca FILE"},
		"--ca none.pem":   {cli.ExitUsage, "none.pem: no such file or directory; choose"},
		"--ca key.pem":    {cli.ExitUsage, "key.pem: no certificate in it; expected PEM"},
		"--ca cert.pem --cert other.pem": {cli.ExitUsage,
			"other.pem: no key in it; expected PEM, or give the file of the key with --key"},
		"--ca cert.pem --cert other.pem --key key.pem": {cli.ExitUsage,
			"key.pem: it is not the key of the certificate in "},
		"--ca cert.pem --key key.pem": {cli.ExitUsage, "key.pem: needs --cert as well"},
		"--ca cert.pem -k":            {cli.ExitUsage, "--insecure and --ca exclude each other"},
	} {
		list := strings.Fields(args)
		for i := range list {
			if strings.HasSuffix(list[i], ".pem") {
				list[i] = name(list[i])
			}
		}
		code, _, errs := runHere(t, "", append([]string{"dial", url}, list...)...)
		require.Equal(t, want.code, code, "%s: %s", args, errs)
		require.Contains(t, errs, want.err, args)
	}
}

// A server that refuses a client's certificate, or its absence, does so by an alert, which TLS 1.3
// delivers after the handshake and TLS 1.2 within. The hint names the flag.
func TestDial_CertificateRefused(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	other, otherKey := filepath.Join(dir, "other.pem"), filepath.Join(dir, "other-key.pem")
	require.NoError(t, gencert(cert, key, "127.0.0.1"))
	require.NoError(t, gencert(other, otherKey, "127.0.0.1"))
	pair, err := tls.LoadX509KeyPair(cert, key)
	require.NoError(t, err)
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		t.Cleanup(func() { _ = ln.Close() })
		config := &tls.Config{Certificates: []tls.Certificate{pair}, ClientAuth: tls.RequireAnyClientCert,
			MaxVersion: version,
			VerifyPeerCertificate: func([][]byte, [][]*x509.Certificate) error {
				return errors.New("a stranger")
			}}
		refuse := func(nc net.Conn) {
			defer nc.Close()
			_ = tls.Server(nc, config).Handshake()
			_, _ = io.Copy(io.Discard, nc) // closing with bytes unread could overtake the alert
		}
		go func() {
			for {
				nc, err := ln.Accept()
				if err != nil {
					return
				}
				go refuse(nc)
			}
		}()
		url := "wss://" + ln.Addr().String() + "/"
		code, _, errs := runHere(t, "", "dial", url, "--ca", cert)
		require.NotZero(t, code)
		require.Regexp(t, "the server wants a certificate[;,] give one with --cert FILE", errs,
			tls.VersionName(version))
		code, _, errs = runHere(t, "", "dial", url, "--ca", cert, "--cert", other, "--key", otherKey)
		require.NotZero(t, code)
		require.Contains(t, errs, "does not accept the certificate of --cert", tls.VersionName(version))
	}
}

// A message may be empty, and nothing else that a flag says.
func TestDial_EmptyValue(t *testing.T) {
	code, out, errs := runHere(t, "", "dial", serveHere(t).url+"/", "--send", "")
	require.Equal(t, cli.ExitOK, code, errs)
	require.Equal(t, "\n", out)
}
