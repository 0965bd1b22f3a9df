package fsm_test

import (
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/fsm/codes"
	"example.com/khp/internal/judge"
	"github.com/stretchr/testify/require"
)

// The status table is for extended responses. In the answer to an opening request 308 redirects,
// 103 has its present name, and all that both know is the same.
func TestOpeningStatus(t *testing.T) {
	require.Equal(t, "Early Hints", fsm.OpeningStatus(103).Reason)
	require.Equal(t, "Permanent Redirect", fsm.OpeningStatus(308).Reason)
	require.Equal(t, codes.ActionRedirect, fsm.OpeningStatus(308).Action)
	require.Equal(t, codes.ActionClose, fsm.Status(308).Action)
	for code := range 1001 {
		opening, extended := fsm.OpeningStatus(code), fsm.Status(code)
		require.Equal(t, code, opening.Code)
		if code != 308 {
			require.Equal(t, extended.Action, opening.Action, "%d", code)
		}
		ev := judge.OpeningResponse(code, fsm.FactTargetUsable)
		require.Equal(t, opening.Action, fsm.Status(int(ev.Status)).Action,
			"%d is told as what it means", code)
		require.Equal(t, fsm.Event{Kind: fsm.EventResponse, Status: ev.Status,
			Facts: fsm.FactTargetUsable}, ev)
	}
}
