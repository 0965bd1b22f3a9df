package conform

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/internal/conform"
	"example.com/khp/internal/terminal"
	"example.com/khp/internal/visible"
	"example.com/khp/sim/verdict"
)

// tree prints runs by section.
type tree struct {
	w       io.Writer
	on      terminal.Palette
	verbose bool
	quiet   bool
}

func newTree(c *cli.Env, o *options) *tree {
	return &tree{w: c.Stdout, on: terminal.NewPalette(c.Stdout), verbose: o.verbose,
		quiet: o.json == "-"}
}

// print prints one run.
func (t *tree) print(r *conform.Run) error {
	if t.quiet {
		return nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", t.on.Title(heading(r)))
	if r.Unfit != "" {
		fmt.Fprintf(&b, "  %s %s; no case was run\n\n", t.mark(verdict.Fail), t.on.Bad(r.Unfit))
	} else {
		t.sections(&b, r)
		t.summary(&b, r)
	}
	if _, err := io.WriteString(t.w, terminal.Fold(b.String())); err != nil {
		return cli.Unprinted(err)
	}
	return nil
}

func heading(r *conform.Run) string {
	s := fmt.Sprintf("%s %s, profile %s", r.Role, r.Name, r.Profile)
	if r.Target != "" && r.Target != r.Name {
		s += " at " + r.Target
	}
	return s
}

// sections prints the cases that have something to say below their sections.
func (t *tree) sections(b *strings.Builder, r *conform.Run) {
	var names []string
	cases := map[string][]*conform.Outcome{}
	for i := range r.Cases {
		name := r.Cases[i].Section()
		if cases[name] == nil {
			names = append(names, name)
		}
		cases[name] = append(cases[name], &r.Cases[i])
	}
	slices.Sort(names)
	for _, name := range names {
		t.section(b, name, cases[name])
	}
}

func (t *tree) section(b *strings.Builder, name string, cases []*conform.Outcome) {
	passed, mark := 0, verdict.Pass
	for _, c := range cases {
		if mark = verdict.Worse(mark, c.Grade); c.Grade == verdict.Pass {
			passed++
		}
	}
	fmt.Fprintf(b, "  %s %s %s\n", t.mark(mark), name,
		t.on.Note(fmt.Sprintf("%d of %d", passed, len(cases))))
	skips := map[string]int{}
	for _, c := range cases {
		switch {
		case c.Grade == verdict.Pass && !t.verbose:
		case c.Grade == verdict.Skip && !t.verbose:
			skips[c.Why]++
		default:
			t.outcome(b, c)
		}
	}
	for _, why := range slices.Sorted(maps.Keys(skips)) {
		fmt.Fprintf(b, "      %s %s: %s\n",
			t.mark(verdict.Skip), cli.Plural(skips[why], "case"), t.on.Note(why))
	}
}

// outcome prints one case.
func (t *tree) outcome(b *strings.Builder, c *conform.Outcome) {
	name := visible.Line(strings.TrimPrefix(c.ID, c.Section()+"/"))
	fmt.Fprintf(b, "      %s %s  %s", t.mark(c.Grade), name,
		t.on.Note(strings.TrimSpace(c.Level+" "+strings.Join(c.Requirements, " "))))
	if c.Why != "" {
		fmt.Fprintf(b, "  %s: %s", c.Grade, visible.Line(c.Why))
	}
	b.WriteByte('\n')
	failed := c.Grade.Failed()
	if failed && c.Title != "" {
		for _, line := range terminal.Wrap(visible.Line(c.Title), terminal.Columns-10) {
			fmt.Fprintf(b, "          %s\n", line)
		}
	}
	for _, r := range []*verdict.Ruling{c.Behaviour, c.Closing} {
		if r == nil || r.Grade == verdict.Pass || r.Want == "" || !failed && !t.verbose {
			continue
		}
		part := ""
		if r == c.Closing {
			part = ", of the closing"
		}
		fmt.Fprintf(b, "          want  %s%s\n          got   %s\n",
			t.on.Good(r.Want), part, t.on.Bad(r.Got))
	}
	if failed || t.verbose {
		for _, s := range c.Wire {
			fmt.Fprintf(b, "          %s\n", t.sent(&s))
		}
		if c.Rerun != "" {
			again := terminal.Wrap(visible.Line(c.Rerun), terminal.Columns-19)
			// The lines can be pasted into a shell.
			fmt.Fprintf(b, "          again  %s\n", strings.Join(again, " \\\n                 "))
		}
	}
}

// sent is the line of one frame or message.
func (t *tree) sent(s *conform.Sent) string {
	arrow, colour := "──▶", t.on.Sent
	if s.From == "server" {
		arrow, colour = "◀──", t.on.Received
	}
	text := terminal.Clip(s.Text, 160)
	if s.Text == "" {
		text = cli.Plural(s.Bytes, "byte")
	}
	number := ""
	if s.Connection > 1 {
		number = fmt.Sprintf("#%d ", s.Connection)
	}
	return t.on.Note(fmt.Sprintf("%6d ms %s", s.Milliseconds, number)) + colour(arrow+" "+text)
}

// mark is a sign for a grade.
func (t *tree) mark(g verdict.Grade) string {
	switch g {
	case verdict.Pass:
		return t.on.Good("✓")
	case verdict.Fail, verdict.Error:
		return t.on.Bad("✗")
	case verdict.Skip:
		return t.on.Note("-")
	case verdict.Info, verdict.Lenient, verdict.XFail:
	}
	return t.on.Note("!")
}

// summary counts.
func (t *tree) summary(b *strings.Builder, r *conform.Run) {
	var parts []string
	for _, g := range verdict.Grades {
		if n := r.Grades[g]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, g))
		}
	}
	fmt.Fprintf(b, "  %s: %s\n", cli.Plural(len(r.Cases), "case"), strings.Join(parts, ", "))
	if e := r.Edges; e != nil && e.Observable > 0 {
		fmt.Fprintf(b, "  %d of %d observable edges of the %s's machine walked (%d%%); it has %d\n",
			e.Walked, e.Observable, r.Role, 100*e.Walked/e.Observable, e.All)
	}
	for _, id := range r.Unexpected {
		fmt.Fprintf(b, "  %s %s passes, although --expect says that it fails: take it out\n",
			t.mark(verdict.Info), visible.Line(id))
	}
	b.WriteByte('\n')
}
