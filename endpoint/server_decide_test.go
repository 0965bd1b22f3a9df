package endpoint

import (
	"strings"
	"testing"

	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
)

func TestServer_Decide(t *testing.T) {
	long := strings.Repeat("x", 9000)
	var many []HeaderField
	for range 101 {
		many = append(many, HeaderField{"A", "b"})
	}
	for _, v := range []struct {
		name string
		d    Decision
		says string
	}{
		{"lacking/location", Decision{Status: 302}, "requires Location"},
		{"lacking/choices", Decision{Status: 300}, "requires Location"},
		{"lacking/challenge", Decision{Status: 401}, "requires WWW-Authenticate"},
		{"lacking/proxy-challenge", Decision{Status: 407}, "requires Proxy-Authenticate"},
		{"lacking/upgrade", Decision{Status: 426}, "requires Upgrade"},
		{"selection/protocol", Decision{Subprotocol: "mqtt"}, "was not requested"},
		{"selection/extension", Decision{Extensions: []string{"x-c"}}, "was not requested"},
		{"selection/twice", Decision{Extensions: []string{"x-a", "x-a;n=1"}}, "selected twice"},
		{"selection/two-in-one", Decision{Extensions: []string{"x-a, x-b"}}, "is not of the form"},
		{"selection/khp", Decision{Subprotocol: Subprotocol}, "was not requested"},
		{"selection/nothing-asked", Decision{Status: 201, Subprotocol: "x"}, "the client asked for"},
		{"selection/refusal", Decision{Status: 403, Subprotocol: "amqp"}, "does not complete"},
		{"status/511", Decision{Status: 511}, "never sends it"}, {"status/100", Decision{Status: 100},
			"never sends it"}, {"status/102", Decision{Status: 102}, "never sends it"},
		{"status/99", Decision{Status: 99}, "not a status code"},
		{"status/1000", Decision{Status: 1000}, "not a status code"},
		{"status/wrapped", Decision{Status: 65536 + 101}, "not a status code"},
		{"status/negative", Decision{Status: -1}, "not a status code"},
		{"status/600", Decision{Status: 600}, "never sends it"},
		{"body/304", Decision{Status: 304, Body: []byte("x")}, "has no body"},
		{"body/101", Decision{Body: []byte("x")}, "has no body"},
		{"body/long", Decision{Status: 403, Body: make([]byte, 70_000)}, "a client reads 65536"},
		{"ADV-75/location", Decision{Status: 302, Location: "/a\r\nX: y"}, "control bytes"},
		{"ADV-75/location-userinfo", Decision{Status: 302, Location: "ws://a:b@h/"},
			"cannot be followed"},
		{"ADV-75/challenge", Decision{Status: 401, Challenges: []string{"Basic\r\nX: y"}},
			"control bytes"}, {"ADV-75/challenge-broken",
			Decision{Status: 401, Challenges: []string{`Basic realm="`}}, "is not of the form"},
		{"ADV-75/challenge-empty", Decision{Status: 401, Challenges: []string{""}}, "empty"},
		{"ADV-75/upgrade", Decision{Status: 426, Upgrade: "TLS/1.2\r\n"}, "control bytes"},
		{"ADV-75/header-name", Decision{Header: []HeaderField{{"A\r\nB", "c"}}}, "not a token"},
		{"ADV-75/header-value", Decision{Header: []HeaderField{{"A", "b\r\n\r\nHTTP/1.1"}}},
			"control bytes"},
		{"ADV-75/own-field", Decision{Header: []HeaderField{{"content-length", "5"}}},
			"written from the decision"}, {"ADV-75/body-type",
			Decision{Status: 403, Body: []byte("x"), BodyType: "a\r\nb"}, "control bytes"},
		{"extension/blank", Decision{Extensions: []string{"x-a "}}, "is not of the form"},
		{"ADV-75/extension", Decision{Extensions: []string{"x-a;n=\r\n"}}, "is not of the form"},
		{"ADV-75/protocol", Decision{Subprotocol: "amqp\r\nX: y"}, "was not requested"},
		{"upgrade/101", Decision{Upgrade: "h2c"}, "Upgrade goes with 426"},
		{"reroute/spec", Decision{Reroute: "ws://h2/"}, "only clients of the kaazing profile"},
		{"reroute/302", Decision{Status: 302, Location: "/a", Reroute: "ws://h2/"}, "leave Status 0"},
		{"reroute/garbage", Decision{Reroute: "h2\r\n"}, "is not a ws or wss URL"},
		{"long/field", Decision{Header: []HeaderField{{"A", long}}}, "cannot be written"},
		{"long/location", Decision{Status: 302, Location: "/" + long}, "cannot be written"},
		{"long/fields", Decision{Header: many}, "are read"}, {"long/head", Decision{
			Header: []HeaderField{{"A", long[:8000]}, {"B", long[:8000]}, {"C", long[:8000]}},
		}, "are read"},
	} {
		t.Run(v.name, func(t *testing.T) {
			provesBy(t, v.name, "lacking/challenge", "KHP-STATUS-401-04", "lacking/proxy", "RFC2068-407-02",
				"lacking", "KHP-REDIR-06", "selection/ext", "KHP-EXT-RSP-09 WSP-EXT-03", "status/511",
				"RFC6585-511-04 KHP-STATUS-511-02")
			s := listening(t, "/p", ServerConfig{}).deciding("Sec-WebSocket-Protocol: amqp",
				"Sec-WebSocket-Extensions: x-a, x-b")
			out, err := s.s.Decide(t0, v.d)
			require.ErrorContains(t, err, v.says)
			require.Empty(t, out, "nothing is sent")
			s.decide(Decision{Subprotocol: "amqp", Extensions: []string{"x-b"}}).
				wantLast("a later decision works",
					"SendMessage HTTP/1.1 101 Switching Protocols", "SendMessage", "Open")
			require.NotContains(t, s.sent[0], "X: y")
			require.Equal(t, "amqp", s.s.Result().Subprotocol)
		})
	}
	t.Run("every-field", func(t *testing.T) {
		proves(t, "KHP-EXT-RSP-01 KHP-EXT-RSP-07 KHP-EXT-RSP-13")
		s := listening(t, "/p", ServerConfig{}).deciding("Sec-WebSocket-Extensions: x-a, x-b").
			decide(Decision{Status: 201, Location: "/made", Extensions: []string{"x-a;n=1", "x-b"},
				Header: []HeaderField{{"X-A", "b"}}, Body: []byte("m"), BodyType: "text/html"})
		require.Equal(t, "HTTP/1.1 201 Created\r\nSec-WebSocket-Extensions: x-a;n=1\r\n"+
			"Sec-WebSocket-Extensions: x-b\r\nLocation: /made\r\nX-A: b\r\nContent-Type: text/html\r\n"+
			"Content-Length: 1\r\n\r\nm", s.sent[0])
	})
	for _, v := range []struct {
		d    Decision
		want string
	}{
		{Decision{Status: 407, Challenges: []string{"Basic"}}, "Proxy-Authenticate: Basic\r\n"},
		{Decision{Status: 426, Upgrade: "TLS/1.2"}, "Upgrade: TLS/1.2\r\n"},
		{Decision{Status: 429}, "Cache-Control: no-store\r\n"}, {Decision{Status: 431},
			"Cache-Control: no-store\r\n"}, {Decision{Status: 428}, "Cache-Control: no-store\r\n"},
		{Decision{Status: 302, Location: "ws://bücher.example/"}, "Location: ws://bücher.example/\r\n"},
		{Decision{Status: 404}, "\r\n\r\nNot Found\n"},
		{Decision{Status: 304}, "HTTP/1.1 304 Not Modified\r\n\r\n"},
		{Decision{Status: 300, Location: "/a"}, "Location: /a\r\n"}, {Decision{
			Status: 301, Location: "/a",
		}, "Location: /a\r\n"}, {Decision{Status: 303, Location: "/a"}, "Location: /a\r\n"},
		{Decision{Status: 305}, "HTTP/1.1 305"}, {Decision{Status: 306}, "HTTP/1.1 306"}, {Decision{
			Status: 307, Location: "/a",
		}, "Location: /a\r\n"}, {Decision{Status: 308}, "HTTP/1.1 308"},
	} {
		t.Run("refusal/"+itoa(v.d.Status), func(t *testing.T) {
			provesBy(t, itoa(v.d.Status), "3", "KHP-CLASS-3XX-01 KHP-STATUS-"+itoa(v.d.Status)+"-09", "407",
				"RFC2068-407-02", "404", "KHP-CLASS-4XX-01", "428", "RFC6585-428-03", "429", "RFC6585-429-05",
				"431", "RFC6585-431-04")
			s := listening(t, "/p", ServerConfig{}).deciding().decide(v.d)
			require.Contains(t, s.sent[0], v.want)
			s.wantRefused("and closes", v.d.Status, 1000)
		})
	}
	t.Run("unchecked", func(t *testing.T) {
		m := fsm.DefaultServerConfig()
		m.Unchecked = true
		for _, status := range []int{100, 102, 302, 407, 426, 511, 600, 999} {
			s := listening(t, "/p", ServerConfig{Machine: m}).deciding().decide(Decision{Status: status})
			require.Contains(t, s.sent[0], "HTTP/1.1 "+itoa(status))
		}
		s := listening(t, "/p", ServerConfig{Machine: m}).deciding()
		_, err := s.s.Decide(t0, Decision{Status: 401, Challenges: []string{"a\r\nb"}})
		require.Error(t, err, "injection is refused even so")
		s.decide(Decision{Status: 401})
	})
}
