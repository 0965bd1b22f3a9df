package endpoint

import (
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

const (
	proceed = "\xef\x83\xbfN"
	reroute = "\xef\x83\xbfR"
)

func kaazingClient() ClientConfig {
	m := fsm.DefaultClientConfig()
	m.Profile, m.TerminatorOptional = fsm.ProfileKaazing, true // the latter has no effect
	return ClientConfig{Machine: m}
}

func TestClient_Kaazing(t *testing.T) {
	cfg := kaazingClient()
	cfg.Subprotocols, cfg.Extensions, cfg.HasCredentials = []string{"amqp"},
		[]string{"x-kaazing-idle-timeout"}, true
	t.Run("open-at-the-second-n", func(t *testing.T) {
		r := asking(t, cfg)
		require.Equal(t, []string{"ws://h/p?.kl=Y"}, r.dials)
		require.Empty(t, r.sent, "nothing before N")
		r.message(proceed)
		require.Equal(t, "GET /p?.kl=Y HTTP/1.1\r\nSec-WebSocket-Protocol: amqp\r\n"+
			"Sec-WebSocket-Extensions: x-kaazing-idle-timeout\r\n\r\n", r.sent[0],
			"no field that a gateway refuses")
		r.unit(challengeBasic)
		r.take(r.c.Credentials(t0, "Token x"))
		r.unit(switching("Sec-WebSocket-Protocol: amqp",
			"Sec-WebSocket-Extensions: x-kaazing-idle-timeout;timeout=2000"))
		require.Zero(t, r.opens)
		r.message(proceed).wantOpen("at N")
		require.Equal(t, []string{"x-kaazing-idle-timeout;timeout=2000"}, r.c.Result().Extensions)
	})
	for _, v := range []struct{ name, from, want string }{
		{"query", "ws://h/p?a=b", "ws://h/p?a=b&.kl=Y"}, {"marked-already", "ws://h/p?.kl=Y&a",
			"ws://h/p?.kl=Y&a"}, {"empty-query", "ws://h/p?", "ws://h/p?.kl=Y"},
	} {
		t.Run("marker/"+v.name, func(t *testing.T) {
			require.Equal(t, []string{v.want}, dialed(t, v.from, cfg).dials)
		})
	}
	t.Run("ADV-33/spec-profile-knows-no-n", func(t *testing.T) {
		asking(t, ClientConfig{}).message(proceed).wantFail("not HTTP", fsm.FailureMalformed, 1002)
	})
	t.Run("ADV-32/response-before-the-request", func(t *testing.T) {
		proves(t, "KHP-EXT-02")
		asking(t, cfg).message(switching()).wantFail("nobody asked", fsm.FailureUnexpectedMessage, 1002)
		asking(t, cfg).message("").wantFail("nobody asked", fsm.FailureUnexpectedMessage, 1002)
		asking(t, cfg).message(proceed+"x").wantFail("not quite N", fsm.FailureUnexpectedMessage, 1002)
	})
	t.Run("data-before-the-second-n", func(t *testing.T) {
		r := asking(t, cfg).message(proceed, switching(), "", "early")
		require.Contains(t, r.wantFail("too early", fsm.FailureUnexpectedMessage, 1002).Error(),
			"expected the balancer message N")
		require.Empty(t, r.got)
	})
	for _, early := range []bool{true, false} {
		at := func() *run {
			if early {
				return asking(t, cfg)
			}
			return asking(t, cfg).message(proceed, switching(), "")
		}
		name := map[bool]string{true: "before-the-request", false: "after-the-response"}[early]
		t.Run("reroute/"+name, func(t *testing.T) {
			proves(t, "KHP-REDIR-05 KHP-REDIR-04")
			r := at().message(reroute + "ws://h2/q")
			r.follow()
			require.Equal(t, "ws://h2/q?.kl=Y", r.dials[1])
			r.message(proceed, switching(), "", reroute+"ws://h/p").wantFail("a loop",
				fsm.FailureRedirectLoop, 1000)
			at().message(reroute).wantFail("R without URL", fsm.FailureRedirectTarget, 1000)
			at().message(reroute+"ws://a\r\nb/").wantFail("R with garbage", fsm.FailureRedirectTarget, 1000)
			never := cfg
			never.Redirects = RedirectNever
			err := asking(t, never).message(reroute+"ws://h2/q").wantFail("redirects are off",
				fsm.FailureStatus, 1000)
			require.Contains(t, err.Error(), `to "ws://h2/q", and redirects are off`)
			r = dialed(t, "wss://h/p", cfg).opened().message(reroute + "ws://h2/q")
			r.wantFail("downgrade", fsm.FailureRedirectRefused, 1000)
			r = at()
			for i := range 6 {
				r.message(reroute + "ws://h2/" + itoa(i))
				if i < 5 {
					r.follow()
				}
			}
			r.wantFail("budget", fsm.FailureTooManyRedirects, 1000)
		})
	}
	t.Run("302", func(t *testing.T) {
		r := asking(t, cfg).message(proceed).unit(redirect(302, "http://h2/q")).follow()
		require.Equal(t, "ws://h2/q?.kl=Y", r.dials[1])
	})
	t.Run("nothing-of-an-old-connection-is-left", func(t *testing.T) {
		c := cfg
		c.Machine.PlainFallback = true
		r := asking(t, c).message(proceed, switching("Sec-WebSocket-Protocol: amqp",
			"Sec-WebSocket-Extensions: x-kaazing-idle-timeout"), "", reroute+"ws://h2/q").hangUp()
		r.take(r.c.Connected(t0, [16]byte{}))
		r.take(r.c.Opened(t0, "", nil, ""))
		require.Equal(t, Result{Plain: true, Status: 101}, r.c.Result())
	})
}

func TestServer_Kaazing(t *testing.T) {
	at := func(cfg ServerConfig) *served {
		s := listening(t, "/p?.kl=Y", cfg)
		s.wantLast("N right after the 101", "SendBytes HTTP/1.1 101 Web Socket Protocol Handshake",
			"SendMessage "+proceed)
		s.wantTimers("of the request", fsm.TimerRequest, fsm.TimerOverall)
		return s
	}
	t.Run("lenient-request", func(t *testing.T) {
		s := at(ServerConfig{})
		s.message("")
		require.Empty(t, s.last, "an empty message means nothing")
		s.take(s.s.Message(t0, wire.Text, []byte(request("Host: elsewhere", "WebSocket-Protocol:",
			"Sec-WebSocket-Protocol:", "Sec-WebSocket-Extensions:"))))
		require.Equal(t, []string{"amqp"}, s.s.Request().Subprotocols, "of both requests together")
		require.Empty(t, s.s.Request().Extensions)
		s.decide(Decision{Subprotocol: "amqp"}).wantLast("response, terminator, N, open",
			"SendMessage HTTP/1.1 101 Web Socket Protocol Handshake", "SendMessage",
			"SendMessage "+proceed, "Open")
	})
	t.Run("no-n-after-401", func(t *testing.T) {
		s := at(ServerConfig{}).deciding().
			decide(Decision{Status: 401, Challenges: []string{"Application Token"}})
		s.wantLast("only the terminator", "SendMessage HTTP/1.1 401 Unauthorized", "SendMessage")
		s.wantTimers("the handshake stands still", fsm.TimerReplay)
	})
	t.Run("reroute", func(t *testing.T) {
		s := at(ServerConfig{}).deciding().decide(Decision{Reroute: "ws://h2/p?.kl=Y"})
		s.wantLast("R, then Close", "SendMessage HTTP/1.1 101 Web Socket Protocol Handshake",
			"SendMessage", "SendMessage "+reroute+"ws://h2/p?.kl=Y", "SendClose 1000")
		s.wantTimers("the end of the connection", fsm.TimerClose)
		s.take(s.s.PeerClosed(t0, 1000, ""))
		require.True(t, s.over)
	})
	t.Run("other-target", func(t *testing.T) {
		s := at(ServerConfig{})
		s.message("GET /other HTTP/1.1\r\n\r\n")
		s.wantRefused("not what was routed", 400, 1002)
		at(ServerConfig{AnyTarget: true}).message("GET /other HTTP/1.1\r\n\r\n").
			wantLast("as clients send it after R", "AskDecision")
	})
}

func TestPair_KaazingReroute(t *testing.T) {
	p := newPair(t, "ws://a/p", kaazingClient(), func(u wire.URL, r *Request) Decision {
		if u.Host == "a" {
			return Decision{Reroute: "ws://b/p"}
		}
		return Decision{}
	}).run()
	require.NoError(t, p.err)
	require.Equal(t, 1, p.opened)
	require.Equal(t, "ws://b/p?.kl=Y", p.client.URL().String())
}
