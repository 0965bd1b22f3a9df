package adaptertest

import (
	"context"
	"errors"
	"testing"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/internal/watch/watchtest"
	"example.com/khp/transport"
	"example.com/khp/transport/auth"
	"github.com/stretchr/testify/require"
)

// In each of these the server says no more, and a timeout ends the attempt.
func clientTimeouts(t *testing.T, l library) {
	const short = 50 * time.Millisecond
	for name, c := range map[string]struct {
		timeouts transport.Timeouts
		script   func(p *peer)
		want     fsm.Failure
	}{
		"opening": {transport.Timeouts{Opening: short}, func(p *peer) { p.request(); p.drain() },
			fsm.FailureTimeout},
		"response": {transport.Timeouts{Response: short}, func(p *peer) { p.opened(); p.drain() },
			fsm.FailureTimeout},
		"close": {transport.Timeouts{Close: short}, func(p *peer) {
			p.opened()
			p.send(binary("nonsense"), binary(""))
			p.message()
			p.message()
		}, fsm.FailureMalformed},
		"credentials": {transport.Timeouts{Credentials: short}, func(p *peer) {
			p.opened()
			p.send(binary(challenge), binary(""))
			p.drain()
		}, fsm.FailureCredentialTimeout},
	} {
		t.Run(name, func(t *testing.T) {
			url := rawServer(t, func(_ int, p *peer) { c.script(p) })
			o := none()
			if c.timeouts.Opening == 0 {
				c.timeouts.Opening = patience
			}
			if c.timeouts.Response == 0 {
				c.timeouts.Response = patience
			}
			o.Config.Timeouts = c.timeouts
			o.Credentials = auth.CredentialsFunc(
				func(ctx context.Context, _ *auth.CredentialsRequest) (string, error) {
					<-ctx.Done()
					return "", ctx.Err()
				})
			begin := time.Now()
			fails(t, l, url, o, c.want)
			require.Less(t, time.Since(begin), patience/2)
		})
	}
	t.Run("terminator", func(t *testing.T) {
		url := rawServer(t, func(_ int, p *peer) { p.opened(); p.send(binary(p.response())); p.drain() })
		// The response has to arrive in this time: a slow machine is given more.
		for short := 10 * short; ; short *= 4 {
			o := none()
			o.Config.Timeouts.Response = short
			_, _, err := l.dial(t.Context(), url, o)
			if !errors.Is(err, fsm.FailureTimeout) || short > patience {
				require.ErrorIs(t, err, fsm.FailureMissingTerminator)
				return
			}
		}
	})
}

const challenge = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"r\"\r\n" +
	"Content-Length: 0\r\n\r\n"

// The end of its context ends an attempt at once, whatever it waits for.
func clientCancel(t *testing.T, l library) {
	enough := errors.New("enough of this")
	for name, script := range map[string]func(p *peer, cancel func()){
		"opening":  func(p *peer, cancel func()) { p.request(); cancel(); p.drain() },
		"response": func(p *peer, cancel func()) { p.opened(); cancel(); p.drain() },
		"credentials": func(p *peer, cancel func()) {
			p.opened()
			p.send(binary(challenge), binary(""))
			cancel()
			p.drain()
		},
		"closing": func(p *peer, cancel func()) {
			p.opened()
			p.send(binary("nonsense"), binary(""))
			p.message()
			cancel()
			p.message()
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			url := rawServer(t, func(_ int, p *peer) { script(p, func() { cancel(enough) }) })
			o := none()
			o.Credentials = auth.CredentialsFunc(
				func(ctx context.Context, _ *auth.CredentialsRequest) (string, error) {
					<-ctx.Done()
					return "", ctx.Err()
				})
			begin := time.Now()
			_, _, err := l.dial(ctx, url, o)
			require.Less(t, time.Since(begin), patience/2)
			var failed *transport.HandshakeError
			require.ErrorAs(t, err, &failed)
			require.ErrorIs(t, err, context.Canceled)
		})
	}
}

func clientOptions(t *testing.T, l library) {
	o := none()
	o.Config.Subprotocols = []string{"not a token"}
	_, _, err := l.dial(t.Context(), "ws://one.example", o)
	require.ErrorContains(t, err, "not a token")
	require.NotErrorAs(t, err, new(*transport.HandshakeError))
}

// A server that stops reading in the middle of a message cannot hold up the end.
func clientCancelWrite(t *testing.T, l library) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	over := make(chan struct{})
	url := rawServer(t, func(_ int, p *peer) {
		p.opened()
		p.send(binary("HTTP/1.1 100 Continue\r\n\r\n"), binary(""))
		_, _ = p.in.ReadByte()
		cancel()
		<-over
	})
	o := none()
	watchtest.Unwatched(t) // such a body is longer than a trace may be
	o.Config.Body = make([]byte, 32<<20)
	o.Config.Limits.Body = len(o.Config.Body)
	begin := time.Now()
	_, _, err := l.dial(ctx, url, o)
	close(over)
	require.ErrorIs(t, err, context.Canceled)
	require.Less(t, time.Since(begin), patience/2)
}
