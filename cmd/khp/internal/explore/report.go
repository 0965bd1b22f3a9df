package explore

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
	"unicode/utf8"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/internal/terminal"
	"example.com/khp/internal/visible"
	"example.com/khp/sim/explore"
	"example.com/khp/sim/model"
)

// writable finds out early whether all that is wanted can be written.
func (o *options) writable() error {
	return cli.Writable([][2]string{{"out", o.out}, {"html", o.html},
		{"counterexample", o.counterexample}, {"checkpoint", o.checkpoint}}...)
}

// report writes the results of a run, everywhere it is wanted. The exit code says whether something
// is violated.
func report(c *cli.Env, o options, e explored) error {
	if o.out != "" {
		if err := writeGob(o.out, e); err != nil {
			return cli.Failf(cli.ExitStopped, "cannot write --out %s: %s", o.out, cli.Cause(err))
		}
	}
	s := summarise(e)
	if o.html != "" {
		if err := writeFile(o.html, func(w io.Writer) error {
			return writePage(w, e, s,
				time.Now())
		}); err != nil {
			return cli.Failf(cli.ExitStopped, "cannot write --html %s: %s", o.html, cli.Cause(err))
		}
	}
	if o.counterexample != "" && len(s.Violations) > 0 {
		if err := writeFile(o.counterexample, s.Violations[0].ndjson); err != nil {
			return cli.Failf(cli.ExitStopped, "cannot write --counterexample %s: %s", o.counterexample,
				cli.Cause(err))
		}
	}
	write := func(w io.Writer) error { return s.text(w, e) }
	if o.json {
		write = s.json
	}
	if err := write(c.Stdout); err != nil {
		return cli.Failf(cli.ExitStopped, "cannot write to stdout: %s", cli.Cause(err))
	}
	if n := len(s.broken()); n > 0 {
		return cli.Failf(cli.ExitFailed, "%s, the first is of %s in %s%s", cli.Plural(n, "violation"),
			s.Violations[0].ID, s.Violations[0].Configuration, shardNote(e.Shard))
	}
	return nil
}

func shardNote(s explore.Shard) string {
	if s.Count == 0 {
		return ""
	}
	return fmt.Sprintf(" (shard %d of %d)", s.Index, s.Count)
}

// summary is the JSON document. docs/verification.md explains its fields.
type summary struct {
	Schema         string         `json:"schema"`
	Fault          string         `json:"fault,omitempty"`
	Shard          string         `json:"shard,omitempty"`
	Holds          bool           `json:"holds"`
	States         int            `json:"states"`
	Steps          int            `json:"steps"`
	Seconds        float64        `json:"seconds"`
	Configurations []summaryRow   `json:"configurations"`
	Properties     []summaryCheck `json:"properties"`
	Violations     []violation    `json:"violations"`
}

type summaryRow struct {
	Model         string       `json:"model"`
	Name          string       `json:"name"`
	Bounds        model.Bounds `json:"bounds"`
	States        int          `json:"states"`
	Steps         int          `json:"steps"`
	Depth         int          `json:"depth"`
	Seconds       float64      `json:"seconds"`
	Rate          float64      `json:"states_per_second"`
	VisitedBytes  float64      `json:"visited_bytes_per_state"`
	TotalBytes    float64      `json:"total_bytes_per_state"`
	Collision     float64      `json:"collision_probability"`
	ClientEdges   int          `json:"client_edges"`
	ServerEdges   int          `json:"server_edges"`
	HasViolations bool         `json:"violated"`
}

// summaryCheck is a property and in how many configurations it was checked and held.
type summaryCheck struct {
	explore.Checked
	Configurations int `json:"configurations"`
	Violated       int `json:"violated_in"`
}

// summarise adds up the results.
func summarise(e explored) summary {
	s := summary{Schema: "khp-explore/1", Fault: e.Fault, Holds: true, Seconds: e.Seconds,
		Properties: []summaryCheck{}, Violations: []violation{}}
	if e.Shard.Count > 0 {
		s.Shard = fmt.Sprintf("%d/%d", e.Shard.Index, e.Shard.Count)
	}
	for _, r := range e.Results {
		n := float64(max(1, r.Report.States))
		s.States, s.Steps = s.States+r.Report.States, s.Steps+r.Report.Steps
		s.Configurations = append(s.Configurations, summaryRow{
			Model: r.Model, Name: r.Name, Bounds: r.Bounds, States: r.Report.States, Steps: r.Report.Steps,
			Depth: r.Report.Depth, Seconds: r.Seconds, Rate: r.rate(),
			VisitedBytes: float64(r.Report.Visited) / n, TotalBytes: float64(r.Report.Visited+r.Report.Paths+
				r.Report.Frontier+r.Report.Liveness) / n, Collision: r.Report.Collision(),
			ClientEdges: taken(model.Edges(r.Report)[0]), ServerEdges: taken(model.Edges(r.Report)[1]),
			HasViolations: len(r.Report.Violations) > 0,
		})
		for _, p := range r.Report.Properties {
			s.check(p)
		}
		for _, v := range r.Report.Violations {
			s.Violations, s.Holds = append(s.Violations, newViolation(r.Model+"/"+r.Name, v)), false
		}
	}
	slices.SortStableFunc(s.Violations,
		func(a, b violation) int { return cmp.Compare(a.length(), b.length()) })
	slices.SortStableFunc(s.Properties, func(a, b summaryCheck) int { return cmp.Compare(a.ID, b.ID) })
	return s
}

// check adds the result of one configuration for a property.
func (s *summary) check(p explore.Checked) {
	for i := range s.Properties {
		if q := &s.Properties[i]; q.ID == p.ID && q.Kind == p.Kind && q.Text == p.Text {
			q.Held, q.Undecided = q.Held && p.Held, q.Undecided && p.Undecided
			q.count(p)
			return
		}
	}
	s.Properties = append(s.Properties, summaryCheck{Checked: p})
	s.Properties[len(s.Properties)-1].count(p)
}

func (q *summaryCheck) count(p explore.Checked) {
	q.Configurations++
	if !p.Held {
		q.Violated++
	}
}

// word says how a property fared.
func (q summaryCheck) word() string {
	switch {
	case !q.Held:
		return fmt.Sprintf("VIOLATED in %d of %d", q.Violated, q.Configurations)
	case q.Undecided:
		return "undecided within the bound"
	}
	return fmt.Sprintf("holds in %d", q.Configurations)
}

func taken(edges []int) (n int) {
	for _, e := range edges {
		if e > 0 {
			n++
		}
	}
	return n
}

func (s summary) json(w io.Writer) error {
	e := json.NewEncoder(visible.JSONWriter(w))
	e.SetIndent("", "  ")
	return e.Encode(s)
}

// text writes tables, a transcript for each property that is violated, and the verdict.
func (s summary) text(w io.Writer, e explored) error {
	var b strings.Builder
	s.table(&b)
	b.WriteString("\n")
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, p := range s.Properties {
		_, _ = fmt.Fprintf(t, "%s\t%s\t%s: %s\n", p.ID, p.word(), p.Kind, p.Text)
	}
	_ = t.Flush()
	if _, err := io.WriteString(w, terminal.Fold(visible.Text(b.String()))); err != nil {
		return err
	}
	on := terminal.NewPalette(w)
	for _, b := range s.broken() {
		if err := b.shortest.text(w, on); err != nil {
			return err
		}
		if len(b.also) > 0 {
			if err := writeWrapped(w, "the same in "+strings.Join(b.also, ", ")); err != nil {
				return err
			}
		}
	}
	if _, err := io.WriteString(w, "\n"); err != nil {
		return err
	}
	return writeWrapped(w, s.verdict(e))
}

// table writes the numbers of each configuration, below its name where they have no room beside it.
func (s summary) table(b *strings.Builder) {
	var numbers strings.Builder
	t := tabwriter.NewWriter(&numbers, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(t, "states\tsteps\tdepth\tseconds\tstates/s\tbytes/state\tcollision\t")
	names := []string{"configuration"}
	for _, r := range s.Configurations {
		names = append(names, r.Model+"/"+r.Name)
		_, _ = fmt.Fprintf(t, "%d\t%d\t%d\t%.2f\t%.0f\t%.1f\t%.0e\t\n",
			r.States, r.Steps, r.Depth, r.Seconds, r.Rate, r.VisitedBytes, r.Collision)
	}
	names = append(names, "all")
	_, _ = fmt.Fprintf(t, "%d\t%d\t\t%.2f\t\t\t\t\n", s.States, s.Steps, s.Seconds)
	_ = t.Flush()
	width := 0
	for _, name := range names {
		width = max(width, utf8.RuneCountInString(name))
	}
	lines := strings.Split(numbers.String(), "\n")
	for i, name := range names {
		row := strings.TrimRight(lines[i], " ")
		if width+len(lines[0]) <= terminal.Columns {
			fmt.Fprintf(b, "%-*s%s\n", width, name, row)
		} else {
			fmt.Fprintf(b, "%s\n%s\n", name, row)
		}
	}
}

func writeWrapped(w io.Writer, text string) error {
	_, err := io.WriteString(w,
		visible.Text(strings.Join(terminal.Wrap(text, terminal.Columns), "\n"))+"\n")
	return err
}
