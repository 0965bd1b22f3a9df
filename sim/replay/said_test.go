package replay

import (
	"strings"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/transport/trace"
	"github.com/stretchr/testify/require"
)

// said are for some of the mutants the words about the step that is wrong: why, in which phases its
// side may have been, and the messages that it could have sent.
var said = map[string][3]string{
	"100 instead of 101": {
		"100 to a request without Expect",
		"ServerAwaitRequest ServerClosing ServerDeciding",
		"a response",
	},
	"302 without Location": {
		"a 302 response needs Location",
		"ServerAwaitRequest ServerClosing ServerDeciding",
		"a response",
	},
	"401 answered with data": {
		"a message that is no HTTP request, where the extended request is due",
		"ClientAwaitResponse ClientClosing ClientReading ClientAwaitCredentials",
		"a Close frame, the extended request with Authorization",
	},
	"401 answered without": {
		"the request after 401 has no Authorization",
		"ClientAwaitResponse ClientClosing ClientReading ClientAwaitCredentials",
		"a Close frame, the extended request with Authorization",
	},
	"511": {
		"a server never sends 511",
		"ServerAwaitRequest ServerClosing ServerDeciding",
		"a response",
	},
	"Close twice": {
		"a second Close frame",
		"ClientClosing ClientDone",
		"nothing but the end of the connection",
	},
	"N is missing": {
		"a client that asks with .kl=Y is owed the message N here",
		"ServerAwaitRequest",
		"the message N",
	},
	"N to a client of the text": {
		"a message of the kaazing profile that nobody asked for",
		"ServerAwaitRequest ServerClosing",
		"a 408 response, a 503 response",
	},
	"a body longer than it was said to be": {
		"the body of the request is longer than its Content-Length",
		"ClientAwaitResponse ClientClosing ClientReading ClientSendingBody",
		"a Close frame, the body of the request",
	},
	"a body nobody waits for": {
		"the body of the request is longer than its Content-Length",
		"ClientSendingBody ClientClosing ClientAwaitResponse",
		"a Close frame",
	},
	"client data before the end": {
		"it sends again before it has the response to its request",
		"ClientAwaitResponse ClientClosing",
		"a Close frame",
	},
	"client on after 403": {
		"it goes on after 403 instead of closing",
		"ClientAwaitResponse ClientClosing",
		"a Close frame",
	},
	"closed instead of answered": {
		"it closes without having answered the request",
		"ServerAwaitRequest ServerClosing ServerDeciding ServerOpen",
		"a response",
	},
	"code 1006": {
		"a Close frame with a code that is never sent",
		"ClientOpen ClientClosing",
		"a Close frame",
	},
	"data before the request": {
		"a message that is no HTTP request, where the extended request is due",
		"ClientOpening ClientFailed ClientDone ClientAwaitResponse",
		"the extended request",
	},
	"data between response and end": {
		"the response before it was not ended by an empty binary message",
		"ServerOpen",
		"the empty binary message that ends the response",
	},
	"ended instead of terminated": {
		"it ends the connection without the empty binary message that ends its response",
		"ServerAwaitRequest ServerClosing ServerDeciding ServerOpen",
		"a response",
	},
	"message after Close": {
		"a message after its own Close frame",
		"ClientClosing ClientDone",
		"nothing but the end of the connection",
	},
	"on after 302": {
		"it goes on after its 302 response instead of closing",
		"ServerClosing",
		"a Close frame",
	},
	"request before N": {
		"it sends its request before the gateway has said that it may",
		"ClientOpening ClientFailed ClientDone ClientAwaitProceed ClientClosing",
		"a Close frame",
	},
	"request is missing": {
		"a response before the request",
		"ServerAwaitRequest ServerClosing",
		"a 408 response, a 503 response",
	},
	"request sent twice": {
		"it sends again before it has the response to its request",
		"ClientAwaitResponse ClientClosing",
		"a Close frame",
	},
	"request without key": {
		"Sec-WebSocket-Key is missing or not 16 bytes in base64",
		"ClientConnecting ClientFailed ClientOpening ClientDone",
		"its part of the opening handshake",
	},
	"response before the request": {
		"a response before the request",
		"ServerAwaitRequest ServerClosing",
		"a 408 response, a 503 response",
	},
	"response sent twice": {
		"it goes on after its 403 response instead of closing",
		"ServerClosing",
		"a Close frame",
	},
	"second N is missing": {
		"it sends before the gateway has said that it may",
		"ClientAwaitResponse ClientClosing ClientReading ClientAwaitConfirm",
		"a Close frame",
	},
	"subprotocol nobody offered": {
		"subprotocol \"other\" was not offered",
		"ServerOpening ServerDone ServerAwaitRequest",
		"a refusal of the opening request, its part of the opening handshake",
	},
	"terminator is missing": {
		"the response before it was not ended by an empty binary message",
		"ServerOpen",
		"the empty binary message that ends the response",
	},
	"text that is no text": {
		"a text message that is not UTF-8",
		"ClientAwaitResponse ClientClosing ClientReading ClientOpen",
		"a Close frame, a message of the application",
	},
	"two responses without an end": {
		"the response before it was not ended by an empty binary message",
		"ServerOpen",
		"the empty binary message that ends the response",
	},
	"two terminators before": {
		"an empty message without a response before it",
		"ServerAwaitRequest ServerClosing ServerDeciding ServerOpen",
		"a response",
	},
	"unmasked": {
		"a frame of the client without a mask",
		"ClientOpening ClientFailed ClientDone ClientAwaitResponse",
		"the extended request",
	},
}

// A reader learns what is wrong, and what would have been right there.
func TestCheck_Said(t *testing.T) {
	for name, want := range said {
		m := mutants[name]
		s := recorded(t, m.session)
		m.change(t, s)
		w := Check(s).Wrong
		require.Equal(t, want, [3]string{w.Why, strings.Join(w.Phases, " "),
			strings.Join(w.Allowed, ", ")}, name)
	}
}

// A breach of the rules of frames is the peer's of the recorder, and names the rule.
func TestStepOf_Violation(t *testing.T) {
	for _, c := range []struct {
		code       uint16
		text, reqs string
	}{
		{1002, "a frame without a mask", "WSP-FRAME-04"}, {1007, "text is not UTF-8", "WSP-TEXT-01"},
		{1007, "bad text", "WSP-TEXT-01"}, {1002, "a control frame in fragments", "WSP-FRAME-03"},
		{1002, "a fragment of nothing", "WSP-FRAME-02"}, {1002, "a continuation", "WSP-FRAME-02"},
		{1002, "a Close frame of one byte", "WSP-CLOSE-03"}, {1002, "a reserved bit", "WSP-CLOSE-02"},
		{1002, "a message before the request", "KHP-EXT-01 KHP-EXT-02"},
	} {
		r := trace.Record{Kind: trace.Violation, Code: c.code, Text: c.text}
		for _, recorder := range []Side{Client, Server} {
			s, ok := stepOf(1, &r, recorder)
			require.True(t, ok)
			require.Equal(t, Broken, s.Kind)
			require.Equal(t, recorder.Other(), s.From)
			require.Equal(t, c.reqs, s.Reqs, c.text)
			require.Equal(t, c.text, s.Text)
		}
	}
}

// A breach of the rules of frames ends the handshake of the side that met it.
func TestCheck_Violation(t *testing.T) {
	for _, from := range []Side{Client, Server} {
		s := recorded(t, "accepted")
		n := at(t, s, Client, Message, 0)
		if from == Server {
			n++
		}
		s.Steps, s.Recorder = s.Steps[:n], from.Other()
		broken := Step{From: from, Kind: Broken, Code: fsm.CloseCode(fsm.FailureLimit), Text: "too long"}
		s.Steps = append(s.Steps, broken, Step{From: from.Other(), Kind: Close, Code: broken.Code},
			Step{From: from, Kind: Ended}, Step{From: from.Other(), Kind: Failed,
				Failure: fsm.FailureLimit})
		require.Equal(t, Path.String(), Check(s).Verdict.String(), "%+v", Check(s).Wrong)
		s.Steps[len(s.Steps)-1].Failure = fsm.FailureFrame
		require.Equal(t, NotPath.String(), Check(s).Verdict.String(), "it was no breach of frames")
	}
}

// The body of a request comes in one message or in several.
func TestCheck_BodyInPieces(t *testing.T) {
	s := recorded(t, "body")
	i := at(t, s, Client, Message, 1)
	whole := s.Steps[i]
	piece := func(from, to int) Step {
		p := whole
		p.Data = whole.Data[from:to]
		return p
	}
	rest := append([]Step{}, s.Steps[i+1:]...)
	s.Steps = append(append(s.Steps[:i:i], piece(0, 3), piece(3, 4), piece(4, len(whole.Data))),
		rest...)
	require.Equal(t, Path.String(), Check(s).Verdict.String(), "%+v", Check(s).Wrong)
	s.Steps = append(s.Steps[:i+2:i+2], rest...)
	r := Check(s)
	require.Equal(t, NotPath.String(), r.Verdict.String())
	require.Equal(t, Server, r.Wrong.Blame, "it answers a request whose body is not whole")
}

// Pings and Pongs mean nothing to a handshake, wherever they stand.
func TestCheck_Pings(t *testing.T) {
	for _, name := range []string{"accepted", "challenged", "redirected", "refused", "kaazing",
		"body"} {
		s := recorded(t, name)
		want := Check(s)
		var steps []Step
		for _, x := range s.Steps {
			steps = append(steps, Step{From: Client, Kind: Ping}, Step{From: Server, Kind: Pong},
				Step{From: Server, Kind: Ping}, x)
		}
		s.Steps = steps
		got := Check(s)
		require.Equal(t, want.Verdict.String()+want.Outcome, got.Verdict.String()+got.Outcome, name)
	}
}
