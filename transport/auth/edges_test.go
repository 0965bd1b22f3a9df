package auth

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/wire"
	"example.com/khp/wire/credentials"
	"github.com/stretchr/testify/require"
)

// Each verdict becomes the decision that carries it out. One that contradicts itself becomes one
// that contradicts itself as well, or refuses; it never accepts.
func TestVerdict_Decision(t *testing.T) {
	no, basic := []byte("no"), []string{"Basic"}
	retry := func(seconds string) endpoint.Decision {
		return endpoint.Decision{Status: 503, Body: no,
			Header: []endpoint.HeaderField{{Name: "Retry-After", Value: seconds}}}
	}
	for name, c := range map[string]struct {
		v    Verdict
		in   bool
		want endpoint.Decision
	}{
		"nothing":              {Verdict{}, false, endpoint.Decision{Status: 403}},
		"refused, with a body": {Verdict{Body: no}, false, endpoint.Decision{Status: 403, Body: no}},
		"no challenge": {Verdict{Challenges: []string{}}, false,
			endpoint.Decision{Status: 403}},
		"allowed":              {Verdict{Allow: true}, true, endpoint.Decision{}},
		"allowed after a wait": {Verdict{Allow: true, RetryAfter: -1}, true, endpoint.Decision{}},
		"allowed, with no body": {Verdict{Allow: true, Body: []byte{}}, true,
			endpoint.Decision{Body: []byte{}}},
		"allowed, with a body": {Verdict{Allow: true, Body: no}, false, endpoint.Decision{Body: no}},
		"allowed and challenged": {Verdict{Allow: true, Challenges: basic}, false,
			endpoint.Decision{Challenges: basic}},
		"challenged": {Verdict{Challenges: basic, Body: no}, false,
			endpoint.Decision{Status: 401, Challenges: basic, Body: no}},
		"allowed and put off": {Verdict{Allow: true, RetryAfter: 1, Body: no}, false, retry("1")},
		"allowed and put off, for a moment": {Verdict{Allow: true, RetryAfter: 1}, false,
			endpoint.Decision{Status: 503, Header: retry("1").Header}},
		"a moment":          {Verdict{RetryAfter: 1, Body: no}, false, retry("1")},
		"a second":          {Verdict{RetryAfter: time.Second, Body: no}, false, retry("1")},
		"a second and more": {Verdict{RetryAfter: time.Second + 1, Body: no}, false, retry("2")},
		"put off and challenged": {Verdict{Challenges: basic, RetryAfter: time.Second, Body: no}, false,
			retry("1")},
	} {
		require.Equal(t, c.in, c.v.LetsIn(), name)
		require.Equal(t, c.want, c.v.Decision(), name)
	}
}

// A URL for the log has no query, no user and no password, whatever the verb.
func TestCredentialsRequest_ShowsNoSecret(t *testing.T) {
	for where, want := range map[string]string{
		"ws://h/p":                    "ws://h/p",
		"ws://joe:SECRET@h/p":         "ws://h/p",
		"ws://joe:SE@CRET@h/p?SECRET": "ws://h/p?REDACTED",
		"/p?token=SECRET":             "/p?REDACTED",
		"/p":                          "/p",
	} {
		want := strings.ReplaceAll(want, "REDACTED", "[redacted]")
		r := CredentialsRequest{URL: where, Target: where, Method: "GET", Refused: "SECRET"}
		text := "auth.CredentialsRequest{URL: " + want + `, Method: "GET", Target: ` + want +
			", Challenges: [], Attempt: 0, Refused: [redacted]}"
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d"} {
			require.Equal(t, text, fmt.Sprintf(verb, r), verb)
		}
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d"} {
		require.Equal(t, "auth.Digest", fmt.Sprintf(verb, Digest("joe", "SECRET")))
		require.Equal(t, `auth.Verdict{Allow: true, Challenges: [], Body: 6 bytes, RetryAfter: 1s}`,
			fmt.Sprintf(verb, Verdict{Allow: true, Body: []byte("SECRET"), RetryAfter: time.Second}))
	}
}

func challenges(t *testing.T, values ...string) *CredentialsRequest {
	t.Helper()
	list, err := ParseChallenges(values...)
	require.NoError(t, err)
	return &CredentialsRequest{Challenges: list, Method: "GET", Target: "/"}
}

// Challenges are read with all that they have, or not at all.
func TestParseChallenges_Parts(t *testing.T) {
	require.Equal(t, []Challenge{{Scheme: "Negotiate", Token: "abc="},
		{Scheme: "Basic", Application: true, Realm: "a", Params: `realm="a", x=y`}},
		challenges(t, "Negotiate abc=", `Application Basic realm="a", x=y`).Challenges)
	list, err := ParseChallenges("Basic", "=")
	require.Error(t, err)
	require.Nil(t, list)
}

// FirstOf leaves out providers that are nil, and the order of the caller's challenges as it is. If
// nothing can be answered it says what is wrong with the strongest challenge of a known scheme.
func TestFirstOf_Edges(t *testing.T) {
	const strong = `Digest realm="r", algorithm=SHA-256`
	const weak = `Digest realm="r", nonce="n", algorithm=X`
	r := challenges(t, "Basic", `Digest realm="r", nonce="n", qop="auth"`)
	value, err := FirstOf(nil, Basic("joe", "welcome"), nil, Digest("joe", "welcome")).
		Credentials(t.Context(), r)
	require.NoError(t, err)
	require.Contains(t, value, "Digest ")
	require.Equal(t, "Basic", r.Challenges[0].Scheme)

	for name, c := range map[string]struct {
		asked []string
		want  string
		parse bool
	}{
		"unknown scheme": {[]string{"Token"}, `asks for "Token", but there are only`, false},
		"unknown schemes": {[]string{"Token", "Other"}, `asks for "Token", "Other", but`,
			false},
		"no nonce":                  {[]string{strong}, "nonce is missing", true},
		"no nonce, and unknown":     {[]string{"Token", strong, "Other"}, "nonce is missing", true},
		"the first of equal faults": {[]string{strong, weak}, "nonce is missing", true},
		"the other way round":       {[]string{weak, strong}, `algorithm "X" is not known`, true},
	} {
		for _, p := range []CredentialsProvider{Digest("joe", "x"), FirstOf(nil, Digest("joe", "x")),
			FirstOf(Digest("joe", "x"), Digest("ann", "y"), Bearer("z"))} {
			_, err := p.Credentials(t.Context(), challenges(t, c.asked...))
			require.ErrorIs(t, err, ErrNoCredentials, name)
			require.ErrorContains(t, err, c.want, name)
			var parse *wire.ParseError
			require.Equal(t, c.parse, errors.As(err, &parse), name)
		}
	}
	_, err = Digest("jo\x00e", "x").Credentials(t.Context(),
		challenges(t, `Digest realm="r", nonce="n", qop="auth"`))
	require.Error(t, err, "a name that cannot be written")
}

// A nonce is one that was issued only with the signature and the time that it was issued with.
func TestNonces_Forged(t *testing.T) {
	var n nonces
	a, b := n.issue(), n.issue()
	require.True(t, n.issued(a))
	require.True(t, n.issued(b))
	raw, err := base64.RawURLEncoding.DecodeString(a)
	require.NoError(t, err)
	for i := range raw {
		forged := append([]byte(nil), raw...)
		forged[i] ^= 1
		require.False(t, n.issued(base64.RawURLEncoding.EncodeToString(forged)), i)
	}
	for i := range len(raw) + 1 {
		require.Equal(t, i == len(raw), n.issued(base64.RawURLEncoding.EncodeToString(raw[:i])), i)
	}
	for _, forged := range []string{"", a + "AAAA", a + "=", " " + a, "?" + a[1:], a + "?",
		a[:len(a)/2] + b[len(b)/2:]} {
		require.False(t, n.issued(forged), forged)
	}
	other := nonces{}
	require.False(t, other.issued(a))
}

// All bytes of a nonce that are to be random are.
func TestNonces_AreRandom(t *testing.T) {
	var n nonces
	seen := [nonceHead]map[byte]bool{}
	for range 100 {
		raw, err := base64.RawURLEncoding.DecodeString(n.issue())
		require.NoError(t, err)
		for i := 8; i < nonceHead; i++ {
			if seen[i] == nil {
				seen[i] = map[byte]bool{}
			}
			seen[i][raw[i]] = true
		}
	}
	for i := 8; i < nonceHead; i++ {
		require.Greater(t, len(seen[i]), 1, i)
	}
}

// digestBy is the Authorization field of a client that has ha1 for the hash. [RFC 7616 3.4.1]
func digestBy(ha1, nonce string) string {
	hash := func(s string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(s))) }
	response := hash(ha1 + ":" + nonce + ":00000001:c:auth:" + hash("GET:/echo"))
	return `Digest username="joe", realm="r", nonce="` + nonce + `", uri="/echo", qop=auth, ` +
		`nc=00000001, cnonce="c", algorithm=SHA-256, response="` + response + `"`
}

// Credentials that are right but for one thing are asked for again, and the password is not looked
// up; those of a user who is not known never let in.
func TestDigestAuth_Edges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		looked := 0
		known := true
		a := &DigestAuth{Realm: "r"}
		users := DigestUsers("r", 0, map[string]string{"joe": "welcome"})
		a.HA1 = func(ctx context.Context, user string) (string, bool) {
			looked++
			ha1, _ := users(ctx, user)
			return ha1, known
		}
		ask := func(authorization string) Verdict {
			v, err := a.Authenticate(t.Context(), authRequest(authorization, false))
			require.NoError(t, err)
			return v
		}
		good := func() string { return answerDigest(t, ask(""), "welcome", nil) }
		require.True(t, ask(good()).Allow)
		require.Equal(t, 1, looked)
		for name, authorization := range map[string]string{
			"another scheme": "Basic" + strings.TrimPrefix(good(), "Digest"),
			"a hidden name":  good() + ", userhash=true",
			"another algorithm": answerDigest(t, ask(""), "welcome",
				func(c *credentials.DigestChallenge, _ *credentials.DigestUse) {
					c.Algorithm = credentials.DigestMD5
				}),
		} {
			v := ask(authorization)
			require.False(t, v.LetsIn(), name)
			require.Len(t, v.Challenges, 1, name)
			require.Empty(t, v.Reason, name)
		}
		require.Equal(t, 1, looked)
		known = false
		v := ask(good())
		require.False(t, v.LetsIn())
		require.Equal(t, WrongCredentials, v.Reason)
		require.Equal(t, 2, looked)
		// Everything that the client knows may stand in the place of a hash.
		nonce, _ := challenges(t, ask("").Challenges...).Challenges[0].Param("nonce")
		for _, ha1 := range []string{"", nonce, "joe"} {
			v := ask(digestBy(ha1, nonce))
			require.False(t, v.LetsIn(), ha1)
			require.Equal(t, WrongCredentials, v.Reason)
		}
		known = true
		ha1, _ := users(t.Context(), "joe")
		require.True(t, ask(digestBy(ha1, nonce)).Allow, "the same with the right hash")

		v, err := a.Authenticate(t.Context(), authRequest("", true))
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(v.Challenges[0], "Application Digest "), v.Challenges[0])
		require.True(t, strings.HasPrefix(ask("").Challenges[0], "Digest "))
	})
	ha1, ok := DigestUsers("r", credentials.DigestMD5, map[string]string{"joe": "welcome"})(
		t.Context(), "joe")
	require.True(t, ok)
	require.Equal(t, credentials.DigestMD5.HA1("joe", "r", "welcome"), ha1)
}

// The scheme of tokens is checked, and not the realm in its place.
func TestTokenAuth_Scheme(t *testing.T) {
	check := Tokens(nil)
	require.Error(t, TokenAuth{Check: check, Scheme: "no scheme", Realm: "r"}.Validate())
	require.NoError(t, TokenAuth{Check: check, Scheme: "Bearer", Realm: "two words"}.Validate())
}

// challenged is a client that was asked for credentials in its extended handshake.
func challenged(t *testing.T, method string) *endpoint.Client {
	t.Helper()
	now := time.Now()
	c, err := endpoint.NewClient("ws://one.example/echo?x",
		endpoint.ClientConfig{HasCredentials: true, Method: method})
	require.NoError(t, err)
	c.Connect(now)
	c.Connected(now, [16]byte{})
	c.Opened(now, endpoint.Subprotocol, nil, "")
	c.Message(now, wire.Binary,
		[]byte("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"r\"\r\n\r\n"))
	c.Message(now, wire.Binary, nil)
	require.NotEmpty(t, c.Challenges())
	return c
}

// A provider is told the method and the target of the request that needs credentials, how often the
// client was challenged, and may panic.
func TestPrepareCredentials_Request(t *testing.T) {
	for method, want := range map[string]string{"": http.MethodGet, "PROPFIND": "PROPFIND"} {
		var got *CredentialsRequest
		_, err := PrepareCredentials(challenged(t, method), method,
			CredentialsFunc(func(_ context.Context, r *CredentialsRequest) (string, error) {
				got = r
				panic("oh no")
			}))(t.Context())
		require.EqualError(t, err, "the credentials provider panicked: oh no")
		require.Equal(t, want, got.Method)
		require.Equal(t, "/echo?x", got.Target)
		require.Equal(t, 1, got.Attempt)
	}
}

// The credentials of an opening handshake are for its GET, whatever the extended request will be.
func TestPrepareCredentials_Opening(t *testing.T) {
	now := time.Now()
	c, err := endpoint.NewClient("ws://one.example/",
		endpoint.ClientConfig{HasCredentials: true, Method: "PROPFIND"})
	require.NoError(t, err)
	c.Connect(now)
	c.Connected(now, [16]byte{})
	c.OpeningRefused(now, http.StatusUnauthorized,
		[]endpoint.HeaderField{{Name: "WWW-Authenticate", Value: "Basic"}}, nil)
	var got *CredentialsRequest
	_, err = PrepareCredentials(c, "PROPFIND",
		CredentialsFunc(func(_ context.Context, r *CredentialsRequest) (string, error) {
			got = r
			return "", nil
		}))(t.Context())
	require.NoError(t, err)
	require.Equal(t, http.MethodGet, got.Method)
}
