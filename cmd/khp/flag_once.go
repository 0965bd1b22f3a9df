package main

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// takeOnce has every flag of a command, and of those below it, refuse a second value unless it is a list: the value that is not used may be the one that was meant.
func takeOnce(cmd *cobra.Command) {
	for _, flags := range []*pflag.FlagSet{cmd.Flags(), cmd.PersistentFlags()} {
		flags.VisitAll(func(f *pflag.Flag) {
			_, list := f.Value.(pflag.SliceValue)
			_, done := f.Value.(*onceValue)
			if !list && !done {
				f.Value = &onceValue{Value: f.Value}
			}
		})
	}
	for _, c := range cmd.Commands() {
		takeOnce(c)
	}
}

// onceValue can be set once.
type onceValue struct {
	pflag.Value
	given bool
}

// Set implements [pflag.Value].
func (v *onceValue) Set(text string) error {
	if v.given {
		return &repeatedError{}
	}
	v.given = true
	return v.Value.Set(text)
}

// repeatedError is about a flag that was given before.
type repeatedError struct{}

func (*repeatedError) Error() string { return "is given twice; it takes one value" }
