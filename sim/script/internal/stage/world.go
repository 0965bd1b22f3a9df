// Package stage is the stage of a case of a scenario: a network with its hosts, the transcript of
// their actions, and their state in the end.
package stage

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
	ShowPhases details = 1 << iota
	ShowTimers
	ShowAll = ShowPhases | ShowTimers
)

// World is the network of one case, with its hosts.
type World struct {
	Opts    network.Options
	Started bool // the network is in use: its options cannot change any more
	Net     *network.Network
	Show    details
	Quiet   bool // the transcript is not wanted, only the summary
	Lines   []string
	said    int               // bytes of them
	phases  map[string]string // last shown, by host
	timers  map[string]string // likewise
	opened  map[string]bool   // by host
	Clients []*Client
	Sites   []*Site
	Raws    int // clients that follow no protocol
}

// Client is a client with its name in transcripts.
type Client struct {
	Name    string
	Host    *network.Client // nil if it was refused
	Refused string
}

// Site is a site with its name in transcripts.
type Site struct {
	Name string
	Host *network.Site
}

// NewWorld makes a network with these options, whose observations go to the transcript.
func NewWorld(o network.Options) *World {
	w := &World{Opts: o, phases: map[string]string{}, timers: map[string]string{},
		opened: map[string]bool{}}
	w.Opts.Observe = w.observe
	w.Restart()
	return w
}

// Restart makes the network again, with other options. It must not be in use.
func (w *World) Restart() { w.Net = network.New(w.Opts) }

// Say adds a line to the transcript.
func (w *World) Say(host, format string, v ...any) {
	if !w.Quiet {
		text := visible.Line(fmt.Sprintf(format, v...))
		if w.said += len(text); w.said <= mostSaid {
			w.Lines = append(w.Lines, strings.TrimRight(fmt.Sprintf("%9s  %-12s  %s",
				w.Net.Now(), host, text), " "))
		}
	}
}

// Exhausted names the bound that this case has exceeded, "" if none.
func (w *World) Exhausted() string {
	switch {
	case w.Net.Exhausted():
		return fmt.Sprintf("more than %d MiB are sent in this case, "+
			"a piece of a stream counting %d bytes; send less, in larger pieces or on fewer connections",
			network.DefaultMostBytes>>20, network.PieceBytes)
	case w.said > mostSaid:
		return fmt.Sprintf("the transcript of this case is longer than %d MiB; let less happen",
			mostSaid>>20)
	}
	return ""
}

// Taken returns the lines of the transcript since the last call.
func (w *World) Taken() []string {
	lines := w.Lines
	w.Lines = nil
	return lines
}

// mostSaid bounds the transcript of a case, in bytes.
const mostSaid = 16 << 20

// mostEvents bounds how many things happen in one run or advance.
const mostEvents = 2_000_000

// Run lets things happen until nothing is left.
func (w *World) Run() {
	if !w.Net.Run(mostEvents) {
		w.Say("network", "still busy after %d events", mostEvents)
	}
	w.check()
	w.tally()
}

// tally counts how servers ended, where the transcript would be too long.
func (w *World) tally() {
	if !w.Quiet {
		return
	}
	w.Quiet = false
	for _, s := range w.Sites {
		counts := map[string]int{}
		for _, v := range s.Host.Servers() {
			counts[Describe("each", v)]++
		}
		for _, text := range slices.Sorted(maps.Keys(counts)) {
			w.Say(s.Name, "%d servers, %s", counts[text], text)
		}
	}
}

// Advance lets things happen for d.
func (w *World) Advance(d time.Duration) {
	if !w.Net.Advance(d, mostEvents) {
		w.Say("network", "still busy after %d events", mostEvents)
	}
	w.check()
}

// check reports the broken invariants.
func (w *World) check() {
	w.Net.Check()
	for _, err := range w.Net.Broken() {
		w.Say("network", "BROKEN %s", err)
	}
}

// Find returns the host of that name: a client, or the server of the last connection to a site, nil
// if there was none.
func (w *World) Find(name string) (Host, bool) {
	for _, c := range w.Clients {
		if c.Name == name && c.Host != nil {
			return c.Host, true
		}
	}
	for _, s := range w.Sites {
		if last := s.Host.Last(); s.Name == name && last != nil {
			return last, true
		} else if s.Name == name {
			return nil, true
		}
	}
	return nil, false
}

// Known lists the names that find knows.
func (w *World) Known() string {
	var names []string
	for _, c := range w.Clients {
		names = append(names, c.Name)
	}
	for _, s := range w.Sites {
		names = append(names, s.Name)
	}
	if len(names) == 0 {
		return "there is none yet"
	}
	return "expected one of " + strings.Join(names, ", ")
}
