package endpoint

import (
	"testing"

	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
)

// opening gives an opening request for target with further fields, and returns the answer.
func (s *served) opening(target string, lines ...string) string {
	head := "GET " + target + " HTTP/1.1\r\n" + openingFields +
		"Sec-WebSocket-Protocol: x-kaazing-handshake\r\n"
	for _, l := range lines {
		head += l + "\r\n"
	}
	b := []byte(head + "\r\n")
	used, out := s.s.OpeningReceived(t0, b)
	require.Equal(s.t, len(b), used)
	s.take(out)
	reuse(b)
	return string(out[0].Data)
}

// The host's layer is asked for the extensions that a client has offered, if there are any and the
// client is let in; the 101 lists those that it grants, and no other handshake may negotiate them
// again.
func TestServer_GrantOpening(t *testing.T) {
	var asked [][]string
	cfg := ServerConfig{
		GrantOpening: func(offered []string) []string {
			asked = append(asked, offered)
			return offered[:1]
		},
		CheckOpening: func(o *OpeningRequest) (int, string) {
			if fieldValue(o.Opening, "X-Refuse") != "" {
				return 403, "no"
			}
			return 0, ""
		},
	}
	const offer = "Sec-WebSocket-Extensions: x-a;n=1, x-b"
	answer := newServed(t, cfg).opening("/p")
	require.NotContains(t, answer, "Sec-WebSocket-Extensions")
	require.Empty(t, asked, "nothing was offered")
	answer = newServed(t, cfg).opening("/p", offer, "X-Refuse: y")
	require.Contains(t, answer, "HTTP/1.1 403 ")
	require.Empty(t, asked, "the client was not let in")

	s := newServed(t, cfg)
	answer = s.opening("/p", offer)
	require.Equal(t, [][]string{{"x-a;n=1", "x-b"}}, asked)
	require.Contains(t, answer, "\r\nSec-WebSocket-Extensions: x-a;n=1\r\n")
	s.message(request("Sec-WebSocket-Extensions: x-a")).wantRefused("granted before", 400, 1002)
	s = newServed(t, cfg)
	s.opening("/p", offer)
	s.deciding("Sec-WebSocket-Extensions: x-b")
	answer = newServed(t, cfg).opening("/p", "Sec-WebSocket-Extensions: x-c")
	require.Contains(t, answer, "\r\nSec-WebSocket-Extensions: x-c\r\n", "the only one")
}

// Credentials of the opening request count for the extended one in the kaazing profile, where both
// are one request, and unless that has its own. Elsewhere they are those of another layer.
func TestServer_CredentialsOfTheOpening(t *testing.T) {
	for _, v := range []struct{ target, own, want string }{
		{"/p", "", ""},
		{"/p", "Basic own", "Basic own"},
		{"/p?.kl=Y", "", "Basic opening"},
		{"/p?.kl=Y", "Basic own", "Basic own"},
	} {
		s := newServed(t, ServerConfig{})
		s.opening(v.target, "Authorization: Basic opening")
		if v.own == "" {
			s.deciding()
		} else {
			s.deciding("Authorization: " + v.own)
		}
		require.Equal(t, v.want, s.s.Request().Authorization, v)
	}
}

// A client that answers a challenge may send just the same bytes again, or as many, in as many
// messages.
func TestServer_ReplayOfTheSameLength(t *testing.T) {
	for _, target := range []string{"/p", "/p?.kl=Y"} {
		s := listening(t, target, ServerConfig{}).deciding("Authorization: Basic one")
		for _, credentials := range []string{"two", "two", "six"} {
			s.decide(Decision{Status: 401, Challenges: []string{"Basic"}})
			require.Equal(t, fsm.ServerAwaitReplay, s.s.Phase())
			s.deciding("Authorization: Basic " + credentials)
			require.Equal(t, "Basic "+credentials, s.s.Request().Authorization)
		}
	}
}

// Behind a proxy a client knows the server by other names: those that the configuration lists, and
// no other, stand for Host and path of the opening request.
func TestServer_Outside(t *testing.T) {
	cfg := ServerConfig{Outside: Outside{Hosts: []string{"www.example.com", "b:8000"},
		Prefix: "/app/"}}
	for head, status := range map[string]int{
		"GET /p HTTP/1.1\r\nHost: h\r\n":                       0,
		"GET /p HTTP/1.1\r\nHost: WWW.example.com\r\n":         0,
		"GET /p HTTP/1.1\r\nHost: b:8000\r\n":                  0,
		"GET /p HTTP/1.1\r\nHost: b\r\n":                       400,
		"GET /p HTTP/1.1\r\nHost: example.com\r\n":             400,
		"GET /app/p HTTP/1.1\r\n":                              0,
		"GET /app/q HTTP/1.1\r\n":                              400,
		"GET /app HTTP/1.1\r\n":                                400,
		"GET /app/app/p HTTP/1.1\r\n":                          400,
		"GET http://www.example.com/app/p HTTP/1.1\r\n":        0,
		"GET http://elsewhere/app/p HTTP/1.1\r\nHost: h\r\n":   400,
		"GET http://h/p HTTP/1.1\r\nHost: www.example.com\r\n": 0,
	} {
		s := listening(t, "/p", cfg).message(head + "\r\n")
		if status == 0 {
			require.Equal(t, []string{"AskDecision"}, s.last, head)
		} else {
			s.wantRefused(head, status, 1002)
		}
	}
	listening(t, "/p", ServerConfig{}).message("GET /p HTTP/1.1\r\nHost: www.example.com\r\n\r\n").
		wantRefused("nothing is listed", 400, 1002)
}
