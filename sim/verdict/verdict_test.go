package verdict

import (
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/sim/network"
	"example.com/khp/wire"
	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
)

func message(t wire.MessageType, data string) network.Item {
	return network.Item{Op: ws.OpCode(t), Type: t, Data: []byte(data), Frames: 1}
}

// The verdict reads a peer's acts from its items, one at a time.
func TestRead(t *testing.T) {
	for name, c := range map[string]struct {
		in   Input
		want Kind
		used int
	}{
		"opening": {Input{Head: []byte("HTTP/1.1 101 Yes\r\n\r\n")}, Opening, 0},
		"response": {Input{Items: []network.Item{message(wire.Binary,
			"HTTP/1.1 403 No\r\n\r\n"), message(wire.Binary, "")}}, Response, 1},
		"response in pieces": {Input{Items: []network.Item{message(wire.Binary,
			"HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\n"), message(wire.Binary, "no")}}, Response, 2},
		"request": {Input{Items: []network.Item{message(wire.Text,
			"GET / HTTP/1.1\r\n\r\n")}}, Request, 1},
		"terminator": {Input{Items: []network.Item{message(wire.Binary, "")}}, Terminator, 1},
		"empty text": {Input{Items: []network.Item{message(wire.Text, "")}}, Text, 1},
		"N": {Input{Items: []network.Item{message(wire.Binary, "\xef\x83\xbfN")}},
			Proceed, 1},
		"R": {Input{Items: []network.Item{message(wire.Binary,
			"\xef\x83\xbfRws://h/")}}, Reroute, 1},
		"close": {Input{Items: []network.Item{{Op: ws.OpClose, Code: 1000}}}, Close, 1},
		"no frame": {Input{Items: []network.Item{{Broken: fsm.FailureFrame, Text: "x"}}},
			Broken, 1},
		"end": {Input{Ended: "the peer ended it"}, End, 0},
		"end inside": {Input{Items: []network.Item{message(wire.Binary, "HTTP/1.1 403")},
			Ended: "gone"}, Response, 1},
		"Close inside": {Input{Items: []network.Item{message(wire.Binary, "HTTP/1.1 403"),
			{Op: ws.OpClose}}}, Response, 1},
		"length out of range": {Input{Items: []network.Item{message(wire.Binary,
			"HTTP/1.1 403 No\r\nContent-Length: 99999999999999999999\r\n\r\n")}}, Response, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s, used, ok := Read(c.in)
			require.True(t, ok)
			require.Equal(t, c.want, s.Kind)
			require.Equal(t, c.used, used)
			require.NotEmpty(t, s.String())
		})
	}
	_, _, ok := Read(Input{Items: []network.Item{message(wire.Binary,
		"HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nn")}})
	require.False(t, ok, "the response is not finished")
	_, _, ok = Read(Input{})
	require.False(t, ok)
}

func TestPattern_Conditions(t *testing.T) {
	s := readHTTP(Response, []byte("HTTP/1.1 101 Yes\r\nSec-WebSocket-Extensions: x-a;n=1, x-b\r\n"+
		"Connection: keep-alive, Upgrade\r\nwww-authenticate:Basic\r\n\r\n"))
	for _, c := range []struct {
		key, value string
		want       bool
	}{
		{"", "connection: upgrade", true}, {"", "Connection: close", false},
		{"", "Sec-WebSocket-Extensions: x-a;*", true}, {"", "Missing: x", false},
		{"exact", "Connection: keep-alive, Upgrade", true}, {"exact", "connection: keep-alive, Upgrade",
			false}, {"not", "Connection: close*", true}, {"not", "Connection: *", false},
		{"has", "WWW-Authenticate", true}, {"has", "Missing", false}, {"no", "Missing", true},
		{"no", "Connection", false}, {"once", "Connection", true}, {"once", "Missing", false},
		{"start", "HTTP/1.1 101 *", true}, {"start", "HTTP/1.1 403*", false}, {"within",
			"Sec-WebSocket-Extensions: x-b, x-a", true}, {"within", "Sec-WebSocket-Extensions: x-a", false},
		{"within", "Missing: x", true}, {"spelled", "WWW-Authenticate", false},
		{"spelled", "Connection", true}, {"spaced", "yes", false},
	} {
		p := Pattern{Kind: Response, Low: 101, High: 101, Conditions: []Condition{{c.key, c.value}}}
		require.Equal(t, c.want, p.Match(&s), "%s=%s", c.key, c.value)
	}
	empty := readHTTP(Response, []byte("HTTP/1.1 101 Yes\r\nSec-WebSocket-Extensions: \r\n\r\n"))
	require.False(t, (&Pattern{Kind: Response, Conditions: []Condition{{"within",
		"Sec-WebSocket-Extensions: x-a"}}}).Match(&empty), "an empty list is none")
}

func TestExpectation_Judge(t *testing.T) {
	e := Expectation{Otherwise: Fail, Alternatives: []Alternative{
		{Pattern: Pattern{Kind: Response, Low: 400, High: 400}},
		{Pattern: Pattern{Kind: Response, Low: 400, High: 599}, Grade: Lenient, Why: "another status"},
		{Pattern: Pattern{Kind: Close}, Grade: Pass, Ends: true},
		{Pattern: Pattern{Kind: End}, Grade: Skip, Why: "gone"}}}
	for _, c := range []struct {
		seen   Seen
		want   Grade
		goesOn bool
	}{
		{Seen{Kind: Response, Code: 400}, Pass, true}, {Seen{Kind: Response, Code: 403}, Lenient, true},
		{Seen{Kind: Response, Code: 101}, Fail, false},
		{Seen{Kind: Close}, Pass, false}, {Seen{Kind: End}, Skip, false},
		{Seen{Kind: Silence, Text: "within 10s"}, Fail, false},
	} {
		r, goesOn := e.Judge(c.seen)
		require.Equal(t, c.want, r.Grade, "%s", c.seen)
		require.Equal(t, c.goesOn, goesOn, "%s", c.seen)
	}
	r, _ := e.Judge(Seen{Kind: Silence, Text: "within 10s"})
	require.Equal(t, "response 400, or close", r.Want)
	require.Equal(t, "nothing, within 10s", r.Got)
	require.Equal(t, Fail, Worse(Worse(Lenient, Fail), Pass))
}

// A report does not contain credentials.
func TestSeen_NoSecrets(t *testing.T) {
	s := readHTTP(Request, []byte("GET / HTTP/1.1\r\nAuthorization: Basic c2VjcmV0\r\n\r\n"))
	require.NotContains(t, s.String(), "c2VjcmV0")
	require.Contains(t, s.String(), "Authorization: Basic [redacted]")
}
