package fsm

import (
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
)

// all are the facts of a response with which nothing is wrong.
const all = FactTerminated | FactAcceptMatches | FactProtocolOffered | FactExtensionsAsked |
	FactChallengeUsable | FactTargetUsable

// common are the ten transitions that nearly every connection takes part in.
var common = []struct {
	name  string
	state ClientState
	ev    Event
}{
	{"connect", ClientState{phase: ClientIdle},
		Event{Kind: EventConnectRequested, Facts: FactTargetUsable}},
	{"connected", ClientState{phase: ClientConnecting}, Event{Kind: EventConnected}},
	{"opened", ClientState{phase: ClientOpening}, Event{Kind: EventOpened, Facts: FactKHP}},
	{"response-begins", ClientState{phase: ClientAwaitResponse}, Event{Kind: EventDataReceived}},
	{"101", ClientState{phase: ClientReading}, Event{Kind: EventResponse, Status: 101, Facts: all}},
	{"401", ClientState{phase: ClientReading}, Event{Kind: EventResponse, Status: 401, Facts: all}},
	{"credentials", ClientState{phase: ClientAwaitCredentials},
		Event{Kind: EventCredentialsSupplied, Facts: FactNewCredentials}},
	{"302", ClientState{phase: ClientReading}, Event{Kind: EventResponse, Status: 302, Facts: all}},
	{"403", ClientState{phase: ClientReading}, Event{Kind: EventResponse, Status: 403, Facts: all}},
	{"peer-closed", ClientState{phase: ClientOpen}, Event{Kind: EventPeerClosed}},
}

func TestStep_CommonAreAccepted(t *testing.T) {
	for _, c := range common {
		_, _, verdict := DefaultClientConfig().Step(c.state, c.ev)
		require.Equal(t, Accepted, verdict, c.name)
	}
}

func TestStep_DoesNotAllocate(t *testing.T) {
	cfg := DefaultClientConfig()
	for _, c := range common {
		require.Zero(t, testing.AllocsPerRun(100, func() { _, _, _ = cfg.Step(c.state, c.ev) }), c.name)
	}
	srv := DefaultServerConfig()
	require.Zero(t, testing.AllocsPerRun(100, func() {
		_, _, _ = srv.Step(ServerState{phase: ServerDeciding},
			Event{Kind: EventDecided, Status: 302, Facts: FactLocation | FactSelectionValid})
	}))
}

func TestState_IsSmall(t *testing.T) {
	require.LessOrEqual(t, int(unsafe.Sizeof(ClientState{})), 32)
	require.LessOrEqual(t, int(unsafe.Sizeof(ServerState{})), 32)
	require.LessOrEqual(t, int(unsafe.Sizeof(Event{})), 16)
	require.LessOrEqual(t, int(unsafe.Sizeof(Effects{})), 16)
}

func TestStep_ZeroValuesAreInvalid(t *testing.T) {
	for _, v := range []Verdict{
		verdictOf(DefaultClientConfig().Step(ClientState{}, Event{Kind: EventConnected})),
		verdictOf(DefaultClientConfig().Step(DefaultClientConfig().Start(), Event{})),
		verdictOf(ClientConfig{}.Step(DefaultClientConfig().Start(),
			Event{Kind: EventConnectRequested, Facts: FactTargetUsable})),
	} {
		require.Equal(t, Misuse, v)
	}
	_, _, v := DefaultServerConfig().Step(ServerState{}, Event{Kind: EventOpeningRequest})
	require.Equal(t, Misuse, v)
}

func verdictOf(_ ClientState, _ Effects, v Verdict) Verdict { return v }

var sink int

// BenchmarkStep measures the ten transitions; bytes/state is the size of the state to keep.
func BenchmarkStep(b *testing.B) {
	cfg := DefaultClientConfig()
	for _, c := range common {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				next, effects, _ := cfg.Step(c.state, c.ev)
				n += effects.Len() + int(next.Phase())
			}
			sink = n
			b.ReportMetric(float64(unsafe.Sizeof(ClientState{})), "bytes/state")
		})
	}
}
