package main

import (
	"flag"
	"fmt"
	"os"
	"time"
)

func main() {
	rounds := flag.Int("rounds", 50, "turns of each parser")
	turn := flag.Duration("turn", 8*time.Millisecond, "length of a turn")
	markdown := flag.Bool("markdown", false, "print the tables for docs/performance.md")
	flag.Parse()
	c, err := compare(*rounds, *turn)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	c.print(os.Stdout, *markdown)
}

// comparison holds the measurements.
type comparison struct {
	parse [][]*task // by parser and input
	write []*task   // by writer
}

func compare(rounds int, turn time.Duration) (*comparison, error) {
	var c comparison
	var all []*task
	for _, p := range parsers {
		var row []*task
		for _, in := range inputs {
			row = append(row, &task{job: p.job(in)})
		}
		c.parse = append(c.parse, row)
		all = append(all, row...)
	}
	for _, w := range writers {
		write := w.new()
		c.write = append(c.write, &task{job: func() error { _, err := write(); return err }})
	}
	all = append(all, c.write...)
	return &c, measure(all, rounds, turn)
}
