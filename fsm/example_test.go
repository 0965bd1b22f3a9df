package fsm_test

import (
	"fmt"

	"example.com/khp/fsm"
)

// A client that is redirected: the machine orders, the host obeys.
func ExampleClientConfig_Step() {
	cfg := fsm.DefaultClientConfig()
	s := cfg.Start()
	for _, ev := range []fsm.Event{
		{Kind: fsm.EventConnectRequested, Facts: fsm.FactTargetUsable},
		{Kind: fsm.EventConnected},
		{Kind: fsm.EventOpened, Facts: fsm.FactKHP},
		{Kind: fsm.EventDataReceived},
		{Kind: fsm.EventResponse, Status: 302, Facts: fsm.FactTerminated | fsm.FactTargetUsable},
	} {
		next, effects, _ := cfg.Step(s, ev)
		s = next
		fmt.Printf("%v ->", ev.Kind)
		for e := range effects.All() {
			fmt.Printf(" %v", e.Kind)
		}
		fmt.Printf(" -> %v\n", s.Phase())
	}
	// Output:
	// EventConnectRequested -> EffectDial EffectArmTimer -> ClientConnecting
	// EventConnected -> EffectSendOpening -> ClientOpening
	// EventOpened -> EffectSendRequest EffectStopTimer EffectArmTimer EffectArmTimer -> ClientAwaitResponse
	// EventDataReceived -> -> ClientReading
	// EventResponse -> EffectSendClose EffectStopTimers EffectArmTimer -> ClientClosing
}

// A server application must give a 401 its challenge; without it the machine does nothing.
func ExampleServerConfig_Step() {
	cfg := fsm.DefaultServerConfig()
	s := cfg.Start()
	s, _, _ = cfg.Step(s, fsm.Event{Kind: fsm.EventOpeningRequest, Facts: fsm.FactValid | fsm.FactKHP})
	s, _, _ = cfg.Step(s, fsm.Event{Kind: fsm.EventRequest})
	_, _, verdict := cfg.Step(s, fsm.Event{Kind: fsm.EventDecided, Status: 401})
	fmt.Println(verdict, "- missing:", fsm.Status(401).MissingField(0))
	_, effects, verdict := cfg.Step(s, fsm.Event{Kind: fsm.EventDecided, Status: 401, Facts: fsm.FactChallenge})
	fmt.Println(verdict, effects.Len(), "effects")
	// Output:
	// Misuse - missing: WWW-Authenticate
	// Accepted 3 effects
}

func ExampleStatus() {
	for _, code := range []int{101, 302, 308, 799} {
		r := fsm.Status(code)
		fmt.Println(code, r.Reason, r.Action, r.Listed)
	}
	// Output:
	// 101 Switching Protocols ActionComplete true
	// 302 Found ActionRedirect true
	// 308 Resume Incomplete ActionClose true
	// 799 (unlisted, server error) ActionClose false
}
