package cli

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

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
