package endpoint

import (
	"strings"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// The detail of a failure without a description is the misplaced call alone.
func TestServer_MisuseAlone_Detail(t *testing.T) {
	s := listening(t, "/p", ServerConfig{}).deciding()
	s.s.Send(t0, wire.Text, []byte("x"))
	misuse := s.s.Misuse()
	require.Error(t, misuse)
	s.take(s.s.ApplicationFailed(t0))
	s.take(s.s.PeerClosed(t0, 1000, ""))
	require.NotNil(t, s.err, "%v", s.all)
	require.Equal(t, misuse.Error(), s.err.Detail)
}

// A body of one byte is a body.
func TestServer_AwaitBody_OneByte(t *testing.T) {
	s := listening(t, "/p", ServerConfig{}).message(request("Expect: 100-continue",
		"Content-Length: 1"))
	require.Equal(t, fsm.ServerAwaitBody, s.s.Phase())
	require.Contains(t, s.sent[0], "HTTP/1.1 100 ")
	s.message("b")
	require.Equal(t, []string{"AskDecision"}, s.last)
	require.Equal(t, "b", string(s.s.Request().Body))
}

// The difference between two requests names the field, and its value in each.
func TestServer_Difference_Host(t *testing.T) {
	for _, text := range []string{request("Host: other"), "GET http://other/p HTTP/1.1\r\n\r\n"} {
		s := listening(t, "/p", ServerConfig{}).message(text)
		s.take(s.s.PeerClosed(t0, 1000, ""))
		require.Equal(t, &Difference{What: "Host", Opening: "h", Extended: "other"}, s.err.Difference)
		require.Contains(t, s.err.Detail,
			`expected the Host of the opening request, "h", got "other"`)
	}
}

// Origin and Sec-WebSocket-Origin may both be present if they are equal, apart from the case of
// letters.
func TestServer_Opening_OriginTwiceAlike(t *testing.T) {
	for _, old := range []string{"http://h", "HTTP://H"} {
		s := newServed(t, ServerConfig{})
		_, out := s.s.OpeningReceived(t0, []byte("GET /p HTTP/1.1\r\n"+openingFields+
			"Sec-WebSocket-Protocol: "+Subprotocol+"\r\nOrigin: http://h\r\n"+
			"Sec-WebSocket-Origin: "+old+"\r\n\r\n"))
		s.take(out)
		require.Equal(t, fsm.ServerAwaitRequest, s.s.Phase(), old)
		require.Equal(t, "http://h", s.s.OpeningRequest().Origin)
	}
}

// A request that is too large still has its target.
func TestServer_Opened_TooLarge_Target(t *testing.T) {
	s := newServed(t, ServerConfig{Limits: wire.Limits{Target: 20}})
	s.take(s.s.Opened(t0, OpeningRequest{Target: "/a-target-that-is-too-long", Host: "h",
		Subprotocols: []string{Subprotocol}}, nil))
	require.Equal(t, []uint16{1008}, s.codes)
	require.Equal(t, "/a-target-that-is-too-long", s.s.OpeningRequest().Target)
}

// Only a client of the kaazing profile can be rerouted, also as a plain WebSocket.
func TestServer_Plain_RerouteOfOthers(t *testing.T) {
	s := plainAsked(t, "/p", "a")
	_, err := s.Decide(t0, Decision{Reroute: "ws://h2/"})
	require.ErrorContains(t, err, "only clients of the kaazing profile can be rerouted")
	s = plainAsked(t, "/p?.kl=Y", "a")
	_, err = s.Decide(t0, Decision{Reroute: "ws://h2/"})
	require.NoError(t, err)
}

// Unchecked servers send fields with every status that is written out.
func TestServer_Decide_UncheckedFields(t *testing.T) {
	m := fsm.DefaultServerConfig()
	m.Unchecked = true
	for want, d := range map[string]Decision{
		"WWW-Authenticate: Basic\r\n": {Status: 403, Challenges: []string{"Basic"}},
		"Location: /a\r\n":            {Status: 403, Location: "/a"},
		"Upgrade: h2c\r\n":            {Status: 403, Upgrade: "h2c"},
		"Content-Type: a/b\r\n":       {Status: 403, BodyType: "a/b"},
	} {
		s := listening(t, "/p", ServerConfig{Machine: m}).deciding().decide(d)
		require.Contains(t, s.sent[0], "\r\n"+want)
	}
}

// The error about a contradictory decision names its status.
func TestServer_Decide_NamesTheStatus(t *testing.T) {
	for want, d := range map[string]Decision{
		"Challenges go with 401, or 407; this decision has Status 0, which accepts with 101": {
			Challenges: []string{"Basic"}},
		"Upgrade goes with 426; this decision has Status 403 Forbidden": {Status: 403, Upgrade: "h2c"},
	} {
		_, err := listening(t, "/p", ServerConfig{}).deciding().s.Decide(t0, d)
		require.EqualError(t, err, "endpoint: "+want)
	}
}

// A request is as long as the limits of head and body together allow.
func TestServer_AwaitRequest_HeadAndBody(t *testing.T) {
	cfg := ServerConfig{Limits: wire.Limits{Head: 1000, Line: 100, Body: 10}}
	lines := strings.Split(strings.Repeat("A: "+strings.Repeat("a", 90)+"\n", 10), "\n")[:10]
	text := request(append(lines, "Content-Length: 10")...)
	require.Less(t, len(text), 1000)
	s := listening(t, "/p", cfg).message(text + "0123456789")
	require.Equal(t, []string{"AskDecision"}, s.last)
	require.Equal(t, "0123456789", string(s.s.Request().Body))
}

// An extension that the opening handshake granted is not negotiated again, with a body or without.
func TestServer_ExtensionAgain_WithBody(t *testing.T) {
	for _, lines := range [][]string{nil, {"Expect: 100-continue", "Content-Length: 3"}} {
		s := newServed(t, ServerConfig{})
		s.take(s.s.Opened(t0, OpeningRequest{Target: "/p", Host: "h", Extensions: []string{"x"},
			Subprotocols: []string{Subprotocol}}, []string{"x"}))
		s.message(request(append(lines, "Sec-WebSocket-Extensions: x")...))
		s.wantRefused("again", 400, 1002)
	}
}

// The host's check of origins is asked about both values, in their order.
func TestServer_CheckOrigin_Arguments(t *testing.T) {
	var asked [][2]string
	s := newServed(t, ServerConfig{CheckOrigin: func(origin, host string) bool {
		asked = append(asked, [2]string{origin, host})
		return true
	}})
	head := "GET /p HTTP/1.1\r\n" + openingFields + "Origin: http://other\r\n" +
		"Sec-WebSocket-Protocol: " + Subprotocol + "\r\n\r\n"
	_, out := s.s.OpeningReceived(t0, []byte(head))
	s.take(out)
	require.Equal(t, [][2]string{{"http://other", "h"}}, asked)
	require.Equal(t, fsm.ServerAwaitRequest, s.s.Phase())
}

// A target in absolute form names the place that Host names, whether there is an Origin or not.
func TestServer_Opening_AbsoluteTarget(t *testing.T) {
	for _, origin := range []string{"", "Origin: http://h\r\n"} {
		for target, status := range map[string]int{"http://h/p": 0, "http://other/p": 400} {
			s := newServed(t, ServerConfig{})
			_, out := s.s.OpeningReceived(t0, []byte("GET "+target+" HTTP/1.1\r\n"+openingFields+origin+
				"Sec-WebSocket-Protocol: "+Subprotocol+"\r\n\r\n"))
			s.take(out)
			if status == 0 {
				require.Equal(t, fsm.ServerAwaitRequest, s.s.Phase(), origin)
			} else {
				require.NotNil(t, s.err, "%s %s", target, origin)
				require.Contains(t, string(out[0].Data), "HTTP/1.1 400 ")
			}
		}
	}
}

// A decision about a plain WebSocket is made with its opening request at hand.
func TestServer_Plain_SeesTheOpening(t *testing.T) {
	s := plainAsked(t, "/p?q", "a")
	require.Equal(t, "/p?q", s.Request().Target)
	require.Equal(t, "h", s.Request().Host)
}

// A field of the opening request stays, also where its value is that of Host.
func TestOpeningFromHTTP_ValueOfHost(t *testing.T) {
	o := OpeningFromHTTP("/p", "h", map[string][]string{"X": {"h"}, "Host": {"h", "h2"}})
	require.Equal(t, []HeaderField{{"Host", "h"}, {"Host", "h2"}, {"X", "h"}}, o.Opening)
}

// A second opening request is a mistake of the host, and is told as one.
func TestServer_OpeningReceived_Twice(t *testing.T) {
	s := listening(t, "/p", ServerConfig{})
	require.NoError(t, s.s.Misuse())
	used, out := s.s.OpeningReceived(t0, []byte("GET /p HTTP/1.1\r\n"+openingFields+"\r\n"))
	require.Zero(t, used)
	require.Empty(t, out)
	var misuse *MisuseError
	require.ErrorAs(t, s.s.Misuse(), &misuse)
	require.Equal(t, "Opening", misuse.Call)
	require.Equal(t, fsm.ServerAwaitRequest, s.s.Phase())
}

// A body may come in pieces, which are no mistake of the host.
func TestServer_AwaitBody_InPieces(t *testing.T) {
	s := listening(t, "/p", ServerConfig{}).message(request("Expect: 100-continue",
		"Content-Length: 3"))
	for _, piece := range []string{"a", "b"} {
		s.message(piece)
		require.Empty(t, s.last)
		require.NoError(t, s.s.Misuse())
		require.Equal(t, fsm.ServerAwaitBody, s.s.Phase())
	}
	s.message("c")
	require.Equal(t, []string{"AskDecision"}, s.last)
	require.Equal(t, "abc", string(s.s.Request().Body))
}

// The subprotocols of both requests of a Kaazing client are one list, the opening's first.
func TestServer_Kaazing_SubprotocolsInOrder(t *testing.T) {
	s := newServed(t, ServerConfig{})
	_, out := s.s.OpeningReceived(t0, []byte("GET /p?.kl=Y HTTP/1.1\r\n"+openingFields+
		"Sec-WebSocket-Protocol: "+Subprotocol+", first, second\r\n\r\n"))
	s.take(out)
	s.message("GET /p HTTP/1.1\r\nSec-WebSocket-Protocol: third\r\n\r\n")
	require.Equal(t, fsm.ServerDeciding, s.s.Phase())
	require.Equal(t, []string{"first", "second", "third"}, s.s.Request().Subprotocols)
}
