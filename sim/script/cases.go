package script

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/khp/sim/verdict"
)

// Case is one graded case: what an adversary does to a peer, and what each of the peer's answers is
// worth. It runs against the client or server that stands above the cases of its file, or against a
// peer outside of the network.
type Case struct {
	Name         string // its id, such as khp/ext/401/replay
	Title        string // the comment above it
	Level        string // MUST, SHOULD or MAY
	Profile      string // spec or kaazing; "" is both
	Requirements []string
	Server       bool          // the peer under test is a server
	Slow         time.Duration // patience of a case that waits for a deadline of the peer; 0 for all others
	Outside      bool          // it needs more than a network: an HTTP server around KHP
	file         *File
	number       int    // of its line
	before, body []line // above the cases of the file, and its own
	vars         []string
}

// levels of cases.
var levels = []string{"MUST", "SHOULD", "MAY"}

// isGraded reports whether l begins a graded case.
func isGraded(l line) bool {
	return l.words[0].text == "case" && slices.ContainsFunc(l.words, func(w word) bool { return w.key == "level" })
}

// graded reports whether f has graded cases. Then it has nothing else.
func (f *File) graded() bool {
	return slices.ContainsFunc(f.blocks, func(b block) bool { return slices.ContainsFunc(b.commands, isGraded) })
}

// Cases returns the graded cases of f, those behind each lines once for each combination of values;
// none if f is a scenario. The error is an [*Error].
func (f *File) Cases() ([]*Case, error) {
	if !f.graded() {
		return nil, nil
	}
	if len(f.blocks) > 1 || f.blocks[0].end > 0 {
		return nil, &Error{f.Name, f.blocks[0].end, 1, "a file of graded cases has no transcripts; take out " + separator + " and what follows it"}
	}
	lines := f.blocks[0].commands
	starts := func(l line) bool { return l.words[0].text == "each" || l.words[0].text == "case" }
	first := slices.IndexFunc(lines, starts)
	before, lines := lines[:first], lines[first:]
	r := &runner{file: f}
	var list []*Case
	for len(lines) > 0 {
		var vars []variable
		top := lines[0]
		for len(lines) > 0 && lines[0].words[0].text == "each" {
			v, err := r.variable(lines[0])
			if err != nil {
				return nil, err
			}
			vars, lines = append(vars, v), lines[1:]
		}
		if len(lines) == 0 || !isGraded(lines[0]) {
			return nil, r.mistake(top, 0, "expected case NAME level=MUST|SHOULD|MAY here, as above the other cases of this file")
		}
		end := 1 + slices.IndexFunc(append(lines[1:len(lines):len(lines)], line{words: []word{{text: "case"}}}), starts)
		err := r.combinations(vars, nil, nil, func([]string) error {
			c := &Case{file: f, number: lines[0].number, Title: f.above(top.number), before: before, body: lines[1:end]}
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
func (c *Case) read(r *runner, l line) error {
	c.vars = slices.Clone(r.pairs)
	slugs := slices.Clone(r.pairs)
	for i := 1; i < len(slugs); i += 2 {
		slugs[i] = slug(slugs[i])
	}
	a := &args{file: c.file.Name, line: line{number: l.number, words: substitute(l.words, r.vars)}, next: 1}
	if _, err := a.plain("a name for the case"); err != nil {
		return err
	}
	c.Name, c.Title = replacer(slugs).Replace(l.words[1].text), r.vars.Replace(c.Title)
	for w, ok := a.take(); ok; w, ok = a.take() {
		var err error
		switch {
		case w.key == "level" && slices.Contains(levels, w.text):
			c.Level = w.text
		case w.key == "req" && w.text != "":
			c.Requirements = list(w)
		case w.key == "profile" && (w.text == "spec" || w.text == "kaazing"):
			c.Profile = w.text
		case w.key == "sim" && w.text == "no":
			c.Outside = true
		case w.key == "slow":
			c.Slow, err = a.asDuration(w)
		default:
			err = a.mistake("expected level=MUST, SHOULD or MAY, req=ID,ID, profile=spec or kaazing, slow=3m or sim=no, got %q", w)
		}
		if err != nil {
			return err
		}
	}
	i := slices.IndexFunc(c.body, func(l line) bool { return l.words[0].text == "adversary" })
	if i < 0 || len(c.body[i].words) < 2 {
		return a.mistake("a graded case needs an adversary")
	}
	c.Server = strings.HasPrefix(c.body[i].words[1].text, "$base")
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
		for _, part := range append([]line{l}, l.below...) {
			for _, w := range part.words {
				text += w.text + " "
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
func (c *Case) Run(o Options) (*Result, error) {
	r := &runner{file: c.file, opts: o, out: &Outcome{}}
	r.fresh(c.Name)
	t := newTrial(c, o)
	r.world.trial = t
	pairs := append(c.variables(o), c.vars...)
	r.set(pairs)
	lines := c.body
	if o.Live == nil {
		lines = append(slices.Clone(c.before), lines...)
	} else {
		o.Live.Begin(r.world.net, t.came)
	}
	for _, l := range lines {
		if err := r.command(l); err != nil {
			return nil, err
		}
	}
	if o.Live != nil {
		o.Live.Run(r.world.net, func() bool { return t.over })
	} else {
		r.world.run()
	}
	t.settle()
	if why := r.world.exhausted(); why != "" {
		t.rule(verdict.Ruling{Grade: verdict.Fail, Why: "the peer sends without end"})
	}
	t.result.Transcript = r.world.taken()
	r.finish()
	t.result.Broken = r.out.Broken
	return &t.result, nil
}

// Variables of all graded cases, and what they are in the virtual network.
var caseVariables = map[string]string{
	"base": "ws://target", "user": "joe:welcome", "echo": "/echo", "challenge": "/members", "redirect": "/old", "refuse": "/gone", "defer": "/later", "status": "/status", "balance": "/balanced",
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
	user, password, _ := strings.Cut(pick(o.Vars["user"], caseVariables["user"]), ":")
	base := pick(o.Vars["base"], caseVariables["base"])
	return append(pairs, "$mark", mark, "$basic", basic(user, password), "$http", "http"+strings.TrimPrefix(base, "ws"))
}

// profile is the profile in which the case runs.
func (o Options) profile(c *Case) string { return pick(c.Profile, o.Profile, "spec") }

func pick(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// marker is what Kaazing's clients add to a target.
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
					out.Mismatches = append(out.Mismatches, Mismatch{pickLine(r.Line, c.number), []string{c.Name + ", profile " + profile + ": " + r.Want}, []string{r.Got + " (" + r.Why + ")"}})
				}
			}
			if o.Verbose {
				out.Source += fmt.Sprintf("\n== %s, profile %s: %s\n%s\n", c.Name, profile, res, strings.Join(res.Transcript, "\n"))
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

func pickLine(a, b int) int {
	if a != 0 {
		return a
	}
	return b
}
