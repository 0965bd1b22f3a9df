package gateway

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestBoundedServer(t *testing.T) {
	s := boundedServer(http.NotFoundHandler())
	for name, d := range map[string]time.Duration{"header": s.ReadHeaderTimeout, "read": s.ReadTimeout,
		"write": s.WriteTimeout, "idle": s.IdleTimeout} {
		require.Positive(t, d, name)
		require.LessOrEqual(t, d, time.Minute, name)
	}
	require.Positive(t, s.MaxHeaderBytes)
	require.LessOrEqual(t, s.MaxHeaderBytes, 64<<10, "the default of net/http is a megabyte")
}
