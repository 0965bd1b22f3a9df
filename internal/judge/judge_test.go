package judge

import (
	"strings"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

const (
	key    = "dGhlIHNhbXBsZSBub25jZQ=="
	accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" // both of RFC 6455 1.3
)

var asked = Asked{Accept: []byte(accept), Subprotocols: []string{"a", "b"},
	Tokens: []string{"x-kaazing-handshake"}, Extensions: []string{"x-e; n=1"}}

// fields reads lines of a head.
func fields(t *testing.T, lines ...string) wire.Fields {
	t.Helper()
	var r wire.Response
	_, err := r.ParseHead([]byte("HTTP/1.1 101 x\r\n"+strings.Join(append(lines, "\r\n"), "\r\n")),
		wire.Limits{})
	require.NoError(t, err)
	return r.Fields
}

// An opening 101 belongs to its request, and selects only offered names.
func TestOpening(t *testing.T) {
	const upgrade, connection, accepted = "Upgrade: websocket", "Connection: Upgrade",
		"Sec-WebSocket-Accept: " + accept
	for name, tt := range map[string]struct {
		lines      []string
		reqs, text string
	}{
		"right": {[]string{upgrade, connection, accepted, "Sec-WebSocket-Protocol: b",
			"Sec-WebSocket-Extensions: x-e;n=2"}, "", ""},
		"no upgrade": {[]string{connection, accepted}, "WSP-OPEN-02", "got none"},
		"connection in two": {[]string{upgrade, "Connection: keep-alive", connection,
			accepted}, "", ""},
		"no connection": {[]string{upgrade, accepted}, "WSP-OPEN-02", "Connection: Upgrade"},
		"another accept": {[]string{upgrade, connection, "Sec-WebSocket-Accept: x"},
			"WSP-OPEN-02", accept},
		"a second accept": {[]string{upgrade, connection, accepted, "Sec-WebSocket-Accept: x"},
			"WSP-OPEN-02", "repeated"},
		"two subprotocols": {[]string{upgrade, connection, accepted, "Sec-WebSocket-Protocol: a",
			"Sec-WebSocket-Protocol: b"}, "WSP-PROTO-01", "repeated"},
		"another subprotocol": {[]string{upgrade, connection, accepted, "Sec-WebSocket-Protocol: c"},
			"WSP-OPEN-04", `"c" was not offered`},
		"an empty subprotocol": {[]string{upgrade, connection, accepted, "Sec-WebSocket-Protocol:"},
			"WSP-OPEN-04", "was not offered"},
		"another extension": {[]string{upgrade, connection, accepted,
			"Sec-WebSocket-Extensions: x-f"}, "WSP-OPEN-03", `"x-f" was not offered`},
		"an extension twice": {[]string{upgrade, connection, accepted,
			"Sec-WebSocket-Extensions: x-e, x-e"}, "WSP-OPEN-03", "twice"},
		"an empty list": {[]string{upgrade, connection, accepted, "Sec-WebSocket-Extensions:"},
			"KHP-EXT-RSP-08", "no extension"},
		"no list of extensions": {[]string{upgrade, connection, accepted, "Sec-WebSocket-Extensions: ;"},
			"WSP-EXT-01", "not an extension name"},
		"the token of handshake": {[]string{upgrade, connection, accepted,
			"Sec-WebSocket-Protocol: x-kaazing-handshake"}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			fault := Opening(fields(t, tt.lines...), &asked)
			require.Equal(t, tt.text != "", fault.Found(), fault.Text)
			require.Contains(t, fault.Reqs, tt.reqs)
			require.Contains(t, fault.Text, tt.text)
		})
	}
	unknown := asked
	unknown.Accept = nil
	require.False(t, Opening(fields(t, upgrade, connection, "Sec-WebSocket-Accept: x"), &unknown).
		Found(), "without a key nothing can be compared")
}

// The facts of an extended response, and the first of its faults.
func TestResponse(t *testing.T) {
	const all = fsm.FactExtensionsAsked | fsm.FactAcceptMatches | fsm.FactProtocolOffered
	for name, tt := range map[string]struct {
		status int
		lines  []string
		facts  fsm.Facts
		reqs   string
	}{
		"bare": {101, nil, all, ""},
		"all of it": {101,
			[]string{"Upgrade: WebSocket", "Connection: x, upgrade", "Sec-WebSocket-Accept: " + accept,
				"Sec-WebSocket-Protocol: a", "Sec-WebSocket-Extensions: x-e"}, all, ""},
		"a second accept": {101, []string{"Sec-WebSocket-Accept: " + accept,
			"Sec-WebSocket-Accept: x"}, all &^ fsm.FactAcceptMatches, "KHP-STATUS-101-01"},
		"a second upgrade": {101, []string{"Upgrade: websocket", "Upgrade: h2c"},
			all &^ fsm.FactAcceptMatches, "KHP-STATUS-101-01"},
		"another subprotocol": {101, []string{"Sec-WebSocket-Protocol: c"},
			all &^ fsm.FactProtocolOffered, "WSP-OPEN-04"},
		"another extension": {101, []string{"Sec-WebSocket-Extensions: x-f", "Upgrade: h2c"},
			fsm.FactProtocolOffered, "KHP-EXT-RSP-09"},
		"another upgrade and subprotocol": {101, []string{"Upgrade: h2c", "Sec-WebSocket-Protocol: c"},
			fsm.FactExtensionsAsked, "KHP-STATUS-101-01"},
		"an extension with 202":    {202, []string{"Sec-WebSocket-Extensions: x-f"}, 0, "KHP-EXT-RSP-09"},
		"an upgrade with 202":      {202, []string{"Upgrade: h2c"}, fsm.FactExtensionsAsked, ""},
		"what ends is not judged":  {404, []string{"Sec-WebSocket-Extensions: ;"}, 0, ""},
		"a redirect is not judged": {302, []string{"Upgrade: h2c"}, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			facts, fault := Response(&wire.Response{Status: tt.status, Fields: fields(t, tt.lines...)},
				&asked)
			require.Equal(t, tt.facts, facts)
			require.Equal(t, tt.reqs != "", fault.Found(), fault.Text)
			require.Contains(t, fault.Reqs, tt.reqs)
		})
	}
}

// An opening request is refused with the status that names its mistake.
func TestOpeningRequest(t *testing.T) {
	const right = "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Key: " + key + "\r\nSec-WebSocket-Version: 13\r\n\r\n"
	for change, status := range map[[2]string]int{
		{"", ""}:                              0,
		{"GET", "PUT"}:                        405,
		{"websocket", "h2c"}:                  426,
		{"n: Upgrade", "n: x"}:                400,
		{"13", "7"}:                           426,
		{"13", "8"}:                           0,
		{key, "short"}:                        400,
		{"Host: h\r\n", ""}:                   400,
		{"Host", "Content-Length: 1\r\nHost"}: 400,
	} {
		var r wire.Request
		_, err := r.ParseHead([]byte(strings.Replace(right, change[0], change[1], 1)), wire.Limits{})
		require.NoError(t, err)
		got, fault := OpeningRequest(&r, true)
		require.Equal(t, status, got, change)
		require.Equal(t, status != 0, fault.Found())
	}
	var r wire.Request
	_, err := r.ParseHead([]byte(strings.Replace(right, key, "replaced", 1)), wire.Limits{})
	require.NoError(t, err)
	got, _ := OpeningRequest(&r, false)
	require.Zero(t, got, "a key that was replaced is not judged")
}

// Bytes of a body are held back only for 100-continue, and none stand behind it.
func TestBody(t *testing.T) {
	expecting := wire.Fields{{Name: []byte("Expect"), Value: []byte("100-Continue")}}
	for name, tt := range map[string]struct {
		r     wire.Request
		have  int
		left  int64
		fault string
	}{
		"none":         {wire.Request{ContentLength: -1}, 0, 0, ""},
		"whole":        {wire.Request{ContentLength: 3}, 3, 0, ""},
		"held back":    {wire.Request{ContentLength: 3, Fields: expecting}, 1, 2, ""},
		"missing":      {wire.Request{ContentLength: 3}, 1, 2, "KHP-STATUS-100-03"},
		"too much":     {wire.Request{ContentLength: 3, Fields: expecting}, 4, 0, "KHP-EXT-04"},
		"not foretold": {wire.Request{ContentLength: -1}, 1, 0, "KHP-EXT-04"},
	} {
		left, fault := Body(&tt.r, tt.have)
		require.Contains(t, fault.Reqs, tt.fault, name)
		require.Equal(t, tt.fault != "", fault.Found(), name)
		if !fault.Found() {
			require.Equal(t, tt.left, left, name)
		}
	}
}
