package ghost_test

import (
	"slices"
	"testing"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/internal/ghost"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

var start = time.Unix(1_700_000_000, 0)

// lying is a client that says something else of itself than is so.
type lying struct {
	*endpoint.Client
	deadline func(time.Time) time.Time
	state    func(fsm.ClientState) fsm.ClientState
	attempt  int
}

func (l lying) Deadline() time.Time    { return l.deadline(l.Client.Deadline()) }
func (l lying) State() fsm.ClientState { return l.state(l.Client.State()) }
func (l lying) Attempt() int           { return l.Client.Attempt() + l.attempt }

// A ghost agrees with a client that does as it should, and with none that lies: about its outputs,
// its deadline, its state or its connection.
func TestClient_Lies(t *testing.T) {
	before := fsm.DefaultClientConfig().Start()
	for _, v := range []struct {
		name string
		lie  func(l *lying, outs []endpoint.Output) []endpoint.Output
		says string
	}{
		{name: "none"},
		{"no-deadline", func(l *lying, outs []endpoint.Output) []endpoint.Output {
			l.deadline = func(time.Time) time.Time { return time.Time{} }
			return outs
		}, "expected the deadline"},
		{"later", func(l *lying, outs []endpoint.Output) []endpoint.Output {
			l.deadline = func(due time.Time) time.Time { return due.Add(1) }
			return outs
		}, "expected the deadline"},
		{"state-of-before", func(l *lying, outs []endpoint.Output) []endpoint.Output {
			l.state = func(fsm.ClientState) fsm.ClientState { return before }
			return outs
		}, "expected the state ClientClosing"},
		{"attempt", func(l *lying, outs []endpoint.Output) []endpoint.Output {
			l.attempt = 1
			return outs
		}, "expected attempt 1, got 2"},
		{"dropped", func(_ *lying, outs []endpoint.Output) []endpoint.Output {
			return outs[:len(outs)-1]
		}, "expected SendClose, there is none"},
		{"twice", func(_ *lying, outs []endpoint.Output) []endpoint.Output {
			return append(outs, outs[0])
		}, "expected none, got SendClose"},
		{"other-code", func(_ *lying, outs []endpoint.Output) []endpoint.Output {
			outs = slices.Clone(outs)
			outs[0].Code++
			return outs
		}, `expected Close 1000 "", got 1001`},
		{"other-reason", func(_ *lying, outs []endpoint.Output) []endpoint.Output {
			outs = slices.Clone(outs)
			outs[0].Text = "because"
			return outs
		}, "expected Close 1000"},
	} {
		t.Run(v.name, func(t *testing.T) {
			g, cfg := ghost.NewClient("ws://h/p", endpoint.ClientConfig{})
			c, err := endpoint.NewClient("ws://h/p", cfg)
			require.NoError(t, err)
			l := &lying{Client: c, deadline: func(due time.Time) time.Time { return due },
				state: func(s fsm.ClientState) fsm.ClientState { return s }}
			call := func(name string, outs []endpoint.Output, args ...any) error {
				return g.After(l, name, append([]any{start}, args...), outs)
			}
			require.NoError(t, call("Connect", c.Connect(start)))
			require.NoError(t, call("Connected", c.Connected(start, nonces[0]), nonces[0]))
			require.NoError(t, call("Opened", c.Opened(start, endpoint.Subprotocol, nil, accepts[0]),
				endpoint.Subprotocol, []string(nil), accepts[0]))
			refusal := []byte(head("HTTP/1.1 403 no", "Content-Length: 0"))
			g.Before(l)
			outs := c.Message(start, wire.Binary, refusal)
			if v.lie != nil {
				outs = v.lie(l, outs)
			}
			err = call("Message", outs, wire.Binary, refusal)
			if v.says == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, v.says)
			require.ErrorContains(t, err, "Connect(", "it shows the calls")
		})
	}
}

// A decision that selects a name that was not asked for is noticed even if the server carries it
// out.
func TestServer_Lies(t *testing.T) {
	g, cfg := ghost.NewServer(endpoint.ServerConfig{})
	s := endpoint.NewServer(cfg)
	opening := []byte(head("GET /p HTTP/1.1", "Host: h", "Upgrade: websocket", "Connection: Upgrade",
		"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", "Sec-WebSocket-Version: 13",
		"Sec-WebSocket-Protocol: x-kaazing-handshake"))
	used, outs := s.OpeningReceived(start, opening)
	require.NoError(t, g.After(s, "OpeningReceived", []any{start, opening}, used, outs))
	request := []byte(head("GET /p HTTP/1.1", "Sec-WebSocket-Protocol: amqp"))
	require.NoError(t, g.After(s, "Message", []any{start, wire.Binary, request},
		s.Message(start, wire.Binary, request)))
	outs, err := s.Decide(start, endpoint.Decision{Subprotocol: "amqp"})
	require.NoError(t, err)
	err = g.After(s, "Decide", []any{start, endpoint.Decision{Subprotocol: "mqtt"}}, outs, error(nil))
	require.ErrorContains(t, err, "selects mqtt, which was not asked for")
}
