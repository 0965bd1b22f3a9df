package auth

import (
	"context"
	"encoding/base64"
	"testing"

	"example.com/khp/endpoint"
	"github.com/stretchr/testify/require"
)

var joeAndAnn = Users(map[string]string{"joe": "welcome", "ann": "sesame"})

// authRequest is a request with that Authorization field, of a client of either profile.
func authRequest(authorization string, kaazing bool) *endpoint.Request {
	r := &endpoint.Request{OpeningRequest: endpoint.OpeningRequest{Target: "/echo"},
		Authorization: authorization}
	if kaazing {
		r.Target += "?.kl=Y"
	}
	return r
}

func TestBasicAuth(t *testing.T) {
	ask := func(scheme string) Verdict {
		return Verdict{Challenges: []string{scheme + ` realm="a \"realm\""`}}
	}
	refused := ask("Basic")
	refused.Body, refused.Reason = []byte("these credentials are not accepted here\n"),
		WrongCredentials
	wrong := func(user string) Verdict { v := refused; v.User = user; return v }
	for _, c := range []struct {
		name, authorization string
		want                Verdict
	}{
		{"none", "", ask("Basic")}, {"other scheme", "Token am9lOndlbGNvbWU=", ask("Basic")},
		{"scheme only", "Basic", ask("Basic")}, {"blank", "Basic ", ask("Basic")},
		{"no base64", "Basic wel:come", ask("Basic")}, {"no colon", "Basic am9l", ask("Basic")},
		{"right", "Basic am9lOndlbGNvbWU=", Verdict{Allow: true, Principal: "joe"}},
		{"case and blanks", "bAsIc \t am9lOndlbGNvbWU= ", Verdict{Allow: true, Principal: "joe"}},
		{"wrong password", "Basic am9lOm5v", wrong("joe")},
		{"wrong user", "Basic bm86d2VsY29tZQ==", wrong("no")},
		{"empty", "Basic Og==", wrong("")},
		{"other user's password", "Basic am9lOnNlc2FtZQ==", wrong("joe")},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := BasicAuth{Realm: `a "realm"`, Check: joeAndAnn}.Authenticate(t.Context(),
				authRequest(c.authorization, false))
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
	got, err := BasicAuth{Realm: "r", Check: joeAndAnn}.Authenticate(t.Context(),
		authRequest("Basic am9lOm5v", true))
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
		{"wrong", "Token 1:joe:welcom", TokenAuth{Check: check},
			Verdict{Challenges: []string{"Application Token"},
				Body: []byte("these credentials are not accepted here\n"), Reason: WrongCredentials}},
		{"bearer", "Bearer 1:joe:welcome", TokenAuth{Scheme: "Bearer", Realm: "r", Check: check},
			Verdict{Allow: true, Principal: 7}},
		{"no bearer", "Token 1:joe:welcome", TokenAuth{Scheme: "Bearer", Realm: "r", Check: check},
			Verdict{Challenges: []string{`Application Bearer realm="r"`}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.auth.Authenticate(t.Context(), authRequest(c.authorization, true))
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

// Credentials are decoded where everything else decodes them: control bytes, line ends in base64
// and a missing colon are no credentials.
func TestBasicAuth_Decodes(t *testing.T) {
	asked := 0
	a := BasicAuth{Realm: "r", Check: func(context.Context, string, string) bool {
		asked++
		return true
	}}
	for _, pair := range []string{"joe\x00:welcome", "joe:wel\ncome", "joe:\x7f", "joe", "a\tb:c"} {
		value := base64.StdEncoding.EncodeToString([]byte(pair))
		for _, v := range []string{value, value[:2] + "\r\n" + value[2:], value + "=", ""} {
			verdict, err := a.Authenticate(t.Context(), &endpoint.Request{Authorization: "Basic " + v})
			require.NoError(t, err)
			require.False(t, verdict.Allow, "%q", pair)
			require.NotEmpty(t, verdict.Challenges)
		}
	}
	require.Zero(t, asked, "the check sees nothing that is no credentials")
	verdict, err := a.Authenticate(t.Context(), &endpoint.Request{Authorization: "basic " +
		base64.StdEncoding.EncodeToString([]byte("j\u00f6e:a:b"))})
	require.NoError(t, err)
	require.Equal(t, Verdict{Allow: true, Principal: "jöe"}, verdict)
}
