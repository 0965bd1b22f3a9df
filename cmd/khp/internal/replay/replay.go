// Package replay is khp replay: it checks recorded sessions against the state machines.
package replay

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/internal/sequence"
	"example.com/khp/internal/terminal"
	"example.com/khp/sim/capture"
	"example.com/khp/sim/replay"
	"github.com/spf13/cobra"
)

// options are the flags of khp replay.
type options struct {
	json bool
	draw string
	conn uint64
	one  bool // conn was given
	all  bool
}

// drawings are the values of --draw.
var drawings = map[string]func(io.Writer, []sequence.Step, terminal.Palette) error{
	"text": sequence.Text,
	"mermaid": func(w io.Writer, steps []sequence.Step, _ terminal.Palette) error {
		return sequence.Mermaid(w, steps)
	},
}

// Command is khp replay.
func Command(c *cli.Env) *cobra.Command {
	var o options
	cmd := &cobra.Command{
		Use:   "replay FILE",
		Short: "Check recorded sessions against the state machines",
		Long: `Replay reads a trace, as --trace writes it, or a packet capture (pcap, pcapng)
of KHP without TLS, either of them packed with gzip if you like, and says of
each connection whether it is a path of the machines: whether the client sent
only what a KHP client can send, and the server what a KHP server can. If not,
it names the first wrong step, whose it is, the requirement it breaks, and what
would have been right there.

A session that cannot be judged to its end is incomplete, and the line says why;
packets that could not be read are counted below. Neither is an error: look at
the totals, or at --json, where a session has to be right.

FILE - is the standard input. The exit code is 0 if no connection is wrong, 1 if
one is, 2 if the file, or no packet of it, can be read.`,
		Example: `  khp dial ws://127.0.0.1:8080/ --send hi --trace t.ndjson; khp replay t.ndjson
  tcpdump -i any -s 0 -w k.pcap tcp port 8001      record a server of others
  khp replay k.pcap --draw text
  khp replay k.pcap --conn 3 --draw mermaid > session.mmd`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return cli.Usagef("khp replay takes one file, got %s; as in khp replay trace.ndjson",
					cli.Plural(len(args), "argument"))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.one = cmd.Flags().Changed("conn")
			return check(c, args[0], &o)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.json, "json", false, "print one JSON object per connection, and one with the totals")
	f.StringVar(&o.draw, "draw", "", "draw each session: `text|mermaid`")
	f.Uint64Var(&o.conn, "conn", 0, "look at connection `N` only")
	f.BoolVar(&o.all, "all", false, "list connections that are not KHP as well")
	cli.Complete(cmd, "draw", "text", "mermaid")
	return cmd
}

// check checks a file.
func check(c *cli.Env, name string, o *options) error {
	if _, ok := drawings[o.draw]; !ok && o.draw != "" {
		return cli.Usagef("--draw: there is no drawing %q; expected text or mermaid", o.draw)
	}
	if o.one && o.conn == 0 {
		return cli.Usagef("--conn 0: connections count from 1")
	}
	if o.json && o.draw != "" {
		return cli.Usagef("--json and --draw exclude each other")
	}
	var in = c.Stdin
	if name != "-" {
		if info, err := os.Stat(name); err == nil && info.IsDir() {
			return cli.Usagef("%s: is a directory; name a trace or a capture", name)
		}
		f, err := os.Open(name)
		if err != nil {
			return cli.Usagef("%s: %s; name a trace or a capture", name, cli.Cause(err))
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	r := &report{w: c.Stdout, options: o, on: terminal.NewPalette(c.Stdout)}
	err := readSessions(in, r)
	if r.err != nil {
		return cli.Failf(cli.ExitFailed, "cannot write the report: %s", cli.Cause(r.err))
	}
	if err != nil && r.totals.Connections == 0 && !o.json {
		return cli.Usagef("%s: %s", name, fault(err))
	}
	if err != nil && !errors.As(err, new(errNoTCP)) {
		r.note("the file cannot be read to its end: " + fault(err))
	}
	r.end()
	switch {
	case r.err != nil:
		return cli.Failf(cli.ExitFailed, "cannot write the report: %s", cli.Cause(r.err))
	case o.conn > 0 && r.totals.Connections == 0:
		return cli.Usagef("%s has no connection %d", name, o.conn)
	case err != nil:
		return cli.Usagef("%s: %s", name, fault(err))
	case r.totals.Wrong > 0:
		return cli.Failf(cli.ExitFailed, "")
	}
	return nil
}

// fault says what is wrong with a file, without the name of the package that found out.
func fault(err error) string {
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		return cli.Cause(err).Error()
	}
	text := strings.TrimPrefix(strings.TrimPrefix(err.Error(), "trace: "), "capture: ")
	return strings.ReplaceAll(text, io.ErrUnexpectedEOF.Error(), "it ends too early")
}

// errNoTCP says that there is no TCP in any packet of a capture.
type errNoTCP struct{ capture.Summary }

func (e errNoTCP) Error() string {
	if len(e.Unread) == 1 {
		for what := range e.Unread {
			return "none of its " + cli.Plural(e.Packets, "packet") +
				" has TCP that can be read: all are " + what
		}
	}
	return "none of its " + cli.Plural(e.Packets, "packet") + " has TCP that can be read"
}

// readSessions recognizes the kind of the file in, and hands its connections to r.
func readSessions(in io.Reader, r *report) error {
	b := bufio.NewReader(in)
	magic, _ := b.Peek(capture.MagicLen)
	switch {
	case strings.HasPrefix(string(magic), "\x1f\x8b"):
		z, err := gzip.NewReader(b)
		if err != nil {
			return err
		}
		packed := bufio.NewReader(z)
		if again, _ := packed.Peek(2); string(again) == "\x1f\x8b" {
			return errors.New("packed with gzip twice; unpack it once")
		}
		return readSessions(packed, r)
	case capture.Is(magic):
		sum, err := capture.Read(b, r.session)
		r.captured(sum)
		if err == nil && sum.Packets > 0 && sum.Other == sum.Packets {
			err = fmt.Errorf("%w; capture TCP on an interface of Ethernet, Linux cooked, loopback, "+
				"raw IP, VXLAN or GRE, as in tcpdump -i any -s 0 -w k.pcap tcp", errNoTCP{sum})
		}
		return err
	}
	if strings.HasPrefix(string(magic), `{"st`) {
		return errors.New("these are the steps of a violation, as khp explore --counterexample writes " +
			"them: events of a model, without bytes to judge; give a trace or a capture")
	}
	note, err := replay.ReadTrace(b, r.session)
	if err != nil && !strings.HasPrefix(string(magic), `{"kh`) {
		err = fmt.Errorf("%w, and this is no capture (pcap, pcapng) either", err)
	}
	if note != "" {
		r.note(note)
	}
	return err
}
