package conform

import (
	"fmt"
	"io"
	"strings"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/internal/conform"
	"example.com/khp/internal/terminal"
	"example.com/khp/sim/verdict"
	"github.com/spf13/cobra"
)

// diffCommand is khp conform diff.
func diffCommand(c *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:   "diff A.json B.json",
		Short: "Compare two reports",
		Long: `Diff compares two reports that --json wrote, and lists the cases that came out
otherwise in the second one. The exit code is 1 if a case fails that did not
before.`,
		Example: "  khp conform diff before.json after.json",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return cli.Usagef("khp conform diff takes two reports, got %s; "+
					"as in khp conform diff before.json after.json", cli.Plural(len(args), "argument"))
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			a, err := readReport(args[0])
			if err != nil {
				return err
			}
			b, err := readReport(args[1])
			if err != nil {
				return err
			}
			return diff(c, a, b)
		},
	}
}

// side is the outcome of a case in a report, by role, profile and id.
func side(d *conform.Document) (index map[string]*conform.Outcome, order []string) {
	index = map[string]*conform.Outcome{}
	for _, r := range d.Runs {
		for i := range r.Cases {
			key := fmt.Sprintf("%s %s %s", r.Role, r.Profile, r.Cases[i].ID)
			if index[key] == nil {
				order = append(order, key)
			}
			index[key] = &r.Cases[i]
		}
	}
	return index, order
}

// diff prints the changes.
func diff(c *cli.Env, a, b *conform.Document) error {
	before, old := side(a)
	after, order := side(b)
	on := terminal.NewPalette(c.Stdout)
	var text strings.Builder
	changed, worse := 0, 0
	for _, key := range order {
		was, is := before[key], after[key]
		from := verdict.Grade("new")
		if was != nil {
			from = was.Grade
		}
		if from == is.Grade {
			continue
		}
		changed++
		colour := on.Note
		switch {
		case is.Grade.Failed() && !from.Failed():
			worse++
			colour = on.Bad
		case from.Failed() && !is.Grade.Failed():
			colour = on.Good
		}
		fmt.Fprintf(&text, "%s  %s", colour(fmt.Sprintf("%-7s -> %-7s", from, is.Grade)), key)
		if is.Why != "" {
			fmt.Fprintf(&text, "  %s", on.Note(is.Why))
		}
		text.WriteByte('\n')
	}
	for _, key := range old {
		if after[key] == nil {
			changed++
			fmt.Fprintf(&text, "%s  %s\n", on.Note(fmt.Sprintf("%-7s -> gone   ", before[key].Grade)), key)
		}
	}
	fmt.Fprintf(&text, "%s of %d changed, %d for the worse\n",
		cli.Plural(changed, "case"), len(order), worse)
	if _, err := io.WriteString(c.Stdout, terminal.Fold(text.String())); err != nil {
		return cli.Unprinted(err)
	}
	if worse > 0 {
		return cli.Failf(cli.ExitFailed, "")
	}
	return nil
}
