package cli

import (
	"slices"

	"github.com/spf13/pflag"
)

// NoneEmpty refuses a flag that was given an empty value, mostly that of a variable of a script
// that is not set: --ca "" would trust the system's authorities. Those that allowed names may be
// empty.
func NoneEmpty(flags *pflag.FlagSet, allowed ...string) (err error) {
	flags.Visit(func(f *pflag.Flag) {
		empty := f.Value.Type() == "string" && f.Value.String() == ""
		if list, ok := f.Value.(pflag.SliceValue); ok {
			empty = slices.Contains(list.GetSlice(), "")
		}
		if err == nil && empty && !slices.Contains(allowed, f.Name) {
			err = Usagef("--%s \"\": the value is empty; give it one, or leave the flag out", f.Name)
		}
	})
	return err
}
