package endpoint

import (
	"strings"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/internal/retryafter"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// A server's refusal reaches the caller whole: status, fields and body.
func TestPair_Explains(t *testing.T) {
	for _, v := range []struct {
		d    Decision
		ids  string
		says string
	}{
		{Decision{Status: 404, Body: []byte("no such thing\nmore"), Header: []HeaderField{{"X-A", "b"}}},
			"KHP-CLASS-4XX-02",
			"refused with 404 Not Found [extended handshake, ws://h/p]; the server says: no such thing"},
		{Decision{Status: 503, Body: []byte("back at noon"), Header: []HeaderField{{"X-A", "b"}}},
			"KHP-CLASS-5XX-02", "refused with 503 Service Unavailable [extended handshake, ws://h/p]; " +
				"the server says: back at noon"},
		{Decision{Status: 499, Body: []byte("<h1>no</h1>"), BodyType: "text/html", Header: []HeaderField{
			{"X-A", "b"},
		}}, "KHP-CLASS-4XX-02", "refused with 499 Client Closed Request [extended handshake, ws://h/p]"},
	} {
		t.Run(itoa(v.d.Status), func(t *testing.T) {
			proves(t, v.ids)
			err := newPair(t, "ws://h/p", ClientConfig{}, func(wire.URL, *Request) Decision { return v.d }).
				run().wantFailure(fsm.FailureStatus)
			require.Equal(t, v.d.Status, err.Status)
			require.Equal(t, "b", err.Field("x-a"))
			require.Equal(t, string(v.d.Body), string(err.Body))
			require.Equal(t, v.says, err.Error())
		})
	}
	t.Run("retry-after", func(t *testing.T) {
		proves(t, "RFC6585-429-03")
		d := Decision{Status: 429, Header: []HeaderField{{"Retry-After", "120"}}}
		err := newPair(t, "ws://h/p", ClientConfig{}, func(wire.URL, *Request) Decision { return d }).
			run().wantFailure(fsm.FailureStatus)
		seconds, ok := retryafter.Seconds([]byte(err.Field("Retry-After")), 0)
		require.True(t, ok)
		require.Equal(t, int64(120), seconds)
	})
	t.Run("101-not-200", func(t *testing.T) {
		proves(t, "KHP-STATUS-200-02 RFC2068-101-01")
		s := listening(t, "/p", ServerConfig{}).deciding().decide(Decision{})
		require.Contains(t, s.sent[0], "HTTP/1.1 101 ", "who accepts and says no more answers 101")
		require.Equal(t, 1, s.opens)
		listening(t, "/p", ServerConfig{}).deciding().decide(Decision{Status: 200}).
			wantRefused("200 does not open", 200, 1000)
	})
}

// A field that is too long on its own is named; its value is not, and the text stays short.
func TestServer_NamesTheField(t *testing.T) {
	proves(t, "RFC6585-431-03 RFC6585-431-01")
	long := strings.Repeat("s3cret", 2000)
	says := func(text string) string {
		s := listening(t, "/p", ServerConfig{}).message(text)
		var r wire.Response
		require.NoError(t, r.Parse([]byte(s.sent[0]), wire.Limits{}))
		require.Equal(t, 431, r.Status)
		require.Less(t, len(r.Body), 400, "short")
		s.wantRefused("too large", 431, 1002)
		return string(r.Body)
	}
	require.Contains(t, says(request("X-Good: fine", "X-Big: "+long, "X-More: fine")),
		"field X-Big is too long: ")
	require.Contains(t, says(request("X-Big: "+long[:8192])), "field X-Big is too long: ",
		"by a few bytes")
	require.Contains(t, says("GET /p HTTP/1.1\r\nX-Big: "+long), "field X-Big is too long: ",
		"without an end")
	require.NotContains(t, says(request("Authorization: Basic "+long)), "s3cret")
	require.Contains(t, says(request(strings.Repeat("n", 200)+": "+long)),
		"field "+strings.Repeat("n", 200)+" is too long")
	for _, text := range []string{
		request(strings.Repeat("n", 300) + ": b"), request(strings.Repeat("n", 9000)),
		request(strings.Repeat("X-A: b\r\n", 3000)),
		request("X-A: " + long[:6000] + "\r\nX-B: " + long[:6000] + "\r\nX-C: " + long[:6000]),
	} {
		require.NotContains(t, says(text), "is too long: ", "no single value is at fault")
	}
	require.Empty(t, longField(nil, &wire.ParseError{Kind: wire.KindLineTooLong, Offset: 9}))
	require.Empty(t, longField([]byte("GET / HTTP/1.1\r\nA b: c"),
		&wire.ParseError{Kind: wire.KindLineTooLong, Offset: 22}))
	require.Equal(t, "A", longField([]byte("x\r\nA: b"),
		&wire.ParseError{Kind: wire.KindLineTooLong, Offset: 99}), "an offset behind the end")

	s := newServed(t, ServerConfig{})
	_, out := s.s.OpeningReceived(t0, []byte("GET /p HTTP/1.1\r\n"+openingFields+"X-Big: "+
		long+"\r\n\r\n"))
	require.Contains(t, string(out[0].Data), "HTTP/1.1 431 ")
	require.Contains(t, string(out[0].Data), "field X-Big is too long: ",
		"in the opening handshake as well")
}
