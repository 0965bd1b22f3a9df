package export

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"

	"example.com/khp/fsm"
)

// graph is one machine, ready to be drawn. Every edge of the machine is in exactly one link or
// stays in one node.
type graph struct {
	side  Machine
	nodes []node
	links []link
}

// node is a phase, or one of the two through which many edges go.
type node struct {
	place
	stays        []fsm.Row // that lead back here
	fails, asked int       // edges from here to the nodes through which many go
}

// link is all edges between two nodes that end alike.
type link struct {
	from, to int // in nodes
	outcome  outcome
	edges    []fsm.Row
}

// Edges returns the edges of the client or the server.
func Edges(m Machine) []fsm.Row {
	rows := fsm.ClientRows()
	if m == Server {
		rows = fsm.ServerRows()
	}
	return slices.DeleteFunc(slices.Collect(rows), func(r fsm.Row) bool { return r.Index < 0 })
}

func newGraph(side Machine) (*graph, error) {
	g := &graph{side: side}
	for _, p := range places[side] {
		g.nodes = append(g.nodes, node{place: p})
	}
	for _, e := range Edges(side) {
		from, to := g.find(e.From), g.find(e.To)
		if from < 0 || to < 0 {
			return nil, fmt.Errorf("%s edge %d from %s to %s: a phase has no place in the picture",
				side, e.Index, e.From, e.To)
		}
		n := &g.nodes[from]
		kind := g.outcomeOf(e, from, to)
		early := n.group != inOpen && n.group != inEnding
		switch {
		case from == to:
			n.stays = append(n.stays, e)
			continue
		case early && e.Event == closeRequested:
			n.asked++
			from, kind = g.find(nodeAsked), waiting
		case early && kind == failing:
			n.fails++
			from = g.find(nodeFailing)
		}
		i := slices.IndexFunc(g.links, func(l link) bool {
			return l.from == from && l.to == to &&
				l.outcome == kind
		})
		if i < 0 {
			i = len(g.links)
			g.links = append(g.links, link{from: from, to: to, outcome: kind})
		}
		g.links[i].edges = append(g.links[i].edges, e)
	}
	slices.SortStableFunc(g.links, func(a, b link) int { return cmp.Or(a.from-b.from, a.to-b.to) })
	return g, nil
}

// grouped iterates over the groups of phases that g has, with the numbers of their nodes.
func (g *graph) grouped() iter.Seq2[int, []int] {
	return func(yield func(int, []int) bool) {
		for i := range groups {
			var members []int
			for k, n := range g.nodes {
				if n.group == i {
					members = append(members, k)
				}
			}
			if len(members) > 0 && !yield(i, members) {
				return
			}
		}
	}
}

func (g *graph) find(phase string) int {
	return slices.IndexFunc(g.nodes, func(n node) bool { return n.phase == phase })
}

// outcomeOf returns the outcome of an edge.
func (g *graph) outcomeOf(e fsm.Row, from, to int) outcome {
	switch {
	case has(e, fsm.EffectFail) || e.Plan == fsm.PlanFail || e.Failure != 0:
		return failing
	case e.Plan == fsm.PlanRedirect || e.Plan == fsm.PlanProxyAuth || e.Plan == fsm.PlanUpgrade ||
		has(e, fsm.EffectSendReroute),
		g.nodes[to].outcome == redirect, g.nodes[from].outcome == redirect && e.Event != closeRequested:
		return redirect
	case g.nodes[to].outcome == opened:
		return opened
	}
	return waiting
}

// closeRequested is the event that the application asks to end.
const closeRequested = "CloseRequested"

// through reports whether n is no phase but one of the nodes through which many edges go.
func (n node) through() bool { return n.phase == nodeFailing || n.phase == nodeAsked }

// title is the name of n with the mark of its outcome.
func (n node) title() string { return outcomes[n.outcome].mark + n.phase }

// facts are the lines in the box of node i under its name: the awaited event, then more, then
// counts.
func (g *graph) facts(i int, more string) []string {
	n := g.nodes[i]
	if n.through() {
		edges, phases := 0, map[string]bool{}
		for _, l := range g.links {
			if l.from == i {
				edges += len(l.edges)
				for _, e := range l.edges {
					phases[e.From] = true
				}
			}
		}
		return []string{fmt.Sprintf("%d edges from %d phases,", edges, len(phases)),
			"counted in their boxes"}
	}
	lines := []string{n.awaits}
	if more != "" {
		lines = append(lines, wrap(more, 32)...)
	}
	if counts := n.counts(); counts != "" {
		lines = append(lines, counts)
	}
	return lines
}

// stays lists the events on which node i stays.
func (g *graph) stays(i int) string {
	short := func(s string) string {
		return strings.TrimSuffix(strings.TrimSuffix(s,
			" received"), " requested")
	}
	if list := g.events(g.nodes[i].stays, short); len(list) > 0 {
		return "stays: " + strings.Join(list, ", ")
	}
	return ""
}

// wrap breaks s at blanks into lines of at most width characters; words between commas stay
// together if they fit.
func wrap(s string, width int) []string {
	const tie = "\u00a0"
	parts := strings.Split(s, ", ")
	for i, p := range parts {
		if utf8.RuneCountInString(p) < width {
			parts[i] = strings.ReplaceAll(p, " ", tie)
		}
	}
	lines := []string{""}
	for word := range strings.SplitSeq(strings.Join(parts, ", "), " ") {
		if last := &lines[len(lines)-1]; *last == "" {
			*last = word
		} else if utf8.RuneCountInString(*last)+1+utf8.RuneCountInString(word) <= width {
			*last += " " + word
		} else {
			lines = append(lines, word)
		}
	}
	for i, l := range lines {
		lines[i] = strings.ReplaceAll(l, tie, " ")
	}
	return lines
}

// counts are the edges that leave n through other nodes.
func (n node) counts() string {
	var parts []string
	if n.fails > 0 {
		parts = append(parts, fmt.Sprintf("✕ %d failing", n.fails))
	}
	if n.asked > 0 {
		parts = append(parts, fmt.Sprintf("%d asked to close", n.asked))
	}
	return strings.Join(parts, ", ")
}

// events lists the events of edges, each once, those with a status together.
func (g *graph) events(edges []fsm.Row, change func(string) string) []string {
	var list []string
	seen := map[string]bool{}
	for _, e := range edges {
		if seen[e.Event] {
			continue
		}
		seen[e.Event] = true
		s := change(eventText(g.side, e.Event))
		name, _, _ := strings.Cut(s, " ")
		i := slices.IndexFunc(list, func(t string) bool {
			return Codes(g.side, e.Event) != "" &&
				strings.HasPrefix(t, name+" ")
		})
		if i < 0 {
			list = append(list, s)
		} else {
			list[i] += strings.TrimPrefix(s, name)
		}
	}
	return list
}

// maxEvents is how many events a label lists before it counts the rest.
const maxEvents = 4

// label is the text of a link, in lines.
func (g *graph) label(l link) []string {
	if g.nodes[l.from].through() {
		if len(l.edges) == 1 {
			return []string{"1 edge"}
		}
		return []string{fmt.Sprintf("%d edges", len(l.edges))}
	}
	list := g.events(l.edges, func(s string) string { return s })
	if n := len(list) - maxEvents; n > 1 {
		list = append(list[:maxEvents], fmt.Sprintf("+%d more", n))
	}
	list[0] = outcomes[l.outcome].mark + list[0]
	return list
}
