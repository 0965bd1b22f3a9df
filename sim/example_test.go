package sim_test

import (
	"context"
	"errors"
	"fmt"

	"example.com/khp/fsm"
	"example.com/khp/sim"
)

func ExampleExplore() {
	m := sim.AnyClient{Config: fsm.DefaultServerConfig()}
	r, err := sim.Explore(m, m.Properties(), sim.Options{})
	fmt.Println(r.States, "states,", r.Steps, "steps,", len(r.Violations), "violations", err)
	// Output: 4072 states, 13932 steps, 0 violations <nil>
}

func ExampleModels() {
	for _, m := range sim.Models() {
		fmt.Println(m.Name, "begins with", m.Configurations[0].Name)
	}
	// Output:
	// honest begins with spec
	// byzantine-server begins with spec
	// byzantine-client begins with default
}

func ExampleFaultNamed() {
	fault, _ := sim.FaultNamed("challenge-without-field")
	c := sim.Models()[2].Configurations[0]
	r, _ := c.Explore(c.Bounds("small"), fault, sim.Options{})
	fmt.Println(r.Violations[0])
	// Output:
	// INV-45: Unauthorized without WWW-Authenticate
	//   opening/opening-request/await-request-kaazing server: OpeningRequest (KHP selected, .kl=Y asked, valid)
	//   await-request/request/decide                  server: Request
	//   deciding/401/await-replay                     server: Decided 401 (selection valid)   <-- here
	// the last rows, the last one first:
	//   deciding/401/await-replay: server Deciding on Decided(Replay) if replays left goes to AwaitReplay, in fsm/server_table.go
	//   await-request/request/decide: server AwaitRequest on Request goes to Deciding, in fsm/server_table.go
	//   opening/opening-request/await-request-kaazing: server Opening on OpeningRequest if KHP selected, .kl=Y asked, valid goes to AwaitRequest, in fsm/server_table.go
}

func ExampleMerge() {
	c := sim.Models()[2].Configurations[0]
	var shards []sim.Report
	for i := range 3 { // on three machines
		r, err := c.Explore(c.Bounds("small"), sim.Fault{}, sim.Options{Shard: sim.Shard{Index: i, Count: 3}})
		if err != nil {
			return
		}
		shards = append(shards, r)
	}
	all, err := sim.Merge(shards...)
	fmt.Println(all.States, "states,", all.Steps, "steps", err)
	// Output: 1817 states, 5997 steps <nil>
}

func ExampleSnapshot() {
	c := sim.Models()[2].Configurations[0]
	ctx, cancel := context.WithCancel(context.Background())
	var kept *sim.Snapshot
	_, err := c.Explore(c.Bounds("small"), sim.Fault{}, sim.Options{Context: ctx, Snapshot: func(s *sim.Snapshot) {
		kept = s // a program would write it to a file here, with encoding/gob
		cancel()
	}})
	fmt.Println(errors.Is(err, sim.ErrInterrupted))
	r, err := c.Explore(c.Bounds("small"), sim.Fault{}, sim.Options{Resume: kept})
	fmt.Println(r.States, "states", err)
	// Output:
	// true
	// 1817 states <nil>
}
