// Package graph is khp graph: it draws the state machines.
package graph

import (
	"bytes"
	"io"
	"os"
	"strings"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/sim/export"
	"example.com/khp/sim/formal"
	"example.com/khp/sim/prove"
	"github.com/spf13/cobra"
)

// format is a way to write a machine down.
type format struct {
	name  string
	write func(io.Writer, export.Machine) error
	model bool // for a model checker: it needs both sides
}

// formats in the order in which they are named to the user; the first is the default.
var formats = []format{
	{"mermaid", export.Mermaid, false},
	{"dot", export.DOT, false},
	{"svg", export.SVG, false},
	{"promela", formal.Promela, true},
	{"tla", formal.TLA, true},
	{"smtlib", smtlib, false},
	{"tla-config", func(w io.Writer, _ export.Machine) error { return formal.TLAConfig(w) }, true},
}

// smtlib writes the machine of one side.
func smtlib(w io.Writer, m export.Machine) error {
	if m == export.Server {
		return prove.Server().SMTLIB(w)
	}
	return prove.Client().SMTLIB(w)
}

// Command is khp graph.
func Command(c *cli.Env) *cobra.Command {
	format, output := "", ""
	cmd := &cobra.Command{
		Use:   "graph client|server|pair",
		Short: "Draw the state machines",
		Long: `Graph draws the client, the server, or both and the messages between them, from
the tables that they run by. Whatever fails goes through one node, and every
phase says how many of its edges do.

The formats promela and tla write the pair as a model for the checkers Spin and
TLC, with hosts, a network and properties; tla-config is what TLC needs besides.
The format smtlib writes one side with its surroundings as terms for SMT solvers
such as z3: what begins, what a step does, and what breaks each property.`,
		Example: `  khp graph client --format svg --output client.svg
  khp graph server --format dot | dot -Tpdf > server.pdf
  khp graph pair
  khp graph pair --format promela --output pair.pml && spin -a pair.pml
  khp graph client --format smtlib --output client.smt2`,
		ValidArgs: export.Machines(),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return cli.Usagef("khp graph takes one of %s, got %s; as in khp graph client",
					strings.Join(export.Machines(), ", "), cli.Plural(len(args), "argument"))
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			m, ok := export.ParseMachine(args[0])
			if !ok {
				return cli.Usagef("there is no machine %q to draw; expected one of %s",
					args[0], strings.Join(export.Machines(), ", "))
			}
			return graph(c, m, format, output)
		},
	}
	cmd.Flags().StringVar(&format, "format", formats[0].name, "`FORMAT` of the drawing or model: "+
		strings.Join(formatNames(), ", "))
	cmd.Flags().StringVar(&output, "output", "",
		"write to `FILE`; - is the standard output, as without it")
	cli.Complete(cmd, "format", formatNames()...)
	return cmd
}

func formatNames() []string {
	var names []string
	for _, f := range formats {
		names = append(names, f.name)
	}
	return names
}

// graph draws m. The picture is complete before a file is touched.
func graph(c *cli.Env, m export.Machine, format, output string) error {
	for _, f := range formats {
		if f.name != format {
			continue
		}
		if f.name == "svg" && m == export.Pair {
			return cli.Usagef("svg draws one side, both at once are too wide to read; " +
				"as in khp graph client --format svg, or khp graph pair --format mermaid")
		}
		if f.name == "smtlib" && m == export.Pair {
			return cli.Usagef("smtlib writes one side and its surroundings; " +
				"as in khp graph client --format smtlib, or khp graph pair --format promela")
		}
		if f.model && m != export.Pair {
			return cli.Usagef("a model needs both sides to talk to each other; "+
				"as in khp graph pair --format %s", format)
		}
		if output == "-" {
			output = ""
		}
		if err := cli.Writable([2]string{"output", output}); err != nil {
			return err
		}
		var b bytes.Buffer
		if err := f.write(&b, m); err != nil {
			return err
		}
		if output == "" {
			_, err := c.Stdout.Write(b.Bytes())
			return err
		}
		if err := os.WriteFile(output, b.Bytes(), 0o644); err != nil {
			return cli.Unwritable("output", output, err)
		}
		return nil
	}
	return cli.Usagef("there is no format %q; expected one of %s",
		format, strings.Join(formatNames(), ", "))
}
