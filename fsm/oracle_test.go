package fsm_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/sim/oracle"
	"pgregory.net/rapid"
)

// This file compares a machine with the oracle; it knows neither.

// subject is a machine S next to the oracle's model M of it.
type subject[S, M comparable] struct {
	start  S
	model  M
	step   func(S, fsm.Event) (S, fsm.Effects, fsm.Verdict)
	oracle func(M, fsm.Event) (M, oracle.Orders, fsm.Verdict)
	same   func(S, M) string // the difference between the state and the model, "" if none
	phase  func(S) string
	events []fsm.Event
}

// node is one state of both descriptions and of the host's timers.
type node[S, M comparable] struct {
	state  S
	model  M
	timers oracle.Timers
}

// next makes one step on both sides. diff describes the difference; moved is false if both agree
// that nothing happened.
func (c *subject[S, M]) next(n node[S, M], ev fsm.Event) (to node[S, M], diff string, moved bool) {
	state, got, verdict := c.step(n.state, ev)
	model, want, wantVerdict := c.oracle(n.model, ev)
	if verdict != fsm.Accepted && (state != n.state || got.Len() != 0) {
		return n, "a step that is not Accepted changed the state or has effects", false
	}
	if diff, done := oracle.Verdicts(verdict, wantVerdict, &got); done || diff != "" {
		return n, diff, false
	}
	if c.same(state, model) != "" {
		return n, c.same(state, model), false
	}
	timers, diff := oracle.Compare(&got, &want, n.timers, &ev)
	if diff != "" {
		return n, diff, false
	}
	to = node[S, M]{state, model, timers}
	return to, "", to != n
}

// trail is how a node was reached.
type trail[S, M comparable] struct {
	node   node[S, M]
	parent int
	by     fsm.Event
}

// counts says how much was compared.
type counts struct{ states, steps int }

// walk compares breadth first, from the start, in every state both sides can reach, every event.
// The first difference comes with a shortest path.
func (c *subject[S, M]) walk() (counts, error) {
	first := node[S, M]{state: c.start, model: c.model}
	seen := map[node[S, M]]struct{}{first: {}}
	queue := []trail[S, M]{{node: first, parent: -1}}
	steps := 0
	for i := 0; i < len(queue); i++ {
		for _, ev := range c.events {
			steps++
			to, diff, moved := c.next(queue[i].node, ev)
			if diff != "" {
				return counts{len(queue), steps}, c.report(pathTo(queue, i, ev), diff)
			}
			if !moved {
				continue
			}
			if _, known := seen[to]; !known {
				seen[to] = struct{}{}
				queue = append(queue, trail[S, M]{to, i, ev})
			}
		}
	}
	return counts{len(queue), steps}, nil
}

// pathTo lists the events that lead to entry i of the queue, and last.
func pathTo[S, M comparable](queue []trail[S, M], i int, last fsm.Event) []fsm.Event {
	path := []fsm.Event{last}
	for ; queue[i].parent >= 0; i = queue[i].parent {
		path = append(path, queue[i].by)
	}
	slices.Reverse(path)
	return path
}

// run compares along one path of events and stops at the first difference.
func (c *subject[S, M]) run(events []fsm.Event) error {
	n := node[S, M]{state: c.start, model: c.model}
	for i, ev := range events {
		to, diff, _ := c.next(n, ev)
		if diff != "" {
			return c.report(events[:i+1], diff)
		}
		n = to
	}
	return nil
}

// report is the difference at the end of path as a transcript.
func (c *subject[S, M]) report(path []fsm.Event, diff string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "machine and oracle differ: %s\n", diff)
	n := node[S, M]{state: c.start, model: c.model}
	for i, ev := range path {
		fmt.Fprintf(&b, "%-24s %s\n", c.phase(n.state), eventText(ev))
		if i < len(path)-1 {
			n, _, _ = c.next(n, ev)
			continue
		}
		state, got, verdict := c.step(n.state, ev)
		model, want, wantVerdict := c.oracle(n.model, ev)
		fmt.Fprintf(&b, "----\nmachine: %s\n  %+v\n%s",
			verdictText(verdict), state, effectsText(slices.Collect(got.All())))
		fmt.Fprintf(&b, "oracle:  %s\n  %+v\n%s",
			verdictText(wantVerdict), model, effectsText(want.All()))
	}
	return fmt.Errorf("%s", b.String())
}

// verdictText names the verdicts of both.
func verdictText(v fsm.Verdict) string {
	switch v {
	case oracle.Refused:
		return "Ignored or Misuse"
	case oracle.Nothing:
		return "Accepted or Ignored, without consequence"
	case fsm.Accepted, fsm.Ignored, fsm.Misuse:
	}
	return v.String()
}

// factNames are the names of the facts, by bit.
var factNames = []string{"TargetUsable", "TargetVisited", "TargetRefused", "KHP", "Kaazing",
	"Valid", "Terminated", "HeadComplete", "AcceptMatches",
	"ProtocolOffered", "ExtensionsAsked", "ChallengeUsable", "ProxyChallenge", "UpgradeTLS",
	"NewCredentials", "ExpectBody", "ExtensionAgain",
	"SelectionValid", "Location", "Challenge", "Upgrade", "Reroute"}

// allFacts is the set of all facts.
const allFacts = fsm.FactReroute<<1 - 1

// eventText is an event as a word with its arguments.
func eventText(ev fsm.Event) string {
	s := strings.TrimPrefix(ev.Kind.String(), "Event")
	if ev.Timer != 0 {
		s += " " + ev.Timer.String()
	}
	if ev.Failure != 0 {
		s += " " + ev.Failure.String()
	}
	if ev.Status != 0 {
		s += fmt.Sprintf(" %d", ev.Status)
	}
	for i, name := range factNames {
		if ev.Facts.Has(1 << i) {
			s += " " + name
		}
	}
	return s
}

// effectsText is one effect per line.
func effectsText(list []fsm.Effect) string {
	var b strings.Builder
	for _, e := range list {
		fmt.Fprintf(&b, "    %s", strings.TrimPrefix(e.Kind.String(), "Effect"))
		if e.Timer != 0 {
			fmt.Fprintf(&b, " %s", e.Timer)
		}
		if e.Failure != 0 {
			fmt.Fprintf(&b, " %s", e.Failure)
		}
		if e.Code != 0 {
			fmt.Fprintf(&b, " %d", e.Code)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// variants is the systematic set of fact combinations around good: as it is, with each of the
// others toggled, with each pair of them toggled, none at all, and each alone.
func variants(good fsm.Facts, facts ...fsm.Facts) []fsm.Facts {
	sets := []fsm.Facts{good, 0}
	for i, a := range facts {
		sets = append(sets, good^a, a)
		for _, b := range facts[:i] {
			sets = append(sets, good^a^b)
		}
	}
	slices.Sort(sets)
	return slices.Compact(sets)
}

// singles is the short set: as it is, with each of the others toggled, and none at all.
func singles(good fsm.Facts, facts ...fsm.Facts) []fsm.Facts {
	sets := []fsm.Facts{good, 0}
	for _, f := range facts {
		sets = append(sets, good^f)
	}
	return sets
}

// once joins lists and keeps one of each event.
func once(lists ...[]fsm.Event) (events []fsm.Event) {
	seen := map[fsm.Event]bool{}
	for _, ev := range slices.Concat(lists...) {
		if !seen[ev] {
			seen[ev] = true
			events = append(events, ev)
		}
	}
	return events
}

// each makes one event per fact set.
func each(ev fsm.Event, sets []fsm.Facts) []fsm.Event {
	var events []fsm.Event
	for _, f := range sets {
		ev.Facts = f
		events = append(events, ev)
	}
	return events
}

// Statuses with which responses and decisions are tried: one for each action, and every action with
// its neighbours and unlisted codes.
var (
	quickStatuses = []uint16{100, 101, 202, 302, 307, 401, 407, 426, 403}
	someStatuses  = []uint16{99, 100, 101, 102, 103, 104, 200, 201, 202, 203, 204, 205, 206, 300, 301,
		302, 303, 304, 305, 306, 307, 308, 309,
		400, 401, 402, 403, 407, 408, 417, 426, 427, 444, 500, 511, 599, 600, 999}
)

// peerFailures are the failures that a peer can be blamed for.
var peerFailures = []fsm.Failure{fsm.FailureFrame, fsm.FailureLimit, fsm.FailureMalformed,
	fsm.FailureOpening, fsm.FailureUnexpectedMessage,
	fsm.FailureUTF8}

// attest names the requirements that a passing test covers.
func attest(t *testing.T, ids ...string) {
	t.Helper()
	for _, id := range ids {
		t.Attr("req", id)
	}
}

// dice draws a number of 0 to n-1, all about equally likely; rapid's own integers prefer the small
// ones.
func dice(t *rapid.T, n int, label string) int {
	return rapid.Custom(func(t *rapid.T) int {
		v := 0
		for range 10 {
			v *= 2
			if rapid.Bool().Draw(t, "bit") {
				v++
			}
		}
		return v % n
	}).Draw(t, label)
}

// wander compares along a random path of 60 events: about half of them bring the handshake forward,
// the rest is anything.
func (c *subject[S, M]) wander(t *rapid.T, course func(s S, n int) fsm.Event) {
	n := node[S, M]{state: c.start, model: c.model}
	var path []fsm.Event
	for range 60 {
		ev := course(n.state, dice(t, 24, "variant"))
		switch dice(t, 8, "freedom") {
		case 6: // in the right place, but with another finding or status
			ev.Facts ^= 1 << dice(t, len(factNames), "toggled")
			if rapid.Bool().Draw(t, "other status") {
				ev.Status = uint16(dice(t, 1000, "status"))
			}
		case 7:
			ev = fsm.Event{
				Kind: fsm.EventKind(dice(t, int(fsm.EventApplicationFailed)+2, "kind")),
				Facts: fsm.Facts(dice(t, 1<<10,
					"facts") | dice(t, 1<<10, "facts")<<10 | dice(t, 1<<2, "facts")<<20),
				Status:  uint16(dice(t, 1000, "status")),
				Timer:   fsm.Timer(dice(t, int(fsm.TimerReplay)+2, "timer")),
				Failure: peerFailures[dice(t, len(peerFailures), "failure")],
			}
		}
		path = append(path, ev)
		to, diff, _ := c.next(n, ev)
		if diff != "" {
			t.Fatal(c.report(path, diff))
		}
		n = to
	}
}
