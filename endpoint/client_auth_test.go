package endpoint

import (
	"slices"
	"strings"
	"testing"

	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
)

func TestClient_AwaitResponse_Status401(t *testing.T) {
	login := ClientConfig{HasCredentials: true, Subprotocols: []string{"amqp"},
		Header: []HeaderField{{"X-A", "b"}}}
	ask := func(r *run, value string) *run { r.take(r.c.Credentials(t0, value)); return r }
	t.Run("replay-differs-in-authorization-only", func(t *testing.T) {
		proves(t, "KHP-STATUS-401-01 KHP-STATUS-401-02 KHP-EXT-REQ-01")
		r := asking(t, login).unit(challengeBasic)
		r.wantLast("timers stand still", "AskCredentials")
		r.wantTimers("credentials only", fsm.TimerCredentials)
		require.Equal(t, "Basic", string(r.c.Challenges()[0].Scheme))
		ask(r, "Basic one").wantLast("and go on", "SendMessage GET /p HTTP/1.1")
		r.wantTimers("of the response, and what is left of the handshake", fsm.TimerResponse,
			fsm.TimerOverall)
		const with = "\r\nAuthorization: Basic one\r\n"
		require.NotContains(t, r.sent[0], "Authorization")
		require.Contains(t, r.sent[1], with)
		require.Equal(t, r.sent[0], strings.Replace(r.sent[1], with, "\r\n", 1))
		ask(r.unit(challengeBasic), "Basic two")
		require.Equal(t, r.sent[1], strings.Replace(r.sent[2], "two", "one", 1), "replaced, not added")
		r.unit(switching()).wantOpen("with the right ones")
	})
	t.Run("ADV-31/101-without-replay", func(t *testing.T) {
		r := asking(t, login).unit(challengeBasic).unit(switching())
		r.wantFail("nobody asked again", fsm.FailureUnexpectedMessage, 1002)
	})
	t.Run("ADV-39/same-challenge", func(t *testing.T) {
		r := ask(asking(t, login).unit(challengeBasic), "Basic one").unit(challengeBasic)
		ask(r, "Basic one").wantFail("the refused ones are not sent again [INV-20]",
			fsm.FailureCredentialsRefused, 1000)
		require.Len(t, r.sent, 2)
	})
	t.Run("ADV-39/new-nonce", func(t *testing.T) {
		r := asking(t, login)
		for _, v := range []string{"Digest 1", "Digest 2", "Digest 3"} {
			ask(r.unit(response(401, "WWW-Authenticate: Digest nonce="+v[7:])), v)
		}
		r.unit(response(401, "WWW-Authenticate: Digest nonce=4")).wantFail("three replays",
			fsm.FailureAuthLimit, 1000)
	})
	many := slices.Repeat([]string{"WWW-Authenticate: Basic, Digest, Token"}, 99)
	for name, resp := range map[string]string{
		"no-field": response(401), "broken": response(401, `WWW-Authenticate: Basic realm="x`),
		"empty":             response(401, "WWW-Authenticate:"),
		"one-broken-of-two": response(401, "WWW-Authenticate: Basic", `WWW-Authenticate: =`),
		"200-in-one-line":   response(401, "WWW-Authenticate: "+strings.Repeat("Basic, ", 200)+"Basic"),
	} {
		t.Run("ADV-40/"+name, func(t *testing.T) {
			asking(t, login).unit(resp).wantFail("no usable challenge", fsm.FailureAuthRequired, 1000)
		})
	}
	t.Run("ADV-40/99-lines", func(t *testing.T) {
		asking(t, login).unit(response(401, many...)).wantLast("many, but within the limits",
			"AskCredentials")
	})
	t.Run("ADV-40/unknown-scheme", func(t *testing.T) {
		r := asking(t, login).unit(response(401, "WWW-Authenticate: Wizardry"))
		r.take(r.c.NoCredentials(t0, "no spell for Wizardry"))
		require.Contains(t, r.wantFail("declined", fsm.FailureAuthRequired, 1000).Error(), "no spell")
	})
	t.Run("ADV-41/body", func(t *testing.T) {
		asking(t, login).unit(response(401, "WWW-Authenticate: Basic", "Content-Length: 9", "", "short")).
			wantFail("shorter", fsm.FailureMalformed, 1002)
		asking(t, login).unit(response(401, "WWW-Authenticate: Basic", "Content-Length: 1", "",
			"longer")).wantFail("longer", fsm.FailureMalformed, 1002)
	})
	t.Run("ADV-42/never", func(t *testing.T) {
		r := asking(t, login).unit(challengeBasic)
		r.expire(fsm.TimerCredentials)
		r.wantFail("the provider is too slow", fsm.FailureCredentialTimeout, 1008)
		ask(r, "Basic late")
		require.Empty(t, r.last, "and what it says then is ignored")
	})
	t.Run("ADV-42/after-close", func(t *testing.T) {
		r := asking(t, login).unit(challengeBasic)
		r.take(r.c.Close(t0, 1000, ""))
		ask(r, "Basic late")
		require.Empty(t, r.last)
	})
	t.Run("ADV-42/unsendable", func(t *testing.T) {
		for _, v := range []string{"", "Basic \r\nX: y", " Basic x",
			"Basic " + strings.Repeat("x", 9000)} {
			r := ask(asking(t, login).unit(challengeBasic), v)
			err := r.wantFail("counts as none", fsm.FailureAuthRequired, 1000)
			require.Len(t, r.sent, 1)
			require.NotContains(t, err.Error(), "xxxx")
		}
	})
	t.Run("ADV-43/no-answer-to-the-replay", func(t *testing.T) {
		r := ask(asking(t, login).unit(challengeBasic), "Basic one")
		r.expire(fsm.TimerResponse)
		r.wantFail("response timer", fsm.FailureTimeout, 1008)
	})
	t.Run("unused-credentials", func(t *testing.T) {
		r := ask(asking(t, login), "Basic one")
		require.Empty(t, r.last, "not asked for")
		ask(r.unit(challengeBasic), "Basic one")
		require.Len(t, r.sent, 2, "so they are new later")
	})
}

// The login of the opening handshake goes along to the same origin, unless it is for one request
// only; the host learns which value was refused.
func TestClient_AwaitLogin_Redirect(t *testing.T) {
	for _, v := range []struct {
		name, login, to string
		carried         bool
	}{
		{"same origin", "Basic x", "/q", true}, {"another port", "Basic x", "ws://h:81/q", false},
		{"for one request", `Digest nonce="x"`, "/q", false},
	} {
		t.Run(v.name, func(t *testing.T) {
			proves(t, "INV-27")
			r := dialed(t, "ws://h/p", ClientConfig{HasCredentials: true})
			challenge := []HeaderField{{"WWW-Authenticate", "Basic, Digest nonce=x"}}
			r.take(r.c.OpeningRefused(t0, 401, challenge, nil))
			require.Empty(t, r.c.Refused(), "nothing was sent yet")
			r.take(r.c.Credentials(t0, v.login))
			r.take(r.c.Connected(t0, [16]byte{}))
			require.Contains(t, string(r.c.buf), "\r\nAuthorization: "+v.login+"\r\n")
			r.take(r.c.OpeningRefused(t0, 302, []HeaderField{{"Location", v.to}}, nil))
			r.take(r.c.Connected(t0, [16]byte{}))
			require.Equal(t, v.carried, strings.Contains(string(r.c.buf), "Authorization"))
			r.take(r.c.OpeningRefused(t0, 401, challenge, nil))
			require.Empty(t, r.c.Refused(), "nothing was refused on this connection")
			r.take(r.c.Credentials(t0, "Basic y"))
			r.take(r.c.Connected(t0, [16]byte{}))
			r.take(r.c.OpeningRefused(t0, 401, challenge, nil))
			require.Equal(t, "Basic y", r.c.Refused())
		})
	}
}

// The connection that authenticates with the proxy goes to the same place: it is no step of the
// path.
func TestClient_ProxyLogin_IsNoStep(t *testing.T) {
	r := asking(t, ClientConfig{HasProxyLogin: true}).
		unit(response(407, "Proxy-Authenticate: Basic")).follow()
	require.True(t, r.c.UsesProxyCredentials())
	require.Equal(t, []string{"ws://h/p", "ws://h/p"}, r.dials)
	err := r.unit(response(403)).wantFail("refused", fsm.FailureStatus, 1000)
	require.Equal(t, []string{"ws://h/p"}, err.Path)
	require.Equal(t, 2, err.Attempt)
}
