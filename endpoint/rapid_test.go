package endpoint

import (
	"strings"
	"testing"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// responses are things a server may say, good and bad.
var responses = []string{
	switching(), switching("Sec-WebSocket-Protocol: amqp"),
	switching("Sec-WebSocket-Extensions: x-a;n=2"), switching("Sec-WebSocket-Extensions: x-z"),
	response(101, "Sec-WebSocket-Accept: wrong"), response(204), response(205),
	response(201, "Content-Length: 4", "", "made"), response(201, "", "made"),
	response(100), response(202), challengeBasic, response(401), response(302, "Location: /q"),
	response(302, "Location: /p"), response(307, "Location: ws://h2/"),
	response(300, "Content-Type: text/uri-list", "", "/a\r\n/b"), response(407,
		"Proxy-Authenticate: Basic"), response(426, "Upgrade: TLS/1.2"), response(403, "", "no"),
	response(599), "HTTP/1.1 101\r\n\r\nHTTP/1.1 200 x\r\n\r\n", "garbage",
	"HTTP/1.1 101 x\r\nA b\r\n\r\n",
}

// pieces cuts s at any places.
func pieces(t *rapid.T, s string) []string {
	var list []string
	for len(s) > 0 {
		n := rapid.IntRange(1, len(s)).Draw(t, "piece")
		list, s = append(list, s[:n]), s[n:]
	}
	return list
}

func rapidConfig(t *rapid.T) ClientConfig {
	m := fsm.DefaultClientConfig()
	m.TerminatorOptional = rapid.Bool().Draw(t, "terminator optional")
	m.PlainFallback = rapid.Bool().Draw(t, "plain fallback")
	m.Upgrade = rapid.Bool().Draw(t, "upgrade")
	if rapid.Bool().Draw(t, "kaazing") {
		m.Profile = fsm.ProfileKaazing
	}
	cfg := ClientConfig{
		Machine: m, Subprotocols: []string{"amqp"}, Extensions: []string{"x-a;n=1"},
		HasCredentials: rapid.Bool().Draw(t, "credentials"),
		HasProxyLogin:  rapid.Bool().Draw(t, "proxy"), AllowDowngrade: rapid.Bool().Draw(t, "downgrade"),
	}
	if m.Profile != fsm.ProfileKaazing && rapid.Bool().Draw(t, "body") {
		cfg.Body = []byte("the body")
	}
	return cfg
}

// Where a response is cut into messages makes no difference. [INV-31]
func TestClient_Reading_AnySplit(t *testing.T) {
	t.Run("ADV-26/every-byte", func(t *testing.T) {
		proves(t, "KHP-GEN-09")
		for i := range len(switching()) - 1 { // an empty message would end it
			asking(t, ClientConfig{}).message(switching()[:i+1], switching()[i+1:], "").wantOpen("cut once")
		}
		for _, resp := range responses {
			whole, r := asking(t, ClientConfig{}).unit(resp), asking(t, ClientConfig{})
			for _, c := range []byte(resp) {
				r.message(string(c))
			}
			require.Equal(t, whole.all, r.message("").all, "%q", resp)
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		cfg := rapidConfig(t)
		cfg.Machine.Profile, cfg.Machine.TerminatorOptional = fsm.ProfileSpec, false
		resp := rapid.SampledFrom(responses).Draw(t, "response")
		whole, split := asking(t, cfg), asking(t, cfg)
		whole.unit(resp).hangUp()
		split.message(pieces(t, resp)...)
		split.message("").hangUp()
		require.Equal(t, whole.c.Phase(), split.c.Phase())
		require.Equal(t, whole.opens, split.opens)
		require.Equal(t, whole.dials, split.dials)
		require.Equal(t, whole.codes, split.codes)
		require.Equal(t, whole.c.Result(), split.c.Result())
		if whole.err != nil {
			require.Equal(t, whole.err.Failure, split.err.Failure)
			require.Equal(t, whole.err.Status, split.err.Status)
		}
	})
}

// Nor does it make a difference to the failure and the close code of text that is not UTF-8, where
// HTTP is broken as well. [INV-31]
func TestClient_Reading_AnySplitOfText(t *testing.T) {
	t.Attr("req", "WSP-TEXT-01")
	for line, want := range map[string]struct {
		failure fsm.Failure
		code    uint16
	}{
		"\xff: b\r\n":               {fsm.FailureUTF8, 1007},
		"\xe2\x82A: b\r\n":          {fsm.FailureMalformed, 1002},
		"A: \xe2\x82\x00":           {fsm.FailureUTF8, 1007},
		"Content-Length: 5\xff\r\n": {fsm.FailureUTF8, 1007},
		"Content-Length: x\r\n\xff": {fsm.FailureMalformed, 1002},
	} {
		unit := "HTTP/1.1 403 No\r\n" + line
		for cut := 1; cut <= len(unit); cut++ {
			r := asking(t, ClientConfig{})
			r.take(r.c.Message(t0, wire.Text, []byte(unit[:cut])))
			if r.err == nil && cut < len(unit) {
				r.take(r.c.Message(t0, wire.Text, []byte(unit[cut:])))
			}
			r.wantFail("refused", want.failure, want.code)
		}
	}
}

// Whatever happens in whatever order: no panic, outputs in a legal order, and open only if
// everything that completes a handshake was there.
func TestClient_AnyEvents(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := rapidConfig(t)
		c, err := NewClient("ws://h/p", cfg)
		require.NoError(t, err)
		r := newRun(t, c)
		kaazing := cfg.Machine.Profile == fsm.ProfileKaazing
		var khp, plain bool // selected by the opening handshake of this connection
		var unit string     // the unit in progress
		var units []string  // the units of this connection
		terminated := false
		say := func(typ wire.MessageType, m string) {
			if len(r.sent) > 0 || kaazing {
				if m == "" && typ == wire.Binary && unit != "" {
					units, unit, terminated = append(units, unit), "", true
				} else if terminated = false; !strings.HasPrefix(m, proceed) && !strings.HasPrefix(m, reroute) {
					unit += m
				} else {
					terminated = true
				}
			}
			r.take(c.Message(t0, typ, []byte(m)))
		}
		if rapid.IntRange(0, 2).Draw(t, "from the middle") > 0 {
			r.take(c.Connect(t0))
			r.take(c.Connected(t0, [16]byte{}))
			r.take(c.Opened(t0, Subprotocol, nil, zeroAccept))
			khp = true
			if kaazing && rapid.Bool().Draw(t, "proceed") {
				say(wire.Binary, proceed)
			}
		}
		small := rapid.SliceOfN(rapid.Byte(), 0, 40)
		types := rapid.SampledFrom([]wire.MessageType{wire.Binary, wire.Binary,
			wire.Binary, wire.Text, 0})
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			before := len(r.dials)
			event := rapid.IntRange(0, 21).Draw(t, "event")
			if (event == 15 || event == 16 || event == 20) && rapid.IntRange(0, 4).Draw(t, "end") > 0 {
				event = 8 // final events must not come too often
			}
			switch event {
			case 0:
				r.take(c.Connect(t0))
			case 1, 2:
				r.take(c.Connected(t0, [16]byte{}))
			case 3, 4:
				was := c.Phase()
				r.take(c.Opened(t0, Subprotocol, nil, zeroAccept))
				khp = khp || was == fsm.ClientOpening
			case 5:
				was := c.Phase()
				r.take(c.Opened(t0, rapid.SampledFrom([]string{"", "amqp", "mqtt"}).Draw(t, "protocol"),
					[]string{"x-b"}, ""))
				plain = plain || was == fsm.ClientOpening
			case 6:
				r.take(c.OpeningRefused(t0, rapid.IntRange(-1, 700).Draw(t, "status"),
					[]HeaderField{{"Location", "/q"}, {"WWW-Authenticate", "Basic"}}, nil))
			case 7:
				_, out := c.OpeningReceived(t0, small.Draw(t, "bytes"))
				r.take(out)
			case 8, 9, 10:
				say(wire.Binary, rapid.SampledFrom(responses).Draw(t, "response"))
				say(wire.Binary, "")
			case 11:
				for _, m := range pieces(t, rapid.SampledFrom(responses).Draw(t, "response")) {
					say(types.Draw(t, "type"), m)
				}
			case 12:
				say(types.Draw(t, "type"), string(small.Draw(t, "message")))
			case 13:
				say(wire.Binary, "")
			case 14:
				say(wire.Binary, rapid.SampledFrom([]string{proceed, proceed, reroute + "ws://h2/r", reroute}).
					Draw(t, "balancer"))
			case 15:
				r.take(c.PeerClosed(t0, uint16(rapid.IntRange(0, 5001).Draw(t, "code")), "bye"))
			case 16:
				r.take(c.Lost(t0, "lost"))
			case 17:
				r.take(c.Expire(t0.Add(time.Duration(rapid.IntRange(0, 70).Draw(t, "seconds")) * time.Second)))
			case 18:
				r.take(c.Credentials(t0, rapid.SampledFrom([]string{"", "Basic x", "Basic y", "a\r\nb"}).
					Draw(t, "credentials")))
			case 19:
				r.take(c.BodyWritten(t0))
				r.take(c.Ping(t0, []byte("p")))
				out, _ := c.Send(t0, wire.Text, []byte("m"))
				r.take(out)
			case 20:
				r.take(c.Violation(t0, fsm.Failure(rapid.IntRange(0, 40).Draw(t, "failure")), "bad"))
			case 21:
				if rapid.IntRange(0, 4).Draw(t, "close") == 0 {
					r.take(c.Close(t0, uint16(rapid.IntRange(0, 5001).Draw(t, "code")), "bye"))
				}
			}
			if len(r.dials) > before {
				khp, plain, unit, units, terminated = false, false, "", nil, false
			}
			if r.opens == 1 && !c.Result().Plain {
				require.True(t, khp && !plain, "KHP was selected [INV-01]")
				if cfg.Machine.TerminatorOptional && !kaazing {
					return
				}
				require.True(t, terminated, "the terminator was seen")
				var last wire.Response
				require.NoError(t, last.Parse([]byte(units[len(units)-1]), wire.Limits{}))
				require.Contains(t, []int{101, 201, 204, 205}, last.Status)
				return
			}
			require.LessOrEqual(t, len(r.dials), 8+3, "connections are bounded [INV-21]")
		}
		r.take(c.Close(t0, 1000, "enough"))
		r.take(c.Expire(c.Deadline()))
		require.True(t, r.over, "close ends it in any phase [LIV-11]: %v", r.all)
	})
}

// The same for the server.
func TestServer_AnyEvents(t *testing.T) {
	good := request("Sec-WebSocket-Extensions: x-a", "Sec-WebSocket-Protocol: amqp")
	messages := []string{good, good, good, "", "x", request("Expect: 100-continue",
		"Content-Length: 4"), "body", request("Transfer-Encoding: chunked"), "GET /q HTTP/1.1\r\n\r\n"}
	rapid.Check(t, func(t *rapid.T) {
		m := fsm.DefaultServerConfig()
		m.Plain, m.Unchecked = rapid.Bool().Draw(t, "plain"), rapid.Bool().Draw(t, "unchecked")
		s := newServed(t, ServerConfig{Machine: m})
		asked := false // the application owes a decision
		take := func(out []Output) {
			s.take(out)
			for _, o := range out {
				asked = asked || o.Kind == AskDecision
			}
		}
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			switch rapid.IntRange(0, 11).Draw(t, "event") {
			case 0, 1:
				target := rapid.SampledFrom([]string{"/p", "/p?.kl=Y"}).Draw(t, "target")
				_, out := s.s.OpeningReceived(t0, []byte("GET "+target+" HTTP/1.1\r\n"+openingFields+
					"Sec-WebSocket-Protocol: x-kaazing-handshake\r\n\r\n"))
				take(out)
			case 2:
				_, out := s.s.OpeningReceived(t0, rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "bytes"))
				take(out)
			case 3, 4:
				take(s.s.Message(t0, wire.Binary, []byte(rapid.SampledFrom(messages).Draw(t, "message"))))
			case 5:
				take(s.s.Message(t0, wire.Text, rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "bytes")))
			case 6, 7:
				d := Decision{
					Status: rapid.SampledFrom([]int{0, 101, 201, 202, 204, 302, 401, 403, 511, 999, -5}).Draw(t,
						"status"), Subprotocol: rapid.SampledFrom([]string{"", "amqp", "mqtt"}).Draw(t, "protocol"),
				}
				if rapid.Bool().Draw(t, "complete") {
					d.Location, d.Challenges = "/l", []string{"Basic"}
				}
				out, err := s.s.Decide(t0, d)
				if err != nil {
					require.Empty(t, out, "nothing is sent")
					continue
				}
				require.True(t, asked, "only what was asked is decided")
				asked = d.Status == 202
				take(out)
			case 8:
				take(s.s.Expire(t0.Add(time.Duration(rapid.IntRange(0, 70).Draw(t, "seconds")) * time.Second)))
			case 9:
				take(s.s.PeerClosed(t0, uint16(rapid.IntRange(0, 5001).Draw(t, "code")), "bye"))
			case 10:
				take(s.s.Ping(t0, []byte("p")))
				out, _ := s.s.Send(t0, wire.Text, []byte("m"))
				take(out)
			case 11:
				if rapid.IntRange(0, 5).Draw(t, "end") == 0 {
					take(s.s.Violation(t0, fsm.Failure(rapid.IntRange(0, 40).Draw(t, "failure")), "bad"))
				}
			}
		}
		take(s.s.Close(t0, 1000, "enough"))
		take(s.s.Expire(s.s.Deadline()))
		require.True(t, s.over, "close ends it in any phase: %v", s.all)
	})
}

// Both sides agree on the selection. [INV-49]
func TestPair_Agree(t *testing.T) {
	proves(t, "INV-49 INV-50")
	names := []string{"a", "b;n=1", "c", "d;x=\"y\";z"}
	rapid.Check(t, func(rt *rapid.T) {
		pick := func(of []string, label string) (list []string) {
			for _, n := range of {
				if rapid.Bool().Draw(rt, label) {
					list = append(list, n)
				}
			}
			return list
		}
		cfg := ClientConfig{Extensions: pick(names, "asked")}
		if rapid.Bool().Draw(rt, "kaazing") {
			cfg = kaazingClient()
			cfg.Extensions = pick(names, "asked")
		}
		if rapid.Bool().Draw(rt, "protocol") {
			cfg.Subprotocols = []string{"amqp", "stomp"}
		}
		p := newPair(t, "ws://h/p", cfg, func(_ wire.URL, r *Request) Decision {
			d := Decision{Status: rapid.SampledFrom([]int{101, 201, 204, 205}).Draw(rt, "status"),
				Extensions: pick(r.Extensions, "granted")}
			if len(r.Subprotocols) > 0 {
				d.Subprotocol = rapid.SampledFrom(append(r.Subprotocols, "")).Draw(rt, "selected")
			}
			return d
		}).run()
		require.NoError(rt, p.err)
		require.Equal(rt, 1, p.opened)
		require.Equal(rt, fsm.ServerOpen, p.server.Phase(), "[INV-50]")
		require.Equal(rt, p.server.Result().Subprotocol, p.client.Result().Subprotocol)
		require.Equal(rt, p.server.Result().Extensions, p.client.Result().Extensions)
		require.Equal(rt, p.server.Result().Status, p.client.Result().Status)
	})
}
