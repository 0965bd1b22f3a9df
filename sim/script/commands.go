package script

import (
	"maps"
	"slices"
	"strings"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/wire"
)

// command is one word of the language.
type command struct {
	below bool // it may have indented lines
	run   func(r *runner, a *args) error
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
		"run":       {false, func(r *runner, _ *args) error { r.world.run(); return nil }},
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
func runCase(r *runner, a *args) error {
	w, err := a.plain("a name for the case")
	if err == nil {
		r.fresh(w.text)
		r.world.lines = append(r.world.lines, "== "+w.text)
	}
	return err
}

// runAdvance lets time go by.
func runAdvance(r *runner, a *args) error {
	d, err := a.duration("how long, such as 30s")
	if err == nil {
		r.world.advance(d)
	}
	return err
}

// duration takes a duration.
func (a *args) duration(expected string) (time.Duration, error) {
	w, err := a.plain(expected)
	if err != nil {
		return 0, err
	}
	return a.asDuration(w)
}

func (a *args) asDuration(w word) (time.Duration, error) {
	d, err := time.ParseDuration(w.text)
	if err != nil || d < 0 || d > 10_000*time.Hour {
		return 0, a.mistake("expected a duration up to 10000h such as 10ms, 30s or 1h, got %q", w.text)
	}
	return d, nil
}

// runNetwork sets the options of the network: latency=10ms split=N timers=first seed=N.
func runNetwork(r *runner, a *args) error {
	if r.world.started {
		return a.mistake("network has to come before the first client, server and adversary of a case")
	}
	o := &r.world.opts
	for w, ok := a.take(); ok; w, ok = a.take() {
		var err error
		switch w.key {
		case "latency":
			if o.Latency, err = a.asDuration(w); o.Latency == 0 {
				o.Latency = -1
			}
		case "split":
			var n int
			n, err = a.asNumber(w, "split", 1, 1<<20)
			o.Pieces = func(left int) int { return min(n, left) }
		case "timers":
			o.TimersFirst = w.text == "first"
			if w.text != "first" && w.text != "last" {
				err = a.mistake("expected timers=first or timers=last, got %q", w.text)
			}
		default:
			err = a.mistake("unknown option %q of network; expected latency=, split= or timers=", w)
		}
		if err != nil {
			return err
		}
	}
	r.world.restart()
	return nil
}

// host takes the name of a client or site.
func (a *args) host(r *runner) (string, host, error) {
	w, err := a.plain("the name of a client or server")
	if err != nil {
		return "", nil, err
	}
	h, ok := r.world.find(w.text)
	if !ok {
		return "", nil, a.mistake("there is no client or server %q; %s", w.text, r.world.known())
	}
	return w.text, h, nil
}

// runSend has an application send: send HOST text|binary CONTENT.
func runSend(r *runner, a *args) error {
	name, h, err := a.host(r)
	if err != nil {
		return err
	}
	kind, err := a.plain("text or binary")
	if err != nil {
		return err
	}
	t, ok := map[string]wire.MessageType{"text": wire.Text, "binary": wire.Binary}[kind.text]
	if !ok {
		return a.mistake("expected text or binary, got %q", kind.text)
	}
	data, err := a.content()
	if err == nil && (h == nil || !h.Send(t, data)) {
		r.world.say(name, "may not send now: it is not open")
	}
	return err
}

// runClose has an application close: close HOST [CODE [REASON]].
func runClose(r *runner, a *args) error {
	_, h, err := a.host(r)
	if err != nil {
		return err
	}
	code, reason, err := a.closing()
	if err == nil && h != nil {
		h.Close(uint16(code), reason)
	}
	return err
}

// closing takes an optional close code and reason.
func (a *args) closing() (code int, reason string, err error) {
	if _, ok := a.peek(); !ok {
		return 0, "", nil
	}
	if code, err = a.number("a close code", 0, 65535); err != nil {
		return 0, "", err
	}
	if w, ok := a.take(); ok {
		reason = w.value()
	}
	return code, reason, nil
}

// timersByName are all timers, by the names that transcripts use.
var timersByName = func() map[string]fsm.Timer {
	m := map[string]fsm.Timer{}
	for t := fsm.TimerOpening; t <= fsm.TimerReplay; t++ {
		m[strings.ToLower(strings.TrimPrefix(t.String(), "Timer"))] = t
	}
	return m
}()

// timer is the timer of that name.
func (a *args) timer(name string) (fsm.Timer, error) {
	t, ok := timersByName[strings.ToLower(name)]
	if !ok {
		return 0, a.mistake("unknown timer %q; expected one of %s", name, strings.Join(slices.Sorted(maps.Keys(timersByName)), ", "))
	}
	return t, nil
}

// runTimer tells a host that a timer has ended: timer HOST NAME. If it is the one that ends next,
// it has; if not, that must have no effect.
func runTimer(r *runner, a *args) error {
	_, h, err := a.host(r)
	if err != nil {
		return err
	}
	w, err := a.plain("the name of a timer")
	if err != nil {
		return err
	}
	t, err := a.timer(w.text)
	if err == nil && h != nil {
		h.(interface{ Expire(fsm.Timer) }).Expire(t)
	}
	return err
}

// runCut breaks the connection of a host: cut HOST [silently].
func runCut(r *runner, a *args) error {
	name, h, err := a.host(r)
	if err != nil {
		return err
	}
	w, silently := a.take()
	switch {
	case silently && w.text != "silently":
		return a.mistake("expected silently or nothing, got %q", w.text)
	case h == nil || h.Conn() == nil:
		r.world.say(name, "has no connection to cut")
	case silently:
		h.Conn().Vanish()
	default:
		h.Conn().Cut()
	}
	return nil
}

// runTrace says what transcripts show: trace [phases] [timers] [all] [off].
func runTrace(r *runner, a *args) error {
	w, ok := a.take()
	if !ok {
		return a.end("phases, timers, all or off")
	}
	for ; ok; w, ok = a.take() {
		switch w.text {
		case "phases":
			r.world.show |= showPhases
		case "timers":
			r.world.show |= showTimers
		case "all":
			r.world.show = showAll
		case "off":
			r.world.show = 0
		default:
			return a.mistake("expected phases, timers, all or off, got %q", w.text)
		}
	}
	return nil
}
