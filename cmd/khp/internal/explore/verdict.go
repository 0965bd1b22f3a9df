package explore

import (
	"fmt"
	"strings"

	"example.com/khp/cmd/khp/internal/cli"
)

// broken is a property that is violated: the shortest way to where it breaks, and the other
// configurations in which it does.
type broken struct {
	shortest violation
	also     []string
}

// broken returns the properties that are violated, the one with the shortest way first.
func (s summary) broken() (list []*broken) {
	known := map[[3]string]*broken{}
	for _, v := range s.Violations { // the shortest first
		key := [3]string{v.ID, v.Kind, v.Text}
		if b := known[key]; b != nil {
			b.also = append(b.also, v.Configuration)
			continue
		}
		known[key] = &broken{shortest: v}
		list = append(list, known[key])
	}
	return list
}

// verdict says in words the result of the exploration, and within which limits.
func (s summary) verdict(e explored) string {
	var b strings.Builder
	var undecided []string
	for _, p := range s.Properties {
		if p.Held && p.Undecided {
			undecided = append(undecided, p.ID)
		}
	}
	where := cli.Plural(len(s.Configurations), "configuration")
	switch list := s.broken(); {
	case len(list) > 0:
		var names []string
		for _, p := range list {
			names = append(names, fmt.Sprintf("%s in %d of %s", p.shortest.ID, 1+len(p.also), where))
		}
		b.WriteString("Violated: " + strings.Join(names, ", ") + ".")
	case len(undecided) > 0:
		b.WriteString("No violation was found in " + where + ", but " + strings.Join(undecided, ", ") +
			" cannot be decided within the bound.")
	default:
		which := "reachable"
		if e.Depth > 0 || e.Shard.Count > 0 {
			which = "visited"
		}
		b.WriteString("Every property holds in every " + which + " state of " + where + ".")
	}
	if e.Fault != "" {
		b.WriteString(" The machine had the mistake " + e.Fault + " on purpose.")
	}
	if e.Shard.Count > 0 {
		fmt.Fprintf(&b, " This is shard %d of %d: khp explore merge has the verdict of all.",
			e.Shard.Index, e.Shard.Count)
	}
	if limits := e.limits(); limits != "" {
		b.WriteString(" " + limits)
	}
	return b.String()
}

// limits says what bounded the exploration, apart from the bounds of each configuration, and how
// states were told apart.
func (e explored) limits() string {
	text := fmt.Sprintf("States were told apart by fingerprints with seed %d.", e.Seed)
	if e.Exact {
		text = "States were told apart by all their bytes."
	}
	if e.Depth > 0 {
		text = fmt.Sprintf("Nothing beyond %s from the start was looked at. ",
			cli.Plural(e.Depth, "step")) + text
	}
	return text
}
