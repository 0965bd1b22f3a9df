package endpoint

import (
	"strings"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

func TestClient_Reading_Judge(t *testing.T) {
	cfg := ClientConfig{
		Subprotocols: []string{"amqp", "stomp"}, Extensions: []string{"x-a;n=1", "x-b"},
		OpeningExtensions: []string{"x-open", "x-left"}, HasCredentials: true,
	}
	const ext = "Sec-WebSocket-Extensions: "
	for _, v := range []struct {
		name, resp string
		want       fsm.Failure // 0: open
	}{
		{"ADV-48/unsolicited", switching(ext + "x-c"), fsm.FailureExtensionNotRequested},
		{"ADV-48/of-the-opening", switching(ext + "x-open"), fsm.FailureExtensionNotRequested},
		{"ADV-48/twice-in-one-field", switching(ext + "x-a, x-a"), fsm.FailureExtensionNotRequested},
		{"ADV-48/twice-in-two-fields", switching(ext+"x-a", ext+"x-a;n=2"),
			fsm.FailureExtensionNotRequested},
		{"ADV-48/letter-case", switching(ext + "X-A"), fsm.FailureExtensionNotRequested},
		{"ADV-48/empty", switching(ext), fsm.FailureExtensionNotRequested},
		{"ADV-48/comma", switching(ext + ","), fsm.FailureExtensionNotRequested},
		{"ADV-48/bad-quotes", switching(ext + `x-a;n="a b"`), fsm.FailureExtensionNotRequested},
		{"extensions/two-fields", switching(ext+"x-b", ext+"x-a;n=2"), 0},
		{"extensions/two-fields-second-unsolicited", switching(ext+"x-b", ext+"x-c"),
			fsm.FailureExtensionNotRequested},
		{"extensions/left-over", switching(ext + "x-left"), 0},
		{"extensions/none", switching(), 0},
		{"ADV-49/in-401", response(401, "WWW-Authenticate: Basic", ext+"x-c"),
			fsm.FailureExtensionNotRequested},
		{"ADV-49/in-202", response(202, ext+"x-c"), fsm.FailureExtensionNotRequested},
		{"ADV-50/not-requested", switching("Sec-WebSocket-Protocol: mqtt"),
			fsm.FailureProtocolNotRequested},
		{"ADV-50/two-values", switching("Sec-WebSocket-Protocol: amqp, stomp"),
			fsm.FailureProtocolNotRequested},
		{"ADV-50/two-fields", switching("Sec-WebSocket-Protocol: amqp", "Sec-WebSocket-Protocol: amqp"),
			fsm.FailureProtocolNotRequested},
		{"ADV-50/khp-itself", switching("Sec-WebSocket-Protocol: x-kaazing-handshake"),
			fsm.FailureProtocolNotRequested},
		{"ADV-50/empty", switching("Sec-WebSocket-Protocol:"), fsm.FailureProtocolNotRequested},
		{"protocol/second", switching("Sec-WebSocket-Protocol: stomp"), 0},
		{"ADV-52/wrong-accept", response(101, "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA="),
			fsm.FailureAcceptMismatch},
		{"ADV-52/second-accept", switching("Sec-WebSocket-Accept: x"), fsm.FailureAcceptMismatch},
		{"ADV-52/upgrade-h2c", response(101, "Upgrade: h2c"), fsm.FailureAcceptMismatch},
		{"ADV-52/connection-close", response(101, "Connection: close"), fsm.FailureAcceptMismatch},
		{"accept/bare", response(101), 0},
		{"accept/two-connection-fields", response(101, "Connection: keep-alive", "Connection: upgrade"),
			0},
		{"accept/204", response(204), 0}, {"accept/205", response(205, "Content-Length: 0"), 0},
	} {
		t.Run(v.name, func(t *testing.T) {
			provesBy(t, v.name, "ADV-48/empty", "WSP-EXT-01 KHP-EXT-RSP-12", "ADV-48/comma",
				"WSP-EXT-01 KHP-EXT-RSP-12", "ADV-48/bad", "WSP-EXT-01 KHP-EXT-RSP-12", "ADV-48",
				"KHP-CLOSE-03 KHP-EXT-RSP-09",
				"ADV-49", "KHP-CLOSE-03", "extensions/two", "WSP-EXT-02", "extensions/none",
				"KHP-EXT-RSP-11 KHP-CLOSE-05", "extensions/left", "KHP-EXT-REQ-02 KHP-EXT-REQ-09",
				"ADV-50/two", "WSP-PROTO-01",
				"ADV-52", "KHP-STATUS-101-03 KHP-CLOSE-02", "accept/bare", "KHP-STATUS-101-01", "accept/204",
				"KHP-STATUS-204-01", "accept/205", "KHP-STATUS-205-01")
			r := dialed(t, "ws://h/p", cfg)
			r.take(r.c.Opened(t0, Subprotocol, []string{"x-open;yes"}, zeroAccept))
			require.Contains(t, r.sent[0], "Sec-WebSocket-Protocol: amqp, stomp\r\n"+
				"Sec-WebSocket-Extensions: x-left, x-a;n=1, x-b\r\n",
				"all that was not granted, in order [INV-12]")
			r.unit(v.resp)
			if v.want == 0 {
				r.wantOpen("accepted")
				if v.name == "extensions/none" {
					require.Empty(t, r.c.Result().Extensions, "none of those asked for apply")
				}
				return
			}
			err := r.wantFail("refused", v.want, 1002)
			require.NotEmpty(t, err.Detail, "the message says what was expected")
			require.NotEmpty(t, err.Header, "and the response is there to look at")
		})
	}
	t.Run("result", func(t *testing.T) {
		proves(t, "KHP-STATUS-101-02 WSP-EXT-02")
		r := dialed(t, "ws://h/p", cfg).opened().
			unit(switching("Sec-WebSocket-Protocol: amqp", ext+"x-b", ext+"x-a ; n=2")).wantOpen("accepted")
		res := r.c.Result()
		require.Equal(t, "amqp", res.Subprotocol)
		require.Equal(t, []string{"x-b", "x-a;n=2"}, res.Extensions)
		require.Len(t, res.Header, 6)
	})
	t.Run("accept-unknown", func(t *testing.T) {
		r := dialed(t, "ws://h/p", cfg)
		r.take(r.c.Opened(t0, Subprotocol, nil, ""))
		r.unit(switching()).wantOpen("a layer that hides the accept can still be used")
	})
	t.Run("terminating-needs-no-selection", func(t *testing.T) {
		err := asking(t, cfg).unit(response(404, "Connection: close", ext+"x-c",
			"Content-Type: text/plain", "", "nothing \x1b[31mhere\u202e\r\nmore")).
			wantFail("404", fsm.FailureStatus, 1000)
		require.Empty(t, err.Detail, "only the status counts")
		require.Equal(t, "refused with 404 Not Found [extended handshake, ws://h/p]; the server says: "+
			"nothing [31mhere", err.Error())
	})
}

func TestClient_Reading_Reports(t *testing.T) {
	t.Run("ADV-82/511", func(t *testing.T) {
		proves(t, "RFC6585-511-05 KHP-STATUS-511-01")
		r := asking(t, ClientConfig{HasCredentials: true}).unit(response(511, "Set-Cookie: a=b",
			"WWW-Authenticate: Basic", "Refresh: 0; url=/x", "Content-Type: text/html", "", "<meta>"))
		err := r.wantFail("closed", fsm.FailureStatus, 1000)
		require.Len(t, r.dials, 1)
		require.NotContains(t, r.all, "AskCredentials")
		require.NotContains(t, err.Error(), "meta")
		require.Equal(t, "<meta>", string(err.Body))
	})
	for _, v := range []string{"Sun, 06 Nov 1994 08:49:37 GMT",
		"99999999999999999999", "120", "soon"} {
		t.Run("ADV-83/"+v[:3], func(t *testing.T) {
			err := asking(t, ClientConfig{}).unit(response(429, "Retry-After: "+v)).wantFail("closed",
				fsm.FailureStatus, 1000)
			require.Equal(t, v, err.Field("Retry-After"), "for wire.RetryAfter to read")
		})
	}
	t.Run("errors", func(t *testing.T) {
		err := &HandshakeError{Leg: LegConnect, Failure: fsm.FailureRedirectLoop, Status: 302,
			URL: "ws://a/", Attempt: 2, Path: []string{"ws://a/", "ws://b/", "ws://a/"}, Detail: "d"}
		require.Equal(t, "redirect loop with 302 Found: d [connect, ws://a/, "+
			"connection 2] after ws://a/ -> ws://b/ -> ws://a/", err.Error())
		require.Equal(t, "invalid leg", Leg(0).String())
		require.NotErrorIs(t, err, fsm.FailureStatus)
		require.Equal(t, strings.Repeat("a", 200)+"...", clip(strings.Repeat("a", 300)))
		for _, f := range []wire.Kind{wire.KindHeadTooLarge, wire.KindUnitTooLarge,
			wire.KindTooManyMessages} {
			require.Equal(t, fsm.FailureLimit, failureOf(&wire.ParseError{Kind: f}))
		}
	})
}
