package main

import (
	"crypto/tls"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/khptest"
	"example.com/khp/fsm"
	"example.com/khp/transport"
	"example.com/khp/transport/auth"
	"github.com/stretchr/testify/require"
)

func TestReload_Everything(t *testing.T) {
	users := khptest.File(t, "users", "joe:{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M=\n") // test
	config := khptest.File(t, "khp.yaml", "route: {/a: echo, /in: echo}\nhtpasswd: {/in: "+users+"}\n")
	s := serveHere(t, "--config", config)
	open := dialHere(t, s.url+"/a", nil)
	origin := &transport.DialOptions{OpeningHeader: http.Header{"Origin": {"https://other.example"}}}
	wantFailure(t, s.url+"/b", nil, fsm.FailureStatus, 404)
	wantFailure(t, s.url+"/b", origin, fsm.FailureStatus, 403)
	wantEcho(t, dialHere(t, s.url+"/in",
		&transport.DialOptions{Credentials: auth.Basic("joe", "test")}), transport.Text, []byte("x"))

	khptest.File(t, users, "ann:{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M=\n")
	khptest.File(t, config, "route: {/b: echo, /in: echo}\nhtpasswd: {/in: "+users+
		"}\nallow-origin: https://other.example\nmax-message: 10\nidle-timeout: 1h\nverbose: true\n")
	s.hangup(t)
	wantLog(t, s.log,
		`msg=reloaded changed=route,htpasswd,allow-origin,idle-timeout,max-message,verbose`)
	wantFailure(t, s.url+"/a", nil, fsm.FailureStatus, 404)
	c := dialHere(t, s.url+"/b", origin)
	wantEcho(t, c, transport.Text, []byte("x"))
	wantFailure(t, s.url+"/in", &transport.DialOptions{Credentials: auth.Basic("joe", "test")},
		fsm.FailureCredentialsRefused, 401)
	wantEcho(t, dialHere(t, s.url+"/in",
		&transport.DialOptions{Credentials: auth.Basic("ann", "test")}), transport.Text, []byte("x"))
	require.NoError(t, c.Write(t.Context(), transport.Text, []byte("eleven byte")))
	wantClose(t, c, transport.CloseTooBig, "message exceeds the limit")
	wantLogged(t, s.log, "level=DEBUG")
	wantEcho(t, open, transport.Text,
		[]byte("a connection that is open keeps its target and its limits"))

	s.hangup(t)
	wantLog(t, s.log, `msg=reloaded changed=""`)
}

func TestReload_BrokenFileChangesNothing(t *testing.T) {
	config := khptest.File(t, "khp.yaml", "route: {/a: echo}\n")
	s := serveHere(t, "--config", config, "--metrics", "127.0.0.1:0")
	metrics := wantLog(t, s.log, `url=(\S+)`)[1]
	for text, want := range map[string]string{
		"route:\n  /a: ftp://h\n": config + ":2: route /a=ftp://h: ",
		"rout: {/a: echo}\n":      config + ":1: there is no setting",
		"tls-cert: x\n":           config + ":1: tls-cert x: needs --tls-key",
	} {
		khptest.File(t, config, text)
		s.hangup(t)
		wantLogged(t, s.log, want)
		wantLogged(t, s.log, `level=ERROR msg="not reloaded, the settings stay as they were"`)
		wantEcho(t, dialHere(t, s.url+"/a", nil), transport.Text, []byte("x"))
	}
	require.NoError(t, os.Remove(config))
	s.hangup(t)
	wantEcho(t, dialHere(t, s.url+"/a", nil), transport.Text, []byte("x"))
	require.Contains(t, get(t, metrics), `khp_reloads_total{result="failed"} 4`)
}

func TestReload_WhatNeedsARestart(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	require.NoError(t, gencert(cert, key))
	config := khptest.File(t, "khp.yaml", "max-connections: 10\n")
	s := serveHere(t, "--config", config)
	khptest.File(t, config, "max-connections: 20\nmetrics: 127.0.0.1:0\nidle-timeout: 1h\n")
	s.hangup(t)
	wantLog(t, s.log, `level=WARN msg="this setting changes only with a restart" setting=metrics`)
	wantLog(t, s.log, `msg=reloaded changed=idle-timeout,max-connections`)
	khptest.File(t, config, "tls-cert: "+cert+"\ntls-key: "+key+"\n")
	s.hangup(t)
	wantLog(t, s.log,
		`khp.yaml:1: tls-cert .*cert.pem: TLS is switched on and off only with a restart`)
	wantEcho(t, dialHere(t, s.url+"/", nil), transport.Text, []byte("x"))
}

func TestReload_Certificate(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	require.NoError(t, gencert(cert, key))
	s := serveHere(t, "--tls-cert", cert, "--tls-key", key)
	shown := func() string {
		c, err := tls.Dial("tcp", strings.TrimPrefix(s.url, "wss://"),
			&tls.Config{InsecureSkipVerify: true})
		require.NoError(t, err)
		defer func() { _ = c.Close() }()
		return string(c.ConnectionState().PeerCertificates[0].Raw)
	}
	insecure := &transport.DialOptions{TLSConfig: &tls.Config{InsecureSkipVerify: true}}
	open := dialHere(t, s.url+"/", insecure)
	first := shown()
	require.NoError(t, gencert(cert, key))
	require.Equal(t, first, shown(), "not before it is told")
	s.hangup(t)
	wantLog(t, s.log, `msg=reloaded changed=tls-cert,tls-key`)
	second := shown()
	require.NotEqual(t, first, second)
	wantEcho(t, open, transport.Text, []byte("x"))

	khptest.File(t, key, "half a key")
	s.hangup(t)
	wantLog(t, s.log, `msg="not reloaded.*--tls-key .*no key in it`)
	require.Equal(t, second, shown())
}

// TestHangup_NothingToRead has a terminal go away under a server that has nothing to read again: it
// drains.
func TestHangup_NothingToRead(t *testing.T) {
	s := serveHere(t)
	s.signals <- syscall.SIGHUP
	require.Equal(t, cli.ExitOK, <-s.done)
	s.done <- cli.ExitOK
	wantLogged(t, s.log, "msg=draining")
}

// A path that loses its route and its guard with one reload, and gets the route back with another,
// is not open for that.
func TestReload_GuardLostOverTwo(t *testing.T) {
	config := khptest.File(t, "khp.yaml",
		"routes: {/a: {target: echo, auth: {users: [joe:welcome]}}, /b: echo}\n")
	s := serveHere(t, "--config", config)
	khptest.File(t, config, "routes: {/b: echo, /c: echo}\n")
	s.hangup(t)
	wantLog(t, s.log, "msg=reloaded changed=routes")
	khptest.File(t, config, "routes: {/a: echo, /b: echo}\n")
	s.hangup(t)
	wantLog(t, s.log, "not reloaded.*/a was guarded and everybody could use it now")
	wantFailure(t, s.url+"/a", nil, fsm.FailureStatus, 404)
	khptest.File(t, config, "routes: {/a: {target: echo, no-auth: true}}\n")
	s.hangup(t)
	wantEcho(t, dialHere(t, s.url+"/a", nil), transport.Text, []byte("x"))
}
