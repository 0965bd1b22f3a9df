package transport

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/transport/internal/opening"
	"github.com/stretchr/testify/require"
)

// staged is a handshake that does not move.
type staged struct{}

func (staged) Phase() string    { return "phase" }
func (staged) Attempt() int     { return 1 }
func (staged) Timer() fsm.Timer { return fsm.TimerResponse }

// shownTo keeps the data of events.
type shownTo struct{ sent, received string }

func (s *shownTo) Observe(ev Event) {
	switch ev.Kind {
	case EventSend, EventSendOpening:
		s.sent += string(ev.Data)
	case EventReceive, EventReceiveOpening:
		s.received += string(ev.Data)
	}
}

// Without an observer nothing is told, whatever happens.
func TestTrace_Unobserved(t *testing.T) {
	tr := newTrace(t.Context(), nil, staged{}, false)
	tr.Read([]byte("HTTP/1.1 101 x\r\n\r\n"))
	tr.Upgraded(0)
	tr.Message(Binary, nil)
	tr.TooEarly()
	tr.Ping()
	tr.Close(CloseNormal, "")
	tr.Lost("cut")
	tr.Expired()
	tr.Disconnected()
	require.Nil(t, tr.opened("", 101))
	tr.observe(&endpoint.Output{Kind: endpoint.SendPong})
}

// lastOf keeps the last event.
type lastOf struct{ Event }

func (l *lastOf) Observe(ev Event) { l.Event = ev }

// A breach of the rules is told with its code and in words.
func TestTrace_Violation(t *testing.T) {
	to := &lastOf{}
	tr := newTrace(t.Context(), to, staged{}, false)
	tr.Violation(CloseProtocolError, "why")
	require.Equal(t, EventViolation, to.Kind)
	require.Equal(t, CloseProtocolError, to.Code)
	require.Equal(t, "why", to.Text)
}

// The end of a response is an empty message, and not one without data.
func TestTrace_Terminator(t *testing.T) {
	to := &lastOf{}
	tr := newTrace(t.Context(), to, staged{}, true)
	tr.observe(&endpoint.Output{Kind: endpoint.SendMessage, Type: Binary})
	require.Equal(t, EventSend, to.Kind)
	require.NotNil(t, to.Data)
}

// The observer sees the order of events, not only of their kinds: what was read comes before what
// is sent.
func TestTrace_InOrder(t *testing.T) {
	to := &shownInOrder{}
	tr := newTrace(t.Context(), to, staged{}, false)
	tr.Read([]byte("HTTP/1.1 302 x\r\n\r\n"))
	tr.observe(&endpoint.Output{Kind: endpoint.SendClose, Code: CloseNormal})
	tr.Read([]byte("HTTP/1.1 401 x\r\n\r\n"))
	tr.Expired()
	require.Equal(t, []EventKind{EventReceiveOpening, EventSendClose, EventReceiveOpening, EventTimer},
		to.kinds)
}

// shownInOrder keeps the kinds of events.
type shownInOrder struct{ kinds []EventKind }

func (s *shownInOrder) Observe(ev Event) { s.kinds = append(s.kinds, ev.Kind) }

// A request that net/http has read is shown as it would have come.
func TestTrace_RequestOfNetHTTP(t *testing.T) {
	to := &lastOf{}
	tr := newTrace(t.Context(), to, staged{}, true)
	o := opening.Of(httptest.NewRequest("GET", "/path?q", nil))
	defer o.Release()
	tr.received(o)
	require.True(t, strings.HasPrefix(string(to.Data), "GET /path?q HTTP/1.1\r\n"), string(to.Data))
	require.Equal(t, "/path?q", to.URL)
}

// Bytes that belong to a connection that is over are told of no other.
func TestTrace_Disconnected(t *testing.T) {
	to := &lastOf{}
	tr := newTrace(t.Context(), to, staged{}, false)
	tr.Read([]byte("HTTP/1.1 302 x\r\n\r\n"))
	tr.Disconnected()
	tr.Expired()
	require.Equal(t, EventTimer, to.Kind)
	tr.Upgraded(0)
	require.Equal(t, EventTimer, to.Kind, "nothing was left to tell")
}

// Fields that the options name are hidden in both directions.
func TestTrace_Sensitive(t *testing.T) {
	to := &shownTo{}
	got := dialRaw(t, t.Context(), true, &DialOptions{Observer: to, Sensitive: []string{"X-Key"},
		OpeningHeader: http.Header{"X-Key": {"mine"}}}, func(p *rawServer) {
		p.openingRequest()
		p.bytes("HTTP/1.1 404 x\r\nX-Key: theirs\r\nContent-Length: 0\r\n\r\n")
	})
	got.end()
	require.Contains(t, to.sent, "X-Key: [redacted]")
	require.Contains(t, to.received, "X-Key: [redacted]")
}

// A secret that comes in pieces is hidden in each direction, whatever goes the other way meanwhile.
func TestTrace_PiecesOfBothDirections(t *testing.T) {
	to := &shownTo{}
	tr := newTrace(t.Context(), to, staged{}, false)
	sent := []string{"POST / HTTP/1.1\r\nAuthoriz", "ation: Basic se", "cret\r\nX-Open: yes\r\n\r\n"}
	received := []string{"HTTP/1.1 401 x\r\nX-Open: no\r\nSet-Cook", "ie: session=hid", "den\r\n\r\n"}
	for i := range sent {
		tr.observe(&endpoint.Output{Kind: endpoint.SendMessage, Type: Binary, Data: []byte(sent[i])})
		tr.Message(Binary, []byte(received[i]))
	}
	require.Contains(t, to.sent, "X-Open: yes\r\n")
	require.Contains(t, to.received, "X-Open: no\r\n")
	for _, secret := range []string{"se", "cret", "hid", "den", "session"} {
		require.NotContains(t, to.received, secret)
		if secret != "se" {
			require.NotContains(t, to.sent, secret)
		}
	}
	require.NotContains(t, to.sent, "Basic se")
}
