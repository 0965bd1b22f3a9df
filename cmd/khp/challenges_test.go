package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"testing"

	"example.com/khp/transport"
	"example.com/khp/transport/auth"
	"github.com/stretchr/testify/require"
)

// A client is asked for credentials as often as --max-challenges says of its path, then it is
// refused.
func TestServe_MaxChallenges(t *testing.T) {
	s := serveHere(t, "--route", "/one=echo", "--route", "/two=echo", "--route", "/below/=echo",
		"--auth", "/=joe:welcome",
		"--max-challenges", "/two=2", "--max-challenges", "1")
	for path, want := range map[string]int{"/one": 1, "/two": 2, "/below/x": 1} {
		asked := 0
		wrong := auth.CredentialsFunc(func(context.Context, *auth.CredentialsRequest) (string, error) {
			asked++
			return "Basic " + base64.StdEncoding.EncodeToString(fmt.Append(nil, "joe:wrong ", asked)), nil
		})
		_, err := transport.Dial(t.Context(), s.url+path, &transport.DialOptions{Credentials: wrong})
		var failed *transport.HandshakeError
		require.ErrorAs(t, err, &failed)
		require.Equal(t, 403, failed.Status, path)
		require.Equal(t, want, asked, path)
	}
}

func TestServe_MaxChallengesRefused(t *testing.T) {
	for value, want := range map[string]string{
		"0": "expected a number from 1 to 255", "256": "from 1 to 255",
		"/echo=many": "as in --max-challenges 3", "/nowhere=3": "no --route has the path /nowhere",
	} {
		code, _, errs := runHere(t, "", "serve", "--route", "/echo=echo", "--max-challenges", value)
		require.Equal(t, 2, code, value)
		require.Contains(t, errs, want, value)
	}
}
