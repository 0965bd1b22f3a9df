package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// Nearest returns " (did you mean NAME?)" for the flag whose name is spelled most like name, "" if
// none is. Hidden flags and those of not are left out.
func Nearest(flags *pflag.FlagSet, name string, not ...string) string {
	best, least := "", 1+min(3, (len(name)+1)/3)
	name = strings.ToLower(strings.ReplaceAll(name, "_", "-"))
	flags.VisitAll(func(f *pflag.Flag) {
		if slices.Contains(not, f.Name) || f.Hidden {
			return
		}
		d := distance(f.Name, name)
		if f.Shorthand == name || len(name) > 2 && strings.HasPrefix(f.Name, name) {
			d = 0
		}
		if d < least {
			best, least = f.Name, d
		}
	})
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
