package target

import (
	"strconv"
	"strings"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/gateway/paths"
)

// MarkChallenges reads the values of --max-challenges: N for all routes, PATH=N for one.
func (list Routes) MarkChallenges(specs []string) error {
	said := make(map[*route]bool)
	for _, spec := range specs {
		path, value, written := strings.Cut(spec, "=")
		if !written {
			path, value = "", spec
		}
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 || n > 255 {
			return cli.Usagef("--max-challenges %q: expected a number from 1 to 255, or one for a path, as in --max-challenges 3 or --max-challenges /chat=5", spec)
		}
		if err := list.choose("--max-challenges", path, spec, said, func(r *route) { r.challenges = n }); err != nil {
			return err
		}
	}
	return nil
}

// Challenges returns how often a client of a path is asked for credentials; 0 is the default.
func (list Routes) Challenges(path string) int {
	if found := list.Find(paths.Normal(path)); found != nil {
		return found.challenges
	}
	return 0
}
