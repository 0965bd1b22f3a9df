package conform

import (
	"bytes"
	"io"
	"os"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/internal/conform"
	"github.com/spf13/cobra"
)

// files are the reports to write, with the earlier ones to add.
type files struct {
	c    *cli.Env
	o    *options
	with []*conform.Run
}

// open reads the reports of --with, and finds out early whether the others can be written.
func (o *options) open(c *cli.Env) (*files, error) {
	f := &files{c: c, o: o}
	for _, name := range o.with {
		d, err := readReport(name)
		if err != nil {
			return nil, err
		}
		f.with = append(f.with, d.Runs...)
	}
	reports := [][2]string{{"junit", o.junit}, {"html", o.html}}
	if o.json != "-" {
		reports = append(reports, [2]string{"json", o.json})
	}
	return f, cli.Writable(reports...)
}

func readReport(name string) (*conform.Document, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, cli.Usagef("cannot read %s: %s; give a report that khp conform --json wrote", name,
			cli.Cause(err))
	}
	d, err := conform.Read(b)
	if err != nil {
		return nil, cli.Usagef("%s: %s", name, err)
	}
	return d, nil
}

// write writes the reports.
func (f *files) write(d *conform.Document) error {
	if f.o.json == "-" {
		if err := cli.WriteJSONDocument(f.c.Stdout, d); err != nil {
			return cli.Unprinted(err)
		}
	}
	all := &conform.Document{Schema: d.Schema, Khp: d.Khp, Runs: append(f.with, d.Runs...)}
	for _, r := range []struct {
		flag, name string
		write      func(io.Writer) error
	}{
		{"json", f.o.json, func(w io.Writer) error { return cli.WriteJSONDocument(w, d) }},
		{"junit", f.o.junit, func(w io.Writer) error { return writeJUnit(w, all) }},
		{"html", f.o.html, func(w io.Writer) error { return writePage(w, all) }},
	} {
		if r.name == "" || r.name == "-" {
			continue
		}
		var b bytes.Buffer
		err := r.write(&b)
		if err == nil {
			err = os.WriteFile(r.name, b.Bytes(), 0o644)
		}
		if err != nil {
			return cli.Failf(cli.ExitFailed, "cannot write --%s %s: %s", r.flag, r.name, cli.Cause(err))
		}
	}
	return nil
}

// reportCommand is khp conform report.
func reportCommand(c *cli.Env) *cobra.Command {
	o := &options{}
	cmd := &cobra.Command{
		Use:   "report FILE...",
		Short: "Put JSON reports together",
		Long: `Report reads reports that --json wrote, of several implementations, and prints
them, or writes one page of them with --html.`,
		Example: "  khp conform report ours.json theirs.json --html matrix.html",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cli.Usagef("khp conform report takes at least one FILE, as --json writes it")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			d := &conform.Document{Schema: conform.Schema, Khp: cli.Version()}
			if err := o.check(); err != nil {
				return err
			}
			for _, name := range args {
				more, err := readReport(name)
				if err != nil {
					return err
				}
				d.Runs = append(d.Runs, more.Runs...)
			}
			f, err := o.open(c)
			if err != nil {
				return err
			}
			t := newTree(c, o)
			for _, r := range d.Runs {
				if err := t.print(r); err != nil {
					return err
				}
			}
			if err := f.write(d); err != nil {
				return err
			}
			return outcome(d.Runs)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.json, "json", "", "write them as one JSON document to `FILE`; "+
		"- is the standard output, which then has nothing else")
	f.StringVar(&o.junit, "junit", "", "write them to `FILE` as JUnit does")
	f.StringVar(&o.html, "html", "",
		"write them to `FILE` as a page: a matrix, with drawings and bytes of each case")
	f.BoolVarP(&o.verbose, "verbose", "v", false,
		"show the cases that pass, too, with all that was sent")
	return cmd
}
