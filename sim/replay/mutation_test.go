package replay

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// recordedRig is a rig for a session of that name, with nothing sent yet but the opening request.
func recordedRig(t *testing.T, name string) *rig {
	t.Helper()
	cfg := endpoint.ClientConfig{Subprotocols: []string{"a", "b"}, Extensions: []string{"x", "y"},
		HasCredentials: true}
	cfg.Machine = fsm.DefaultClientConfig()
	kind := 10
	switch name {
	case "challenged":
		kind = 0
	case "redirected":
		kind = 2
	case "refused":
		kind = 3
	case "postponed":
		kind = 4
	case "proxied":
		kind = 6
	case "no content":
		kind = 8
	case "kaazing":
		cfg.Machine.Profile = fsm.ProfileKaazing
	case "body":
		cfg.Body = []byte("the body")
	case "accepted":
	default:
		t.Fatalf("no session %q", name)
	}
	var g *rig
	g, err := newRig("ws://a.example/p", cfg,
		func(q *endpoint.Request) endpoint.Decision { return g.decision(kind, q) })
	require.NoError(t, err)
	return g
}

// recorded is a session as it should be, recorded between the two, up to the Close frames.
func recorded(t *testing.T, name string) *Session {
	t.Helper()
	g := recordedRig(t, name)
	s := g.all[0]
	g.settleOne()
	if g.s.Phase() == fsm.ServerPending {
		outs, err := g.s.Decide(t0, g.decide(g.s.Request()))
		require.NoError(t, err)
		g.server(outs)
		g.settleOne()
	}
	if g.c.Phase().Open() {
		outs, _ := g.c.Send(t0, wire.Text, []byte("hello"))
		g.client(outs)
		outs, _ = g.s.Send(t0, wire.Text, []byte("hello yourself"))
		g.server(outs)
		g.settleOne()
		g.client(g.c.Close(t0, 1000, "bye"))
	}
	g.settle()
	require.Equal(t, Path.String(), Check(s).Verdict.String(), "%+v\n%s", Check(s).Wrong, story(s))
	return s
}

// settleOne is settle, but the recording goes on.
func (g *rig) settleOne() {
	for g.pass(Client) || g.arrive(Client) || g.pass(Server) || g.arrive(Server) {
	}
}

// at finds the n-th step, from 0, of a side and kind.
func at(t *testing.T, s *Session, from Side, kind StepKind, n int) int {
	t.Helper()
	for i := range s.Steps {
		if s.Steps[i].From == from && s.Steps[i].Kind == kind {
			if n--; n < 0 {
				return i
			}
		}
	}
	t.Fatalf("no such step in\n%s", story(s))
	return 0
}

// change alters a session.
type change func(t *testing.T, s *Session)

func replace(from Side, kind StepKind, n int, old, with string) change {
	return func(t *testing.T, s *Session) {
		p := &s.Steps[at(t, s, from, kind, n)].Data
		require.Contains(t, string(*p), old)
		*p = []byte(strings.Replace(string(*p), old, with, 1))
	}
}

// without leaves out the field lines that begin so.
func without(from Side, kind StepKind, n int, field string) change {
	return func(t *testing.T, s *Session) {
		p := &s.Steps[at(t, s, from, kind, n)].Data
		var kept []byte
		for line := range bytes.Lines(*p) {
			if !bytes.HasPrefix(line, []byte(field)) {
				kept = append(kept, line...)
			}
		}
		require.NotEqual(t, *p, kept)
		*p = kept
	}
}

func drop(from Side, kind StepKind, n int) change {
	return func(t *testing.T, s *Session) {
		i := at(t, s, from, kind, n)
		s.Steps = slices.Delete(s.Steps, i, i+1)
	}
}

func twice(from Side, kind StepKind, n int) change {
	return func(t *testing.T, s *Session) {
		i := at(t, s, from, kind, n)
		s.Steps = slices.Insert(s.Steps, i, s.Steps[i])
	}
}

// before inserts a step before another.
func before(from Side, kind StepKind, n int, x Step) change {
	return func(t *testing.T, s *Session) {
		s.Steps = slices.Insert(s.Steps, at(t, s, from, kind, n), x)
	}
}

// behind inserts a step behind another.
func behind(from Side, kind StepKind, n int, x Step) change {
	return func(t *testing.T, s *Session) {
		s.Steps = slices.Insert(s.Steps, at(t, s, from, kind, n)+1, x)
	}
}

// swap exchanges a step with the next one.
func swap(from Side, kind StepKind, n int) change {
	return func(t *testing.T, s *Session) {
		i := at(t, s, from, kind, n)
		s.Steps[i], s.Steps[i+1] = s.Steps[i+1], s.Steps[i]
	}
}

func message(from Side, text string) Step {
	return Step{From: from, Kind: Message, Type: wire.Binary, Data: []byte(text)}
}

// mutants are sessions that one change has taken out of the protocol.
var mutants = map[string]struct {
	session string
	change  change
	blame   Side
	req     string
}{
	"request without key": {"accepted", without(Client, Opening, 0, "Sec-WebSocket-Key"),
		Client, "WSP-OPEN-01"},
	"request without version": {"accepted", without(Client, Opening, 0, "Sec-WebSocket-Version"),
		Client, "WSP-OPEN-01"},
	"wrong accept": {"accepted", replace(Server, Opening, 0, "Sec-WebSocket-Accept: ",
		"Sec-WebSocket-Accept: x"), Server, "WSP-OPEN-02"},
	"no upgrade": {"accepted", without(Server, Opening, 0, "Upgrade"),
		Server, "WSP-OPEN-02"},
	"subprotocol nobody offered": {"accepted",
		replace(Server, Opening, 0, "x-kaazing-handshake", "other"), Server, "WSP-OPEN-04"},
	"extension nobody offered": {"accepted", replace(Server, Opening, 0, "Upgrade: ",
		"Sec-WebSocket-Extensions: z\r\nUpgrade: "), Server, "WSP-OPEN-03"},
	"accept repeated": {"accepted", replace(Server, Opening, 0, "\r\n\r\n",
		"\r\nSec-WebSocket-Accept: other\r\n\r\n"), Server, "WSP-OPEN-02"},
	"a second upgrade": {"accepted", replace(Server, Message, 0, "\r\n\r\n",
		"\r\nUpgrade: websocket\r\nUpgrade: h2c\r\n\r\n"), Server, "KHP-STATUS-101-03"},
	"request is cut": {"accepted", replace(Client, Message, 0, "\r\n\r\n", "\r\n"),
		Client, "KHP-EXT-01"},
	"request is no HTTP": {"accepted", replace(Client, Message, 0, "HTTP/1.1", "HTTP/2"),
		Client, "KHP-EXT-03"},
	"request for another path": {"accepted", replace(Client, Message, 0, "GET /p", "GET /q"),
		Client, "KHP-EXT-03"},
	"request leaves a subprotocol": {"accepted", replace(Client, Message, 0, "a, b", "a"), Client,
		"KHP-EXT-REQ-01"},
	"request lists KHP": {"accepted",
		replace(Client, Message, 0, "a, b", "a, b, x-kaazing-handshake"), Client, "KHP-EXT-REQ-08"},
	"request sent twice":          {"accepted", twice(Client, Message, 0), Client, "KHP-EXT-02"},
	"request is missing":          {"accepted", drop(Client, Message, 0), Server, "KHP-EXT-01"},
	"response before the request": {"accepted", swap(Client, Message, 0), Server, "KHP-EXT-01"},
	"data before the request": {"accepted", before(Client, Message, 0, message(Client, "hello")),
		Client, "KHP-EXT-03"},
	"terminator is missing": {"accepted", drop(Server, Message, 1), Server, "KHP-EXT-RSP-14"},
	"two terminators before": {"accepted", before(Server, Message, 0, message(Server, "")),
		Server, "KHP-EXT-02"},
	"response sent twice": {"refused", func(t *testing.T, s *Session) {
		i := at(t, s, Server, Message, 1)
		s.Steps = slices.Insert(s.Steps, i+1, s.Steps[i-1])
	}, Server, "KHP-EXT-RSP-01"},
	"two responses without an end": {"accepted", twice(Server, Message, 0), Server, "KHP-EXT-RSP-14"},
	"extension not asked for": {"accepted", replace(Server, Message, 0,
		"Sec-WebSocket-Extensions: x", "Sec-WebSocket-Extensions: z"), Server, "KHP-EXT-RSP-09"},
	"extension twice": {"accepted", replace(Server, Message, 0, "Sec-WebSocket-Extensions: x",
		"Sec-WebSocket-Extensions: y"), Server, "KHP-EXT-RSP-09"},
	"empty extensions": {"no content", func(t *testing.T, s *Session) {
		without(Server, Message, 0, "Sec-WebSocket-Extensions")(t, s)
		replace(Server, Message, 0, "\r\n\r\n", "\r\nSec-WebSocket-Extensions:\r\n\r\n")(t, s)
	}, Server, "KHP-EXT-RSP-08"},
	"subprotocol not asked for": {"accepted", replace(Server, Message, 0,
		"Sec-WebSocket-Protocol: a", "Sec-WebSocket-Protocol: c"), Server, "WSP-OPEN-04"},
	"two subprotocols": {"accepted",
		replace(Server, Message, 0, "Sec-WebSocket-Protocol: a",
			"Sec-WebSocket-Protocol: a\r\nSec-WebSocket-Protocol: b"), Server, "WSP-PROTO-01"},
	"accept of another request": {"accepted", replace(Server, Message, 0, "Sec-WebSocket-Accept: ",
		"Sec-WebSocket-Accept: x"), Server, "KHP-STATUS-101-03"},
	"no status code": {"accepted",
		replace(Server, Message, 0, "HTTP/1.1 101", "HTTP/1.1 1o1"), Server, "KHP-EXT-RSP-05"},
	"204 with a body": {"no content",
		replace(Server, Message, 0, "\r\n\r\n", "\r\n\r\nbody"), Server, "KHP-CLASS-1XX-01"},
	"100 instead of 101": {"no content", replace(Server, Message, 0, "204", "100"), Server,
		"KHP-STATUS-100-02"},
	"511": {"refused", replace(Server, Message, 0, "403", "511"), Server,
		"RFC6585-511-04"},
	"600": {"refused", replace(Server, Message, 0, "403", "600"), Server,
		"KHP-CLASS-UNLISTED-02"},
	"401 without challenge": {"challenged", without(Server, Message, 0, "WWW-Authenticate"),
		Server, "KHP-STATUS-401-04"},
	"401 answered without": {"challenged", without(Client, Message, 1, "Authorization"),
		Client, "KHP-STATUS-401-02"},
	"401 answered with data": {"challenged",
		before(Client, Message, 1, message(Client, "hello")), Client, "KHP-EXT-03"},
	"302 without Location": {"redirected", without(Server, Message, 0, "Location"),
		Server, "KHP-REDIR-06"},
	"407 without challenge": {"proxied", without(Server, Message, 0, "Proxy-Authenticate"),
		Server, "RFC2068-407-02"},
	"on after 302": {"redirected", before(Server, Close, 0, message(Server, "hello")),
		Server, "KHP-CLASS-3XX-01"},
	"client on after 403": {"refused", before(Client, Close, 0, message(Client, "hello")),
		Client, "KHP-CLOSE-02"},
	"client on after 302": {"redirected", before(Client, Close, 0, message(Client, "hello")),
		Client, "KHP-STATUS-302-01"},
	"a body longer than it was said to be": {"body", func(t *testing.T, s *Session) {
		st := &s.Steps[at(t, s, Client, Message, 1)]
		st.Data = append(bytes.Clone(st.Data), " and more"...)
	}, Client, "KHP-STATUS-100-01"},
	"a body nobody waits for": {"body", twice(Client, Message, 1), Client, "KHP-STATUS-100-01"},
	"data between response and end": {"accepted", before(Server, Message, 1, message(Server, "hello")),
		Server, "KHP-EXT-RSP-14"},
	"client data before the end": {"accepted", before(Server, Message, 0, message(Client, "hello")),
		Client, "KHP-EXT-02"},
	"message after Close": {"accepted", behind(Client, Close, 0, message(Client, "hello")),
		Client, "WSP-FRAME-06"},
	"Close twice": {"accepted", twice(Client, Close, 0), Client, "WSP-FRAME-06"},
	"code 1006": {"accepted", func(t *testing.T, s *Session) {
		s.Steps[at(t, s, Client, Close, 0)].Code = 1006
	}, Client, "WSP-CLOSE-03"},
	"text that is no text": {"accepted", replace(Client, Message, 1, "hello", "\xff"),
		Client, "WSP-TEXT-01"},
	"unmasked": {"accepted",
		before(Client, Message, 0, Step{From: Client, Kind: Broken, Code: 1002, Reqs: "WSP-FRAME-04",
			Text: "a frame of the client without a mask"}), Client, "WSP-FRAME-04"},
	"closed instead of answered": {"accepted", before(Server, Message, 0,
		Step{From: Server, Kind: Close, Code: 1000}), Server, "KHP-EXT-RSP-01"},
	"ended instead of terminated": {"accepted",
		before(Server, Message, 1, Step{From: Server, Kind: Ended}), Server, "KHP-EXT-RSP-14"},
	"N is missing":        {"kaazing", drop(Server, Message, 0), Server, "KHP-EXT-01"},
	"second N is missing": {"kaazing", drop(Server, Message, 3), Client, "KHP-GEN-05"},
	"N to a client of the text": {"accepted",
		before(Client, Message, 0, message(Server, "\xef\x83\xbfN")), Server, "KHP-EXT-02"},
	"request before N": {"kaazing", func(t *testing.T, s *Session) {
		// it is known to wait
		s.ClientConfig = &fsm.ClientConfig{Profile: fsm.ProfileKaazing, MaxReplays: 1}
		swap(Server, Message, 0)(t, s)
	}, Client, "KHP-EXT-01"},
}

func TestCheck_Mutants(t *testing.T) {
	for name, m := range mutants {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			s := recorded(t, m.session)
			m.change(t, s)
			r := Check(s)
			require.Equal(t, NotPath.String(), r.Verdict.String(), "%s %s\n%s", r.Why, r.Outcome, story(s))
			require.Equal(t, m.blame.String(), r.Wrong.Blame.String(), "%+v\n%s", r.Wrong, story(s))
			require.Contains(t, r.Wrong.Requirements, m.req, "%+v\n%s", r.Wrong, story(s))
			require.NotEmpty(t, r.Wrong.Why)
		})
	}
}
