package main

import (
	"fmt"
	"io"

	"example.com/khp/bench/table"
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
		table.Write(w, rows, markdown)
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
