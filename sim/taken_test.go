package sim

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/khp/fsm"
)

func TestTaken_NamesTheFileOfEachPhase(t *testing.T) {
	has := func(side Side, phase, name string) {
		file := tableFile(side, phase)
		text, err := os.ReadFile("../" + file)
		require.NoError(t, err)
		require.True(t, strings.Contains(string(text), "["+name+"]"), "%s says which cells are those of %s", file, name)
	}
	for p := fsm.ClientIdle; p <= fsm.ClientFailed; p++ {
		has(Client, Taken{Action: Action{Side: Client}, Phase: uint8(p)}.phase(), p.String())
	}
	for p := fsm.ServerOpening; p <= fsm.ServerDone; p++ {
		has(Server, Taken{Action: Action{Side: Server}, Phase: uint8(p)}.phase(), p.String())
	}
}

// A violation leads to the cell: its row, what it does, and the file that it stands in.
func TestViolation_LeadsToTheCell(t *testing.T) {
	fault, _ := FaultNamed("skip-terminator")
	c := configuration(t, "byzantine-server", "spec")
	r, err := c.Explore(tiny, fault, Options{})
	require.NoError(t, err)
	require.NotEmpty(t, r.Violations)
	require.Equal(t, `INV-01: open without every condition of completion
  C1   client: ConnectRequested (target usable)
  C3   client: Connected
  C5   client: Opened (KHP selected)
  C12  client: DataReceived
  C18  client: Response 101 (accept matches, subprotocol offered, extensions asked)   <-- here
the last rows, the last one first:
  C18: client Reading on Response(Complete) if terminated, accept matches, subprotocol offered, extensions asked, not body cut short, not N received goes to Open, in fsm/client_table_extended.go
  C12: client AwaitResponse on DataReceived goes to Reading, in fsm/client_table_extended.go
  C5: client Opening on Opened if KHP selected, not kaazing, not auto goes to AwaitResponse, in fsm/client_table_opening.go`, r.Violations[0].String())

	fault, _ = FaultNamed("lost-timer")
	r, err = c.Explore(tiny, fault, Options{})
	require.NoError(t, err)
	require.NotEmpty(t, r.Violations)
	require.Equal(t, "client Closing", r.Violations[0].There)
	require.Contains(t, r.Violations[0].String(), "\nthere: client Closing\n")
	require.Equal(t, "-: client Closing on TimerExpired(Close) does nothing, in fsm/client_table_closing.go", r.Violations[0].Cells()[0])
}
