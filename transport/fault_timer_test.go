package transport

import (
	"testing"
	"time"

	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
)

// A provider that ends with its context, which is when its timer runs out, has taken too long,
// whichever side notices first.
func TestDial_ProviderEndsWithItsTimer(t *testing.T) {
	t.Attr("req", "ADV-42")
	for range 30 {
		virtual(t, "", func(t *testing.T) {
			got := dialRaw(t, t.Context(), false, &DialOptions{Credentials: asleep},
				func(p *rawServer) { p.asked(); p.send(bin(response401), terminator) })
			require.ErrorIs(t, got.err, fsm.FailureCredentialTimeout)
			require.Equal(t, time.Minute, got.took)
			got.end()
		})
	}
}
