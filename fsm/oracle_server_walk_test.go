package fsm_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/sim/oracle"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// newServer puts the machine next to the oracle.
func newServer(cfg fsm.ServerConfig, events []fsm.Event) *subject[fsm.ServerState, oracle.Server] {
	return &subject[fsm.ServerState, oracle.Server]{
		start: cfg.Start(), model: oracle.NewServer(),
		step: cfg.Step,
		oracle: func(m oracle.Server, ev fsm.Event) (oracle.Server, oracle.Orders, fsm.Verdict) {
			return m.Step(cfg, ev)
		},
		same:   func(s fsm.ServerState, m oracle.Server) string { return m.Same(s) },
		phase:  func(s fsm.ServerState) string { return s.Phase().String() },
		events: events,
	}
}

// goodDecision has the facts of a faultless decision.
const goodDecision = fsm.FactSelectionValid | fsm.FactLocation | fsm.FactChallenge |
	fsm.FactProxyChallenge | fsm.FactUpgrade

// serverEvents is every event with its systematic fact combinations; decisions with one each of the
// statuses.
func serverEvents(
	statuses []uint16, sets func(good fsm.Facts, facts ...fsm.Facts) []fsm.Facts,
) []fsm.Event {
	opening := variants(fsm.FactValid|fsm.FactKHP, fsm.FactValid, fsm.FactKHP, fsm.FactKaazing)
	request := variants(0, fsm.FactExpectBody, fsm.FactExtensionAgain)
	decision := sets(goodDecision, fsm.FactSelectionValid, fsm.FactLocation, fsm.FactChallenge,
		fsm.FactProxyChallenge, fsm.FactUpgrade, fsm.FactReroute)
	var events []fsm.Event
	for k := range fsm.EventApplicationFailed + 2 {
		//exhaustive:ignore
		switch ev := (fsm.Event{Kind: k}); k {
		case fsm.EventOpeningRequest:
			for _, ev.Status = range []uint16{400, 503} {
				events = append(events, each(ev, opening)...)
			}
		case fsm.EventRequest:
			events = append(events, each(ev, request)...)
		case fsm.EventBadRequest:
			for _, ev.Status = range []uint16{400, 405, 431, 505} {
				events = append(events, ev)
			}
		case fsm.EventDecided:
			for _, ev.Status = range statuses {
				events = append(events, each(ev, decision)...)
			}
		case fsm.EventTimerExpired:
			for ev.Timer = range fsm.TimerReplay + 2 {
				events = append(events, ev)
			}
		case fsm.EventViolation:
			for _, ev.Failure = range peerFailures {
				events = append(events, ev)
			}
		default:
			events = append(events, each(ev, []fsm.Facts{0, allFacts})...)
		}
	}
	return events
}

// oracleServerConfigs are configurations with small bounds; between them every switch is on and
// off.
var oracleServerConfigs = map[string]fsm.ServerConfig{
	"strict":    {MaxChallenges: 1, MaxDeferrals: 1},
	"plain":     {Plain: true, MaxChallenges: 2, MaxDeferrals: 2},
	"unchecked": {Unchecked: true, MaxChallenges: 1, MaxDeferrals: 1},
	"none":      {},
}

// compareServer compares machine and oracle for one configuration, quickly.
func compareServer(cfg fsm.ServerConfig) error {
	_, err := newServer(cfg, serverEvents(quickStatuses, singles)).walk()
	return err
}

// serverReqs are the requirements that the comparison of the server proves, apart from those about
// single status codes.
var serverReqs = []string{"KHP-EXT-RSP-01", "KHP-EXT-RSP-02", "KHP-EXT-RSP-03", "KHP-EXT-RSP-04",
	"KHP-EXT-RSP-14", "KHP-EXT-02",
	"KHP-CLASS-3XX-01", "KHP-REDIR-01", "KHP-STATUS-401-03", "KHP-STATUS-401-04", "RFC6585-511-04"}

func TestOracle_Server(t *testing.T) {
	t.Run("configs", func(t *testing.T) {
		attest(t, serverReqs...)
		events := serverEvents(someStatuses, variants)
		for _, name := range slices.Sorted(maps.Keys(oracleServerConfigs)) {
			t.Run(name, func(t *testing.T) {
				if testing.Short() {
					t.Skip("the quick comparison is enough in short mode")
				}
				t.Parallel()
				n, err := newServer(oracleServerConfigs[name], events).walk()
				t.Logf("%d states, %d steps", n.states, n.steps)
				require.NoError(t, err)
			})
		}
	})
	t.Run("quick", func(t *testing.T) {
		for _, name := range slices.Sorted(maps.Keys(oracleServerConfigs)) {
			require.NoError(t, compareServer(oracleServerConfigs[name]), name)
		}
	})
	// Every status code as a decision, with and without its required fields.
	t.Run("status codes", func(t *testing.T) {
		for code := 300; code <= 308; code++ {
			attest(t, fmt.Sprintf("KHP-STATUS-%d-09", code))
		}
		before := []fsm.Event{{Kind: fsm.EventOpeningRequest, Facts: fsm.FactValid | fsm.FactKHP},
			{Kind: fsm.EventRequest}}
		for _, cfg := range oracleServerConfigs {
			c := newServer(cfg, nil)
			for code := range uint16(1001) {
				for _, facts := range []fsm.Facts{goodDecision, 0} {
					require.NoError(t, c.run(append(before[:2:2],
						fsm.Event{Kind: fsm.EventDecided, Status: code, Facts: facts},
						fsm.Event{Kind: fsm.EventPingReceived}, fsm.Event{Kind: fsm.EventPeerClosed})))
				}
			}
		}
	})
	t.Run("zero values", func(t *testing.T) {
		_, _, verdict := fsm.DefaultServerConfig().Step(fsm.ServerState{},
			fsm.Event{Kind: fsm.EventOpeningRequest, Facts: fsm.FactValid | fsm.FactKHP})
		require.Equal(t, fsm.Misuse, verdict, "no state")
	})
	t.Run("random walks", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			cfg := fsm.ServerConfig{
				Plain: rapid.Bool().Draw(t, "plain"), Unchecked: rapid.Bool().Draw(t, "unchecked"),
				MaxChallenges: rapid.Uint8Range(0, 3).Draw(t, "challenges"),
				MaxDeferrals:  rapid.Uint8Range(0, 3).Draw(t, "deferrals"),
			}
			newServer(cfg, nil).wander(t, serverCourse)
		})
	})
}

// serverCourse is an event that brings a server forward, with everything in order.
func serverCourse(s fsm.ServerState, n int) fsm.Event {
	switch s.Phase() {
	case fsm.ServerOpening:
		return fsm.Event{Kind: fsm.EventOpeningRequest,
			Facts: fsm.FactValid | fsm.FactKHP | []fsm.Facts{0, fsm.FactKaazing}[n%2]}
	case fsm.ServerAwaitRequest, fsm.ServerAwaitReplay:
		return fsm.Event{Kind: fsm.EventRequest, Facts: []fsm.Facts{0, 0, fsm.FactExpectBody}[n%3]}
	case fsm.ServerAwaitBody:
		return fsm.Event{Kind: fsm.EventBodyReceived}
	case fsm.ServerDeciding, fsm.ServerPending:
		return fsm.Event{Kind: fsm.EventDecided,
			Status: []uint16{101, 202, 401, 401, 202, 204, 302, 403}[n%8], Facts: goodDecision}
	case fsm.ServerOpen, fsm.ServerPlain:
		return fsm.Event{Kind: []fsm.EventKind{fsm.EventDataReceived, fsm.EventSendRequested,
			fsm.EventPingReceived, fsm.EventCloseRequested}[n%4]}
	case fsm.ServerClosing, fsm.ServerDone:
	}
	return fsm.Event{Kind: fsm.EventPeerClosed}
}
