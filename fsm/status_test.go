package fsm_test

import (
	"strings"
	"testing"

	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
)

// special are the codes that do anything else than close.
var special = map[int]fsm.Action{
	100: fsm.ActionContinue, 101: fsm.ActionComplete,
	201: fsm.ActionComplete, 202: fsm.ActionWait, 204: fsm.ActionComplete, 205: fsm.ActionComplete,
	300: fsm.ActionRedirectChoice, 301: fsm.ActionRedirect, 302: fsm.ActionRedirect, 303: fsm.ActionRedirect, 307: fsm.ActionRedirectIfGet,
	401: fsm.ActionReplay, 407: fsm.ActionProxyAuth, 426: fsm.ActionUpgrade,
}

func TestStatus_OneActionEach(t *testing.T) {
	for _, id := range []string{"INV-14", "KHP-CLASS-UNLISTED-01", "KHP-CLASS-UNLISTED-02"} {
		t.Attr("req", id)
	}
	require.Len(t, special, 14)
	for code := 0; code <= 1100; code++ {
		want, found := special[code]
		if !found {
			want = fsm.ActionClose
		}
		require.Equal(t, want.String(), fsm.Status(code).Action.String(), "status %d", code)
		require.Equal(t, fsm.Status(code), fsm.Status(code), "and always the same")
	}
}

// What a step does with a status is what the table says of it, so there is no second opinion
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
	next := map[fsm.Action]fsm.ClientPhase{
		fsm.ActionComplete: fsm.ClientOpen, fsm.ActionContinue: fsm.ClientSendingBody, fsm.ActionWait: fsm.ClientAwaitResponse, fsm.ActionReplay: fsm.ClientAwaitCredentials,
	}
	plan := map[fsm.Action]fsm.Plan{
		fsm.ActionClose: fsm.PlanFail, fsm.ActionRedirect: fsm.PlanRedirect, fsm.ActionRedirectIfGet: fsm.PlanRedirect, fsm.ActionRedirectChoice: fsm.PlanRedirect,
		fsm.ActionProxyAuth: fsm.PlanProxyAuth, fsm.ActionUpgrade: fsm.PlanUpgrade,
	}
	all := fsm.FactTerminated | fsm.FactAcceptMatches | fsm.FactProtocolOffered | fsm.FactExtensionsAsked | fsm.FactChallengeUsable | fsm.FactTargetUsable | fsm.FactProxyChallenge | fsm.FactUpgradeTLS
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
	words := map[int]string{1: "informational", 2: "success", 3: "redirection", 4: "client error", 5: "server error"}
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
