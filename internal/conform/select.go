package conform

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/khp/sim/conform"
	"example.com/khp/sim/script"
	"example.com/khp/sim/verdict"
)

// Selected is a case in one profile.
type Selected struct {
	*script.Case
	Profile string
}

// Filter chooses cases.
type Filter struct {
	Server   bool     // those for servers, not those for clients
	Profile  string   // spec or kaazing
	Patterns []string // globs of ids, any of which may match; none matches all
}

// Select returns the cases that f chooses, in their order.
func Select(f Filter) ([]Selected, error) {
	all, err := conform.Cases()
	if err != nil {
		return nil, err
	}
	var list []Selected
	for _, c := range all {
		if c.Server == f.Server && (c.Profile == "" || c.Profile == f.Profile) &&
			matchesAny(f.Patterns, c.Name) {
			list = append(list, Selected{c, f.Profile})
		}
	}
	return list, nil
}

// IDs are those of all cases.
func IDs() ([]string, error) {
	all, err := conform.Cases()
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(all))
	for i, c := range all {
		ids[i] = c.Name
	}
	return ids, nil
}

func matchesAny(patterns []string, id string) bool {
	return len(patterns) == 0 ||
		slices.ContainsFunc(patterns, func(p string) bool { return Matches(p, id) })
}

// Matches reports whether the id of a case matches a glob: * is anything, slashes
// included, and a glob that is the beginning of an id up to a slash matches, too.
func Matches(glob, id string) bool {
	if strings.HasPrefix(id, strings.TrimSuffix(glob, "/")+"/") {
		return true
	}
	parts := strings.Split(glob, "*")
	if len(parts) == 1 {
		return glob == id
	}
	rest, ok := strings.CutPrefix(id, parts[0])
	for _, p := range parts[1 : len(parts)-1] {
		if _, rest, ok = strings.Cut(rest, p); !ok {
			return false
		}
	}
	return ok && strings.HasSuffix(rest, parts[len(parts)-1])
}

// Options are how cases are run.
type Options struct {
	Name     string          // of the implementation, for reports with several; "" is its address
	Patience time.Duration   // that a peer has for one step; 0 is [script.DefaultPatience]
	Parallel int             // cases at the same time against a server; 0 is 4
	Command  string          // the command line that runs the same again, without --run
	Expected *Expected       // known failures; nil is none
	Tell     func(Outcome)   // is told of each outcome, by several goroutines; may be nil
	Slow     bool            // run cases that wait for deadlines of the peer, minutes each
	Idle     time.Duration   // ends a run with a client that does not come for so long, 0 never does
	Leaves   <-chan struct{} // is closed when a client comes no more; nil never is
}

func (o Options) patience() time.Duration {
	if o.Patience == 0 {
		return script.DefaultPatience
	}
	return o.Patience
}

func (o Options) parallel() int {
	if o.Parallel == 0 {
		return 4
	}
	return o.Parallel
}

// tooSlow says why a case is not run that takes its time, "" if it is.
func (o Options) tooSlow(c *script.Case) string {
	if c.Slow == 0 || o.Slow {
		return ""
	}
	return "waits for a deadline of the peer; --slow runs it"
}

func (o Options) tell(c Outcome) {
	if o.Tell != nil {
		o.Tell(c)
	}
}

// skipped is the outcome of a case that is not run.
func (s Selected) skipped(reason string) Outcome {
	return Outcome{ID: s.Name, Title: s.Title, Level: s.Level, Requirements: s.Requirements,
		Profile: s.Profile, Grade: verdict.Skip, Why: reason}
}

// outcome returns the outcome of a case.
func (s Selected) outcome(res *verdict.Result, err error, o Options) Outcome {
	c := s.skipped("")
	c.Grade = verdict.Error
	if err != nil {
		c.Why = err.Error()
		return c
	}
	c.Behaviour, c.Grade = &res.Behaviour, res.Grade()
	if c.Why = res.Behaviour.Why; res.Closing.Grade != "" {
		c.Closing = &res.Closing
		if verdict.Worse(res.Behaviour.Grade, res.Closing.Grade) != res.Behaviour.Grade {
			c.Why = res.Closing.Why
		}
	}
	c.log(res.Log, s.Server)
	if o.Command != "" {
		c.Rerun = fmt.Sprintf("%s --run %s", o.Command, s.Name)
	}
	return c
}
