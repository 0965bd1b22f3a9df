package main

import (
	"fmt"
	"io"
	"strings"
)

// report writes one table for each kind of handshake, aligned for a terminal or as Markdown.
func report(w io.Writer, results []*result, markdown bool) {
	for _, khp := range []bool{false, true} {
		title := "A plain WebSocket: the opening handshake."
		if khp {
			title = "KHP: the opening handshake, and the extended one inside messages."
		}
		fmt.Fprintf(w, "%s\n\n", title)
		rows := [][]string{{"server", "handshakes/s", "of the bare loop's", "µs of the server's", "bytes for an idle connection"}}
		var first *result
		for _, r := range results {
			if r.khp != khp {
				continue
			}
			if first == nil {
				first = r
			}
			rows = append(rows, []string{
				r.name, fmt.Sprintf("%.0f", median(r.rate)), fmt.Sprintf("%.2f", median(ratios(r.rate, first.rate))),
				fmt.Sprintf("%.1f", median(r.cpu)/1000), fmt.Sprintf("%.0f", r.idle),
			})
		}
		table(w, rows, markdown)
		fmt.Fprintln(w)
	}
}

// ratios compares round by round, so that a busy moment counts for both.
func ratios(of, to []float64) (list []float64) {
	for i := range of {
		list = append(list, of[i]/to[i])
	}
	return list
}

func table(w io.Writer, rows [][]string, markdown bool) {
	width := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, s := range row {
			width[i] = max(width[i], len([]rune(s)))
		}
	}
	for n, row := range rows {
		if markdown {
			fmt.Fprintf(w, "| %s |\n", strings.Join(row, " | "))
			if n == 0 {
				fmt.Fprintf(w, "| --- |%s\n", strings.Repeat(" ---: |", len(row)-1))
			}
			continue
		}
		for i, s := range row {
			fmt.Fprint(w, s, strings.Repeat(" ", width[i]-len([]rune(s))+3))
		}
		fmt.Fprintln(w)
	}
}
