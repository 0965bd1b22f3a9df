package spin

import (
	"context"

	"example.com/khp/internal/parallel"
	"example.com/khp/sim/formal"
	"example.com/khp/sim/model"
)

// hostFault is a mistake in the surroundings of a machine, which the explorer has no switch for:
// tables cannot make it.
var hostFault = model.Fault{Name: "host-skips-terminator", Catches: "INV-02",
	Text: "the host takes the head of a completing response for all of it"}

// Run checks everything, two jobs at a time, and reports after each job.
func Run(ctx context.Context, tell func(format string, args ...any)) (Report, error) {
	r := Report{Spin: Version()}
	faults := append(formal.Faults(), hostFault)
	r.Configurations, r.Faults = make([]Configuration, len(configurations)), make([]Fault, len(faults))
	lists := make([][]Formula, 2)
	var jobs []func() error
	for i, c := range configurations {
		jobs = append(jobs, func() (err error) {
			r.Configurations[i], err = compare(ctx, c)
			tell("%s: states compared", c.name)
			return err
		})
	}
	for i := range lists {
		jobs = append(jobs, func() (err error) {
			lists[i], err = formulas(ctx, configurations[i])
			tell("%s: formulas checked", configurations[i].name)
			return err
		})
	}
	for i, f := range faults {
		jobs = append(jobs, func() (err error) {
			r.Faults[i], err = fault(ctx, f)
			tell("fault %s: %s", f.Switch(), r.Faults[i].Found)
			return err
		})
	}
	if err := parallel.Do(len(jobs), 2, func(i int) error { return jobs[i]() }); err != nil {
		return r, err
	}
	for _, l := range lists {
		r.Formulas = append(r.Formulas, l...)
	}
	var err error
	r.Measured, err = measure(ctx) // alone, so that nothing else takes its time
	return r, err
}
