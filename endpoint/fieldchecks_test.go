package endpoint

import (
	"errors"
	"strings"
	"testing"

	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
)

// Fields of any caller, for any message: nothing in them can begin another line, and none
// takes the place of a field of the handshake.
func TestFields_NoneInjectsAnother(t *testing.T) {
	decide := func(f HeaderField) error {
		s := listening(t, "/p", ServerConfig{}).deciding()
		_, err := s.s.Decide(t0, Decision{Status: 403, Header: []HeaderField{f}})
		return err
	}
	client := func(change func(cfg *ClientConfig, f HeaderField)) func(f HeaderField) error {
		return func(f HeaderField) error {
			var cfg ClientConfig
			change(&cfg, f)
			_, err := NewClient("ws://h/p", cfg)
			return err
		}
	}
	common := []string{"Connection", "Upgrade", "Transfer-Encoding", "Content-Length"}
	for name, v := range map[string]struct {
		check func(f HeaderField) error
		own   []string
	}{
		"opening 101": {CheckOpeningField,
			append([]string{"Sec-WebSocket-Accept", "Sec-WebSocket-Protocol",
				"Sec-WebSocket-Extensions", "Sec-WebSocket-Anything", "Date", "Location", "WWW-Authenticate",
				"Trailer"}, common...)},
		"response": {decide, append([]string{"Sec-WebSocket-Accept", "Sec-WebSocket-Protocol",
			"Sec-WebSocket-Extensions", "Location", "WWW-Authenticate", "Proxy-Authenticate", "Content-Type",
			"Trailer"}, common...)},
		"opening request": {client(func(cfg *ClientConfig, f HeaderField) {
			cfg.OpeningHeader = []HeaderField{f}
		}),
			append([]string{"Host", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Authorization",
				"Proxy-Authorization"}, common...)},
		"extended request": {client(func(cfg *ClientConfig, f HeaderField) {
			cfg.Header = []HeaderField{f}
		}),
			append([]string{"Host", "Sec-WebSocket-Protocol", "Authorization", "Expect",
				"Proxy-Authorization"}, common...)},
	} {
		require.NoError(t, v.check(HeaderField{"X-One", "1"}), name)
		require.NoError(t, v.check(HeaderField{"X", "Sec-WebSocket-Accept"}),
			"%s: a value is no name", name)
		for _, bad := range []string{"", "a b", "a:", "a\r\nB", "\x00", "\u00e9"} {
			err := v.check(HeaderField{bad, "1"})
			require.ErrorContains(t, err, "is not a token", "%s: %q", name, bad)
			require.NotContains(t, err.Error(), "\n")
		}
		for _, bad := range []string{"a\r\nB: c", "a\nb", "\x00", "a\x7f", " a", "a\t"} {
			require.ErrorContains(t, v.check(HeaderField{"X-One", bad}), "X-One", "%s: %q", name, bad)
		}
		for _, own := range v.own {
			for _, spelling := range []string{own, strings.ToLower(own), strings.ToUpper(own)} {
				require.ErrorContains(t, v.check(HeaderField{spelling, "1"}), spelling, name)
			}
		}
	}
}

// A body without a type is text, one with a type has that, and no body has none.
func TestServer_Decide_BodyType(t *testing.T) {
	for want, d := range map[string]Decision{
		"Content-Type: text/plain; charset=utf-8\r\nContent-Length: 3\r\n\r\nwhy": {Status: 403,
			Body: []byte("why")},
		"Content-Type: text/html\r\nContent-Length: 3\r\n\r\n<p>": {Status: 403, Body: []byte("<p>"),
			BodyType: "text/html"},
		"Content-Length: 0\r\n\r\n": {Status: 302, Location: "/q"},
	} {
		s := listening(t, "/p", ServerConfig{}).deciding().decide(d)
		require.Contains(t, s.sent[len(s.sent)-2], "\r\n"+want)
		require.Equal(t, len(d.Body) > 0, strings.Contains(s.sent[len(s.sent)-2], "Content-Type"))
	}
}

// A refusal is explained by the first line of a body of text, without anything that does more than
// to be read.
func TestHandshakeError_Explains(t *testing.T) {
	for _, v := range []struct{ kind, body, want string }{
		{"", "closed for today\nsecond line", "closed for today"},
		{"text/plain; charset=utf-8", "\r\n  closed \r\nmore", "closed"},
		{"TEXT/PLAIN", "<tag> is text", ""},
		{"text/html", "closed", ""},
		{"", "<html>", ""},
		{"", "a<b", "a<b"},
		{"", "red \x1b[31m \xff\u202e\u2028 end", "end"},
	} {
		e := &HandshakeError{Failure: fsm.FailureStatus, Status: 403, Leg: LegExtended,
			Body: []byte(v.body)}
		if v.kind != "" {
			e.Header = []HeaderField{{"Content-Type", v.kind}}
		}
		text := e.Error()
		if v.want == "" {
			require.NotContains(t, text, "says", v.body)
			continue
		}
		_, says, _ := strings.Cut(text, "; the server says: ")
		require.True(t, strings.TrimSpace(says) == v.want ||
			v.want == "end" && strings.HasSuffix(says, " end"), says)
		for _, r := range text {
			require.False(t, r < ' ' || r == '\u202e' || r == '\u2028' || r == '\ufffd' ||
				r == 0x7f, "%q", text)
		}
	}
	long := &HandshakeError{Failure: fsm.FailureStatus, Status: 403,
		Body: []byte(strings.Repeat("x", 5000))}
	require.Less(t, len(long.Error()), 500)
}

// A failure is found behind the error that reports it, and none where there is none.
func TestHandshakeError_As(t *testing.T) {
	var failure fsm.Failure
	err := error(&HandshakeError{Failure: fsm.FailureStatus})
	require.True(t, errors.As(err, &failure))
	require.Equal(t, fsm.FailureStatus, failure)
	require.ErrorIs(t, err, fsm.FailureStatus)
	require.NotErrorIs(t, err, fsm.FailureLimit)
	var other *MisuseError
	require.False(t, errors.As(err, &other))
	failure = fsm.FailureLimit
	require.False(t, errors.As(error(&HandshakeError{}), &failure))
	require.Equal(t, fsm.FailureLimit, failure, "is left alone")
}

// Changes that the caller makes to the list that Offer returned change no later request.
func TestClient_Offer_IsACopy(t *testing.T) {
	for _, subprotocols := range [][]string{nil, {"amqp"}} {
		for _, change := range []func(cfg *ClientConfig){
			func(*ClientConfig) {},
			func(cfg *ClientConfig) { cfg.PlainOnly = len(subprotocols) > 0 },
			func(cfg *ClientConfig) {
				cfg.Machine = fsm.DefaultClientConfig()
				cfg.Machine.PlainFallback = true
			},
		} {
			cfg := ClientConfig{Subprotocols: subprotocols}
			change(&cfg)
			c, err := NewClient("ws://h/p", cfg)
			require.NoError(t, err)
			want := strings.Join(c.Offer(), " ")
			list := c.Offer()
			_ = append(list, "more")
			for i := range list {
				list[i] = "changed"
			}
			require.Equal(t, want, strings.Join(c.Offer(), " "))
		}
	}
}

// A 401 that cannot be answered says why.
func TestClient_Reading_Status401_WhyNot(t *testing.T) {
	for want, r := range map[string]*run{
		"no WWW-Authenticate field": asking(t, ClientConfig{HasCredentials: true}).
			unit(response(401)),
		`configured for scheme "Basic"`: asking(t, ClientConfig{}).unit(challengeBasic),
		"WWW-Authenticate: bad challenge": asking(t, ClientConfig{HasCredentials: true}).
			unit(response(401, "WWW-Authenticate: ,=")),
	} {
		r.hangUp()
		require.NotNil(t, r.err, want)
		if !strings.Contains(want, ": ") {
			require.Contains(t, r.err.Detail, want)
		}
		require.NotEmpty(t, r.err.Detail)
	}
}

// A message at the wrong time is shown with its first 32 bytes, or up to where secrets may begin.
func TestUnexpectedMessage_ShowsTheBeginning(t *testing.T) {
	for message, want := range map[string]string{
		strings.Repeat("a", 31): `31 bytes starting "` + strings.Repeat("a", 31) + `"`,
		strings.Repeat("a", 32): `32 bytes starting "` + strings.Repeat("a", 32) + `"`,
		strings.Repeat("a", 33): `33 bytes starting "` + strings.Repeat("a", 32) + `"`,
		"a":                     `1 bytes starting "a"`,
		"GET /p?secret HTTP":    `18 bytes starting "GET /p"`,
		"?secret":               `7 bytes starting ""`,
		"one\r\nsecret":         `11 bytes starting "one"`,
	} {
		s := listening(t, "/p", ServerConfig{}).deciding().message(message)
		s.take(s.s.PeerClosed(t0, 1002, ""))
		require.NotNil(t, s.err)
		require.Contains(t, s.err.Detail, want)
	}
}
