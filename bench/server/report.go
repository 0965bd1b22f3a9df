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
		rows := [][]string{{"server", "handshakes/s", "of the bare loop's", "µs of the server's",
			"of the bare loop's", "bytes for an open connection", "after a collection"}}
		var first *result
		for _, r := range results {
			if r.khp != khp {
				continue
			}
			if first == nil {
				first = r
			}
			idle := ""
			if r.idle > 0 {
				idle = fmt.Sprintf("%.0f", r.idle)
			}
			rows = append(rows, []string{
				r.name, fmt.Sprintf("%.0f", table.Median(r.rate)), table.Ratio(r.rate, first.rate),
				fmt.Sprintf("%.1f", table.Median(r.cpu)/1000), table.Ratio(r.cpu, first.cpu),
				fmt.Sprintf("%.0f", r.fresh), idle,
			})
		}
		table.Write(w, rows, markdown)
		fmt.Fprintln(w)
	}
}
