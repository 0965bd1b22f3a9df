package endpoint

import (
	"strings"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// Every refusal without a body of its own has its reason phrase for one.
func TestServer_DefaultBodies(t *testing.T) {
	for _, status := range []int{400, 403, 404, 500, 503, 599} {
		s := listening(t, "/p", ServerConfig{}).deciding().decide(Refuse(status, ""))
		require.True(t, strings.HasSuffix(s.sent[0], "\r\n\r\n"+fsm.Status(status).Reason+"\n"),
			s.sent[0])
	}
	s := listening(t, "/p", ServerConfig{}).deciding().decide(Redirect("ws://h/q"))
	require.True(t, strings.HasSuffix(s.sent[0], "Content-Length: 0\r\n\r\n"), s.sent[0])
}

// A client without KHP that would have to log in is told what that takes, and a decision on it is
// checked as any other.
func TestServer_Plain_Refusals(t *testing.T) {
	s := plainAsked(t, "/p", "")
	_, err := s.Decide(t0, Decision{Status: 403, Location: "ws://h/q"})
	require.ErrorContains(t, err, "Location goes with 302")
	out, err := s.Decide(t0, Decision{Status: 401, Challenges: []string{"Basic"}})
	require.NoError(t, err)
	require.Contains(t, string(out[0].Data), "HTTP/1.1 403 ")
	require.True(t, strings.HasSuffix(string(out[0].Data), "\r\n\r\n"+needsKHP+"\n"))
}

// Where clients without KHP are decided on first, those with KHP are answered at once.
func TestServer_Plain_WithKHP(t *testing.T) {
	s := newServed(t, ServerConfig{Machine: fsm.ServerConfig{Plain: true}, DecidePlain: true})
	require.Contains(t, s.opening("/p"), "HTTP/1.1 101 ")
	require.Equal(t, fsm.ServerAwaitRequest, s.s.Phase())
	s.deciding().decide(Decision{})
	require.Equal(t, 1, s.opens)
}

// An empty list of subprotocols is none, in both profiles; one of extensions is a fault by the
// specification. [AMB-23]
func TestServer_EmptyLists(t *testing.T) {
	for target, taken := range map[string]bool{"/p": false, "/p?.kl=Y": true} {
		s := listening(t, target, ServerConfig{}).deciding("Sec-WebSocket-Protocol:")
		require.NotContains(t, s.s.Request().Subprotocols, "")
		s = listening(t, target, ServerConfig{}).message(request("Sec-WebSocket-Extensions:"))
		require.Equal(t, taken, s.s.Deciding(), target)
	}
}

// A target in absolute form may have no path.
func TestServer_AbsoluteWithoutPath(t *testing.T) {
	for _, absolute := range []string{"http://h", "http://h:80", "http://h?q"} {
		s := newServed(t, ServerConfig{})
		require.Contains(t, s.opening(absolute), "HTTP/1.1 101 ", absolute)
		require.Equal(t, "/", s.s.OpeningRequest().Path())
		s.message("GET " + absolute + " HTTP/1.1\r\n\r\n")
		require.True(t, s.s.Deciding(), absolute)
		s = newServed(t, ServerConfig{})
		require.Contains(t, s.opening(strings.Replace(absolute, "h", "x", 5)), "HTTP/1.1 400 ", absolute)
	}
}

// The error of a refused opening request has the beginning of its target, even if it is too large,
// and the client of another layer gets the reason with its Close frame.
func TestServer_RefusedOpenings(t *testing.T) {
	r := wire.Request{Method: []byte("GET"), Target: []byte("/p?" + strings.Repeat("q", 9000)),
		Fields: wire.Fields{{Name: []byte("Host"), Value: []byte("h")}}}
	s := newServed(t, ServerConfig{})
	s.take(s.s.Opening(t0, &r))
	require.True(t, strings.HasPrefix(s.s.OpeningRequest().Target, "/p?qqq"))
	require.Less(t, len(s.s.OpeningRequest().Target), 300)
	s.take(s.s.Lost(t0, ""))
	require.True(t, strings.HasPrefix(s.err.URL, "/p?qqq"), s.err.URL)

	s = newServed(t, ServerConfig{CheckOpening: func(*OpeningRequest) (int, string) {
		return 403, "not at night"
	}})
	out := s.s.Opened(t0, OpeningRequest{Target: "/p", Host: "h"}, nil)
	require.Equal(t, Output{Kind: SendClose, Code: 1008, Text: "not at night"}, out[0])
}

// The answer to a malformed request says what is wrong and where, without an empty detail behind
// it.
func TestServer_FaultsInWords(t *testing.T) {
	for text, want := range map[string]string{
		"GET /p HTTP/1.1\r\nA: 1\r\n B: 2\r\n\r\n": "folded",
		"GET /p HTTP/1.1\nA: 1\r\n\r\n":            "LF",
		"GET /p\r\n\r\n":                           "request line",
	} {
		s := listening(t, "/p", ServerConfig{}).message(text)
		_, body, _ := strings.Cut(s.sent[0], "\r\n\r\n")
		require.Contains(t, body, want)
		require.NotRegexp(t, `[: ]\n$`, body)
		require.Contains(t, body, "at byte ")
	}
}
