package fsm

import (
	"fmt"
	"testing"

	"example.com/khp/internal/enums"
	"github.com/stretchr/testify/require"
)

// Each value of each enum prints as a word.
func TestEnums_Readable(t *testing.T) {
	enums.Readable(t, ".", map[string][]any{
		"ClientPhase": enums.List(ClientIdle, ClientFailed),
		"EffectKind":  enums.List(EffectDial, EffectFail), "EventKind": enums.List(EventConnectRequested,
			EventApplicationFailed), "Facts": enums.Flags(FactTargetUsable, FactReroute),
		"Failure": enums.List(FailureAcceptMismatch, FailureUnexpectedMessage),
		"Plan":    enums.List(PlanFail, PlanUpgrade), "Profile": enums.List(ProfileSpec, ProfileAuto),
		"ServerPhase": enums.List(ServerOpening, ServerDone),
		"Timer":       enums.List(TimerOpening, TimerReplay), "Verdict": enums.List(Accepted, Misuse),
	})
}

// States, events and effects print their contents.
func TestString(t *testing.T) {
	cfg := DefaultServerConfig()
	s := cfg.Start()
	require.Equal(t, "ServerOpening", fmt.Sprint(s))
	s, _, _ = cfg.Step(s, Event{Kind: EventOpeningRequest, Facts: FactValid | FactKHP | FactKaazing})
	s, _, _ = cfg.Step(s, Event{Kind: EventRequest})
	s, _, _ = cfg.Step(s, Event{Kind: EventDecided, Status: 401, Facts: FactChallenge})
	require.Equal(t, "ServerAwaitReplay (kaazing, 1 challenges, status 401)", fmt.Sprintf("%+v", s))
	s, effects, _ := cfg.Step(s, Event{Kind: EventConnectionLost})
	require.Equal(t, "ServerDone (kaazing, 1 challenges, FailureConnectionLost status 401)",
		s.String())
	require.Equal(t, "EffectStopTimers, EffectDisconnect, EffectFail FailureConnectionLost 401",
		fmt.Sprint(effects))

	ccfg := DefaultClientConfig()
	c, effects, _ := ccfg.Step(ccfg.Start(),
		Event{Kind: EventConnectRequested, Facts: FactTargetUsable})
	require.Equal(t, "ClientConnecting", fmt.Sprint(c))
	require.Equal(t, "EffectDial, EffectArmTimer TimerOpening", fmt.Sprint(effects))
	for want, v := range map[string]any{
		"EventResponse 401 (terminated, challenge usable)": Event{Kind: EventResponse, Status: 401,
			Facts: FactTerminated | FactChallengeUsable},
		"EventTimerExpired TimerWait": Event{Kind: EventTimerExpired, Timer: TimerWait},
		"EventViolation FailureUTF8":  Event{Kind: EventViolation, Failure: FailureUTF8},
		"EffectSendClose 1000":        Effect{Kind: EffectSendClose, Code: 1000},
		"":                            Effects{},
	} {
		require.Equal(t, want, fmt.Sprint(v))
	}
}
