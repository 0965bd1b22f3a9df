package endpoint

import (
	"strings"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

func TestNewClient_Refuses(t *testing.T) {
	long := strings.Repeat("x", 9000)
	var many []HeaderField
	for range 101 {
		many = append(many, HeaderField{"A", "b"})
	}
	kaazing := fsm.DefaultClientConfig()
	kaazing.Profile = fsm.ProfileKaazing
	field := func(name, value string) ClientConfig {
		return ClientConfig{Header: []HeaderField{{name, value}}}
	}
	for _, v := range []struct {
		name, url string
		cfg       ClientConfig
		says      string
	}{
		{"ADV-75/header-value", "", field("X", "a\r\nY: b"), "control bytes"},
		{"ADV-75/header-value-lf", "", field("X", "a\nb"), "control bytes"},
		{"ADV-75/header-value-nul", "", field("X", "a\x00"), "control bytes"},
		{"ADV-75/header-value-blank", "", field("X", " a"), "blanks"},
		{"ADV-75/header-name", "", field("X\r\nY", "a"), "not a token"},
		{"ADV-75/header-name-colon", "", field("X: a", "a"), "not a token"},
		{"ADV-75/opening-header", "", ClientConfig{OpeningHeader: []HeaderField{{"X", "a\r\n"}}},
			"control bytes"},
		{"ADV-75/path", "ws://h/a\r\nX: y", ClientConfig{}, "unusable URL"},
		{"ADV-75/path-blank", "ws://h/a HTTP/1.1", ClientConfig{}, "unusable URL"},
		{"ADV-75/host", "ws://h\r\nX: y/", ClientConfig{}, "unusable URL"},
		{"ADV-75/subprotocol", "", ClientConfig{Subprotocols: []string{"a\r\nX: y"}}, "not a token"},
		{"ADV-75/subprotocol-comma", "", ClientConfig{Subprotocols: []string{"a, b"}}, "not a token"},
		{"ADV-75/subprotocol-empty", "", ClientConfig{Subprotocols: []string{""}}, "not a token"},
		{"ADV-75/extension", "", ClientConfig{Extensions: []string{"x;a=b\r\nX: y"}},
			"is not of the form"},
		{"ADV-75/extension-two", "", ClientConfig{Extensions: []string{"x, y"}}, "is not of the form"},
		{"ADV-75/extension-comma", "", ClientConfig{Extensions: []string{"x,"}}, "is not of the form"},
		{"ADV-75/opening-extension", "", ClientConfig{OpeningExtensions: []string{"x;a=\"\r\n\""}},
			"is not of the form"},
		{"ADV-75/method", "", ClientConfig{Method: "GET /x HTTP/1.1\r\n"}, "is not a token"},
		{"extension-blank", "", ClientConfig{Extensions: []string{"x "}}, "is not of the form"},
		{"opening-extension-blank", "", ClientConfig{OpeningExtensions: []string{" x"}},
			"is not of the form"},
		{"subprotocol-khp", "", ClientConfig{Subprotocols: []string{Subprotocol}}, "by itself"},
		{"subprotocol-twice", "", ClientConfig{Subprotocols: []string{"a", "a"}}, "twice"},
		{"reserved/authorization", "", field("authorization", "Basic x"), "cannot be set"},
		{"reserved/content-length", "", field("Content-Length", "5"), "cannot be set"},
		{"reserved/transfer-encoding", "", field("Transfer-Encoding", "chunked"), "cannot be set"},
		{"reserved/proxy", "", field("Proxy-Authorization", "Basic x"), "cannot be set"},
		{"reserved/key", "", ClientConfig{OpeningHeader: []HeaderField{{"Sec-WebSocket-Key", "x"}}},
			"cannot be set"},
		{"kaazing/field", "", ClientConfig{Machine: kaazing, Header: []HeaderField{{"Referer", "x"}}},
			"gateway refuses"},
		{"kaazing/sec", "", ClientConfig{Machine: kaazing, Header: []HeaderField{{"Sec-Foo", "x"}}},
			"gateway refuses"},
		{"kaazing/body", "", ClientConfig{Machine: kaazing, Body: []byte("x")}, "no request body"},
		{"long/url", "ws://h/" + long, ClientConfig{}, "cannot be written"},
		{"long/field", "", field("X", long), "cannot be written"},
		{"long/subprotocols", "", ClientConfig{Subprotocols: []string{long}}, "cannot be written"},
		{"long/extensions", "", ClientConfig{Extensions: []string{long}}, "cannot be written"},
		{"long/fields", "", ClientConfig{Header: many}, "101 fields, 100 are read"[4:]},
		{"long/head", "", ClientConfig{Header: []HeaderField{{"A", long[:8000]}, {"B", long[:8000]},
			{"C", long[:8000]}}}, "16384 are read"},
		{"url/scheme", "ftp://h/", ClientConfig{}, "unusable URL"},
		{"url/fragment", "ws://h/#a", ClientConfig{}, "unusable URL"},
		{"url/unicode", "ws://bücher.example/", ClientConfig{}, "unusable URL"},
	} {
		t.Run(v.name, func(t *testing.T) {
			provesBy(t, v.name, "subprotocol", "WSP-OPEN-06", "ADV-75/subprotocol", "WSP-OPEN-06",
				"url", "WSP-URI-01")
			if v.url == "" {
				v.url = "ws://h/p"
			}
			c, err := NewClient(v.url, v.cfg)
			require.Nil(t, c)
			require.ErrorContains(t, err, v.says)
			require.Less(t, len(err.Error()), 600, "short enough for a line")
		})
	}
	_, err := NewClient("ws://h/p",
		ClientConfig{Sensitive: []string{"x"}, ToASCII: func(h string) (string, error) { return h, nil }})
	require.NoError(t, err)
}

// phases brings a client into each phase.
var phases = map[fsm.ClientPhase]func(t *testing.T) *run{
	fsm.ClientIdle: func(t *testing.T) *run {
		c, err := NewClient("ws://h/p", ClientConfig{})
		require.NoError(t, err)
		return newRun(t, c)
	},
	fsm.ClientConnecting: func(t *testing.T) *run {
		c, err := NewClient("ws://h/p", ClientConfig{})
		require.NoError(t, err)
		r := newRun(t, c)
		r.take(c.Connect(t0))
		return r
	},
	fsm.ClientOpening: func(t *testing.T) *run { return dialed(t, "ws://h/p", ClientConfig{}) },
	fsm.ClientAwaitLogin: func(t *testing.T) *run {
		r := dialed(t, "ws://h/p", ClientConfig{HasCredentials: true})
		r.take(r.c.OpeningRefused(t0, 401, []HeaderField{{"WWW-Authenticate", "Basic"}}, nil))
		return r
	},
	fsm.ClientAwaitProceed:  func(t *testing.T) *run { return asking(t, kaazingClient()) },
	fsm.ClientAwaitResponse: func(t *testing.T) *run { return asking(t, ClientConfig{}) },
	fsm.ClientReading: func(t *testing.T) *run {
		return asking(t, ClientConfig{}).message("HTTP/1.1 ")
	},
	fsm.ClientSendingBody: func(t *testing.T) *run {
		return asking(t, ClientConfig{Body: []byte("b")}).unit(response(100))
	},
	fsm.ClientAwaitCredentials: func(t *testing.T) *run {
		return asking(t, ClientConfig{HasCredentials: true}).unit(challengeBasic)
	},
	fsm.ClientAwaitConfirm: func(t *testing.T) *run {
		return asking(t, kaazingClient()).message(proceed, switching(), "")
	},
	fsm.ClientOpen: func(t *testing.T) *run { return asking(t, ClientConfig{}).unit(switching()) },
	fsm.ClientClosing: func(t *testing.T) *run {
		return asking(t, ClientConfig{}).unit(response(403))
	},
	fsm.ClientDraining: func(t *testing.T) *run {
		r := asking(t, ClientConfig{}).unit(response(403))
		r.take(r.c.PeerClosed(t0, 1000, ""))
		return r
	},
	fsm.ClientFailed: func(t *testing.T) *run {
		return asking(t, ClientConfig{}).unit(response(403)).hangUp()
	},
	fsm.ClientDone: func(t *testing.T) *run {
		r := asking(t, ClientConfig{})
		r.take(r.c.Close(t0, 1000, ""))
		return r.hangUp()
	},
}

// established reports whether there is a WebSocket in phase p.
func established(p fsm.ClientPhase) bool {
	return p >= fsm.ClientAwaitProceed && p <= fsm.ClientOpen
}

func TestClient_EveryPhase(t *testing.T) {
	for p, in := range phases {
		require.Equal(t, p, in(t).c.Phase())
		t.Run("ADV-67/"+p.String(), func(t *testing.T) {
			proves(t, "KHP-CLOSE-01 WSP-FRAME-06 DRAFT02-429-04 DRAFT02-431-04")
			for _, code := range []uint16{0, 1000, 1005, 1006, 999, 4999, 5000} {
				r := in(t)
				r.take(r.c.PeerClosed(t0, code, "reason"))
				if established(p) {
					require.True(t, r.closed, "answered")
					r.take(r.c.Expire(r.c.Deadline()))
					require.True(t, r.over, "one terminal event")
				}
			}
		})
		t.Run("ADV-68/"+p.String(), func(t *testing.T) {
			proves(t, "DRAFT02-429-04 DRAFT02-431-04")
			r := in(t)
			r.take(r.c.Lost(t0, "reset"))
			if p != fsm.ClientIdle && p != fsm.ClientAwaitLogin {
				require.True(t, r.over, "one terminal event")
			}
		})
		t.Run("ADV-73/"+p.String(), func(t *testing.T) {
			proves(t, "WSP-CLOSE-03")
			r := in(t)
			r.take(r.c.Close(t0, 1000, strings.Repeat("é", 100)))
			r.take(r.c.Close(t0, 1000, "again"))
			r.take(r.c.Expire(r.c.Deadline()))
			require.True(t, r.over, "one terminal event: %v", r.all)
		})
		t.Run("ADV-74/"+p.String(), func(t *testing.T) {
			r := in(t)
			n := len(r.sent)
			out, ok := r.c.Send(t0, wire.Text, []byte("too early"))
			r.take(out)
			require.Equal(t, p == fsm.ClientOpen, ok)
			require.Equal(t, ok, len(r.sent) > n, "nothing on the wire before open [INV-03]")
		})
		t.Run("ping/"+p.String(), func(t *testing.T) {
			proves(t, "WSP-FRAME-05")
			r := in(t)
			before := r.c.State()
			r.take(r.c.Ping(t0, []byte("x")))
			require.Equal(t, before, r.c.State(), "a Ping changes nothing [INV-37]")
			if established(p) {
				r.wantLast("equal Pong", "SendPong x")
			}
		})
		t.Run("frame-error/"+p.String(), func(t *testing.T) {
			proves(t, "WSP-CLOSE-02")
			r := in(t)
			r.take(r.c.Violation(t0, fsm.FailureUTF8, "bad text"))
			if established(p) {
				require.Equal(t, uint16(1007), r.codes[0])
			}
		})
	}
	t.Run("close-content", func(t *testing.T) {
		r := asking(t, ClientConfig{}).unit(switching())
		out := r.c.Close(t0, 3000, strings.Repeat("é", 100))
		require.Equal(t, strings.Repeat("é", 61), out[0].Text, "cut between characters")
		for _, code := range []uint16{1, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65535} {
			require.Equal(t, closeText{}, sendable(code, "x"), "%d must not be sent", code)
		}
		require.Equal(t, closeText{1000, "o\ufffdk"}, sendable(1000, "o\xffk"))
	})
}

func TestClient_Timers(t *testing.T) {
	for _, v := range []struct {
		in   fsm.ClientPhase
		t    fsm.Timer
		want fsm.Failure
		code uint16
		says string
	}{
		{fsm.ClientConnecting, fsm.TimerOpening, fsm.FailureTimeout, 0, "[connect"},
		{fsm.ClientOpening, fsm.TimerOpening, fsm.FailureTimeout, 0,
			"no complete answer to the opening request"},
		{fsm.ClientAwaitLogin, fsm.TimerCredentials, fsm.FailureCredentialTimeout, 0, "none were given"},
		{fsm.ClientAwaitProceed, fsm.TimerOpening, fsm.FailureTimeout, 1008, "the balancer message N"},
		{fsm.ClientAwaitProceed, fsm.TimerOverall, fsm.FailureTimeout, 1008, "the balancer message N"},
		{fsm.ClientAwaitResponse, fsm.TimerResponse, fsm.FailureTimeout, 1008, "no complete response"},
		{fsm.ClientAwaitResponse, fsm.TimerOverall, fsm.FailureTimeout, 1008, "took too long"},
		{fsm.ClientReading, fsm.TimerResponse, fsm.FailureTimeout, 1008, "no complete response"},
		{fsm.ClientReading, fsm.TimerOverall, fsm.FailureTimeout, 1008, "took too long"},
		{fsm.ClientSendingBody, fsm.TimerResponse, fsm.FailureTimeout, 1008, "no complete response"},
		{fsm.ClientAwaitCredentials, fsm.TimerCredentials, fsm.FailureCredentialTimeout, 1008,
			"none were given"},
		{fsm.ClientAwaitConfirm, fsm.TimerResponse, fsm.FailureTimeout, 1008, "the balancer message N"},
	} {
		t.Run(v.in.String()+"/"+v.t.String(), func(t *testing.T) {
			proves(t, "KHP-CLOSE-02")
			r := phases[v.in](t)
			r.expire(v.t)
			require.Contains(t, r.wantFail("timer", v.want, v.code).Error(), v.says)
		})
	}
	t.Run("late", func(t *testing.T) {
		for timer := fsm.TimerOpening; timer <= fsm.TimerReplay; timer++ {
			r := asking(t, ClientConfig{}).unit(switching())
			r.take(r.c.Expire(t0.Add((&Timeouts{}).Of(timer))))
			require.Empty(t, r.last, "the end of %v has no effect when open", timer)
		}
	})
}

func TestClient_Opening_Violation(t *testing.T) {
	r := asking(t, ClientConfig{})
	r.take(r.c.Violation(t0, fsm.FailureFrame, "reserved bit set"))
	r.take(r.c.Violation(t0, fsm.FailureFrame, "and again"))
	require.Contains(t, r.wantFail("frames are no longer read", fsm.FailureFrame, 1002).Error(),
		"reserved bit set")
}
