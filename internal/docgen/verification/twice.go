package verification

import (
	"fmt"
	"io"

	"example.com/khp/internal/mutateglue/catalogue"
)

// twice shows how many faults of the driver and of the loop a second tool notices, and which.
func twice(w io.Writer) error {
	rows, err := catalogue.Rows()
	if err != nil {
		return err
	}
	pairs, err := catalogue.Pairs(rows)
	if err != nil {
		return err
	}
	noticed := 0
	for i := range rows {
		if _, ok := catalogue.Twice[rows[i].Package()]; ok && rows[i].Killer != "" {
			noticed++
		}
	}
	shown, alone := 0, 0
	for _, p := range pairs {
		shown += p.Faults
		if p.Second == "" {
			alone += p.Faults
		}
	}
	fmt.Fprintf(w, part("twice"), shown, noticed, shown-alone, alone)
	fmt.Fprintln(w, "| package | noticed by | and by | faults |")
	fmt.Fprintln(w, "| --- | --- | --- | ---: |")
	for _, p := range pairs {
		second := string(p.Second)
		if second == "" {
			second = "none"
		}
		fmt.Fprintf(w, "| %s | %s | %s | %d |\n", p.Package, p.First, second, p.Faults)
	}
	fmt.Fprintln(w)
	return nil
}
