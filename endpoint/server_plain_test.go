package endpoint

import (
	"testing"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// plainAsked is a server that has asked about a client that offers no KHP.
func plainAsked(t *testing.T, target, protocols string) *Server {
	t.Helper()
	s := NewServer(ServerConfig{Machine: fsm.ServerConfig{Plain: true}, DecidePlain: true})
	head := "GET " + target + " HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
	if protocols != "" {
		head += "Sec-WebSocket-Protocol: " + protocols + "\r\n"
	}
	used, out := s.OpeningReceived(t0, []byte(head+"\r\n"))
	require.Equal(t, len(head)+2, used)
	require.Len(t, out, 1, "nothing is sent yet")
	require.Equal(t, AskDecision, out[0].Kind)
	require.True(t, s.Deciding())
	require.True(t, s.Request().Plain)
	return s
}

// The tokens of KHP's own are no application's subprotocols.
func TestServer_Plain_Protocols(t *testing.T) {
	s := plainAsked(t, "/p", "a, x-kaazing-bump, b")
	require.Equal(t, []string{"a", "b"}, s.Request().Subprotocols)
	require.False(t, s.OpeningRequest().offersKHP())
	_, err := s.Decide(t0, Decision{Subprotocol: "c"})
	require.ErrorContains(t, err, "not requested")
	out, err := s.Decide(t0, Decision{Subprotocol: "b"})
	require.NoError(t, err)
	require.Contains(t, string(out[0].Data), "\r\nSec-WebSocket-Protocol: b\r\n")
	require.Equal(t, Open, out[1].Kind)
	require.Equal(t, Result{Plain: true, Status: 101, Subprotocol: "b"}, s.Result())
	require.False(t, s.Deciding())
	_, err = s.Decide(t0, Decision{})
	require.ErrorIs(t, err, ErrTooLate)
}

// Until the request is decided on there is no WebSocket, whatever the client takes it for.
func TestServer_Plain_TooEarly(t *testing.T) {
	for name, early := range map[string]func(s *Server) []Output{
		"message": func(s *Server) []Output { return s.Message(t0, wire.Text, []byte("x")) },
		"ping":    func(s *Server) []Output { return s.Ping(t0, nil) },
		"close":   func(s *Server) []Output { return s.PeerClosed(t0, 1000, "") },
	} {
		s := plainAsked(t, "/p", "")
		out := early(s)
		require.Contains(t, string(out[0].Data), "HTTP/1.1 400 ", name)
		require.Equal(t, fsm.ServerDone, s.Phase())
		_, err := s.Decide(t0, Decision{})
		require.ErrorIs(t, err, ErrTooLate)
	}
}

// An application may ask for time as often as a KHP client would be told so, and is asked again
// each time.
func TestServer_Plain_Deferred(t *testing.T) {
	s := plainAsked(t, "/p", "")
	for range fsm.DefaultServerConfig().MaxDeferrals {
		out, err := s.Decide(t0, Decision{Status: 202})
		require.NoError(t, err)
		require.Len(t, out, 1)
		require.Equal(t, AskDecision, out[0].Kind)
	}
	_, err := s.Decide(t0, Decision{Status: 202})
	require.ErrorContains(t, err, "decide")
	require.Contains(t, string(s.ApplicationFailed(t0.Add(time.Second))[0].Data), "HTTP/1.1 500 ")
	require.NoError(t, s.Misuse())
}
