package auth

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/wire"
	"example.com/khp/wire/credentials"
	"github.com/stretchr/testify/require"
)

func digestAuth(a credentials.DigestAlgorithm) *DigestAuth {
	return &DigestAuth{Realm: "r", Algorithm: a, HA1: DigestUsers("r", a,
		map[string]string{"joe": "welcome"})}
}

// answerDigest answers the challenge of v as a client would, and changes the answer.
func answerDigest(t *testing.T, v Verdict, password string,
	change func(c *credentials.DigestChallenge, u *credentials.DigestUse)) string {
	t.Helper()
	require.Len(t, v.Challenges, 1)
	list, err := wire.ParseChallenges(nil, []byte(v.Challenges[0]))
	require.NoError(t, err)
	c, err := credentials.ParseDigestChallenge(list[0])
	require.NoError(t, err)
	u := credentials.DigestUse{User: "joe", Password: password, Method: "GET", URI: "/echo?x",
		CNonce: "c", Count: 1}
	if change != nil {
		change(&c, &u)
	}
	b, err := credentials.AppendDigest(nil, c, u)
	require.NoError(t, err)
	return string(b)
}

func TestDigestAuth_Judges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := digestAuth(0)
		ask := func(authorization string) Verdict {
			t.Helper()
			v, err := a.Authenticate(t.Context(), authRequest(authorization, false))
			require.NoError(t, err)
			return v
		}
		wantAsked := func(authorization string, stale bool) Verdict {
			t.Helper()
			v := ask(authorization)
			require.False(t, v.Allow)
			require.Len(t, v.Challenges, 1, authorization)
			require.Equal(t, stale, strings.Contains(v.Challenges[0], "stale=true"), v.Challenges[0])
			return v
		}
		for _, none := range []string{"", "Digest", "Basic am9lOndlbGNvbWU=", "Digest nonsense",
			`Digest username="joe"`} {
			wantAsked(none, false)
		}
		good := answerDigest(t, wantAsked("", false), "welcome", nil)
		require.Equal(t, Verdict{Allow: true, Principal: "joe"}, ask(good))
		v := wantAsked(good, true) // it was used
		require.True(t, ask(answerDigest(t, v, "welcome", nil)).Allow)
		for name, change := range map[string]func(c *credentials.DigestChallenge,
			u *credentials.DigestUse){
			"realm": func(c *credentials.DigestChallenge, _ *credentials.DigestUse) {
				c.Realm = "other"
			},
			"target": func(_ *credentials.DigestChallenge, u *credentials.DigestUse) { u.URI = "/other" },
			"above":  func(_ *credentials.DigestChallenge, u *credentials.DigestUse) { u.URI = "/ec" },
			"below":  func(_ *credentials.DigestChallenge, u *credentials.DigestUse) { u.URI = "/echo/" },
			"algorithm": func(c *credentials.DigestChallenge, _ *credentials.DigestUse) {
				c.Algorithm = credentials.DigestMD5
			},
			"no qop": func(c *credentials.DigestChallenge, u *credentials.DigestUse) {
				c.Auth, u.Count = false, 0
			},
		} {
			t.Log(name)
			wantAsked(answerDigest(t, wantAsked("", false), "welcome", change), false)
		}
		wantAsked(answerDigest(t, v, "welcome",
			func(c *credentials.DigestChallenge, _ *credentials.DigestUse) { c.Nonce = "made up" }), true)
		wantAsked(answerDigest(t, v, "welcome",
			func(c *credentials.DigestChallenge, _ *credentials.DigestUse) {
				c.Nonce = "A" + c.Nonce[1:len(c.Nonce)-1] + "A"
			}), true)

		late, last := answerDigest(t, wantAsked("", false), "welcome", nil),
			answerDigest(t, wantAsked("", false), "welcome", nil)
		time.Sleep(nonceLife - 1)
		require.True(t, ask(last).Allow)
		time.Sleep(1 * time.Nanosecond)
		wantAsked(late, true)
		wantAsked(last, true)

		wrong := answerDigest(t, wantAsked("", false), "sesame", nil)
		require.Equal(t, "these credentials are not accepted here\n", string(ask(wrong).Body))
		wantAsked(wrong, false)
	})
}
