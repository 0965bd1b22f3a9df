package fsm

import (
	"math/rand/v2"
	"testing"

	"example.com/khp/internal/inside"
	"github.com/stretchr/testify/require"
)

// eventsOf are all events of both machines without facts, one of each status code and timer.
func eventsOf() (list []Event) {
	for k := EventConnectRequested; k <= EventApplicationFailed; k++ {
		switch k {
		case EventResponse, EventDecided:
			for status := range uint16(1000) {
				list = append(list, Event{Kind: k, Status: status})
			}
		case EventTimerExpired:
			for timer := TimerOpening; timer <= TimerReplay; timer++ {
				list = append(list, Event{Kind: k, Timer: timer})
			}
		default:
			list = append(list, Event{Kind: k, Status: 400, Failure: FailureFrame})
		}
	}
	return list
}

// randomStates returns states of both machines, reachable or not, in every phase.
func randomStates(r *rand.Rand) (c ClientState, s ServerState) {
	random := func(b []byte, phases int) []byte {
		for i := range b {
			b[i] = byte(r.Uint32() & r.Uint32() >> 8)
		}
		b[0] = byte(1 + r.IntN(phases-1))
		return b
	}
	if c.UnmarshalBinary(random(make([]byte, inside.ClientStateSize), int(clientPhases))) != nil ||
		s.UnmarshalBinary(random(make([]byte, inside.ServerStateSize), int(serverPhases))) != nil {
		panic("a state that was refused")
	}
	return c, s
}

// ClientFacts and ServerFacts leave out no fact that makes a difference, and name none that makes
// none, for each event, status and timer.
func TestFacts_Matter(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	boolean := func() bool { return r.IntN(2) == 0 }
	for _, ev := range eventsOf() {
		client, server := tools{}.ClientFacts(ev), tools{}.ServerFacts(ev)
		var clientSeen, serverSeen Facts
		for n := 0; n < 300 || (clientSeen != client || serverSeen != server) && n < 300_000; n++ {
			c, s := randomStates(r)
			ccfg := ClientConfig{
				Profile: Profile(1 + r.IntN(3)), PlainFallback: boolean(), TerminatorOptional: boolean(),
				Expect: boolean(), OtherMethod: boolean(), NoRedirects: boolean(),
				NoWait: boolean(), Proxy: boolean(), Upgrade: boolean(), MaxRedirects: uint8(r.IntN(256)),
				MaxReplays: uint8(r.IntN(256)), MaxInterim: uint8(r.IntN(256)),
			}
			scfg := ServerConfig{Plain: boolean(), Unchecked: r.IntN(4) == 0,
				MaxChallenges: uint8(r.IntN(256)), MaxDeferrals: uint8(r.IntN(256))}
			one := ev
			one.Facts = Facts(r.Uint32() | r.Uint32()<<1)
			other := one
			other.Facts ^= 1 << r.IntN(32)
			changed := one.Facts ^ other.Facts
			if c1, e1, v1 := ccfg.Step(c, one); true {
				if c2, e2, v2 := ccfg.Step(c, other); c1 != c2 || e1 != e2 || v1 != v2 {
					clientSeen |= changed
				}
			}
			if s1, e1, v1 := scfg.Step(s, one); true {
				if s2, e2, v2 := scfg.Step(s, other); s1 != s2 || e1 != e2 || v1 != v2 {
					serverSeen |= changed
				}
			}
		}
		require.Equal(t, client.String(), clientSeen.String(), "client, %v %d %v",
			ev.Kind, ev.Status, ev.Timer)
		require.Equal(t, server.String(), serverSeen.String(), "server, %v %d %v",
			ev.Kind, ev.Status, ev.Timer)
	}
	require.Equal(t, FactSelectionValid|FactReroute,
		tools{}.ServerFacts(Event{Kind: EventDecided, Status: 101}))
	require.Equal(t, FactChallenge, tools{}.ServerFacts(Event{Kind: EventDecided, Status: 401}))
	require.Zero(t, tools{}.ClientFacts(Event{Kind: EventPingReceived}))
	require.Zero(t, tools{}.ClientFacts(Event{}))
	require.Zero(t, tools{}.ServerFacts(Event{Kind: 200}))
}
