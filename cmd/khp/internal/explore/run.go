package explore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/sim/explore"
	"example.com/khp/sim/model"
)

// explored is the result of a run, as files keep it.
type explored struct {
	Format  string // exploredFormat
	Key     string // the request; results of different keys do not belong together
	Fault   string
	Depth   int    // that was not exceeded; 0 is no bound
	Seed    uint64 // of the fingerprints
	Exact   bool   // there were none
	Shard   explore.Shard
	Seconds float64
	Results []result
}

// exploredFormat changes whenever the file does.
const exploredFormat = "khp-explored/4"

// result is that of one configuration.
type result struct {
	Model, Name string
	Bounds      model.Bounds
	Seconds     float64
	Report      model.Report
}

// rate is states per second.
func (r result) rate() float64 {
	if r.Seconds == 0 {
		return 0
	}
	return float64(r.Report.States) / r.Seconds
}

// key identifies the exploration, without options that only say how.
func (o *options) key(p plan) string {
	k := fmt.Sprintf("%s fault=%s depth=%d seed=%d exact=%v",
		exploredFormat, o.fault, o.depth, o.seed, o.exact)
	for i, c := range p.configurations {
		k += fmt.Sprintf("; %s %+v", title(c), p.bounds[i])
	}
	return k
}

// run runs khp explore.
func run(c *cli.Env, o options) (err error) {
	p, err := o.plan()
	if err != nil {
		return err
	}
	defer func() {
		if v := recover(); v != nil {
			err = cli.Failf(cli.ExitStopped,
				"a defect of khp: %v; please report it with the command line", v)
		}
	}()
	ctx, stop := c.Interruptible()
	defer stop()
	if err := o.writable(); err != nil {
		return err
	}
	r, err := newRun(ctx, c.Stderr, o, p)
	if err != nil {
		return err
	}
	if err := r.all(); err != nil {
		return err
	}
	return report(c, o, r.done)
}

// exploration is a run in progress.
type exploration struct {
	o       options
	p       plan
	ctx     context.Context
	bar     watcher
	done    explored
	resume  *explore.Snapshot // of the configuration to go on with
	spent   float64           // seconds before that
	written time.Time
	failed  error // to write a checkpoint
}

func newRun(ctx context.Context, stderr io.Writer, o options, p plan) (*exploration, error) {
	r := &exploration{o: o, p: p, ctx: ctx, bar: newWatcher(o.progress, stderr), written: time.Now()}
	r.done = explored{Format: exploredFormat, Key: o.key(p), Fault: o.fault, Depth: o.depth,
		Seed: o.seed, Exact: o.exact, Shard: p.shard}
	if !o.resume {
		return r, nil
	}
	var saved checkpoint
	switch err := readGob(o.checkpoint, &saved); {
	case errors.Is(err, os.ErrNotExist):
		return r, nil
	case err != nil:
		return nil, cli.Failf(cli.ExitStopped,
			"cannot read the checkpoint %s: %s; remove it to start anew", o.checkpoint, cli.Cause(err))
	case saved.Done.Key != r.done.Key || saved.Done.Shard != p.shard:
		return nil, cli.Usagef("the checkpoint %s is of another exploration; give the same flags, "+
			"or remove it to start anew", o.checkpoint)
	}
	r.done, r.resume, r.spent = saved.Done, saved.Current, saved.Spent
	return r, nil
}

// checkpoint is the content of a checkpoint file.
type checkpoint struct {
	Done    explored
	Current *explore.Snapshot
	Spent   float64
}

// all explores one configuration after the other.
func (r *exploration) all() error {
	defer r.bar.close()
	for i := len(r.done.Results); i < len(r.p.configurations); i++ {
		c := r.p.configurations[i]
		if err := r.one(i); err != nil {
			if errors.Is(err, explore.ErrInterrupted) {
				return cli.Failf(cli.ExitStopped, "interrupted in %s%s", title(c), r.goOn())
			}
			return cli.Failf(cli.ExitStopped, "cannot explore %s: %s%s", title(c), err, r.goOn())
		}
	}
	if r.o.checkpoint != "" {
		r.save(checkpoint{Done: r.done})
	}
	return r.trouble()
}

// goOn explains how to resume.
func (r *exploration) goOn() string {
	if r.o.checkpoint == "" || r.failed != nil {
		return ""
	}
	return "; add --resume to go on from " + r.o.checkpoint
}

func (r *exploration) trouble() error {
	if r.failed != nil {
		return cli.Failf(cli.ExitStopped, "cannot write the checkpoint: %s", r.failed)
	}
	return nil
}

// one explores configuration i.
func (r *exploration) one(i int) error {
	c, begin, spent := r.p.configurations[i], time.Now(), r.spent
	seconds := func() float64 { return spent + time.Since(begin).Seconds() }
	o := explore.Options{
		MaxStates: r.o.maxStates, MaxDepth: r.o.depth, Workers: r.o.workers, Exact: r.o.exact,
		Seed: r.o.seed, Shard: r.p.shard,
		Context: r.ctx, Resume: r.resume,
		Progress: func(p explore.Progress) {
			r.bar.tell(stand{i + 1, len(r.p.configurations), title(c), p, seconds()})
		},
	}
	if r.o.checkpoint != "" {
		o.Snapshot = func(s *explore.Snapshot) {
			if s.Last || time.Since(r.written) >= time.Duration(r.o.every) {
				r.save(checkpoint{r.done, s, seconds()})
			}
		}
	}
	r.resume, r.spent = nil, 0
	report, err := c.Explore(r.p.bounds[i], r.p.fault, o)
	if err != nil {
		return err
	}
	if r.o.out == "" {
		report.Records = nil
	}
	r.done.Results = append(r.done.Results, result{c.Model, c.Name, r.p.bounds[i], seconds(), report})
	r.done.Seconds += seconds()
	return nil
}

// save writes a checkpoint. That it cannot does not end the exploration.
func (r *exploration) save(s checkpoint) {
	r.failed = writeGob(r.o.checkpoint, s)
	r.written = time.Now()
}
