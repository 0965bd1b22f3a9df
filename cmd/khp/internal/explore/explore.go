// Package explore is khp explore: it visits every reachable state of client, server and network.
package explore

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/sim/explore"
	"example.com/khp/sim/model"
	"github.com/spf13/cobra"
)

// options are the flags of khp explore.
type options struct {
	model, bounds, fault, shard string
	only                        string
	depth, workers, maxStates   int
	seed                        uint64
	exact                       bool
	override                    map[string]int
	json                        bool
	html, counterexample, out   string
	progress                    string
	checkpoint                  string
	every                       cli.Duration
	resume                      bool
}

const long = `Explore visits every state that the machines can reach together with what
surrounds them, and checks the properties of docs/properties.tsv in each. A
property that does not hold comes with a shortest way to where it breaks.

Models:
  honest            client and server, free applications and clock, a network
                    that is cut anywhere
  byzantine-server  a client against anything a server, network and clock can do
  byzantine-client  a server against anything clients can do
  cooperation       client and server that want the connection: every run must
                    open
  all               the four

Exit codes: 0 every property holds; 1 a property is violated; 2 wrong usage;
4 stopped before the end: interrupted, a limit reached, a file not written, or a
defect of khp. An orchestrator retries 4 (with --resume) and reports 1.`

// Command is khp explore.
func Command(c *cli.Env) *cobra.Command {
	o := options{override: map[string]int{}}
	cmd := &cobra.Command{
		Use:   "explore",
		Short: "Visit every reachable state of client, server and network",
		Long:  long,
		Example: `  khp explore
  khp explore --model honest --html report.html
  khp explore --bounds default                count states, with limits that are
                                              numbers
  khp explore --fault skip-terminator         see a violation
  khp explore --shard 0/4 --out shard-0.khp   a quarter, for khp explore merge`,
		Args: cli.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, b := range boundFlags {
				if cmd.Flags().Changed(b.flag) {
					o.override[b.flag], _ = cmd.Flags().GetInt(b.flag)
				}
			}
			return run(c, o)
		},
	}
	addFlags(cmd, &o)
	addReportFlags(cmd, &o)
	cli.Complete(cmd, "model", modelNames()...)
	cli.Complete(cmd, "fault", faultNames()...)
	cli.Complete(cmd, "bounds", boundNames...)
	cmd.AddCommand(mergeCommand(c))
	return cmd
}

// addFlags adds the flags about the exploration.
func addFlags(cmd *cobra.Command, o *options) {
	f := cmd.Flags()
	f.StringVar(&o.model, "model", "all", "`MODEL` to explore: "+strings.Join(modelNames(), ", "))
	f.StringVar(&o.only, "only", "", "this `CONFIGURATION` of the model only, such as kaazing")
	f.StringVar(&o.bounds, "bounds", "", "`LIMITS` of the counters: "+strings.Join(boundNames, ", ")+
		" (default "+unlimited+", for all limits at once; where --only, --shard, "+
		"--checkpoint or a single limit needs numbers, those called default)")
	for _, b := range boundFlags {
		f.Int(b.flag, 0, b.help)
	}
	f.IntVar(&o.depth, "depth", 0, "go no farther than `N` steps from the start; 0 is no bound")
	f.IntVar(&o.maxStates, "max-states", 50_000_000, "give up beyond `N` states of one configuration")
	f.StringVar(&o.shard, "shard", "", "explore part `I/N` only, I from 0")
	f.StringVar(&o.out, "out", "", "write the result to `FILE`, for khp explore merge")
	f.StringVar(&o.fault, "fault", "", "put a mistake into the machine, such as "+faultNames()[0]+
		"; an unknown `NAME` lists all")
	f.BoolVar(&o.exact, "exact", false, "tell states apart by all their bytes instead of fingerprints")
	f.Uint64Var(&o.seed, "seed", 0, "`NUMBER` that the fingerprints begin with")
	f.IntVar(&o.workers, "workers", 0,
		"look at `N` states at the same time; 0 is one for each processor")
	f.StringVar(&o.progress, "progress", "auto",
		"`FORM` of the progress on stderr: auto (a bar on terminals), plain, json, none")
	f.StringVar(&o.checkpoint, "checkpoint", "",
		"write the state of the exploration to `FILE` now and then, and when interrupted")
	o.every = cli.Duration(30 * time.Second)
	f.Var(&o.every, "checkpoint-every",
		"how much `TIME` to let pass between two checkpoints, as in 30s or 10m")
	f.BoolVar(&o.resume, "resume", false, "go on from the checkpoint, if there is one")
}

// addReportFlags adds the flags about the output, which khp explore merge has too.
func addReportFlags(cmd *cobra.Command, o *options) {
	f := cmd.Flags()
	f.BoolVar(&o.json, "json", false, "print one JSON document instead of tables")
	f.StringVar(&o.html, "html", "", "write a page with everything to `FILE`")
	f.StringVar(&o.counterexample, "counterexample", "",
		"write the first violation step by step to `FILE` (NDJSON)")
}

// boundFlags override single bounds.
var boundFlags = []struct {
	flag, help string
	set        func(*model.Bounds) *int
}{
	{"max-redirects", "at most `N` follow-up connections of a connect call",
		func(b *model.Bounds) *int { return &b.Redirects }},
	{"max-replays", "at most `N` replays after 401 on a connection",
		func(b *model.Bounds) *int { return &b.Replays }},
	{"max-interim", "at most `N` 100 and 202 responses that a client takes on a connection",
		func(b *model.Bounds) *int { return &b.Interim }},
	{"max-challenges", "at most `N` 401 responses of a server",
		func(b *model.Bounds) *int { return &b.Challenges }},
	{"max-deferrals", "at most `N` 202 responses of a server",
		func(b *model.Bounds) *int { return &b.Deferrals }},
}

// unlimited are no bounds: the models stand for all limits at once.
const unlimited = "unlimited"

var boundNames = append([]string{unlimited}, model.BoundNames...)

// numbered is the flag that needs limits that are numbers, "" if none does.
func (o *options) numbered() string {
	for _, b := range boundFlags {
		if _, ok := o.override[b.flag]; ok {
			return "--" + b.flag
		}
	}
	switch {
	case o.shard != "":
		return "--shard"
	case o.checkpoint != "", o.resume:
		return "--checkpoint"
	case o.only != "" && !slices.ContainsFunc(model.Unlimited(), func(m model.Model) bool {
		return slices.ContainsFunc(m.Configurations, func(c model.Configuration) bool {
			return c.Name == o.only && (o.model == "all" || o.model == m.Name)
		})
	}):
		return "--only " + o.only
	}
	return ""
}

// chosen are the flags that leave configurations out.
func (o *options) chosen() string {
	var flags []string
	if o.only != "" {
		flags = append(flags, "--only "+cli.Quoted(o.only))
	}
	if o.fault != "" {
		flags = append(flags, "--fault "+o.fault)
	}
	return strings.Join(flags, " and ")
}

func modelNames() []string {
	var names []string
	for _, m := range model.Models() {
		names = append(names, m.Name)
	}
	return append(names, "all")
}

func faultNames() []string {
	var names []string
	for _, f := range model.Faults() {
		names = append(names, f.Name)
	}
	return names
}

// plan is the exploration that the flags ask for.
type plan struct {
	configurations []model.Configuration
	bounds         []model.Bounds
	fault          model.Fault
	shard          explore.Shard
}

// plan checks the flags.
func (o *options) plan() (p plan, err error) {
	switch flag := o.numbered(); {
	case o.bounds == "" && flag == "":
		o.bounds = unlimited
	case o.bounds == "":
		o.bounds = "default"
	case o.bounds == unlimited && flag != "":
		return p, cli.Usagef("%s needs limits that are numbers: choose --bounds %s",
			flag, strings.Join(model.BoundNames, ", "))
	}
	if err := o.checkWords(); err != nil {
		return p, err
	}
	if o.fault != "" {
		f, ok := model.FaultNamed(o.fault)
		if !ok {
			return p, cli.Usagef("there is no fault %q; expected one of %s",
				o.fault, strings.Join(faultNames(), ", "))
		}
		p.fault = f
	}
	if o.shard != "" {
		if p.shard, err = parseShard(o.shard); err != nil {
			return p, err
		}
	}
	err = o.choose(&p)
	return p, err
}

// choose adds the configurations that the flags name to a plan, each with its bounds.
func (o *options) choose(p *plan) error {
	known, models := false, model.Models()
	if o.bounds == unlimited {
		models = model.Unlimited()
	}
	for _, m := range models {
		if o.model != "all" && o.model != m.Name {
			continue
		}
		known = true
		for _, c := range m.Configurations {
			if o.only != "" && o.only != c.Name || p.fault.Side != 0 && !c.Has(p.fault.Side) {
				continue
			}
			b := c.Bounds(o.bounds)
			b.Unlimited = o.bounds == unlimited
			for _, flag := range boundFlags {
				if n, ok := o.override[flag.flag]; ok {
					if n < 0 || n > 60 {
						return cli.Usagef("--%s %d: expected 0 to 60", flag.flag, n)
					}
					*flag.set(&b) = n
				}
			}
			p.configurations, p.bounds = append(p.configurations, c), append(p.bounds, b)
		}
	}
	switch {
	case !known:
		return cli.Usagef("there is no model %q; expected one of %s",
			o.model, strings.Join(modelNames(), ", "))
	case len(p.configurations) == 0:
		return cli.Usagef("nothing to explore: no configuration of model %s fits %s; leave one out",
			o.model, o.chosen())
	}
	return nil
}

// checkWords checks the flags that need no look at the models.
func (o *options) checkWords() error {
	switch {
	case !slices.Contains(boundNames, o.bounds):
		return cli.Usagef("there are no bounds %q; expected one of %s",
			o.bounds, strings.Join(boundNames, ", "))
	case !slices.Contains(progressNames, o.progress):
		return cli.Usagef("--progress %q: expected one of %s",
			o.progress, strings.Join(progressNames, ", "))
	case o.depth < 0:
		return cli.Usagef("--depth %d: expected a number from 0 on; 0 is no limit", o.depth)
	case o.workers < 0:
		return cli.Usagef("--workers %d: expected a number from 0 on; 0 is one for each processor",
			o.workers)
	case o.maxStates < 1:
		return cli.Usagef("--max-states %d: expected a number from 1 on", o.maxStates)
	case o.resume && o.checkpoint == "":
		return cli.Usagef("--resume needs --checkpoint FILE: where to go on from")
	case o.checkpoint != "" && o.exact:
		return cli.Usagef("--checkpoint keeps fingerprints only, so it excludes --exact")
	case o.exact && o.shard != "":
		return cli.Usagef("--shard keeps fingerprints only, so it excludes --exact")
	case o.shard != "" && o.out == "":
		return cli.Usagef("--shard needs --out FILE: the result is for khp explore merge")
	}
	return nil
}

// parseShard reads I/N.
func parseShard(s string) (explore.Shard, error) {
	i, n, ok := strings.Cut(s, "/")
	index, err1 := strconv.Atoi(i)
	count, err2 := strconv.Atoi(n)
	if !ok || err1 != nil || err2 != nil || count < 1 || index < 0 || index >= count {
		return explore.Shard{}, cli.Usagef("--shard %q: expected I/N with I from 0 to N-1, as in 0/4", s)
	}
	return explore.Shard{Index: index, Count: count}, nil
}

// title names a configuration to people.
func title(c model.Configuration) string { return fmt.Sprintf("%s/%s", c.Model, c.Name) }
