package fsm_test

import (
	"strings"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/fsm/codes"
	"github.com/stretchr/testify/require"
)

// special are the codes that do anything else than close.
var special = map[int]codes.Action{
	100: codes.ActionContinue, 101: codes.ActionComplete,
	201: codes.ActionComplete, 202: codes.ActionWait, 204: codes.ActionComplete,
	205: codes.ActionComplete,
	300: codes.ActionRedirectChoice, 301: codes.ActionRedirect, 302: codes.ActionRedirect,
	303: codes.ActionRedirect, 307: codes.ActionRedirectIfGet,
	401: codes.ActionReplay, 407: codes.ActionProxyAuth, 426: codes.ActionUpgrade,
}

func TestStatus_OneActionEach(t *testing.T) {
	for _, id := range []string{"INV-14", "KHP-CLASS-UNLISTED-01", "KHP-CLASS-UNLISTED-02"} {
		t.Attr("req", id)
	}
	require.Len(t, special, 14)
	for code := 0; code <= 1100; code++ {
		want, found := special[code]
		if !found {
			want = codes.ActionClose
		}
		require.Equal(t, want.String(), fsm.Status(code).Action.String(), "status %d", code)
		require.Equal(t, fsm.Status(code), fsm.Status(code), "and always the same")
	}
}

// A step handles a status as the table says, so there is no second opinion
// anywhere.
func TestStatus_StepAgrees(t *testing.T) {
	t.Attr("req", "INV-14")
	cfg := fsm.DefaultClientConfig()
	cfg.Proxy, cfg.Upgrade, cfg.Expect = true, true, true
	reading := cfg.Start()
	for _, ev := range []fsm.Event{
		{Kind: fsm.EventConnectRequested, Facts: fsm.FactTargetUsable}, {Kind: fsm.EventConnected},
		{Kind: fsm.EventOpened, Facts: fsm.FactKHP}, {Kind: fsm.EventDataReceived},
	} {
		var v fsm.Verdict
		reading, _, v = cfg.Step(reading, ev)
		require.Equal(t, fsm.Accepted, v)
	}
	next := map[codes.Action]fsm.ClientPhase{
		codes.ActionComplete: fsm.ClientOpen, codes.ActionContinue: fsm.ClientSendingBody,
		codes.ActionWait: fsm.ClientAwaitResponse, codes.ActionReplay: fsm.ClientAwaitCredentials,
	}
	plan := map[codes.Action]fsm.Plan{
		codes.ActionClose: fsm.PlanFail, codes.ActionRedirect: fsm.PlanRedirect,
		codes.ActionRedirectIfGet: fsm.PlanRedirect, codes.ActionRedirectChoice: fsm.PlanRedirect,
		codes.ActionProxyAuth: fsm.PlanProxyAuth, codes.ActionUpgrade: fsm.PlanUpgrade,
	}
	all := fsm.FactTerminated | fsm.FactAcceptMatches | fsm.FactProtocolOffered |
		fsm.FactExtensionsAsked | fsm.FactChallengeUsable | fsm.FactTargetUsable |
		fsm.FactProxyChallenge | fsm.FactUpgradeTLS
	for code := range uint16(1101) {
		s, _, v := cfg.Step(reading, fsm.Event{Kind: fsm.EventResponse, Status: code, Facts: all})
		require.Equal(t, fsm.Accepted, v, "status %d", code)
		action := fsm.Status(int(code)).Action
		if !action.Terminates() {
			require.Equal(t, next[action], s.Phase(), "status %d", code)
			continue
		}
		require.Equal(t, fsm.ClientClosing, s.Phase(), "status %d", code)
		require.Equal(t, plan[action], s.Plan(), "status %d", code)
	}
}

// An error of a code that is not known is dealt with, and reported, as one of its class.
func TestStatus_UnknownIsOfItsClass(t *testing.T) {
	t.Attr("req", "RFC6585-GEN-02")
	words := map[int]string{1: "informational", 2: "success", 3: "redirection", 4: "client error",
		5: "server error"}
	for code := 100; code < 600; code++ {
		r := fsm.Status(code)
		if r.Listed {
			continue
		}
		require.True(t, strings.Contains(r.Reason, words[code/100]), "status %d: %q", code, r.Reason)
		if generic := fsm.Status(code / 100 * 100); code >= 400 {
			require.Equal(t, generic.Action, r.Action, "status %d", code)
			require.Equal(t, generic.Strength, r.Strength, "status %d", code)
			require.Equal(t, generic.Duties, r.Duties, "status %d", code)
		}
	}
}
