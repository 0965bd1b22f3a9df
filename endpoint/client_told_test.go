package endpoint

import (
	"errors"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// The application confirms the extensions of a response that completes, whatever its status, and
// of no other one.
func TestClient_ConfirmsWhenComplete(t *testing.T) {
	for _, last := range []string{switching("Sec-WebSocket-Extensions: x-a"),
		response(201, "Sec-WebSocket-Extensions: x-a", "Content-Length: 0")} {
		var confirmed [][]string
		r := asking(t, ClientConfig{Extensions: []string{"x-a"}, HasCredentials: true,
			ConfirmExtensions: func(elements []string) error {
				confirmed = append(confirmed, elements)
				return nil
			}})
		r.unit(challengeBasic)
		r.take(r.c.Credentials(t0, "Basic am9lOndlbGNvbWU="))
		r.message(response(202, "Content-Length: 0"))
		require.Empty(t, confirmed)
		r.message("", last, "").wantOpen(last)
		require.Equal(t, [][]string{{"x-a"}}, confirmed)
		r = asking(t, ClientConfig{Extensions: []string{"x-a"},
			ConfirmExtensions: func([]string) error { return errors.New("not with these") }})
		r.unit(last)
		err := r.wantFail(last, fsm.FailureExtensionNotRequested, 1002)
		require.Contains(t, err.Detail, "not with these")
	}
}

// A replay asks for what the first request asked for, whatever became of the memory in which the
// opening 101 came.
func TestClient_GrantedInTheOpening(t *testing.T) {
	r := dialed(t, "ws://h/p", ClientConfig{OpeningExtensions: []string{"x-long-name", "x-b"},
		HasCredentials: true})
	b := []byte(switching("Sec-WebSocket-Protocol: x-kaazing-handshake",
		"Sec-WebSocket-Extensions: x-long-name"))
	_, out := r.c.OpeningReceived(t0, b)
	r.take(out)
	reuse(b)
	r.unit(challengeBasic)
	r.take(r.c.Credentials(t0, "Basic am9lOndlbGNvbWU="))
	require.Len(t, r.sent, 2)
	for _, request := range r.sent {
		require.Contains(t, request, "\r\nSec-WebSocket-Extensions: x-b\r\n")
	}
}

// Messages are delivered as they came: text or binary.
func TestClient_DeliversTypes(t *testing.T) {
	r := asking(t, ClientConfig{}).unit(switching())
	for _, typ := range []wire.MessageType{wire.Text, wire.Binary, wire.Text} {
		out := r.c.Message(t0, typ, []byte("x"))
		require.Len(t, out, 1)
		require.Equal(t, typ, out[0].Type)
	}
}

// Fields that a gateway takes are sent to it.
func TestNewClient_FieldsForGateways(t *testing.T) {
	cfg := kaazingClient()
	cfg.Header = []HeaderField{{"X-Key", "1"}, {"User-Agent", "a"}}
	_, err := NewClient("ws://h/p", cfg)
	require.NoError(t, err)
	for _, e := range []string{"", ";a", "a;", "a;=b", "a,b", "a b"} {
		_, err := NewClient("ws://h/p", ClientConfig{Extensions: []string{e}})
		require.ErrorContains(t, err, "is not of the form name or name;parameter=value", "%q", e)
	}
}

// The error says why credentials were of no use, and what the peer's Close frame had.
func TestClient_DetailsOfTheEnd(t *testing.T) {
	r := asking(t, ClientConfig{HasCredentials: true}).unit(challengeBasic)
	r.take(r.c.Credentials(t0, "Basic am9lOndlbGNvbWU="))
	r.unit(challengeBasic)
	r.take(r.c.Credentials(t0, "Basic am9lOndlbGNvbWU="))
	err := r.wantFail("the same again", fsm.FailureCredentialsRefused, 1000)
	require.Equal(t, "the credentials at hand are those that were just refused", err.Detail)

	for _, code := range []uint16{0, 1005, 1011} {
		r = asking(t, ClientConfig{})
		r.take(r.c.PeerClosed(t0, code, ""))
		r.take(r.c.Lost(t0, "end of stream"))
		require.ErrorIs(t, r.err, fsm.FailurePeerClosed)
		want := code
		if code == 1005 {
			want = 0
		}
		require.Equal(t, want, r.err.Close)
	}
}

// A response is judged once, however the connection ends behind it.
func TestClient_JudgesOnce(t *testing.T) {
	for _, last := range []string{response(302, "Location: ws://h/q", "Content-Length: 0"),
		response(403, "Content-Length: 0")} {
		told := 0
		r := asking(t, ClientConfig{
			Responded: func(leg Leg, _ string, _ int, _ wire.Fields) {
				if leg == LegExtended {
					told++
				}
			}})
		r.unit(last)
		r.take(r.c.PeerClosed(t0, 1000, ""))
		r.take(r.c.Lost(t0, "EOF"))
		require.Equal(t, 1, told, last)
	}
}

// A message that means nothing any more, such as an end of a response that comes late, is not the
// reason of a later end.
func TestClient_DetailOfItsCall(t *testing.T) {
	m := fsm.DefaultClientConfig()
	m.TerminatorOptional = true
	r := asking(t, ClientConfig{Machine: m}).message(response(202, "Content-Length: 0"), "")
	require.Nil(t, r.err)
	r.take(r.c.PeerClosed(t0, 1000, ""))
	r.take(r.c.Lost(t0, "end of stream"))
	require.NotNil(t, r.err)
	require.NotContains(t, r.err.Error(), "empty message")
}
