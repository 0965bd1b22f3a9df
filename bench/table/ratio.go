package table

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/perf/benchmath"
)

// Median returns the median of the rounds of a comparison.
func Median(values []float64) float64 { return Summary(values).Center }

// Ratio compares two series round by round, so that a busy moment of the machine counts for both:
// it is the median of the ratios with its 95 % confidence interval.
func Ratio(of, to []float64) string {
	var list []float64
	for i := range of {
		list = append(list, of[i]/to[i])
	}
	s := Summary(list)
	return fmt.Sprintf("%.2f ±%s", s.Center, strings.TrimPrefix(s.PctRangeString(), "±"))
}

// Summary returns the median of the rounds with its 95 % confidence interval.
func Summary(values []float64) benchmath.Summary {
	return benchmath.AssumeNothing.Summary(benchmath.NewSample(slices.Clone(values),
		&benchmath.DefaultThresholds), 0.95)
}
