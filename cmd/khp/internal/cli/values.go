package cli

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
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

// Size is a number of bytes on the command line: plain, or in units of 1024 with k, M or G behind
// it.
type Size int64

var sizeUnits = map[string]int64{"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}

// Set implements [pflag.Value].
func (s *Size) Set(text string) error {
	digits := strings.TrimRight(text, "kKmMgG")
	unit, ok := sizeUnits[strings.ToLower(text[len(digits):])]
	n, err := Digits(digits)
	if err != nil || !ok || n < 1 || n > uint64(math.MaxInt64/unit) {
		return fmt.Errorf("expected a number of bytes from 1 on, as in 65536, 64k or 16M")
	}
	*s = Size(int64(n) * unit)
	return nil
}

// String implements [pflag.Value].
func (s *Size) String() string {
	n, unit := int64(*s), ""
	for _, u := range []string{"k", "M", "G"} {
		if n == 0 || n%1024 != 0 {
			break
		}
		n, unit = n/1024, u
	}
	return strconv.FormatInt(n, 10) + unit
}

// Type implements [pflag.Value].
func (*Size) Type() string { return "size" }

// Duration is a time on the command line and in settings: 0, or a number with its unit.
type Duration time.Duration

// Set implements [pflag.Value].
func (d *Duration) Set(text string) error {
	v, err := time.ParseDuration(text)
	switch {
	case err != nil, v > math.MaxInt64/2: // so that a sum of two is a time, too
		return errors.New("expected a time with its unit, as in 30s, 500ms or 1h30m")
	case v < 0:
		return errors.New("a time cannot be negative; expected one as in 30s")
	}
	*d = Duration(v)
	return nil
}

// String implements [pflag.Value].
func (d *Duration) String() string {
	if *d == 0 {
		return "0" // which the help does not show as a default
	}
	return time.Duration(*d).String()
}

// Type implements [pflag.Value].
func (*Duration) Type() string { return "duration" }
