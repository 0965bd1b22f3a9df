package adaptertest

import (
	"context"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/khp/internal/conform"
	"example.com/khp/transport/adapter"
	"example.com/khp/transport/auth"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// conformOptions have a minute for each step, which no machine needs.
var conformOptions = conform.Options{Patience: time.Minute}

// passes requires that cases ran, and that none failed.
func passes(t *testing.T, run *conform.Run) {
	t.Helper()
	require.Empty(t, run.Down+run.Unfit)
	require.NotZero(t, run.Grades["pass"])
	for _, c := range run.Cases {
		if c.Grade.Failed() {
			t.Errorf("%s: %s\n%+v\n%+v", c.ID, c.Why, c.Behaviour, c.Closing)
		}
	}
}

// echo sends messages back, until the end.
func echo(ctx context.Context, c conn) {
	for {
		kind, data, err := c.Read(ctx)
		if err != nil || c.Write(ctx, kind, data) != nil {
			return
		}
	}
}

// Servers on other libraries conform, except where those libraries decide.
func TestConform_Server(t *testing.T) {
	for _, l := range []library{gorilla, coder} {
		t.Run(l.name, func(t *testing.T) {
			srv := httptest.NewServer(l.handler(&adapter.ServerOptions{Decide: conform.Decide},
				func(ctx context.Context, c conn, _ *adapter.Result) { echo(ctx, c) }))
			t.Cleanup(srv.Close)
			u, err := wire.ParseURL("ws"+strings.TrimPrefix(srv.URL, "http")+"/echo", nil)
			require.NoError(t, err)
			list, err := conform.Select(conform.Filter{Server: true, Profile: "spec",
				Patterns: []string{"khp/ext/*"}})
			require.NoError(t, err)
			resources := map[string]string{}
			for _, name := range []string{"challenge", "redirect", "refuse"} {
				resources[name] = conform.OwnResources[name]
			}
			passes(t, conform.Server(t.Context(),
				&conform.Target{URL: u, User: conform.User, Resources: resources}, list, conformOptions))
		})
	}
}

// Clients on them conform, too.
func TestConform_Client(t *testing.T) {
	for _, l := range []library{gorilla, coder} {
		t.Run(l.name, func(t *testing.T) {
			list, err := conform.Select(conform.Filter{Profile: "spec", Patterns: []string{"khp/ext/*",
				"khp/status/*"}})
			require.NoError(t, err)
			nl, err := net.Listen("tcp", "127.0.0.1:0")
			require.NoError(t, err)
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan struct{})
			go func() {
				defer close(done)
				for _, c := range list {
					o := &adapter.ClientOptions{Credentials: auth.Basic("joe", "welcome")}
					o.Config.Subprotocols, o.Config.Extensions = []string{"chat"},
						[]string{"x-kaazing-idle-timeout"}
					if c, _, err := l.dial(ctx, "ws://"+nl.Addr().String()+"/case/"+c.Name, o); err == nil {
						echo(ctx, c)
						_ = c.Close()
					}
				}
			}()
			run := conform.Client(ctx, nl, list, conformOptions)
			cancel()
			<-done
			passes(t, run)
		})
	}
}
