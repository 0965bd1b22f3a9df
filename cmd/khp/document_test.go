package main

import (
	"net/http"
	"testing"

	"example.com/khp/cmd/khp/internal/khptest"
	"example.com/khp/fsm"
	"example.com/khp/transport"
	"example.com/khp/transport/auth"
	"github.com/stretchr/testify/require"
)

// A route has what it says itself, and from the document what it leaves out.
func TestDocument_RoutesDiffer(t *testing.T) {
	users := khptest.File(t, "users", "ann:{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M=\n") // test
	s := serveHere(t, "--config", khptest.File(t, "khp.yaml", `
max-message: 10
allow-origin: https://all.example
realm: outer
routes:
  /short: echo
  /own:
    target: echo
    plain: true
    max-message: 1k
    allow-origin: [https://own.example]
  /in:
    target: echo
    auth: {users: ["joe:welcome"], htpasswd: `+users+`, realm: inner}
  /in/deep: {target: echo}
`))
	from := func(origin string) *transport.DialOptions {
		return &transport.DialOptions{OpeningHeader: http.Header{"Origin": {origin}}}
	}
	long := []byte("eleven byte")
	c := dialHere(t, s.url+"/short", from("https://all.example"))
	require.NoError(t, c.Write(t.Context(), transport.Text, long))
	wantClose(t, c, transport.CloseTooBig, "message exceeds the limit")
	wantEcho(t, dialHere(t, s.url+"/own", from("https://own.example")), transport.Text, long)
	wantFailure(t, s.url+"/own", from("https://all.example"), fsm.FailureStatus, 403)
	wantFailure(t, s.url+"/short", from("https://own.example"), fsm.FailureStatus, 403)
	wantEcho(t, dialHere(t, s.url+"/own", &transport.DialOptions{PlainOnly: true}), transport.Text, long)
	for _, path := range []string{"/in", "/in/deep"} {
		wantFailure(t, s.url+path, nil, fsm.FailureAuthRequired, 401)
		wantEcho(t, dialHere(t, s.url+path, &transport.DialOptions{Credentials: auth.Basic("joe", "welcome")}), transport.Text, []byte("x"))
		wantEcho(t, dialHere(t, s.url+path, &transport.DialOptions{Credentials: auth.Basic("ann", "test")}), transport.Text, []byte("x"))
	}
}
