package target

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/cmd/khp/internal/gateway/config"
	"example.com/khp/cmd/khp/internal/gateway/metrics"
	"example.com/khp/cmd/khp/internal/khptest"
	"example.com/khp/fsm"
	"example.com/khp/transport"
	"github.com/stretchr/testify/require"
)

// fakeBackend is one of a test of pools.
type fakeBackend struct {
	name  string
	dial  func(ctx context.Context) error // nil connects
	asked atomic.Int64
}

func (b *fakeBackend) where() string { return b.name }
func (b *fakeBackend) secure() bool  { return false }

func (b *fakeBackend) connect(ctx context.Context, _ *session, _ *transport.Request) (line, error) {
	b.asked.Add(1)
	if b.dial != nil {
		return nil, b.dial(ctx)
	}
	return fakeLine{}, nil
}

type fakeLine struct{ line }

func (fakeLine) subprotocol(*transport.Request) string { return "" }
func (fakeLine) drop() error                           { return nil }

// poolOf is a pool of fakes, and a session whose route has it.
type poolOf struct {
	*pool
	s    *session
	log  khptest.Buffer
	all  map[string]*fakeBackend
	seen *metrics.Metrics
}

func newPool(weights ...int) *poolOf {
	p := &poolOf{pool: &pool{}, all: map[string]*fakeBackend{}, seen: metrics.New()}
	for i, w := range weights {
		b := &fakeBackend{name: string(rune('a' + i))}
		p.all[b.name] = b
		p.members = append(p.members, &member{backend: b, weight: w})
	}
	log := slog.New(slog.NewTextHandler(&p.log, nil))
	r := &Route{Route: &config.Route{Path: "/"}, target: p.pool}
	p.s = &session{house: &House{Log: log, Routes: Routes{r}, Metrics: p.seen}, route: r, log: log}
	p.s.house.Count()
	return p
}

// decisions makes n, and returns the names of the back ends that were reached, "-" for none.
func (p *poolOf) decisions(t *testing.T, n int) (names string) {
	t.Helper()
	for range n {
		before := map[string]int64{}
		for name, b := range p.all {
			before[name] = b.asked.Load()
		}
		d, err := p.decide(t.Context(), p.s, &transport.Request{})
		require.NoError(t, err)
		if d.Status == 503 {
			require.Equal(t, "Retry-After", d.Header[0].Name)
			names += "-"
			continue
		}
		require.Zero(t, d.Status)
		for name, b := range p.all {
			if b.asked.Load() > before[name] && b.dial == nil {
				names += name
			}
		}
	}
	return names
}

func (p *poolOf) metrics(t *testing.T) string {
	t.Helper()
	w := httptest.NewRecorder()
	p.seen.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	return w.Body.String()
}

// Turns are spread as weights say, smoothly: no back end gets all of its turns in a row.
func TestPool_Weights(t *testing.T) {
	require.Equal(t, "aabacaa"+"aabacaa", newPool(5, 1, 1).decisions(t, 14))
	require.Equal(t, "abcabc", newPool(1, 1, 1).decisions(t, 6))
	require.Equal(t, "aaa", newPool(7).decisions(t, 3))
}

// A back end that is down loses its turn at once, is asked again after a while, longer each time,
// and by one client only; clients notice nothing until all are down.
func TestPool_FailOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool(1, 1)
		a, b := p.all["a"], p.all["b"]
		down := func(context.Context) error { return errors.New("connection refused") }
		a.dial = down
		require.Equal(t, "bbbbb", p.decisions(t, 5))
		require.EqualValues(t, 1, a.asked.Load())
		require.Contains(t, p.log.String(), `level=WARN msg="back end is down" backend=a others_up=1`)
		require.Contains(t, p.metrics(t), `khp_backend_up{backend="a",route="/"} 0`)
		require.Contains(t, p.metrics(t), `khp_backend_up{backend="b",route="/"} 1`)
		for i, wait := range []time.Duration{2, 4, 8, 16, 32, 32} { // seconds
			time.Sleep(wait*time.Second - time.Millisecond)
			require.Equal(t, "bb", p.decisions(t, 2))
			require.EqualValues(t, 1+i, a.asked.Load(), "not yet")
			time.Sleep(time.Millisecond)
			require.Equal(t, "bb", p.decisions(t, 2))
			require.EqualValues(t, 2+i, a.asked.Load())
		}
		require.Equal(t, 1, strings.Count(p.log.String(), `msg="back end is down"`),
			"one line when it goes")
		b.dial = down
		require.Equal(t, "---", p.decisions(t, 3))
		require.Contains(t, p.log.String(),
			`level=WARN msg="no server can be reached" path="" back_ends=2`)
		require.Contains(t, p.log.String(), `msg="back end is down" backend=b others_up=0`)
		require.Contains(t, p.metrics(t), `khp_backend_failures_total{reason="none",route="/"} 3`)
		b.dial = nil
		time.Sleep(2 * time.Second)
		require.Equal(t, "bb", p.decisions(t, 2))
		require.Contains(t, p.log.String(), `level=INFO msg="back end is up again" backend=b`)
		a.dial = nil
		time.Sleep(32 * time.Second)
		require.Len(t, strings.ReplaceAll(p.decisions(t, 4), "b", ""), 2, "both have their turns")
		require.Contains(t, p.metrics(t), `khp_backend_up{backend="a",route="/"} 1`)
		require.Contains(t, p.metrics(t),
			`khp_backend_connect_seconds_bucket{backend="b",route="/",le="0.25"}`)
	})
}

// One that does not answer holds up one client for two seconds when it is tried, and no other.
func TestPool_SilentBackEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool(1, 1)
		a := p.all["a"]
		a.dial = func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
		require.Equal(t, "bbb", p.decisions(t, 3))
		for tried := range int64(3) {
			time.Sleep(time.Minute)
			begin, done := time.Now(), make(chan string)
			go func() { done <- p.decisions(t, 2) }() // it is the turn of a for one of both
			synctest.Wait()
			require.Equal(t, 2+tried, a.asked.Load())
			for range 5 {
				d, err := p.decide(t.Context(), p.s, &transport.Request{})
				require.NoError(t, err)
				require.Zero(t, d.Status)
			}
			require.Zero(t, time.Since(begin), "others go elsewhere meanwhile")
			require.Contains(t, <-done, "b")
			require.Equal(t, memberTimeout, time.Since(begin))
		}
	})
}

// An attempt tells of the time at which it began: a connection that was accepted just before a back
// end went does not bring it back, a refusal from before its return does not take it away again,
// and several that fail together are one failure.
func TestPool_AttemptsThatOverlap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool(1, 1)
		a := p.all["a"]
		var outcomes []chan error // of the attempts at a, in their order
		a.dial = func(context.Context) error {
			outcome := make(chan error)
			outcomes = append(outcomes, outcome)
			return <-outcome
		}
		var clients sync.WaitGroup
		begin := func(n int) { // until n attempts at a have begun
			for len(outcomes) < n {
				clients.Go(func() { _, _ = p.decide(t.Context(), p.s, &transport.Request{}) })
				synctest.Wait()
			}
			time.Sleep(time.Millisecond)
		}
		end := func(n int, err error) {
			outcomes[n] <- err
			synctest.Wait()
			time.Sleep(time.Millisecond)
		}
		answered := &transport.HandshakeError{Failure: fsm.FailureStatus, Status: 500} // it is there
		refused := errors.New("connection refused")

		begin(4)
		end(0, refused)
		end(1, answered)
		end(2, refused)
		require.NotContains(t, p.log.String(), "up again")
		require.Contains(t, p.metrics(t), `khp_backend_up{backend="a",route="/"} 0`)
		time.Sleep(balanceMemory) // as after one failure
		begin(5)
		end(4, answered)
		require.Equal(t, 1, strings.Count(p.log.String(), "up again"))
		end(3, refused)
		require.Equal(t, 1, strings.Count(p.log.String(), "is down"))
		require.Contains(t, p.metrics(t), `khp_backend_up{backend="a",route="/"} 1`)
		clients.Wait()
	})
}

// All of them together cost a client no more than its patience.
func TestPool_AllSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool(1, 1, 1, 1, 1, 1, 1, 1)
		for _, b := range p.all {
			b.dial = func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
		}
		begin := time.Now()
		require.Equal(t, "-", p.decisions(t, 1))
		require.Equal(t, poolTimeout, time.Since(begin))
	})
}

// A back end that answers is not down. One that has a fault, or is full, is passed over; one that
// refuses the client, or cannot be asked, is not.
func TestPool_Answers(t *testing.T) {
	answer := func(status int) func(context.Context) error {
		return func(context.Context) error {
			return &transport.HandshakeError{Failure: fsm.FailureStatus, Status: status}
		}
	}
	for status, want := range map[int]int{500: 0, 502: 0, 503: 0, 504: 0, 400: 502, 401: 502, 403: 502,
		404: 502, 302: 502, 431: 400} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			p := newPool(1, 1)
			p.all["a"].dial = answer(status)
			d, err := p.decide(t.Context(), p.s, &transport.Request{})
			require.NoError(t, err)
			require.Equal(t, want, d.Status, p.log.String())
			require.Equal(t, want == 0, p.all["b"].asked.Load() == 1)
			require.NotContains(t, p.log.String(), "is down")
			require.Contains(t, p.metrics(t), `khp_backend_up{backend="a",route="/"} 1`)
		})
	}
}

// A client that goes away is no failure of a back end.
func TestPool_ClientGone(t *testing.T) {
	p := newPool(1, 1)
	ctx, cancel := context.WithCancel(t.Context())
	p.all["a"].dial = func(ctx context.Context) error { cancel(); return ctx.Err() }
	_, err := p.decide(ctx, p.s, &transport.Request{})
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, p.log.String())
	require.Contains(t, p.metrics(t), `khp_backend_up{backend="a",route="/"} 1`)
	require.Zero(t, p.all["b"].asked.Load())
}

// Targets with several back ends, and their faults.
func TestParsePool(t *testing.T) {
	for text, want := range map[string]string{
		"ws://a/x":                   "1*ws://a/x",
		"ws://a/x,y":                 "1*ws://a/x,y",
		"3*ws://a/,wss://b:81/c?d=e": "3*ws://a/ 1*wss://b:81/c",
		"khp+ws://a,2*khp+ws+unix:/run/a.sock:/b,ws://c": "1*khp+ws://a/ " +
			"2*khp+ws+unix:/run/a.sock:/b 1*ws://c/",
		"ws+unix:/run/a.sock":             "1*ws+unix:/run/a.sock:/",
		"tcp://a:1,tls://b:2,unix:/run/c": "1*tcp://a:1 1*tls://b:2 1*unix:/run/c",
		"tcp://[::1]:80":                  "1*tcp://[::1]:80",
		"tcp://[fe80::1%eth0]:80":         "1*tcp://[fe80::1%eth0]:80",
		"tcp://my_host.example.:80":       "1*tcp://my_host.example.:80",
	} {
		p, ok, err := parsePool(text)
		require.True(t, ok, text)
		require.NoError(t, err, text)
		var got []string
		for _, m := range p.members {
			got = append(got, fmt.Sprint(m.weight, "*", m.where()))
		}
		require.Equal(t, want, strings.Join(got, " "))
	}
	for text, wrong := range map[string]string{
		"ws://a,tcp://b:1": "all of WebSocket, or all of bytes",
		"ws://a,ws://a/": "ws://a/ is there twice; " +
			"its weight gives it more connections, as in 2*ws://a/",
		"0*ws://a":                          "the weight 0* is not from 1 to 1000",
		"9999999999999999999*ws://a":        "is not from 1 to 1000",
		"ws://a,http://b":                   `"http://b" is no back end`,
		"ws://a,redirect:/b":                `"redirect:/b" is no back end`,
		"ws://a,echo":                       `"echo" is no back end`,
		"tcp://a:1,ftp://u:p@h":             `no back end`,
		"unix:run/a.sock":                   "expected the whole path to it",
		"unix:":                             "expected the whole path to it",
		"unix:/run/../a.sock":               "did you mean /a.sock?",
		"unix:/" + strings.Repeat("x", 107): "107 are the most that the system takes",
		"ws+unix:/run/a.sock:b":             "expected ws+unix:SOCKET:PATH",
		"tls://a":                           "expected tls://host:port",
		"tls://a:1/b":                       "more than a host and a port",
		"tcp://a:99999":                     "is not a number from 1 to 65535",
		"tcp://${host}:1":                   `"${host}" is neither a host name nor an address`,
		"tls://ü:1":                         "with an international name in its ASCII form",
		"tcp://a..b:1":                      "neither a host name nor an address",
		",ws://a/":                          "a comma has no back end on one of its sides",
		"ws://a/,":                          "a comma has no back end on one of its sides",
		"ws://a/,,ws://b/":                  "a comma has no back end on one of its sides",
		"010*ws://a/":                       "the weight 010* is not from 1 to 1000",
		"ws://u:p@h/":                       "no user and password can stand in it",
	} {
		_, ok, err := parsePool(text)
		require.True(t, ok, text)
		require.ErrorContains(t, err, wrong, text)
		require.NotContains(t, err.Error(), "u:p")
	}
	for _, text := range []string{"echo", "balance:ws://a,ws://b", "redirect:ws://a,ws://b",
		"ftp://a", "a:1", ""} {
		_, ok, _ := parsePool(text)
		require.False(t, ok, text)
	}
}
