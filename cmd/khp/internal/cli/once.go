package cli

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TakeOnce makes every flag of cmd and of the commands below it refuse a second value with a
// [RepeatedError], unless it is a list: the value that would be dropped may be the one that was
// meant.
func TakeOnce(cmd *cobra.Command) {
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
		TakeOnce(c)
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
		return &RepeatedError{}
	}
	v.given = true
	if kind := v.Type(); kind == "int" || kind == "uint64" { // which take 010 for 8, and 0x10 and 1_0 as Go does
		if _, err := Digits(strings.TrimPrefix(text, "-")); err != nil {
			return err
		}
	}
	return v.Value.Set(text)
}

// RepeatedError reports a flag that was given before.
type RepeatedError struct{}

// Error implements error.
func (*RepeatedError) Error() string { return "is given twice; it takes one value" }
