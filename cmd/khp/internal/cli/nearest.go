package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/pflag"
)

// nearest returns " (did you mean NAME?)" for the flag whose name is spelled most like name, "" if
// none is. Hidden flags are left out.
func nearest(flags *pflag.FlagSet, name string) string {
	var names []string
	flags.VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	if f := flags.Lookup(name); f == nil && len(name) == 1 && flags.ShorthandLookup(name) != nil {
		name = flags.ShorthandLookup(name).Name
	}
	return NearestOf(names, name)
}

// NearestOf is nearest for names that are no flags.
func NearestOf(names []string, name string) string {
	best, least := "", 1+min(3, (len(name)+1)/3)
	name = strings.ToLower(strings.ReplaceAll(name, "_", "-"))
	for _, n := range names {
		d := distance(n, name)
		if len(name) > 2 && strings.HasPrefix(n, name) {
			d = 0
		}
		if d < least {
			best, least = n, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %s?)", best)
}

// distance is how many characters have to be put in, left out, replaced, or swapped with their
// neighbour to make b of a.
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		for j := range rows[i] {
			switch {
			case i == 0 || j == 0:
				rows[i][j] = i + j
			case a[i-1] == b[j-1]:
				rows[i][j] = rows[i-1][j-1]
			default:
				rows[i][j] = 1 + min(rows[i-1][j-1], rows[i-1][j], rows[i][j-1])
				if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
					rows[i][j] = min(rows[i][j], 1+rows[i-2][j-2])
				}
			}
		}
	}
	return rows[len(a)][len(b)]
}
