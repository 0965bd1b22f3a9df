package script

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/khp/internal/tables"
	"example.com/khp/sim/network"
	"example.com/khp/sim/script/internal/lang"
	"example.com/khp/sim/script/internal/play"
	"example.com/khp/sim/script/internal/stage"
)

// Options are how a scenario is run.
type Options struct {
	Seed    uint64 // of nonces and masks
	Verbose bool   // show phases and timers as if every case began with "trace all"

	// The rest is for graded cases.
	Profile  string        // of cases that do not say: spec, kaazing or "" for both
	Patience time.Duration // that a peer has for one step; 0 is DefaultPatience
	// Vars replace the usual values of $base, $user, $echo, $challenge, ...
	Vars map[string]string
	Live Live // runs them against a peer outside; nil is the client or server of the file
	// Frames and Head change the bytes of a host of the file, as in network.Options.
	Frames  func(client bool, f network.Frame) []network.Frame
	Head    func(client bool, p []byte) []byte // likewise
	Altered tables.Alteration                  // a mistake in the machine of such a host
}

// Mismatch is something that came out otherwise than expected.
type Mismatch struct {
	Line int      // of the separator, or of the expect command
	Want []string // lines
	Got  []string // lines
}

// Outcome is the result of a run.
type Outcome struct {
	Mismatches []Mismatch
	Broken     []string // invariants that were broken, with the place
	Source     string   // the scenario with the actual output in place of the expected one
	Events     int      // how many things happened on the network
}

// Passed reports whether everything came out as expected and no invariant was broken.
func (o *Outcome) Passed() bool { return len(o.Mismatches) == 0 && len(o.Broken) == 0 }

// Run runs the scenario. The error is an [*Error], a mistake in the scenario.
func (f *File) Run(o Options) (*Outcome, error) {
	if f.graded() {
		return f.runCases(o)
	}
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
				at = b.commands[len(b.commands)-1].Number
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
	world *stage.World
	trial *play.Trial       // of a graded case, nil in a scenario
	vars  *strings.Replacer // of each and of graded cases; nil outside
	pairs []string          // of which vars was made
	long  int               // bytes of the longest value of vars
	spent int64             // bytes of texts and steps that were made
	name  string            // of the case
}

// fresh starts over with an empty network.
func (r *runner) fresh(name string) {
	r.finish()
	o := network.Options{Seed: r.opts.Seed, Frames: r.opts.Frames, Head: r.opts.Head}
	if r.opts.Live != nil {
		o.Latency = -1
	}
	r.name, r.world, r.trial = name, stage.NewWorld(o), nil
	if r.opts.Verbose {
		r.world.Show = stage.ShowAll
	}
}

// finish collects the broken invariants of the world.
func (r *runner) finish() {
	if r.world == nil {
		return
	}
	for _, err := range r.world.Net.Broken() {
		place := r.file.Name
		if r.name != "" {
			place += ", case " + r.name
		}
		r.out.Broken = append(r.out.Broken, place+": "+err.Error())
	}
	r.out.Events += r.world.Net.Events()
	r.world = nil
}

// block runs the commands of one block and returns their output.
func (r *runner) block(b block) ([]string, error) {
	var lines []string
	for i, l := range b.commands {
		if l.Words[0].Text == "each" {
			more, err := r.each(b.commands[i:])
			return append(lines, more...), err
		}
		if err := r.command(l); err != nil {
			return nil, err
		}
		lines = append(lines, r.world.Taken()...)
	}
	return lines, nil
}

// command runs one command.
func (r *runner) command(l lang.Line) error {
	c, ok := commands[l.Words[0].Text]
	if !ok {
		return r.mistake(l, fmt.Sprintf("unknown command %q; expected one of %s",
			l.Words[0].Text, commandNames()))
	}
	if len(l.Below) > 0 && !c.below {
		return r.mistake(l.Below[0], l.Words[0].Text+" takes no indented lines")
	}
	if err := r.spend(l, 1); err != nil {
		return err
	}
	l.Words = lang.Substitute(l.Words, r.vars)
	a := &lang.Args{File: r.file.Name, Line: l, Next: 1}
	if err := c.run(r, a); err != nil {
		return err
	}
	if why := r.world.Exhausted(); why != "" {
		return r.mistake(l, why)
	}
	if r.out.Events+r.world.Net.Events() > mostEventsInAll {
		return r.mistake(l, fmt.Sprintf("more than %d things happen in this scenario; make it several",
			mostEventsInAll))
	}
	return a.Done()
}

func (r *runner) mistake(l lang.Line, text string) error {
	return lang.Wrong(r.file.Name, l.Number, l.Words[0].Column, text)
}

// expected adds a mismatch of an expect command.
func (r *runner) expected(l lang.Line, want, got string) {
	label := ""
	if r.name != "" {
		label = r.name + ": "
	}
	r.out.Mismatches = append(r.out.Mismatches,
		Mismatch{l.Number, []string{label + want}, []string{label + got}})
}

// Bounds of the steps and bytes of a scenario, its repetitions included.
const (
	mostMade        = 256 << 20 // bytes of texts and steps, of all cases
	stepBytes       = 256       // of a step beside its text
	mostEventsInAll = 20_000_000
)

// spend counts the texts and steps of a line that is read so many times, before they are made. The
// error names the line.
func (r *runner) spend(l lang.Line, times int) error {
	cost := int64(stepBytes)
	for _, w := range l.Words {
		text := int64(len(w.Text)) + int64(strings.Count(w.Text, "$"))*int64(r.long)
		cost = min(cost+min(text, mostMade+1)*int64(w.Times), mostMade+1)
	}
	if r.spent += cost * int64(times); r.spent > mostMade {
		return r.mistake(l, fmt.Sprintf("the scenario makes more than %d MiB of texts and steps up "+
			"to here; repeat less, or shorter texts", mostMade>>20))
	}
	return nil
}

// Fails runs a scenario and describes its failure: the invariants that it breaks, or the panic that
// it causes; "" if there is none. The expectations of the scenario do not matter.
func Fails(name, source string, o Options) (why string) {
	return failing(name, func() []string {
		f, err := Parse(name, source)
		if err != nil {
			return nil
		}
		out, err := f.Run(o)
		if err != nil {
			return nil
		}
		return out.Broken
	})
}

// failing turns the result of run, or its panic, into a text.
func failing(name string, run func() []string) (why string) {
	defer func() {
		if v := recover(); v != nil {
			why = fmt.Sprintf("%s: panic: %v", name, v)
		}
	}()
	return strings.Join(run(), "\n")
}

// WithTranscript returns the scenario with its output, as far as it runs.
func WithTranscript(name, source string, o Options) (written string) {
	defer func() {
		if recover() != nil {
			written = source
		}
	}()
	f, err := Parse(name, source)
	if err != nil {
		return source
	}
	out, err := f.Run(o)
	if err != nil {
		return source
	}
	return out.Source
}
