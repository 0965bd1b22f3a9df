package transport

import (
	"context"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/transport/auth"
	"github.com/stretchr/testify/require"
)

// Providers that misbehave.
func TestDial_Provider(t *testing.T) {
	challenge := func(p *rawServer) { p.asked(); p.send(bin(response401), terminator) }
	for _, c := range []struct {
		name     string
		provider func(ctx context.Context, r *auth.CredentialsRequest) (string, error)
		fail     fsm.Failure
		after    time.Duration
		text     string
	}{
		{"never answers", func(ctx context.Context, _ *auth.CredentialsRequest) (string, error) {
			<-ctx.Done()
			return "", ctx.Err()
		}, fsm.FailureCredentialTimeout, time.Minute, ""},
		{"ignores its context", func(context.Context, *auth.CredentialsRequest) (string, error) {
			time.Sleep(time.Hour)
			return "Basic x", nil
		}, fsm.FailureCredentialTimeout, time.Minute, ""},
		{"panics", func(context.Context, *auth.CredentialsRequest) (string, error) {
			panic("out of order")
		}, fsm.FailureAuthRequired, 0, "panicked: out of order"},
		{"exits its goroutine", func(context.Context, *auth.CredentialsRequest) (string, error) {
			runtime.Goexit()
			return "", nil
		}, fsm.FailureCredentialTimeout, time.Minute, ""},
		{"gives none", func(context.Context, *auth.CredentialsRequest) (string, error) { return "", nil },
			fsm.FailureAuthRequired, 0, "there are none"},
		{"gives a line break", func(context.Context, *auth.CredentialsRequest) (string, error) {
			return "Basic x\r\nA: b", nil
		}, fsm.FailureAuthRequired, 0, "cannot be sent"},
	} {
		virtual(t, "ADV-42/"+c.name, func(t *testing.T) {
			t.Attr("req", "ADV-42")
			t.Attr("req", "LIV-01")
			got := dialRaw(t, t.Context(), false,
				&DialOptions{Credentials: auth.CredentialsFunc(c.provider)}, challenge)
			require.ErrorIs(t, got.err, c.fail)
			require.ErrorContains(t, got.err, c.text)
			require.Equal(t, c.after, got.took)
			got.end()
			time.Sleep(time.Hour) // until the last of them returns, without any effect
		})
	}
	virtual(t, "ADV-42/answers after the server has closed", func(t *testing.T) {
		t.Attr("req", "ADV-42")
		asked, start := make(chan struct{}), time.Now()
		told := time.Duration(-1)
		provider := auth.CredentialsFunc(
			func(ctx context.Context, _ *auth.CredentialsRequest) (string, error) {
				close(asked)
				<-ctx.Done()
				told = time.Since(start)
				return "Basic x", nil
			})
		got := dialRaw(t, t.Context(), false, &DialOptions{Credentials: provider},
			func(p *rawServer) { challenge(p); <-asked; p.send(pf{Op: opX, P: "\x03\xe8"}) })
		require.ErrorIs(t, got.err, fsm.FailurePeerClosed)
		require.Zero(t, got.took)
		got.end()
		synctest.Wait()
		require.Zero(t, told, "that nobody waits any more is known at once")
		require.NotContains(t, strings.Join(got.net.log.all(), "\n"), "Authorization")
	})
	virtual(t, "ADV-42/time for credentials does not count", func(t *testing.T) {
		slow := auth.CredentialsFunc(func(context.Context, *auth.CredentialsRequest) (string, error) {
			time.Sleep(55 * time.Second)
			return "Basic x", nil
		})
		got := dialRaw(t, t.Context(), false, &DialOptions{Credentials: slow}, func(p *rawServer) {
			p.asked()
			p.pause(9 * time.Second)
			p.send(bin(response401), terminator)
			p.message()
			p.pause(9 * time.Second)
			p.send(bin(response101), terminator)
		})
		require.NoError(t, got.err)
		require.Equal(t, 73*time.Second, got.took)
		got.end()
	})
}
