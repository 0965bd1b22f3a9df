package script

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Options are how a scenario is run.
type Options struct {
	Seed    uint64 // of nonces and masks
	Verbose bool   // show phases and timers as if every case began with "trace all"
}

// Mismatch is something that came out otherwise than expected.
type Mismatch struct {
	Line int      // of the separator, or of the expect command
	Want []string // lines
	Got  []string // lines
}

// Outcome is what came out of a run.
type Outcome struct {
	Mismatches []Mismatch
	Broken     []string // invariants that were broken, with the place
	Source     string   // the scenario with what came out in place of what was expected
	Events     int      // how many things happened on the network
}

// Passed reports whether everything came out as expected and no invariant was broken.
func (o *Outcome) Passed() bool { return len(o.Mismatches) == 0 && len(o.Broken) == 0 }

// Run runs the scenario. The error is an [*Error], a mistake in the scenario.
func (f *File) Run(o Options) (*Outcome, error) {
	r := &runner{file: f, opts: o, out: &Outcome{}}
	r.fresh("")
	var got [][]string
	for _, b := range f.blocks {
		lines, err := r.block(b)
		if err != nil {
			return nil, err
		}
		got = append(got, lines)
		if !slices.Equal(lines, b.want) {
			at := b.end
			if at == 0 {
				at = b.commands[len(b.commands)-1].number
			}
			r.out.Mismatches = append(r.out.Mismatches, Mismatch{at, b.want, lines})
		}
	}
	r.finish()
	r.out.Source = f.rewritten(got)
	return r.out, nil
}

// runner runs one scenario.
type runner struct {
	file  *File
	opts  Options
	out   *Outcome
	world *world
	vars  *strings.Replacer // of each; nil outside
	long  int               // bytes of the longest value of vars
	spent int64             // bytes of texts and steps that were made
	name  string            // of the case
}

// fresh starts over with an empty network.
func (r *runner) fresh(name string) {
	r.finish()
	r.name, r.world = name, newWorld(r.opts.Seed)
	if r.opts.Verbose {
		r.world.show = showAll
	}
}

// finish collects what the world has broken.
func (r *runner) finish() {
	if r.world == nil {
		return
	}
	for _, err := range r.world.net.Broken() {
		place := r.file.Name
		if r.name != "" {
			place += ", case " + r.name
		}
		r.out.Broken = append(r.out.Broken, place+": "+err.Error())
	}
	r.out.Events += r.world.net.Events()
	r.world = nil
}

// block runs the commands of one block and returns what came out.
func (r *runner) block(b block) ([]string, error) {
	var lines []string
	for i, l := range b.commands {
		if l.words[0].text == "each" {
			more, err := r.each(b.commands[i:])
			return append(lines, more...), err
		}
		if err := r.command(l); err != nil {
			return nil, err
		}
		lines = append(lines, r.world.taken()...)
	}
	return lines, nil
}

// command runs one command.
func (r *runner) command(l line) error {
	c, ok := commands[l.words[0].text]
	if !ok {
		return r.mistake(l, 0, fmt.Sprintf("unknown command %q; expected one of %s", l.words[0].text, commandNames()))
	}
	if len(l.below) > 0 && !c.below {
		return r.mistake(l.below[0], 0, l.words[0].text+" takes no indented lines")
	}
	if err := r.spend(l, 1); err != nil {
		return err
	}
	l.words = substitute(l.words, r.vars)
	a := &args{file: r.file.Name, line: l, next: 1}
	if err := c.run(r, a); err != nil {
		return err
	}
	if why := r.world.exhausted(); why != "" {
		return r.mistake(l, 0, why)
	}
	if r.out.Events+r.world.net.Events() > mostEventsInAll {
		return r.mistake(l, 0, fmt.Sprintf("more than %d things happen in this scenario; make it several", mostEventsInAll))
	}
	return a.done()
}

func (r *runner) mistake(l line, word int, text string) error {
	return &Error{r.file.Name, l.number, l.words[word].column, text}
}

// expected adds a mismatch of an expect command.
func (r *runner) expected(l line, want, got string) {
	label := ""
	if r.name != "" {
		label = r.name + ": "
	}
	r.out.Mismatches = append(r.out.Mismatches, Mismatch{l.number, []string{label + want}, []string{label + got}})
}

// args are the words of a command that are left.
type args struct {
	file string
	line line
	next int
}

// mistake is an error about the word that was read last.
func (a *args) mistake(format string, v ...any) error {
	w := a.line.words[min(max(a.next-1, 0), len(a.line.words)-1)]
	return &Error{a.file, a.line.number, w.column, fmt.Sprintf(format, v...)}
}

// end is an error about a word that is missing.
func (a *args) end(expected string) error {
	last := a.line.words[len(a.line.words)-1]
	return &Error{a.file, a.line.number, last.column + len(last.key) + len(last.text) + 1, "expected " + expected + " at the end of the line"}
}

// done is an error if words are left.
func (a *args) done() error {
	if w, ok := a.take(); ok {
		return a.mistake("unexpected %q; the command is complete without it", w.text)
	}
	return nil
}

// take returns the next word.
func (a *args) take() (word, bool) {
	if a.next >= len(a.line.words) {
		return word{}, false
	}
	a.next++
	return a.line.words[a.next-1], true
}

// peek returns the next word without taking it.
func (a *args) peek() (word, bool) {
	if a.next >= len(a.line.words) {
		return word{}, false
	}
	return a.line.words[a.next], true
}

// plain takes a word without key; expected says what it should be.
func (a *args) plain(expected string) (word, error) {
	w, ok := a.take()
	switch {
	case !ok:
		return w, a.end(expected)
	case w.key != "":
		return w, a.mistake("expected %s, got %s=%s", expected, w.key, w.text)
	}
	return w, nil
}

// code takes a number from low to high.
func (a *args) number(expected string, low, high int) (int, error) {
	w, err := a.plain(expected)
	if err != nil {
		return 0, err
	}
	return a.asNumber(w, expected, low, high)
}

func (a *args) asNumber(w word, expected string, low, high int) (int, error) {
	n, err := a.asLong(w, expected, int64(low), int64(high))
	return int(n), err
}

// asLong is asNumber for what an int may be too small for.
func (a *args) asLong(w word, expected string, low, high int64) (int64, error) {
	n, err := strconv.ParseInt(w.text, 10, 64)
	if err != nil || n < low || n > high {
		return 0, a.mistake("expected %s, a number from %d to %d, got %q", expected, low, high, w.text)
	}
	return n, nil
}
