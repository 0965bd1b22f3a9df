package extension

import (
	"bytes"
	"testing"
	"time"

	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

const esc = "\x01\x01\x01\x02"

// step is the input of a stack and its required output.
type step struct {
	in      Message
	arrives bool // it comes from the wire
	sent    []Message
	got     []Message
	fails   bool
}

func text(s string) Message   { return Message{Text, []byte(s)} }
func binary(s string) Message { return Message{Binary, []byte(s)} }

// sort divides actions.
func sortActions(actions []Action) (sent, got []Message, failed bool) {
	for _, a := range actions {
		m := Message{a.Message.Kind, bytes.Clone(a.Message.Data)}
		switch a.Kind {
		case ActionSend:
			sent = append(sent, m)
		case ActionDeliver:
			got = append(got, m)
		case ActionFail:
			failed = true
		}
	}
	return sent, got, failed
}

func runSteps(t *testing.T, steps []step) {
	t.Helper()
	s := NewStack([]Session{newPingPong(escape)})
	require.Empty(t, s.Open(time.Time{}))
	require.Zero(t, s.Deadline())
	for _, one := range steps {
		call := s.Outgoing
		if one.arrives {
			call = s.Incoming
		}
		sent, got, failed := sortActions(call(time.Time{}, one.in))
		require.Equal(t, one.sent, sent, "sent after %q", one.in.Data)
		require.Equal(t, one.got, got, "delivered after %q", one.in.Data)
		require.Equal(t, one.fails, failed, "failed after %q", one.in.Data)
	}
}

func TestPingPong_Bytes(t *testing.T) {
	ping, pong := text(esc+"\x09\x00"), text(esc+"\x0a\x00")
	in := func(m Message) step { return step{in: m, arrives: true} }
	delivered := func(m Message) step { return step{in: m, arrives: true, got: []Message{m}} }
	failing := step{arrives: true, fails: true}
	with := func(s step, m Message) step { s.in = m; return s }
	for name, steps := range map[string][]step{
		"ping goes out as text": {{in: Message{Ping, []byte("payload")},
			sent: []Message{ping}}},
		"pong goes out as text": {{in: Message{Kind: Pong}, sent: []Message{pong}}},
		"text passes": {{in: text("hi"), sent: []Message{text("hi")}},
			delivered(text("hi")), delivered(text(esc[:3])), delivered(text(""))},
		"text with the escape follows it": {{in: text(esc + "loo"),
			sent: []Message{text(esc), text(esc + "loo")}}},
		"the escape itself follows itself": {{in: text(esc), sent: []Message{text(esc), text(esc)}}},
		"an application's ping is no ping": {{in: ping, sent: []Message{text(esc), ping}}},
		"binary is never escaped": {{in: binary(esc), sent: []Message{binary(esc)}},
			delivered(binary(esc)), delivered(binary(esc + "\x09\x00"))},
		"ping is answered": {{in: ping, arrives: true, got: []Message{{Kind: Ping}},
			sent: []Message{pong}}},
		"pong arrives as one": {{in: pong, arrives: true, got: []Message{{Kind: Pong}}}},
		"native ping is left to others": {{in: Message{Ping, []byte("x")}, arrives: true,
			got: []Message{{Ping, []byte("x")}}}},
		"native pong does not count": {in(Message{Pong, []byte("x")})},
		"escape is removed, once": {in(text(esc)), delivered(text(esc + "hey")),
			with(failing, text(esc+"hey"))},
		"escaped escape": {in(text(esc)), delivered(text(esc)),
			delivered(text("next"))},
		"binary between is left alone": {in(text(esc)), delivered(binary("b")),
			delivered(text(esc + "\x09\x00"))},
		"escape before other text":       {in(text(esc)), with(failing, text("hey"))},
		"unescaped text":                 {with(failing, text(esc+"\x09\x00\x00"))},
		"unescaped text of five":         {with(failing, text(esc+"\x09"))},
		"ping that does not end in zero": {with(failing, text(esc+"\x09\x01"))},
		"neither ping nor pong":          {with(failing, text(esc+"\x08\x00"))},
		"nothing happens after the failure": {with(failing, text(esc+"\x08\x00")), in(text("x")),
			{in: text("x")}},
	} {
		t.Run(name, func(t *testing.T) { runSteps(t, steps) })
	}
}

// pair is both ends of a connection with ping-pong.
func pair(t require.TestingT) (client, server *Stack) {
	use := []Extension{PingPong{}}
	answer, sessions := Accept(use, Offers(use, nil), nil)
	server = NewStack(sessions)
	sessions, err := Confirm(use, answer)
	require.NoError(t, err)
	return NewStack(sessions), server
}

// travel sends m from one end to the other and returns the message that arrives there.
func travel(t require.TestingT, from, to *Stack, m Message) (got []Message) {
	sent, _, failed := sortActions(from.Outgoing(time.Time{}, m))
	require.False(t, failed)
	for _, frame := range sent {
		require.NotEqual(t, Ping, frame.Kind)
		_, in, failed := sortActions(to.Incoming(time.Time{}, frame))
		require.False(t, failed, "%q broke the rules", frame.Data)
		got = append(got, in...)
	}
	return got
}

// Every text of up to eight of the bytes that matter arrives as it was: all of up to four bytes,
// and all that begin with the escape.
func TestPingPong_Exhaustive(t *testing.T) {
	client, server := pair(t)
	payloads := []string{""}
	for from := 0; from < len(payloads) && len(payloads[from]) < 8; from++ {
		for _, c := range "\x01\x02\x09\x0a\x00" {
			if p := payloads[from] + string(c); len(p) <= 4 || p[:4] == esc {
				payloads = append(payloads, p)
			}
		}
	}
	require.Len(t, payloads, 1+5+25+125+625+5+25+125+625)
	require.Contains(t, payloads, esc+"\x09\x00")
	for _, p := range payloads {
		for _, kind := range []Kind{Text, Binary} {
			m := Message{kind, []byte(p)}
			require.Equal(t, []Message{m}, travel(t, client, server, m))
			require.Equal(t, []Message{m}, travel(t, server, client, m))
		}
	}
}

// Whatever is sent arrives, whatever was sent before.
func TestPingPong_Rapid(t *testing.T) {
	message := rapid.Custom(func(t *rapid.T) Message {
		kind := rapid.SampledFrom([]Kind{Text, Binary, Ping, Pong}).Draw(t, "kind")
		if kind == Ping || kind == Pong {
			return Message{Kind: kind}
		}
		head := rapid.SampledFrom([]string{"", esc, esc[:3], esc + "\x09\x00", esc + "\x0a\x00",
			esc + esc}).Draw(t, "head")
		return Message{kind, append([]byte(head),
			rapid.SliceOfN(rapid.ByteRange(0, 127), 0, 6).Draw(t, "rest")...)}
	})
	rapid.Check(t, func(t *rapid.T) {
		client, server := pair(t)
		for _, m := range rapid.SliceOf(message).Draw(t, "messages") {
			from, to := client, server
			if rapid.Bool().Draw(t, "from the server") {
				from, to = server, client
			}
			want := m
			want.Data = append([]byte{}, m.Data...)
			if len(m.Data) == 0 && (m.Kind == Ping || m.Kind == Pong) {
				want.Data = nil
			}
			got := travel(t, from, to, m)
			require.Len(t, got, 1)
			require.Equal(t, want.Kind, got[0].Kind)
			require.True(t, bytes.Equal(want.Data, got[0].Data))
		}
	})
}

func TestPingPong_Confirm(t *testing.T) {
	for answer, ok := range map[string]bool{
		"x-kaazing-ping-pong;01010102":        true,
		"x-kaazing-ping-pong; 01020304":       true,
		"x-kaazing-ping-pong;mode=1;01010102": true,
		"x-kaazing-ping-pong;7FABCDEF":        false, // cannot begin a text message
		"x-kaazing-ping-pong;C3A9c3a9":        true,
		"x-kaazing-ping-pong":                 false,
		"x-kaazing-ping-pong;0101010":         false,
		"x-kaazing-ping-pong;010101020":       false,
		"x-kaazing-ping-pong;0101010203":      false,
		"x-kaazing-ping-pong;0101010g":        false,
		"x-kaazing-ping-pong;01010102=1":      false,
	} {
		_, err := Confirm([]Extension{PingPong{}}, []string{answer})
		if ok {
			require.NoError(t, err, answer)
			continue
		}
		var bad *Error
		require.ErrorAs(t, err, &bad, answer)
		require.Equal(t, PingPongName, bad.Name)
		require.ErrorContains(t, err, "escape bytes")
	}
	s, err := PingPong{}.Confirm(wire.Extension{Name: []byte(PingPongName),
		Params: []byte("41424344")})
	require.NoError(t, err)
	sent, _, _ := sortActions(NewStack([]Session{s}).Outgoing(time.Time{}, Message{Kind: Ping}))
	require.Equal(t, []Message{text("ABCD\x09\x00")}, sent, "the server's escape counts")
}
