package conform

import (
	"fmt"
	"slices"
	"strings"

	"example.com/khp/sim/verdict"
)

// Expected is a list of known failures.
type Expected struct{ entries []expectedEntry }

type expectedEntry struct{ glob, reason string }

// ReadExpected reads a list: on each line the id of a case, or a glob, a blank, and the reason why
// it fails. Lines that begin with # are comments. ids are those of all cases: an entry that
// matches none is a mistake.
func ReadExpected(source string, ids []string) (*Expected, error) {
	e := &Expected{}
	number := 0
	for line := range strings.Lines(source) {
		number++
		text := strings.TrimSpace(line)
		if text == "" || text[0] == '#' {
			continue
		}
		glob, reason, _ := strings.Cut(text, " ")
		reason = strings.TrimSpace(reason)
		switch {
		case reason == "":
			return nil, fmt.Errorf("line %d: expected a reason behind %s, as in: %s ticket 17",
				number, glob, glob)
		case !slices.ContainsFunc(ids, func(id string) bool { return Matches(glob, id) }):
			return nil, fmt.Errorf("line %d: there is no case %s; --list shows all", number, glob)
		}
		e.entries = append(e.entries, expectedEntry{glob, reason})
	}
	return e, nil
}

// apply makes an expected failure of c, or returns the id of c if it was expected to fail but
// passes.
func (e *Expected) apply(c *Outcome) (unexpected string) {
	if e == nil {
		return ""
	}
	i := slices.IndexFunc(e.entries, func(x expectedEntry) bool { return Matches(x.glob, c.ID) })
	switch {
	case i < 0 || c.Grade == verdict.Skip:
	case c.Grade.Failed():
		c.Grade, c.Why = verdict.XFail, e.entries[i].reason
	case !strings.Contains(e.entries[i].glob, "*"):
		return c.ID
	}
	return ""
}
