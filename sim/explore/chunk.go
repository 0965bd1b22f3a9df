package explore

import (
	"slices"
	"strings"
)

// chunk is a piece of a level: some states of one part, and the results of expanding them.
type chunk[S comparable, A Action] struct {
	x       *exploration[S, A]
	part    int
	first   uint32 // place of the first state
	encoded []byte

	steps   int
	taken   []int // how often each edge
	seen    uint64
	spends  bool // some step does
	hits    []hit
	degrees []uint16 // successors of each state, as far as they are in edges
	edges   []id
	news    [parts][]newcomer
	words   [parts][]byte // their encodings
	records Records

	// Of the state in hand:
	i       int
	counted int // steps
	last    uint64

	pending []newcomer // steps whose states are still to be looked up
	held    []byte     // the encodings of those
	warm    uint64     // keeps the compiler from removing reads without effect
}

// newcomer is a state that may not have been visited before the window.
type newcomer struct {
	fp   uint64
	from id
	edge uint32 // where in edges its id belongs
	slot uint32 // from the table
}

func (c *chunk[S, A]) reset(part int, first uint32, encoded []byte) {
	c.part, c.first, c.encoded = part, first, encoded
	c.steps, c.seen, c.hits = 0, 0, c.hits[:0]
	c.degrees, c.edges = c.degrees[:0], c.edges[:0]
	clear(c.taken)
	for p := range c.news {
		c.news[p], c.words[p] = c.news[p][:0], c.words[p][:0]
	}
	c.records.reset()
}

// expand looks at the states of the chunk.
func (c *chunk[S, A]) expand() {
	x := c.x
	yield := c.step
	for c.i = 0; c.i*x.size < len(c.encoded); c.i++ {
		s := x.sys.Decode(c.encoded[c.i*x.size : (c.i+1)*x.size])
		c.look(s)
		edges := len(c.edges)
		c.counted, c.last = 0, 0
		x.sys.Steps(s, yield)
		c.degrees = append(c.degrees, uint16(len(c.edges)-edges))
		c.steps += c.counted
		if c.counted == 0 && !x.sys.AtRest(s) {
			c.hit("LIV-09", "stuck: nothing can happen any more", NoStuck, -1)
		}
		if x.records != nil {
			c.records.end(x.visited[c.part].prints[c.first+uint32(c.i)], x.depth, c.counted)
		}
	}
	c.lookUp()
}

// brokenFlag marks a state with a step that breaks a property. The step is not followed, so nothing
// is known of promises from there.
const brokenFlag = 1 << 7

// look checks the properties of a state.
func (c *chunk[S, A]) look(s S) {
	x := c.x
	for _, p := range x.props.Always {
		if !p.Holds(s) {
			c.hit(p.ID, p.Text, Always, -1)
		}
	}
	for i, p := range x.props.Sometimes {
		if c.seen&(1<<i) == 0 && x.seen&(1<<i) == 0 && p.Holds(s) {
			c.seen |= 1 << i
		}
	}
	var flags uint8
	for i, p := range x.props.LeadsTo {
		if p.From == nil || p.From(s) {
			flags |= 1 << (2 * i)
		}
		if p.To(s) {
			flags |= 2 << (2 * i)
		}
	}
	x.flags[c.part][c.first+uint32(c.i)] = flags
}

// step takes one step of the state in hand.
func (c *chunk[S, A]) step(s *Step[S, A]) {
	x := c.x
	c.counted++
	if edge := s.Action.Edge(); edge >= 0 {
		c.taken[edge]++
		if x.records != nil {
			c.records.take(edge)
		}
	}
	switch {
	case s.Broken != "":
		c.broken(s.Broken, AtStep)
		x.flags[c.part][c.first+uint32(c.i)] |= brokenFlag
		return
	case s.Differs != "":
		c.broken(s.Differs, Compared)
	}
	n := len(c.held)
	c.held = slices.Grow(c.held, x.size)[:n+x.size]
	x.sys.Encode(s.Next, c.held[n:])
	fp := x.fingerprint(s.Next, c.held[n:])
	label := id(0)
	if s.Fair {
		label = fairLabel
	}
	if s.Spends {
		label |= spendsLabel
		c.spends = true
	}
	if fp^uint64(label) == c.last {
		c.held = c.held[:n]
		return // it leads to the same as the step before
	}
	c.last = fp ^ uint64(label)
	c.pending = append(c.pending, newcomer{fp, idOf(c.part, c.first+uint32(c.i)),
		uint32(len(c.edges)), 0})
	c.edges = append(c.edges, label)
	if len(c.pending) == lookups {
		c.lookUp()
	}
}

// broken notes that the step in hand breaks a property.
func (c *chunk[S, A]) broken(said, kind string) {
	name, text, _ := strings.Cut(said, ": ")
	c.hit(name, text, kind, c.counted-1)
}

// lookups is how many states are looked up together. Memory answers many questions at a time as
// fast as one.
const lookups = 64

// lookUp finds out which of the pending states are new.
func (c *chunk[S, A]) lookUp() {
	x := c.x
	for i := range c.pending {
		n := &c.pending[i]
		n.slot = x.visited[partOf(n.fp)].touch(n.fp)
	}
	for _, n := range c.pending {
		c.warm += x.visited[partOf(n.fp)].touchPrint(n.slot)
	}
	for i, n := range c.pending {
		part, encoded := partOf(n.fp), c.held[i*x.size:(i+1)*x.size]
		if place, ok := x.visited[part].find(n.fp, encoded); ok {
			c.edges[n.edge] |= idOf(part, place)
			continue
		}
		c.news[part] = append(c.news[part], n)
		c.words[part] = append(c.words[part], encoded...)
	}
	c.pending, c.held = c.pending[:0], c.held[:0]
}

func (c *chunk[S, A]) hit(name, text, kind string, step int) {
	c.hits = append(c.hits,
		hit{ID: name, Text: text, Kind: kind, State: idOf(c.part, c.first+uint32(c.i)), Step: step})
}

// takeUp adds the results of the chunks to part p, in their order.
func (x *exploration[S, A]) takeUp(p int, chunks []*chunk[S, A]) {
	v := &x.visited[p]
	for _, c := range chunks {
		for i := range c.news[p] {
			c.news[p][i].slot = v.touch(c.news[p][i].fp)
		}
		for i, n := range c.news[p] {
			encoded := c.words[p][i*x.size : (i+1)*x.size]
			place, ok := v.find(n.fp, encoded)
			if !ok {
				place = v.add(n.fp, encoded, n.from)
				x.flags[p] = append(x.flags[p], 0)
				x.next[p] = append(x.next[p], encoded...)
			}
			c.edges[n.edge] |= idOf(p, place)
		}
	}
}

// merge adds the counts of a chunk to the report.
func (x *exploration[S, A]) merge(c *chunk[S, A]) {
	x.report.Steps += c.steps
	for e, n := range c.taken {
		x.report.Edges[e] += n
	}
	x.seen |= c.seen
	x.spends = x.spends || c.spends
	for _, h := range c.hits {
		x.note(h)
	}
	if len(x.props.LeadsTo) > 0 {
		x.trail = append(x.trail, newTrail(c.part, c.first, c.degrees, c.edges))
	}
	if x.records != nil {
		for i := range c.records.Prints {
			x.records.add(&c.records, i)
		}
	}
	x.report.States = 0
	for p := range x.visited {
		x.report.States += len(x.visited[p].prints)
	}
}
