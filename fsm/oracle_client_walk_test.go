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

// newClient puts the machine next to the oracle.
func newClient(cfg fsm.ClientConfig, events []fsm.Event) *subject[fsm.ClientState, oracle.Client] {
	return &subject[fsm.ClientState, oracle.Client]{
		start: cfg.Start(), model: oracle.NewClient(),
		step: cfg.Step,
		oracle: func(m oracle.Client, ev fsm.Event) (oracle.Client, oracle.Orders, fsm.Verdict) {
			return m.Step(cfg, ev)
		},
		same:   func(s fsm.ClientState, m oracle.Client) string { return m.Same(s) },
		phase:  func(s fsm.ClientState) string { return s.Phase().String() },
		events: events,
	}
}

// goodResponse has the facts of a faultless response.
const goodResponse = fsm.FactTerminated | fsm.FactAcceptMatches | fsm.FactProtocolOffered |
	fsm.FactExtensionsAsked | fsm.FactChallengeUsable |
	fsm.FactProxyChallenge | fsm.FactUpgradeTLS | fsm.FactTargetUsable

// clientEvents is every event with its systematic fact combinations; responses with each of the
// statuses.
func clientEvents(
	statuses []uint16, sets func(good fsm.Facts, facts ...fsm.Facts) []fsm.Facts,
) []fsm.Event {
	target := variants(fsm.FactTargetUsable, fsm.FactTargetUsable, fsm.FactTargetVisited,
		fsm.FactTargetRefused)
	response := sets(goodResponse, fsm.FactTerminated, fsm.FactAcceptMatches, fsm.FactProtocolOffered,
		fsm.FactExtensionsAsked, fsm.FactChallengeUsable,
		fsm.FactProxyChallenge, fsm.FactUpgradeTLS, fsm.FactTargetUsable, fsm.FactTargetVisited,
		fsm.FactTargetRefused)
	ending := []fsm.Facts{0, fsm.FactHeadComplete}
	var events []fsm.Event
	for k := range fsm.EventApplicationFailed + 2 {
		//exhaustive:ignore
		switch ev := (fsm.Event{Kind: k}); k {
		case fsm.EventConnectRequested, fsm.EventRerouteReceived:
			events = append(events, each(ev, target)...)
		case fsm.EventOpened:
			events = append(events, each(ev, []fsm.Facts{0, fsm.FactKHP, allFacts &^ fsm.FactKHP})...)
		case fsm.EventCredentialsSupplied:
			events = append(events, each(ev,
				[]fsm.Facts{0, fsm.FactNewCredentials, allFacts &^ fsm.FactNewCredentials})...)
		case fsm.EventPeerClosed, fsm.EventConnectionLost:
			events = append(events, each(ev, ending)...)
		case fsm.EventTimerExpired:
			for ev.Timer = range fsm.TimerReplay + 2 {
				events = append(events, each(ev, ending)...)
			}
		case fsm.EventViolation:
			for _, ev.Failure = range peerFailures {
				events = append(events, ev)
			}
		case fsm.EventResponse:
			for _, ev.Status = range statuses {
				events = append(events, each(ev, response)...)
			}
		default:
			events = append(events, each(ev, []fsm.Facts{0, allFacts})...)
		}
	}
	return events
}

// oracleClientConfigs are configurations with small bounds; between them every switch is on and
// off.
var oracleClientConfigs = map[string]fsm.ClientConfig{
	"spec": {Profile: fsm.ProfileSpec, MaxRedirects: 1, MaxReplays: 1, MaxInterim: 2},
	"body": {Profile: fsm.ProfileSpec, Expect: true, OtherMethod: true, MaxRedirects: 1,
		MaxReplays: 1, MaxInterim: 3},
	"optional": {Profile: fsm.ProfileSpec, Expect: true, TerminatorOptional: true, PlainFallback: true,
		MaxReplays: 1, MaxInterim: 3},
	"follow": {Profile: fsm.ProfileSpec, Proxy: true, Upgrade: true, MaxRedirects: 2, MaxReplays: 2},
	"closed": {Profile: fsm.ProfileSpec, OtherMethod: true, NoRedirects: true, NoWait: true,
		Upgrade: true, MaxRedirects: 1, MaxInterim: 1},
	"kaazing": {Profile: fsm.ProfileKaazing, Proxy: true, MaxRedirects: 1,
		MaxReplays: 1, MaxInterim: 1},
	"stay": {Profile: fsm.ProfileKaazing, NoRedirects: true, MaxRedirects: 1,
		MaxReplays: 1, MaxInterim: 1},
	"gateway": {Profile: fsm.ProfileKaazing, TerminatorOptional: true, PlainFallback: true,
		Expect: true, MaxReplays: 1, MaxInterim: 2},
	"auto": {Profile: fsm.ProfileAuto, MaxRedirects: 1, MaxReplays: 1, MaxInterim: 2},
	"either": {Profile: fsm.ProfileAuto, TerminatorOptional: true, NoRedirects: true, Expect: true,
		MaxRedirects: 1, MaxReplays: 1, MaxInterim: 2},
	"lenient": {Profile: fsm.ProfileSpec, TerminatorOptional: true, MaxInterim: 1},
	"settled": {Profile: fsm.ProfileKaazing, NoRedirects: true, MaxInterim: 1},
	"nowhere": {Profile: fsm.ProfileAuto, PlainFallback: true, NoRedirects: true, MaxInterim: 1},
	"patient": {Profile: fsm.ProfileSpec, TerminatorOptional: true, NoWait: true,
		Expect: true, MaxInterim: 2},
}

// compareClient compares machine and oracle for one configuration, quickly.
func compareClient(cfg fsm.ClientConfig) error {
	_, err := newClient(cfg, clientEvents(quickStatuses, singles)).walk()
	return err
}

// clientReqs are the requirements that the comparison of the client proves, apart from those about
// single status codes.
var clientReqs = []string{"KHP-CLOSE-01", "KHP-CLOSE-02", "KHP-CLOSE-03", "KHP-CLOSE-04",
	"KHP-CLOSE-05", "KHP-EXT-02", "KHP-EXT-RSP-06",
	"KHP-REDIR-02", "KHP-REDIR-03", "KHP-REDIR-04", "KHP-REDIR-05", "KHP-CLASS-3XX-02",
	"KHP-CLASS-3XX-04",
	"KHP-STATUS-100-02", "KHP-STATUS-100-04", "KHP-STATUS-101-02", "KHP-STATUS-101-03",
	"KHP-STATUS-202-02", "KHP-STATUS-300-02",
	"KHP-STATUS-301-02", "KHP-STATUS-302-02", "KHP-STATUS-303-02", "KHP-STATUS-307-02",
	"KHP-STATUS-307-03", "KHP-STATUS-401-02",
	"KHP-STATUS-407-02", "KHP-STATUS-426-02"}

func TestOracle_Client(t *testing.T) {
	t.Run("configs", func(t *testing.T) {
		attest(t, clientReqs...)
		// pairs of findings for one status of each kind
		events := once(clientEvents(quickStatuses, variants), clientEvents(someStatuses, singles))
		for _, name := range slices.Sorted(maps.Keys(oracleClientConfigs)) {
			t.Run(name, func(t *testing.T) {
				if testing.Short() {
					t.Skip("the quick comparison is enough in short mode")
				}
				t.Parallel()
				n, err := newClient(oracleClientConfigs[name], events).walk()
				t.Logf("%d states, %d steps", n.states, n.steps)
				require.NoError(t, err)
			})
		}
	})
	t.Run("quick", func(t *testing.T) {
		for _, name := range slices.Sorted(maps.Keys(oracleClientConfigs)) {
			require.NoError(t, compareClient(oracleClientConfigs[name]), name)
		}
	})
	// Every status code in an extended response, with all good facts and with none, and then a Close
	// of the peer.
	t.Run("status codes", func(t *testing.T) {
		for _, r := range oracle.Statuses {
			attest(t, fmt.Sprintf("KHP-STATUS-%d-01", r.Code))
		}
		attest(t, "KHP-CLASS-UNLISTED-01", "KHP-EXT-RSP-06")
		before := []fsm.Event{{Kind: fsm.EventConnectRequested, Facts: fsm.FactTargetUsable},
			{Kind: fsm.EventConnected},
			{Kind: fsm.EventOpened, Facts: fsm.FactKHP}, {Kind: fsm.EventProceedReceived},
			{Kind: fsm.EventDataReceived}}
		for _, cfg := range oracleClientConfigs {
			c := newClient(cfg, nil)
			for code := range uint16(1001) {
				for _, facts := range []fsm.Facts{goodResponse, 0} {
					require.NoError(t, c.run(append(before[:5:5],
						fsm.Event{Kind: fsm.EventResponse, Status: code, Facts: facts},
						fsm.Event{Kind: fsm.EventPeerClosed}, fsm.Event{Kind: fsm.EventConnectionLost})))
				}
			}
		}
	})
	t.Run("zero values", func(t *testing.T) {
		connect := fsm.Event{Kind: fsm.EventConnectRequested, Facts: fsm.FactTargetUsable}
		_, _, verdict := fsm.ClientConfig{}.Step(fsm.DefaultClientConfig().Start(), connect)
		require.Equal(t, fsm.Misuse, verdict, "no configuration")
		_, _, verdict = fsm.DefaultClientConfig().Step(fsm.ClientState{}, connect)
		require.Equal(t, fsm.Misuse, verdict, "no state")
	})
	t.Run("random walks", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			flag := rapid.Bool()
			cfg := fsm.ClientConfig{
				Profile: rapid.SampledFrom([]fsm.Profile{fsm.ProfileSpec, fsm.ProfileKaazing,
					fsm.ProfileAuto}).Draw(t, "profile"),
				TerminatorOptional: flag.Draw(t, "terminator optional"), PlainFallback: flag.Draw(t, "plain"),
				Expect:      flag.Draw(t, "expect"),
				OtherMethod: flag.Draw(t, "other method"), NoRedirects: flag.Draw(t, "no redirects"),
				NoWait: flag.Draw(t, "no wait"),
				Proxy:  flag.Draw(t, "proxy"), Upgrade: flag.Draw(t, "upgrade"),
				MaxRedirects: rapid.Uint8Range(0, 3).Draw(t, "redirects"),
				MaxReplays:   rapid.Uint8Range(0, 3).Draw(t, "replays"),
				MaxInterim:   rapid.Uint8Range(0, 3).Draw(t, "interim"),
			}
			newClient(cfg, nil).wander(t, clientCourse)
		})
	})
}

// clientCourse is an event that brings a client forward, with everything in order.
func clientCourse(s fsm.ClientState, n int) fsm.Event {
	switch s.Phase() {
	case fsm.ClientIdle, fsm.ClientRedirecting:
		return fsm.Event{Kind: fsm.EventConnectRequested, Facts: fsm.FactTargetUsable}
	case fsm.ClientConnecting:
		return fsm.Event{Kind: fsm.EventConnected}
	case fsm.ClientOpening:
		if n%8 == 0 {
			return fsm.Event{Kind: fsm.EventResponse, Status: []uint16{302, 401, 407}[n%3],
				Facts: goodResponse}
		}
		return fsm.Event{Kind: fsm.EventOpened, Facts: fsm.FactKHP}
	case fsm.ClientAwaitLogin, fsm.ClientAwaitCredentials:
		return fsm.Event{Kind: fsm.EventCredentialsSupplied, Facts: fsm.FactNewCredentials}
	case fsm.ClientAwaitProceed, fsm.ClientAwaitConfirm:
		return fsm.Event{Kind: fsm.EventProceedReceived}
	case fsm.ClientAwaitResponse:
		return fsm.Event{Kind: []fsm.EventKind{fsm.EventDataReceived, fsm.EventProceedReceived}[n%2]}
	case fsm.ClientReading:
		return fsm.Event{Kind: fsm.EventResponse,
			Status: []uint16{101, 202, 401, 100, 302, 407, 426, 401}[n%8],
			Facts:  goodResponse &^ []fsm.Facts{0, fsm.FactTerminated}[n/8%2]}
	case fsm.ClientSendingBody:
		return fsm.Event{Kind: fsm.EventBodyWritten}
	case fsm.ClientOpen, fsm.ClientPlain:
		return fsm.Event{Kind: []fsm.EventKind{fsm.EventDataReceived, fsm.EventTerminatorReceived,
			fsm.EventSendRequested, fsm.EventPingReceived}[n%4]}
	case fsm.ClientClosing, fsm.ClientDraining, fsm.ClientDone, fsm.ClientFailed:
	}
	return fsm.Event{Kind: fsm.EventConnectionLost}
}
