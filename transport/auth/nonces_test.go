package auth

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/wire/credentials"
	"github.com/stretchr/testify/require"
)

// given is a nonce as those who follow the calls know it.
type given struct {
	challenge Verdict
	server    int
	at        time.Time
	used      bool
}

// Two servers with the same realm and users are asked in any order, with nonces of either that are
// fresh, old or used, and with answers that are right or wrong in any way. They behave as a model
// of their nonces does. [RFC 7616 3.3]
func TestDigestAuth_Model(t *testing.T) {
	for seed := range uint64(25) {
		r := rand.New(rand.NewPCG(seed, 1))
		synctest.Test(t, func(t *testing.T) {
			users := map[string]string{"joe": "welcome", "ann": "sesame"}
			servers := [2]*DigestAuth{}
			for i := range servers {
				servers[i] = &DigestAuth{Realm: "r", HA1: DigestUsers("r", 0, users)}
			}
			var nonces []*given
			ask := func(server int, authorization, what string) Verdict {
				v, err := servers[server].Authenticate(context.Background(), authRequest(authorization, false))
				require.NoError(t, err, what)
				if !v.Allow {
					nonces = append(nonces,
						&given{challenge: Verdict{Challenges: v.Challenges}, server: server, at: time.Now()})
				}
				return v
			}
			ask(0, "", "first")
			ask(1, "", "first")
			for step := range 60 {
				if r.IntN(4) == 0 {
					time.Sleep(time.Duration(r.IntN(50)) * time.Second)
				}
				server, n := r.IntN(2), nonces[len(nonces)-1-r.IntN(min(6, len(nonces)))]
				user, realm, path, wrong := []string{"joe", "ann"}[r.IntN(2)], true, true, false
				answer := answerDigest(t, n.challenge,
					"", func(c *credentials.DigestChallenge, u *credentials.DigestUse) {
						u.User, u.Password, u.Count, u.CNonce = user, users[user], uint32(1+r.IntN(3)),
							fmt.Sprint("c", r.IntN(2))
						switch r.IntN(10) {
						case 0:
							c.Realm, realm = "other", false
						case 1:
							u.URI, path = "/other", false
						case 2:
							u.Password, wrong = users[map[string]string{"joe": "ann", "ann": "joe"}[user]], true
						case 3:
							u.User, user, wrong = "nobody", "nobody", true
						case 4:
							u.Method, wrong = "POST", true
						}
					})
				what := fmt.Sprintf("seed %d step %d: %s", seed, step, answer)
				v := ask(server, answer, what)
				stale := strings.Contains(strings.Join(v.Challenges, ""), "stale=true")
				fresh := n.server == server && time.Since(n.at) < nonceLife
				switch {
				case !realm || !path:
					require.Equal(t, [3]bool{false, false, false}, [3]bool{v.Allow, stale, v.Reason != ""}, what)
				case !fresh:
					require.Equal(t, [3]bool{false, true, false}, [3]bool{v.Allow, stale, v.Reason != ""}, what)
				case wrong:
					require.Equal(t, [3]bool{false, false, true}, [3]bool{v.Allow, stale, v.Reason != ""}, what)
					require.Equal(t, user, v.User, what)
				case n.used:
					require.Equal(t, [3]bool{false, true, false}, [3]bool{v.Allow, stale, v.Reason != ""}, what)
				default:
					require.Equal(t, Verdict{Allow: true, Principal: user}, v, what)
					n.used = true
				}
			}
		})
	}
}

// A provider counts each nonce by itself, from 1, with one cnonce for each, for all callers. It
// answers again only if the server finds no more than the nonce too old. [RFC 7616 3.4]
func TestDigest_Model(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 2))
		p := Digest("joe", "welcome")
		type use struct {
			count  uint32
			cnonce string
		}
		uses := map[string]use{}
		for step := range 100 {
			nonce, stale := fmt.Sprint("nonce", r.IntN(5)), r.IntN(3) == 0
			ch := Challenge{Scheme: "Digest", Params: fmt.Sprintf(`realm="r", nonce="%s", qop="auth", `+
				`algorithm=SHA-256, stale=%v`, nonce, stale)}
			req := &CredentialsRequest{Challenges: []Challenge{ch}, Method: "GET", Target: "/echo"}
			if r.IntN(3) == 0 {
				req.Refused = "Digest refused"
			}
			what := fmt.Sprintf("seed %d step %d", seed, step)
			got, err := p.Credentials(context.Background(), req)
			require.NoError(t, err, what)
			if req.Refused != "" && !stale {
				require.Equal(t, req.Refused, got, what)
				continue
			}
			d, err := credentials.ParseDigest([]byte(strings.TrimPrefix(got, "Digest ")))
			require.NoError(t, err, what)
			before, again := uses[nonce]
			require.Contains(t, got, fmt.Sprintf("nc=%08x", before.count+1), what)
			_, rest, _ := strings.Cut(got, `cnonce="`)
			cnonce, _, _ := strings.Cut(rest, `"`)
			require.True(t, !again || cnonce == before.cnonce, what)
			for other, u := range uses {
				require.True(t, other == nonce || u.cnonce != cnonce, what)
			}
			uses[nonce] = use{before.count + 1, cnonce}
			require.Equal(t, nonce, d.Nonce, what)
			require.True(t, d.Verify(credentials.DigestSHA256.HA1("joe", "r", "welcome"), "GET"), what)
		}
	}
}
