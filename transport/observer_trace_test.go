package transport

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/transport/auth"
	format "example.com/khp/transport/trace"
	"github.com/stretchr/testify/require"
	"net/http"
	"net/url"
)

func TestEvent_Record(t *testing.T) {
	kinds := []EventKind{
		EventDial, EventSendOpening, EventReceiveOpening, EventSend, EventReceive, EventSendClose,
		EventReceiveClose, EventPing, EventViolation, EventLost, EventTimer,
		EventCredentials, EventOpen, EventFail, EventClosed,
	}
	require.Len(t, recordKinds, len(kinds))
	for _, k := range kinds {
		r := Event{Kind: k, Conn: 3, Attempt: 2}.Record()
		require.NotEmpty(t, r.Kind, k)
		require.Equal(t, uint64(3), r.Conn)
		require.Equal(t, "client", r.Side)
		require.Empty(t, r.Type, "no message")
		require.Nil(t, r.Data)
	}
	failed := Event{Kind: EventFail, Server: true, Failure: fsm.FailureStatus, Status: 403,
		Err: &endpoint.HandshakeError{Failure: fsm.FailureStatus, Status: 403}}.Record()
	require.Equal(t, "FailureStatus 403 server", failed.Failure+" 403 "+failed.Side)
	require.Equal(t, 403, failed.Status)
	require.Contains(t, failed.Error, "refused")
	other := Event{Kind: EventFail, Err: errors.New("else")}.Record()
	require.Equal(t, "else", other.Error)
	open := Event{Kind: EventOpen, Code: 101, Text: "a"}.Record()
	require.Equal(t, 101, open.Status)
	require.Zero(t, open.Code)
	require.Zero(t, Event{Kind: EventReceiveClose, Code: CloseNoStatus}.Record().Code)
	sent := Event{Kind: EventSendClose, Code: CloseGoingAway}.Record()
	require.Equal(t, CloseGoingAway, sent.Code)
	require.Zero(t, sent.Status)
	empty := Event{Kind: EventSend, Type: Binary}.Record()
	require.Equal(t, format.Data{}, empty.Data)
}

// A handshake leaves a file that can be read, without secrets, and broken frames are in it.
func TestTraceTo(t *testing.T) {
	onNetworks(t, virtualNetworks, func(t *testing.T) {
		var file bytes.Buffer
		o := &DialOptions{Credentials: auth.Basic("joe", "welcome"), MaxRedirects: 2}
		w, err := format.NewWriter(&file, o.TraceHeader())
		require.NoError(t, err)
		o.Observer = TraceTo(w)
		got := dialRaw(t, t.Context(), false, o, func(p *rawServer) {
			p.asked()
			p.send(bin(response401), terminator)
			p.message()
			p.send(pf{Op: 3})
		})
		require.Error(t, got.err)
		got.end()
		require.NotContains(t, file.String(), "am9l")
		r, err := format.NewReader(&file)
		require.NoError(t, err)
		require.Equal(t, "client spec 2", strings.Join([]string{r.Header.Side, r.Header.Config.Profile,
			string('0' + rune(r.Header.Config.MaxRedirects))}, " "))
		var kinds []string
		for {
			x, err := r.Next()
			if err != nil {
				break
			}
			kinds = append(kinds, strings.TrimSpace(string(x.Kind)+" "+string(x.Dir)+" "+x.Failure))
		}
		require.Equal(t, []string{
			"dial", "opening send", "opening receive", "message send", "message receive", "message receive",
			"credentials", "message send", "violation",
			"close send", "fail  FailureFrame",
		}, kinds)
	})
}

func TestHandler_TraceHeader(t *testing.T) {
	h := (&Handler{Plain: true}).TraceHeader()
	require.Equal(t, "server", h.Side)
	require.Equal(t, fsm.ServerConfig{Plain: true, MaxChallenges: 3, MaxDeferrals: 4},
		h.Config.Server())
}

// A trace says of the client all that allows it further steps: so khp replay does not take the way
// through a proxy that asks for a password, or a redirect that is not followed, for a mistake.
func TestDialOptions_TraceHeader(t *testing.T) {
	through := func(*http.Request) (*url.URL, error) { return nil, nil }
	require.True(t, (&DialOptions{Proxy: through}).TraceHeader().Config.Client().Proxy)
	require.False(t, (&DialOptions{}).TraceHeader().Config.Client().Proxy)
	require.True(t,
		(&DialOptions{Redirects: endpoint.RedirectNever}).TraceHeader().Config.Client().NoRedirects)
	require.True(t, (&DialOptions{MaxRedirects: -1}).TraceHeader().Config.Client().NoRedirects)
}
