package transport

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/transport/auth"
	"example.com/khp/transport/internal/handshake"
	"github.com/stretchr/testify/require"
)

var joeAndAnn = auth.Users(map[string]string{"joe": "welcome", "ann": "sesame"})

// The application learns who its client is, in Decide and on the connection; nobody else gets as
// far as Decide.
func TestHandler_Principal(t *testing.T) {
	var decided atomic.Int32
	h := &Handler{
		Authenticator: auth.BasicAuth{Realm: "r", Check: joeAndAnn},
		Decide: func(_ context.Context, r *Request) (Decision, error) {
			decided.Add(1)
			return Decision{Header: []HeaderField{{Name: "X-User", Value: r.Principal.(string)}}}, nil
		},
		Serve: func(ctx context.Context, c *Conn) error {
			return c.Write(ctx, Text, []byte(c.Principal().(string)+c.Request().Principal.(string)))
		},
	}
	url := serveBy(t, &Server{Handler: h})
	for _, profile := range []Profile{Spec, Kaazing} {
		_, err := Dial(t.Context(), url, &DialOptions{Profile: profile})
		require.ErrorIs(t, err, fsm.FailureAuthRequired)
		_, err = Dial(t.Context(), url,
			&DialOptions{Profile: profile, Credentials: auth.Basic("joe", "sesame")})
		require.ErrorIs(t, err, fsm.FailureCredentialsRefused)
		require.Zero(t, decided.Swap(0))
		c, err := Dial(t.Context(), url,
			&DialOptions{Profile: profile, Credentials: auth.Basic("ann", "sesame")})
		require.NoError(t, err)
		require.Equal(t, "ann", c.Header().Get("X-User"))
		require.Nil(t, c.Principal())
		wantMessage(t, c, Text, "annann")
		require.EqualValues(t, 1, decided.Swap(0))
		_ = c.CloseNow()
	}
}

// No verdict, not even one that contradicts itself, gets a client past Decide, and Decide sees the
// principal of the verdict. A RetryAfter that has passed does not refuse.
func TestHandler_VerdictsGetNobodyPastDecide(t *testing.T) {
	for _, v := range verdicts("joe") {
		var decided []any
		h := &Handler{
			Authenticator: auth.AuthenticatorFunc(func(context.Context, *Request) (auth.Verdict, error) {
				return v, nil
			}),
			Decide: func(_ context.Context, r *Request) (Decision, error) {
				decided = append(decided, r.Principal)
				return Decision{}, nil
			},
			Logger: slog.New(slog.DiscardHandler),
		}
		c, err := Dial(t.Context(), serve(t, h), nil)
		if !v.Allow || v.Challenges != nil || v.Body != nil || v.RetryAfter > 0 {
			require.Error(t, err, "%#v", v)
			require.Empty(t, decided, "%#v", v)
			continue
		}
		require.NoError(t, err, "%#v", v)
		require.Equal(t, []any{"joe"}, decided, "%#v", v)
		_ = c.CloseNow()
	}
}

// verdicts are all kinds of verdicts about a principal, also such as contradict themselves.
func verdicts(principal any) (list []auth.Verdict) {
	for _, allow := range []bool{false, true} {
		for _, challenges := range [][]string{nil, {}, {`Basic realm="r"`}} {
			for _, body := range [][]byte{nil, []byte("no")} {
				for _, after := range []time.Duration{-time.Hour, -1, 0, 1, time.Hour} {
					list = append(list, auth.Verdict{Allow: allow, Principal: principal,
						Challenges: challenges, Body: body, RetryAfter: after})
				}
			}
		}
	}
	return list
}

// A request that was let in stays so while the application takes its time, and is not authenticated
// once more: credentials may be good for one use only.
func TestHandler_AuthenticatesOnce(t *testing.T) {
	var asked, decided atomic.Int32
	h := &Handler{
		Authenticator: auth.AuthenticatorFunc(func(context.Context, *Request) (auth.Verdict, error) {
			return auth.Verdict{Allow: asked.Add(1) == 1, Principal: "joe"}, nil
		}),
		Decide: func(_ context.Context, r *Request) (Decision, error) {
			if r.Principal != "joe" {
				return Decision{}, errors.New("nobody")
			}
			if decided.Add(1) < 3 {
				return Decision{Status: 202}, nil
			}
			return Decision{}, nil
		},
	}
	c, err := Dial(t.Context(), serve(t, h), nil)
	require.NoError(t, err)
	require.EqualValues(t, 3, decided.Load())
	_ = c.CloseNow()
}

// Without a verdict nobody gets in, and the client is not told why.
func TestHandler_AuthenticatorFails(t *testing.T) {
	for name, a := range map[string]auth.AuthenticatorFunc{
		"error": func(context.Context, *Request) (auth.Verdict, error) {
			return auth.Verdict{Allow: true}, errors.New("no directory")
		},
		"panic": func(context.Context, *Request) (auth.Verdict, error) { panic("no directory") },
		"both": func(context.Context, *Request) (auth.Verdict, error) {
			return auth.Verdict{Allow: true, Challenges: []string{"Basic"}}, nil
		},
		"zero": func(context.Context, *Request) (auth.Verdict, error) { return auth.Verdict{}, nil },
	} {
		var log syncBuffer
		url := serve(t, &Handler{Authenticator: a, Logger: slog.New(slog.NewTextHandler(&log, nil))})
		_, err := Dial(t.Context(), url, nil)
		var e *HandshakeError
		require.ErrorAs(t, err, &e)
		require.Equal(t, map[string]int{"error": 500, "panic": 500, "both": 500, "zero": 403}[name],
			e.Status, name)
		require.False(t, bytes.Contains(e.Body, []byte("directory")))
		require.Equal(t, name == "error" || name == "panic",
			strings.Contains(log.String(), "no directory"))
		require.Equal(t, name == "both", strings.Contains(log.String(), "Challenges go with 401"))
	}
}

// A failed login has a line of its own, with whom the credentials name and why they were refused,
// whatever scheme they are of; credentials that could not be checked are none that failed.
func TestHandler_LoginFailedLog(t *testing.T) {
	for name, c := range map[string]struct {
		credentials string
		verdict     auth.Verdict
		want        string // of the line, "" for none
	}{
		"reason and user": {"Bearer x", auth.Verdict{User: "ann", Reason: "the token has expired"},
			`reason="the token has expired" user=ann`},
		"neither":      {"Bearer x", auth.Verdict{}, `reason="wrong credentials"`},
		"basic":        {"Basic am9lOndlbGNvbWU=", auth.Verdict{}, `reason="wrong credentials" user=joe`},
		"no name":      {"Basic c2VjcmV0", auth.Verdict{}, "reason=\"wrong credentials\"\n"},
		"reason alone": {"", auth.Verdict{Reason: "the cookie is wrong"}, `reason="the cookie is wrong"`},
		"long": {"Bearer x", auth.Verdict{User: strings.Repeat("u", 5000), Reason: "no"},
			"user=" + strings.Repeat("u", handshake.MostQuoted) + "\n"},
		"long, of three bytes each": {"Bearer x", auth.Verdict{User: strings.Repeat("€", 500),
			Reason: "no"}, "user=" + strings.Repeat("€", handshake.MostQuoted/3) + "\n"},
		"none given":  {"", auth.Verdict{}, ""},
		"not checked": {"Basic am9lOndlbGNvbWU=", auth.Verdict{RetryAfter: 1}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer // read once everything is over
			h := &Handler{
				Serve: echoServe, Logger: slog.New(slog.NewTextHandler(&log, nil)),
				Authenticator: auth.AuthenticatorFunc(
					func(_ context.Context, r *Request) (auth.Verdict, error) {
						if r.Authorization == "" && c.credentials != "" {
							return auth.Verdict{Challenges: []string{r.Challenge("Bearer", "")}}, nil
						}
						return c.verdict, nil
					})}
			s := &Server{Handler: h}
			url := serveBy(t, s)
			_, err := Dial(t.Context(), url,
				&DialOptions{
					Credentials: auth.CredentialsFunc(func(context.Context,
						*auth.CredentialsRequest) (string, error) {
						return c.credentials, nil
					}),
				})
			require.Error(t, err)
			require.NoError(t, s.Shutdown(t.Context()))
			line := ""
			for l := range strings.Lines(log.String()) {
				if strings.Contains(l, `msg="login failed"`) {
					line = l
				}
			}
			require.Contains(t, line, c.want)
			require.Equal(t, c.want == "", line == "", log.String())
			require.NotContains(t, log.String(), "am9l")
		})
	}
}

// An Authenticator does not keep CheckOpening from being asked about clients that offer KHP.
func TestHandler_AuthenticatorAndCheckOpening(t *testing.T) {
	url := serve(t, &Handler{Authenticator: auth.TokenAuth{Check: auth.Tokens(nil)},
		CheckOpening: func(*OpeningRequest) (int, string) { return 451, "not from here" }})
	_, err := Dial(t.Context(), url, nil)
	var failed *HandshakeError
	require.ErrorAs(t, err, &failed)
	require.Equal(t, 451, failed.Status)
}
