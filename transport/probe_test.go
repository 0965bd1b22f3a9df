package transport

import (
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

// A probe is a plain GET or POST; an upgrade is none, whatever its target looks like.
func TestAnswerProbe(t *testing.T) {
	for _, c := range []struct {
		method, target, upgrade string
		status                  int // 0 is no probe
	}{
		{"GET", "/echo/;e/cookies", "", 200},
		{"POST", "/echo/;e/cookies?.krn=1", "", 200},
		{"GET", "/echo/;e/ct", "", 404},
		{"POST", "/;e/cbm", "", 404},
		{"GET", "/echo?.kr=xs", "", 404},
		{"POST", "/?.kr=xs", "", 404},
		{"GET", "/echo", "", 0},
		{"GET", "/echo?a=.kr=", "", 0},
		{"PUT", "/echo/;e/cookies", "", 0},
		{"HEAD", "/echo?.kr=xs", "", 0},
		{"GET", "/echo/;e/cookies", "websocket", 0},
		{"GET", "/echo?.kr=xs", "websocket", 0},
	} {
		r := httptest.NewRequest(c.method, c.target, nil)
		if c.upgrade != "" {
			r.Header.Set("Upgrade", c.upgrade)
		}
		w := httptest.NewRecorder()
		require.Equal(t, c.status != 0, AnswerProbe(w, r), "%v", c)
		if c.status != 0 {
			require.Equal(t, c.status, w.Code, "%v", c)
		}
		if c.status == 200 {
			require.Equal(t, "no-store", w.Header().Get("Cache-Control"), "%v", c)
		}
	}
}
