package tables_test

import (
	"fmt"

	"example.com/khp/fsm"
	"example.com/khp/internal/tables"
)

func ExampleMachines() {
	fmt.Println(tables.FSM.ClientColumn(fsm.Event{Kind: fsm.EventResponse, Status: 204}))
	fmt.Println(tables.FSM.ClientColumn(fsm.Event{Kind: fsm.EventTimerExpired, Timer: fsm.TimerWait}))
	fmt.Println(tables.FSM.ServerColumn(fsm.Event{Kind: fsm.EventDecided, Status: 302}))
	// Output:
	// Response(Complete)
	// TimerExpired(Wait)
	// Decided(Close)
}
