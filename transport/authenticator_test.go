package transport

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"

	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
)

var joeAndAnn = Users(map[string]string{"joe": "welcome", "ann": "sesame"})

// authRequest is a request with that Authorization field, of a client of either profile.
func authRequest(authorization string, kaazing bool) *Request {
	r := &Request{OpeningRequest: OpeningRequest{Target: "/echo"}, Authorization: authorization}
	if kaazing {
		r.Target += "?.kl=Y"
	}
	return r
}

func TestBasicAuth(t *testing.T) {
	ask := func(scheme string) Verdict { return Verdict{Challenges: []string{scheme + ` realm="a \"realm\""`}} }
	refused := ask("Basic")
	refused.Body = []byte("these credentials are not accepted here\n")
	for _, c := range []struct {
		name, authorization string
		want                Verdict
	}{
		{"none", "", ask("Basic")}, {"other scheme", "Token am9lOndlbGNvbWU=", ask("Basic")}, {"scheme only", "Basic", ask("Basic")}, {"blank", "Basic ", ask("Basic")},
		{"no base64", "Basic wel:come", ask("Basic")}, {"no colon", "Basic am9l", ask("Basic")}, {"right", "Basic am9lOndlbGNvbWU=", Verdict{Allow: true, Principal: "joe"}},
		{"case and blanks", "bAsIc \t am9lOndlbGNvbWU= ", Verdict{Allow: true, Principal: "joe"}}, {"wrong password", "Basic am9lOm5v", refused}, {"wrong user", "Basic bm86d2VsY29tZQ==", refused},
		{"empty", "Basic Og==", refused}, {"other user's password", "Basic am9lOnNlc2FtZQ==", refused},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := BasicAuth{Realm: `a "realm"`, Check: joeAndAnn}.Authenticate(t.Context(), authRequest(c.authorization, false))
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
	got, err := BasicAuth{Realm: "r", Check: joeAndAnn}.Authenticate(t.Context(), authRequest("Basic am9lOm5v", true))
	require.NoError(t, err)
	require.Equal(t, []string{`Application Basic realm="r"`}, got.Challenges)
	require.Equal(t, refused.Body, got.Body)
}

func TestTokenAuth(t *testing.T) {
	check := Tokens(map[string]any{"1:joe:welcome": 7, "": 8})
	for _, c := range []struct {
		name, authorization string
		auth                TokenAuth
		want                Verdict
	}{
		{"none", "", TokenAuth{Check: check}, Verdict{Challenges: []string{"Application Token"}}},
		{"empty", "Token ", TokenAuth{Check: check}, Verdict{Challenges: []string{"Application Token"}}},
		{"right", "Token 1:joe:welcome", TokenAuth{Check: check}, Verdict{Allow: true, Principal: 7}},
		{"wrong", "Token 1:joe:welcom", TokenAuth{Check: check}, Verdict{Challenges: []string{"Application Token"}, Body: []byte("these credentials are not accepted here\n")}},
		{"bearer", "Bearer 1:joe:welcome", TokenAuth{Scheme: "Bearer", Realm: "r", Check: check}, Verdict{Allow: true, Principal: 7}},
		{"no bearer", "Token 1:joe:welcome", TokenAuth{Scheme: "Bearer", Realm: "r", Check: check}, Verdict{Challenges: []string{`Application Bearer realm="r"`}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.auth.Authenticate(t.Context(), authRequest(c.authorization, true))
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

// The application learns who its client is, in Decide and on the connection; nobody else gets as far as Decide.
func TestHandler_Principal(t *testing.T) {
	var decided atomic.Int32
	h := &Handler{
		Authenticator: BasicAuth{Realm: "r", Check: joeAndAnn},
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
		_, err = Dial(t.Context(), url, &DialOptions{Profile: profile, Credentials: Basic("joe", "sesame")})
		require.ErrorIs(t, err, fsm.FailureCredentialsRefused)
		require.Zero(t, decided.Swap(0))
		c, err := Dial(t.Context(), url, &DialOptions{Profile: profile, Credentials: Basic("ann", "sesame")})
		require.NoError(t, err)
		require.Equal(t, "ann", c.Header().Get("X-User"))
		require.Nil(t, c.Principal())
		wantMessage(t, c, Text, "annann")
		require.EqualValues(t, 1, decided.Swap(0))
		_ = c.CloseNow()
	}
}

// A request that was let in stays so while the application takes its time, and is not authenticated once more: credentials may be good for one use only.
func TestHandler_AuthenticatesOnce(t *testing.T) {
	var asked, decided atomic.Int32
	h := &Handler{
		Authenticator: AuthenticatorFunc(func(context.Context, *Request) (Verdict, error) {
			return Verdict{Allow: asked.Add(1) == 1, Principal: "joe"}, nil
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
	for name, a := range map[string]AuthenticatorFunc{
		"error": func(context.Context, *Request) (Verdict, error) {
			return Verdict{Allow: true}, errors.New("no directory")
		},
		"panic": func(context.Context, *Request) (Verdict, error) { panic("no directory") },
		"both": func(context.Context, *Request) (Verdict, error) {
			return Verdict{Allow: true, Challenges: []string{"Basic"}}, nil
		},
		"zero": func(context.Context, *Request) (Verdict, error) { return Verdict{}, nil },
	} {
		var log syncBuffer
		url := serve(t, &Handler{Authenticator: a, Logger: slog.New(slog.NewTextHandler(&log, nil))})
		_, err := Dial(t.Context(), url, nil)
		var e *HandshakeError
		require.ErrorAs(t, err, &e)
		require.Equal(t, map[string]int{"error": 500, "panic": 500, "both": 500, "zero": 403}[name], e.Status, name)
		require.False(t, bytes.Contains(e.Body, []byte("directory")))
		require.Equal(t, name == "error" || name == "panic", strings.Contains(log.String(), "no directory"))
		require.Equal(t, name == "both", strings.Contains(log.String(), "Challenges go with 401"))
	}
}

// Credentials are decoded where everything else decodes them: control bytes, line ends in base64 and a missing colon are no credentials.
func TestBasicAuth_Decodes(t *testing.T) {
	t.Attr("req", "KHP-STATUS-401-04")
	asked := 0
	a := BasicAuth{Realm: "r", Check: func(context.Context, string, string) bool { asked++; return true }}
	for _, pair := range []string{"joe\x00:welcome", "joe:wel\ncome", "joe:\x7f", "joe", "a\tb:c"} {
		value := base64.StdEncoding.EncodeToString([]byte(pair))
		for _, v := range []string{value, value[:2] + "\r\n" + value[2:], value + "=", ""} {
			verdict, err := a.Authenticate(t.Context(), &Request{Authorization: "Basic " + v})
			require.NoError(t, err)
			require.False(t, verdict.Allow, "%q", pair)
			require.NotEmpty(t, verdict.Challenges)
		}
	}
	require.Zero(t, asked, "the check sees nothing that is no credentials")
	verdict, err := a.Authenticate(t.Context(), &Request{Authorization: "basic " + base64.StdEncoding.EncodeToString([]byte("j\u00f6e:a:b"))})
	require.NoError(t, err)
	require.Equal(t, Verdict{Allow: true, Principal: "jöe"}, verdict)
}
