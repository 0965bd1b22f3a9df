package main

import (
	"fmt"
	"io"

	"example.com/khp/bench/table"
)

// report writes the table: a line for each load and proxy.
func report(w io.Writer, measured []load, proxies []proxy, results [][]*series, markdown bool) {
	rows := [][]string{{"messages", "proxy", "µs of the proxy's", "of nginx's", "messages/s",
		"of nginx's", "KiB a connection"}}
	for i, l := range measured {
		peer := results[i][0]
		for j, p := range proxies {
			s := results[i][j]
			cpu, rate := "", ""
			if j > 0 && proxies[0].Name == "nginx" {
				cpu, rate = table.Ratio(s.cpu, peer.cpu), table.Ratio(s.rate, peer.rate)
			}
			rows = append(rows, []string{
				l.name, p.Name, fmt.Sprintf("%.1f", table.Median(s.cpu)/1000), cpu,
				fmt.Sprintf("%.0f", table.Median(s.rate)), rate, fmt.Sprintf("%.0f", s.peak/1024),
			})
		}
	}
	table.Write(w, rows, markdown)
}
