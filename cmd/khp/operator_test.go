package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/khptest"
	"example.com/khp/fsm"
	"example.com/khp/internal/upgrade"
	"example.com/khp/transport"
	"example.com/khp/transport/auth"
	"github.com/stretchr/testify/require"
)

// noNamesOfGo are words that an operator, who has flags, cannot do anything with.
var noNamesOfGo = []string{"transport.", "Handler", "Server.", "CheckOrigin", "MaxConnections",
	"dial tcp", "read tcp", "accept tcp", "connect: ", "EOF", "context "}

func wantPlain(t *testing.T, log string) {
	t.Helper()
	for _, words := range noNamesOfGo {
		require.NotContains(t, log, words)
	}
}

// A page that is refused has the profile that its URL asks for, in the log and in the metrics, and
// the hint names a flag.
func TestLog_RefusedOrigin(t *testing.T) {
	s := serveHere(t, "--metrics", "127.0.0.1:0")
	metrics := wantLog(t, s.log, `url=(\S+)`)[1]
	header := http.Header{"Origin": {"https://pages.example"}}
	_, err := transport.Dial(t.Context(), s.url+"/",
		&transport.DialOptions{OpeningHeader: header, Profile: transport.Kaazing})
	require.Error(t, err)
	line := wantLog(t, s.log, `msg=refused .*`)[0]
	require.Contains(t, line, "profile=kaazing")
	require.Contains(t, line, `reason="the origin is not allowed"`)
	require.NotContains(t, s.log.String(), "handshake failed")
	require.Contains(t, line, "origin=https://pages.example")
	require.Contains(t, line, "--allow-origin")
	require.Contains(t, get(t, metrics), `profile="kaazing"`)
	require.NotContains(t, get(t, metrics), `profile="spec",status=`)
	wantPlain(t, s.log.String())
}

// A client that is sent elsewhere has a line that says where, without the query, in whatever way it
// is sent.
func TestLog_Redirected(t *testing.T) {
	two := serveHere(t)
	s := serveHere(t, "--route", "/b=balance:"+two.url+"/x?key=hunter2", "--route", "/r=redirect:"+
		two.url+"/y?hunter2", "--route", "/n=status:304")
	for _, profile := range []transport.Profile{transport.Kaazing, transport.Spec} {
		wantEcho(t, dialHere(t, s.url+"/b", &transport.DialOptions{Profile: profile}),
			transport.Text, []byte("x"))
	}
	wantLog(t, s.log, `msg=redirected .*path=/b profile=kaazing .*target=`+two.url+`/x`)
	wantLog(t, s.log, `msg=redirected .*path=/b profile=spec .*target=`+two.url+`/x`)
	wantEcho(t, dialHere(t, s.url+"/r", nil), transport.Text, []byte("x"))
	wantLog(t, s.log, `msg=redirected .*path=/r .*target=`+two.url+`/y`)
	wantFailure(t, s.url+"/n", nil, fsm.FailureStatus, 304)
	wantLog(t, s.log, `msg=refused .*status=304`)
	require.NotContains(t, s.log.String(), "hunter2")
}

// Wrong credentials can be counted: the line has the address, the user and the cause.
func TestLog_WrongCredentials(t *testing.T) {
	s := serveHere(t, "--auth", "/=joe:welcome")
	for _, user := range []string{"joe", "nobody"} {
		_, err := transport.Dial(t.Context(), s.url+"/",
			&transport.DialOptions{Credentials: auth.Basic(user, "hunter2")})
		require.Error(t, err)
		wantLog(t, s.log,
			`msg="login failed" remote=127\.0\.0\.1:\d+ path=/ reason="wrong credentials" user=`+user)
		wantLog(t, s.log, `msg=refused .*reason="wrong credentials" user=`+user)
	}
	_, err := transport.Dial(t.Context(), s.url+"/", nil)
	require.Error(t, err)
	wantLines(t, s.log, 2, `msg="login failed"`)
	require.NotContains(t, s.log.String(), "hunter2")
}

// Times in the JSON log have a unit, lists are lists.
func TestLog_JSONValues(t *testing.T) {
	config := khptest.File(t, "khp.yaml", "idle-timeout: 1h\n")
	s := serveHere(t, "--log", "json", "--config", config)
	c := dialHere(t, s.url+"/", nil)
	require.NoError(t, c.Close(transport.CloseNormal, ""))
	khptest.File(t, config, "idle-timeout: 2h\nmax-message: 1M\n")
	s.hangup(t)
	wantLog(t, s.log, `"msg":"reloaded","changed":\["idle-timeout","max-message"\]`)
	wantLog(t, s.log, `"took":"[0-9.]+(µs|ms|s)"`)
	wantLog(t, s.log, `"open":"[0-9.]+(µs|ms|s)"`)
	s.stop()
	wantLog(t, s.log, `"timeout":"10s"`)
}

// The reason why a listener cannot have its address is reported unchanged.
func TestListen_Words(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	taken := ln.Addr().String()
	code, errs := serveBriefly("--listen", taken)
	require.Equal(t, cli.ExitFailed, code)
	require.Contains(t, errs, "something listens there already")
	require.NoError(t, ln.Close())
	for _, metrics := range []string{taken, ":" + taken[len("127.0.0.1:"):]} {
		code, errs = serveBriefly("--listen", taken, "--metrics", metrics)
		require.Equal(t, cli.ExitUsage, code, errs)
		require.Contains(t, errs, "--metrics "+metrics+": --listen has that address")
	}
}

// A back end that answers is not one that cannot be reached, whatever it speaks; and errors are in
// plain words.
func TestBackend_AnswersSomethingElse(t *testing.T) {
	addr := khptest.Serve(t, func(nc net.Conn) {
		_, _ = io.WriteString(nc, "SSH-2.0-OpenSSH_9.2\r\n\r\n")
		_, _ = io.Copy(io.Discard, nc)
	})
	s := serveHere(t, "--route", "/ssh=ws://"+addr+"/", "--route", "/down=tcp://127.0.0.1:1",
		"--route", "/none=tcp://does-not-exist.invalid:1")
	e := wantFailure(t, s.url+"/ssh", nil, fsm.FailureStatus, 502)
	require.Contains(t, string(e.Body), "it speaks another protocol")
	wantFailure(t, s.url+"/down", nil, fsm.FailureStatus, 503)
	wantLog(t, s.log, `backend=tcp://127\.0\.0\.1:1 error="connection refused"`)
	wantFailure(t, s.url+"/none", nil, fsm.FailureStatus, 503)
	wantPlain(t, s.log.String())
}

// A client that goes away while its back end is being reached, or asks for too much, is no failure
// of the back end.
func TestBackend_NotItsFault(t *testing.T) {
	arrived := make(chan struct{})
	back := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/small" {
			w.WriteHeader(http.StatusRequestHeaderFieldsTooLarge)
			return
		}
		close(arrived)
		<-r.Context().Done() // the gateway has given up
	}))
	t.Cleanup(back.Close)
	url := "ws" + strings.TrimPrefix(back.URL, "http")
	s := serveHere(t, "--route", "/ws="+url, "--route", "/long=ws://127.0.0.1:1/",
		"--route", "/small="+url+"/small", "--metrics", "127.0.0.1:0")
	metrics := wantLog(t, s.log, `url=(\S+)`)[1]

	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-arrived; cancel() }()
	_, err := transport.Dial(ctx, s.url+"/ws", nil)
	require.ErrorIs(t, err, context.Canceled)
	wantLog(t, s.log, `path=/ws`)
	back.CloseClientConnections()

	e := wantFailure(t, s.url+"/small", &transport.DialOptions{Subprotocols: []string{"one"}},
		fsm.FailureStatus, 400)
	require.Contains(t, string(e.Body), "too long")
	// with a blank behind each comma it is too long
	list := strings.TrimPrefix(strings.Repeat(","+strings.Repeat("x", 126), 64), ",")
	for i := range 64 {
		list = strings.Replace(list, "xxxx,", fmt.Sprintf("x%03d,", i), 1)
	}
	require.Contains(t, rawHandshake(t, s.url, "/long", "Sec-WebSocket-Protocol: "+list+"\r\n"),
		"HTTP/1.1 400 ")
	require.NotContains(t, s.log.String(), "back end failed")
	require.NotContains(t, get(t, metrics), "khp_backend_failures_total{")
}

// A broker that resets its connection after the client has ended well is not lost; nor is a
// WebSocket back end.
func TestBackend_ResetAfterTheEnd(t *testing.T) {
	over := make(chan struct{}, 1)
	addr := khptest.Serve(t, func(nc net.Conn) {
		r := bufio.NewReader(nc)
		if first, _ := r.Peek(1); len(first) == 1 && first[0] == 'G' {
			head, _ := http.ReadRequest(r)
			_, _ = io.WriteString(nc, "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
				"Sec-WebSocket-Accept: "+
				string(upgrade.AppendAccept(nil, []byte(head.Header.Get("Sec-WebSocket-Key"))))+"\r\n\r\n")
			_, _ = io.ReadFull(r, make([]byte, 8)) // the Close frame
		} else {
			_, _ = io.Copy(io.Discard, r)
		}
		_ = nc.(*net.TCPConn).SetLinger(0)
		_ = nc.Close()
		over <- struct{}{}
	})
	s := serveHere(t, "--route", "/tcp=tcp://"+addr, "--route", "/ws=ws://"+addr+"/",
		"--metrics", "127.0.0.1:0")
	metrics := wantLog(t, s.log, `url=(\S+)`)[1]
	for range 20 {
		for _, path := range []string{"/tcp", "/ws"} {
			c := dialHere(t, s.url+path, nil)
			if path == "/tcp" {
				require.NoError(t, c.Write(t.Context(), transport.Binary, []byte("AMQP")))
			}
			require.NoError(t, c.Close(transport.CloseNormal, ""))
			<-over
		}
	}
	require.Eventually(t, func() bool { return strings.Count(s.log.String(), "msg=closed") == 40 },
		30*time.Second, time.Millisecond)
	require.NotContains(t, get(t, metrics), "khp_backend_failures_total{")
	require.NotContains(t, s.log.String(), "back end lost")
}

// A balancer that leads back to itself sends no client in circles for ever.
func TestBalance_Circle(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	addr := free.Addr().String()
	require.NoError(t, free.Close())
	_, port, _ := net.SplitHostPort(addr)
	for listen, server := range map[string]string{addr: addr, ":" + port: addr, "0.0.0.0:" +
		port: "localhost:" + port, "localhost:" + port: addr} {
		code, errs := serveBriefly("--listen", listen, "--route", "/a=balance:ws://other.example/,ws://"+
			server+"/b?key=hunter2", "--route", "/b=balance:ws://x.example/")
		require.Equal(t, cli.ExitUsage, code, listen)
		require.Contains(t, errs, "is this server, which would send clients in a circle")
		require.NotContains(t, errs, "hunter2")
	}
	code, errs := serveBriefly("--listen", addr, "--route", "/a=balance:ws://"+addr+"/b",
		"--route", "/b=echo")
	require.Equal(t, cli.ExitOK, code, errs)

	// By another name it is found out when a client comes round again and again.
	elsewhere, err := net.Listen("tcp", "127.0.0.1:0") // a server has to listen there
	require.NoError(t, err)
	t.Cleanup(func() { _ = elsewhere.Close() })
	other := "ws://" + elsewhere.Addr().String()
	s := serveHere(t, "--route", "/=balance:"+other+"/")
	target, rounds := "/?.kl=Y", 0
	for {
		answer := rawHandshake(t, s.url, target, "")
		_, next, ok := strings.Cut(answer, "\xef\x83\xbfR"+other)
		if !ok {
			require.Contains(t, answer, "HTTP/1.1 508 ")
			break
		}
		rounds++
		target, _, _ = strings.Cut(next, "\x88")
		require.Less(t, rounds, 20)
	}
	require.Greater(t, rounds, 4, "some balancers may stand behind each other")
	wantLog(t, s.log, "a client goes in circles")
}

// rawHandshake shakes hands with a target, with fields in the extended request, and returns all
// that the server says.
func rawHandshake(t *testing.T, url, target, fields string) string {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(url, "ws://"))
	require.NoError(t, err)
	defer func() { _ = c.Close() }()
	require.NoError(t, c.SetDeadline(time.Now().Add(time.Minute)))
	request := "GET " + target + " HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n"
	_, err = fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n"+
		"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: x-kaazing-handshake\r\n\r\n", target)
	require.NoError(t, err)
	// the mask changes nothing
	frame := []byte{0x82, 0xfe, byte(len(request) >> 8), byte(len(request)), 0, 0, 0, 0}
	_, err = c.Write(append(frame, request...))
	require.NoError(t, err)
	var all []byte
	// the server's Close
	for b := make([]byte, 4096); !strings.Contains(string(all), "\x88\x02\x03"); {
		n, err := c.Read(b)
		all = append(all, b[:n]...)
		if err != nil {
			break
		}
	}
	return string(all)
}

// A request that is no handshake is none that has failed: a browser's GET, and the OPTIONS by which
// HAProxy asks whether a server lives, by HTTP/1.0 and without a Host.
func TestServe_NoHandshakeNoFailure(t *testing.T) {
	s := serveHere(t, "--metrics", "127.0.0.1:0", "--route", "/a=echo", "--auth", "/a=joe:welcome")
	metrics := wantLog(t, s.log, `url=(\S+)`)[1]
	address := strings.TrimPrefix(s.url, "ws://")
	require.Contains(t, get(t, "http://"+address+"/a"), "speaks WebSocket")
	for _, request := range []string{"OPTIONS / HTTP/1.0\r\n\r\n", "OPTIONS /a HTTP/1.1\r\nHost: " +
		address + "\r\nConnection: close\r\n\r\n"} {
		nc, err := net.Dial("tcp", address)
		require.NoError(t, err)
		_, err = io.WriteString(nc, request)
		require.NoError(t, err)
		answer, err := io.ReadAll(nc)
		require.NoError(t, err)
		require.Regexp(t, `^HTTP/1\.[01] 204 No Content\r\n`, string(answer))
		require.Contains(t, string(answer), "Allow: GET, HEAD, OPTIONS\r\n")
		require.NoError(t, nc.Close())
	}
	require.Contains(t, get(t, metrics), "khp_handshake_attempts_total 0\n")
	require.NotContains(t, get(t, metrics), "khp_rejected_total{")
	require.NotContains(t, s.log.String(), "handshake")
}

// The first line says which program it is, with which settings, and no secret of them; a
// certificate's end and the last reload can be watched.
func TestServe_StartedAndReloaded(t *testing.T) {
	cert := testCertificate(t)
	key := strings.Replace(cert, "cert.pem", "key.pem", 1)
	config := khptest.File(t, "khp.yaml", "metrics: 127.0.0.1:0\ntls-cert: "+cert+"\ntls-key: "+key+
		"\nroute: {/a: 'ws://h:1/?hunter2', /b: echo}\nauth: {/b: joe:hunter2}\n")
	s := serveHere(t, "--config", config)
	line := wantLog(t, s.log, `msg=serving .*`)[0]
	for _, want := range []string{"version=\"(devel)", "config=" + config, "listen=wss://127.0.0.1:",
		"/a -> ws://h:1/?...", "/b -> echo, for 1 user at /b", "max_message=16M",
		"inactivity_timeout=50s"} {
		require.Contains(t, line, want)
	}
	require.True(t, strings.HasPrefix(s.log.String(), "time="), s.log)
	require.Contains(t, strings.SplitN(s.log.String(), "\n", 2)[0], "msg=serving")
	require.NotContains(t, s.log.String(), "hunter2")
	metrics := wantLog(t, s.log, `url=(\S+)`)[1]
	before := get(t, metrics)
	require.Regexp(t, `khp_certificate_expiry_timestamp_seconds\{file="`+cert+`"\} \d`, before)
	require.Contains(t, before, "khp_build_info{goversion=")
	require.Contains(t, before, "khp_last_reload_successful 1\n")
	require.Regexp(t, `khp_last_reload_success_timestamp_seconds \d`, before)
	khptest.File(t, config, "nonsense: 1\n")
	s.hangup(t)
	require.Contains(t, get(t, metrics), "khp_last_reload_successful 0\n")
}
