package transport

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/internal/retryafter"
	"github.com/stretchr/testify/require"
)

// refusal is a raw server that answers with a status and further fields.
func refusal(head string) func(p *rawServer) {
	return respond("HTTP/1.1 " + head + "\r\nContent-Length: 0\r\n\r\n")
}

// full is a source of jitter that lets the whole wait pass, all but the last bit of it.
func full() float64 { return 1 - 0x1p-53 }

func TestDial_Retry(t *testing.T) {
	busy, later := refusal("503 Service Unavailable"),
		refusal("429 Too Many Requests\r\nRetry-After: 7")
	date := func(d time.Duration) func(p *rawServer) {
		return func(p *rawServer) {
			refusal("503 Busy\r\nRetry-After: " + time.Now().Add(d).UTC().Format(http.TimeFormat))(p)
		}
	}
	for _, c := range []struct {
		name  string
		retry *Retry
		play  []func(p *rawServer)
		tries int // of the error; 0 opens
		took  time.Duration
	}{
		{"off", nil, []func(p *rawServer){busy, then101(terminator)}, 0, 0},
		{"opens at last", &Retry{}, []func(p *rawServer){busy, busy, then101(terminator)}, 0,
			1500 * time.Millisecond},
		{"gives up", &Retry{}, []func(p *rawServer){busy}, 3, 1500 * time.Millisecond},
		{"one attempt", &Retry{Attempts: 1}, []func(p *rawServer){busy}, 1, 0},
		{"doubles up to a bound", &Retry{Attempts: 6, MinBackoff: time.Second,
			MaxBackoff: 5 * time.Second}, []func(p *rawServer){busy}, 6, (1 + 2 + 4 + 5 + 5) * time.Second},
		{"half a minute at most", &Retry{Attempts: 9}, []func(p *rawServer){busy}, 9,
			(500 + 1000 + 2000 + 4000 + 8000 + 16000 + 30000 + 30000) * time.Millisecond},
		{"own beginning", &Retry{MinBackoff: 2 * time.Second}, []func(p *rawServer){busy}, 3,
			6 * time.Second},
		{"own bound", &Retry{Attempts: 4, MaxBackoff: 800 * time.Millisecond},
			[]func(p *rawServer){busy}, 4, 2100 * time.Millisecond},
		{"two tries", &Retry{Attempts: 2}, []func(p *rawServer){busy}, 2, 500 * time.Millisecond},
		{"bounds out of order", &Retry{MinBackoff: 9 * time.Second, MaxBackoff: time.Second},
			[]func(p *rawServer){busy}, 3, 2 * time.Second},
		{"Retry-After is the least", &Retry{}, []func(p *rawServer){later, then101(terminator)}, 0,
			7 * time.Second},
		{"Retry-After as a date", &Retry{},
			[]func(p *rawServer){date(9 * time.Second), then101(terminator)}, 0, 9 * time.Second},
		{"Retry-After in the past", &Retry{}, []func(p *rawServer){date(-time.Hour), then101(terminator)},
			0, 500 * time.Millisecond},
		{"Retry-After of just the bound", &Retry{MaxBackoff: 7 * time.Second},
			[]func(p *rawServer){later, then101(terminator)}, 0, 7 * time.Second},
		{"Retry-After too long", &Retry{MaxBackoff: 6 * time.Second},
			[]func(p *rawServer){later, then101(terminator)}, 1, 0},
		{"after a timeout", &Retry{}, []func(p *rawServer){func(p *rawServer) { p.asked(); p.silent() },
			then101(terminator)}, 0, 15500 * time.Millisecond},
		{"after 408 in the extended handshake", &Retry{}, []func(p *rawServer){func(p *rawServer) {
			p.asked()
			p.send(bin("HTTP/1.1 408 x\r\nContent-Length: 0\r\n\r\n"), terminator,
				pf{Op: opX, P: "\x03\xe8"})
		}, then101(terminator)}, 0, 500 * time.Millisecond},
		{"not after 404", &Retry{}, []func(p *rawServer){refusal("404 Not Found\r\nRetry-After: 1"),
			then101(terminator)}, 1, 0},
		{"not after 401", &Retry{}, []func(p *rawServer){func(p *rawServer) {
			p.asked()
			p.send(bin("HTTP/1.1 401 x\r\nContent-Length: 0\r\nRetry-After: 1\r\n"+
				"WWW-Authenticate: Basic\r\n\r\n"), terminator, pf{Op: opX, P: "\x03\xe8"})
		}, then101(terminator)}, 1, 0},
		{"not after 500", &Retry{}, []func(p *rawServer){refusal("500 Oops"), then101(terminator)}, 1, 0},
		{"after 500 that asks for it", &Retry{}, []func(p *rawServer){
			refusal("500 Oops\r\nRetry-After: 1"), then101(terminator),
		}, 0, time.Second},
		{"not after 410", &Retry{}, []func(p *rawServer){refusal("410 Gone\r\nRetry-After: 1"),
			then101(terminator)}, 1, 0},
	} {
		virtual(t, c.name, func(t *testing.T) {
			if c.name == "after 408 in the extended handshake" {
				t.Attr("req", "KHP-STATUS-408-02")
				t.Attr("req", "RFC2068-408-02")
			}
			if c.retry != nil {
				c.retry.Jitter = full
			}
			got := dialRaw(t, t.Context(), false, &DialOptions{Retry: c.retry}, c.play...)
			got.end()
			require.InDelta(t, c.took, got.took, float64(time.Microsecond))
			var e *HandshakeError
			switch {
			case c.retry == nil:
				require.ErrorAs(t, got.err, &e)
				require.Zero(t, e.Tries)
			case c.tries == 0:
				require.NoError(t, got.err)
			default:
				require.ErrorAs(t, got.err, &e)
				require.Equal(t, c.tries, e.Tries)
				require.Equal(t, c.tries > 1, e.Error()[len(e.Error())-6:] == " tries", e.Error())
			}
		})
	}
}

// Nothing is waited for once the caller has given up, and errors still report the known facts.
func TestDial_RetryContext(t *testing.T) {
	virtual(t, "while waiting", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
		defer cancel()
		got := dialRaw(t, ctx, false, &DialOptions{Retry: &Retry{}},
			refusal("503 Busy\r\nRetry-After: 20"))
		got.end()
		require.Equal(t, 4*time.Second, got.took)
		require.ErrorIs(t, got.err, context.DeadlineExceeded)
		require.ErrorIs(t, got.err, fsm.FailureStatus)
	})
	virtual(t, "while dialing", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
		defer cancel()
		got := dialRaw(t, ctx, false, &DialOptions{Retry: &Retry{}},
			func(p *rawServer) { p.asked(); p.silent() })
		got.end()
		require.Equal(t, 4*time.Second, got.took)
		var e *HandshakeError
		require.ErrorAs(t, got.err, &e)
		require.Equal(t, 1, e.Tries)
		require.Zero(t, e.Failure)
		require.Equal(t, "khp: given up: context deadline exceeded [extended handshake, "+
			"ws://one.example/, in phase ClientAwaitResponse]", e.Error())
	})
	virtual(t, "for a reason of the caller's", func(t *testing.T) {
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errors.New("out of patience"))
		defer cancel()
		got := dialRaw(t, ctx, false, nil, func(p *rawServer) { p.asked(); p.silent() })
		got.end()
		require.ErrorContains(t, got.err, "given up: context deadline exceeded: out of patience [")
	})
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for range 50 { // a choice at random is wrong in one of them
		require.ErrorIs(t, sleep(ended, 0), context.Canceled,
			"another try would hide why the last one failed")
	}
	_, err := Dial(t.Context(), "ws://a", &DialOptions{Retry: &Retry{}, Method: "no token"})
	require.ErrorContains(t, err, "options")
	require.False(t, errors.As(err, new(*HandshakeError)))
}

// The wait is spread over the upper half of its range.
func TestRetry_Jitter(t *testing.T) {
	t.Attr("req", "WSP-CLOSE-05")
	const seed = 7
	random := rand.New(rand.NewPCG(seed, seed))
	p := Retry{MinBackoff: time.Second, MaxBackoff: 8 * time.Second,
		Jitter: random.Float64}.orDefault()
	for try := 1; try < 6; try++ {
		most := min(time.Second<<(try-1), 8*time.Second)
		low, high := most, time.Duration(0)
		for range 200 {
			d := p.backoff(try)
			low, high = min(low, d), max(high, d)
		}
		require.GreaterOrEqual(t, low, most/2, "seed %d", seed)
		require.LessOrEqual(t, high, most, "seed %d", seed)
		require.Greater(t, high-low, most/4, "seed %d", seed)
	}
	p = Retry{Attempts: 100, MinBackoff: 1<<63 - 1, MaxBackoff: 1<<63 - 1}.orDefault()
	require.Positive(t, p.backoff(99), "no overflow")
	p = Retry{MinBackoff: 1<<62 + 1, MaxBackoff: 1<<63 - 1}.orDefault()
	for try := range 9 {
		require.Positive(t, p.backoff(try), "no overflow")
	}
	require.NotNil(t, Retry{}.orDefault().Jitter)
}

// Retry-After is surfaced in both forms, and no longer than a year whatever the server says.
func TestHandshakeError_RetryAfter(t *testing.T) {
	t.Attr("req", "ADV-83")
	for value, want := range map[string]time.Duration{
		"120": 2 * time.Minute, "99999999999999999999": 365 * 24 * time.Hour,
		"Fri, 31 Dec 9999 23:59:59 GMT": 365 * 24 * time.Hour,
		"Sun, 06 Nov 1994 08:49:37 GMT": 0, "soon": 0, "-1": 0, "1.5": 0, "": 0,
	} {
		require.Equal(t, want, retryAfter(http.Header{"Retry-After": {value}}), value)
	}
	at := time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)
	require.InDelta(t, time.Hour, retryAfter(http.Header{"Retry-After": {at}}), float64(5*time.Second))
	_, ok := retryafter.Seconds([]byte(at), time.Now().Unix())
	require.True(t, ok)
}
