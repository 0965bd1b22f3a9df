package transport

import (
	"context"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
)

func TestProviders(t *testing.T) {
	ask := func(p CredentialsProvider, schemes ...string) (string, error) {
		r := &CredentialsRequest{}
		for _, s := range schemes {
			r.Challenges = append(r.Challenges, Challenge{Scheme: s})
		}
		return p.Credentials(context.Background(), r)
	}
	for _, c := range []struct {
		provider CredentialsProvider
		scheme   string
		want     string
	}{
		{Basic("joe", "welcome"), "basic", "Basic am9lOndlbGNvbWU="},
		{Token("abc"), "Token", "Token abc"},
		{Bearer("abc"), "BEARER", "Bearer abc"},
	} {
		got, err := ask(c.provider, "Other", c.scheme)
		require.NoError(t, err)
		require.Equal(t, c.want, got)
		_, err = ask(c.provider, "Digest", "Other")
		require.ErrorContains(t, err, `the server asks for "Digest", "Other"`)
		require.NotContains(t, err.Error(), "welcome")
	}
	_, err := ask(Basic("jo:e", "welcome"), "Basic")
	require.Error(t, err, "a user name with a colon")
	require.NotContains(t, err.Error(), "welcome")
	_, err = ask(Bearer("line\r\nbreak"), "Bearer")
	require.Error(t, err)
}

// Providers that misbehave.
func TestDial_Provider(t *testing.T) {
	challenge := func(p *rawServer) { p.asked(); p.send(bin(response401), terminator) }
	for _, c := range []struct {
		name     string
		provider func(ctx context.Context, r *CredentialsRequest) (string, error)
		fail     fsm.Failure
		after    time.Duration
		text     string
	}{
		{"never answers", func(ctx context.Context, _ *CredentialsRequest) (string, error) { <-ctx.Done(); return "", ctx.Err() }, fsm.FailureCredentialTimeout, time.Minute, ""},
		{"ignores its context", func(context.Context, *CredentialsRequest) (string, error) {
			time.Sleep(time.Hour)
			return "Basic x", nil
		}, fsm.FailureCredentialTimeout, time.Minute, ""},
		{"panics", func(context.Context, *CredentialsRequest) (string, error) { panic("out of order") }, fsm.FailureAuthRequired, 0, "panicked: out of order"},
		{"exits its goroutine", func(context.Context, *CredentialsRequest) (string, error) { runtime.Goexit(); return "", nil }, fsm.FailureCredentialTimeout, time.Minute, ""},
		{"gives none", func(context.Context, *CredentialsRequest) (string, error) { return "", nil }, fsm.FailureAuthRequired, 0, "gave none"},
		{"gives a line break", func(context.Context, *CredentialsRequest) (string, error) { return "Basic x\r\nA: b", nil }, fsm.FailureAuthRequired, 0, "cannot be sent"},
	} {
		virtual(t, "ADV-42/"+c.name, func(t *testing.T) {
			t.Attr("req", "ADV-42")
			t.Attr("req", "LIV-01")
			got := dialRaw(t, t.Context(), false, &DialOptions{Credentials: CredentialsFunc(c.provider)}, challenge)
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
		provider := CredentialsFunc(func(ctx context.Context, _ *CredentialsRequest) (string, error) {
			close(asked)
			<-ctx.Done()
			told = time.Since(start)
			return "Basic x", nil
		})
		got := dialRaw(t, t.Context(), false, &DialOptions{Credentials: provider}, func(p *rawServer) { challenge(p); <-asked; p.send(pf{op: opX, p: "\x03\xe8"}) })
		require.ErrorIs(t, got.err, fsm.FailurePeerClosed)
		require.Zero(t, got.took)
		got.end()
		synctest.Wait()
		require.Zero(t, told, "that nobody waits any more is known at once")
		require.NotContains(t, strings.Join(got.net.log.all(), "\n"), "Authorization")
	})
	virtual(t, "ADV-42/time for credentials does not count", func(t *testing.T) {
		slow := CredentialsFunc(func(context.Context, *CredentialsRequest) (string, error) {
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
