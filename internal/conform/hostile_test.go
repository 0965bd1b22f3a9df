package conform

import (
	"bufio"
	"context"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/internal/upgrade"
	"example.com/khp/sim/verdict"
	"example.com/khp/transport"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// against runs a few cases against whatever answers at an address.
func against(t *testing.T, address string, patience time.Duration) *Run {
	t.Helper()
	u, err := wire.ParseURL("ws://"+address+"/", nil)
	require.NoError(t, err)
	list, err := Select(Filter{Server: true, Profile: "spec", Patterns: []string{"khp/ext/101/*"}})
	require.NoError(t, err)
	require.NotEmpty(t, list)
	return Server(context.Background(), &Target{URL: u, User: User}, list, Options{Patience: patience})
}

// answers serves every connection with f until the test ends.
func answers(t *testing.T, f func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			nc, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = nc.Close() }()
				f(nc)
			}()
		}
	}()
	return l.Addr().String()
}

// head reads the head of a request.
func head(nc net.Conn) bool {
	_, err := http.ReadRequest(bufio.NewReader(nc))
	return err == nil
}

// A server without KHP is reported in one sentence, and no case is run.
func TestServer_Hostile(t *testing.T) {
	web := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(web.Close)
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.TLS, secure.Config.ErrorLog = &tls.Config{}, log.New(io.Discard, "", 0)
	secure.StartTLS()
	t.Cleanup(secure.Close)
	hold := func(nc net.Conn) { _, _ = bufio.NewReader(nc).ReadString(0) }
	for name, c := range map[string]struct {
		address     string
		down, unfit string
		patience    time.Duration
	}{
		"nobody": {"127.0.0.1:1", "cannot connect to ", "", unhurried},
		"silence": {answers(t, hold), "accepts connections, but says nothing within 50ms", "",
			50 * time.Millisecond},
		"hangs up": {answers(t, func(nc net.Conn) { head(nc) }),
			"ends the connection without an answer", "", unhurried},
		"TLS": {answers(t, func(nc net.Conn) {
			head(nc)
			_, _ = nc.Write([]byte("\x15\x03\x01\x00\x02\x02\x46"))
		}), "expects TLS; try wss://", "", unhurried},
		"HTTP": {web.Listener.Addr().String(), "",
			`it answers "HTTP/1.1 404 Not Found"`, unhurried},
		"HTTP behind TLS": {secure.Listener.Addr().String(), "",
			`it answers "HTTP/1.0 400 Bad Request"`, unhurried},
		"another protocol": {answers(t, func(nc net.Conn) {
			head(nc)
			_, _ = nc.Write([]byte("220 mail.example ESMTP\r\n"))
			hold(nc)
		}), "", "something that is not HTTP", unhurried},
		"garbage": {answers(t, garbage("\x00\xff\x01 garbage ")), "",
			"something that is not HTTP", unhurried},
		"a head without end": {answers(t, func(nc net.Conn) {
			head(nc)
			_, _ = nc.Write([]byte("HTTP/1.1 101 Switching Protocols\r\n"))
			garbage("X: y\r\n")(nc)
		}), "", "a head that does not end", unhurried},
		"plain WebSocket": {answers(t, func(nc net.Conn) {
			head(nc)
			_, _ = nc.Write([]byte("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" +
				"Connection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n"))
			hold(nc)
		}), "", "a plain WebSocket server: it does not select x-kaazing-handshake", unhurried},
	} {
		t.Run(name, func(t *testing.T) {
			run := against(t, c.address, c.patience)
			if c.down != "" {
				require.Contains(t, run.Down, c.down)
				require.Empty(t, run.Cases)
				return
			}
			require.Empty(t, run.Down)
			require.Contains(t, run.Unfit, c.unfit)
			require.True(t, run.Failed())
			require.Equal(t, len(run.Cases), run.Grades[verdict.Skip])
		})
	}
}

// garbage writes without end.
func garbage(text string) func(net.Conn) {
	block := []byte(strings.Repeat(text, 1000))
	return func(nc net.Conn) {
		for {
			if _, err := nc.Write(block); err != nil {
				return
			}
		}
	}
}

// A target that selects KHP and streams garbage then fails its cases; nothing hangs.
func TestServer_GarbageBehindTheOpening(t *testing.T) {
	run := against(t, answers(t, func(nc net.Conn) {
		r, err := http.ReadRequest(bufio.NewReader(nc))
		if err != nil {
			return
		}
		accept := upgrade.AppendAccept(nil, []byte(r.Header.Get("Sec-WebSocket-Key")))
		_, _ = nc.Write([]byte("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" +
			"Connection: Upgrade\r\nSec-WebSocket-Accept: " + string(accept) +
			"\r\nSec-WebSocket-Protocol: x-kaazing-handshake\r\n\r\n"))
		garbage("\xff\x00")(nc)
	}), unhurried)
	require.Empty(t, run.Unfit)
	require.Equal(t, len(run.Cases), run.Grades[verdict.Fail], "%+v", run.Cases)
}

// A client that comes once and then stays away gets the results that there are.
func TestClient_StaysAway(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	list, err := Select(Filter{Profile: "spec", Patterns: []string{"khp/ext/101/*"}})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go Visit(ctx, "ws://"+l.Addr().String(), list[:1], "spec")
	run := Client(ctx, l, list, Options{Patience: unhurried, Idle: 100 * time.Millisecond})
	require.Empty(t, run.Down)
	require.Equal(t, 1, run.Grades[verdict.Pass])
	require.Equal(t, len(list)-1, run.Grades[verdict.Skip])
}

// A target that goes away in the middle is told once, and is not failed for it. It answers the
// first look, and ends every later connection before TLS.
func TestServer_GoesAway(t *testing.T) {
	secure := httptest.NewTLSServer(nil)
	defer secure.Close()
	first := make(chan struct{}, 1)
	first <- struct{}{}
	address := answers(t, func(nc net.Conn) {
		select {
		case <-first:
		default:
			return
		}
		tc := tls.Server(nc, &tls.Config{Certificates: secure.TLS.Certificates})
		head(tc)
		_, _ = tc.Write([]byte("HTTP/1.1 101 Switching Protocols\r\n" +
			"Sec-WebSocket-Protocol: x-kaazing-handshake\r\n\r\n"))
		head(tc)
	})
	u, err := wire.ParseURL("wss://"+address+"/", nil)
	require.NoError(t, err)
	list, err := Select(Filter{Server: true, Profile: "spec", Patterns: []string{"khp/ext/101"}})
	require.NoError(t, err)
	run := Server(context.Background(), &Target{URL: u, User: User,
		TLS: &tls.Config{InsecureSkipVerify: true}}, list, Options{Patience: unhurried})
	require.Contains(t, run.Down, "takes no connections any more")
	require.Equal(t, len(run.Cases), run.Grades[verdict.Skip], "%+v", run.Cases)
}

// Redirects are looked at, and nothing is sent to where they lead.
func TestServer_FollowsNothing(t *testing.T) {
	elsewhere, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	visited := make(chan struct{})
	go func() {
		if nc, err := elsewhere.Accept(); err == nil {
			_ = nc.Close()
			close(visited)
		}
	}()
	srv := httptest.NewServer(&transport.Handler{
		Serve: echo, Decide: func(_ context.Context, r *transport.Request) (transport.Decision, error) {
			if r.OpeningRequest.Kaazing() {
				return transport.Decision{Reroute: "ws://" + elsewhere.Addr().String() + "/"}, nil
			}
			return endpoint.Redirect("ws://" + elsewhere.Addr().String() + "/"), nil
		}})
	t.Cleanup(srv.Close)
	u, err := wire.ParseURL("ws"+strings.TrimPrefix(srv.URL, "http")+"/old", nil)
	require.NoError(t, err)
	for profile, id := range map[string]string{"spec": "khp/ext/redirect", "kaazing": "kaazing/a5"} {
		list, err := Select(Filter{Server: true, Profile: profile, Patterns: []string{id}})
		require.NoError(t, err)
		requirePassed(t, Server(context.Background(), &Target{
			URL: u, User: User, Resources: map[string]string{"redirect": "/old", "balance": "/old"},
		}, list, Options{Patience: unhurried}))
	}
	require.NoError(t, elsewhere.Close())
	select {
	case <-visited:
		t.Error("a redirect was followed")
	default:
	}
}

// The page of a run with a client lists the cases and their results, and answers the first requests
// of Kaazing's Java client.
func TestClient_Web(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	list, err := Select(Filter{Profile: "spec", Patterns: []string{"khp/ext/ping"}})
	require.NoError(t, err)
	done := make(chan *Run)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() { done <- Client(ctx, l, list, Options{Patience: unhurried}) }()
	for path, want := range map[string]string{
		"/": "<title>khp conform</title>", "/cases.txt": "ws://" + l.Addr().String() +
			"/case/khp/ext/ping\n", "/results.json": `"id":"khp/ext/ping"`,
		"/case/khp/ext/ping/;e/cookies?.krn=1": "",
		"/case/khp/nothing":                    "there is none of that name", "/nothing": "404",
	} {
		resp, err := http.Get("http://" + l.Addr().String() + path)
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Contains(t, string(body), want, path)
		require.Equal(t, strings.Contains(path, "nothing"), resp.StatusCode >= 400, path)
	}
	cancel()
	require.Contains(t, (<-done).Down, "no client came to ws://")
}
