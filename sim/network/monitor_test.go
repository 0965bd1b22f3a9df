package network

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// outputs that tests put together.
var (
	openingRequest = endpoint.Output{Kind: endpoint.SendBytes,
		Data: []byte("GET /p HTTP/1.1\r\nHost: a\r\n\r\n")}
	openingAnswer = endpoint.Output{Kind: endpoint.SendBytes, Data: []byte("HTTP/1.1 101 x\r\n\r\n")}
	opens         = endpoint.Output{Kind: endpoint.Open}
	delivers      = endpoint.Output{Kind: endpoint.Deliver, Type: wire.Text, Data: []byte("x")}
	disconnects   = endpoint.Output{Kind: endpoint.Disconnect}
	fails         = endpoint.Output{Kind: endpoint.Fail,
		Err: &endpoint.HandshakeError{Failure: fsm.FailureStatus}}
)

func dials(url string) endpoint.Output {
	u, err := wire.ParseURL(url, nil)
	if err != nil {
		panic(err)
	}
	return endpoint.Output{Kind: endpoint.Dial, URL: &u}
}

func says(text string) endpoint.Output {
	return endpoint.Output{Kind: endpoint.SendMessage, Type: wire.Binary, Data: []byte(text)}
}

func closes(code uint16) endpoint.Output {
	return endpoint.Output{Kind: endpoint.SendClose, Code: code}
}

const (
	asks    = "GET /p HTTP/1.1\r\n\r\n"
	accepts = "HTTP/1.1 101 x\r\n\r\n"
)

// broken is a list of outputs whose last one breaks an invariant.
type broken struct {
	name    string
	monitor Monitor
	outs    []endpoint.Output
	want    string
}

var brokens = func() []broken {
	client := Monitor{Budget: 2, Secrets: []string{"", "key=1", "session=42"}}
	server := Monitor{Server: true}
	waiting := Monitor{Deadline: func() time.Time { return time.Unix(1, 0) }}
	a, b := dials("ws://a/p"), dials("ws://b/p")
	return []broken{
		{"open twice", client, []endpoint.Output{a, openingRequest, says(asks), opens, opens}, "INV-04"},
		{"open behind Close", client, []endpoint.Output{a, openingRequest, says(asks), closes(1000),
			opens}, "INV-01"},
		{"failure after open", client, []endpoint.Output{a, openingRequest, says(asks), opens,
			fails}, "INV-04"},
		{"dial after open", client, []endpoint.Output{a, openingRequest, says(asks), opens,
			disconnects, b}, "INV-04"},
		{"two ends", client, []endpoint.Output{a, disconnects, fails, fails}, "INV-05"},
		{"two Closes", client, []endpoint.Output{a, openingRequest, says(asks), closes(1000),
			closes(1000)}, "INV-05"},
		{"delivered before open", client,
			[]endpoint.Output{a, openingRequest, says(asks), delivers}, "INV-02"},
		{"sent before open", client, []endpoint.Output{a, openingRequest, says(asks),
			says("hello")}, "INV-51"},
		{"request before the opening", client, []endpoint.Output{a, says(asks)}, "INV-06"},
		{"opening behind the request", client,
			[]endpoint.Output{a, openingRequest, says(asks), openingRequest}, "INV-06"},
		{"two connections at once", client, []endpoint.Output{a, b}, "INV-28"},
		{"loop", client, []endpoint.Output{a, openingRequest, says(asks), disconnects,
			dials("ws://A:80/p")}, "INV-22"},
		{"budget", client, []endpoint.Output{a, disconnects, b, disconnects, dials("ws://c/p")},
			"INV-21"},
		{"downgrade", client, []endpoint.Output{dials("wss://a/p"), disconnects, b}, "INV-26"},
		{"secret to another origin", client,
			[]endpoint.Output{a, disconnects, b, {Kind: endpoint.SendBytes,
				Data: []byte("GET /p HTTP/1.1\r\nCookie: session=42\r\n\r\n")}}, "INV-27"},
		{"message behind Close", client, []endpoint.Output{a, openingRequest, closes(1000),
			says(asks)}, "INV-40"},
		{"illegal close code", client, []endpoint.Output{a, openingRequest, closes(1005)}, "INV-48"},
		{"waiting when open", waiting, []endpoint.Output{a, openingRequest, says(asks), opens}, "LIV-01"},
		{"waiting at the end", waiting, []endpoint.Output{a, disconnects, fails}, "LIV-01"},
		{"second request", client, []endpoint.Output{a, openingRequest, says(asks),
			says("GET /q HTTP/1.1\r\n\r\n")}, "INV-07"},
		{"replay of another request", client, []endpoint.Output{a, openingRequest, says(asks),
			{Kind: endpoint.AskCredentials}, says("GET /q HTTP/1.1\r\nAuthorization: x\r\n\r\n")}, "INV-19"},
		{"replay without credentials", client, []endpoint.Output{a, openingRequest, says(asks),
			{Kind: endpoint.AskCredentials}, says(asks)}, "INV-20"},
		{"body twice", client, []endpoint.Output{a, openingRequest, says("GET /p HTTP/1.1\r\n" +
			"Expect: 100-continue\r\nContent-Length: 4\r\n\r\n"), says("body"), says("body")}, "INV-17"},
		{"response behind a refusal", server, []endpoint.Output{openingAnswer,
			says("HTTP/1.1 403 x\r\n\r\n"), says(""), says(accepts)}, "INV-16"},
		{"no Close behind a 3xx", server, []endpoint.Output{openingAnswer, says("HTTP/1.1 304 x\r\n\r\n"),
			says(""), disconnects}, "INV-40"},
		{"no terminator", server, []endpoint.Output{openingAnswer, says(accepts), opens}, "INV-42"},
		{"response without terminator", server,
			[]endpoint.Output{openingAnswer, says("HTTP/1.1 202 x\r\n\r\n"), says(accepts)}, "INV-42"},
		{"two terminators", server, []endpoint.Output{openingAnswer, says("HTTP/1.1 202 x\r\n\r\n"),
			says(""), says("")}, "INV-42"},
		{"401 without challenge", server,
			[]endpoint.Output{openingAnswer, says("HTTP/1.1 401 x\r\n\r\n")}, "INV-45"},
		{"302 without Location", server, []endpoint.Output{openingAnswer, says("HTTP/1.1 302 x\r\n\r\n")},
			"INV-45"},
		{"511", server, []endpoint.Output{openingAnswer, says("HTTP/1.1 511 x\r\n\r\n")}, "INV-46"},
		{"server dials", server, []endpoint.Output{a}, "INV-28"},
		{"open without a connection", client, []endpoint.Output{opens}, "INV-28"},
		{"Close without a connection", client,
			[]endpoint.Output{a, openingRequest, disconnects, closes(1000)}, "INV-28"},
		{"client asked to decide", client, []endpoint.Output{{Kind: endpoint.AskDecision}}, "INV-03"},
		{"server asked for credentials", server,
			[]endpoint.Output{{Kind: endpoint.AskCredentials}}, "INV-03"},
		{"no such output", client, []endpoint.Output{{}}, "TOTAL"},
		{"failure without a failure", client, []endpoint.Output{{Kind: endpoint.Fail}}, "INV-05"},
		{"failure that breaks a log", client,
			[]endpoint.Output{{Kind: endpoint.Fail, Err: fmt.Errorf("a\nb: %w", fails.Err)}}, "INV-05"},
		{"long reason", client, []endpoint.Output{a, openingRequest,
			{Kind: endpoint.SendClose, Code: 1000, Text: strings.Repeat("x", 124)}}, "INV-48"},
		{"opening that is none", client, []endpoint.Output{a,
			{Kind: endpoint.SendBytes, Data: []byte("x")}}, "INV-51"},
		{"426 without Upgrade", server, []endpoint.Output{openingAnswer, says("HTTP/1.1 426 x\r\n\r\n")},
			"INV-45"},
		{"malformed", server, []endpoint.Output{openingAnswer, says("HTTP/1.1 200 x\n\n")}, "INV-51"},
	}
}()

// message is the monitor's objection to the last output.
func (b broken) message(t *testing.T) string {
	m := b.monitor
	last := len(b.outs) - 1
	for _, o := range b.outs[:last] {
		require.NoError(t, m.Take(o), "%v is legal", o.Kind)
	}
	err := m.Take(b.outs[last])
	require.Error(t, err, b.name)
	return err.Error()
}

func TestMonitor_FindsWhatIsBroken(t *testing.T) {
	for _, b := range brokens {
		t.Run(b.name, func(t *testing.T) { require.Contains(t, b.message(t), b.want) })
	}
}

func TestMonitor_LetsPassWhatIsRight(t *testing.T) {
	m := Monitor{Budget: 3, Secrets: []string{"session=42"},
		Deadline: func() time.Time { return time.Time{} }}
	for _, o := range []endpoint.Output{
		dials("ws://a/p"), openingRequest, {Kind: endpoint.AskCredentials}, disconnects,
		dials("ws://a/p"), openingRequest, says(asks), closes(1000), disconnects,
		dials("ws://b/p"), openingRequest, says(asks), {Kind: endpoint.AskCredentials},
		says("GET /p HTTP/1.1\r\nAuthorization: Basic x\r\n\r\n"), opens, delivers, says("session=42"),
		closes(1000), disconnects, {Kind: endpoint.Closed},
	} {
		require.NoError(t, m.Take(o), "%v", o.Kind)
	}
}

// These codes may stand in a Close frame, and no others. [RFC 6455 7.4, IANA]
func TestLegalClose(t *testing.T) {
	defined := map[uint16]bool{0: true, 1000: true, 1001: true, 1002: true, 1003: true, 1007: true,
		1008: true, 1009: true, 1010: true, 1011: true, 1012: true, 1013: true, 1014: true}
	for code := range uint16(math.MaxUint16) {
		require.Equal(t, defined[code] || code >= 3000 && code < 5000, legalClose(code), "%d", code)
	}
}
