package dial

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/transport"
	"github.com/stretchr/testify/require"
)

func TestExplainFailure(t *testing.T) {
	challenge := func(v string) http.Header { return http.Header{"Www-Authenticate": {v}} }
	for name, c := range map[string]struct {
		err  transport.HandshakeError
		o    options
		code int
		want string
	}{
		"unreachable": {transport.HandshakeError{Failure: fsm.FailureConnect}, options{},
			cli.ExitUnreachable, "is the server running?"},
		"no time": {transport.HandshakeError{Cause: context.DeadlineExceeded},
			options{timeout: cli.Duration(time.Second)}, cli.ExitUnreachable, "no answer within 1s"},
		"interrupted": {transport.HandshakeError{Cause: context.Canceled}, options{},
			cli.ExitFailed, "interrupted"},
		"basic": {transport.HandshakeError{Failure: fsm.FailureAuthRequired,
			Header: challenge(`Basic realm="x"`)}, options{}, cli.ExitFailed, "try --user NAME:PASSWORD"},
		"bearer": {transport.HandshakeError{Failure: fsm.FailureAuthRequired,
			Header: challenge("Bearer")}, options{}, cli.ExitFailed, "try --token TEXT"},
		"other scheme": {transport.HandshakeError{
			Failure: fsm.FailureAuthRequired, Header: challenge("Negotiate"),
		}, options{}, cli.ExitFailed, "--user NAME:PASSWORD or --token TEXT"},
		"unanswerable": {transport.HandshakeError{Failure: fsm.FailureAuthRequired,
			Header: challenge("Digest realm=r")}, options{}, cli.ExitFailed,
			"the server's Digest challenge cannot be answered: nonce is missing"},
		"one of two": {transport.HandshakeError{Failure: fsm.FailureAuthRequired,
			Header: challenge("Digest realm=r, Token")}, options{}, cli.ExitFailed, "try --token TEXT"},
		"redirects": {transport.HandshakeError{Failure: fsm.FailureTooManyRedirects},
			options{maxRedirects: 5}, cli.ExitFailed, "more than 5"},
		"retry": {transport.HandshakeError{Failure: fsm.FailureStatus, Status: 503,
			RetryAfter: 30 * time.Second}, options{}, cli.ExitFailed, "try again in 30s"},
		"status": {transport.HandshakeError{Failure: fsm.FailureStatus, Status: 410,
			Leg: endpoint.LegExtended}, options{}, cli.ExitFailed, "khp status 410"},
		"opening": {transport.HandshakeError{Failure: fsm.FailureStatus, Status: 404,
			Leg: endpoint.LegOpening}, options{}, cli.ExitFailed, "try another path"},
		"no terminator": {transport.HandshakeError{Failure: fsm.FailureMissingTerminator}, options{},
			cli.ExitFailed, "--profile kaazing"},
		"never decided": {transport.HandshakeError{Failure: fsm.FailureAcceptedOnly}, options{},
			cli.ExitFailed, "try again later"},
		"opening login": {transport.HandshakeError{
			Failure: fsm.FailureStatus, Status: 401, Leg: endpoint.LegOpening, Header: challenge("Basic"),
		}, options{}, cli.ExitFailed, "try --user NAME:PASSWORD"},
		"opening wrong": {transport.HandshakeError{
			Failure: fsm.FailureStatus, Status: 401, Leg: endpoint.LegOpening,
		}, options{user: "joe:pw"}, cli.ExitFailed, "check name, password or token"},
		"continue": {transport.HandshakeError{Failure: fsm.FailureUnexpectedContinue, Status: 100,
			Leg: endpoint.LegExtended}, options{}, cli.ExitFailed, "khp status 100"},
		"hung up": {transport.HandshakeError{Failure: fsm.FailureConnectionLost, URL: "ws://h/",
			Leg: endpoint.LegOpening}, options{}, cli.ExitFailed, "try wss://"},
		"loop": {transport.HandshakeError{
			Failure: fsm.FailureRedirectLoop, Path: []string{"ws://h/a", "ws://h/b", "ws://h/%61"},
		}, options{}, cli.ExitFailed, "ws://h/%61 is the same place as ws://h/a"},
		"gateway moved": {transport.HandshakeError{Failure: fsm.FailureStatus,
			Leg: endpoint.LegExtended}, options{}, cli.ExitFailed, "try --max-redirects with more than 0"},
		"nothing to say": {transport.HandshakeError{Failure: fsm.FailureFrame}, options{},
			cli.ExitFailed, ""},
	} {
		t.Run(name, func(t *testing.T) {
			code, text := explainFailure(&c.err, &c.o, &progress{})
			require.Equal(t, c.code, code)
			require.Contains(t, text, c.want)
		})
	}
}

func TestSamePlace_WrittenAlike(t *testing.T) {
	require.Empty(t, samePlace([]string{"ws://h/a", "ws://h/a"}))
	require.Empty(t, samePlace(nil))
}

func TestExplainFailure_Balancer(t *testing.T) {
	p := &progress{}
	p.Observe(transport.Event{Kind: transport.EventReceive, Type: transport.Text,
		Data: []byte("\uf0ffN")})
	e := &transport.HandshakeError{Failure: fsm.FailureMalformed, Leg: endpoint.LegExtended}
	_, text := explainFailure(e, &options{profile: "spec"}, p)
	require.Contains(t, text, "try --profile kaazing")
	for _, profile := range []string{"kaazing", "auto"} { // both know N and R
		_, text = explainFailure(e, &options{profile: profile}, p)
		require.NotContains(t, text, "--profile")
	}
}

func TestExplainFailure_NeverEnds(t *testing.T) {
	timeout := &transport.HandshakeError{Failure: fsm.FailureTimeout, Leg: endpoint.LegExtended}
	deadline := &transport.HandshakeError{Cause: context.DeadlineExceeded, Leg: endpoint.LegExtended}
	for _, c := range []struct {
		response, profile string
		want              bool
	}{
		{"HTTP/1.1 101 Web Socket Protocol Handshake\r\n\r\n", "spec", true},
		{"HTTP/1.1 401 Unauthorized\r\n\r\n", "spec", true},
		{"HTTP/1.1 202 Accepted\r\n\r\n", "spec", false},
		{"HTTP/1.1 101 Web Socket Protocol Handshake\r\n\r\n", "kaazing", false},
	} {
		p := &progress{}
		p.connected.Store(true)
		p.Observe(transport.Event{Kind: transport.EventReceive, Type: transport.Binary,
			Data: []byte(c.response)})
		for _, e := range []*transport.HandshakeError{timeout, deadline} {
			_, text := explainFailure(e, &options{profile: c.profile}, p)
			require.Equal(t, c.want, strings.Contains(text, "try --profile kaazing"), "%q with %s: %s",
				c.response, c.profile, text)
		}
	}
}

func TestSoundsLikeTLS(t *testing.T) {
	for answer, want := range map[string]bool{
		"\x15\x03\x01\x00\x02\x02\x46": true,
		"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n": true,
		"HTTP/1.1 400 Bad Request\r\n\r\nthe plain HTTP request was sent to HTTPS port":     true,
		"HTTP/1.1 400 Bad Request\r\n\r\n":                                                  false,
		"":                                                                                  false,
	} {
		require.Equal(t, want, soundsLikeTLS([]byte(answer)), "%q", answer)
	}
}

// A handshake that has failed is reported without waiting long for a server that leaves the
// connection open, whatever --timeout says.
func TestRequest_LastWords(t *testing.T) {
	for _, timeout := range []time.Duration{0, time.Hour} {
		o := options{profile: "spec", proxy: "none", count: 1, retry: 1, closing: "1000",
			timeout: cli.Duration(timeout)}
		r, err := o.request(&cli.Env{}, "ws://127.0.0.1/")
		require.NoError(t, err)
		require.Equal(t, lastWords, r.options.Timeouts.Close)
	}
}
