package transport

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/transport/auth"
	"example.com/khp/wire"
	"example.com/khp/wire/credentials"
	"github.com/stretchr/testify/require"
)

// digestGate lets joe:welcome in by Digest. Each nonce is good for a number of uses, then it is
// stale.
type digestGate struct {
	algorithm   credentials.DigestAlgorithm
	application string // "Application " or nothing
	uses        int
	also        []string // further challenges

	mu     sync.Mutex
	nonce  int
	counts []uint32 // of the answers that came
}

func (g *digestGate) challenge(stale bool) []string {
	c, _ := credentials.AppendDigestChallenge([]byte(g.application), credentials.DigestChallenge{
		Realm: `the "khp" realm`, Nonce: strconv.Itoa(g.nonce), Opaque: "opaque", Algorithm: g.algorithm,
		Auth: true, Stale: stale, UserHash: g.nonce%2 == 1, UTF8: true,
	})
	return append(g.also, string(c))
}

// pass checks an Authorization value. Without challenges the request may pass, or be refused for
// good.
func (g *digestGate) pass(authorization, method, target string) (ok bool, challenges []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if authorization == "" {
		return false, g.challenge(false)
	}
	_, rest, _ := credentials.Split([]byte(authorization))
	d, err := credentials.ParseDigest(rest)
	if err != nil || d.URI != target || !d.Matches("joe") || d.Opaque != "opaque" ||
		d.Algorithm != g.algorithm {
		return false, nil
	}
	if !d.Verify(g.algorithm.HA1("joe", `the "khp" realm`, "welcome"), method) {
		return false, g.challenge(false)
	}
	g.counts = append(g.counts, d.Count)
	if int(d.Count) > g.uses || d.Nonce != strconv.Itoa(g.nonce) {
		g.nonce++
		return false, g.challenge(true)
	}
	return true, nil
}

func (g *digestGate) decide(_ context.Context, r *Request) (Decision, error) {
	ok, challenges := g.pass(r.Authorization, "GET", r.Target)
	switch {
	case ok:
		return Decision{}, nil
	case challenges == nil:
		return Decision{Status: 403}, nil
	}
	return Decision{Status: 401, Challenges: challenges}, nil
}

// opening guards the opening handshake of h.
func (g *digestGate) opening(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ok, challenges := g.pass(r.Header.Get("Authorization"), r.Method, r.RequestURI)
		if ok {
			h.ServeHTTP(w, r)
			return
		}
		w.Header()["Www-Authenticate"] = challenges
		w.WriteHeader(http.StatusUnauthorized)
	})
}

func TestDial_Digest(t *testing.T) {
	for a := credentials.DigestMD5; a <= credentials.DigestSHA512256Sess; a++ {
		for _, application := range []string{"", "Application "} {
			t.Run(application+a.String(), func(t *testing.T) {
				gate := &digestGate{algorithm: a, application: application, uses: 2}
				url := serve(t, &Handler{Decide: gate.decide})
				joe := auth.Digest("joe", "welcome")
				for range 3 {
					c, err := Dial(t.Context(), url+"/echo?a=%22b%22", &DialOptions{Credentials: joe})
					require.NoError(t, err)
					wantEcho(t, c, "hello")
					require.NoError(t, c.Close(CloseNormal, ""))
				}
				require.Equal(t, []uint32{1, 2, 3, 1}, gate.counts,
					"a nonce is counted over connections, and given up when it is stale")
			})
		}
	}
}

// The opening handshake is answered in the same way, for its own method and target.
func TestDial_DigestOpening(t *testing.T) {
	outer, inner := &digestGate{algorithm: credentials.DigestSHA256, uses: 9},
		&digestGate{algorithm: credentials.DigestMD5, uses: 9, nonce: 100}
	first := true
	h := &Handler{Serve: echoServe, Decide: func(ctx context.Context, r *Request) (Decision, error) {
		d, err := inner.decide(ctx, r)
		if first && d.Status == 0 {
			first = false
			return Decision{Status: 302, Location: "/other"}, err
		}
		return d, err
	}}
	srv := httptest.NewServer(outer.opening(h))
	defer srv.Close()
	c, err := Dial(t.Context(), "ws"+strings.TrimPrefix(srv.URL, "http")+"/echo",
		&DialOptions{Credentials: auth.Digest("joe", "welcome")})
	require.NoError(t, err)
	wantEcho(t, c, "hello")
	require.NoError(t, c.Close(CloseNormal, ""))
	require.Equal(t, []uint32{1, 2}, outer.counts,
		"after a redirect on the same origin the answer is made anew")
	require.Equal(t, []uint32{1, 2}, inner.counts)
}

// A refused answer is not sent again, and not varied: only a nonce that was too old is a reason to.
func TestDial_DigestRefused(t *testing.T) {
	gate := &digestGate{algorithm: credentials.DigestSHA256, uses: 1}
	seen := 0
	url := serve(t, &Handler{Decide: func(ctx context.Context, r *Request) (Decision, error) {
		seen++
		return gate.decide(ctx, r)
	}})
	_, err := Dial(t.Context(), url, &DialOptions{Credentials: auth.Digest("joe", "guess")})
	require.ErrorIs(t, err, fsm.FailureCredentialsRefused)
	require.Equal(t, 2, seen)
	_, err = Dial(t.Context(), url, &DialOptions{Credentials: auth.Basic("joe", "welcome")})
	require.ErrorIs(t, err, fsm.FailureAuthRequired)
	require.ErrorIs(t, err, auth.ErrNoCredentials)
	_, err = Dial(t.Context(), url, &DialOptions{Credentials: auth.Digest("line\nbreak", "x")})
	require.ErrorIs(t, err, fsm.FailureAuthRequired)
}

// A challenge that cannot be answered is named by its parameter, alone and among others that nobody
// knows.
func TestDial_DigestUnanswerable(t *testing.T) {
	for challenge, want := range map[string]string{
		"Digest realm=r": "nonce is missing",
		"Digest realm=r, nonce=n, algorithm=SHA-1":    `algorithm "SHA-1" is not known`,
		"Digest realm=r, nonce=n, qop=auth-int":       `qop "auth-int" does not offer auth`,
		"Digest realm=r, nonce=n, algorithm=MD5-sess": "qop is missing",
	} {
		url := serve(t, &Handler{Decide: func(context.Context, *Request) (Decision, error) {
			return Decision{Status: 401, Challenges: []string{"Negotiate", challenge}}, nil
		}})
		for _, p := range []auth.CredentialsProvider{auth.Digest("joe", "welcome"),
			auth.FirstOf(auth.Basic("joe", "welcome"), auth.Digest("joe", "welcome"))} {
			_, err := Dial(t.Context(), url, &DialOptions{Credentials: p})
			require.ErrorIs(t, err, fsm.FailureAuthRequired)
			require.ErrorIs(t, err, auth.ErrNoCredentials)
			require.ErrorContains(t, err, "the Digest challenge cannot be answered: "+want)
			require.Equal(t, wire.KindChallenge, wire.KindOf(err))
		}
	}
}

// A server that calls every nonce stale is believed a few times.
func TestDial_DigestAlwaysStale(t *testing.T) {
	t.Attr("req", "INV-20")
	t.Attr("req", "ADV-39")
	got := dialRaw(t, t.Context(), true,
		&DialOptions{Credentials: auth.Digest("joe", "welcome")}, func(p *rawServer) {
			p.asked()
			for n := 0; ; n++ {
				challenge, _ := credentials.AppendDigestChallenge(nil, credentials.DigestChallenge{
					Nonce: strconv.Itoa(n), Algorithm: credentials.DigestMD5, Auth: true, Stale: true,
				})
				p.send(bin("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nWWW-Authenticate: "+
					string(challenge)+"\r\n\r\n"), terminator)
				if p.message() == "" {
					p.send(pf{Op: opX, P: "\x03\xe8"})
					_ = p.nc.Close()
					return
				}
			}
		})
	require.ErrorIs(t, got.err, fsm.FailureAuthLimit)
	got.end()
	sent := map[string]bool{}
	for _, f := range got.net.log.all() {
		if _, authorization, ok := strings.Cut(f, "Authorization: "); ok {
			sent[authorization] = true
		}
	}
	require.Len(t, sent, 3, "three different answers")
}

// Whatever happens with credentials, neither observers of both sides nor logs nor errors show them.
func TestDial_CredentialsShowNowhere(t *testing.T) {
	t.Attr("req", "INV-27")
	for _, password := range []string{"welcome", "s3cr3t-guess"} {
		for name, c := range map[string]struct {
			provider auth.CredentialsProvider
			secrets  []string
		}{
			"Basic":  {auth.Basic("joe", password), []string{"am9lOn"}},
			"Token":  {auth.Token(password), nil},
			"Digest": {auth.Digest("joe", password), []string{"response=", "cnonce="}},
		} {
			t.Run(name+" "+password, func(t *testing.T) {
				gate := &digestGate{algorithm: credentials.DigestMD5, uses: 1, also: []string{"Basic", "Token"}}
				var log strings.Builder
				var client, server recorder
				h := &Handler{Decide: gate.decide, Observer: &server,
					Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
				conn, err := Dial(t.Context(), serve(t, h),
					&DialOptions{Credentials: c.provider, Observer: &client})
				if err == nil {
					require.NoError(t, conn.CloseNow())
				}
				require.NoError(t, h.Shutdown(t.Context()))
				shown := log.String() + fmt.Sprintf("%v %+v", err, err)
				for _, ev := range append(client.story(), server.story()...) {
					shown += fmt.Sprintf("%s %s %v\n", ev.Data, ev.Text, ev.Err)
				}
				require.Contains(t, shown, "[redacted]", "credentials were sent")
				for _, secret := range append(c.secrets, password) {
					require.NotContains(t, shown, secret)
				}
			})
		}
	}
}
