package endpoint

import (
	"strings"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/internal/place"
	"example.com/khp/internal/scan"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

func TestServer_Opening(t *testing.T) {
	get := func(target, fields string) string {
		return "GET " + target + " HTTP/1.1\r\n" +
			fields + "\r\n"
	}
	khp := "Sec-WebSocket-Protocol: " + Subprotocol + "\r\n"
	without := func(line string) string { return strings.Replace(openingFields+khp, line, "", 1) }
	swap := func(old, new string) string {
		return get("/p", strings.Replace(openingFields+khp, old, new, 1))
	}
	for _, v := range []struct {
		name, text string
		status     int
		says       string
	}{
		{"garbage", "\x16\x03\x01\x02\x00", 400, "not a token"},
		{"http-1.0", strings.Replace(get("/p", openingFields), "1.1", "1.0", 1), 505, "minor version"},
		{"method", strings.Replace(get("/p", openingFields), "GET", "POST", 1), 405, "is a GET request"},
		{"no-upgrade", get("/p", without("Upgrade: websocket\r\n")), 426, "no Upgrade: websocket"},
		{"no-connection", get("/p", without("Connection: Upgrade\r\n")), 400, "no Connection: Upgrade"},
		{"version", swap("Version: 13", "Version: 7"), 426, "expected Sec-WebSocket-Version: 13"},
		{"two-versions", get("/p", openingFields+khp+"Sec-WebSocket-Version: 13\r\n"), 400,
			"Sec-WebSocket-Version is repeated"},
		{"no-key", swap("Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n", ""), 400, "Sec-WebSocket-Key"},
		{"two-keys", get("/p", openingFields+"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"), 400,
			"Sec-WebSocket-Key"},
		{"no-host", get("/p", without("Host: h\r\n")), 400, "no Host"},
		{"two-hosts", get("/p", openingFields+"Host: h\r\n"), 400, "repeated"},
		{"body", get("/p", openingFields+"Content-Length: 3\r\n"), 400, "no body"},
		{"chunked", get("/p", openingFields+"Transfer-Encoding: chunked\r\n"), 501, "Transfer-Encoding"},
		{"foreign-origin", get("/p", openingFields+khp+"Origin: http://evil.example\r\n"), 403,
			"is not allowed"},
		{"foreign-origin-8",
			strings.Replace(get("/p", openingFields+khp+"Sec-WebSocket-Origin: http://evil.example\r\n"),
				"Version: 13", "Version: 8", 1), 403, "is not allowed"},
		{"foreign-origin-old-name", get("/p", openingFields+khp+
			"Sec-WebSocket-Origin: http://evil.example\r\n"), 403, "is not allowed"},
		{"two-origins", get("/p", openingFields+khp+
			"Origin: http://h\r\nOrigin: http://evil.example\r\n"), 400, "Origin is repeated"},
		{"two-origins-alike", get("/p", openingFields+khp+"Origin: http://h\r\norigin: http://h\r\n"),
			400, "Origin is repeated"},
		{"two-origins-8", get("/p", openingFields+khp+"Sec-WebSocket-Origin: http://h\r\n"+
			"Sec-WebSocket-Origin: http://evil.example\r\n"), 400, "Sec-WebSocket-Origin is repeated"},
		{"origins-differ", get("/p", openingFields+khp+
			"Origin: http://h\r\nSec-WebSocket-Origin: http://evil.example\r\n"), 400, "differ"},
		{"empty-origin", get("/p", openingFields+khp+"Origin: \r\n"), 400, "is empty"},
		{"empty-protocols", get("/p", openingFields+khp+"Sec-WebSocket-Protocol: \r\n"), 400,
			"no element"},
		{"empty-extensions", get("/p", openingFields+khp+"Sec-WebSocket-Extensions: \r\n"), 400,
			"no extension"},
		{"two-authorizations", get("/p", openingFields+khp+
			"Authorization: Basic YTpi\r\nauthorization: Basic YTpj\r\n"), 400, "Authorization is repeated"},
		{"two-cookies", get("/p", openingFields+khp+"Cookie: a=b\r\nCookie: a=c\r\n"), 400,
			"Cookie is repeated"},
		{"other-authority", get("http://other/p", openingFields+khp), 400, "its Host is"},
		{"null-origin", get("/p", openingFields+khp+"Origin: null\r\n"), 403, "is not allowed"},
		{"subprotocols-malformed", get("/p", openingFields+"Sec-WebSocket-Protocol: a b\r\n"), 400,
			"Sec-WebSocket-Protocol"},
		{"extensions-malformed", get("/p", openingFields+khp+"Sec-WebSocket-Extensions: =\r\n"), 400,
			"Sec-WebSocket-Extensions"},
		{"no-khp", get("/p", openingFields), 400, "did not offer"},
		{"long-target", get("/"+strings.Repeat("a", 9000), openingFields), 414, "target"},
		{"long-field", get("/p", openingFields+"A: "+strings.Repeat("a", 9000)+"\r\n"), 431, "line"},
		{"endless", "GET /p HTTP/1.1\r\n" + strings.Repeat("A: b\r\n", 5000), 431, ""},
		{"big-length", get("/p", openingFields+"Content-Length: 99999999\r\n"), 413, "limit"},
	} {
		t.Run(v.name, func(t *testing.T) {
			proves(t, "KHP-OPEN-03 KHP-GEN-08")
			provesBy(t, v.name, "no-upgrade", "RFC2068-101-01", "no-connection", "RFC2068-101-01",
				"long-field", "RFC6585-431-01")
			s := newServed(t, ServerConfig{})
			used, out := s.s.OpeningReceived(t0, []byte(v.text))
			require.Equal(t, len(v.text) > 0, used > 0)
			var r wire.Response
			require.NoError(t, r.Parse(out[0].Data, wire.Limits{}))
			require.Equal(t, v.status, r.Status, "%s", r.Body)
			require.Contains(t, string(r.Body), v.says)
			s.take(out)
			s.wantLast("answered and gone", "SendBytes HTTP/1.1 "+itoa(v.status)+" "+
				fsm.OpeningStatus(v.status).Reason, "Disconnect", "Fail")
			require.Equal(t, LegOpening, s.err.Leg)
			require.Contains(t, s.err.Error(), v.says)
		})
	}
	t.Run("accepted", func(t *testing.T) {
		proves(t, "KHP-OPEN-03 KHP-OPEN-04 KHP-GEN-04")
		s := listening(t, "http://h/p?a=b", ServerConfig{})
		s.wantLast("the client speaks first", "SendBytes HTTP/1.1 101 Switching Protocols")
		s.wantTimers("of the request", fsm.TimerRequest, fsm.TimerOverall)
	})
	t.Run("names-the-protocol", func(t *testing.T) {
		proves(t, "RFC2068-101-01")
		_, out := NewServer(ServerConfig{}).OpeningReceived(t0, []byte(get("/p", openingFields+khp)))
		var r wire.Response
		_, err := r.ParseHead(out[0].Data, wire.Limits{})
		require.NoError(t, err)
		upgrade, _ := r.Fields.Get("Upgrade")
		require.Equal(t, "101 websocket", itoa(r.Status)+" "+string(upgrade))
		v, _ := r.Fields.Get("Connection")
		require.True(t, scan.HasToken(v, "Upgrade"))
	})
	t.Run("byte-by-byte", func(t *testing.T) {
		proves(t, "RFC2068-101-02")
		s := NewServer(ServerConfig{})
		text := []byte(get("/p", openingFields+khp) + "rest")
		for i := range len(text) {
			used, out := s.OpeningReceived(t0, text[:i])
			if i < len(text)-4 {
				require.Zero(t, used)
				require.Empty(t, out)
				continue
			}
			require.Equal(t, len(text)-4, used)
			require.Contains(t, string(out[0].Data), "Sec-WebSocket-Protocol: x-kaazing-handshake\r\n")
			used, out = s.OpeningReceived(t0, text)
			require.Zero(t, used+len(out), "once")
			return
		}
	})
	t.Run("plain", func(t *testing.T) {
		proves(t, "KHP-OPEN-05 WSP-OPEN-08")
		m := fsm.DefaultServerConfig()
		m.Plain = true
		s := NewServer(ServerConfig{Machine: m})
		_, out := s.OpeningReceived(t0, []byte(get("/p", openingFields)))
		require.Equal(t, Open, out[len(out)-1].Kind)
		require.NotContains(t, string(out[0].Data), "Protocol:")
		require.Equal(t, Result{Plain: true, Status: 101}, s.Result())
	})
	t.Run("by-the-host", func(t *testing.T) {
		s := newServed(t, ServerConfig{})
		s.take(s.s.Opened(t0, OpeningRequest{Target: "/p?.kl=Y", Key: "AAAAAAAAAAAAAAAAAAAAAA=="},
			[]string{"permessage-deflate", "\r\n"}))
		s.wantLast("the 101 is out already", "SendMessage "+proceed)
		s.wantTimers("of the request", fsm.TimerRequest, fsm.TimerOverall)
		require.Nil(t, s.s.Opened(t0, OpeningRequest{Target: "/q"}, nil), "once")
		require.Nil(t, s.s.Opening(t0, &wire.Request{}))
		s.message(request("Sec-WebSocket-Extensions: permessage-deflate"))
		s.wantRefused("extension again", 400, 1002)
	})
	t.Run("target-forms", func(t *testing.T) {
		for target, want := range map[string]string{"/p": "/p", "ws://h/p?q": "/p?q", "http://h?q": "/?q",
			"wss://h": "/"} {
			require.Equal(t, want, place.OriginForm(target))
		}
		o := OpeningRequest{Target: "/p?.kl=Y"}
		require.True(t, o.Kaazing() && o.Path() == "/p")
		s := NewServer(ServerConfig{})
		s.OpeningReceived(t0,
			[]byte(get("/p", openingFields+khp+"Sec-WebSocket-Extensions: x-a;b, x-c\r\n")))
		require.Equal(t, []string{"x-a;b", "x-c"}, s.open.Extensions)
		require.Equal(t, fsm.ServerAwaitRequest, s.State().Phase())
	})
	t.Run("origin", func(t *testing.T) {
		for _, v := range []struct {
			origin, host string
			ok           bool
		}{
			{"http://h", "h", true}, {"http://H:80", "h", true}, {"https://h", "h:443", true},
			{"privileged://h:80", "h", true}, {"privileged://h:443", "h", true},
			{"http://h:81", "h", false}, {"http://h", "h:81", false}, {"h", "h", false},
			{"http://h/", "h", false}, {"http://evil@h", "h", false}, {"http://h.evil", "h", false},
		} {
			require.Equal(t, v.ok, SameOrigin(v.origin, v.host), "%s at %s", v.origin, v.host)
		}
		s := NewServer(ServerConfig{CheckOrigin: func(o, h string) bool { return o == "http://friend" }})
		_, out := s.OpeningReceived(t0, []byte(get("/p", openingFields+khp+"Origin: http://friend\r\n")))
		require.Contains(t, string(out[0].Data), "101")
	})
	t.Run("closing-down", func(t *testing.T) {
		s := NewServer(ServerConfig{})
		require.Contains(t, string(s.Close(t0, 1001, "")[0].Data), "503 Service Unavailable")
		s = NewServer(ServerConfig{})
		require.ErrorIs(t, s.Lost(t0, "reset")[1].Err, fsm.FailureConnectionLost)
	})
}

// A connection that another layer has opened is held to the same rules. It is too late for a status
// there.
func TestServer_Opened_SecurityFields(t *testing.T) {
	ask := ServerConfig{CheckOrigin: func(origin, host string) bool {
		return origin == "http://friend" && host == "h"
	}}
	for _, v := range []struct {
		name   string
		cfg    ServerConfig
		fields []HeaderField
		says   string
	}{
		{"fine", ServerConfig{}, []HeaderField{{"Host", "h"}, {"Origin", "http://elsewhere"}}, ""},
		{"friend", ask, []HeaderField{{"Origin", "http://friend"}}, ""},
		{"friend of version 8", ask, []HeaderField{{"sec-websocket-origin", "http://friend"}}, ""},
		{"no origin", ask, nil, ""},
		{"foreign", ask, []HeaderField{{"Origin", "http://evil"}},
			`Origin "http://evil" is not allowed here`},
		{"foreign of version 8", ask, []HeaderField{{"Sec-WebSocket-Origin", "http://evil"}},
			"is not allowed here"},
		{"two", ServerConfig{}, []HeaderField{{"Origin", "http://friend"}, {"origin", "http://evil"}},
			"Origin is repeated"},
		{"two differ", ask, []HeaderField{{"Origin", "http://friend"},
			{"Sec-WebSocket-Origin", "http://evil"}}, "differ"},
		{"two logins", ServerConfig{}, []HeaderField{{"Authorization", "a"}, {"Authorization", "b"}},
			"Authorization is repeated"},
		{"host refuses", ServerConfig{CheckOpening: func(*OpeningRequest) (int, string) {
			return 404, "no such place"
		}}, nil, "no such place"},
	} {
		t.Run(v.name, func(t *testing.T) {
			s := NewServer(v.cfg)
			out := s.Opened(t0, OpeningRequest{Target: "/p", Host: "h", Subprotocols: []string{Subprotocol},
				Opening: v.fields}, nil)
			if v.says == "" {
				require.Equal(t, fsm.ServerAwaitRequest, s.Phase())
				return
			}
			require.Equal(t, SendClose, out[0].Kind)
			require.EqualValues(t, 1008, out[0].Code)
			require.Equal(t, Fail, out[len(out)-1].Kind)
			require.ErrorContains(t, out[len(out)-1].Err, v.says)
			require.ErrorIs(t, out[len(out)-1].Err, fsm.FailureOpening)
			var e *HandshakeError
			require.ErrorAs(t, out[len(out)-1].Err, &e)
			require.Contains(t, []int{400, 403, 404}, e.Status)
			require.Equal(t, v.name == "host refuses", e.Status == 404)
		})
	}
}

// A refusal of the opening handshake is a whole HTTP response, which declares its contents.
func TestServer_Opening_RefusalIsWhole(t *testing.T) {
	for name, head := range map[string]string{
		"method": "PUT /p HTTP/1.1\r\n" + openingFields + "\r\n", "host": "GET /p HTTP/1.1\r\n\r\n",
		"no HTTP": "hello\r\n\r\n",
	} {
		s := newServed(t, ServerConfig{})
		_, out := s.s.OpeningReceived(t0, []byte(head))
		s.take(out)
		var r wire.Response
		n, chunked, err := 0, false, error(nil)
		n, chunked, err = r.ParseOpening(out[0].Data, wire.DefaultLimits())
		require.NoError(t, err, name)
		require.False(t, chunked, name)
		require.EqualValues(t, len(out[0].Data)-n, r.ContentLength, name)
		require.Positive(t, r.ContentLength, name)
		kind, _ := r.Fields.Get("Content-Type")
		require.Equal(t, "text/plain; charset=utf-8", string(kind), name)
		connection, _ := r.Fields.Get("Connection")
		require.True(t, scan.HasToken(connection, "close"), name)
	}
}

// An origin is a scheme and an authority, and nothing that only looks like one names the host.
func TestSameOrigin_IsAnOrigin(t *testing.T) {
	for _, v := range []struct {
		origin, host string
		same         bool
	}{
		{"http://h", "h", true}, {"https://H:443", "h", true}, {"privileged://h:80", "h", true},
		{"http://h:80", "h:80", true}, {"http://h", "h:80", true}, {"http://h:443", "h", false},
		{"null", "null", false}, {"", "", false}, {"h", "", false}, {"http://h/", "h/", false},
		{"http://u@h", "u@h", false}, {"http://h?", "h?", false}, {"http://h#", "h#", false},
		{"http://h", "h.evil", false}, {"http://evil.h", "h", false},
		{"ws://h", "h", true}, {"ws://h:80", "h", true}, {"wss://h", "h:443", true},
		{"ws://h:443", "h", false}, {"wss://h:80", "h", false}, {"ws://h", "h:81", false},
		{"app://h", "h", true}, {"app://h:80", "h", false}, {"app://g", "h", false},
	} {
		require.Equal(t, v.same, SameOrigin(v.origin, v.host), v)
	}
}

// A target in absolute form names the host as Host does, whether it names the port of its scheme or
// not. [RFC 9112 3.2.2]
func TestServer_Opening_AbsoluteTarget_Port(t *testing.T) {
	for target, status := range map[string]int{"ws://h/p": 101, "ws://h:80/p": 101, "wss://h/p": 101,
		"wss://H:443/p": 101, "http://h:80/p": 101, "https://h:443/p": 101, "ws://g/p": 400,
		"ws://h:443/p": 400, "wss://h:80/p": 400, "ws://h:81/p": 400, "http:///p": 400, "ws://?p": 400} {
		_, out := NewServer(ServerConfig{}).OpeningReceived(t0, []byte("GET "+target+" HTTP/1.1\r\n"+
			openingFields+"Sec-WebSocket-Protocol: "+Subprotocol+"\r\n\r\n"))
		require.Contains(t, string(out[0].Data), "HTTP/1.1 "+itoa(status)+" ", target)
	}
}
