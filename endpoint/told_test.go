package endpoint

import (
	"strings"
	"testing"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// The extended request and its body are binary messages. [KHP-EXT-01]
func TestClient_RequestsAreBinary(t *testing.T) {
	m := fsm.DefaultClientConfig()
	m.Expect = true
	r := dialed(t, "ws://h/p", ClientConfig{Machine: m, Method: "GET", Body: []byte("b")})
	sent := 0
	for _, outs := range [][]Output{r.c.Opened(t0, Subprotocol, nil, zeroAccept),
		r.c.Message(t0, wire.Binary, []byte(response(100))), r.c.Message(t0, wire.Binary, nil)} {
		for _, o := range outs {
			if o.Kind == SendMessage {
				sent++
				require.Equal(t, wire.Binary, o.Type)
			}
		}
	}
	require.Equal(t, 2, sent)
}

// The connection that a redirect leaves is closed without a reason: nothing has failed.
func TestClient_Follow_ClosesWithoutReason(t *testing.T) {
	c := asking(t, ClientConfig{})
	outs := c.c.Message(t0, wire.Binary, []byte(redirect(302, "/q")))
	outs = append([]Output(nil), outs...)
	outs = append(outs, c.c.Message(t0, wire.Binary, nil)...)
	var closes []Output
	for _, o := range outs {
		if o.Kind == SendClose {
			closes = append(closes, o)
		}
	}
	require.Equal(t, []Output{{Kind: SendClose, Code: 1000}}, closes)
}

// An error names the connection that failed, not the one that a response asked for.
func TestClient_RefusedRedirect_URL(t *testing.T) {
	err := asking(t, ClientConfig{Redirects: RedirectSameHost}).unit(redirect(302, "ws://other/q")).
		wantFail("another host", fsm.FailureRedirectRefused, 1000)
	require.Equal(t, "ws://h/p", err.URL)
	require.Equal(t, []string{"ws://h/p", "ws://other/q"}, err.Path)
}

// A host's own layer gets the fields of the opening request, whatever the client's limits.
func TestClient_OpeningFields_AnyLimits(t *testing.T) {
	for _, l := range []wire.Limits{{}, {Head: 50}, {Line: 10}, {Fields: 1}, {Target: 1}} {
		c, err := NewClient("ws://h/path", ClientConfig{Limits: l,
			OpeningHeader: []HeaderField{{"X-Name", "a longer value"}}})
		require.NoError(t, err)
		c.Connect(t0)
		require.Equal(t, []HeaderField{{"X-Name", "a longer value"}}, c.OpeningFields(), "%+v", l)
	}
}

// Cookies count in the size of the request, which is refused before anything is sent.
func TestNewClient_CookiesCount(t *testing.T) {
	cookies := []HeaderField{{"Cookie", strings.Repeat("a", 6000)}}
	for _, cfg := range []ClientConfig{{Header: cookies}, {OpeningHeader: cookies}} {
		_, err := NewClient("ws://h/"+strings.Repeat("p", 4000), cfg)
		require.NoError(t, err)
		cfg.Header = append(cfg.Header, HeaderField{"X-A", strings.Repeat("a", 7000)})
		cfg.OpeningHeader = append(cfg.OpeningHeader, HeaderField{"X-A", strings.Repeat("a", 7000)})
		_, err = NewClient("ws://h/"+strings.Repeat("p", 4000), cfg)
		require.ErrorContains(t, err, "cannot be written")
	}
}

// An invalid cookie is left out, also from the first request.
func TestNewClient_BadCookie(t *testing.T) {
	r := dialed(t, "ws://h/p", ClientConfig{Cookies: func(string) string { return "a\r\nX: y" }})
	require.NotContains(t, string(r.c.buf), "Cookie")
	require.NotContains(t, string(r.c.buf), "X: y")
}

// A client connects once.
func TestClient_Connect_Twice(t *testing.T) {
	r := dialed(t, "ws://h/p", ClientConfig{})
	require.Empty(t, r.c.Connect(t0))
	require.ErrorContains(t, r.c.Misuse(), "Connect was called in phase ClientOpening")
	require.Equal(t, 1, r.c.Attempt())
	r.opened().unit(switching()).wantOpen("the first call counts")
}

// The zero Client and Server send nothing, and report so.
func TestZero_SendsNothing(t *testing.T) {
	for _, send := range []func(time.Time, wire.MessageType, []byte) ([]Output, bool){
		new(Client).Send, new(Server).Send} {
		out, ok := send(t0, wire.Text, []byte("x"))
		require.Empty(t, out)
		require.False(t, ok)
	}
}

// A message is too early if it came with the opening 101. A later one is not, whatever came before.
func TestClient_TooEarly_OnlyThose(t *testing.T) {
	r := asking(t, ClientConfig{})
	require.False(t, r.c.TooEarly([]byte("x")))
	r.message(switching()[:10])
	require.False(t, r.c.TooEarly([]byte("x")))
	r.message(switching()[10:], "").wantOpen("in pieces")

	auto := ClientConfig{Machine: fsm.DefaultClientConfig()}
	auto.Machine.Profile = fsm.ProfileAuto
	r = dialed(t, "ws://h/p", auto)
	behind := append([]byte(openingSwitching), "\x82\x04"+proceed...)
	_, out := r.c.OpeningReceived(t0, behind)
	r.take(out)
	require.False(t, r.c.TooEarly([]byte(proceed)))
	require.True(t, r.c.TooEarly([]byte("x")))
	r.message(proceed)
	require.False(t, r.c.TooEarly([]byte("x")))
	r.message(switching(), "", proceed).wantOpen("the response came later")
	require.False(t, r.c.TooEarly([]byte("x")))
}

// The error of a challenge that is not answered names its scheme, and its realm if it has one.
func TestClient_NoCredentials_Detail(t *testing.T) {
	for challenge, want := range map[string]string{
		"Negotiate":         `no credentials are configured for scheme "Negotiate"`,
		`Basic realm="r r"`: `no credentials are configured for scheme "Basic" in realm "r r"`,
	} {
		err := asking(t, ClientConfig{}).unit(response(401, "WWW-Authenticate: "+challenge)).
			wantFail(challenge, fsm.FailureAuthRequired, 1000)
		require.Equal(t, want, err.Detail)
	}
}

// The error about a terminator without a response says so.
func TestClient_TerminatorAlone_Detail(t *testing.T) {
	err := asking(t, ClientConfig{}).message("").
		wantFail("nothing came", fsm.FailureUnexpectedMessage, 1002)
	require.Equal(t, "an empty message with no response before it", err.Detail)
}

// The message of a failure names the status of the answer to the opening request.
func TestHandshakeError_StatusOfTheOpening(t *testing.T) {
	for f, want := range map[fsm.Failure]string{
		fsm.FailureOpening: "invalid opening handshake with 403 Forbidden [opening handshake]",
		fsm.FailureTimeout: "timed out [opening handshake]",
	} {
		require.EqualError(t, &HandshakeError{Leg: LegOpening, Failure: f, Status: 403}, want)
	}
}

// Printed values name the fields that are set, hide secrets, and leave out the rest.
func TestString_WhatThereIs(t *testing.T) {
	r := Request{OpeningRequest: OpeningRequest{Target: "/p", Host: "h"}, Body: []byte("b")}
	require.Equal(t, "endpoint.Request{Target: /p, Host: h, Body: 1 bytes, Replay: 0}", r.String())
	r.Authorization, r.Principal, r.Body = "Basic secret", "someone", nil
	require.Regexp(t, `^endpoint\.Request\{Target: /p, Host: h, Authorization: [^,]+, Replay: 0, `+
		`Principal: [^,]+\}$`, r.String())
	require.NotContains(t, r.String(), "secret")
	require.NotContains(t, r.String(), "someone")
}

// The defaults of the timeouts are those of their documentation.
func TestTimeouts_Defaults(t *testing.T) {
	for timer, seconds := range map[fsm.Timer]time.Duration{
		fsm.TimerOpening: 10, fsm.TimerResponse: 10, fsm.TimerWait: 30, fsm.TimerCredentials: 60,
		fsm.TimerRequest: 10, fsm.TimerBody: 10, fsm.TimerReplay: 30, fsm.TimerOverall: 60,
		fsm.TimerClose: 5, 0: 0,
	} {
		var set Timeouts
		require.Equal(t, seconds*time.Second, set.Of(timer), "%v", timer)
		set.Set(timer, -1)
		require.Equal(t, seconds*time.Second, set.Of(timer), "%v", timer)
		if set.Set(timer, 1); timer != 0 {
			require.Equal(t, time.Duration(1), set.Of(timer), "%v", timer)
		}
	}
}

// An option that no request can have is refused by its name.
func TestNewClient_Method(t *testing.T) {
	_, err := NewClient("ws://h/p", ClientConfig{Method: "GET /x"})
	require.ErrorContains(t, err, `"GET /x"`)
	require.ErrorContains(t, err, "method")
}

// The choice between plain WebSocket and KHP goes by the subprotocols alone.
func TestClient_Offer_WithExtensions(t *testing.T) {
	r := dialed(t, "ws://h/p", ClientConfig{Machine: fsm.ClientConfig{PlainFallback: true},
		Extensions: []string{"x"}})
	require.Equal(t, []string{bump, Subprotocol}, r.c.Offer())
	r.take(r.c.Opened(t0, bump, nil, ""))
	require.True(t, r.c.Result().Plain)

	r = dialed(t, "ws://h/p", ClientConfig{Machine: fsm.ClientConfig{PlainFallback: true},
		Subprotocols: []string{"a"}})
	r.take(r.c.Opened(t0, bump, nil, ""))
	require.Equal(t, fsm.FailureOpening, r.c.State().Failure(), "it was not offered")
}

// An invalid answer to the opening request is reported with its status and its fields, and shown to
// the host like any other.
func TestClient_BadOpening_Told(t *testing.T) {
	for status, head := range map[int]string{
		101: strings.Replace(openingSwitching, "ICX", "XCI", 1),
		403: "HTTP/1.1 403 No\r\nContent-Length: 0\r\nSec-WebSocket-Protocol: x\r\n\r\n",
	} {
		shown := 0
		r := dialed(t, "ws://h/p", ClientConfig{Responded: func(_ Leg, _ string, got int, _ wire.Fields) {
			require.Equal(t, status, got)
			shown++
		}})
		_, out := r.c.OpeningReceived(t0, []byte(head))
		r.take(out)
		require.NotNil(t, r.err, "%v", r.all)
		require.Equal(t, status, r.err.Status)
		require.NotEmpty(t, r.err.Field("Sec-WebSocket-Protocol"))
		require.Equal(t, 1, shown)
	}
}

// A HandshakeError matches its own failure only.
func TestHandshakeError_Is(t *testing.T) {
	require.NotErrorIs(t, &HandshakeError{}, errTooLate)
	require.NotErrorIs(t, &HandshakeError{Failure: fsm.FailureStatus}, fsm.FailureLimit)
	require.ErrorIs(t, &HandshakeError{Failure: fsm.FailureStatus}, fsm.FailureStatus)
}

// The status of the response stands in the message of every failure that a status leads to.
func TestHandshakeError_ReportsStatus(t *testing.T) {
	for f, want := range map[fsm.Failure]bool{fsm.FailureStatus: true, fsm.FailureAuthRequired: true,
		fsm.FailureAuthLimit: true, fsm.FailureCredentialsRefused: true, fsm.FailureOpening: true,
		fsm.FailureRedirectLoop: true, fsm.FailureRedirectMethod: true,
		fsm.FailureRedirectRefused: true, fsm.FailureRedirectTarget: true,
		fsm.FailureTooManyRedirects: true, fsm.FailureConnectionLost: false,
		fsm.FailureMalformed: false, fsm.FailureLimit: false} {
		err := &HandshakeError{Leg: LegExtended, Failure: f, Status: 302}
		require.Equal(t, want, strings.Contains(err.Error(), " with 302 Found"), "%v", err)
	}
}
