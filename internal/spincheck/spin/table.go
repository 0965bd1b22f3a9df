package spin

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Write writes the report as tables for people.
func (r Report) Write(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t,
		"%s\n\nstates\texplorer\tSpin\tonly explorer\tonly Spin\tpairs of phases\tviolated\t\n", r.Spin)
	for _, c := range r.Configurations {
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\t%d\t%s\t%s\n",
			c.Name, c.Explorer, c.Spin, c.Missing, c.Extra, c.Phases, orNothing(c.Broken), verdict(c.Same))
	}
	for _, c := range r.Configurations {
		if c.Broken != "" {
			fmt.Fprintf(t, "\nthe rows of the tables that led Spin to %s in %s, the last one first:\n  %s\n",
				c.Broken, c.Name, strings.Join(c.Rows, "\n  "))
		}
	}
	if len(r.Formulas)+len(r.Faults) == 0 { // a quick check
		return t.Flush()
	}
	fmt.Fprintf(t, "\nformula\tconfiguration\tresult\tstates\t\n")
	for _, f := range r.Formulas {
		result := "refuted"
		if f.Holds {
			result = "holds"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%s\n",
			f.Name, f.Configuration, result, f.States, verdict(f.Holds == f.Expected))
	}
	fmt.Fprintf(t, "\nseeded fault\tbreaks\tSpin finds\tafter states\t\n")
	for _, f := range r.Faults {
		fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%s\n",
			f.Name, f.Property, orNothing(f.Found), f.States, verdict(f.Found == f.Property))
	}
	m := r.Measured
	fmt.Fprintf(t, "\n%d states, %s\tseconds of a processor\tstates/s\tof Spin\tbytes/state\n",
		m.States, m.Bounds)
	for _, c := range m.Costs {
		fmt.Fprintf(t, "%s\t%.2f\t%.0f\t%.2f\t%.0f\n",
			c.Name, c.Seconds, c.StatesPerSecond, c.OfFirst, c.BytesPerState)
	}
	return t.Flush()
}

func orNothing(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}

func verdict(ok bool) string {
	if ok {
		return "ok"
	}
	return "WRONG"
}
