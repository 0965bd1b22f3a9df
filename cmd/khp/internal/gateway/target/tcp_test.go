package target

import (
	"io"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/khp/cmd/khp/internal/gateway/config"
	"example.com/khp/cmd/khp/internal/khptest"
	"example.com/khp/transport"
	"github.com/stretchr/testify/require"
)

// TestServe_BackEndLingers has clients end first: the back end reads all, and then has a limited
// time to end.
func TestServe_BackEndLingers(t *testing.T) {
	addr, next := khptest.TCPBackend(t)
	srv := httptest.NewServer(lingering(t,
		&pool{members: []*member{{backend: &streamBackend{link: link{"tcp", addr},
			linger: 50 * time.Millisecond}, weight: 1}}}))
	t.Cleanup(srv.Close)
	c, err := transport.Dial(t.Context(), "ws"+strings.TrimPrefix(srv.URL, "http"), nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.CloseNow() })
	nc := next()
	require.NoError(t, c.Write(t.Context(), transport.Text, []byte("last words")))
	require.NoError(t, c.Close(transport.CloseNormal, ""))
	all, err := io.ReadAll(nc)
	require.NoError(t, err, "an end of the stream, no reset")
	require.Equal(t, "last words", string(all))
	require.Eventually(t, func() bool { // it never ends its own side, and is cut off
		_, err := nc.Write([]byte("still here"))
		return err != nil
	}, 30*time.Second, 10*time.Millisecond)
}

// lingering is a handler that leads every client to a target.
func lingering(t *testing.T, to target) *transport.Handler {
	t.Helper()
	h := &House{Log: slog.New(slog.DiscardHandler),
		Routes: Routes{{Route: &config.Route{Path: "/"}, target: to}}}
	return &transport.Handler{Serve: h.Serve, Decide: h.Decide, ConnContext: h.Session,
		ConnOver: h.Over}
}
