package endpoint

import (
	"strings"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/internal/balancer"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

const khpOffer = "Sec-WebSocket-Protocol: x-kaazing-handshake\r\n"

// openingHead is an opening request for /p with further lines.
func openingHead(lines string) []byte {
	return []byte("GET /p HTTP/1.1\r\n" + openingFields + lines + "\r\n")
}

// A host refuses with any status from 400 to 599; another one counts as 403.
func TestServer_CheckOpening_Status(t *testing.T) {
	for status, want := range map[int]string{1: "403", 200: "403", 399: "403", 400: "400", 503: "503",
		599: "599", 600: "403"} {
		s := newServed(t,
			ServerConfig{CheckOpening: func(*OpeningRequest) (int, string) { return status, "why" }})
		_, out := s.s.OpeningReceived(t0, openingHead(khpOffer))
		s.take(out)
		require.True(t, strings.HasPrefix(s.all[0], "SendBytes HTTP/1.1 "+want+" "),
			"%d: %v", status, s.all)
	}
}

// Fields of the host stand in the opening 101, those of the endpoint itself are left out.
func TestServer_OpeningFields(t *testing.T) {
	s := NewServer(ServerConfig{OpeningFields: func() []HeaderField {
		return []HeaderField{{"X-One", "1"}, {"Upgrade", "other"}, {"X-Two", "2"}}
	}})
	_, out := s.OpeningReceived(t0, openingHead(khpOffer))
	head := string(out[0].Data)
	require.Contains(t, head, "\r\nX-One: 1\r\n")
	require.Contains(t, head, "\r\nX-Two: 2\r\n")
	require.Equal(t, 1, strings.Count(head, "Upgrade: "), head)
}

// An opening request with another method is told which one there is.
func TestServer_Opening_Allow(t *testing.T) {
	s := NewServer(ServerConfig{})
	_, out := s.OpeningReceived(t0, []byte("POST /p HTTP/1.1\r\n"+openingFields+khpOffer+"\r\n"))
	require.Contains(t, string(out[0].Data), "HTTP/1.1 405 ")
	require.Contains(t, string(out[0].Data), "\r\nAllow: GET\r\n")
}

// DecidePlain asks about clients without KHP only where they may come in at all.
func TestServer_DecidePlain_NeedsPlain(t *testing.T) {
	s := newServed(t, ServerConfig{DecidePlain: true})
	_, out := s.s.OpeningReceived(t0, openingHead(""))
	s.take(out)
	require.NotContains(t, s.all, "AskDecision")
	require.Equal(t, fsm.ServerDone, s.s.Phase())
}

// Deciding on a plain WebSocket changes nothing about the opening request, and the client's offer
// is judged with the decision.
func TestServer_DecidePlain_Edges(t *testing.T) {
	t.Run("the opening request stays", func(t *testing.T) {
		s := plainAsked(t, "/p", "x-kaazing-bump, a, b")
		require.Equal(t, []string{"x-kaazing-bump", "a", "b"}, s.OpeningRequest().Subprotocols)
		require.Equal(t, []string{"a", "b"}, s.Request().Subprotocols)
	})
	t.Run("no subprotocol", func(t *testing.T) {
		require.Nil(t, plainAsked(t, "/p", "x-kaazing-bump").Request().Subprotocols)
	})
	t.Run("the application fails", func(t *testing.T) {
		s := plainAsked(t, "/p", "")
		out := s.ApplicationFailed(t0)
		require.Contains(t, string(out[0].Data), "HTTP/1.1 500 ")
		require.True(t, strings.HasSuffix(string(out[0].Data), "\r\n\r\nInternal Server Error\n"),
			"%s", out[0].Data)
		var failed *HandshakeError
		require.ErrorAs(t, out[len(out)-1].Err, &failed)
		require.Equal(t, fsm.FailureOpening, failed.Failure)
	})
	t.Run("the application refuses", func(t *testing.T) {
		s := plainAsked(t, "/p", "")
		out, err := s.Decide(t0, Decision{Status: 404})
		require.NoError(t, err)
		head := string(out[0].Data)
		require.Contains(t, head, "HTTP/1.1 404 ")
		require.Equal(t, 1, strings.Count(head, "\r\nConnection: close\r\n"), head)
		var failed *HandshakeError
		require.ErrorAs(t, out[len(out)-1].Err, &failed)
		require.Equal(t, fsm.FailureStatus, failed.Failure)
		require.Equal(t, LegOpening, failed.Leg)
	})
	t.Run("with an upgrade", func(t *testing.T) {
		out, err := plainAsked(t, "/p", "").Decide(t0, Decision{Status: 426, Upgrade: "TLS/1.2"})
		require.NoError(t, err)
		require.Equal(t, 1, strings.Count(string(out[0].Data), "Connection: "), "%s", out[0].Data)
		require.Contains(t, string(out[0].Data), "\r\nConnection: Upgrade, close\r\n")
	})
	t.Run("what cannot be sent", func(t *testing.T) {
		s := plainAsked(t, "/p", "")
		for _, d := range []Decision{
			{Challenges: []string{"Basic"}}, {Status: 1000},
			{Status: 403, Header: []HeaderField{{"X", strings.Repeat("x", 1<<20)}}}, {Status: 199},
		} {
			out, err := s.Decide(t0, d)
			require.Error(t, err, "%+v", d)
			require.Empty(t, out)
			require.True(t, s.Deciding(), "another decision can be made")
		}
	})
}

// Clients that ask for the balancer messages of gateways get them on a plain WebSocket, too.
func TestServer_Plain_Balancer(t *testing.T) {
	s := plainAsked(t, "/p?.kl=Y", "")
	out, err := s.Decide(t0, Decision{})
	require.NoError(t, err)
	require.Equal(t, []string{"SendBytes HTTP/1.1 101 Web Socket Protocol Handshake", "SendMessage " +
		string(balancer.Append(nil, balancer.Proceed, "")), "Open"}, rendered(out))
	require.True(t, s.Result().Plain)

	s = plainAsked(t, "/p?.kl=Y", "")
	out, err = s.Decide(t0, Decision{Reroute: "ws://h2/p"})
	require.NoError(t, err)
	require.Equal(t, []string{"SendBytes HTTP/1.1 101 Web Socket Protocol Handshake", "SendMessage " +
		string(balancer.Append(nil, balancer.Reroute, "ws://h2/p")), "SendClose 1000"}, rendered(out))

	out, err = plainAsked(t, "/p", "").Decide(t0, Decision{})
	require.NoError(t, err)
	require.Equal(t, []string{"SendBytes HTTP/1.1 101 Switching Protocols", "Open"}, rendered(out))
}

func rendered(outs []Output) (list []string) {
	for _, o := range outs {
		list = append(list, render(o))
	}
	return list
}

// An extended request may name its host as its opening request does, in the target or in Host, may
// have one Cookie, and names another host in neither.
func TestServer_Request_Edges(t *testing.T) {
	for name, v := range map[string]struct {
		request string
		status  int
	}{
		"the same host in the target": {"GET http://h/p HTTP/1.1\r\n\r\n", 0},
		"another host in the target":  {"GET http://h2/p HTTP/1.1\r\n\r\n", 400},
		"one cookie":                  {request("Cookie: a=b"), 0},
		"two cookies":                 {request("Cookie: a=b", "Cookie: a=b"), 400},
		"another host":                {request("Host: h2"), 400},
		"another port, if an odd one": {request("Host: h:0"), 400},
		"another path":                {"GET /q HTTP/1.1\r\n\r\n", 400},
	} {
		s := listening(t, "/p", ServerConfig{}).message(v.request)
		if v.status == 0 {
			require.Equal(t, []string{"AskDecision"}, s.last, name)
			continue
		}
		s.wantRefused(name, v.status, 1002)
	}
	s := listening(t, "/p", ServerConfig{}).message("GET /q HTTP/1.1\r\n\r\n")
	s.take(s.s.PeerClosed(t0, 1000, ""))
	require.Equal(t, &Difference{What: "path", Opening: "/p", Extended: "/q"}, s.err.Difference)
	s = listening(t, "/p?.kl=Y", ServerConfig{AnyTarget: true}).
		message("GET http://h2/q HTTP/1.1\r\n\r\n")
	require.Equal(t, []string{"AskDecision"}, s.last,
		"where the target means nothing, its host does neither")
}

// A refusal without words of the application has one line; a redirect has none.
func TestServer_Decide_Bodies(t *testing.T) {
	for status, want := range map[int]string{302: "", 404: "Not Found\n"} {
		d := Decision{Status: status}
		if status == 302 {
			d.Location = "/q"
		}
		s := listening(t, "/p", ServerConfig{}).deciding().decide(d)
		_, body, _ := strings.Cut(s.sent[len(s.sent)-2], "\r\n\r\n")
		require.Equal(t, want, body, status)
		require.Equal(t, want != "", strings.Contains(s.sent[len(s.sent)-2], "Content-Type:"))
	}
}

// The outcome has the fields of the extended request.
func TestServer_Result_Header(t *testing.T) {
	s := listening(t, "/p", ServerConfig{}).deciding("X-One: 1").decide(Decision{})
	require.Equal(t, []HeaderField{{"X-One", "1"}}, s.s.Result().Header)
	s.take(s.s.Ping(t0, []byte("p")))
	require.Nil(t, s.s.core.message, "a Ping is not kept")
	require.Nil(t, s.s.buf, "an open connection keeps no buffers")
	require.Nil(t, s.s.pending)
	require.Nil(t, s.s.parsed.Fields)
}

// An opening request that another layer has parsed is as bounded as one of ours, in all its parts.
func TestServer_Opened_Size(t *testing.T) {
	long := strings.Repeat("x", 2*wire.DefaultLimits().Head)
	for name, o := range map[string]OpeningRequest{
		"target":      {Target: "/" + long, Host: "h"},
		"field":       {Target: "/p", Host: "h", Opening: []HeaderField{{"X", long}}},
		"second":      {Target: "/p", Host: "h", Opening: []HeaderField{{"X", "y"}, {"X", long}}},
		"subprotocol": {Target: "/p", Host: "h", Subprotocols: []string{Subprotocol, long}},
		"extension":   {Target: "/p", Host: "h", Extensions: []string{long}},
		"host":        {Target: "/p", Host: long},
		"origin":      {Target: "/p", Host: "h", Origin: long},
		"key":         {Target: "/p", Host: "h", Key: long},
	} {
		s := newServed(t, ServerConfig{})
		s.take(s.s.Opened(t0, o, nil))
		require.Equal(t, []uint16{1008}, s.codes, name)
		require.LessOrEqual(t, len(s.s.OpeningRequest().Target), wire.DefaultLimits().Target, name)
	}
}

// The server learns the client's protocol from its opening request.
func TestOpeningRequest_Speaks(t *testing.T) {
	khp := []HeaderField{{"Sec-WebSocket-Protocol", "amqp, x-kaazing-handshake"}}
	for want, o := range map[string]OpeningRequest{
		"spec":    {Target: "/p", Opening: khp},
		"kaazing": {Target: "/p?.kl=Y", Opening: khp},
		"plain":   {Target: "/p?.kl=Y", Opening: []HeaderField{{"Sec-WebSocket-Protocol", "amqp"}}},
	} {
		require.Equal(t, want, o.Speaks())
	}
	require.Equal(t, "plain",
		(&OpeningRequest{Target: "/p", Opening: []HeaderField{{"X", "x-kaazing-handshake"}}}).Speaks())
}

// Where a layer has answered the opening request, the extended 101 carries the accept of its key.
func TestServer_Opened_Accept(t *testing.T) {
	s := newServed(t, ServerConfig{})
	s.take(s.s.Opened(t0, OpeningRequest{Target: "/p", Host: "h", Subprotocols: []string{Subprotocol},
		Key: "AAAAAAAAAAAAAAAAAAAAAA=="}, nil))
	s.deciding().decide(Decision{})
	require.Contains(t, s.sent[0], "\r\nSec-WebSocket-Accept: "+zeroAccept+"\r\n")
}

// A request of which no field is known counts as KHP.
func TestOpeningRequest_Speaks_NoFields(t *testing.T) {
	require.Equal(t, "spec", (&OpeningRequest{Target: "/p"}).Speaks())
	require.Equal(t, "kaazing", (&OpeningRequest{Target: "/p?.kl=Y"}).Speaks())
	require.Equal(t, "plain",
		(&OpeningRequest{Target: "/p?.kl=Y", Opening: []HeaderField{{"Host", "h"}}}).Speaks())
}
