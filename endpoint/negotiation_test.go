package endpoint

import (
	"slices"
	"strings"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/internal/judge"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// lists reads the two negotiation lists of a request that the client wrote.
func lists(t require.TestingT, text string) (protocols, extensions []string) {
	var r wire.Request
	require.NoError(t, r.Parse([]byte(text), wire.Limits{}))
	read := func(name string) []string {
		require.LessOrEqual(t, r.Fields.Count(name), 1, "one field at most")
		v, ok := r.Fields.Get(name)
		if !ok {
			return nil
		}
		require.NotEmpty(t, v, "no empty list")
		return strings.Split(string(v), ", ")
	}
	return read("Sec-WebSocket-Protocol"), read("Sec-WebSocket-Extensions")
}

func subset(t *rapid.T, label string, of ...string) (list []string) {
	for _, s := range rapid.Permutation(of).Draw(t, label) {
		if rapid.Bool().Draw(t, label+" "+s) {
			list = append(list, s)
		}
	}
	return list
}

func without(list []string, names []string) (rest []string) {
	for _, s := range list {
		if !slices.Contains(names, judge.ExtensionName(s)) {
			rest = append(rest, s)
		}
	}
	return rest
}

// Whatever is offered, granted and selected: the request lists the names that the opening request
// and its answer leave, and only listed names are agreed on.
func TestClient_Negotiation(t *testing.T) {
	proves(t, "INV-08 INV-09 INV-10 INV-11 INV-12 INV-13 KHP-EXT-RSP-11")
	rapid.Check(t, func(t *rapid.T) {
		cfg := ClientConfig{
			Subprotocols:      subset(t, "protocols", "p", "q"),
			OpeningExtensions: subset(t, "offered", "a", "b;n=1", "c"),
			Extensions:        subset(t, "late", "b;n=2", "d", "e;x"), HasCredentials: true,
		}
		r := dialed(t, "ws://h/p", cfg)
		protocols, offered := lists(t, string(r.c.buf))
		require.Equal(t, Subprotocol, protocols[0], "KHP comes first")
		granted := subset(t, "granted", without(offered, nil)...)
		for i, g := range granted {
			granted[i] = judge.ExtensionName(g)
		}
		r.take(r.c.Opened(t0, Subprotocol, granted, zeroAccept))

		asked := without(slices.Concat(offered, cfg.Extensions), granted)
		for range rapid.IntRange(1, 2).Draw(t, "requests") {
			gotProtocols, gotExtensions := lists(t, r.sent[len(r.sent)-1])
			require.Equal(t, protocols[1:], append([]string{}, gotProtocols...),
				"the opening offers without KHP")
			require.Equal(t, asked, gotExtensions,
				"the opening offers without those granted, then the late ones")
			if len(r.sent) == 1 && rapid.Bool().Draw(t, "challenge") {
				r.unit(challengeBasic)
				r.take(r.c.Credentials(t0, "Basic x"))
			}
		}

		selected := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b;n=3", "c", "d", "e", "z"}), 0, 3).
			Draw(t, "selected")
		protocol := rapid.SampledFrom([]string{"", "", "p", "q", "z", Subprotocol}).Draw(t, "protocol")
		var fields []string
		if len(selected) > 0 {
			fields = append(fields, "Sec-WebSocket-Extensions: "+strings.Join(selected, ","))
		}
		if protocol != "" {
			fields = append(fields, "Sec-WebSocket-Protocol: "+protocol)
		}
		r.unit(switching(fields...))

		legal := protocol == "" || slices.Contains(cfg.Subprotocols, protocol)
		for i, s := range selected {
			name := judge.ExtensionName(s)
			legal = legal && judge.Named(asked, name) && !judge.Named(selected[:i], name)
			require.False(t, r.opens == 1 && slices.Contains(granted, name),
				"%s belongs to the opening handshake", name)
		}
		require.Equal(t, legal, r.opens == 1, "asked for %q, selected %q and %q",
			asked, selected, protocol)
		if legal {
			require.Equal(t, append([]string(nil), selected...), r.c.Result().Extensions)
			require.Equal(t, protocol, r.c.Result().Subprotocol)
		}
	})
}

func TestClient_ExtendedRequest(t *testing.T) {
	t.Run("nothing-to-list", func(t *testing.T) {
		proves(t, "KHP-EXT-REQ-10 KHP-EXT-REQ-11 INV-11")
		require.Equal(t, []string{"GET /p HTTP/1.1\r\nHost: h\r\n\r\n"}, asking(t, ClientConfig{}).sent)
	})
	t.Run("all-granted-already", func(t *testing.T) {
		proves(t, "KHP-EXT-REQ-11 KHP-EXT-REQ-09 INV-11")
		r := dialed(t, "ws://h/p", ClientConfig{OpeningExtensions: []string{"x-a;n=1"},
			Extensions: []string{"x-a;n=2"}})
		r.take(r.c.Opened(t0, Subprotocol, []string{"x-a"}, zeroAccept))
		require.Equal(t, []string{"GET /p HTTP/1.1\r\nHost: h\r\n\r\n"}, r.sent)
	})
	t.Run("in-order-of-preference", func(t *testing.T) {
		proves(t, "KHP-EXT-REQ-02 KHP-EXT-REQ-04")
		r := dialed(t, "ws://h/p", ClientConfig{OpeningExtensions: []string{"x-d", "x-b", "x-c"},
			Extensions: []string{"x-e", "x-a"}})
		r.take(r.c.Opened(t0, Subprotocol, []string{"x-b"}, zeroAccept))
		require.Equal(t, []string{"GET /p HTTP/1.1\r\nHost: h\r\n" +
			"Sec-WebSocket-Extensions: x-d, x-c, x-e, x-a\r\n\r\n"}, r.sent)
	})
	t.Run("further-fields", func(t *testing.T) {
		proves(t, "KHP-EXT-REQ-06")
		cfg := ClientConfig{Extensions: []string{"x-a"}, Header: []HeaderField{{"X-A-Key", "k1"},
			{"X-A-Key", "k2"}}}
		require.Equal(t, []string{"GET /p HTTP/1.1\r\nHost: h\r\nSec-WebSocket-Extensions: x-a\r\n" +
			"X-A-Key: k1\r\nX-A-Key: k2\r\n\r\n"}, asking(t, cfg).sent)
	})
}

// Data of an extension besides its parameters travel in fields of their own, both ways and
// without another round.
func TestPair_ExtensionFields(t *testing.T) {
	proves(t, "KHP-EXT-REQ-06 KHP-EXT-REQ-07")
	p := newPair(t, "ws://h/p", ClientConfig{Extensions: []string{"x-a"},
		Header: []HeaderField{{"X-A-Key", "from the client"}}}, func(_ wire.URL, r *Request) Decision {
		require.Contains(t, r.Header, HeaderField{"X-A-Key", "from the client"})
		return Decision{Extensions: r.Extensions, Header: []HeaderField{{"X-A-Key", "from the server"}}}
	}).run()
	require.NoError(t, p.err)
	require.Contains(t, p.client.Result().Header, HeaderField{"X-A-Key", "from the server"})
	require.Equal(t, []string{"dial ws://h/p", "C: GET /p HTTP/1.1",
		"S: HTTP/1.1 101 Switching Protocols", "C: GET /p HTTP/1.1",
		"S: HTTP/1.1 101 Switching Protocols", "S: (empty)"}, p.log)
}

// The extensions are agreed on when the connection opens, and no message of the application goes
// before that, in either direction.
func TestClient_ExtensionsBeforeMessages(t *testing.T) {
	proves(t, "KHP-GEN-07")
	r := asking(t, ClientConfig{Extensions: []string{"x-a"}})
	r.message(switching("Sec-WebSocket-Extensions: x-a;n=1"))
	_, ok := r.c.Send(t0, wire.Text, []byte("early"))
	require.False(t, ok, "not before open")
	outs := slices.Clone(r.c.Message(t0, wire.Binary, nil))
	require.Equal(t, Open, outs[0].Kind)
	require.Len(t, outs, 1)
	require.Equal(t, []string{"x-a;n=1"}, r.c.Result().Extensions, "known when told to open")
	r.take(outs)
	require.Equal(t, []string{"first"}, r.message("first").got)

	s := listening(t, "/p", ServerConfig{}).deciding("Sec-WebSocket-Extensions: x-a")
	_, ok = s.s.Send(t0, wire.Text, []byte("early"))
	require.False(t, ok, "nor on the other side")
	s.decide(Decision{Extensions: []string{"x-a;n=1"}})
	require.Equal(t, []string{"x-a;n=1"}, s.s.Result().Extensions)
	require.Equal(t, []string{"first"}, s.message("first").got)
}

// The token of KHP is matched letter by letter.
func TestProtocol_Token(t *testing.T) {
	proves(t, "KHP-GEN-01")
	require.Equal(t, "x-kaazing-handshake", Subprotocol)
	for _, other := range []string{"X-Kaazing-Handshake", "x-kaazing-handshak",
		"x-kaazing-handshake2"} {
		r := dialed(t, "ws://h/p", ClientConfig{})
		r.take(r.c.Opened(t0, other, nil, zeroAccept))
		r.wantFail("the client takes no other", fsm.FailureOpening, 0)
		s := newServed(t, ServerConfig{})
		_, out := s.s.OpeningReceived(t0,
			[]byte("GET /p HTTP/1.1\r\n"+openingFields+"Sec-WebSocket-Protocol: "+other+"\r\n\r\n"))
		s.take(out)
		require.ErrorIs(t, s.err, fsm.FailureNotSelected, "nor does the server")
	}
}
