package endpoint

import (
	"testing"

	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

func TestRequest_Credentials(t *testing.T) {
	for value, want := range map[string][2]string{
		"": {}, "Basic": {"Basic", ""}, "Basic a": {"Basic", "a"},
		"Token\t 1:joe: x \t": {"Token", "1:joe: x"}, " a": {"", "a"},
	} {
		scheme, credentials := (&Request{Authorization: value}).Credentials()
		require.Equal(t, want, [2]string{scheme, credentials}, value)
	}
}

func TestRequest_Challenge(t *testing.T) {
	spec, kaazing := &Request{}, &Request{OpeningRequest: OpeningRequest{Target: "/?.kl=Y"}}
	require.Equal(t, `Basic realm="a\\\"b"`, spec.Challenge("Basic", `a\"b`))
	require.Equal(t, "Token", spec.Challenge("Token", ""))
	require.Equal(t, "Application Token", kaazing.Challenge("Token", ""))
	for _, r := range []*Request{spec, kaazing} {
		list, err := wire.ParseChallenges(nil, []byte(r.Challenge("Basic", `a "realm", a \`)))
		require.NoError(t, err)
		realm, _ := list[0].Param("realm")
		require.Equal(t, `a "realm", a \`, realm)
	}
}

// A request that the host refuses is answered with the host's status and reason, and never opened.
func TestServer_CheckOpening(t *testing.T) {
	opening := "GET /p?q HTTP/1.1\r\n" + openingFields + "Sec-WebSocket-Protocol: " +
		Subprotocol + "\r\n\r\n"
	for status, want := range map[int]int{404: 404, 429: 429, 503: 503, 0: 101, 101: 403, 200: 403,
		999: 403, -1: 403} {
		s := NewServer(ServerConfig{CheckOpening: func(o *OpeningRequest) (int, string) {
			require.Equal(t, "/p?q", o.Target)
			require.Equal(t, []string{Subprotocol}, o.Subprotocols)
			return status, "because"
		}})
		_, out := s.OpeningReceived(t0, []byte(opening))
		var r wire.Response
		_, err := r.ParseHead(out[0].Data, wire.Limits{})
		require.NoError(t, err)
		require.Equal(t, want, r.Status)
		require.Equal(t, want != 101, out[len(out)-1].Kind == Fail)
	}
}

// A server that is used again knows nothing of the connection before, wherever that was.
func TestServer_Reset(t *testing.T) {
	opening := "GET /p HTTP/1.1\r\n" + openingFields + "Sec-WebSocket-Protocol: " +
		Subprotocol + "\r\n\r\n"
	kaazing := "GET /k?.kl=Y HTTP/1.1\r\n" + openingFields + "Sec-WebSocket-Protocol: " +
		Subprotocol + "\r\n\r\n"
	s := NewServer(ServerConfig{})
	for _, before := range []func(){
		func() {},
		func() { s.OpeningReceived(t0, []byte("GET")) },
		func() { s.OpeningReceived(t0, []byte("POST / HTTP/1.1\r\n\r\n")) },
		func() { s.OpeningReceived(t0, []byte(kaazing)) },
		func() { s.OpeningReceived(t0, []byte(kaazing)); s.Message(t0, wire.Text, []byte("GET /k")) },
		func() {
			s.OpeningReceived(t0, []byte(kaazing))
			s.Message(t0, wire.Text, []byte("GET /k HTTP/1.1\r\nAuthorization: a\r\n\r\n"))
		},
		func() {
			s.OpeningReceived(t0, []byte(kaazing))
			s.Message(t0, wire.Text, []byte("GET /k HTTP/1.1\r\n\r\n"))
			_, err := s.Decide(t0, Decision{Header: []HeaderField{{"A", "b"}}})
			require.NoError(t, err)
		},
	} {
		s.Reset(ServerConfig{})
		before()
		s.Reset(ServerConfig{})
		fresh := NewServer(ServerConfig{})
		for _, one := range []*Server{s, fresh} {
			one.OpeningReceived(t0, []byte(opening))
			one.Message(t0, wire.Binary, []byte("GET /p HTTP/1.1\r\nX: y\r\n\r\n"))
		}
		require.Equal(t, fresh.Request(), s.Request())
		require.Equal(t, fresh.State(), s.State())
		a, errA := s.Decide(t0, Decision{})
		b, errB := fresh.Decide(t0, Decision{})
		require.NoError(t, errA)
		require.NoError(t, errB)
		require.Equal(t, b, a)
	}
}
