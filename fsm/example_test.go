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
	fmt.Println(verdict, "- missing:", fsm.MissingField(fsm.Status(401), 0))
	_, effects, verdict := cfg.Step(s,
		fsm.Event{Kind: fsm.EventDecided, Status: 401, Facts: fsm.FactChallenge})
	fmt.Println(verdict, effects.Len(), "effects")
	// Output:
	// Misuse - missing: WWW-Authenticate
	// Accepted 4 effects
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

// The rows of one cell, in the order in which they are tried: the reaction of a client to an empty
// binary message while it waits for credentials.
func ExampleClientRows() {
	for r := range fsm.ClientRows() {
		if r.From == "AwaitCredentials" && r.Event == "TerminatorReceived" {
			fmt.Println(r.ID, r.When, r.Verdict, "->", r.To, "set", r.Changes.Set, "clear", r.Changes.Clear)
		}
	}
	// Output:
	// await-credentials/terminator/late-terminator [late terminator possible] Accepted -> AwaitCredentials set [] clear [late terminator possible]
	// await-credentials/terminator/unexpected-message [] Accepted -> Closing set [plan fail] clear []
}

func ExampleServerRows() {
	ignored := 0
	for r := range fsm.ServerRows() {
		if r.From == "Done" && r.Verdict == fsm.Ignored {
			ignored++
		}
	}
	fmt.Println("a server at its end ignores", ignored, "kinds of event")
	// Output:
	// a server at its end ignores 20 kinds of event
}
