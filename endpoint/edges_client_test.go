package endpoint

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/internal/balancer"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// A redirect may stay on TLS; one that is refused is named in the error.
func TestClient_Redirect_Edges(t *testing.T) {
	r := dialed(t, "wss://h/p", ClientConfig{}).opened().unit(response(302, "Location: /q"))
	require.Equal(t, "wss://h/q", r.follow().dials[1])

	err := asking(t, ClientConfig{Redirects: RedirectSameHost}).
		unit(response(302, "Location: ws://h2/q")).
		wantFail("another host", fsm.FailureRedirectRefused, 1000)
	require.Equal(t, []string{"ws://h/p", "ws://h2/q"}, err.Path)

	err = asking(t, ClientConfig{}).unit(response(302, "Content-Type: text/uri-list",
		"Content-Length: 8", "", "ws://h2/")).
		wantFail("only a 300 has a list of choices", fsm.FailureRedirectTarget, 1000)
	require.Equal(t, "the response has no Location field", err.Detail)
}

// Of the choices of a 300 no more are looked at than a list may have elements.
func TestClient_Redirect_ChoicesAreBounded(t *testing.T) {
	asked, limits := 0, wire.Limits{Elements: 5}
	body := ""
	for i := range 20 {
		body += "ws://h/" + strconv.Itoa(i) + "\r\n"
	}
	cfg := ClientConfig{Limits: limits, CheckRedirect: func([]string, string) error {
		asked++
		return errors.New("no")
	}}
	asking(t, cfg).unit(response(300, "Content-Type: text/uri-list",
		"Content-Length: "+strconv.Itoa(len(body)), "", body)).
		wantFail("none is usable", fsm.FailureRedirectRefused, 1000)
	require.Equal(t, 5, asked)
}

// A layer that hides the accept of a connection is not held to the one that the endpoint would
// have used, nor one connection to the accept of another.
func TestClient_Opened_AcceptIsHidden(t *testing.T) {
	r := dialed(t, "ws://h/p", ClientConfig{})
	r.take(r.c.Opened(t0, Subprotocol, nil, ""))
	r.unit(response(101, "Upgrade: websocket", "Connection: Upgrade",
		"Sec-WebSocket-Accept: of another key")).wantOpen("any accept")

	r = asking(t, ClientConfig{}).unit(response(302, "Location: /q")).hangUp()
	r.take(r.c.Connected(t0, [16]byte{1}))
	r.take(r.c.Opened(t0, Subprotocol, nil, ""))
	r.unit(response(101, "Upgrade: websocket", "Connection: Upgrade",
		"Sec-WebSocket-Accept: of another key")).wantOpen("any accept")
}

// The parameters that a layer reports as granted obey the limits, as in an opening response.
func TestClient_Opened_Limits(t *testing.T) {
	r := dialed(t, "ws://h/p", ClientConfig{Limits: wire.Limits{Line: 100}})
	r.take(r.c.Opened(t0, Subprotocol, []string{strings.Repeat("x", 200)}, zeroAccept))
	require.NotNil(t, r.err, "%v", r.all)
	require.Equal(t, fsm.FailureLimit, r.err.Failure)
}

// Every response is shown to the host, that of the opening handshake first.
func TestClient_Responded(t *testing.T) {
	var shown []string
	cfg := ClientConfig{Responded: func(leg Leg, url string, status int, f wire.Fields) {
		shown = append(shown, leg.String()+" "+url+" "+strconv.Itoa(status))
		require.Equal(t, 1, f.Count("Connection"))
	}}
	r := dialed(t, "ws://h/p", cfg)
	_, out := r.c.OpeningReceived(t0, []byte(openingSwitching))
	r.take(out)
	r.unit(switching()).wantOpen("accepted")
	require.Equal(t, []string{"opening handshake ws://h/p 101", "extended handshake ws://h/p 101"},
		shown)
}

const openingSwitching = "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
	"Sec-WebSocket-Accept: ICX+Yqv66kxgM0FcWaLWlFLwTAI=\r\n" +
	"Sec-WebSocket-Protocol: x-kaazing-handshake\r\n\r\n"

// Whole messages of any length that come together with the opening 101 are too early.
func TestClient_Early_Lengths(t *testing.T) {
	for _, size := range []int{1, 125, 126, 200, 255, 256, 65535, 65536} {
		frame := []byte{0x82, byte(size)}
		switch {
		case size > 65535:
			frame = []byte{0x82, 127, 0, 0, 0, 0, byte(size >> 24), byte(size >> 16),
				byte(size >> 8), byte(size)}
		case size > 125:
			frame = []byte{0x82, 126, byte(size >> 8), byte(size)}
		}
		payload := []byte(strings.Repeat("x", size))
		r := dialed(t, "ws://h/p", ClientConfig{})
		_, out := r.c.OpeningReceived(t0,
			append([]byte(openingSwitching), append(append(frame, payload...), 0x82)...))
		r.take(out)
		require.True(t, r.c.TooEarly(payload), "%d bytes", size)
		r.take(r.c.Message(t0, wire.Binary, payload))
		r.wantFail("too early", fsm.FailureUnexpectedMessage, 1002)

		r = dialed(t, "ws://h/p", ClientConfig{})
		_, out = r.c.OpeningReceived(t0, append([]byte(openingSwitching),
			append(frame, payload[1:]...)...))
		r.take(out)
		require.False(t, r.c.TooEarly(payload), "one byte of %d came later", size)
	}
}

// N together with the opening 101 is too early for a client that speaks by the text alone.
func TestClient_Early_Balancer(t *testing.T) {
	n := balancer.Append(nil, balancer.Proceed, "")
	for profile, early := range map[fsm.Profile]bool{fsm.ProfileSpec: true, fsm.ProfileAuto: false} {
		m := fsm.DefaultClientConfig()
		m.Profile = profile
		r := dialed(t, "ws://h/p", ClientConfig{Machine: m})
		_, out := r.c.OpeningReceived(t0,
			append(append([]byte(openingSwitching), 0x82, byte(len(n))), n...))
		r.take(out)
		require.Equal(t, early, r.c.TooEarly(n), profile)
	}
}

// A refusal of the opening handshake is read up to the limit for bodies, whatever length it
// announces.
func TestClient_OpeningRefused_BodyLimit(t *testing.T) {
	for length, want := range map[int]int{9: 9, 10: 10, 11: 10, 1000: 10} {
		r := dialed(t, "ws://h/p", ClientConfig{Limits: wire.Limits{Body: 10}})
		head := "HTTP/1.1 403 x\r\nContent-Length: " + strconv.Itoa(length) + "\r\n\r\n"
		used, out := r.c.OpeningReceived(t0, []byte(head+strings.Repeat("x", want-1)))
		require.Zero(t, used, "one byte is missing")
		require.Empty(t, out)
		used, out = r.c.OpeningReceived(t0, []byte(head+strings.Repeat("x", want)))
		require.NotZero(t, used)
		r.take(out)
		require.Len(t, r.wantFail("refused", fsm.FailureStatus, 0).Body, want)
	}
	r := dialed(t, "ws://h/p", ClientConfig{})
	_, out := r.c.OpeningReceived(t0,
		[]byte("HTTP/1.1 403 x\r\nTransfer-Encoding: chunked\r\n\r\nF\r\n"+strings.Repeat("x", 15)+
			"\r\na\r\n0123456789\r\n0\r\n\r\n"))
	r.take(out)
	require.Len(t, r.wantFail("refused", fsm.FailureStatus, 0).Body, 25,
		"sizes of chunks are hexadecimal")
}

// The challenges of a 401 stay until there is another one.
func TestClient_Challenges_Stay(t *testing.T) {
	r := asking(t, ClientConfig{HasCredentials: true}).unit(challengeBasic)
	r.take(r.c.Credentials(t0, "Basic x"))
	r.unit(response(403))
	require.Len(t, r.c.Challenges(), 1)
}

// Nothing of a handshake is kept by a connection that is open.
func TestClient_Open_KeepsNoBuffers(t *testing.T) {
	r := asking(t, ClientConfig{}).unit(switching()).wantOpen("accepted")
	require.Nil(t, r.c.buf)
	require.Nil(t, r.c.unit.Response.Fields)
}

// Where terminators are optional, a late one may be text, as some gateways send it, and ends one
// response only.
func TestClient_TerminatorOptional_LateText(t *testing.T) {
	m := fsm.DefaultClientConfig()
	m.TerminatorOptional = true
	r := asking(t, ClientConfig{Machine: m}).message(switching())
	r.wantOpen("without a terminator")
	r.take(r.c.Message(t0, wire.Text, nil))
	require.Empty(t, r.got, "the terminator")
	r.take(r.c.Message(t0, wire.Text, nil))
	require.Len(t, r.got, 1, "the application's")
}

// An error says which subprotocol was selected instead of KHP.
func TestClient_NotSelected_Says(t *testing.T) {
	for selected, want := range map[string]string{"": "the server selected no subprotocol",
		"amqp": `the server selected "amqp"`} {
		r := dialed(t, "ws://h/p", ClientConfig{Subprotocols: []string{"amqp"}})
		r.take(r.c.Opened(t0, selected, nil, zeroAccept))
		require.Equal(t, want, r.wantFail("not selected", fsm.FailureNotSelected, 1000).Detail)
	}
	err := asking(t, ClientConfig{}).unit(challengeBasic).wantFail("no credentials",
		fsm.FailureAuthRequired, 1000)
	require.Equal(t, `no credentials are configured for scheme "Basic" in realm "r"`, err.Detail)
}

// A request has as many fields as a peer reads, those of the endpoint included.
func TestNewClient_FieldsBoundary(t *testing.T) {
	var header []HeaderField
	for {
		c, err := NewClient("ws://h/p", ClientConfig{Subprotocols: []string{"a"},
			OpeningExtensions: []string{"x"}, OpeningHeader: append(header, HeaderField{"X-N", "v"})})
		if err != nil {
			break
		}
		header = append(header, HeaderField{"X-N", "v"})
		c.Connect(t0)
		out := c.Connected(t0, [16]byte{})
		require.LessOrEqual(t, strings.Count(string(out[0].Data), "\r\n")-2, wire.DefaultLimits().Fields)
	}
	c, err := NewClient("ws://h/p", ClientConfig{Subprotocols: []string{"a"},
		OpeningExtensions: []string{"x"}, OpeningHeader: header})
	require.NoError(t, err)
	c.Connect(t0)
	require.Equal(t, wire.DefaultLimits().Fields,
		strings.Count(string(c.Connected(t0, [16]byte{})[0].Data), "\r\n")-2, "no field less than may be")
}

// Misuse names the first call that was misplaced.
func TestMisuse_First(t *testing.T) {
	c, err := NewClient("ws://h/p", ClientConfig{})
	require.NoError(t, err)
	c.BodyWritten(t0)
	c.Connected(t0, [16]byte{})
	require.ErrorContains(t, c.Misuse(), "BodyWritten")
	c, _ = NewClient("ws://h/p", ClientConfig{})
	c.Message(t0, wire.Text, []byte("x"))
	require.ErrorContains(t, c.Misuse(),
		"Message was called in phase ClientIdle; there are no messages before")
}

// Without a login for the proxy a 407 is the answer, challenge or not.
func TestClient_ProxyLogin_Needed(t *testing.T) {
	r := dialed(t, "ws://h/p", ClientConfig{})
	_, out := r.c.OpeningReceived(t0,
		[]byte("HTTP/1.1 407 x\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n"))
	r.take(out)
	require.Equal(t, 407, r.wantFail("no login", fsm.FailureStatus, 0).Status)
	require.False(t, r.c.UsesProxyCredentials())
}

// Extensions that the host cannot confirm fail the handshake with its words, where a response that
// accepts has them; one that refuses is not asked about.
func TestClient_ConfirmExtensions(t *testing.T) {
	var asked [][]string
	cfg := ClientConfig{Extensions: []string{"x-a"}, ConfirmExtensions: func(list []string) error {
		asked = append(asked, list)
		return errors.New("parameter n is not understood")
	}}
	err := asking(t, cfg).unit(switching("Sec-WebSocket-Extensions: x-a;n=1")).
		wantFail("not confirmed", fsm.FailureExtensionNotRequested, 1002)
	require.Equal(t, "parameter n is not understood", err.Detail)
	require.Equal(t, [][]string{{"x-a;n=1"}}, asked)
	asking(t, cfg).unit(response(403, "Sec-WebSocket-Extensions: x-a;n=1")).wantFail("refused",
		fsm.FailureStatus, 1000)
	require.Len(t, asked, 1)
}
