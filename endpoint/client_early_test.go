package endpoint

import (
	"strings"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
)

// A message that came together with the opening 101 cannot answer a request that was not sent yet.
func TestClient_TooEarly(t *testing.T) {
	proves(t, "KHP-EXT-02")
	frame := func(op ws.OpCode, p string) string {
		return string(ws.MustCompileFrame(ws.NewFrame(op, true, []byte(p))))
	}
	binary := func(p string) string { return frame(ws.OpBinary, p) }
	spec, auto := ClientConfig{}, ClientConfig{Machine: fsm.DefaultClientConfig()}
	auto.Machine.Profile = fsm.ProfileAuto
	const refusal = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\n"
	for _, v := range []struct {
		name     string
		cfg      ClientConfig
		behind   string   // the opening 101, in one read
		messages []string // told then
		want     fsm.Failure
	}{
		{"response", spec, binary(switching()) + binary(""), []string{switching()},
			fsm.FailureUnexpectedMessage},
		{"behind a Ping", spec, frame(ws.OpPing, "hi") + binary(switching()), []string{switching()},
			fsm.FailureUnexpectedMessage},
		{"in fragments", spec, "\x02\x01H" + "\x80\x01T", []string{"HT"}, fsm.FailureUnexpectedMessage},
		{"long", spec, binary(switching("X: " + string(make([]byte, 200)))), []string{"x"},
			fsm.FailureUnexpectedMessage},
		{"longer", spec, binary(string(make([]byte, 70000))), []string{"x"},
			fsm.FailureUnexpectedMessage},
		{"second of two", kaazingClient(), binary(proceed) + binary(switching()),
			[]string{proceed, switching()}, fsm.FailureUnexpectedMessage},
		{"auto, behind N", auto, binary(proceed) + binary(switching()), []string{proceed, switching()},
			fsm.FailureUnexpectedMessage},
		{"refusal", spec, binary(refusal+"no") + binary(""), []string{refusal + "no"}, fsm.FailureStatus},
		{"refusal in two messages", spec, binary(refusal) + binary("no"), []string{refusal, "no"},
			fsm.FailureStatus},
		{"only begun", spec, binary(switching())[:20], []string{switching(), ""}, 0},
		{"only a Pong", spec, frame(ws.OpPong, ""), []string{switching(), ""}, 0},
		{"length cut", spec, "\x82\x7e\x00", []string{switching(), ""}, 0},
		{"masked", spec, "\x82\x80abcd", []string{switching(), ""}, 0},
		{"length beyond reason", spec, "\x82\x7f\xff\xff\xff\xff\xff\xff\xff\xff",
			[]string{switching(), ""}, 0},
		{"nothing", spec, "", []string{switching(), ""}, 0},
	} {
		t.Run(v.name, func(t *testing.T) {
			r := dialed(t, "ws://h/p", v.cfg)
			head := "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
				zeroAccept + "\r\nSec-WebSocket-Protocol: " + Subprotocol + "\r\n\r\n"
			used, outs := r.c.OpeningReceived(t0, []byte(head+v.behind))
			require.Equal(t, len(head), used)
			r.take(outs)
			for _, m := range v.messages {
				r.take(r.c.Message(t0, wire.Binary, []byte(m)))
			}
			if v.want == 0 {
				r.wantOpen("nothing was too early")
				return
			}
			r.hangUp()
			require.ErrorIs(t, r.err, v.want)
		})
	}
}

// A refusal that came too early is judged under the client's limits, as one that comes in time, and
// so is one of which the status alone is right.
func TestClient_TooEarly_Judged(t *testing.T) {
	refusal := func(fill int) string {
		return "HTTP/1.1 503 No\r\nX: " + strings.Repeat("x", fill) + "\r\nContent-Length: 0\r\n\r\n"
	}
	limited := func(l wire.Limits) ClientConfig { return ClientConfig{Limits: l} }
	for _, v := range []struct {
		name    string
		cfg     ClientConfig
		message string
		want    fsm.Failure
		code    uint16
	}{
		{"default", ClientConfig{}, refusal(100), fsm.FailureStatus, 1000},
		{"over the default", ClientConfig{}, refusal(20_000), fsm.FailureLimit, 1009},
		{"raised", limited(wire.Limits{Head: 64 << 10, Line: 64 << 10}), refusal(20_000),
			fsm.FailureStatus, 1000},
		{"lowered", limited(wire.Limits{Head: 256}), refusal(250), fsm.FailureLimit, 1009},
		{"lowered line", limited(wire.Limits{Line: 64}),
			"HTTP/1.1 503 " + strings.Repeat("x", 60) + "\r\n\r\n", fsm.FailureLimit, 1009},
		{"no HTTP", ClientConfig{}, "HTTP/1.1 503 No\n\n", fsm.FailureMalformed, 1002},
		{"no terminating status", limited(wire.Limits{Head: 64 << 10, Line: 64 << 10}),
			strings.Replace(refusal(20_000), "503", "202", 1), fsm.FailureUnexpectedMessage, 1002},
		{"no status", ClientConfig{}, "HTTP/1.1 50", fsm.FailureUnexpectedMessage, 1002},
	} {
		t.Run(v.name, func(t *testing.T) {
			for early := range 2 {
				for _, kind := range []wire.MessageType{wire.Text, wire.Binary} {
					r := dialed(t, "ws://h/p", v.cfg)
					head := "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
						"Sec-WebSocket-Accept: " + zeroAccept + "\r\nSec-WebSocket-Protocol: " + Subprotocol +
						"\r\n\r\n"
					frame := ws.MustCompileFrame(ws.NewFrame(ws.OpCode(kind), true, []byte(v.message)))
					used, outs := r.c.OpeningReceived(t0, append([]byte(head), frame[:early*len(frame)]...))
					require.Equal(t, len(head), used)
					r.take(outs)
					if early == 0 && v.want == fsm.FailureUnexpectedMessage {
						continue // which it is not, in time
					}
					before := []byte(v.message)
					r.take(r.c.Message(t0, kind, before))
					require.Equal(t, v.message, string(before), "it is read only")
					r.wantFail("whenever it came", v.want, v.code)
				}
			}
		})
	}
}

// Both sides report bytes that come where none may come, and leave out possible secrets.
func TestUnexpectedMessage_Detail(t *testing.T) {
	const secret = "GET /p?token=s3cret HTTP/1.1\r\n\r\n"
	r := asking(t, ClientConfig{HasCredentials: true}).unit(challengeBasic).message("hello")
	require.Contains(t, r.wantFail("nobody asked", fsm.FailureUnexpectedMessage, 1002).Error(),
		`expected nothing while credentials are asked for, `+
			`got a binary message of 5 bytes starting "hello"`)
	s := listening(t, "/p", ServerConfig{}).deciding()
	s.message(secret)
	require.Contains(t, s.sent[0],
		"expected nothing before the response, got a binary message of 32 bytes starting \"GET /p\"\n")
	require.NotContains(t, s.sent[0], "s3cret")
}

// A message is quoted up to the end of a character.
func TestUnexpectedMessage_WholeCharacters(t *testing.T) {
	for n := range 40 {
		r := asking(t, ClientConfig{HasCredentials: true}).unit(challengeBasic)
		r.take(r.c.Message(t0, wire.Text, []byte(strings.Repeat("a", n)+strings.Repeat("€", 20))))
		err := r.wantFail("nobody asked", fsm.FailureUnexpectedMessage, 1002)
		require.NotContains(t, err.Error(), `\x`, n)
	}
}

// Texts that a peer reads about its request are written for that peer.
func TestServer_BodyForThePeer(t *testing.T) {
	s := listening(t, "/p", ServerConfig{}).message("garbage")
	require.Contains(t, s.sent[0],
		"\r\n\r\nthe request ends at byte 7, before the empty line behind its fields\n")
	s = listening(t, "/p", ServerConfig{}).
		message("GET /p HTTP/1.1\r\nSec-WebSocket-Protocol: a,,;\r\n\r\n")
	require.NotContains(t, s.sent[0], "wire:")
	require.Contains(t, s.sent[0], "Sec-WebSocket-Protocol: bad list at byte ")
}

// A URL that is none may hold line ends; the error stays one line.
func TestNewClient_UnusableURL(t *testing.T) {
	_, err := NewClient("ws://h/\r\nInjected: yes", ClientConfig{})
	require.NotContains(t, err.Error(), "\n")
	require.Contains(t, err.Error(), `"ws://h/\r\nInjected: yes"`)
}

// Where a gateway reroutes behind its response, it is not that response that refuses.
func TestClient_RerouteHasNoStatus(t *testing.T) {
	cfg := kaazingClient()
	cfg.Redirects = RedirectNever
	err := asking(t, cfg).message(proceed, switching(), "", reroute+"ws://h2/q").
		wantFail("redirects are off", fsm.FailureStatus, 1000)
	require.Zero(t, err.Status)
	require.NotContains(t, err.Error(), "101")
}

// The status of a response that lacks nothing but its end is known.
func TestClient_MissingTerminator_Status(t *testing.T) {
	r := asking(t, ClientConfig{}).message(switching())
	r.take(r.c.Lost(t0, "cut"))
	require.ErrorIs(t, r.err, fsm.FailureMissingTerminator)
	require.Equal(t, 101, r.err.Status)
}

// A message that comes together with the opening 101 and cannot be an answer to a request is judged
// as if it came later: the first message of a plain WebSocket, and one of a gateway that is not N.
func TestClient_EarlyButNoAnswer(t *testing.T) {
	opened := func(cfg ClientConfig, lines ...string) *run {
		r := dialed(t, "ws://h/p", cfg)
		_, out := r.c.OpeningReceived(t0, []byte(switching(lines...)+"\x82\x05hello"))
		r.take(out)
		require.False(t, r.c.TooEarly([]byte("hello")))
		return r.message("hello")
	}
	m := fsm.DefaultClientConfig()
	m.PlainFallback = true
	require.Equal(t, []string{"hello"}, opened(ClientConfig{Machine: m}).got)
	err := opened(kaazingClient(), "Sec-WebSocket-Protocol: "+Subprotocol).
		wantFail("no N", fsm.FailureUnexpectedMessage, 1002)
	require.Contains(t, err.Detail, `expected the balancer message N, got a binary message of 5 bytes`)
}
