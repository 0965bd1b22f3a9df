package endpoint

import (
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

func TestClient_Reading_Status426(t *testing.T) {
	machine := fsm.DefaultClientConfig()
	machine.Upgrade = true
	on := ClientConfig{Machine: machine}
	for _, v := range []struct {
		name, url, upgrade string
		cfg                ClientConfig
		to                 string
	}{
		{"ADV-46/tls", "ws://h/p", "Upgrade: TLS/1.0", on, "wss://h/p"},
		{"ADV-46/tls-other-port", "ws://h:8080/p", "Upgrade: foo, tls/1.3", on, "wss://h:8080/p"},
		{"ADV-46/switched-off", "ws://h/p", "Upgrade: TLS/1.0", ClientConfig{}, ""},
		{"ADV-46/h2c", "ws://h/p", "Upgrade: h2c", on, ""},
		{"ADV-46/no-upgrade", "ws://h/p", "X: y", on, ""},
		{"ADV-46/from-wss", "wss://h/p", "Upgrade: TLS/1.0", on, ""},
	} {
		t.Run(v.name, func(t *testing.T) {
			provesBy(t, v.name, "ADV-46/tls", "KHP-STATUS-426-02", "", "KHP-STATUS-426-01")
			r := dialed(t, v.url, v.cfg).opened().unit(response(426, v.upgrade))
			if v.to == "" {
				r.wantFail("reported", fsm.FailureStatus, 1000)
				return
			}
			require.Equal(t, v.to, r.follow().dials[1])
		})
	}
}

func TestClient_Reading_Status407(t *testing.T) {
	proxyChallenge := response(407, `Proxy-Authenticate: Basic realm="p"`)
	t.Run("ADV-45/no-proxy", func(t *testing.T) {
		proves(t, "KHP-STATUS-407-01")
		r := asking(t, ClientConfig{HasCredentials: true}).unit(proxyChallenge)
		r.wantFail("no proxy is configured", fsm.FailureStatus, 1000)
		require.NotContains(t, r.all, "AskCredentials")
	})
	t.Run("ADV-45/no-challenge", func(t *testing.T) {
		asking(t, ClientConfig{HasProxyLogin: true}).unit(response(407)).wantFail("no challenge",
			fsm.FailureStatus, 1000)
	})
	t.Run("once", func(t *testing.T) {
		proves(t, "KHP-STATUS-407-02 RFC2068-407-01 RFC2068-407-03")
		r := asking(t, ClientConfig{HasProxyLogin: true}).unit(proxyChallenge).follow()
		require.True(t, r.c.UsesProxyCredentials())
		require.Equal(t, []string{"ws://h/p", "ws://h/p"}, r.dials)
		require.NotContains(t, string(r.c.buf), "Proxy-", "nothing for the proxy goes to the origin")
		r.unit(proxyChallenge).wantFail("only once", fsm.FailureStatus, 1000)
	})
}

func TestClient_Redirecting_Remembers(t *testing.T) {
	r := asking(t, ClientConfig{}).unit(redirect(301, "ws://h2/q")).follow()
	err := func() *HandshakeError {
		return r.unit(response(410)).wantFail("gone",
			fsm.FailureStatus, 1000)
	}()
	t.Run("ADV-84/gone-at-the-target", func(t *testing.T) {
		proves(t, "KHP-STATUS-410-01")
		require.Equal(t, 410, err.Status)
		require.Equal(t, 2, err.Attempt)
		require.Equal(t, "ws://h2/q", err.URL)
	})
	_, refused := NewClient("ws://h/a b", ClientConfig{})
	var he *HandshakeError
	require.ErrorAs(t, refused, &he)
	require.Equal(t, fsm.FailureURL, he.Failure)
	_, refused = NewClient("ws://joe:welcome@h/", ClientConfig{})
	require.NotContains(t, refused.Error(), "welcome", "a password in the URL is not repeated")
	require.Equal(t, wire.URL{}, (&Client{}).URL())
}
