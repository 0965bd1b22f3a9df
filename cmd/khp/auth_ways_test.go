package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/khptest"
	"example.com/khp/fsm"
	"example.com/khp/transport"
	"example.com/khp/transport/auth"
	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
)

// both are the profiles of clients that can be asked for credentials.
var both = []transport.Profile{transport.Spec, transport.Kaazing}

// authConfig writes a file for khp serve whose route /chat has these keys below auth.
func authConfig(t *testing.T, keys string, more ...string) string {
	t.Helper()
	return khptest.File(t, "khp.yaml", "plain: true\nmetrics: 127.0.0.1:0\nroutes:\n  /open: "+
		"echo\n  /chat:\n    target: echo\n    auth: {"+keys+"}\n"+strings.Join(more, ""))
}

// basic is a client's Basic credentials, as they are sent.
func basic(profile transport.Profile, user, password string) *transport.DialOptions {
	return &transport.DialOptions{Profile: profile, Credentials: auth.Basic(user, password)}
}

// plainWith opens a plain WebSocket with credentials, closes it where the path is /chat, and
// returns the code with which it ended.
func plainWith(t *testing.T, url, authorization string) (code ws.StatusCode) {
	t.Helper()
	nc, rest, _, err := ws.Dialer{Header: ws.HandshakeHeaderHTTP{
		"Authorization": {authorization},
	}}.Dial(t.Context(), url)
	require.NoError(t, err)
	defer func() { _ = nc.Close() }()
	var from io.Reader = nc
	if rest != nil {
		from = rest
	}
	if strings.HasSuffix(url, "/chat") {
		require.NoError(t, ws.WriteFrame(nc,
			ws.MaskFrame(ws.NewCloseFrame(ws.NewCloseFrameBody(ws.StatusNormalClosure, "")))))
	}
	h, err := ws.ReadHeader(from)
	require.NoError(t, err)
	require.Equal(t, ws.OpClose, h.OpCode)
	require.LessOrEqual(t, h.Length, int64(125))
	payload := make([]byte, h.Length)
	_, err = io.ReadFull(from, payload)
	require.NoError(t, err)
	code, _ = ws.ParseCloseFrameData(payload)
	return code
}

// A server of the operator's decides who gets in, for clients of every kind; and whatever is wrong
// with it, nobody does.
func TestServe_AuthURL(t *testing.T) {
	var status atomic.Int32
	var last atomic.Pointer[http.Request]
	authority := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		last.Store(r)
		switch s := int(status.Load()); {
		case s != 0:
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(s)
		case r.Header.Get("Authorization") == "Basic am9lOndlbGNvbWU=":
			w.Header().Set("X-Who", "Joe at home")
		default:
			w.Header().Set("Www-Authenticate", `Basic realm="directory"`)
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	t.Cleanup(authority.Close)
	s := serveHere(t, "--config", authConfig(t, "url: '"+authority.URL+
		"/check?hunter2', name-field: X-Who, timeout: 1m"))
	metrics := wantLog(t, s.log, `url=(\S+)`)[1]
	for _, profile := range both {
		wantEcho(t, dialHere(t, s.url+"/chat?room=1", basic(profile, "joe", "welcome")),
			transport.Text, []byte("x"))
		wantLog(t, s.log, `msg=open .*path=/chat .*route=/chat user="Joe at home"`)
		asked := last.Load()
		require.Equal(t, "/check?hunter2", asked.URL.String())
		require.Equal(t, strings.TrimPrefix(s.url, "ws://"), asked.Header.Get("X-Forwarded-Host"))
		require.Regexp(t, `^/chat\?room=1`, asked.Header.Get("X-Forwarded-Uri"))
		require.Equal(t, "127.0.0.1", asked.Header.Get("X-Forwarded-For"))
		wantFailure(t, s.url+"/chat", basic(profile, "joe", "guess"), fsm.FailureCredentialsRefused, 401)
		wantLog(t, s.log,
			`msg="login failed" remote=\S+ path=/chat reason="wrong credentials" user=joe route=/chat`)
		e := wantFailure(t, s.url+"/chat", &transport.DialOptions{Profile: profile},
			fsm.FailureAuthRequired, 401)
		require.Contains(t, e.Header.Get("WWW-Authenticate"), `Basic realm="directory"`)
		require.Equal(t, profile == transport.Kaazing,
			strings.HasPrefix(e.Header.Get("WWW-Authenticate"), "Application "))
	}
	wantStatus(t, s.url+"/chat", 403)
	require.Equal(t, ws.StatusNormalClosure, plainWith(t, s.url+"/chat", "Basic am9lOndlbGNvbWU="))
	for _, wrong := range []int32{403, 302, 404, 500} {
		status.Store(wrong)
		want := 503
		if wrong == 403 {
			want = 403
		}
		wantFailure(t, s.url+"/chat", basic(transport.Spec, "joe", "welcome"), fsm.FailureStatus, want)
	}
	wantLog(t, s.log,
		`level=WARN msg="nobody gets in: the server that auth asks gives no answer" server="?`+
			authority.URL+`/check\?\.\.\."? error="it answered 302; expected 2xx, 401 or 403" route=/chat`)
	authority.Close()
	require.Equal(t, 5*time.Second, wantFailure(t, s.url+"/chat",
		basic(transport.Spec, "joe", "welcome"), fsm.FailureStatus, 503).RetryAfter)
	require.Contains(t, get(t, metrics), `khp_login_failures_total{reason="unchecked",route="/chat"}`)
	require.Contains(t, get(t, metrics), `khp_login_failures_total{reason="wrong",route="/chat"}`)
	require.NotContains(t, s.log.String(), "hunter2")
	require.NotContains(t, s.log.String(), "guess")
	require.NotContains(t, s.log.String(), "am9l")
}

// signer makes tokens and the files of their keys.
type signer struct {
	kid string
	key *ecdsa.PrivateKey
}

func newSigner(t *testing.T, kid string) *signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	return &signer{kid, key}
}

func (s *signer) token(t *testing.T, user string, life time.Duration) string {
	t.Helper()
	sig, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: s.key},
		(&jose.SignerOptions{}).WithHeader("kid", s.kid))
	require.NoError(t, err)
	text, err := jwt.Signed(sig).Claims(jwt.Claims{Subject: user, Issuer: "https://id.example",
		Audience: jwt.Audience{"chat"}, Expiry: jwt.NewNumericDate(time.Now().Add(life))}).Serialize()
	require.NoError(t, err)
	return text
}

// keySet writes the public keys of signers.
func keySet(t *testing.T, file string, signers ...*signer) {
	t.Helper()
	var set jose.JSONWebKeySet
	for _, s := range signers {
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: &s.key.PublicKey, KeyID: s.kid})
	}
	text, err := json.Marshal(set)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, text, 0o600))
}

func bearer(profile transport.Profile, token string) *transport.DialOptions {
	return &transport.DialOptions{Profile: profile, Credentials: auth.Bearer(token)}
}

// Signed tokens let their users in, by the keys that are in the file, which a reload reads again;
// why others are refused is in the log, and the token is not.
func TestServe_AuthJWT(t *testing.T) {
	older, newer := newSigner(t, "1"), newSigner(t, "2")
	keys := filepath.Join(t.TempDir(), "keys.json")
	keySet(t, keys, older)
	s := serveHere(t, "--config", authConfig(t, "jwt: {keys: '"+keys+
		"', issuer: 'https://id.example', audience: chat}"))
	hour := time.Hour
	for _, profile := range both {
		wantEcho(t, dialHere(t, s.url+"/chat", bearer(profile, older.token(t, "joe", hour))),
			transport.Text, []byte("x"))
		wantLog(t, s.log, `msg=open .*route=/chat user=joe`)
		wantFailure(t, s.url+"/chat", bearer(profile, older.token(t, "joe", -hour)),
			fsm.FailureCredentialsRefused, 401)
		wantLog(t, s.log, `msg="login failed" .*reason="the token has expired" user=joe route=/chat`)
		wantFailure(t, s.url+"/chat", bearer(profile, newer.token(t, "joe", hour)),
			fsm.FailureCredentialsRefused, 401)
		wantLog(t, s.log, `msg="login failed" .*reason="no key for this token" route=/chat`)
	}
	require.Equal(t, ws.StatusNormalClosure,
		plainWith(t, s.url+"/chat", "Bearer "+older.token(t, "joe", hour)))
	c := dialHere(t, s.url+"/chat", bearer(transport.Spec, older.token(t, "joe", hour)))
	keySet(t, keys, newer)
	s.hangup(t)
	wantLog(t, s.log, `msg=reloaded changed=routes`)
	wantEcho(t, dialHere(t, s.url+"/chat", bearer(transport.Spec, newer.token(t, "ann", hour))),
		transport.Text, []byte("x"))
	wantFailure(t, s.url+"/chat", bearer(transport.Spec, older.token(t, "joe", hour)),
		fsm.FailureCredentialsRefused, 401)
	wantEcho(t, c, transport.Text, []byte("still here"))
	khptest.File(t, keys, "{}")
	s.hangup(t)
	wantLog(t, s.log, `msg="not reloaded.*routes /chat auth jwt: keys .*no JSON Web Key Set`)
	wantEcho(t, dialHere(t, s.url+"/chat", bearer(transport.Spec, newer.token(t, "ann", hour))),
		transport.Text, []byte("x"))
	require.NotContains(t, s.log.String(), "eyJ")
}

// A connection lasts no longer than the token that opened it, or than session-lifetime says,
// whatever the client speaks.
func TestServe_SessionEnds(t *testing.T) {
	t.Parallel() // it takes as long as the token
	const over = "the session is over, log in again"
	id := newSigner(t, "1")
	keys := filepath.Join(t.TempDir(), "keys.json")
	keySet(t, keys, id)
	s := serveHere(t, "--config", authConfig(t, "jwt: {keys: '"+keys+
		"', audience: chat, leeway: 0s}, http-query-parameter: t",
		"  /short:\n    target: echo\n    auth: {users: 'joe:welcome', session-lifetime: 100ms}\n"))
	for _, profile := range both {
		wantClose(t, dialHere(t, s.url+"/short", basic(profile, "joe", "welcome")),
			transport.ClosePolicyViolation, over)
	}
	require.Equal(t, ws.StatusPolicyViolation, plainWith(t, s.url+"/short", "Basic am9lOndlbGNvbWU="))
	wantLog(t, s.log, `msg="closing a session whose time is over" remote=\S+ path=/short until=\S+ `+
		`route=/short user=joe`)
	wantLog(t, s.log, `msg=closed .*path=/short .*code=1008 by=server`)

	khptest.InTime(t, 2*time.Second, func(life time.Duration) bool {
		token := id.token(t, "joe", life)
		asked, err := transport.Dial(t.Context(), s.url+"/chat",
			patient(bearer(transport.Spec, token)))
		if err != nil {
			return false
		}
		plain, err := transport.Dial(t.Context(), s.url+"/chat?t="+token,
			patient(&transport.DialOptions{PlainOnly: true}))
		if err != nil {
			return false
		}
		wantClose(t, asked, transport.ClosePolicyViolation, over)
		wantClose(t, plain, transport.ClosePolicyViolation, over)
		return true
	})
}

// Each route has its own realm, scheme and users.
func TestServe_AuthPerRoute(t *testing.T) {
	users := khptest.File(t, "users", "ann:{SHA}0DPiKuNIrrVmD8IUCuw1hQxNqZc=\n") // password: admin
	s := serveHere(t, "--config", khptest.File(t, "khp.yaml", `
realm: everybody
auth: {/all: joe:welcome}
routes:
  /all: echo
  /basic:
    target: echo
    auth: {users: ["joe:1"], htpasswd: `+users+`, realm: staff}
  /digest:
    target: echo
    auth: {users: ["joe:2"], scheme: digest, realm: ledger}
  /token:
    target: echo
    auth: {users: ["joe:3"], scheme: token}
  /bearer:
    target: echo
    auth: {users: ["joe:4"], scheme: bearer, realm: robots}
`))
	for path, c := range map[string]struct {
		challenge string
		right     auth.CredentialsProvider
	}{
		"/all":    {`Basic realm="everybody"`, auth.Basic("joe", "welcome")},
		"/basic":  {`Basic realm="staff"`, auth.Basic("ann", "admin")},
		"/digest": {`Digest realm="ledger"`, auth.Digest("joe", "2")},
		"/token":  {`Token`, auth.Token("3")},
		"/bearer": {`Bearer realm="robots"`, auth.Bearer("4")},
	} {
		for _, profile := range both {
			e := wantFailure(t, s.url+path, &transport.DialOptions{Profile: profile},
				fsm.FailureAuthRequired, 401)
			require.Contains(t, e.Header.Get("WWW-Authenticate"), c.challenge)
			wantEcho(t, dialHere(t, s.url+path,
				&transport.DialOptions{Profile: profile, Credentials: c.right}), transport.Text, []byte("x"))
			wantLog(t, s.log, `msg=open .*path=`+path+` .*user=(joe|ann)`)
		}
	}
	wantFailure(t, s.url+"/digest", &transport.DialOptions{Credentials: auth.Digest("joe", "guess")},
		fsm.FailureCredentialsRefused, 401)
	wantLog(t, s.log, `msg="login failed" .*path=/digest reason="wrong credentials" user=joe`)
	wantFailure(t, s.url+"/basic", basic(transport.Spec, "joe", "welcome"),
		fsm.FailureCredentialsRefused, 401)
}

// Tokens come in a field, the query or a cookie as well, and are seen nowhere.
func TestServe_AuthCarriers(t *testing.T) {
	trace := filepath.Join(t.TempDir(), "trace.ndjson")
	s := serveHere(t, "-v", "--trace", trace,
		"--config", authConfig(t, "users: ['joe:hunter2+hunter2'], scheme: token, http-header: "+
			"X-Token, http-query-parameter: ticket, http-cookie: sid"))
	opening := func(fields ...string) *transport.DialOptions {
		o := &transport.DialOptions{OpeningHeader: http.Header{}}
		for i := 0; i < len(fields); i += 2 {
			o.OpeningHeader.Add(fields[i], fields[i+1])
		}
		return o
	}
	const query = "?a=1&ticket=hunter2%2Bhunter2&b=2"
	for name, c := range map[string]struct {
		query string
		o     *transport.DialOptions
		in    bool
	}{
		"query":               {query, opening(), true},
		"query, spelled out":  {"?%74icket=%68unter2%2bhunter2", opening(), true},
		"cookie":              {"", opening("Cookie", "a=b; sid=hunter2+hunter2; c=d"), true},
		"field":               {"", opening("X-Token", "hunter2+hunter2"), true},
		"wrong in the query":  {"?ticket=hunter3", opening(), false},
		"empty in the query":  {"?ticket=", opening(), false},
		"first of two":        {"?ticket=hunter3&ticket=hunter2%2Bhunter2", opening(), false},
		"end of a line":       {"?ticket=hunter2%0D%0AX:y", opening(), false},
		"wrong in the cookie": {"", opening("Cookie", "xsid=hunter2+hunter2"), false},
		"other parameter":     {"?Ticket=another", opening(), false},
		"nothing at all":      {"", opening(), false},
		"wrong in the field":  {query, opening("X-Token", "hunter3"), false},
	} {
		for _, kind := range []transport.DialOptions{{}, {Profile: transport.Kaazing},
			{PlainOnly: true}} {
			o := *c.o
			o.Profile, o.PlainOnly = kind.Profile, kind.PlainOnly
			conn, err := transport.Dial(t.Context(), s.url+"/chat"+c.query, &o)
			require.Equal(t, c.in, err == nil, "%s: %v", name, err)
			if c.in {
				wantEcho(t, conn, transport.Text, []byte("x"))
				require.NoError(t, conn.Close(transport.CloseNormal, ""))
			}
		}
	}
	wantLog(t, s.log, `msg=open .*profile=plain .*user=joe`)
	require.NotContains(t, s.log.String(), "unter")
	s.stop()
	text, err := os.ReadFile(trace)
	require.NoError(t, err)
	require.True(t, strings.Contains(string(text), "ticket=[redacted]"))
	require.Equal(t, -1, strings.Index(string(text), "unter"))
	code, _, errs := runHere(t, "", "replay", trace)
	require.Equal(t, cli.ExitOK, code, errs)
}

// Who guesses is slowed down and put off, which is counted; who is known gets in meanwhile.
func TestServe_LoginsSlowed(t *testing.T) {
	s := serveHere(t, "--config", authConfig(t, "users: ['joe:welcome']"))
	metrics := wantLog(t, s.log, `url=(\S+)`)[1]
	joe := basic(transport.Spec, "joe", "welcome")
	wantEcho(t, dialHere(t, s.url+"/chat", joe), transport.Text, []byte("x"))
	var guesses sync.WaitGroup
	var later, wrong atomic.Int32
	for range 100 {
		guesses.Go(func() {
			_, err := transport.Dial(t.Context(), s.url+"/chat",
				patient(basic(transport.Spec, "joe", "guess")))
			var e *transport.HandshakeError
			switch errors.As(err, &e); {
			case e != nil && e.Status == 503 && e.RetryAfter == 5*time.Second:
				later.Add(1)
			case e != nil && e.Status == 401:
				wrong.Add(1)
			}
		})
	}
	guesses.Wait()
	wantEcho(t, dialHere(t, s.url+"/chat", joe), transport.Text, []byte("x"))
	require.NotZero(t, later.Load())
	require.NotZero(t, wrong.Load())
	text := get(t, metrics)
	require.Contains(t, text, `khp_login_failures_total{reason="wrong",route="/chat"}`)
	require.Contains(t, text, `khp_login_failures_total{reason="slowed",route="/chat"}`)
	wantLog(t, s.log, `msg="login failed" remote=\S+ path=/chat reason="too many failed logins from `+
		`this address" user=joe route=/chat`)
}

// Combinations that contradict each other or cannot work are refused with their place.
func TestServe_AuthRefused(t *testing.T) {
	private := khptest.File(t, "private.json", `{"keys":[{"kty":"oct","k":"c2hvcnQ"}]}`)
	for keys, want := range map[string]string{
		"realm: x":                         "nobody could use the route",
		"users: 'joe:x', url: 'http://h/'": "choose one",
		"url: 'http://h/', jwt: {keys: f}": "choose one",
		"url: 'http://joe:hunter2@h/'":     "no user and password",
		"url: 'h:80?hunter2'": "expected the URL " +
			"of an HTTP server",
		"url: 'http://h/', timeout: 0s":                              "expected a time",
		"url: 'http://h/', name-field: 'a b'":                        "name of a field",
		"users: 'joe:x', timeout: 5s":                                "add url",
		"users: 'joe:x', name-field: X":                              "add url",
		"users: 'joe:x', cache: 5s":                                  "add url",
		"users: 'joe:x', scheme: negotiate":                          "basic, digest, token or bearer",
		"htpasswd: f, scheme: digest":                                "only the scheme basic",
		"jwt: {issuer: x}":                                           "it has no keys",
		"jwt: {keys: /does/not/exist}":                               "no such file",
		"jwt: {keys: '" + private + "'}":                             "too short",
		"jwt: {keys: f}, scheme: basic":                              "bearer or token",
		"jwt: {keys: f, leeway: 2h}":                                 "from 0s to 1h",
		"jwt: {key: f}":                                              "did you mean keys",
		"users: 'joe:x', http-cookie: sid":                           "scheme: token or scheme: bearer",
		"users: 'joe:x', scheme: token, http-query-parameter: 'a b'": "expected a name",
		"users: 'joe:x', scheme: token, http-query-parameter: '.kl'": "choose another name",
		"users: 'joe:x', scheme: token, http-header: authorization":  "in any case",
		"users: 'joe:x', scheme: token, http-header: cookie":         "in any case",
		"users: 'joe:x', session-lifetime: 0s":                       "expected a time",
		"users: 'joe:x', scheme: token, realm: x":                    "has no realm",
	} {
		config := authConfig(t, keys)
		code, _, errs := runHere(t, "", "serve", "--config", config, "--check")
		require.Equal(t, cli.ExitUsage, code, keys)
		require.Contains(t, errs, want, keys)
		require.Contains(t, errs, config+":7:", "where it is")
		require.NotContains(t, errs, "hunter2")
		wantPlain(t, errs)
	}
}
