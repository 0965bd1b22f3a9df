package model

import (
	"os"
	"strings"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/sim/explore"
	"example.com/khp/sim/model/internal/act"
	"github.com/stretchr/testify/require"
)

func TestAction_NamesTheFileOfEachPhase(t *testing.T) {
	has := func(side act.Side, phase uint8, name string) {
		cell := act.Action{Side: side, Phase: phase, Index: -1}.Cell()
		file := cell[strings.LastIndex(cell, " ")+1:]
		text, err := os.ReadFile("../../" + file)
		require.NoError(t, err)
		require.True(t, strings.Contains(string(text), "\t"+name+":"), "%s says what %s does", file, name)
	}
	for p := fsm.ClientIdle; p <= fsm.ClientFailed; p++ {
		has(act.Client, uint8(p), p.String())
	}
	for p := fsm.ServerOpening; p <= fsm.ServerDone; p++ {
		has(act.Server, uint8(p), p.String())
	}
}

// A violation leads to the cell: its row, the effects of the row, and the file with the table.
func TestViolation_LeadsToTheCell(t *testing.T) {
	fault, _ := act.FaultNamed("skip-terminator")
	c := configuration(t, "byzantine-server", "spec")
	r, err := c.Explore(tiny, fault, explore.Options{})
	require.NoError(t, err)
	require.NotEmpty(t, r.Violations)
	require.Equal(t, `INV-01: open without every condition of completion
  idle/connect/dial                 client: ConnectRequested (target usable)
  connecting/connected/send-opening client: Connected
  opening/opened/request            client: Opened (KHP selected)
  await-response/data/reading       client: DataReceived
  reading/complete/open             client: Response 101 (accept matches, subprotocol offered, extensions asked)   <-- here
the last rows, the last one first:
  reading/complete/open: client Reading on Response(Complete) if terminated, accept matches, subprotocol offered, extensions asked, not body cut short, not N received goes to Open, in fsm/client_table.go
  await-response/data/reading: client AwaitResponse on DataReceived goes to Reading, in fsm/client_table.go
  opening/opened/request: client Opening on Opened if KHP selected, not kaazing, not auto goes to AwaitResponse, in fsm/client_table.go`, r.Violations[0].String())

	fault, _ = act.FaultNamed("lost-timer")
	r, err = c.Explore(tiny, fault, explore.Options{})
	require.NoError(t, err)
	require.NotEmpty(t, r.Violations)
	require.Equal(t, "client Closing", r.Violations[0].There)
	require.Contains(t, r.Violations[0].String(), "\nthere: client Closing\n")
	require.Equal(t, "-: client Closing on TimerExpired(Close) does nothing, in fsm/client_table.go",
		r.Violations[0].Cells()[0])
}

func TestAction_Reads(t *testing.T) {
	require.Equal(t, "network: cut", act.Action{Side: act.Network, Cut: true}.String())
	s := act.Action{Side: act.Client, Event: fsm.Event{Kind: fsm.EventResponse, Status: 302,
		Facts: fsm.FactTargetUsable}}.String()
	require.True(t, strings.HasPrefix(s, "client: Response 302"), s)
}

func TestSide_Unknown(t *testing.T) { require.Equal(t, "nobody", act.Side(77).String()) }
