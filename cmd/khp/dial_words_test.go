package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/observe"
	"example.com/khp/transport"
	"github.com/stretchr/testify/require"
)

// A challenge that --user would answer, if it did not ask for something else besides, is not
// answered by telling to use --user.
func TestDial_DigestNamesTheParameter(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("WWW-Authenticate", `Digest realm="r", nonce="n", qop="auth", algorithm=ODD-1`)
		w.WriteHeader(http.StatusUnauthorized)
	}))
	defer server.Close()
	code, _, errs := runHere(t, "", "dial", "ws"+strings.TrimPrefix(server.URL, "http")+"/",
		"--user", "joe:welcome")
	require.Equal(t, cli.ExitFailed, code)
	require.Contains(t, errs, "algorithm")
	require.NotContains(t, errs, "--user NAME:PASSWORD answers")
	require.NotContains(t, errs, "transport:")
}

// The end of TCP after a Close in both directions is not unexpected.
func TestDial_OrderlyEndIsExpected(t *testing.T) {
	s := serveHere(t, "--route", "/=status:403")
	code, _, errs := runHere(t, "", "dial", s.url+"/", "-v")
	require.Equal(t, cli.ExitFailed, code)
	require.NotContains(t, errs, io.ErrUnexpectedEOF.Error())
	require.Equal(t, "the peer ended the TCP connection",
		observe.Headline(transport.Event{Kind: transport.EventLost, Text: io.ErrUnexpectedEOF.Error()}))
}
