package handshake

import (
	"context"
	"io"
	"log/slog"
	"net"
	"testing"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/transport/auth"
	"example.com/khp/transport/extension"
	"example.com/khp/transport/internal/frametest"
	"example.com/khp/transport/internal/opening"
	"example.com/khp/wire"
	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
)

// silent is a trace without a reader.
type silent struct{}

func (silent) Read([]byte)                      {}
func (silent) Upgraded(int)                     {}
func (silent) Message(wire.MessageType, []byte) {}
func (silent) TooEarly()                        {}
func (silent) Ping()                            {}
func (silent) Close(uint16, string)             {}
func (silent) Violation(uint16, string)         {}
func (silent) Lost(string)                      {}
func (silent) Expired()                         {}
func (silent) Disconnected()                    {}

// judge is an application whose decisions a test makes.
type judge struct {
	decide func(r *endpoint.Request, letIn bool) (endpoint.Decision, *auth.Verdict, error)
}

func (j judge) Accept(*endpoint.Request) (d endpoint.Decision, ok bool) { return d, false }
func (j judge) Judge(
	_ context.Context, _ net.Conn, r *endpoint.Request, letIn bool,
) (endpoint.Decision, *auth.Verdict, error) {
	return j.decide(r, letIn)
}
func (j judge) Allows(string, string) bool { return true }
func (j judge) AtOnce() bool               { return false }

const head = "GET /p HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
	"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n" +
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: x-kaazing-handshake\r\n\r\n"

// shake has s serve one client, which sends each of requests once the server has answered the one
// before, and returns the statuses that it got.
func shake(t *testing.T, s *Server, j judge, requests ...string) (answers []string) {
	t.Helper()
	server, client := net.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		o := &opening.Request{Head: []byte(head)}
		s.Opening(endpoint.ServerConfig{}, o)
		s.Shake(Config{
			Application: j, Context: context.Background(), Conn: server, Log: slog.New(slog.DiscardHandler),
			Timeouts: &endpoint.Timeouts{}, Limit: 1 << 20, Trace: silent{},
			Use: []extension.Extension{extension.IdleTimeout{Period: time.Minute}},
		}, o)
	}()
	b := make([]byte, 1<<10)
	n, err := client.Read(b)
	require.NoError(t, err)
	require.Contains(t, string(b[:n]), "HTTP/1.1 101 ")
	send := func(f ws.Frame) { require.NoError(t, ws.WriteFrame(client, ws.MaskFrame(f))) }
	for len(requests) > 0 {
		send(ws.NewBinaryFrame([]byte(requests[0])))
		requests = requests[1:]
		for interim := true; interim; {
			f, err := frametest.ReadFrame(client)
			require.NoError(t, err)
			status := string(f.Payload[len("HTTP/1.1 "):][:3])
			answers, interim = append(answers, status), status == "202"
			f, err = frametest.ReadFrame(client)
			require.NoError(t, err)
			require.Empty(t, f.Payload, "the terminator")
		}
	}
	if last := answers[len(answers)-1]; last != "101" {
		f, err := frametest.ReadFrame(client)
		require.NoError(t, err)
		require.Equal(t, ws.OpClose, f.Header.OpCode)
		send(ws.NewCloseFrame(f.Payload))
		_, _ = io.Copy(io.Discard, client)
	}
	<-done
	require.NoError(t, client.Close())
	return answers
}

func asking(lines string) string { return "GET /p HTTP/1.1\r\n" + lines + "\r\n" }

// Whom an Authenticator has let in stays let in while the same request waits for a decision, and
// not a request longer: the next one, with other credentials, is judged anew.
func TestServer_EachRequestIsJudgedAnew(t *testing.T) {
	type seen struct {
		authorization string
		letIn         bool
		principal     any
	}
	var asked []seen
	decisions := []func(r *endpoint.Request) (endpoint.Decision, *auth.Verdict){
		func(r *endpoint.Request) (endpoint.Decision, *auth.Verdict) {
			r.Principal = "joe"
			return endpoint.Decision{Status: 202}, nil
		},
		func(*endpoint.Request) (endpoint.Decision, *auth.Verdict) {
			return endpoint.Decision{Status: 401, Challenges: []string{"Basic"}}, nil
		},
		func(*endpoint.Request) (endpoint.Decision, *auth.Verdict) {
			return endpoint.Decision{Status: 401, Challenges: []string{"Basic"}}, &auth.Verdict{}
		},
		func(r *endpoint.Request) (endpoint.Decision, *auth.Verdict) {
			r.Principal = "mary"
			return endpoint.Decision{}, nil
		},
	}
	j := judge{func(r *endpoint.Request, letIn bool) (endpoint.Decision, *auth.Verdict, error) {
		asked = append(asked, seen{r.Authorization, letIn, r.Principal})
		next := decisions[0]
		decisions = decisions[1:]
		d, refused := next(r)
		return d, refused, nil
	}}
	s := New()
	require.Equal(t, []string{"202", "401", "401", "101"},
		shake(t, &s, j, asking("Authorization: Basic joe\r\n"), asking("Authorization: Basic wrong\r\n"),
			asking("Authorization: Basic mary\r\n")))
	require.Equal(t, []seen{{"Basic joe", false, nil}, {"Basic joe", true, "joe"},
		{"Basic wrong", false, nil}, {"Basic mary", false, nil}}, asked)
	require.True(t, s.IsOpen)
	require.Equal(t, "mary", s.Principal)
	require.Equal(t, "mary", s.Request().Principal)
	require.Equal(t, "Basic mary", s.Request().Authorization)
}

// A Server that is used again knows nothing of the handshake before: neither its client, nor its
// extensions, nor its redirect.
func TestServer_Reset_ForgetsTheClient(t *testing.T) {
	s := New()
	require.Equal(t, []string{"101"}, shake(t,
		&s, judge{func(r *endpoint.Request, _ bool) (endpoint.Decision, *auth.Verdict, error) {
			r.Principal = "joe"
			return endpoint.Decision{Extensions: r.Extensions[:0]}, nil, nil
		}}, asking("Sec-WebSocket-Extensions: x-kaazing-idle-timeout;timeout=30000\r\n"+
			"Authorization: Basic joe\r\n")))
	require.True(t, s.IsOpen)
	require.Len(t, s.Sessions, 1)
	first := s.Question

	s.Reset()
	require.False(t, s.IsOpen)
	require.Nil(t, s.Principal)
	require.Nil(t, s.Sessions)
	require.Equal(t, []string{"403"}, shake(t,
		&s, judge{func(r *endpoint.Request, letIn bool) (endpoint.Decision, *auth.Verdict, error) {
			require.False(t, letIn)
			require.Nil(t, r.Principal)
			require.Empty(t, r.Authorization)
			require.True(t, first.Over(), "the question about the client before")
			return endpoint.Decision{Status: 403}, nil, nil
		}}, asking("")))
	require.False(t, s.IsOpen)
	require.Nil(t, s.Principal)
	require.Nil(t, s.Sessions)
}

// A decision that refuses, or is replaced by a 500, grants no extensions and lets nobody in.
func TestServer_Refusals(t *testing.T) {
	offer := asking("Sec-WebSocket-Extensions: x-kaazing-idle-timeout\r\n")
	for name, v := range map[string]struct {
		d    endpoint.Decision
		err  error
		want string
	}{
		"refused":               {endpoint.Decision{Status: 403}, nil, "403"},
		"the application fails": {endpoint.Decision{}, io.ErrUnexpectedEOF, "500"},
		"cannot be sent":        {endpoint.Decision{Status: 302}, nil, "500"},
	} {
		s := New()
		got := shake(t, &s,
			judge{func(*endpoint.Request, bool) (endpoint.Decision, *auth.Verdict, error) {
				return v.d, nil, v.err
			}}, offer)
		require.Equal(t, []string{v.want}, got, name)
		require.False(t, s.IsOpen, name)
		require.Nil(t, s.Sessions, name)
	}
}
