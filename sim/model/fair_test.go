package model

import (
	"slices"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/sim/explore"
	"example.com/khp/sim/model/internal/act"
	"example.com/khp/sim/model/internal/world"
	"github.com/stretchr/testify/require"
)

// Steps that nobody can put off for ever: a timer that runs runs out, and a host dials the target
// that it was told to dial. Peers, networks, users and applications can do nothing for ever; only
// messages between an honest pair arrive.
var (
	hostMust = []fsm.EventKind{fsm.EventTimerExpired, fsm.EventConnectRequested}
	mayWait  = []fsm.EventKind{
		fsm.EventConnected, fsm.EventConnectFailed, fsm.EventCredentialsSupplied,
		fsm.EventCredentialsDeclined, fsm.EventBodyWritten,
		fsm.EventSendRequested, fsm.EventCloseRequested, fsm.EventDecided, fsm.EventApplicationFailed,
	}
)

// A flag that is set too often hides every promise that is not kept, and nothing else would tell.
func TestFair_IsWhatNobodyCanPutOff(t *testing.T) {
	needTime(t)
	client := tiny.client("expect")
	kaazing := tiny.client("kaazing")
	server := fsm.ServerConfig{MaxChallenges: 1, MaxDeferrals: 1, Plain: true}
	seen := map[fsm.EventKind]bool{}
	wantFair := func(must ...fsm.EventKind) func(a act.Action, fair bool) {
		return func(a act.Action, fair bool) {
			seen[a.Event.Kind] = true
			require.Equal(t, !a.Cut && slices.Contains(must, a.Event.Kind), fair, "%s", a)
		}
	}
	everyStep(AnyServer{Config: client}, wantFair(hostMust...))
	everyStep(AnyServer{Config: kaazing, Unlimited: true}, wantFair(hostMust...))
	everyStep(AnyClient{Config: server}, wantFair(hostMust...))
	everyStep(AnyClient{Config: server, Unlimited: true}, wantFair(hostMust...))

	arrives := slices.DeleteFunc(world.EveryKind[:len(world.EveryKind):len(world.EveryKind)],
		func(k fsm.EventKind) bool { return slices.Contains(mayWait, k) })
	everyStep(Honest{Client: tiny.client("spec"), Server: server}.System(), wantFair(arrives...))
	for k := fsm.EventConnectRequested; k <= fsm.EventApplicationFailed; k++ {
		require.True(t, seen[k], "%s happened", k)
	}
}

// everyStep looks at all steps out of reachable states.
func everyStep[S comparable](m explore.System[S, act.Action], look func(a act.Action, fair bool)) {
	seen, size := map[string]bool{}, m.Size()
	note := func(s S) (isNew bool) {
		b := make([]byte, size)
		m.Encode(s, b)
		isNew = !seen[string(b)]
		seen[string(b)] = true
		return isNew
	}
	note(m.Start())
	for queue := []S{m.Start()}; len(queue) > 0; queue = queue[1:] {
		m.Steps(queue[0], func(s *step[S]) {
			look(s.Action, s.Fair)
			if note(s.Next) {
				queue = append(queue, s.Next)
			}
		})
	}
}
