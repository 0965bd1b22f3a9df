package endpoint

import (
	"strings"
	"testing"

	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
)

// The answer to an opening request is HTTP as it is today, not an extended response: these are the
// places where the rules differ.

// Any number of interim responses may come before the final one, which counts. [RFC 9110 15.2]
func TestClient_OpeningInterim(t *testing.T) {
	interim := response(100) + "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n" +
		"Content-Length: 7\r\n\r\n" + response(102) + response(199, "X: "+strings.Repeat("x", 5000))
	selected := switching("Sec-WebSocket-Protocol: " + Subprotocol)
	t.Run("before 101", func(t *testing.T) {
		for _, before := range []string{interim, strings.Repeat(interim, 20), "HTTP/1.0 100 x\r\n\r\n"} {
			r := dialed(t, "ws://h/p", ClientConfig{})
			text := before + selected
			used, out := r.c.OpeningReceived(t0, []byte(text+"rest"))
			r.take(out)
			require.Equal(t, len(text), used, "the rest belongs to the WebSocket")
			require.Equal(t, fsm.ClientAwaitResponse, r.c.Phase())
		}
	})
	t.Run("byte by byte", func(t *testing.T) {
		r := dialed(t, "ws://h/p", ClientConfig{})
		text := []byte(interim + selected)
		for i := range len(text) + 1 {
			used, out := r.c.OpeningReceived(t0, text[:i])
			r.take(out)
			require.Equal(t, i == len(text), used > 0, "at %d", i)
		}
		require.Equal(t, fsm.ClientAwaitResponse, r.c.Phase())
	})
	t.Run("before a refusal", func(t *testing.T) {
		r := dialed(t, "ws://h/p", ClientConfig{})
		_, out := r.c.OpeningReceived(t0, []byte(interim+response(403, "Content-Length: 2", "", "no")))
		r.take(out)
		err := r.wantFail("the final response counts", fsm.FailureStatus, 0)
		require.Equal(t, 403, err.Status)
		require.Equal(t, "no", string(err.Body))
	})
	t.Run("before a redirect", func(t *testing.T) {
		r := dialed(t, "ws://h/p", ClientConfig{})
		_, out := r.c.OpeningReceived(t0,
			[]byte(interim+response(302, "Location: /q", "Content-Length: 0")))
		r.take(out)
		require.Equal(t, []string{"ws://h/p", "ws://h/q"}, r.dials)
	})
	t.Run("and nothing else", func(t *testing.T) {
		r := dialed(t, "ws://h/p", ClientConfig{})
		used, out := r.c.OpeningReceived(t0, []byte(interim))
		r.take(out)
		require.Zero(t, used)
		r.take(r.c.Lost(t0, "gone"))
		require.Zero(t, r.wantFail("no answer", fsm.FailureConnectionLost, 0).Status)
	})
	t.Run("without end", func(t *testing.T) {
		r := dialed(t, "ws://h/p", ClientConfig{})
		var text []byte
		for used := 0; used == 0; {
			require.Less(t, len(text), 1<<20)
			text = append(text, interim...)
			var out []Output
			used, out = r.c.OpeningReceived(t0, text)
			r.take(out)
		}
		r.wantFail("more than the limit for a unit", fsm.FailureLimit, 0)
	})
}

// 308 is a permanent redirect in an opening handshake, and no redirect in an extended one. [RFC
// 9110 15.4.9]
func TestClient_OpeningPermanentRedirect(t *testing.T) {
	moved := response(308, "Location: /q", "Content-Length: 0")
	t.Run("opening", func(t *testing.T) {
		r := dialed(t, "ws://h/p", ClientConfig{})
		_, out := r.c.OpeningReceived(t0, []byte(moved))
		r.take(out)
		require.Equal(t, []string{"ws://h/p", "ws://h/q"}, r.dials)
	})
	t.Run("not followed", func(t *testing.T) {
		machine := fsm.DefaultClientConfig()
		machine.NoRedirects = true
		r := dialed(t, "ws://h/p", ClientConfig{Machine: machine})
		_, out := r.c.OpeningReceived(t0, []byte(moved))
		r.take(out)
		err := r.wantFail("redirects are off", fsm.FailureStatus, 0)
		require.Equal(t, 308, err.Status)
		require.Contains(t, err.Error(), "308 Permanent Redirect")
	})
	t.Run("extended", func(t *testing.T) {
		proves(t, "KHP-STATUS-308-01")
		r := dialed(t, "ws://h/p", ClientConfig{}).opened()
		r.unit(moved)
		require.Equal(t, []string{"ws://h/p"}, r.dials)
		require.Contains(t, r.wantFail("closed", fsm.FailureStatus, 1000).Error(),
			"308 Resume Incomplete")
	})
}

// A 101 ends with its head whatever that says about a body, and its fields may be folded. [RFC 9112
// 6.3 rule 1, 5.2]
func TestClient_OpeningSwitchingOnAStream(t *testing.T) {
	for name, text := range map[string]string{
		"Transfer-Encoding": switching("Transfer-Encoding: chunked",
			"Sec-WebSocket-Protocol: "+Subprotocol),
		"Content-Length": switching("Content-Length: 12",
			"Sec-WebSocket-Protocol: "+Subprotocol),
		"Content-Length twice": switching("Content-Length: 12", "Content-Length: 13",
			"Sec-WebSocket-Protocol: "+Subprotocol),
		"Content-Length, no number": switching("Content-Length: many",
			"Sec-WebSocket-Protocol: "+Subprotocol),
		"folded protocol": switching("Sec-WebSocket-Protocol:\r\n " + Subprotocol),
		"folded accept": strings.Replace(switching("Sec-WebSocket-Protocol: "+Subprotocol),
			"Sec-WebSocket-Accept: ", "Sec-WebSocket-Accept:\r\n\t ", 1),
		"folded field of no concern": switching("X: a\r\n b\r\n\tc\r\n \r\n d",
			"Sec-WebSocket-Protocol: "+Subprotocol),
	} {
		t.Run(name, func(t *testing.T) {
			r := dialed(t, "ws://h/p", ClientConfig{})
			used, out := r.c.OpeningReceived(t0, []byte(text+"\x81\x00"))
			r.take(out)
			require.Equal(t, len(text), used)
			require.Equal(t, fsm.ClientAwaitResponse, r.c.Phase())
		})
	}
	t.Run("folds in a refusal", func(t *testing.T) {
		r := dialed(t, "ws://h/p", ClientConfig{HasCredentials: true})
		_, out := r.c.OpeningReceived(t0, []byte(response(401,
			"WWW-Authenticate: Digest realm=\"r\",\r\n  nonce=\"n\"", "Content-Length: 0")))
		r.take(out)
		nonce, _ := r.c.Challenges()[0].Param("nonce")
		require.Equal(t, "n", nonce)
	})
	t.Run("not in an extended response", func(t *testing.T) {
		for _, field := range []string{"Transfer-Encoding: chunked", "Content-Length: 12", "X: a\r\n b"} {
			r := dialed(t, "ws://h/p", ClientConfig{}).opened()
			r.unit(switching(field))
			r.wantFail(field, fsm.FailureMalformed, 1002)
		}
	})
}

// A repeated field is called repeated, and a missing one is not quoted as empty.
func TestClient_OpeningAcceptRepeated(t *testing.T) {
	for text, want := range map[string]string{
		switching("Sec-WebSocket-Accept: " +
			zeroAccept): "Sec-WebSocket-Accept is repeated",
		switching(
			"Sec-WebSocket-Accept: other"): "Sec-WebSocket-Accept is repeated",
		switching("Sec-WebSocket-Protocol: a",
			"Sec-WebSocket-Protocol: a"): "Sec-WebSocket-Protocol is repeated",
		response(101, "Upgrade: websocket",
			"Connection: Upgrade"): "expected Sec-WebSocket-Accept: " + zeroAccept + ", got none",
		response(101,
			"Connection: Upgrade"): "expected Upgrade: websocket, got none",
		response(101, "Upgrade: websocket",
			"Connection: close"): `expected Connection: Upgrade, got "close"`,
		response(101, "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: "+
			Subprotocol): `, got "` + Subprotocol + `"`,
	} {
		r := dialed(t, "ws://h/p", ClientConfig{})
		_, out := r.c.OpeningReceived(t0, []byte(text))
		r.take(out)
		require.Contains(t, r.wantFail("refused", fsm.FailureOpening, 0).Error(), want)
	}
}

// An answer without a length is complete when the server ends the connection, or has sent nothing
// more in time. The client then follows it.
func TestClient_OpeningWithoutLength(t *testing.T) {
	for end, tell := range map[string]func(r *run){
		"of the connection": func(r *run) { r.take(r.c.Lost(t0, "end of stream")) },
		"of the time":       func(r *run) { r.expire(fsm.TimerOpening) },
	} {
		answered := func(cfg ClientConfig, answer string) *run {
			r := dialed(t, "ws://h/p", cfg)
			used, out := r.c.OpeningReceived(t0, []byte(answer))
			require.Zero(t, used, "there may be more")
			r.take(out)
			tell(r)
			return r
		}
		r := answered(ClientConfig{}, response(302, "Location: /q"))
		require.Equal(t, []string{"ws://h/p", "ws://h/q"}, r.dials, end)
		require.Equal(t, fsm.ClientConnecting, r.c.Phase(), end)
		r.take(r.c.Connected(t0, [16]byte{}))
		r.opened().unit(switching()).wantOpen("there")
		r = answered(ClientConfig{HasCredentials: true}, challengeBasic)
		require.Equal(t, fsm.ClientAwaitLogin, r.c.Phase(), end)
		require.NoError(t, r.c.Misuse())
	}
}
