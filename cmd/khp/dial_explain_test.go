package main

import (
	"context"
	"net/http"
	"testing"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/transport"
	"example.com/khp/transport/endpoint"
	"github.com/stretchr/testify/require"
)

func TestExplainFailure(t *testing.T) {
	challenge := func(v string) http.Header { return http.Header{"Www-Authenticate": {v}} }
	for name, c := range map[string]struct {
		err  transport.HandshakeError
		o    dialOptions
		code int
		want string
	}{
		"unreachable":    {transport.HandshakeError{Failure: fsm.FailureConnect}, dialOptions{}, exitUnreachable, "is the server running?"},
		"no time":        {transport.HandshakeError{Cause: context.DeadlineExceeded}, dialOptions{timeout: time.Second}, exitUnreachable, "no answer within 1s"},
		"interrupted":    {transport.HandshakeError{Cause: context.Canceled}, dialOptions{}, exitFailed, "interrupted"},
		"basic":          {transport.HandshakeError{Failure: fsm.FailureAuthRequired, Header: challenge(`Basic realm="x"`)}, dialOptions{}, exitFailed, "try --user NAME:PASSWORD"},
		"bearer":         {transport.HandshakeError{Failure: fsm.FailureAuthRequired, Header: challenge("Bearer")}, dialOptions{}, exitFailed, "try --token TEXT"},
		"other scheme":   {transport.HandshakeError{Failure: fsm.FailureAuthRequired, Header: challenge("Negotiate")}, dialOptions{}, exitFailed, "--user NAME:PASSWORD or --token TEXT"},
		"redirects":      {transport.HandshakeError{Failure: fsm.FailureTooManyRedirects}, dialOptions{maxRedirects: 5}, exitFailed, "more than 5"},
		"retry":          {transport.HandshakeError{Failure: fsm.FailureStatus, Status: 503, RetryAfter: 30 * time.Second}, dialOptions{}, exitFailed, "try again in 30s"},
		"status":         {transport.HandshakeError{Failure: fsm.FailureStatus, Status: 410, Leg: endpoint.LegExtended}, dialOptions{}, exitFailed, "khp status 410"},
		"opening":        {transport.HandshakeError{Failure: fsm.FailureStatus, Status: 404, Leg: endpoint.LegOpening}, dialOptions{}, exitFailed, "try another path"},
		"no terminator":  {transport.HandshakeError{Failure: fsm.FailureMissingTerminator}, dialOptions{}, exitFailed, "--profile kaazing"},
		"never decided":  {transport.HandshakeError{Failure: fsm.FailureAcceptedOnly}, dialOptions{}, exitFailed, "try again later"},
		"nothing to say": {transport.HandshakeError{Failure: fsm.FailureFrame}, dialOptions{}, exitFailed, ""},
	} {
		t.Run(name, func(t *testing.T) {
			code, text := explainFailure(&c.err, &c.o, &progress{})
			require.Equal(t, c.code, code)
			require.Contains(t, text, c.want)
		})
	}
}
