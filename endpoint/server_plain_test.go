package endpoint

import (
	"testing"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/internal/scan"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// plainAsked is a server that has asked about a client that offers no KHP.
func plainAsked(t *testing.T, target, protocols string) *Server {
	t.Helper()
	s := NewServer(ServerConfig{Machine: fsm.ServerConfig{Plain: true}, DecidePlain: true})
	head := "GET " + target + " HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
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
	require.ErrorIs(t, err, errTooLate)
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
		require.ErrorIs(t, err, errTooLate)
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

// Whatever is decided on an opening request without KHP: it is answered with HTTP and that status,
// except that credentials cannot be asked for; or it is let in; or the decision is refused and
// another one can be made.
func TestServer_DecidePlain_EveryStatus(t *testing.T) {
	cfg := ServerConfig{Machine: fsm.ServerConfig{Plain: true}, DecidePlain: true}
	for status := 0; status <= 1000; status++ {
		s := newServed(t, cfg)
		_, out := s.s.OpeningReceived(t0, []byte("GET /p HTTP/1.1\r\n"+openingFields+"\r\n"))
		s.take(out)
		require.Equal(t, []string{"AskDecision"}, s.last)
		d := Decision{Status: status}
		wants := status
		switch status {
		case 201, 300, 301, 302, 303, 307:
			d.Location = "/q"
		case 401, 407:
			d.Challenges, wants = []string{"Basic"}, 403
		case 426:
			d.Upgrade = "TLS/1.2"
		}
		out, err := s.s.Decide(t0, d)
		if err != nil {
			require.True(t, status > 0 && status < 200 && status != 101 || status == 1000,
				"%d: %v", status, err)
			require.Empty(t, out)
			require.True(t, s.s.Deciding(), status)
			continue
		}
		s.take(out)
		switch status {
		case 0, 101, 201, 204, 205:
			require.Equal(t, 1, s.opens, status)
			require.True(t, s.s.Result().Plain)
			continue
		case 202:
			require.True(t, s.s.Deciding())
			continue
		}
		require.Zero(t, s.opens, status)
		var r wire.Response
		_, _, err = r.ParseOpening(out[0].Data, wire.DefaultLimits())
		require.NoError(t, err, status)
		require.Equal(t, wants, r.Status)
		require.Equal(t, 1, r.Fields.Count("Connection"), status)
		connection, _ := r.Fields.Get("Connection")
		require.True(t, scan.HasToken(connection, "close"), status)
		require.Equal(t, status == 426, scan.HasToken(connection, "Upgrade"), status)
		require.NotNil(t, s.err, status)
		require.Equal(t, []any{LegOpening, fsm.FailureStatus, wants},
			[]any{s.err.Leg, s.err.Failure, s.err.Status})
	}
}

// An URL in the query of an opening request is none in absolute form.
func TestServer_Opening_URLInTheQuery(t *testing.T) {
	for _, target := range []string{"/p?to=http://elsewhere/", "/p://elsewhere",
		"http://h/p?to=ws://elsewhere/"} {
		s := newServed(t, ServerConfig{})
		require.Contains(t, s.opening(target), "HTTP/1.1 101 ", target)
	}
	require.Contains(t, newServed(t, ServerConfig{}).opening("http://elsewhere/p"), "HTTP/1.1 400 ")
}

// A connection that ends before its opening request failed there.
func TestServer_LostBeforeTheOpening(t *testing.T) {
	s := newServed(t, ServerConfig{})
	s.take(s.s.Lost(t0, "cut"))
	require.NotNil(t, s.err)
	require.Equal(t, LegOpening, s.err.Leg)
}

// A refusal of a client without KHP is sent as it was decided.
func TestServer_DecidePlain_AsDecided(t *testing.T) {
	for _, v := range []struct {
		decide Decision
		want   string
	}{
		{Decision{Status: 403, Body: []byte("not you"), BodyType: "text/x"},
			"HTTP/1.1 403 Forbidden\r\nConnection: close\r\nDate: Tue, 14 Nov 2023 22:13:20 GMT\r\n" +
				"Content-Type: text/x\r\nContent-Length: 7\r\n\r\nnot you"},
		{Decision{Status: 302, Location: "/q", Header: []HeaderField{{"X", "y"}}},
			"HTTP/1.1 302 Found\r\nConnection: close\r\nDate: Tue, 14 Nov 2023 22:13:20 GMT\r\n" +
				"Location: /q\r\nX: y\r\nContent-Length: 0\r\n\r\n"},
	} {
		out, err := plainAsked(t, "/p", "").Decide(t0, v.decide)
		require.NoError(t, err)
		require.Equal(t, v.want, string(out[0].Data))
	}
}
