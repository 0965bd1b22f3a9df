package script

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/khp/sim/network"
	"example.com/khp/sim/script/internal/lang"
	"example.com/khp/sim/script/internal/play"
	"example.com/khp/sim/verdict"
)

// Case is one graded case: the actions of an adversary, and the grades of the peer's answers. It
// runs against the client or server that stands above the cases of its file, or against a peer
// outside of the network.
type Case struct {
	Name         string // its id, such as khp/ext/401/replay
	Title        string // the comment above it
	Level        string // MUST, SHOULD or MAY
	Profile      string // spec or kaazing; "" is both
	Requirements []string
	Server       bool // the peer under test is a server
	// Slow is the patience of a case that waits for a deadline of the peer; 0 for all others.
	Slow         time.Duration
	Outside      bool // it needs more than a network: an HTTP server around KHP
	file         *File
	number       int         // of its line
	before, body []lang.Line // above the cases of the file, and its own
	vars         []string
}

// Live has cases run against a peer outside of the network, in the time of the world outside.
type Live interface {
	// Begin connects the network with the world outside, before anything happens. came is called
	// when the peer has gone on to something else, so that it will not come back to this case.
	Begin(n *network.Network, gone func())
	// Run lets things happen until over returns true, or nothing more can.
	Run(n *network.Network, over func() bool)
}

// DefaultPatience is how long a peer may take for one step of a case.
const DefaultPatience = 10 * time.Second

// levels of cases.
var levels = []string{"MUST", "SHOULD", "MAY"}

// isGraded reports whether l begins a graded case.
func isGraded(l lang.Line) bool {
	return l.Words[0].Text == "case" &&
		slices.ContainsFunc(l.Words, func(w lang.Word) bool { return w.Key == "level" })
}

// graded reports whether f has graded cases. Then it has nothing else.
func (f *File) graded() bool {
	return slices.ContainsFunc(f.blocks,
		func(b block) bool { return slices.ContainsFunc(b.commands, isGraded) })
}

// Cases returns the graded cases of f, those behind each lines once for each combination of values;
// none if f is a scenario. The error is an [*Error].
func (f *File) Cases() ([]*Case, error) {
	if !f.graded() {
		return nil, nil
	}
	if len(f.blocks) > 1 || f.blocks[0].end > 0 {
		return nil, lang.Wrong(f.Name, f.blocks[0].end, 1,
			"a file of graded cases has no transcripts; take out "+separator+" and what follows it")
	}
	lines := f.blocks[0].commands
	starts := func(l lang.Line) bool { return l.Words[0].Text == "each" || l.Words[0].Text == "case" }
	first := slices.IndexFunc(lines, starts)
	before, lines := lines[:first], lines[first:]
	r := &runner{file: f}
	var list []*Case
	for len(lines) > 0 {
		var vars []variable
		top := lines[0]
		for len(lines) > 0 && lines[0].Words[0].Text == "each" {
			v, err := r.variable(lines[0])
			if err != nil {
				return nil, err
			}
			vars, lines = append(vars, v), lines[1:]
		}
		if len(lines) == 0 || !isGraded(lines[0]) {
			return nil, r.mistake(top,
				"expected case NAME level=MUST|SHOULD|MAY here, as above the other cases of this file")
		}
		end := 1 + slices.IndexFunc(append(lines[1:len(lines):len(lines)],
			lang.Line{Words: []lang.Word{{Text: "case"}}}), starts)
		err := r.combinations(vars, nil, nil, func([]string) error {
			c := &Case{file: f, number: lines[0].Number, Title: f.above(top.Number), before: before,
				body: lines[1:end]}
			if err := c.read(r, lines[0]); err != nil {
				return err
			}
			list = append(list, c)
			return nil
		})
		if err != nil {
			return nil, err
		}
		lines = lines[end:]
	}
	return list, nil
}

// read reads the line that begins c: case NAME level=LEVEL [req=ID,ID] [profile=PROFILE]
// [slow=DURATION] [sim=no].
func (c *Case) read(r *runner, l lang.Line) error {
	c.vars = slices.Clone(r.pairs)
	slugs := slices.Clone(r.pairs)
	for i := 1; i < len(slugs); i += 2 {
		slugs[i] = slug(slugs[i])
	}
	a := &lang.Args{File: c.file.Name,
		Line: lang.Line{Number: l.Number, Words: lang.Substitute(l.Words, r.vars)}, Next: 1}
	if _, err := a.Plain("a name for the case"); err != nil {
		return err
	}
	c.Name, c.Title = replacer(slugs).Replace(l.Words[1].Text), r.vars.Replace(c.Title)
	for w, ok := a.Take(); ok; w, ok = a.Take() {
		var err error
		switch {
		case w.Key == "level" && slices.Contains(levels, w.Text):
			c.Level = w.Text
		case w.Key == "req" && w.Text != "":
			c.Requirements = lang.List(w)
		case w.Key == "profile" && (w.Text == "spec" || w.Text == "kaazing"):
			c.Profile = w.Text
		case w.Key == "sim" && w.Text == "no":
			c.Outside = true
		case w.Key == "slow":
			c.Slow, err = a.Duration(w)
		default:
			err = a.Mistake("expected level=MUST, SHOULD or MAY, req=ID,ID, profile=spec or kaazing, "+
				"slow=3m or sim=no, got %q", w)
		}
		if err != nil {
			return err
		}
	}
	i := slices.IndexFunc(c.body, func(l lang.Line) bool { return l.Words[0].Text == "adversary" })
	if i < 0 || len(c.body[i].Words) < 2 {
		return a.Mistake("a graded case needs an adversary")
	}
	c.Server = strings.HasPrefix(c.body[i].Words[1].Text, "$base")
	return nil
}

// slug makes a part of an id of a value: letters, digits and dots, with a dash in the place of all
// else.
func slug(value string) string {
	words := strings.FieldsFunc(value, func(r rune) bool {
		return r != '.' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
	return strings.ToLower(strings.Join(words, "-"))
}

// above is the comment that ends in the line above the one with that number.
func (f *File) above(number int) string {
	var parts []string
	for i := number - 2; i >= 0 && strings.HasPrefix(f.lines[i], "# "); i-- {
		parts = append([]string{strings.TrimSpace(f.lines[i][1:])}, parts...)
	}
	return strings.Join(parts, " ")
}

// Uses returns the variables that stand in the case, of those with these names.
func (c *Case) Uses(names []string) (used []string) {
	text := ""
	for _, l := range c.body {
		for _, part := range append([]lang.Line{l}, l.Below...) {
			for _, w := range part.Words {
				text += w.Text + " "
			}
		}
	}
	for _, name := range names {
		if strings.Contains(text, "$"+name) {
			used = append(used, name)
		}
	}
	return used
}

// Line returns the number of the line with which the case begins.
func (c *Case) Line() int { return c.number }

// Run runs the case. The error is an [*Error], a mistake in the file.
func (c *Case) Run(o Options) (*verdict.Result, error) {
	r := &runner{file: c.file, opts: o, out: &Outcome{}}
	r.fresh(c.Name)
	t := play.NewTrial(c.Level, cmp.Or(c.Slow, o.Patience, DefaultPatience), o.profile(c) == "kaazing")
	r.trial = t
	pairs := append(c.variables(o), c.vars...)
	r.set(pairs)
	lines := c.body
	if o.Live == nil {
		lines = append(slices.Clone(c.before), lines...)
	} else {
		o.Live.Begin(r.world.Net, t.Came)
	}
	for _, l := range lines {
		if err := r.command(l); err != nil {
			return nil, err
		}
	}
	if o.Live != nil {
		o.Live.Run(r.world.Net, func() bool { return t.Over })
	} else {
		r.world.Run()
	}
	t.Settle()
	if why := r.world.Exhausted(); why != "" {
		t.Rule(verdict.Ruling{Grade: verdict.Fail, Why: "the peer sends without end"})
	}
	t.Result.Transcript = r.world.Taken()
	r.finish()
	t.Result.Broken = r.out.Broken
	return &t.Result, nil
}

// Variables of all graded cases, with their values in the virtual network.
var caseVariables = map[string]string{
	"base": "ws://target", "user": "joe:welcome", "echo": "/echo", "challenge": "/members",
	"redirect": "/old", "refuse": "/gone", "defer": "/later", "status": "/status",
	"balance": "/balanced",
}

// variables returns names and values for the case.
func (c *Case) variables(o Options) []string {
	pairs := []string{"$case", "/case/" + c.Name, "$profile", o.profile(c)}
	for name, value := range caseVariables {
		if v, ok := o.Vars[name]; ok {
			value = v
		}
		if o.profile(c) == "kaazing" && strings.HasPrefix(value, "/") && name != "status" {
			value += marker(value)
		}
		pairs = append(pairs, "$"+name, value)
	}
	mark := ""
	if o.profile(c) == "kaazing" {
		mark = "?.kl=Y"
	}
	user, password, _ := strings.Cut(cmp.Or(o.Vars["user"], caseVariables["user"]), ":")
	base := cmp.Or(o.Vars["base"], caseVariables["base"])
	return append(pairs, "$mark", mark, "$basic", basic(user, password), "$http",
		"http"+strings.TrimPrefix(base, "ws"))
}

// profile is the profile in which the case runs.
func (o Options) profile(c *Case) string { return cmp.Or(c.Profile, o.Profile, "spec") }

// marker is the query that Kaazing's clients add to a target.
func marker(target string) string {
	if strings.Contains(target, "?") {
		return "&.kl=Y"
	}
	return "?.kl=Y"
}

// runCases runs the graded cases of a scenario file in the virtual network.
func (f *File) runCases(o Options) (*Outcome, error) {
	cases, err := f.Cases()
	if err != nil {
		return nil, err
	}
	out := &Outcome{Source: strings.Join(f.lines, "\n") + "\n"}
	for _, c := range cases {
		for _, profile := range c.profiles(o) {
			run := o
			run.Profile = profile
			res, err := c.Run(run)
			if err != nil {
				return nil, err
			}
			out.Broken = append(out.Broken, res.Broken...)
			for _, r := range []verdict.Ruling{res.Behaviour, res.Closing} {
				if r.Grade.Failed() {
					out.Mismatches = append(out.Mismatches, Mismatch{cmp.Or(r.Line, c.number), []string{c.Name +
						", profile " + profile + ": " + r.Want}, []string{r.Got + " (" + r.Why + ")"}})
				}
			}
			if o.Verbose {
				out.Source += fmt.Sprintf("\n== %s, profile %s: %s\n%s\n",
					c.Name, profile, res, strings.Join(res.Transcript, "\n"))
			}
		}
	}
	return out, nil
}

// profiles are those in which the case runs.
func (c *Case) profiles(o Options) []string {
	switch {
	case c.Outside:
		return nil
	case c.Profile != "":
		return []string{c.Profile}
	case o.Profile != "":
		return []string{o.Profile}
	}
	return []string{"spec", "kaazing"}
}

// basic are the Basic credentials of a user.
func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}
