package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/transport/internal/frametest"
	"github.com/stretchr/testify/require"
)

// respond is a raw server that answers the extended request.
func respond(response string) func(p *rawServer) {
	return func(p *rawServer) {
		p.asked()
		p.send(bin(response), terminator,
			pf{Op: opX, P: "\x03\xe8"})
	}
}

func TestHandshakeError_Carries(t *testing.T) {
	t.Attr("req", "RFC6585-429-02")
	got := dialRaw(t, t.Context(), true, nil,
		respond("HTTP/1.1 429 Slow Down\r\nRetry-After: 120\r\nX-Field: a\r\nX-Field: b\r\n"+
			"Content-Type: text/plain\r\nContent-Length: 11\r\n\r\nfive a day\n"))
	defer got.end()
	var e *HandshakeError
	require.ErrorAs(t, got.err, &e)
	require.ErrorIs(t, got.err, fsm.FailureStatus)
	require.NotErrorIs(t, got.err, fsm.FailureTimeout)
	require.NoError(t, e.Cause, "the end of TCP is not why it failed")
	require.Equal(t, endpoint.LegExtended, e.Leg)
	require.Equal(t, 429, e.Status)
	require.Equal(t, "Slow Down", e.Reason)
	require.Equal(t, []string{"a", "b"}, e.Header.Values("X-Field"))
	require.Equal(t, "five a day\n", string(e.Body))
	require.Equal(t, 2*time.Minute, e.RetryAfter)
	require.True(t, e.Temporary())
	require.Equal(t, "ws://one.example/", e.URL)
	require.Equal(t, 1, e.Attempt)
	require.Equal(t, []string{"ws://one.example/"}, e.Path)
	require.Equal(t, "khp: refused with 429 Too Many Requests [extended handshake, "+
		"ws://one.example/]; the server says: five a day", e.Error())
}

func TestHandshakeError_Temporary(t *testing.T) {
	for _, c := range []struct {
		response  string
		temporary bool
	}{
		{"408 Request Timeout\r\n", true},
		{"429 Too Many Requests\r\n", true},
		{"502 Bad Gateway\r\n", true},
		{"503 Service Unavailable\r\n", true},
		{"504 Gateway Timeout\r\n", true},
		{"501 Not Implemented\r\n", false},
		{"500 Internal Server Error\r\n", false},
		{"500 Internal Server Error\r\nRetry-After: 1\r\n", true},
		{"403 Forbidden\r\n", false},
		{"410 Gone\r\nRetry-After: 1\r\n", false},
		{"302 Found\r\nRetry-After: 1\r\nLocation: /\r\n", false}, // a loop is one the next time too
		{"503 Service Unavailable\r\nRetry-After: soon\r\n", true},
	} {
		virtual(t, c.response[:3], func(t *testing.T) {
			if strings.HasPrefix(c.response, "410") {
				t.Attr("req", "RFC2068-410-02")
			}
			got := dialRaw(t, t.Context(), false, nil,
				respond("HTTP/1.1 "+c.response+"Content-Length: 0\r\n\r\n"))
			var e *HandshakeError
			require.ErrorAs(t, got.err, &e)
			require.Equal(t, c.temporary, e.Temporary())
			got.end()
		})
	}
	require.True(t, (&HandshakeError{Failure: fsm.FailureTimeout}).Temporary())
	require.True(t, (&HandshakeError{Failure: fsm.FailureAcceptedOnly}).Temporary())
	require.True(t, (&HandshakeError{Failure: fsm.FailureConnectionLost}).Temporary())
	require.False(t, (&HandshakeError{Failure: fsm.FailureConnect}).Temporary())
	require.False(t, (&HandshakeError{Cause: context.Canceled}).Temporary())
}

// Errors report the facts known so far when the caller gives up while the connection is being
// closed.
func TestHandshakeError_GivenUpWhileClosing(t *testing.T) {
	virtual(t, "refused", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		got := dialRaw(t, ctx, false, nil, func(p *rawServer) {
			p.quiet = true
			p.asked()
			p.send(bin("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"), terminator)
			p.silent()
		})
		require.ErrorIs(t, got.err, fsm.FailureStatus)
		require.ErrorIs(t, got.err, context.DeadlineExceeded)
		require.Equal(t, time.Second, got.took)
		got.end()
	})
	virtual(t, "redirected", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		got := dialRaw(t, ctx, false, nil, func(p *rawServer) {
			p.quiet = true
			p.asked()
			p.send(bin(response302), terminator)
			p.silent()
		})
		require.ErrorIs(t, got.err, context.Canceled)
		require.Equal(t, time.Second, got.took)
		got.end()
		require.Len(t, got.net.log.heads, 1, "the redirect is not followed any more")
	})
}

// Mistakes of the caller are no failed handshakes, and are found before anything is connected.
func TestDial_BadOptions(t *testing.T) {
	t.Attr("req", "ADV-75")
	t.Attr("req", "INV-51")
	for name, o := range map[string]DialOptions{
		"line break in a value":     {Header: http.Header{"A": {"b\r\nSec-WebSocket-Protocol: c"}}},
		"line break in a name":      {OpeningHeader: http.Header{"A: b\r\nC": {"d"}}},
		"Host":                      {OpeningHeader: http.Header{"Host": {"other.example"}}},
		"Authorization":             {Header: http.Header{"Authorization": {"Basic x"}}},
		"Transfer-Encoding":         {Header: http.Header{"Transfer-Encoding": {"chunked"}}},
		"subprotocol":               {Subprotocols: []string{"a\r\nb"}},
		"subprotocol twice":         {Subprotocols: []string{"a", "a"}},
		"KHP among subprotocols":    {Subprotocols: []string{endpoint.Subprotocol}},
		"extension":                 {Extensions: []string{"a;b=\"c\r\nd\""}},
		"several extensions in one": {Extensions: []string{"a, b"}},
		"method":                    {Method: "GET / HTTP/1.1\r\nA: b"},
		"body for a gateway":        {Profile: Kaazing, Body: []byte("x")},
		"too long":                  {Header: http.Header{"A": {strings.Repeat("x", 100000)}}},
	} {
		t.Run("ADV-75/"+name, func(t *testing.T) {
			_, err := Dial(t.Context(), "ws://127.0.0.1:1", &o)
			var failed *HandshakeError
			require.False(t, errors.As(err, &failed), "%v", err)
			require.ErrorContains(t, err, "transport: these options cannot be used: ")
		})
	}
	for _, url := range []string{"", "ftp://a/", "ws://a/\r\nb", "ws://joe:welcome@a/", "ws://a/#b",
		"ws://a:70000/"} {
		t.Run("ADV-75/url "+url, func(t *testing.T) {
			_, err := Dial(t.Context(), url, nil)
			require.ErrorIs(t, err, fsm.FailureURL)
			require.NotContains(t, err.Error(), "welcome")
		})
	}
}

// A chain of redirects ends in a connection, or in an error that shows the way.
func TestDial_RedirectPath(t *testing.T) {
	t.Attr("req", "ADV-05")
	t.Attr("req", "KHP-REDIR-04")
	hop := func(n int) func(p *rawServer) {
		return respond(fmt.Sprintf("HTTP/1.1 302 Found\r\nLocation: /%d\r\nContent-Length: 0\r\n\r\n", n))
	}
	chain := []func(p *rawServer){hop(1), hop(2), hop(3), hop(4), hop(5), then101(terminator)}
	got := dialRaw(t, t.Context(), true, nil, chain...)
	require.NoError(t, got.err)
	require.Equal(t, "ws://one.example/5", got.conn.URL())
	got.end()
	got = dialRaw(t, t.Context(), true, nil, append(chain[:5:5], hop(6))...)
	var e *HandshakeError
	require.ErrorAs(t, got.err, &e)
	require.ErrorIs(t, got.err, fsm.FailureTooManyRedirects)
	require.Equal(t, 6, e.Attempt)
	require.Len(t, e.Path, 7)
	got.end()
	for _, o := range []DialOptions{{MaxRedirects: -1}, {Redirects: endpoint.RedirectNever}} {
		got = dialRaw(t, t.Context(), true, &o, chain...)
		require.ErrorIs(t, got.err, fsm.FailureStatus)
		got.end()
	}
	got = dialRaw(t, t.Context(), true, &DialOptions{MaxRedirects: 1}, chain...)
	require.ErrorIs(t, got.err, fsm.FailureTooManyRedirects)
	got.end()
}

// PlainFallback opens where KHP is not selected.
func TestDial_Plain(t *testing.T) {
	t.Attr("req", "KHP-OPEN-05")
	plain := func(p *rawServer) {
		p.openingRequest()
		p.bytes(strings.Replace(p.response101Opening(), "x-kaazing-handshake", "chat", 1) +
			string(frametest.Encode(true, text("first"))))
	}
	got := dialRaw(t, t.Context(), true,
		&DialOptions{PlainFallback: true, Subprotocols: []string{"chat"}}, plain)
	require.NoError(t, got.err)
	require.True(t, got.conn.Plain())
	require.Equal(t, "chat", got.conn.Subprotocol())
	require.Equal(t, 101, got.conn.Status())
	require.Equal(t, "ws://one.example/", got.conn.URL())
	wantMessage(t, got.conn, Text, "first")
	got.end()
	for _, o := range []DialOptions{{}, {TerminatorOptional: true, Upgrade: true}} {
		o.Subprotocols = []string{"chat"}
		got = dialRaw(t, t.Context(), true, &o, plain)
		require.ErrorIs(t, got.err, fsm.FailureNotSelected)
		got.end()
	}
}

// Errors and handlers print alike for every verb, and an error is no failure that it does not have.
func TestHandshakeError_Prints(t *testing.T) {
	cause := errors.New("the cable is out")
	err := NewHandshakeError(nil, cause)
	require.ErrorContains(t, err, "the cable is out")
	require.Equal(t, err.Error(), fmt.Sprintf("%+v", *err))
	require.NotErrorIs(t, &HandshakeError{}, io.EOF)
	require.Equal(t, "transport.Handler{Connections: 0}", fmt.Sprintf("%+v", &Handler{}))
}

// A deadline that is wrapped is one.
func TestHandshakeError_TemporaryDeadline(t *testing.T) {
	require.True(t, (&HandshakeError{
		Cause: fmt.Errorf("while dialing: %w", context.DeadlineExceeded)}).Temporary())
	require.False(t, (&HandshakeError{Cause: context.Canceled}).Temporary())
}

// Fields about a body that middleware has set are none of a 101.
func TestFieldsOf101(t *testing.T) {
	require.Equal(t, []HeaderField{{Name: "X-Content", Value: "Content-"}}, fieldsOf101(http.Header{
		"Content-Type": {"text/html"}, "content-length": {"7"}, "X-Content": {"Content-"}}))
}
