package verification

import (
	"bytes"
	"fmt"
	"io"
	"slices"

	"example.com/khp/internal/mutateglue/catalogue"
)

// Twice returns the page with its section on second tools as the catalogue has it now, which takes
// no time, unlike the rest of the page.
func Twice(page []byte) ([]byte, error) {
	var section bytes.Buffer
	if err := twice(&section); err != nil {
		return nil, err
	}
	heading, _, _ := bytes.Cut(bytes.TrimSpace(section.Bytes()), []byte("\n"))
	before, rest, ok := bytes.Cut(page, append(heading, '\n'))
	_, behind, more := bytes.Cut(rest, []byte("\n## "))
	if !ok || !more {
		return nil, fmt.Errorf("docs/verification.md has no section %q", heading)
	}
	return slices.Concat(bytes.TrimRight(before, "\n"), []byte("\n"), section.Bytes(), []byte("\n## "),
		behind), nil
}

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
	shown, alone, enough := 0, 0, map[string]int{}
	for _, p := range pairs {
		shown += p.Faults
		switch {
		case p.Why != "":
			enough[p.Why] += p.Faults
		case p.Second == "":
			alone += p.Faults
		}
	}
	judged := 0
	for _, n := range enough {
		judged += n
	}
	fmt.Fprintf(w, part("twice"), noticed, shown, shown-alone-judged, judged, alone)
	for _, k := range catalogue.Kinds {
		fmt.Fprintf(w, "- **%s** (%d): %s\n", k.Name, enough[k.Name], k.Why)
	}
	fmt.Fprintln(w)
	fmt.Fprintln(w, "| package | noticed by | and by | faults |")
	fmt.Fprintln(w, "| --- | --- | --- | ---: |")
	for _, p := range pairs {
		second := string(p.Second)
		switch {
		case p.Why != "":
			second = "none: " + p.Why
		case second == "":
			second = "none"
		}
		fmt.Fprintf(w, "| %s | %s | %s | %d |\n", p.Package, p.First, second, p.Faults)
	}
	fmt.Fprintln(w)
	return nil
}
