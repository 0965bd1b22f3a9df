package endpoint

import (
	"slices"
	"strings"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

func TestServer_AwaitRequest(t *testing.T) {
	for _, v := range []struct {
		name, text string
		status     int
		code       uint16
	}{
		{"ADV-76/garbage", "Hello", 400, 1002}, {"ADV-76/empty", "", 400, 1002},
		{"ADV-76/http-1.0", "GET /p HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n", 505,
			1002}, {"ADV-76/http-2", "GET /p HTTP/2\r\n\r\n", 505, 1002},
		{"ADV-76/post", "POST /p HTTP/1.1\r\n\r\n", 405, 1002},
		{"ADV-76/head", "HEAD /p HTTP/1.1\r\n\r\n", 405, 1002},
		{"ADV-76/unknown-method", "BREW /p HTTP/1.1\r\n\r\n", 501, 1002},
		{"two-authorizations", request("Authorization: Basic YTpi", "Authorization: Basic Yzpk"), 400,
			1002},
		{"two-cookies", request("Cookie: a=b", "Cookie: a=c"), 400, 1002},
		{"ADV-76/other-path", "GET /q HTTP/1.1\r\n\r\n", 400, 1002},
		{"ADV-76/other-host", request("Host: elsewhere"), 400, 1002},
		{"absolute-form/other-host", "GET http://elsewhere/p HTTP/1.1\r\nHost: h\r\n\r\n", 400, 1002},
		{"ADV-76/two-requests", request() + request(), 400, 1002},
		{"ADV-77/data", "application data", 400, 1002},
		{"ADV-61/chunked", request("Transfer-Encoding: chunked"), 501, 1002},
		{"expect/unknown", request("Expect: 200-ok", "Content-Length: 1"), 417, 1002},
		{"expect/no-length", request("Expect: 100-continue"), 411, 1002},
		{"body/too-large", request("Content-Length: 65537"), 413, 1002},
		{"body/short", request("Content-Length: 5") + "hell", 400, 1002},
		{"body/long", request("Content-Length: 3") + "hell", 400, 1002},
		{"body/no-length", request() + "x", 400, 1002},
		{"ADV-60/different", request("Content-Length: 3", "Content-Length: 4") + "hell", 400, 1002},
		{"long/target", "GET /" + strings.Repeat("p", 9000) + " HTTP/1.1\r\n\r\n", 414, 1002},
		{"long/field", request("A: " + strings.Repeat("b", 9000)), 431, 1002},
		{"long/fields", request(slices.Repeat([]string{"A: b"}, 101)...), 431, 1002},
		{"long/message", request() + strings.Repeat("x", 1<<20), 400, 1002},
		{"long/head", request(strings.Repeat("A: b\r\n", 5000)), 431, 1002},
		{"lists/empty-extensions", request("Sec-WebSocket-Extensions:"), 400, 1002},
		{"lists/comma", request("Sec-WebSocket-Extensions: ,"), 400, 1002},
		{"lists/bad-protocols", request("Sec-WebSocket-Protocol: a b"), 400, 1002},
	} {
		t.Run(v.name, func(t *testing.T) {
			provesBy(t, v.name, "ADV-77", "KHP-EXT-02", "ADV-76/two", "KHP-EXT-01", "ADV-76/http-1.0",
				"KHP-CLASS-1XX-02 RFC2068-1XX-02 INV-44", "long/field", "RFC6585-431-01", "lists/empty",
				"KHP-EXT-REQ-03 WSP-EXT-01", "expect/no-length", "RFC2068-411-01", "",
				"KHP-EXT-03 KHP-EXT-RSP-01 KHP-EXT-RSP-14")
			proves(t, map[bool]string{true: "KHP-CLASS-4XX-01", false: "KHP-CLASS-5XX-01"}[v.status < 500])
			s := listening(t, "/p", ServerConfig{}).message(v.text)
			_, entity, _ := strings.Cut(s.sent[0], "\r\n\r\n")
			require.NotEmpty(t, strings.TrimSpace(entity), "an entity explains it")
			require.LessOrEqual(t, cap(s.s.pending), 128<<10, "memory is bounded [INV-38]")
			if v.status == 405 {
				require.Contains(t, s.sent[0], "Allow: GET\r\n")
			}
			s.wantRefused("refused", v.status, v.code)
			require.NotEmpty(t, s.err.Detail, "the server's log says why: %v", s.err)
			require.Equal(t, LegExtended, s.err.Leg)
		})
	}
	t.Run("ADV-76/after-101", func(t *testing.T) {
		s := listening(t, "/p", ServerConfig{}).deciding().decide(Decision{}).message(request())
		require.Equal(t, []string{request()}, s.got, "application data")
	})
	for _, at := range []string{"first", "replay"} {
		t.Run("ADV-78/"+at, func(t *testing.T) {
			proves(t, "KHP-EXT-RSP-02 KHP-EXT-RSP-03 KHP-EXT-RSP-04")
			s := newServed(t, ServerConfig{})
			s.take(s.s.Opened(t0, OpeningRequest{Target: "/p", Subprotocols: []string{Subprotocol}},
				[]string{"x-a;n=1"}))
			if at == "replay" {
				s.deciding().decide(Decision{Status: 401, Challenges: []string{"Basic"}})
			}
			s.message(request("Sec-WebSocket-Extensions: x-b, x-a;n=2"))
			require.Contains(t, s.sent[len(s.sent)-2],
				`extension "x-a" was negotiated in the opening handshake already`)
			s.wantRefused("named again", 400, 1002)
		})
	}
	t.Run("ADV-79/newest-request-counts", func(t *testing.T) {
		s := listening(t, "/p", ServerConfig{}).deciding("Sec-WebSocket-Extensions: x-a",
			"Sec-WebSocket-Protocol: amqp").
			decide(Decision{Status: 401, Challenges: []string{"Basic"}}).
			deciding("Sec-WebSocket-Extensions: x-b", "Authorization: Basic x")
		q := s.s.Request()
		require.Equal(t, []string{"x-b"}, q.Extensions)
		require.Empty(t, q.Subprotocols)
		require.Equal(t, "Basic x", q.Authorization)
		require.Equal(t, 1, q.Replay)
		_, err := s.s.Decide(t0, Decision{Extensions: []string{"x-a"}})
		require.ErrorContains(t, err, "was not requested")
		listening(t, "/p", ServerConfig{}).deciding().decide(Decision{
			Status: 401, Challenges: []string{"Basic"},
		}).message("GET /q HTTP/1.1\r\n\r\n").wantRefused("other path", 400, 1002)
	})
}

func TestServer_AwaitBody(t *testing.T) {
	expecting := func() *served {
		return listening(t, "/p", ServerConfig{}).
			message(request("Expect: 100-Continue", "Content-Length: 8"))
	}
	t.Run("100", func(t *testing.T) {
		proves(t, "KHP-STATUS-100-01 RFC2068-100-04 KHP-CLASS-1XX-01 RFC2068-1XX-01")
		s := expecting()
		s.wantLast("100 and its terminator", "SendMessage HTTP/1.1 100 Continue", "SendMessage")
		s.wantTimers("of the body", fsm.TimerBody, fsm.TimerOverall)
		require.Equal(t, "HTTP/1.1 100 Continue\r\n\r\n", s.sent[0])
		s.message("the ", "", "b", "ody").wantLast("complete", "AskDecision")
		s.wantTimers("the application decides", fsm.TimerOverall)
		require.Equal(t, "the body", string(s.s.Request().Body))
		s.decide(Decision{})
		require.Equal(t, 1, s.opens)
	})
	t.Run("ADV-80/never", func(t *testing.T) {
		proves(t, "RFC2068-408-01")
		s := expecting()
		s.expire(fsm.TimerBody)
		s.wantRefused("too slow", 408, 1008)
	})
	t.Run("ADV-80/longer", func(t *testing.T) {
		for _, pieces := range [][]string{{"the body!"}, {"the body", "!"}, {"the ", "body!"}} {
			s := expecting().message(pieces...)
			if len(pieces) > 1 && pieces[0] == "the body" {
				s.wantRefused("surplus", 400, 1002)
				continue
			}
			require.Contains(t, s.sent[len(s.sent)-2], "\r\n\r\nthe body is longer than Content-Length\n")
			s.wantRefused("surplus", 400, 1002)
		}
	})
	t.Run("ADV-80/without-waiting", func(t *testing.T) {
		s := listening(t, "/p", ServerConfig{}).deciding("Expect: 100-continue", "Content-Length: 0")
		require.Empty(t, s.sent, "nothing is outstanding, so no 100 [INV-46]")
		s = listening(t, "/p", ServerConfig{}).
			message(request("Expect: 100-continue", "Content-Length: 8") + "the body")
		s.wantLast("it is all there", "AskDecision")
		s.wantTimers("the application decides", fsm.TimerOverall)
		s = listening(t, "/p", ServerConfig{}).
			message(request("Expect: 100-continue", "Content-Length: 8")+"the ", "body")
		require.Equal(t, "the body", string(s.s.Request().Body), "half of it")
	})
	t.Run("byte-by-byte", func(t *testing.T) {
		s := listening(t, "/p", ServerConfig{}).
			message(request("Expect: 100-continue", "Content-Length: 65536"))
		for range 1 << 16 {
			s.s.Message(t0, wire.Binary, []byte("x"))
		}
		require.Len(t, s.s.Request().Body, 1<<16)
	})
}

func TestServer_Deciding(t *testing.T) {
	deciding := func() *served { return listening(t, "/p", ServerConfig{}).deciding() }
	for _, text := range []string{"data", "", request()} {
		t.Run("ADV-77/early", func(t *testing.T) {
			proves(t, "KHP-EXT-02")
			s := deciding().message(text)
			s.wantRefused("nothing may come now", 400, 1002)
			require.Empty(t, s.got)
			_, err := s.s.Decide(t0, Decision{})
			require.ErrorIs(t, err, errTooLate)
		})
	}
	t.Run("replay-limit", func(t *testing.T) {
		proves(t, "KHP-STATUS-401-03 KHP-STATUS-401-04")
		s := deciding()
		for i := range 3 {
			s.decide(Decision{Status: 401, Challenges: []string{"Basic"}})
			s.wantTimers("the handshake stands still", fsm.TimerReplay)
			s.deciding()
			require.Equal(t, i+1, s.s.Request().Replay)
		}
		s.decide(Decision{Status: 401, Challenges: []string{"Basic"},
			Header: []HeaderField{{"X-A", "b"}}})
		require.NotContains(t, s.sent[6], "X-A", "nothing of the decision that was replaced")
		s.wantRefused("the fourth 401 becomes 403", 403, 1000)
	})
	t.Run("ADV-44/silent-client", func(t *testing.T) {
		proves(t, "KHP-STATUS-401-03")
		s := deciding().decide(Decision{Status: 401, Challenges: []string{"Basic"}})
		s.expire(fsm.TimerReplay)
		s.wantRefused("no credentials", 408, 1008)
	})
	t.Run("202", func(t *testing.T) {
		s := deciding()
		for range 4 {
			s.decide(Decision{Status: 202}).wantLast("more to come",
				"SendMessage HTTP/1.1 202 Accepted", "SendMessage")
		}
		_, err := s.s.Decide(t0, Decision{Status: 202})
		require.ErrorContains(t, err, "largest number of 202")
		s.decide(Decision{}).wantLast("at last", "SendMessage HTTP/1.1 101 Switching Protocols",
			"SendMessage", "Open")
	})
	t.Run("application-failed", func(t *testing.T) {
		proves(t, "KHP-CLASS-5XX-01")
		s := deciding()
		s.take(s.s.ApplicationFailed(t0))
		s.wantRefused("500", 500, 1011)
		require.Contains(t, s.sent[0], "\r\n\r\nInternal Server Error\n")
	})
	t.Run("closing-down", func(t *testing.T) {
		s := deciding()
		s.take(s.s.Close(t0, 1001, "bye"))
		s.wantRefused("503", 503, 1001)
	})
	t.Run("client-gone", func(t *testing.T) {
		s := deciding()
		s.take(s.s.PeerClosed(t0, 4999, "changed my mind"))
		s.wantLast("no response is begun any more", "SendClose 4999", "Disconnect", "Fail")
		require.Contains(t, s.err.Error(), `close code 4999 "changed my mind"`)
		_, err := s.s.Decide(t0, Decision{})
		require.ErrorIs(t, err, errTooLate)
	})
	t.Run("frame-error", func(t *testing.T) {
		proves(t, "WSP-TEXT-01")
		s := deciding()
		s.take(s.s.Violation(t0, fsm.FailureUTF8, "bad text"))
		s.wantLast("closed", "SendClose 1007", "Disconnect", "Fail")

		s = deciding().decide(Decision{})
		s.take(s.s.Violation(t0, fsm.FailureUTF8, "bad text"))
		s.wantLast("closed when open, too", "SendClose 1007", "Disconnect", "Closed")
	})
	t.Run("send-before-open", func(t *testing.T) {
		s := deciding()
		_, ok := s.s.Send(t0, wire.Text, []byte("x"))
		require.False(t, ok)
		s.decide(Decision{})
		out, ok := s.s.Send(t0, wire.Text, []byte("x"))
		require.True(t, ok)
		require.Equal(t, Output{Kind: SendMessage, Type: wire.Text, Data: []byte("x")}, out[0])
		s.take(s.s.Ping(t0, []byte("p")))
		s.wantLast("Pong", "SendPong p")
	})
	t.Run("timers", func(t *testing.T) {
		proves(t, "RFC2068-408-01")
		for _, v := range []struct {
			at     *served
			timer  fsm.Timer
			status int
		}{
			{listening(t, "/p", ServerConfig{}), fsm.TimerRequest, 408},
			{listening(t, "/p", ServerConfig{}), fsm.TimerOverall, 408},
			{deciding(), fsm.TimerOverall, 503},
			{deciding().decide(Decision{Status: 202}), fsm.TimerOverall, 503},
			{deciding().decide(Decision{Status: 401, Challenges: []string{"Basic"}}), fsm.TimerReplay, 408},
		} {
			v.at.expire(v.timer)
			v.at.wantRefused("timer", v.status, 1008)
		}
		s := deciding()
		s.take(s.s.Close(t0, 1000, ""))
		s.expire(fsm.TimerClose)
		require.True(t, s.over)
	})
}

// servers brings a server into each phase.
var servers = map[fsm.ServerPhase]func(t *testing.T) *served{
	fsm.ServerOpening:      func(t *testing.T) *served { return newServed(t, ServerConfig{}) },
	fsm.ServerAwaitRequest: func(t *testing.T) *served { return listening(t, "/p", ServerConfig{}) },
	fsm.ServerAwaitBody: func(t *testing.T) *served {
		return listening(t, "/p", ServerConfig{}).
			message(request("Expect: 100-continue", "Content-Length: 8"))
	},
	fsm.ServerDeciding: func(t *testing.T) *served {
		return listening(t, "/p", ServerConfig{}).deciding()
	},
	fsm.ServerPending: func(t *testing.T) *served {
		return listening(t, "/p", ServerConfig{}).deciding().decide(Decision{Status: 202})
	},
	fsm.ServerAwaitReplay: func(t *testing.T) *served {
		return listening(t, "/p", ServerConfig{}).deciding().
			decide(Decision{Status: 401, Challenges: []string{"Basic"}})
	},
	fsm.ServerOpen: func(t *testing.T) *served {
		return listening(t, "/p", ServerConfig{}).deciding().decide(Decision{})
	},
	fsm.ServerClosing: func(t *testing.T) *served {
		return listening(t, "/p", ServerConfig{}).deciding().decide(Decision{Status: 403})
	},
}

func TestServer_EveryPhase(t *testing.T) {
	for p, in := range servers {
		require.Equal(t, p, in(t).s.Phase())
		t.Run("ADV-67/"+p.String(), func(t *testing.T) {
			if p == fsm.ServerOpening {
				return // no frames yet
			}
			proves(t, "WSP-FRAME-06 WSP-CLOSE-01")
			s := in(t)
			s.take(s.s.PeerClosed(t0, 1000, "bye"))
			require.True(t, s.over && s.closed, "answered, and gone: %v", s.last)
		})
		t.Run("ADV-68/"+p.String(), func(t *testing.T) {
			s := in(t)
			s.take(s.s.Lost(t0, "reset"))
			require.True(t, s.over, "one terminal event")
			s.take(s.s.Lost(t0, "again"))
		})
		t.Run("ADV-73/"+p.String(), func(t *testing.T) {
			s := in(t)
			s.take(s.s.Close(t0, 1001, "bye"))
			s.take(s.s.Close(t0, 1001, "bye"))
			s.take(s.s.Expire(s.s.Deadline()))
			require.True(t, s.over, "one terminal event")
		})
		t.Run("ADV-74/"+p.String(), func(t *testing.T) {
			s := in(t)
			n := len(s.sent)
			out, ok := s.s.Send(t0, wire.Binary, []byte("early"))
			s.take(out)
			require.Equal(t, p == fsm.ServerOpen, ok)
			require.Equal(t, ok, len(s.sent) > n)
		})
	}
}

// Deployed clients write bytes from 0x80 into the target of the extended request where the opening
// request had escapes.
func TestServer_RawTarget(t *testing.T) {
	for _, target := range []string{"/echo?a=\xc3\xa4", "/echo?\xe4", "http://h/echo?\xff\xfe"} {
		s := listening(t, "/echo?a=%C3%A4&.kl=Y", ServerConfig{})
		s.message("GET " + target + " HTTP/1.1\r\n\r\n")
		require.Equal(t, fsm.ServerDeciding, s.s.Phase(), "%q: %v", target, s.all)
	}
	decoded := listening(t, "/%C3%A4?.kl=Y", ServerConfig{}).message("GET /\xc3\xa4 HTTP/1.1\r\n\r\n")
	require.Equal(t, fsm.ServerDeciding, decoded.s.Phase(),
		"a decoded path is the same: %v", decoded.all)
	s := &served{monitor: monitor{t: t}, s: NewServer(ServerConfig{})}
	_, out := s.s.OpeningReceived(t0, []byte("GET /\xc3\xa4 HTTP/1.1\r\n"+openingFields+
		"Sec-WebSocket-Protocol: x-kaazing-handshake\r\n\r\n"))
	s.take(out)
	s.message("GET /\xc3\xa4 HTTP/1.1\r\n\r\n")
	require.Equal(t, fsm.ServerDeciding, s.s.Phase())
}

// A request is the application's to keep: no later message changes it.
func TestServer_RequestStays(t *testing.T) {
	for _, target := range []string{"/p", "/p?.kl=Y"} {
		s := listening(t, target, ServerConfig{})
		s.message(request("Expect: 100-continue", "Content-Length: 5", "X-One: a",
			"Authorization: Basic one",
			"Sec-WebSocket-Protocol: amqp", "Sec-WebSocket-Extensions: x-a;n=1"), "hello")
		first := *s.s.Request()
		for range 2 {
			s.decide(Decision{Status: 401, Challenges: []string{"Basic"}})
			s.message(request("Expect: 100-continue", "Content-Length: 5", "X-Two: b",
				"Authorization: Basic two",
				"Sec-WebSocket-Protocol: mqtt", "Sec-WebSocket-Extensions: x-b;m=2"), "world")
		}
		require.Equal(t, "hello", string(first.Body))
		require.Equal(t, "Basic one", first.Authorization)
		require.Equal(t, "a", fieldValue(first.Header, "X-One"))
		require.Contains(t, first.Subprotocols, "amqp")
		require.NotContains(t, first.Subprotocols, "mqtt")
		require.Equal(t, []string{"x-a;n=1"}, first.Extensions)
		require.Equal(t, "world", string(s.s.Request().Body))
		require.Equal(t, []string{"x-b;m=2"}, s.s.Request().Extensions)
	}
}

// The largest request that the limits allow is read, one byte more in its head or its body is not.
func TestServer_AwaitRequest_JustAtTheLimits(t *testing.T) {
	const body = "0123456789"
	head := request("Content-Length: 10")
	for name, v := range map[string]struct {
		head, body, status int
	}{"both at the limit": {len(head), len(body), 0}, "head": {len(head) - 1, len(body), 431},
		"body": {len(head), len(body) - 1, 413}} {
		for _, target := range []string{"/p", "/p?.kl=Y"} {
			s := newServed(t, ServerConfig{})
			s.opening(target)
			s.s.cfg.Limits.Head, s.s.cfg.Limits.Body = v.head, v.body // the opening request is larger
			s.message(head + body)
			if v.status == 0 {
				require.Equal(t, []string{"AskDecision"}, s.last, name)
				require.Equal(t, body, string(s.s.Request().Body))
			} else {
				s.wantRefused(name, v.status, 1002)
			}
		}
	}
}

// In the kaazing profile messages are pieces of a stream: a request may come in any of them, with
// empty ones between. Elsewhere one message is one request.
func TestServer_AwaitRequest_InPieces(t *testing.T) {
	whole := request("X-One: 1", "Content-Length: 4") + "body"
	head := len(whole) - len("body")
	for cut := 1; cut < head; cut++ {
		for _, pieces := range [][]string{{whole[:cut], whole[cut:]},
			{whole[:cut], "", whole[cut:head] + "body"},
			{whole[:cut], whole[cut : cut+(head-cut)/2], whole[cut+(head-cut)/2:]}} {
			s := listening(t, "/p?.kl=Y", ServerConfig{})
			for i, p := range pieces {
				s.message(p)
				require.Equal(t, i == len(pieces)-1, len(s.last) > 0, "%q", pieces)
			}
			require.Equal(t, []string{"AskDecision"}, s.last)
			require.Equal(t, "body", string(s.s.Request().Body))
			require.Equal(t, "1", fieldValue(s.s.Request().Header, "X-One"))
		}
		listening(t, "/p", ServerConfig{}).message(whole[:cut]).wantRefused("a piece", 400, 1002)
	}
}

// The application has the body until the connection is open, which does not keep it.
func TestServer_BodyUntilOpen(t *testing.T) {
	s := listening(t, "/p", ServerConfig{}).message(request("Content-Length: 4") + "body")
	require.Equal(t, "body", string(s.s.Request().Body))
	s.decide(Decision{})
	require.Nil(t, s.s.Request().Body)
}

// That any target is accepted is for clients of gateways alone.
func TestServer_AnyTarget_OfKaazingClients(t *testing.T) {
	cfg := ServerConfig{AnyTarget: true}
	other := "GET /elsewhere HTTP/1.1\r\n\r\n"
	s := listening(t, "/p?.kl=Y", cfg).message(other)
	require.Equal(t, []string{"AskDecision"}, s.last)
	listening(t, "/p", cfg).message(other).wantRefused("for another path", 400, 1002)
}

// A failure behind the opening handshake is one of the extended handshake, also where the host told
// little of the opening request.
func TestServer_FailureLeg_OfLittle(t *testing.T) {
	s := newServed(t, ServerConfig{})
	s.take(s.s.Opened(t0, OpeningRequest{Target: "/p"}, nil))
	s.take(s.s.Lost(t0, "gone"))
	require.Equal(t, LegExtended, s.err.Leg)
}
