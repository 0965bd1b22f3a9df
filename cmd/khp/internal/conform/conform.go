// Package conform is khp conform: it tries a KHP server or client of any kind with the cases of
// package sim/conform, and reports the results.
package conform

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/internal/conform"
	"example.com/khp/internal/terminal"
	"github.com/spf13/cobra"
)

// options are the flags that all roles have.
type options struct {
	profile  string
	runs     []string
	expect   string
	name     string
	json     string
	junit    string
	html     string
	with     []string
	list     bool
	verbose  bool
	slow     bool
	patience cli.Duration
}

const long = `Conform tries KHP implementations, in any language, from outside: a server by
being its client, a client by being its server. Each case has an id such as
khp/ext/401/replay, the requirements it stands for, and a level: MUST, SHOULD,
MAY.

What comes out of a case is a grade:
  pass     as required
  info     one of several right ways; the report says which
  lenient  not as it should be, but nothing that a careful peer stumbles over
  skip     could not be tried, for the reason given
  xfail    a failure that --expect lists
  fail     a requirement is missed
  error    the case did not come to its end, so nothing is known
What happens until the connection closes, and how it closes, are judged apart.
That nothing comes is only said after a Ping and the whole of --patience.

docs/conform.md takes you through it in five minutes.

Exit codes: 0 no case failed; 1 a case failed, the target speaks no KHP, or
something else listens at --listen; 2 wrong usage; 3 the target cannot be
reached, or no client came.`

// Command is khp conform.
func Command(c *cli.Env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "conform",
		Short: "Test any KHP server or client for conformance",
		Long:  long,
		Example: `  khp conform server ws://127.0.0.1:8080/
  khp conform server ws://gw.example/echo --profile kaazing --junit conform.xml
  khp conform client --listen 127.0.0.1:9001
  khp conform self`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return cli.Usagef("khp conform has no role %q; expected server URL, client, self, "+
				"report or diff", args[0])
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(serverCommand(c), clientCommand(c), selfCommand(c),
		reportCommand(c), diffCommand(c))
	return cmd
}

// addFlags adds the flags that all roles have.
func (o *options) addFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.profile, "profile", o.profile,
		"what is spoken, `spec|kaazing`: the text, or as deployed gateways and clients do")
	f.StringArrayVar(&o.runs, "run", nil,
		"only cases whose id matches `GLOB`, as in 'khp/ext/*'; repeat it for more")
	f.StringVar(&o.expect, "expect", "",
		"list of known failures: `FILE` with an id and a reason on each line")
	f.BoolVar(&o.list, "list", false, "list the cases, and run none")
	f.BoolVarP(&o.verbose, "verbose", "v", false,
		"show the cases that pass, too, with all that was sent")
	f.BoolVar(&o.slow, "slow", false,
		"run the cases that wait for a deadline of the peer, too: minutes")
	f.Var(&o.patience, "patience",
		"how much `TIME` the peer has for one step, as in 30s (default 10s)")
	o.addReportFlags(cmd)
	cli.Complete(cmd, "profile", "spec", "kaazing")
}

// addReportFlags adds those about reports.
func (o *options) addReportFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.name, "name", "", "what to call the implementation in reports, `NAME`")
	f.StringVar(&o.json, "json", "",
		"write the report as JSON to `FILE`; - is the standard output, which then has nothing else")
	f.StringVar(&o.junit, "junit", "", "write the report to `FILE` as JUnit does")
	f.StringVar(&o.html, "html", "",
		"write the report to `FILE` as a page, with drawings and bytes of each case")
	f.StringArrayVar(&o.with, "with", nil,
		"put the JSON report in `FILE` beside, for --html and --junit; repeat it for more")
}

// check refuses values that mean nothing.
func (o *options) check() error {
	if o.profile != "" && o.profile != "spec" && o.profile != "kaazing" {
		return cli.Usagef("--profile %s: expected spec or kaazing", o.profile)
	}
	if len(o.with) > 0 && o.html == "" && o.junit == "" {
		return cli.Usagef("--with needs --html or --junit, which it adds to")
	}
	for _, name := range []string{o.json, o.junit, o.html} {
		if name == "-" && name != o.json {
			return cli.Usagef("only --json takes - for the standard output")
		}
	}
	return nil
}

// selected are the cases for a role that --run chooses.
func (o *options) selected(server bool, profile string) ([]conform.Selected, error) {
	list, err := conform.Select(conform.Filter{Server: server, Profile: profile, Patterns: o.runs})
	if err != nil {
		return nil, cli.Failf(cli.ExitFailed, "%s", err)
	}
	return list, nil
}

// chosen are the selected cases, of which there must be one.
func (o *options) chosen(server bool, profile string) ([]conform.Selected, error) {
	list, err := o.selected(server, profile)
	if err == nil && len(list) == 0 {
		hint := "--list shows them"
		other := map[string]string{"spec": "kaazing", "kaazing": "spec"}[profile]
		if elsewhere, err := o.selected(server, other); err == nil && len(elsewhere) > 0 {
			hint = "try --profile " + other
		}
		err = cli.Usagef("--run %s matches no case for a %s in the %s profile; %s",
			strings.Join(o.runs, " --run "), role(server), profile, hint)
	}
	return list, err
}

func role(server bool) string {
	if server {
		return "server"
	}
	return "client"
}

// expected reads --expect.
func (o *options) expected() (*conform.Expected, error) {
	if o.expect == "" {
		return nil, nil
	}
	source, err := os.ReadFile(o.expect)
	if err != nil {
		return nil, cli.Usagef("--expect %s: %s; choose a file that can be read", o.expect,
			cli.Cause(err))
	}
	ids, err := conform.IDs()
	if err != nil {
		return nil, cli.Failf(cli.ExitFailed, "%s", err)
	}
	e, err := conform.ReadExpected(string(source), ids)
	if err != nil {
		return nil, cli.Usagef("--expect %s: %s", o.expect, err)
	}
	return e, nil
}

// trial runs the cases of one profile in a role.
type trial func(
	ctx context.Context, list []conform.Selected, o conform.Options,
) (*conform.Run, error)

// part is one run of the cases for a role in a profile.
type part struct {
	server  bool
	profile string
	run     trial
	command string // that runs the same again, without --run
}

// run runs the parts one after the other, and reports.
func (o *options) run(c *cli.Env, parts ...part) error {
	if err := o.check(); err != nil {
		return err
	}
	if o.list {
		return o.printList(c, parts)
	}
	expected, err := o.expected()
	if err != nil {
		return err
	}
	files, err := o.open(c)
	if err != nil {
		return err
	}
	ctx, stop := c.Interruptible()
	defer stop()
	d := &conform.Document{Schema: conform.Schema, Khp: cli.Version()}
	t := newTree(c, o)
	for _, p := range parts {
		list, err := o.chosen(p.server, p.profile)
		if err != nil {
			if len(parts) > 1 && len(o.runs) > 0 {
				continue
			}
			return err
		}
		bar := newBar(c.Stderr, len(list))
		run, err := p.run(ctx, list, conform.Options{Name: o.name, Patience: time.Duration(o.patience),
			Slow: o.slow, Command: p.command, Expected: expected, Tell: bar.tell})
		bar.close()
		if err != nil {
			return cli.Failf(cli.ExitFailed, "%s", err)
		}
		run.Profile = p.profile
		if run.Down != "" && len(run.Cases) == 0 {
			return cli.Failf(cli.ExitUnreachable, "%s", run.Down)
		}
		d.Runs = append(d.Runs, run)
		if err := t.print(run); err != nil {
			return err
		}
	}
	interrupted := ctx.Err() != nil
	if len(d.Runs) == 0 {
		return cli.Usagef("--run %s matches no case; --list shows them", strings.Join(o.runs, " --run "))
	}
	if err := files.write(d); err != nil {
		return err
	}
	if interrupted {
		return cli.Failf(cli.ExitFailed, "interrupted; the cases that were not run are skipped")
	}
	return outcome(d.Runs)
}

// outcome is the error that says how it went.
func outcome(runs []*conform.Run) error {
	for _, r := range runs {
		if r.Down != "" {
			return cli.Failf(cli.ExitUnreachable, "%s", r.Down)
		}
	}
	if slices.ContainsFunc(runs, (*conform.Run).Failed) {
		return cli.Failf(cli.ExitFailed, "")
	}
	return nil
}

// printList lists the cases.
func (o *options) printList(c *cli.Env, parts []part) error {
	on := terminal.NewPalette(c.Stdout)
	count := 0
	for _, p := range parts {
		list, err := o.selected(p.server, p.profile)
		if err != nil {
			return err
		}
		count += len(list)
		for _, s := range list {
			_, err := io.WriteString(c.Stdout,
				terminal.Fold(fmt.Sprintf("%-46s  %-6s  %s\n", s.Name, s.Level, on.Note(s.Title))))
			if err != nil {
				return cli.Unprinted(err)
			}
		}
	}
	if count == 0 {
		return cli.Usagef("--run %s matches no case", strings.Join(o.runs, " --run "))
	}
	return nil
}
