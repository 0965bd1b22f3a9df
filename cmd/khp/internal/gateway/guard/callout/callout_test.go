package callout

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/transport"
	"example.com/khp/transport/auth"
	"github.com/stretchr/testify/require"
)

var client = &net.TCPAddr{IP: net.ParseIP("2001:db8::7"), Port: 50412}

func request(target, authorization string) *transport.Request {
	return &transport.Request{OpeningRequest: endpoint.OpeningRequest{Target: target,
		Host: "chat.example.com:8443"}, Authorization: authorization}
}

// asking starts a server, and returns the Server that asks it, and the log.
func asking(
	t *testing.T, s Settings, h http.HandlerFunc,
) (ask func(r *transport.Request) auth.Verdict, complaints func() []string) {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	if s.URL == "" {
		s.URL = srv.URL + "/check?key=hunter2"
	}
	s.Timeout = cmp.Or(s.Timeout, time.Minute) // a busy machine is no trouble
	var mu sync.Mutex
	var list []string
	s.Trouble = func(_ context.Context, why string) {
		mu.Lock()
		defer mu.Unlock()
		list = append(list, why)
	}
	c, err := New(s)
	require.NoError(t, err)
	t.Cleanup(c.transport.CloseIdleConnections)
	ask = func(r *transport.Request) auth.Verdict {
		v, err := c.Authenticate(auth.WithClientNetwork(t.Context(), client), r)
		require.NoError(t, err)
		return v
	}
	return ask, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return list
	}
}

func TestCallOut_Question(t *testing.T) {
	var got *http.Request
	ask, _ := asking(t, Settings{}, func(w http.ResponseWriter, r *http.Request) {
		got = r
		w.Header().Set("Remote-User", "joe")
	})
	require.Equal(t, auth.Verdict{Allow: true, Principal: "joe"},
		ask(request("/chat?room=1", "Basic am9lOndlbGNvbWU=")))
	require.Equal(t, "GET /check?key=hunter2", got.Method+" "+got.URL.String())
	got.Header.Del("Accept-Encoding")
	require.Equal(t, http.Header{
		"User-Agent": {"khp"}, "X-Forwarded-Method": {"GET"},
		"X-Forwarded-Host": {"chat.example.com:8443"}, "X-Forwarded-Uri": {"/chat?room=1"},
		"X-Forwarded-For": {"2001:db8::7"}, "Authorization": {"Basic am9lOndlbGNvbWU="},
	}, got.Header)
	ask(request("/chat", ""))
	require.NotContains(t, got.Header, "Authorization")
}

// The connection of an answer that goes over to another protocol is not waited for: a server that
// holds it would hold a turn with it, and in the end nobody got in.
func TestCallOut_OtherProtocol(t *testing.T) {
	ended := make(chan error, 1)
	ask, complaints := asking(t, Settings{}, func(w http.ResponseWriter, _ *http.Request) {
		nc, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_, _ = io.WriteString(nc, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n"+
				"Connection: Upgrade\r\n\r\n")
			_, err = io.Copy(io.Discard, nc) // until the other side ends it
			_ = nc.Close()
		}
		ended <- err
	})
	v := ask(request("/chat", "Basic am9lOndlbGNvbWU="))
	require.False(t, v.LetsIn())
	require.NoError(t, <-ended)
	require.Equal(t, []string{"it answered 101; expected 2xx, 401 or 403"}, complaints())
}

func TestCallOut_Answers(t *testing.T) {
	later := auth.Verdict{RetryAfter: retry,
		Body: []byte("the credentials cannot be checked now; try again later\n")}
	field := func(name string, values ...string) func(http.Header) {
		return func(h http.Header) { h[name] = values }
	}
	for name, c := range map[string]struct {
		status    int
		head      func(http.Header)
		target    string
		want      auth.Verdict
		complaint string
	}{
		"user": {204, field("X-Who", "joe"), "",
			auth.Verdict{Allow: true, Principal: "joe"}, ""},
		"other field": {200, field("Remote-User", "joe"), "", auth.Verdict{Allow: true}, ""},
		"two users":   {200, field("X-Who", "joe", "root"), "", later, "X-Who"},
		"long user":   {200, field("X-Who", strings.Repeat("u", 257)), "", later, "X-Who"},
		"no text":     {200, field("X-Who", "\xff"), "", later, "X-Who"},
		"challenge": {401, field("Www-Authenticate", `Bearer realm="x", error="invalid_token"`), "",
			auth.Verdict{Challenges: []string{`Bearer realm="x", error="invalid_token"`},
				Reason: auth.WrongCredentials}, ""},
		"for Kaazing": {401, field("Www-Authenticate", `Basic realm="x"`), "/c?.kl=Y", auth.Verdict{
			Challenges: []string{`Application Basic realm="x"`}, Reason: auth.WrongCredentials,
		}, ""},
		"several": {401, field("Www-Authenticate", `Negotiate, Basic realm="x"`), "",
			auth.Verdict{Challenges: []string{"Negotiate", `Basic realm="x"`},
				Reason: auth.WrongCredentials}, ""},
		"no challenge": {401, nil, "",
			auth.Verdict{Challenges: []string{`Basic realm="members"`}, Reason: auth.WrongCredentials}, ""},
		"bad challenge": {401, field("Www-Authenticate", `Basic realm="`), "", later,
			"WWW-Authenticate"},
		"forbidden":       {403, nil, "", auth.Verdict{Reason: auth.WrongCredentials}, ""},
		"redirect":        {302, field("Location", "/elsewhere"), "", later, "302"},
		"not found":       {404, nil, "", later, "404"},
		"server error":    {500, nil, "", later, "500"},
		"too long a head": {200, field("X-Long", strings.Repeat("x", 2*mostHead)), "", later, "header"},
	} {
		t.Run(name, func(t *testing.T) {
			var asked atomic.Int32
			ask, complaints := asking(t, Settings{NameField: "X-Who", Realm: "members"},
				func(w http.ResponseWriter, _ *http.Request) {
					asked.Add(1)
					if c.head != nil {
						c.head(w.Header())
					}
					w.WriteHeader(c.status)
				})
			if c.target == "" {
				c.target = "/c"
			}
			require.Equal(t, c.want, ask(request(c.target, "Basic am9lOndlbGNvbWU=")))
			require.EqualValues(t, 1, asked.Load(), "nothing is followed")
			require.Equal(t, c.complaint != "", len(complaints()) == 1, complaints())
			require.Contains(t, strings.Join(complaints(), ""), c.complaint)
			require.NotContains(t, strings.Join(complaints(), ""), "hunter2")
		})
	}
}

// A server that is not there, or does not answer in time, lets nobody in.
func TestCallOut_FailClosed(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, ln.Close())
	ask, complaints := asking(t, Settings{URL: "http://" + ln.Addr().String() + "/?hunter2"}, nil)
	require.Equal(t, retry, ask(request("/", "")).RetryAfter)
	require.Contains(t, complaints()[0], "refused")
	require.NotContains(t, complaints()[0], "hunter2")

	release := make(chan struct{})
	ask, complaints = asking(t, Settings{Timeout: 50 * time.Millisecond},
		func(http.ResponseWriter, *http.Request) { <-release })
	t.Cleanup(func() { close(release) })
	require.Equal(t, retry, ask(request("/", "")).RetryAfter)
	require.Equal(t, []string{errTooSlow.Error()}, complaints())
}

// No more than a few requests are on their way at a time; the others wait, and none of those is
// lost that find their turn.
func TestCallOut_Bounded(t *testing.T) {
	var now, peak atomic.Int32
	full, release := make(chan struct{}), make(chan struct{})
	ask, complaints := asking(t, Settings{Timeout: time.Minute},
		func(http.ResponseWriter, *http.Request) {
			n := now.Add(1)
			defer now.Add(-1)
			for p := peak.Load(); n > p && !peak.CompareAndSwap(p, n); p = peak.Load() {
			}
			if n == atOnce {
				close(full)
			}
			<-release
		})
	verdicts := make(chan auth.Verdict)
	for range 2 * atOnce {
		go func() { verdicts <- ask(request("/", "")) }()
	}
	<-full
	close(release)
	for range 2 * atOnce {
		require.True(t, (<-verdicts).Allow)
	}
	require.EqualValues(t, atOnce, peak.Load())
	require.Empty(t, complaints())
}

// Who is let in is remembered only if that is asked for, for the same credentials, path and
// address, and only as long as it is said.
func TestCallOut_Cache(t *testing.T) {
	var asked atomic.Int32
	answer := func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.Header().Set("Remote-User", "joe")
	}
	ask, _ := asking(t, Settings{}, answer)
	ask(request("/a", "Basic x"))
	ask(request("/a", "Basic x"))
	require.EqualValues(t, 2, asked.Swap(0))

	ask, _ = asking(t, Settings{Cache: time.Hour}, answer)
	for range 3 {
		require.Equal(t, auth.Verdict{Allow: true, Principal: "joe"}, ask(request("/a", "Basic x")))
	}
	require.EqualValues(t, 1, asked.Swap(0))
	ask(request("/b", "Basic x"))
	ask(request("/a", "Basic y"))
	require.EqualValues(t, 2, asked.Swap(0))
	ask(request("/a", ""))
	ask(request("/a", ""))
	require.EqualValues(t, 2, asked.Swap(0), "nobody in particular is asked about each time")

	ask, _ = asking(t, Settings{Cache: 1}, answer)
	ask(request("/a", "Basic x"))
	ask(request("/a", "Basic x"))
	require.EqualValues(t, 2, asked.Swap(0), "a nanosecond is over")
}

// A client that goes away is no trouble of the server's.
func TestCallOut_ClientGone(t *testing.T) {
	arrived := make(chan struct{})
	release := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		close(arrived)
		<-release
	}))
	t.Cleanup(srv.Close)
	t.Cleanup(func() { close(release) })
	c, err := New(Settings{URL: srv.URL, Timeout: time.Minute, Trouble: func(context.Context, string) {
		t.Error("complained")
	}})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-arrived; cancel() }()
	v, err := c.Authenticate(ctx, request("/", ""))
	require.NoError(t, err)
	require.False(t, v.LetsIn())
}

func TestNew_Refuses(t *testing.T) {
	for url, words := range map[string]string{
		"": "http://127.0.0.1", "127.0.0.1:9000": "http://127.0.0.1", "ws://h/": "http://127.0.0.1",
		"http://": "http://127.0.0.1", "http://joe:hunter2@h/": "no user", "http://h/#x": "#",
		"http://h:hunter2/": "http://127.0.0.1",
	} {
		_, err := New(Settings{URL: url})
		require.ErrorContains(t, err, words, url)
		require.NotContains(t, err.Error(), "hunter2")
	}
	require.Equal(t, "x", cause(&net.OpError{Err: errors.New("x")}))
}
