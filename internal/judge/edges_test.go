package judge

import (
	"slices"
	"strings"
	"testing"

	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// Texts of a peer are cut behind 200 bytes, and an empty list is none.
func TestWords(t *testing.T) {
	for n, cut := range map[int]bool{199: false, 200: false, 201: true} {
		s := strings.Repeat("a", n)
		require.Equal(t, cut, Clip(s) != s, n)
	}
	require.Equal(t, strings.Repeat("€", 66)+"...", Clip(strings.Repeat("€", 67)))
	latin := strings.Repeat("\xe9", 200)
	require.Equal(t, latin+"...", Clip(latin+"\xe9"), "bytes that are no UTF-8 stay")
	require.Equal(t, "none", QuoteList(nil))
	require.Equal(t, `"a, b"`, QuoteList([]string{"a", "b"}))
	require.False(t, Fault{Reqs: "KHP-GEN-07"}.Found())
}

// An opening handshake of HTTP/1.0 is none.
func TestOpeningRequest_Version(t *testing.T) {
	status, fault := OpeningRequest(&wire.Request{Method: []byte("GET"), ContentLength: -1}, true)
	require.Equal(t, 505, status)
	require.Contains(t, fault.Text, "HTTP/1.1")
}

// Two fields with a subprotocol are one too many, and say so.
func TestSubprotocolAsked_Repeated(t *testing.T) {
	for n, want := range map[int]string{1: "", 2: "repeated", 3: "repeated"} {
		lines := slices.Repeat([]string{"Sec-WebSocket-Protocol: a"}, n)
		require.Contains(t, subprotocolAsked(fields(t, lines...), &asked).Text, want)
		require.Equal(t, want != "", subprotocolAsked(fields(t, lines...), &asked).Found())
	}
}

// A subprotocol is offered by the application, or by the profile.
func TestAsked_Offers(t *testing.T) {
	for name, want := range map[string]bool{"a": true, "b": true, "x-kaazing-handshake": true,
		"c": false, "": false, "A": false} {
		require.Equal(t, want, asked.Offers(name), name)
	}
}

// A line of one byte is a line.
func TestURIList_Short(t *testing.T) {
	var got []string
	for line := range URIList([]byte("a\n#\nb\nc")) {
		got = append(got, string(line))
	}
	require.Equal(t, []string{"a", "b", "c"}, got)
}
