package script

import (
	"maps"
	"slices"
	"strings"

	"example.com/khp/fsm"
	"example.com/khp/sim/script/internal/lang"
	"example.com/khp/sim/script/internal/stage"
	"example.com/khp/wire"
)

// command is one word of the language.
type command struct {
	below bool // it may have indented lines
	run   func(r *runner, a *lang.Args) error
}

// commands are all of them, but for each, which takes the lines behind it along.
var commands map[string]command

func init() { // here, so that commands can name the list in their errors
	commands = map[string]command{
		"adversary": {true, runAdversary},
		"advance":   {false, runAdvance},
		"case":      {false, runCase},
		"client":    {false, runClient},
		"close":     {false, runClose},
		"cut":       {false, runCut},
		"expect":    {false, runExpect},
		"network":   {false, runNetwork},
		"run":       {false, func(r *runner, _ *lang.Args) error { r.world.Run(); return nil }},
		"send":      {false, runSend},
		"server":    {true, runServer},
		"timer":     {false, runTimer},
		"trace":     {false, runTrace},
	}
}

func commandNames() string {
	return strings.Join(slices.Sorted(maps.Keys(commands)), ", ") + ", each"
}

// runCase starts over.
func runCase(r *runner, a *lang.Args) error {
	w, err := a.Plain("a name for the case")
	if err == nil {
		r.fresh(w.Text)
		r.world.Lines = append(r.world.Lines, "== "+w.Text)
	}
	return err
}

// runAdvance lets time go by.
func runAdvance(r *runner, a *lang.Args) error {
	d, err := a.TakeDuration("how long, such as 30s")
	if err == nil {
		r.world.Advance(d)
	}
	return err
}

// runNetwork sets the options of the network: latency=10ms split=N timers=first seed=N.
func runNetwork(r *runner, a *lang.Args) error {
	if r.world.Started {
		return a.Mistake("network has to come before the first client, server and adversary of a case")
	}
	o := &r.world.Opts
	for w, ok := a.Take(); ok; w, ok = a.Take() {
		var err error
		switch w.Key {
		case "latency":
			if o.Latency, err = a.Duration(w); o.Latency == 0 {
				o.Latency = -1
			}
		case "split":
			var n int
			n, err = a.Number(w, "split", 1, 1<<20)
			o.Pieces = func(left int) int { return min(n, left) }
		case "timers":
			o.TimersFirst = w.Text == "first"
			if w.Text != "first" && w.Text != "last" {
				err = a.Mistake("expected timers=first or timers=last, got %q", w.Text)
			}
		default:
			err = a.Mistake("unknown option %q of network; expected latency=, split= or timers=", w)
		}
		if err != nil {
			return err
		}
	}
	r.world.Restart()
	return nil
}

// hostOf takes the name of a client or site.
func hostOf(a *lang.Args, r *runner) (string, stage.Host, error) {
	w, err := a.Plain("the name of a client or server")
	if err != nil {
		return "", nil, err
	}
	h, ok := r.world.Find(w.Text)
	if !ok {
		return "", nil, a.Mistake("there is no client or server %q; %s", w.Text, r.world.Known())
	}
	return w.Text, h, nil
}

// runSend has an application send: send HOST text|binary CONTENT.
func runSend(r *runner, a *lang.Args) error {
	name, h, err := hostOf(a, r)
	if err != nil {
		return err
	}
	kind, err := a.Plain("text or binary")
	if err != nil {
		return err
	}
	t, ok := map[string]wire.MessageType{"text": wire.Text, "binary": wire.Binary}[kind.Text]
	if !ok {
		return a.Mistake("expected text or binary, got %q", kind.Text)
	}
	data, err := a.Content()
	if err == nil && (h == nil || !h.Send(t, data)) {
		r.world.Say(name, "may not send now: it is not open")
	}
	return err
}

// runClose has an application close: close HOST [CODE [REASON]].
func runClose(r *runner, a *lang.Args) error {
	_, h, err := hostOf(a, r)
	if err != nil {
		return err
	}
	code, reason, err := a.Closing()
	if err == nil && h != nil {
		h.Close(uint16(code), reason)
	}
	return err
}

// runTimer tells a host that a timer has ended: timer HOST NAME. If it is the one that ends next,
// it has; if not, that must have no effect.
func runTimer(r *runner, a *lang.Args) error {
	_, h, err := hostOf(a, r)
	if err != nil {
		return err
	}
	w, err := a.Plain("the name of a timer")
	if err != nil {
		return err
	}
	t, err := a.Timer(w.Text)
	if err == nil && h != nil {
		h.(interface{ Expire(fsm.Timer) }).Expire(t)
	}
	return err
}

// runCut breaks the connection of a host: cut HOST [silently].
func runCut(r *runner, a *lang.Args) error {
	name, h, err := hostOf(a, r)
	if err != nil {
		return err
	}
	w, silently := a.Take()
	switch {
	case silently && w.Text != "silently":
		return a.Mistake("expected silently or nothing, got %q", w.Text)
	case h == nil || h.Conn() == nil:
		r.world.Say(name, "has no connection to cut")
	case silently:
		h.Conn().Vanish()
	default:
		h.Conn().Cut()
	}
	return nil
}

// runTrace selects the lines of transcripts: trace [phases] [timers] [all] [off].
func runTrace(r *runner, a *lang.Args) error {
	w, ok := a.Take()
	if !ok {
		return a.End("phases, timers, all or off")
	}
	for ; ok; w, ok = a.Take() {
		switch w.Text {
		case "phases":
			r.world.Show |= stage.ShowPhases
		case "timers":
			r.world.Show |= stage.ShowTimers
		case "all":
			r.world.Show = stage.ShowAll
		case "off":
			r.world.Show = 0
		default:
			return a.Mistake("expected phases, timers, all or off, got %q", w.Text)
		}
	}
	return nil
}
