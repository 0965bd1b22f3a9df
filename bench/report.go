package main

import (
	"fmt"
	"io"
	"strings"

	"example.com/khp/bench/table"
)

// print writes the tables: aligned for a terminal, or as Markdown.
func (c *comparison) print(w io.Writer, markdown bool) {
	head := []string{"parser"}
	for _, in := range inputs {
		head = append(head, fmt.Sprintf("%s, %d bytes", in.name, len(in.message)))
	}
	times, ratios := [][]string{head}, [][]string{append([]string{"than"}, head[1:]...)}
	for i, p := range parsers {
		name := p.name
		if !p.validating {
			name += " (lenient)"
		}
		row, ratio := []string{name}, []string{name}
		for j := range inputs {
			t := c.parse[i][j]
			row = append(row, cell(t))
			ratio = append(ratio, fmt.Sprintf("%.1f", c.faster(i, j)))
		}
		times = append(times, row)
		if i > 0 {
			ratios = append(ratios, ratio)
		}
	}
	writing := [][]string{{"writer", fmt.Sprintf("extended 101, %d bytes", len(extended101)),
		"times as long as plain append"}}
	for i, wr := range writers {
		writing = append(writing, []string{wr.name, cell(c.write[i]),
			fmt.Sprintf("%.1f", c.write[i].times().Center/c.write[1].times().Center)})
	}
	for _, s := range []struct {
		title string
		rows  [][]string
	}{
		{"Nanoseconds for one message: median ± 95% confidence interval, allocations.", times},
		{"Times faster: package wire compared with each.", ratios},
		{"Writing.", writing},
	} {
		fmt.Fprintf(w, "%s\n\n", s.title)
		table.Write(w, s.rows, markdown)
		fmt.Fprintln(w)
	}
	for _, line := range c.targets() {
		fmt.Fprintln(w, "- "+line)
	}
}

func cell(t *task) string {
	s := t.times()
	spread := strings.TrimPrefix(s.PctRangeString(), "±")
	return fmt.Sprintf("%.0f ±%s, %d", s.Center, spread, t.allocs)
}

// faster is how many times faster than parser i the first one reads input j.
func (c *comparison) faster(i, j int) float64 {
	return c.parse[i][j].times().Center / c.parse[0][j].times().Center
}

// targets compares the targets with the results.
func (c *comparison) targets() (lines []string) {
	for j, in := range inputs {
		line := fmt.Sprintf("%s: %.1f times faster than net/http, target %.0f",
			in.name, c.faster(1, j), in.target)
		lines = append(lines, line+verdict(c.faster(1, j), in.target))
	}
	slowest, name := 0.0, ""
	for i, p := range parsers {
		for j, in := range inputs {
			if f := c.faster(i, j); i > 0 && p.validating && (name == "" || f < slowest) {
				slowest, name = f, p.name+" on the "+in.name
			}
		}
	}
	lines = append(lines, fmt.Sprintf("closest peer that validates: %s, %.1f times%s",
		name, slowest, verdict(slowest, 1)))
	allocs := int64(0)
	for j := range inputs {
		allocs += c.parse[0][j].allocs
	}
	lines = append(lines, fmt.Sprintf("allocations: %d, target 0%s",
		allocs, verdict(0, float64(allocs))))
	took := c.write[0].times().Center / c.write[1].times().Center
	return append(lines, fmt.Sprintf("writing: %.1f times as long as a plain append, target %.1f%s",
		took, writerTarget, verdict(writerTarget, took)))
}

// verdict compares a result with its target.
func verdict(is, target float64) string {
	if is >= target {
		return ": met"
	}
	return ": missed"
}
