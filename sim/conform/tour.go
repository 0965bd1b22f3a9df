package conform

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"example.com/khp/fsm"
)

// A tour goes along every edge of a machine that can be seen from outside. It is made from the
// transition table: a search over the states that a peer can bring the machine into with its
// messages. The orders of the machine on an edge are the messages that its peer has to see. Each
// case goes a shortest way to one edge that no case before it has gone along.

// move is an action of a tester, with the event that the machine under test gets for it.
type move struct {
	in     string      // phase
	steps  []string    // of the tester
	events []fsm.Event // that the machine is told
	tail   []string    // seen by the tester, where it differs from the machine's orders
	last   bool        // nothing may follow
}

// node is a state of the machine and a way there.
type node[S comparable] struct {
	state S
	steps []string
	edges []int
}

// tourist is the view of the search on a side.
type tourist[S comparable] struct {
	step  func(S, fsm.Event) (S, fsm.Effects, fsm.Verdict)
	phase func(S) string
	// own is the event that happens by itself in a state: a decision, credentials, the next
	// connection.
	own   func(S, []string) (fsm.Event, bool)
	see   func(fsm.Effect) []string // an effect as the tester sees it
	moves []move
	rows  []fsm.Row
	end   func(S) []string // steps that show that the state was reached
	seen  map[int]bool
	stop  func(S) bool // goes no farther than here
}

// way is one case of a tour: the steps to an edge.
type way struct {
	row   fsm.Row
	steps []string
	edges []int
}

// search finds ways from start.
func (t *tourist[S]) search(start S) (ways []way) {
	first, ok := t.settle(node[S]{state: start})
	if !ok {
		return nil
	}
	visited := map[S]bool{first.state: true}
	for queue := []node[S]{first}; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		for _, m := range t.moves {
			if m.in != t.phase(at.state) {
				continue
			}
			next, ok := t.make(at, m)
			if !ok {
				continue
			}
			for _, e := range next.edges[len(at.edges):] {
				if !t.seen[e] {
					t.seen[e] = true
					ways = append(ways, way{t.rows[e],
						closed(append(slices.Clone(next.steps), t.end(next.state)...)), next.edges})
				}
			}
			if !visited[next.state] && !m.last && !t.stop(next.state) {
				visited[next.state] = true
				queue = append(queue, next)
			}
		}
	}
	return ways
}

// make makes a move. ok is false if the machine takes no edge for it.
func (t *tourist[S]) make(at node[S], m move) (next node[S], ok bool) {
	next = node[S]{at.state, append(slices.Clone(at.steps), m.steps...), slices.Clone(at.edges)}
	for _, ev := range m.events {
		if ok = t.take(&next, ev, m.tail == nil); !ok {
			return next, false
		}
	}
	next.steps = append(next.steps, m.tail...)
	return t.settle(next)
}

// settle takes the steps that happen without the tester.
func (t *tourist[S]) settle(n node[S]) (node[S], bool) {
	for range 10 {
		ev, ok := t.own(n.state, n.steps)
		if !ok {
			return n, true
		}
		if !t.take(&n, ev, true) {
			return n, false
		}
	}
	return n, false
}

// take tells the machine of one event.
func (t *tourist[S]) take(n *node[S], ev fsm.Event, watch bool) bool {
	state, effects, v := t.step(n.state, ev)
	if v != fsm.Accepted {
		return false
	}
	n.state = state
	n.edges = append(n.edges, effects.Edge())
	for e := range effects.All() {
		if watch {
			n.steps = append(n.steps, t.see(e)...)
		}
	}
	return true
}

// edgesOf are the rows that are edges, in the order of their index.
func edgesOf(rows iter.Seq[fsm.Row]) []fsm.Row {
	list := slices.DeleteFunc(slices.Collect(rows), func(r fsm.Row) bool { return r.Index < 0 })
	slices.SortFunc(list, func(a, b fsm.Row) int { return a.Index - b.Index })
	return list
}

// closed makes the Close of the peer the end of a case, if nothing stands behind it.
func closed(steps []string) []string {
	if n := len(steps); steps[n-1] == "expect close" {
		steps[n-1] = "closes"
	}
	return steps
}

// Tour returns the source of the cases of both roles, in both profiles, and the edges that each
// case goes along, by role, profile and id.
func tour() (server, client string, edges map[string][]int) {
	edges = map[string][]int{}
	s, c := strings.Builder{}, strings.Builder{}
	s.WriteString(tourServerHead)
	c.WriteString(corpusClient)
	for _, profile := range []string{"spec", "kaazing"} {
		writeTour(&s, "server", profile, serverWays(profile), edges)
		writeTour(&c, "client", profile, clientWays(profile), edges)
	}
	return s.String(), c.String(), edges
}

func writeTour(b *strings.Builder, role, profile string, ways []way, edges map[string][]int) {
	for _, w := range ways {
		id := "tour/" + w.row.ID
		edges[role+" "+profile+" "+id] = w.edges
		fmt.Fprintf(b, "\n# Edge %s: %s in phase %s", w.row.ID, w.row.Event, w.row.From)
		if w.row.Guard != "" {
			fmt.Fprintf(b, ", where %s", w.row.Guard)
		}
		fmt.Fprintf(b, "\ncase %s level=MUST profile=%s req=%s\n",
			id, profile, strings.ReplaceAll(w.row.Reqs, " ", ","))
		for i, step := range w.steps {
			if i > 0 {
				step = "  " + step
			}
			fmt.Fprintln(b, step)
		}
	}
}
