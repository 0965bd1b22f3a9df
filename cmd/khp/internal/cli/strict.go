package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Strict makes cmd and the commands below it refuse frequent mistakes: an empty argument or value,
// mostly that of a variable of a script that is not set (--ca "" would trust the system's
// authorities), and a second value of a flag that is no list, which would replace the intended one.
// Flags that [MayBeEmpty] names take an empty value.
func Strict(cmd *cobra.Command) {
	for _, flags := range []*pflag.FlagSet{cmd.Flags(), cmd.PersistentFlags()} {
		flags.VisitAll(func(f *pflag.Flag) {
			_, empty := f.Annotations[mayBeEmpty]
			v := &strictValue{Value: f.Value, empty: empty}
			switch list := f.Value.(type) {
			case *strictValue, *strictList:
			case pflag.SliceValue:
				f.Value = &strictList{v, list}
			default:
				v.once = true
				f.Value = v
			}
		})
	}
	args := cmd.Args
	cmd.Args = func(cmd *cobra.Command, given []string) error {
		if i := slices.Index(given, ""); i >= 0 {
			return Usagef("argument %d of %s is empty; see %[2]s --help", i+1, cmd.CommandPath())
		}
		if args == nil { // any will do
			return nil
		}
		return args(cmd, given)
	}
	for _, c := range cmd.Commands() {
		Strict(c)
	}
}

const mayBeEmpty = "khp_may_be_empty"

// MayBeEmpty has [Strict] leave an empty value to the flag of this name.
func MayBeEmpty(flags *pflag.FlagSet, name string) {
	_ = flags.SetAnnotation(name, mayBeEmpty, nil)
}

// strictValue refuses an empty value, and a second one where there can be one only.
type strictValue struct {
	pflag.Value
	empty, once, given bool
}

// strictList is strictValue for a list.
type strictList struct {
	*strictValue
	pflag.SliceValue
}

// Set implements [pflag.Value].
func (v *strictValue) Set(text string) error {
	switch {
	case v.once && v.given:
		return &repeatedError{}
	case text == "" && !v.empty:
		return &emptyError{}
	}
	v.given = true
	// Of themselves these take 010 for 8, and 0x10 and 1_0 as Go does.
	if kind := v.Type(); kind == "int" || kind == "uint64" {
		if _, err := Digits(strings.TrimPrefix(text, "-")); err != nil {
			return err
		}
	}
	return v.Value.Set(text)
}

// repeatedError reports a flag that was given before.
type repeatedError struct{}

// Error implements error.
func (*repeatedError) Error() string { return "is given twice; it takes one value" }

// emptyError reports an empty value.
type emptyError struct{}

// Error implements error.
func (*emptyError) Error() string {
	return "the value is empty; give it one, or leave the flag out"
}
