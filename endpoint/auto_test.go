package endpoint

import (
	"testing"

	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
)

func autoClient() ClientConfig {
	m := fsm.DefaultClientConfig()
	m.Profile = fsm.ProfileAuto
	return ClientConfig{Machine: m, HasCredentials: true}
}

// The auto profile: the same client opens against a server that follows the specification and
// against a gateway.
func TestClient_Auto(t *testing.T) {
	t.Run("spec-server", func(t *testing.T) {
		r := asking(t, autoClient())
		require.Equal(t, []string{"ws://h/p?.kl=Y"}, r.dials)
		require.Equal(t, []string{"GET /p?.kl=Y HTTP/1.1\r\nHost: h\r\n\r\n"}, r.sent, "at once")
		r.unit(switching()).wantOpen("nobody said N")
		r.message("hello")
		require.Equal(t, []string{"hello"}, r.got)
	})
	t.Run("gateway", func(t *testing.T) {
		r := asking(t, autoClient()).message(proceed)
		require.Len(t, r.sent, 1, "the request is not sent again")
		r.unit(switching())
		require.Zero(t, r.opens, "who says N before says it after")
		r.message(proceed).wantOpen("at the second N")
	})
	t.Run("gateway-with-challenge", func(t *testing.T) {
		r := asking(t, autoClient()).message(proceed).unit(challengeBasic)
		r.take(r.c.Credentials(t0, "Token x"))
		r.unit(switching()).message(proceed).wantOpen("N counts for the connection")
	})
	t.Run("balancer", func(t *testing.T) {
		r := asking(t, autoClient()).message(proceed, switching(), "", reroute+"ws://h2/q").follow()
		require.Equal(t, "ws://h2/q?.kl=Y", r.dials[1])
		r.unit(switching()).wantOpen("the next server need not be a gateway")
		r = asking(t, autoClient()).message(reroute + "ws://h2/q").follow()
		require.Equal(t, "ws://h2/q?.kl=Y", r.dials[1])
	})
	t.Run("not-where-a-gateway-says-it", func(t *testing.T) {
		twice := asking(t, autoClient()).message(proceed, proceed).wantFail("N twice",
			fsm.FailureUnexpectedMessage, 1002)
		require.Contains(t, twice.Error(), "once more or too late")
		asking(t, autoClient()).unit(challengeBasic)
		late := asking(t, autoClient()).unit(challengeBasic)
		late.take(late.c.Credentials(t0, "Token x"))
		late.message(proceed).wantFail("N after a response", fsm.FailureUnexpectedMessage, 1002)
		asking(t, autoClient()).message(proceed, switching(), "", "early").
			wantFail("data before the second N", fsm.FailureUnexpectedMessage, 1002)
		r := asking(t, autoClient()).unit(switching()).message(proceed).
			wantOpen("N of a server that never said it before is the application's")
		require.Equal(t, []string{proceed}, r.got)
	})
	t.Run("sends-nothing-that-a-gateway-refuses", func(t *testing.T) {
		cfg := autoClient()
		cfg.Header = []HeaderField{{"Referer", "x"}}
		_, err := NewClient("ws://h/p", cfg)
		require.ErrorContains(t, err, "gateway refuses field Referer")
		cfg = autoClient()
		cfg.Body = []byte("x")
		_, err = NewClient("ws://h/p", cfg)
		require.ErrorContains(t, err, "no request body")
	})
}
