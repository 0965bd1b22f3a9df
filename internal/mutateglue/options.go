package main

import (
	"errors"
	"flag"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"example.com/khp/internal/mutateglue/fault"
)

// options are the flags.
type options struct {
	mode                 string // one of modes, "" to check the catalogue
	again                bool
	work                 string
	in, try, class, from []string
	names                *regexp.Regexp // of tests
	n, parallel          int
	seed                 int64
	quick                float64
}

// common are the flags of all modes that try faults.
var common = []string{"work", "n", "seed", "in", "parallel"}

// modes are the flags that say what to do, each with those that it looks at. Without any, faults of
// the catalogue are tried.
var modes = map[string][]string{
	"":       common,
	"hunt":   append(common[:5:5], "try", "class", "again", "run", "tests", "quick"),
	"second": append(common[:5:5], "try", "again", "run", "tests", "quick"),
	"ghosts": common,
	"add":    {"work"},
}

// usedBy returns the flags of the modes that look at a flag.
func usedBy(name string) string {
	var list []string
	for mode, flags := range modes {
		if mode != "" && slices.Contains(flags, name) {
			list = append(list, "-"+mode)
		}
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

// parse reads the arguments of the command.
func parse(args []string) (o options, err error) {
	flags := flag.NewFlagSet("mutateglue", flag.ExitOnError)
	var given []string
	mode := func(name, usage string) {
		flags.BoolFunc(name, usage, func(string) error {
			given = append(given, name)
			return nil
		})
	}
	mode("hunt", "try faults that the catalogue does not have, and print those that survive")
	mode("add",
		"write the catalogue: with what a hunt found, without faults that do not apply any more")
	mode("ghosts",
		"tell how many faults of package endpoint ghosts notice alone: see package ghost")
	mode("second",
		"does a second tool notice faults that one notices? Ask those that were not shown to one yet")
	flags.StringVar(&o.work, "work", "", "directory for what is built")
	flags.IntVar(&o.n, "n", 100, "how many faults, -1 for all")
	flags.Int64Var(&o.seed, "seed", 1, "of the choice")
	in := flags.String("in", "",
		"only faults whose id (package:function:hash) begins with one of these, with commas between")
	try := flags.String("try", "",
		"of those, which are built in, a hunt or second tool is shown only faults that begin so")
	class := flags.String("class", "", "only faults of these classes, with commas between")
	flags.BoolVar(&o.again, "again", false, "only faults that survived in an earlier hunt")
	flags.IntVar(&o.parallel, "parallel", 2, "how many processes")
	names := flags.String("run", "", "only tests whose names match")
	from := flags.String("tests", "",
		"only tests of these packages, with commas between; special are ghosts and interleavings")
	flags.Float64Var(&o.quick, "quick", 8, "only tests that take less than this many seconds")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	switch {
	case flags.NArg() > 0:
		return o, fmt.Errorf("%q is no flag", flags.Arg(0))
	case len(given) > 1:
		return o, fmt.Errorf("-%s and -%s are two things to do; give one of them", given[0], given[1])
	case o.parallel < 1:
		return o, errors.New("-parallel is at least 1")
	case len(given) == 1:
		o.mode = given[0]
	}
	flags.Visit(func(f *flag.Flag) {
		if f.Name != o.mode && !slices.Contains(modes[o.mode], f.Name) {
			err = fmt.Errorf("-%s has no effect here; it is for %s", f.Name, usedBy(f.Name))
		}
	})
	if err != nil {
		return o, err
	}
	o.in, o.try, o.class, o.from = split(*in), split(*try), split(*class), split(*from)
	o.names, err = regexp.Compile(*names)
	return o, err
}

// split returns the parts between commas. A package may be written as for the go command, with ./
func split(s string) (parts []string) {
	if s == "" {
		return nil
	}
	for part := range strings.SplitSeq(s, ",") {
		parts = append(parts, strings.TrimPrefix(part, "./"))
	}
	return parts
}

// check refuses names that stand for nothing.
func (o *options) check(faults []fault.Fault) error {
	ids, classes := make([]string, len(faults)), map[string]bool{}
	for i := range faults {
		ids[i], classes[string(faults[i].Class)] = faults[i].ID, true
	}
	begin := func(with string) bool {
		return with != "" &&
			slices.ContainsFunc(ids, func(id string) bool { return strings.HasPrefix(id, with) })
	}
	const form = "no fault's id begins so; an id is package:function:hash, as in endpoint:core.begin:"
	packages := append(packages(), "special")
	return errors.Join(
		known("in", o.in, begin, form),
		known("try", o.try, begin, form),
		known("class", o.class, func(c string) bool { return classes[c] },
			"there is no such class; package fault lists them"),
		known("tests", o.from, func(name string) bool { return slices.Contains(packages, name) },
			"no package whose tests are asked; these are "+strings.Join(packages, " ")))
}

// known refuses the first name of a flag that is not known, with the reason.
func known(flag string, names []string, known func(string) bool, reason string) error {
	for _, name := range names {
		if !known(name) {
			return fmt.Errorf("-%s has %q: %s", flag, name, reason)
		}
	}
	return nil
}

// packages are the packages whose tests notice, from the root of the module.
func packages() (names []string) {
	for _, at := range notice {
		names = append(names, path.Join(at[0], at[1]))
	}
	return names
}
