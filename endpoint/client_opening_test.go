package endpoint

import (
	"strings"
	"testing"

	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
)

func TestClient_Opening(t *testing.T) {
	answer := func(t *testing.T, cfg ClientConfig, text string) *run {
		r := dialed(t, "ws://h/p", cfg)
		used, out := r.c.OpeningReceived(t0, []byte(text))
		r.take(out)
		require.LessOrEqual(t, used, len(text))
		return r
	}
	both := ClientConfig{Subprotocols: []string{"amqp"}, OpeningExtensions: []string{"x-a"}}
	sel := func(p string) string { return switching("Sec-WebSocket-Protocol: " + p) }
	for _, v := range []struct {
		name, text string
		want       fsm.Failure
		code       uint16
	}{
		{"ADV-51/two", sel("x-kaazing-handshake, amqp"), fsm.FailureOpening, 0},
		{"ADV-51/two-fields", switching("Sec-WebSocket-Protocol: amqp", "Sec-WebSocket-Protocol: amqp"),
			fsm.FailureOpening, 0},
		{"ADV-51/letter-case", sel("X-Kaazing-Handshake"), fsm.FailureOpening, 0},
		{"ADV-51/not-offered", sel("mqtt"), fsm.FailureOpening, 0},
		{"ADV-51/none", switching(), fsm.FailureNotSelected, 1000},
		{"ADV-51/other-offered", sel("amqp"), fsm.FailureNotSelected, 1000},
		{"wrong-accept", strings.Replace(sel(Subprotocol), zeroAccept, "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", 1),
			fsm.FailureOpening, 0},
		{"no-accept", response(101, "Upgrade: websocket", "Connection: Upgrade",
			"Sec-WebSocket-Protocol: "+Subprotocol), fsm.FailureOpening, 0},
		{"no-upgrade", response(101, "Connection: Upgrade", "Sec-WebSocket-Accept: "+zeroAccept),
			fsm.FailureOpening, 0},
		{"no-connection", response(101, "Upgrade: websocket", "Sec-WebSocket-Accept: "+zeroAccept),
			fsm.FailureOpening, 0},
		{"extension-not-offered", switching("Sec-WebSocket-Protocol: "+Subprotocol,
			"Sec-WebSocket-Extensions: x-b"), fsm.FailureOpening, 0},
		{"extension-twice", switching("Sec-WebSocket-Protocol: "+Subprotocol,
			"Sec-WebSocket-Extensions: x-a", "Sec-WebSocket-Extensions: x-a"), fsm.FailureOpening, 0},
		{"extension-malformed", switching("Sec-WebSocket-Protocol: "+Subprotocol,
			"Sec-WebSocket-Extensions: ="), fsm.FailureOpening, 0},
		{"garbage", "SSH-2.0-OpenSSH\r\n", fsm.FailureOpening, 0},
		{"http-1.0", "HTTP/1.0 101 x\r\n\r\n", fsm.FailureOpening, 0},
		{"endless-head", "HTTP/1.1 403 x\r\nTransfer-Encoding: chunked\r\n" +
			strings.Repeat("A: b\r\n", 4000), fsm.FailureLimit, 0},
		{"endless-line", "HTTP/1.1 403 " + strings.Repeat("x", 20_000), fsm.FailureLimit, 0},
		{"200", response(200, "Content-Length: 0"), fsm.FailureStatus, 0},
		{"204", response(204), fsm.FailureStatus, 0},
		{"403-long", response(403, "Content-Length: 100000", "", strings.Repeat("x", 100_000)),
			fsm.FailureStatus, 0},
		{"407", response(407, "Content-Length: 0"), fsm.FailureStatus, 0},
		{"426", response(426, "Upgrade: websocket", "Content-Length: 0"), fsm.FailureStatus, 0},
		{"401", response(401, "WWW-Authenticate: Basic", "Content-Length: 0"),
			fsm.FailureAuthRequired, 0},
		{"302-nowhere", response(302, "Content-Length: 0"), fsm.FailureRedirectTarget, 0},
	} {
		t.Run(v.name, func(t *testing.T) {
			provesBy(t, v.name, "ADV-51/none", "KHP-OPEN-05 KHP-OPEN-06", "ADV-51/other",
				"KHP-OPEN-05 KHP-OPEN-06", "ADV-51", "WSP-OPEN-04", "wrong-accept", "WSP-OPEN-02",
				"no-", "WSP-OPEN-02",
				"extension", "WSP-OPEN-03", "2", "WSP-OPEN-05", "3", "WSP-OPEN-05", "4", "WSP-OPEN-05")
			err := answer(t, both, v.text).wantFail("refused", v.want, v.code)
			require.Equal(t, LegOpening, err.Leg)
		})
	}
	t.Run("selected", func(t *testing.T) {
		proves(t, "KHP-OPEN-01 KHP-OPEN-02 KHP-EXT-01 KHP-EXT-REQ-03 KHP-EXT-REQ-04 KHP-EXT-REQ-08 "+
			"KHP-EXT-REQ-11 RFC2068-101-02")
		r := dialed(t, "ws://h/p?q=1", both)
		require.Contains(t, string(r.c.buf), "Sec-WebSocket-Protocol: x-kaazing-handshake, amqp\r\n"+
			"Sec-WebSocket-Extensions: x-a\r\n", "KHP is offered first")
		text := switching("Sec-WebSocket-Protocol: "+Subprotocol, "Sec-WebSocket-Extensions: x-a;y")
		used, out := r.c.OpeningReceived(t0, []byte(text+"rest"))
		r.take(out)
		require.Equal(t, len(text), used, "the rest belongs to the WebSocket")
		require.Equal(t, []string{"GET /p?q=1 HTTP/1.1\r\nHost: h\r\n" +
			"Sec-WebSocket-Protocol: amqp\r\n\r\n"}, r.sent, "no empty list of extensions")
	})
	t.Run("byte-by-byte", func(t *testing.T) {
		r := dialed(t, "ws://h/p", both)
		text := []byte(sel(Subprotocol))
		for i := range len(text) + 1 {
			used, out := r.c.OpeningReceived(t0, text[:i])
			r.take(out)
			require.Equal(t, i == len(text), used > 0, "at %d", i)
		}
		require.Equal(t, fsm.ClientAwaitResponse, r.c.Phase())
	})
	t.Run("plain-fallback", func(t *testing.T) {
		proves(t, "KHP-OPEN-05")
		m := fsm.DefaultClientConfig()
		m.PlainFallback = true
		r := answer(t, ClientConfig{Machine: m, Subprotocols: []string{"amqp"}}, sel("amqp"))
		require.Equal(t, 1, r.opens)
		require.Equal(t, Result{Plain: true, Status: 101, Subprotocol: "amqp"}, r.c.Result())
		r.message("", "HTTP/1.1 302 x\r\n\r\n")
		require.Equal(t, []string{"", "HTTP/1.1 302 x\r\n\r\n"}, r.got)
	})
	t.Run("login-and-dial-again", func(t *testing.T) {
		proves(t, "WSP-OPEN-05")
		cfg := both
		cfg.HasCredentials = true
		r := answer(t, cfg, response(401, `WWW-Authenticate: Basic realm="r"`,
			"Content-Length: 2", "", "no"))
		r.wantLast("the connection goes first", "Disconnect", "AskCredentials")
		r.wantTimers("credentials only", fsm.TimerCredentials)
		r.take(r.c.Credentials(t0, "Basic x"))
		r.wantLast("dial again", "Dial ws://h/p")
		r.wantTimers("from the start", fsm.TimerOpening)
		r.take(r.c.Connected(t0, [16]byte{}))
		require.Contains(t, string(r.c.buf), "\r\nAuthorization: Basic x\r\n")
		r.opened()
		require.NotContains(t, r.sent[0], "Authorization")
		r.unit(challengeBasic)
		r.take(r.c.Credentials(t0, "Basic x"))
		r.unit(switching()).wantOpen("the same credentials were not refused by the extended handshake")
	})
	t.Run("login-then-no-connection", func(t *testing.T) {
		cfg := both
		cfg.HasCredentials = true
		r := answer(t, cfg, response(401, "WWW-Authenticate: Basic", "Content-Length: 0"))
		r.take(r.c.Credentials(t0, "Basic x"))
		r.take(r.c.ConnectFailed(t0, "no route to host"))
		err := r.wantFail("unreachable now", fsm.FailureConnect, 0)
		require.Equal(t, "cannot connect: no route to host [connect, ws://h/p, connection 2]",
			err.Error())
		require.Zero(t, err.Status)
	})
	t.Run("login-refused", func(t *testing.T) {
		cfg := both
		cfg.HasCredentials = true
		challenge := response(401, "WWW-Authenticate: Basic", "Content-Length: 0")
		r := answer(t, cfg, challenge)
		r.take(r.c.Credentials(t0, "Basic x"))
		r.take(r.c.Connected(t0, [16]byte{}))
		_, out := r.c.OpeningReceived(t0, []byte(challenge))
		r.take(out)
		r.take(r.c.Credentials(t0, "Basic x"))
		r.wantFail("not twice the same", fsm.FailureCredentialsRefused, 0)
	})
	t.Run("redirect", func(t *testing.T) {
		r := answer(t, both, response(302, "Location: http://h2/q", "Content-Length: 0"))
		require.Equal(t, []string{"ws://h/p", "ws://h2/q"}, r.dials)
	})
	t.Run("redirect-on-the-host", func(t *testing.T) {
		proves(t, "WSP-OPEN-07")
		r := answer(t, both, response(302, "Location: /q", "Content-Length: 0"))
		r.wantLast("the old connection, which is not open yet, goes first", "Disconnect", "Dial ws://h/q")
	})
	t.Run("upgrade-to-tls", func(t *testing.T) {
		m := fsm.DefaultClientConfig()
		m.Upgrade = true
		r := answer(t, ClientConfig{Machine: m}, response(426, "Upgrade: TLS/1.2", "Content-Length: 0"))
		require.Equal(t, []string{"ws://h/p", "wss://h/p"}, r.dials)
	})
	t.Run("proxy-login", func(t *testing.T) {
		r := answer(t, ClientConfig{HasProxyLogin: true},
			response(407, "Proxy-Authenticate: Basic", "Content-Length: 0"))
		require.Len(t, r.dials, 2)
		require.True(t, r.c.UsesProxyCredentials())
	})
	t.Run("chunked-byte-by-byte", func(t *testing.T) {
		r := dialed(t, "ws://h/p", both)
		text := "HTTP/1.1 403 x\r\nTransfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\na\r\n" +
			"abcdefghij\r\n0\r\n\r\n"
		for i := 0; !r.over; i++ {
			_, out := r.c.OpeningReceived(t0, []byte(text[:i]))
			r.take(out)
		}
		require.Equal(t, "0123456789abcdefghij", string(r.wantFail("403", fsm.FailureStatus, 0).Body))
	})
	t.Run("http-1.0-byte-by-byte", func(t *testing.T) {
		r := dialed(t, "ws://h/p", both)
		text := "HTTP/1.0 302 x\r\nLocation: http://h2/q\r\nContent-Length: 0\r\n\r\n"
		for i := 0; i <= len(text); i++ {
			_, out := r.c.OpeningReceived(t0, []byte(text[:i]))
			r.take(out)
		}
		require.Equal(t, []string{"ws://h/p", "ws://h2/q"}, r.dials)
	})
	chunked := "HTTP/1.1 403 x\r\nTransfer-Encoding: chunked\r\n\r\n"
	for _, v := range []struct{ name, text, body string }{
		{"chunked", chunked + "3;x=y\r\nget\r\n5\r\n lost\r\n0\r\n\r\n", "get lost"},
		{"chunked-no-line-end", chunked + strings.Repeat("x", 2000), ""},
		{"chunked-broken", chunked + "3\r\nget\r\nzz\r\n", "get"},
		{"chunked-huge-size", chunked + "ffffffffffffffffffff\r\n" + strings.Repeat("x", 1<<16),
			strings.Repeat("x", 1<<16)},
		{"with-length", response(403, "Content-Length: 3", "", "get lost"), "get"},
	} {
		t.Run("body/"+v.name, func(t *testing.T) {
			require.Equal(t, v.body,
				string(answer(t, both, v.text).wantFail("403", fsm.FailureStatus, 0).Body))
		})
	}
	for _, v := range []struct{ name, text, body string }{
		{"to-the-end", response(403, "", "get lost"), "get lost"},
		{"chunked-cut", chunked + "a\r\nget lost", "get lost"},
		{"length-cut", response(403, "Content-Length: 99", "", "get lost"), "get lost"},
	} {
		for how, end := range map[string]func(c *Client) []Output{
			"lost":  func(c *Client) []Output { return c.Lost(t0, "end of stream") },
			"timer": func(c *Client) []Output { return c.Expire(c.Deadline()) },
		} {
			t.Run("body/"+v.name+"/"+how, func(t *testing.T) {
				r := answer(t, both, v.text)
				require.False(t, r.over, "more may come")
				r.take(end(r.c))
				require.Equal(t, v.body, string(r.wantFail("403", fsm.FailureStatus, 0).Body))
			})
		}
	}
	t.Run("cut-head", func(t *testing.T) {
		r := answer(t, both, "HTTP/1.1 302 Found\r\nLocation: /q")
		r.take(r.c.Lost(t0, "end of stream"))
		require.Contains(t, r.wantFail("cut", fsm.FailureConnectionLost, 0).Error(), "end of stream")
	})
	t.Run("by-the-host", func(t *testing.T) {
		r := dialed(t, "ws://h/p", both)
		r.take(r.c.Opened(t0, "mqtt", nil, ""))
		r.wantFail("not offered", fsm.FailureOpening, 0)
		r = dialed(t, "ws://h/p", both)
		r.take(r.c.OpeningRefused(t0, 503, []HeaderField{{"Retry-After", "3"}}, []byte("later")))
		require.Equal(t, "3", r.wantFail("503", fsm.FailureStatus, 0).Field("retry-after"))
	})
	t.Run("out-of-turn", func(t *testing.T) {
		r := asking(t, both)
		require.Nil(t, r.c.OpeningRefused(t0, 500, nil, nil))
		require.Nil(t, r.c.Opened(t0, "mqtt", nil, ""))
		used, out := r.c.OpeningReceived(t0, []byte(response(500)))
		require.Zero(t, used)
		require.Empty(t, out)
		r.unit(switching()).wantOpen("undisturbed")
	})
}
