package cli

import (
	"errors"
	"math"
	"strconv"
)

// Count is a number on the command line and in settings: 0 or more, in decimal digits.
type Count int

// Set implements [pflag.Value].
func (c *Count) Set(text string) error {
	n, err := Digits(text)
	if err != nil || n > math.MaxInt32 {
		return errors.New("expected a whole number from 0 on, in decimal digits")
	}
	*c = Count(n)
	return nil
}

// String implements [pflag.Value].
func (c *Count) String() string { return strconv.Itoa(int(*c)) }

// Type implements [pflag.Value].
func (*Count) Type() string { return "count" }

// Digits reads a number as people write it: decimal digits and nothing else. A sign, an underscore,
// or a zero in front, which some take for the mark of an octal number, is refused.
func Digits(text string) (uint64, error) {
	if len(text) > 1 && text[0] == '0' || len(text) > 0 && (text[0] < '0' || text[0] > '9') {
		return 0, strconv.ErrSyntax
	}
	return strconv.ParseUint(text, 10, 64)
}
