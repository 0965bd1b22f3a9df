package interop

import (
	"fmt"
	"slices"
	"strings"

	"example.com/khp/internal/conform"
	"example.com/khp/internal/visible"
	"example.com/khp/sim/verdict"
)

// matrix writes a table of runs in Markdown: a row for each section, a column for each run, and
// below it the cases that do not pass.
func matrix(runs []*conform.Run) string {
	var b strings.Builder
	b.WriteString("| section |")
	for _, r := range runs {
		b.WriteString(" " + cell(r.Name) + " |")
	}
	b.WriteString("\n| --- |" + strings.Repeat(" --- |", len(runs)) + "\n")
	for _, name := range sections(runs) {
		fmt.Fprintf(&b, "| %s |", name)
		for _, r := range runs {
			b.WriteString(" " + passed(r, name) + " |")
		}
		b.WriteByte('\n')
	}
	for _, r := range runs {
		b.WriteString("\n" + deviations(r))
	}
	return b.String()
}

// topSection is the part of an id that a matrix groups by.
func topSection(id string) string {
	parts := strings.Split(id, "/")
	return strings.Join(parts[:min(2, len(parts)-1)], "/")
}

func sections(runs []*conform.Run) []string {
	var names []string
	for _, r := range runs {
		for _, c := range r.Cases {
			if s := topSection(c.ID); !slices.Contains(names, s) {
				names = append(names, s)
			}
		}
	}
	slices.Sort(names)
	return names
}

// passed says how many cases of a section pass.
func passed(r *conform.Run, section string) string {
	passed, all := 0, 0
	for _, c := range r.Cases {
		if topSection(c.ID) == section && c.Grade != verdict.Skip {
			all++
			if c.Grade == verdict.Pass {
				passed++
			}
		}
	}
	if all == 0 {
		return "-"
	}
	return fmt.Sprintf("%d of %d", passed, all)
}

// deviations lists the cases that neither passed nor were skipped.
func deviations(r *conform.Run) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:\n\n", cell(r.Name))
	none := true
	for _, c := range r.Cases {
		if c.Grade == verdict.Pass || c.Grade == verdict.Skip {
			continue
		}
		none = false
		got := ""
		for _, x := range []*verdict.Ruling{c.Behaviour, c.Closing} {
			if x != nil && x.Grade == c.Grade && x.Grade.Failed() {
				got = ": " + cell(x.Got)
			}
		}
		fmt.Fprintf(&b, "- `%s` %s, %s%s\n", c.ID, c.Grade, cell(c.Why), got)
	}
	if none {
		return b.String() + "- nothing\n"
	}
	return b.String()
}

// cell makes a text fit into a table, without the part that differs from run to run.
func cell(text string) string {
	text, _, _ = strings.Cut(visible.Line(text), " | ")
	return strings.NewReplacer("|", "\\|", "<", "&lt;").Replace(text)
}
