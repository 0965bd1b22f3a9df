// Package table prints tables, aligned for a terminal or as Markdown.
package table

import (
	"fmt"
	"io"
	"strings"
)

// Write writes rows, of which the first one is the head and of which each begins with a name; the
// other cells are numbers.
func Write(w io.Writer, rows [][]string, markdown bool) {
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
			pad := strings.Repeat(" ", width[i]-len([]rune(s)))
			if i == 0 {
				fmt.Fprint(w, s+pad)
			} else {
				fmt.Fprint(w, "   "+pad+s)
			}
		}
		fmt.Fprintln(w)
	}
}
