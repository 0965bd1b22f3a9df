package cli

import (
	"errors"
	"math"
	"time"
)

// Duration is a time on the command line and in settings: 0, or a number with its unit.
type Duration time.Duration

// Set implements [pflag.Value].
func (d *Duration) Set(text string) error {
	v, err := time.ParseDuration(text)
	switch {
	case err != nil, v > math.MaxInt64/2: // so that a sum of two is a time, too
		return errors.New("expected a time with its unit, as in 30s, 500ms or 1h30m")
	case v < 0:
		return errors.New("a time cannot be negative")
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
