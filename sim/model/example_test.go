package model_test

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"example.com/khp/fsm"
	"example.com/khp/sim/explore"
	"example.com/khp/sim/model"
)

func ExampleExplore() {
	m := model.AnyClient{Config: fsm.DefaultServerConfig()}
	r, err := explore.Explore(m, m.Properties(), explore.Options{})
	fmt.Println(r.States, "states,", r.Steps, "steps,", len(r.Violations), "violations", err)
	// Output: 4072 states, 13932 steps, 0 violations <nil>
}

func ExampleModels() {
	for _, m := range model.Models() {
		fmt.Println(m.Name, "begins with", m.Configurations[0].Name)
	}
	// Output:
	// honest begins with spec
	// byzantine-server begins with spec
	// byzantine-client begins with default
	// cooperation begins with spec
}

func ExampleFaultNamed() {
	fault, _ := model.FaultNamed("challenge-without-field")
	c := model.Models()[2].Configurations[0]
	r, _ := c.Explore(c.Bounds("small"), fault, explore.Options{})
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
	c := model.Models()[2].Configurations[0]
	var shards []model.Report
	for i := range 3 { // on three machines
		r, err := c.Explore(c.Bounds("small"), model.Fault{},
			explore.Options{Shard: explore.Shard{Index: i, Count: 3}})
		if err != nil {
			return
		}
		shards = append(shards, r)
	}
	all, err := model.Merge(shards...)
	fmt.Println(all.States, "states,", all.Steps, "steps", err)
	// Output: 1817 states, 5997 steps <nil>
}

func ExampleSnapshot() {
	c := model.Models()[2].Configurations[0]
	ctx, cancel := context.WithCancel(context.Background())
	var kept *explore.Snapshot
	_, err := c.Explore(c.Bounds("small"), model.Fault{}, explore.Options{
		Context: ctx, Snapshot: func(s *explore.Snapshot) {
			kept = s // a program would write it to a file here, with encoding/gob
			cancel()
		}})
	fmt.Println(errors.Is(err, explore.ErrInterrupted))
	r, err := c.Explore(c.Bounds("small"), model.Fault{}, explore.Options{Resume: kept})
	fmt.Println(r.States, "states", err)
	// Output:
	// true
	// 1817 states <nil>
}

// A row with a mistake, and the row as it is.
func ExampleFaults() {
	for _, f := range model.Faults() {
		if f.Name != "redirect-without-limit" {
			continue
		}
		rows := slices.Collect(fsm.ClientRows())
		fmt.Println(rows[f.Row].ID, rows[f.Row].Event, rows[f.Row].When)
		fmt.Println(f.Changed.ID, f.Changed.Event, f.Changed.When, "breaks", f.Catches)
	}
	// Output:
	// reading/redirect/follow Response(RedirectChoice) [target usable redirects on redirects left not target visited not target refused]
	// reading/redirect/follow Response(RedirectChoice) [target usable redirects on not target visited not target refused] breaks INV-21
}
