package endpoint

import (
	"fmt"
	"strings"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/internal/redact"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// Each connection sends the cookies of its own URL, and nothing that would not be one field.
func TestClient_CookiesOfEachURL(t *testing.T) {
	var asked []string
	jar := map[string]string{"ws://h/p": "a=b", "ws://other/q": "c=d", "ws://h/bad": "a=b\r\nX: y"}
	cfg := ClientConfig{Cookies: func(url string) string {
		asked = append(asked, url)
		return jar[url]
	}}
	r := dialed(t, "ws://h/p", cfg)
	for i, v := range []struct{ to, want string }{{"ws://other/q", "c=d"}, {"ws://h/none", ""},
		{"ws://h/bad", ""}} {
		if i == 0 {
			require.Contains(t, string(r.c.buf), "\r\nCookie: a=b\r\n")
			require.Equal(t, "ws://h/p", asked[len(asked)-1])
		}
		r.opened()
		require.NotContains(t, string(r.c.buf), "Cookie",
			"the extended request has the caller's fields only")
		r.unit(redirect(302, v.to)).hangUp()
		r.take(r.c.Connected(t0, [16]byte{}))
		require.Equal(t, v.to, asked[len(asked)-1])
		if v.want == "" {
			require.NotContains(t, string(r.c.buf), "Cookie")
			require.NotContains(t, string(r.c.buf), "X: y")
		} else {
			require.Contains(t, string(r.c.buf), "\r\nCookie: "+v.want+"\r\n")
		}
	}
}

// An answer to a Digest challenge is for one opening request; the next connection to the same
// origin sends none. Other credentials go along.
func TestClient_LoginOfTheNextConnection(t *testing.T) {
	for login, kept := range map[string]bool{"Basic x": true, "Digest x": false, "digest x": false,
		"Digestive x": true} {
		r := dialed(t, "ws://h/p", ClientConfig{HasCredentials: true})
		r.take(r.c.OpeningRefused(t0, 401, []HeaderField{{"WWW-Authenticate", "Basic"}}, nil))
		r.take(r.c.Credentials(t0, login))
		r.take(r.c.Connected(t0, [16]byte{}))
		require.Contains(t, string(r.c.buf), "\r\nAuthorization: "+login+"\r\n")
		r.opened().unit(redirect(302, "/q")).hangUp()
		r.take(r.c.Connected(t0, [16]byte{}))
		if kept {
			require.Contains(t, string(r.c.buf), "\r\nAuthorization: "+login+"\r\n")
		} else {
			require.NotContains(t, string(r.c.buf), "Authorization", login)
		}
	}
}

// The URL is that of the connection there is, also when the next one is known already.
func TestClient_URL_WhileTheConnectionEnds(t *testing.T) {
	r := asking(t, ClientConfig{}).unit(redirect(302, "ws://other/q"))
	require.Equal(t, fsm.ClientClosing, r.c.Phase())
	url := r.c.URL()
	require.Equal(t, "ws://h/p", url.String())
	r.hangUp()
	url = r.c.URL()
	require.Equal(t, "ws://other/q", url.String())
}

// A connection that is up cannot fail to be made: that is misuse, and changes nothing.
func TestClient_ConnectFailed_TooLate(t *testing.T) {
	for name, r := range map[string]*run{"opening": dialed(t, "ws://h/p", ClientConfig{}),
		"asking": asking(t, ClientConfig{})} {
		state := r.c.State()
		require.Empty(t, r.c.ConnectFailed(t0, "refused"), name)
		require.Equal(t, state, r.c.State(), name)
		require.ErrorContains(t, r.c.Misuse(), "ConnectFailed was called in phase", name)
	}
}

// A URL that cannot be dialed fails before there is a connection, and is shown without a password.
func TestNewClient_URLError(t *testing.T) {
	_, err := NewClient("ftp://joe:s3cr3t@h/", ClientConfig{})
	var e *HandshakeError
	require.ErrorAs(t, err, &e)
	require.Equal(t, LegConnect, e.Leg)
	require.Equal(t, fsm.FailureURL, e.Failure)
	require.Equal(t, "ftp://h/", e.URL)
}

// Fields that the caller calls sensitive are shown without their values, others with them.
func TestClientConfig_ShowsNothingSensitive(t *testing.T) {
	cfg := ClientConfig{Sensitive: []string{"x-key"}, Header: []HeaderField{{"X-Key", "s3cr3t"},
		{"X-Open", "one"}},
		OpeningHeader: []HeaderField{{"X-KEY", "s3cr3t"}, {"X-Open", "two"}, {"Cookie", "s3cr3t"}}}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		text := fmt.Sprintf(verb, cfg)
		require.NotContains(t, text, "s3cr3t", verb)
		for _, want := range []string{"X-Key: " + redact.Mark, "X-KEY: " + redact.Mark,
			"X-Open: one", "X-Open: two"} {
			require.Contains(t, text, want, verb)
		}
	}
}

// The body of a refusal that another layer has read is bounded as one of ours is.
func TestClient_OpeningRefused_LongBody(t *testing.T) {
	for _, n := range []int{9, 10, 11} {
		r := dialed(t, "ws://h/p", ClientConfig{Limits: wire.Limits{Body: 10}})
		r.take(r.c.OpeningRefused(t0, 403, nil, make([]byte, n)))
		require.Len(t, r.err.Body, min(n, 10))
	}
}

// Why a balancer's target is not followed is said in the words of the policy that refuses it.
func TestClient_Reroute_WhyNot(t *testing.T) {
	for want, change := range map[string]func(cfg *ClientConfig){
		"from wss to ws":    func(*ClientConfig) {},
		"redirects are off": func(cfg *ClientConfig) { cfg.Machine.NoRedirects = true },
	} {
		cfg := kaazingClient()
		change(&cfg)
		r := dialed(t, "wss://h/p", cfg).opened().message(reroute + "ws://other/q").hangUp()
		require.NotNil(t, r.err, want)
		require.Contains(t, r.err.Detail, want)
	}
}

// The application confirms extensions that were asked for, and is not bothered with others.
func TestClient_ConfirmExtensions_OnlyOfThoseAsked(t *testing.T) {
	var confirmed [][]string
	cfg := ClientConfig{Extensions: []string{"x-a"}, ConfirmExtensions: func(list []string) error {
		confirmed = append(confirmed, list)
		return nil
	}}
	asking(t, cfg).unit(switching("Sec-WebSocket-Extensions: x-b")).
		wantFail("not asked for", fsm.FailureExtensionNotRequested, 1002)
	require.Empty(t, confirmed)
	asking(t, cfg).unit(switching("Sec-WebSocket-Extensions: x-a;n=1")).wantOpen("asked for")
	require.Equal(t, [][]string{{"x-a;n=1"}}, confirmed)
}

// The error of a refusal has the reason phrase of the server, and one of a redirect that is not
// followed says its status.
func TestClient_ErrorHasTheResponse(t *testing.T) {
	e := asking(t, ClientConfig{}).unit(response(403)).wantFail("refused", fsm.FailureStatus, 1000)
	require.Equal(t, "Whatever", e.Reason)
	r := dialed(t, "wss://h/p", ClientConfig{}).opened().unit(redirect(302, "ws://h/p"))
	e = r.wantFail("out of TLS", fsm.FailureRedirectRefused, 1000)
	require.Contains(t, e.Error(), "with 302 Found")
}

// A line of granted extensions that another layer has read is as long as one of ours may be.
func TestClient_Opened_LineLimit(t *testing.T) {
	const line = 100
	room := line - len("Sec-WebSocket-Extensions:")
	for n, fits := range map[int]bool{room: true, room + 1: false} {
		c, err := NewClient("ws://h/p", ClientConfig{Limits: wire.Limits{Line: line}})
		require.NoError(t, err)
		c.Connect(t0)
		c.Connected(t0, [16]byte{})
		c.Opened(t0, Subprotocol, []string{strings.Repeat("x", n)}, zeroAccept)
		require.Equal(t, fits, c.Phase() == fsm.ClientAwaitResponse, n)
	}
}

// A gateway refuses some fields in an extended request; in an opening request they are fine.
func TestNewClient_FieldsThatAGatewayRefuses(t *testing.T) {
	for _, name := range []string{"Referer", "Via", "Sec-Fetch-Mode"} {
		cfg := kaazingClient()
		cfg.OpeningHeader = []HeaderField{{name, "x"}}
		_, err := NewClient("ws://h/p", cfg)
		require.NoError(t, err, name)
		cfg.Header = cfg.OpeningHeader
		_, err = NewClient("ws://h/p", cfg)
		require.ErrorContains(t, err, name)
	}
}

// 308 redirects an opening request only: in the extended handshake its target is not even judged.
func TestClient_Reading_Status308_IsNoRedirect(t *testing.T) {
	cfg := ClientConfig{CheckRedirect: func([]string, string) error {
		t.Error("nothing is to be followed")
		return nil
	}}
	for _, lines := range [][]string{{"Location: /q"}, nil} {
		e := asking(t, cfg).unit(response(308, lines...)).wantFail("no redirect", fsm.FailureStatus, 1000)
		require.Empty(t, e.Detail)
	}
}
