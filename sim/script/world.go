package script

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"example.com/khp/internal/visible"
	"example.com/khp/sim/network"
)

// details are the parts of a transcript besides messages and the end.
type details uint8

const (
	showPhases details = 1 << iota
	showTimers
	showAll = showPhases | showTimers
)

// world is the network of one case, with its hosts.
type world struct {
	opts    network.Options
	started bool // the network is in use: its options cannot change any more
	net     *network.Network
	show    details
	quiet   bool // the transcript is not wanted, only the summary
	lines   []string
	said    int               // bytes of them
	phases  map[string]string // last shown, by host
	timers  map[string]string // likewise
	opened  map[string]bool   // by host
	clients []*client
	sites   []*site
	raws    int    // clients that follow no protocol
	trial   *trial // of a graded case, nil in a scenario
}

// client is a client and what a transcript calls it.
type client struct {
	name    string
	host    *network.Client // nil if it was refused
	refused string
}

// site is a site and what a transcript calls it.
type site struct {
	name string
	host *network.Site
}

func newWorld(o Options) *world {
	w := &world{phases: map[string]string{}, timers: map[string]string{}, opened: map[string]bool{}}
	w.opts = network.Options{Seed: o.Seed, Observe: w.observe, Frames: o.Frames, Head: o.Head}
	if o.Live != nil {
		w.opts.Latency = -1
	}
	w.net = network.New(w.opts)
	return w
}

// restart makes the network again, with other options. It must not be in use.
func (w *world) restart() { w.net = network.New(w.opts) }

// say adds a line to the transcript.
func (w *world) say(host, format string, v ...any) {
	if !w.quiet {
		text := visible.Line(fmt.Sprintf(format, v...))
		if w.said += len(text); w.said <= mostSaid {
			w.lines = append(w.lines, strings.TrimRight(fmt.Sprintf("%9s  %-12s  %s", w.net.Now(), host, text), " "))
		}
	}
}

// exhausted says what there is too much of in this case, "" if nothing.
func (w *world) exhausted() string {
	switch {
	case w.net.Exhausted():
		return fmt.Sprintf("more than %d MiB are sent in this case, a piece of a stream counting %d bytes; send less, in larger pieces or on fewer connections", network.DefaultMostBytes>>20, network.PieceBytes)
	case w.said > mostSaid:
		return fmt.Sprintf("the transcript of this case is longer than %d MiB; let less happen", mostSaid>>20)
	}
	return ""
}

// taken returns the lines of the transcript since the last call.
func (w *world) taken() []string {
	lines := w.lines
	w.lines = nil
	return lines
}

// mostSaid bounds the transcript of a case, in bytes.
const mostSaid = 16 << 20

// mostEvents bounds how many things happen in one run or advance.
const mostEvents = 2_000_000

// run lets things happen until nothing is left.
func (w *world) run() {
	if !w.net.Run(mostEvents) {
		w.say("network", "still busy after %d events", mostEvents)
	}
	w.check()
	w.tally()
}

// tally counts how servers ended, where the transcript would be too long.
func (w *world) tally() {
	if !w.quiet {
		return
	}
	w.quiet = false
	for _, s := range w.sites {
		counts := map[string]int{}
		for _, v := range s.host.Servers() {
			counts[describe("each", v)]++
		}
		for _, text := range slices.Sorted(maps.Keys(counts)) {
			w.say(s.name, "%d servers, %s", counts[text], text)
		}
	}
}

// advance lets things happen for d.
func (w *world) advance(d time.Duration) {
	if !w.net.Advance(d, mostEvents) {
		w.say("network", "still busy after %d events", mostEvents)
	}
	w.check()
}

// check reports the broken invariants.
func (w *world) check() {
	w.net.Check()
	for _, err := range w.net.Broken() {
		w.say("network", "BROKEN %s", err)
	}
}

// find returns the host of that name: a client, or the server of the last connection to a site, nil
// if there was none.
func (w *world) find(name string) (host, bool) {
	for _, c := range w.clients {
		if c.name == name && c.host != nil {
			return c.host, true
		}
	}
	for _, s := range w.sites {
		if last := s.host.Last(); s.name == name && last != nil {
			return last, true
		} else if s.name == name {
			return nil, true
		}
	}
	return nil, false
}

// known lists the names that find knows.
func (w *world) known() string {
	var names []string
	for _, c := range w.clients {
		names = append(names, c.name)
	}
	for _, s := range w.sites {
		names = append(names, s.name)
	}
	if len(names) == 0 {
		return "there is none yet"
	}
	return "expected one of " + strings.Join(names, ", ")
}
