package transport

import (
	"math"
	"testing"

	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
)

// Whatever a peer sends, there are few labels, and none is empty where it has a meaning.
func TestEvent_Labels(t *testing.T) {
	seen := map[Labels]bool{}
	for _, server := range []bool{false, true} {
		for status := -1; status <= 1100; status++ {
			for _, ev := range []Event{{Kind: EventOpen}, {Kind: EventClosed}, {Kind: EventFail},
				{Kind: EventFail, Failure: fsm.FailureTimeout}, {Kind: EventFail, Failure: fsm.FailureStatus}} {
				ev.Server, ev.Status = server, status
				l := ev.Labels()
				require.NotEmpty(t, l.Side)
				require.NotEmpty(t, l.Outcome)
				require.NotEmpty(t, l.Failure)
				require.NotEmpty(t, l.Status)
				seen[l] = true
			}
		}
	}
	require.Less(t, len(seen), 400)
	codes := map[string]bool{}
	for code := range math.MaxUint16 + 1 {
		l := Event{Kind: EventEnd, Code: uint16(code)}.Labels()
		require.NotEmpty(t, l.Code)
		codes[l.Code] = true
	}
	require.Len(t, codes, 19)
	require.Equal(t, Labels{
		Side: "server", Outcome: "failed", Failure: "FailureStatus", Status: "4xx",
	}, Event{Server: true, Kind: EventFail, Failure: fsm.FailureStatus, Status: 499}.Labels())
	require.Equal(t, none, Event{Kind: EventFail}.Labels().Failure)
	require.Equal(t, Labels{Side: "client", Outcome: "open", Failure: "none", Status: "101"},
		Event{Kind: EventOpen, Status: 101}.Labels())
	require.Equal(t, Labels{Side: "client", Outcome: "failed", Failure: "FailureTimeout",
		Status: "none"}, Event{Kind: EventFail, Failure: fsm.FailureTimeout}.Labels())
	for code, label := range map[uint16]string{999: "other", 1000: "1000", 1015: "1015",
		1016: "other", 2999: "other", 3000: "3xxx", 3999: "3xxx", 4000: "4xxx", 4999: "4xxx",
		5000: "other"} {
		require.Equal(t, Labels{Side: "client", Code: label},
			Event{Kind: EventEnd, Code: code}.Labels())
	}
	require.Equal(t, Labels{Side: "client"}, Event{Kind: EventPing, Code: 4711}.Labels())
}

// Labels of statuses that have no name are their class, and there are no others.
func TestStatusLabel(t *testing.T) {
	for code, want := range map[int]string{100: "100", 104: "1xx", 599: "5xx", 999: "9xx", 99: none,
		1000: none, 0: none, 404: "404"} {
		require.Equal(t, want, statusLabel(code), code)
	}
	require.Equal(t, "1xx", statusLabel(199))
}
