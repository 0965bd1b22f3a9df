package explore

import (
	"bufio"
	"compress/gzip"
	"encoding/gob"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/sim/model"
	"github.com/spf13/cobra"
)

// writeGob writes v to a file, all or nothing: a process that is killed meanwhile leaves the
// old file.
func writeGob(name string, v any) error {
	return writeFile(name, func(w io.Writer) error {
		z, _ := gzip.NewWriterLevel(w, gzip.BestSpeed)
		if err := gob.NewEncoder(z).Encode(v); err != nil {
			return err
		}
		return z.Close()
	})
}

// writeFile writes a file under another name and renames it. It writes directly to a device or
// pipe, to the target of a link, and to a file in a folder that takes no new files.
func writeFile(name string, write func(io.Writer) error) error {
	if target, err := filepath.EvalSymlinks(name); err == nil {
		name = target
	}
	info, missing := os.Stat(name)
	if missing == nil && !info.Mode().IsRegular() {
		return overwrite(name, write)
	}
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*")
	if err != nil && missing == nil {
		return overwrite(name, write)
	}
	if err != nil {
		return err
	}
	b := bufio.NewWriter(f)
	if err = write(b); err == nil {
		err = b.Flush()
	}
	if e := f.Chmod(0o644); err == nil {
		err = e
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

func overwrite(name string, write func(io.Writer) error) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}

// mostPacked is how many bytes come out of one of a file; khp explore packs about five into one.
const mostPacked = 100

// readGob reads a file that writeGob has written.
func readGob(name string, v any) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	z, err := gzip.NewReader(bufio.NewReader(f))
	if err != nil {
		return errors.New("it was not written by khp explore")
	}
	most := mostPacked*info.Size() + 16<<20 // a small file cannot make a large result
	if err := gob.NewDecoder(io.LimitReader(z, most)).Decode(v); err != nil {
		return errors.New("it was not written by khp explore of this version, or not to its end")
	}
	return nil
}

// mergeCommand puts shards together.
func mergeCommand(c *cli.Env) *cobra.Command {
	var o options
	cmd := &cobra.Command{
		Use:   "merge FILE...",
		Short: "Put the results of all shards together",
		Long: `Merge reads what khp explore --shard I/N --out FILE wrote for every I from 0 to
N-1 and reports on the whole. Totals are exactly those of one run: a state that
several shards came across counts once.

Exit codes are those of khp explore.`,
		Example: `  khp explore merge shard-*.khp
  khp explore merge --html report.html shard-0.khp shard-1.khp`,
		RunE: func(_ *cobra.Command, args []string) error {
			if err := o.writable(); err != nil {
				return err
			}
			all, err := readShards(args)
			if err != nil {
				return err
			}
			return report(c, o, all)
		},
	}
	addReportFlags(cmd, &o)
	cmd.Flags().StringVar(&o.out, "out", "", "write the result to `FILE`")
	return cmd
}

// readShards reads and merges. All shards must be there, once, and belong together.
func readShards(files []string) (all explored, err error) {
	if len(files) == 0 {
		return all, cli.Usagef("khp explore merge takes the files of all shards; " +
			"as in khp explore merge shard-*.khp")
	}
	var shards []explored
	from := map[int]string{} // the file of each shard
	for i, name := range files {
		var e explored
		if err := readGob(name, &e); err != nil {
			return all, cli.Usagef("cannot read %s: %s; give what khp explore --out wrote", name,
				cli.Cause(err))
		}
		switch {
		case e.Format != exploredFormat, e.Shard.Count <= 0, e.Shard.Index < 0,
			e.Shard.Index >= e.Shard.Count:
			return all, cli.Usagef("%s is not the result of a shard; write it with khp explore --shard "+
				"I/N --out FILE", name)
		case i > 0 && (e.Key != shards[0].Key || e.Shard.Count != shards[0].Shard.Count):
			return all, cli.Usagef("%s and %s are of different explorations; give all shards the same flags",
				files[0], name)
		case from[e.Shard.Index] != "":
			return all, cli.Usagef("%s and %s are both shard %d; give each once",
				from[e.Shard.Index], name, e.Shard.Index)
		}
		from[e.Shard.Index] = name
		shards = append(shards, e)
	}
	if n := shards[0].Shard.Count; n > len(shards) {
		var missing []string
		for k := 0; k < n && len(missing) < 10; k++ {
			if from[k] == "" {
				missing = append(missing, strconv.Itoa(k))
			}
		}
		if n-len(shards) > len(missing) {
			missing = append(missing, "...")
		}
		return all, cli.Usagef("of %d shards these are missing: %s; give the files of all",
			n, strings.Join(missing, " "))
	}
	return mergeShards(shards)
}

// mergeShards merges configuration by configuration.
func mergeShards(shards []explored) (all explored, err error) {
	all = explored{Format: exploredFormat, Key: shards[0].Key, Fault: shards[0].Fault,
		Depth: shards[0].Depth, Seed: shards[0].Seed, Exact: shards[0].Exact}
	for _, s := range shards {
		if len(s.Results) > len(shards[0].Results) {
			return all, cli.Failf(cli.ExitStopped, "shard %d is not complete; run it again",
				shards[0].Shard.Index)
		}
	}
	for i, first := range shards[0].Results {
		var reports []model.Report
		merged := result{Model: first.Model, Name: first.Name, Bounds: first.Bounds}
		for _, s := range shards {
			if i >= len(s.Results) {
				return all, cli.Failf(cli.ExitStopped, "shard %d is not complete; run it again", s.Shard.Index)
			}
			if o := s.Results[i]; o.Model != first.Model || o.Name != first.Name ||
				o.Bounds != first.Bounds {
				return all, cli.Failf(cli.ExitStopped,
					"shard %d has %s/%s where shard %d has %s/%s; run them again with the same flags",
					s.Shard.Index, o.Model, o.Name, shards[0].Shard.Index, first.Model, first.Name)
			}
			reports = append(reports, s.Results[i].Report)
			merged.Seconds += s.Results[i].Seconds
		}
		if merged.Report, err = model.Merge(reports...); err != nil {
			return all, cli.Failf(cli.ExitStopped, "cannot merge: %s",
				strings.TrimPrefix(err.Error(), "explore: "))
		}
		all.Results = append(all.Results, merged)
		all.Seconds += merged.Seconds
	}
	return all, nil
}
