package sim

import (
	"fmt"
	"strings"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/internal/visible"
	"example.com/khp/sim/script"
	"example.com/khp/sim/script/random"
)

// report is the result of random schedules, as --json writes it.
type report struct {
	Schema    string  `json:"schema"`
	Seed      uint64  `json:"seed"`
	Schedules int     `json:"schedules"` // that were run
	Passed    bool    `json:"passed"`
	Seconds   float64 `json:"seconds"`
	Failed    uint64  `json:"failed_seed,omitempty"`
	Broken    string  `json:"broken,omitempty"`
	Scenario  string  `json:"scenario,omitempty"` // as small as it could be made, with its transcript
	Repeat    string  `json:"repeat"`             // the command line that runs the same again
}

// runRandom runs random schedules until one breaks an invariant. The schedule with number i has the
// seed of the first one plus i.
func runRandom(c *cli.Env, o options) error {
	if !o.seeded {
		o.seed = drawnSeed()
	}
	start := time.Now()
	r := report{Schema: schema, Seed: o.seed, Passed: true,
		Repeat: fmt.Sprintf("khp sim --random %d --seed %d", o.random, o.seed)}
	for i := range uint64(o.random) {
		seed := o.seed + i
		r.Schedules++
		source := random.Scenario(seed)
		if o.verbose && !o.asJSON {
			if err := printSchedule(c, source, seed); err != nil {
				return err
			}
		}
		if why := script.Fails("random", source, script.Options{Seed: seed}); why != "" {
			r.fail(seed, source, why)
			break
		}
	}
	r.Seconds = time.Since(start).Seconds()
	return printReport(c, &r, o.asJSON)
}

// fail makes the scenario small.
func (r *report) fail(seed uint64, source, why string) {
	fails := func(smaller string) bool {
		return script.Fails("random", smaller, script.Options{Seed: seed}) != ""
	}
	r.Passed, r.Failed, r.Broken = false, seed, why
	r.Scenario = script.WithTranscript("random", random.Shrink(source, fails),
		script.Options{Seed: seed})
	r.Repeat = fmt.Sprintf("khp sim --random 1 --seed %d", seed)
}

// printSchedule shows what happens in one schedule.
func printSchedule(c *cli.Env, source string, seed uint64) error {
	_, out, err := runScenario("random", source, script.Options{Seed: seed, Verbose: true})
	if err == nil {
		_, err = fmt.Fprintln(visible.Writer(c.Stdout), out.Source)
	}
	return err
}

func printReport(c *cli.Env, r *report, asJSON bool) error {
	var b strings.Builder
	switch {
	case asJSON:
	case r.Passed:
		fmt.Fprintf(&b, "%d random schedules in %.1f s, no invariant broken\nthe same again: %s\n",
			r.Schedules, r.Seconds, r.Repeat)
	default:
		fmt.Fprintf(&b, "seed %d breaks an invariant: %s\n\n%s\nthe same again: %s\n",
			r.Failed, r.Broken, r.Scenario, r.Repeat)
	}
	err := error(nil)
	if asJSON {
		err = cli.WriteJSONDocument(c.Stdout, r)
	} else {
		_, err = fmt.Fprint(visible.Writer(c.Stdout), b.String())
	}
	if err == nil && !r.Passed {
		return cli.Failf(cli.ExitFailed, "an invariant is broken in schedule %d of seed %d",
			r.Schedules, r.Seed)
	}
	return err
}
