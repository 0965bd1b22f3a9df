// Package sim is khp sim: it runs scenarios on a virtual network.
package sim

import (
	"crypto/rand"
	"encoding/binary"

	"example.com/khp/cmd/khp/internal/cli"
	"github.com/spf13/cobra"
)

// options are the flags of khp sim.
type options struct {
	update  bool
	asJSON  bool
	verbose bool
	random  int
	seed    uint64
	seeded  bool // --seed was given
}

// Command is khp sim.
func Command(c *cli.Env) *cobra.Command {
	o := options{}
	cmd := &cobra.Command{
		Use:   "sim FILE|DIR...",
		Short: "Run scenarios on a virtual network",
		Long: `Sim runs scenarios: files that say which clients, servers and adversaries there
are and what happens to them, and what is expected to come out, line by line.
All of it runs on a virtual network with a virtual clock: real bytes, no
sockets, and an hour-long timeout takes no time. Of a directory all files that
end in .txt are run. docs/scenarios.md explains the language.

With --random it draws scenarios at random and checks the invariants of the
protocol in each. The seed that it prints repeats them exactly; one that breaks
an invariant is made as small as possible and printed, ready to be run as a
file.`,
		Example: `  khp sim sim/script/testdata      run what is there
  khp sim -v loop.txt              with the phases and timers of every machine
  khp sim --update loop.txt        write down what comes out
  khp sim --random 10000           look for a broken invariant`,
		Args: func(cmd *cobra.Command, args []string) error {
			switch {
			case o.random < 0, o.random == 0 && cmd.Flags().Changed("random"):
				return cli.Usagef("--random takes a number from 1 on, got %d", o.random)
			case o.random > 0 && (len(args) > 0 || o.update):
				return cli.Usagef("--random makes its own scenarios; leave the files and --update out")
			case o.random == 0 && len(args) == 0:
				return cli.Usagef("khp sim takes at least one FILE or DIR, " +
					"as in khp sim loop.txt, or --random N")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.seeded = cmd.Flags().Changed("seed")
			if o.random > 0 {
				return runRandom(c, o)
			}
			return runFiles(c, o, args)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.update, "update", false, "write what comes out into the files")
	f.BoolVar(&o.asJSON, "json", false, "print JSON")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "print what happens, with phases and timers")
	f.IntVar(&o.random, "random", 0, "run `N` random schedules instead of files")
	f.Uint64Var(&o.seed, "seed", 0,
		"`SEED` of the first schedule, and of nonces and masks (for --random: drawn)")
	return cmd
}

// drawnSeed is a seed that fits on a command line.
func drawnSeed() uint64 {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails
	return uint64(binary.BigEndian.Uint32(b[:]))
}
