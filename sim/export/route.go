package export

import "slices"

// point is a place on the lattice on which lines run.
type point struct{ x, y int }

func (p point) plus(q point) point { return point{p.x + q.x, p.y + q.y} }

// box is a rectangle on the lattice, its border included.
type box struct{ x, y, w, h int }

func (b box) has(p point) bool {
	return p.x >= b.x && p.x <= b.x+b.w && p.y >= b.y && p.y <= b.y+b.h
}

func (b box) grown(n int) box { return box{b.x - n, b.y - n, b.w + 2*n, b.h + 2*n} }

func (b box) meets(c box) bool {
	return b.x <= c.x+c.w && c.x <= b.x+b.w && b.y <= c.y+c.h && c.y <= b.y+b.h
}

// headings: right, down, left, up.
var headings = [...]point{{1, 0}, {0, 1}, {-1, 0}, {0, -1}}

// The costs of a line beside its length. Lines keep clear of boxes, of labels and of each other,
// and turn and cross rarely.
const (
	costStep    = 2
	costTurn    = 24
	costCross   = 14
	costShared  = 90 // on top of another line
	costLabel   = 40
	costClose   = 3  // a step away from a line that runs the same way, or from a box
	costOff     = 1  // per step away from the middle of a side
	costCovered = 12 // a point of another line under a label
	costShifted = 20 // a label that is not centred on its line
)

// aside is how far lines stay from the left and right border, so that labels fit.
const aside = 6

// router finds lines between boxes, one after the other.
type router struct {
	w, h   int
	boxes  []box
	labels []box
	inside []int8   // per lattice point: the box there, from 1
	beside []int    // per lattice point: the costs of boxes and labels around it
	lines  [2][]int // per lattice point: lines that run along x, along y
	near   [2][]int // per lattice point: the cost for paths beside it
}

func newRouter(w, h int, boxes []box) *router {
	n := w * h
	r := &router{w: w, h: h, boxes: boxes, inside: make([]int8, n), beside: make([]int, n)}
	for axis := range r.lines {
		r.lines[axis], r.near[axis] = make([]int, n), make([]int, n)
	}
	for i, b := range boxes {
		r.each(b.grown(1), func(at int) { r.beside[at] += costClose })
		r.each(b, func(at int) { r.inside[at] = int8(i + 1) })
	}
	return r
}

// each calls f with the index of every lattice point in b.
func (r *router) each(b box, f func(at int)) {
	for y := max(b.y, 0); y <= min(b.y+b.h, r.h-1); y++ {
		for x := max(b.x, 0); x <= min(b.x+b.w, r.w-1); x++ {
			f(y*r.w + x)
		}
	}
}

// keepClear has lines avoid a label.
func (r *router) keepClear(label box) {
	r.labels = append(r.labels, label)
	r.each(label, func(at int) { r.beside[at] += costLabel })
}

// mark adds a line along axis at p.
func (r *router) mark(axis int, p point) {
	r.lines[axis][p.y*r.w+p.x]++
	for d := 1; d <= 3; d++ {
		wide := box{p.x, p.y - d, 0, 2 * d}
		if axis == 1 {
			wide = box{p.x - d, p.y, 2 * d, 0}
		}
		r.each(wide, func(at int) { r.near[axis][at] += costClose / 3 })
	}
}

// at is a state of the search: a point, and how it was reached.
type at struct {
	p       point
	heading int
}

// index numbers states.
func (r *router) index(s at) int { return (s.p.y*r.w+s.p.x)*len(headings) + s.heading }

// route returns the cheapest line from box a to box b and remembers it; nil if there is none.
func (r *router) route(a, b int) []point {
	cost, from := make([]int, r.w*r.h*len(headings)), make([]at, r.w*r.h*len(headings))
	var queue [][]at // by cost
	push := func(s at, c int, prev at) {
		if i := r.index(s); cost[i] == 0 || c < cost[i] {
			cost[i], from[i] = c, prev
			for len(queue) <= c {
				queue = append(queue, nil)
			}
			queue[c] = append(queue[c], s)
		}
	}
	for heading := range headings {
		for _, p := range ports(r.boxes[a], heading) {
			push(at{p.p, heading}, 1+p.off*costOff+
				r.lines[heading%2][p.p.y*r.w+p.p.x]*costShared, at{heading: -1})
		}
	}
	goals := map[at]int{}
	for heading := range headings {
		for _, p := range ports(r.boxes[b], (heading+2)%4) {
			goals[at{p.p, heading}] = p.off * costOff
		}
	}
	for c := 0; c < len(queue); c++ {
		for i := 0; i < len(queue[c]); i++ {
			s := queue[c][i]
			if c > cost[r.index(s)] {
				continue
			}
			if int(r.inside[s.p.y*r.w+s.p.x]) == b+1 {
				return r.remember(s, from)
			}
			for heading := range headings {
				if (heading+2)%4 == s.heading || heading != s.heading && r.boxes[a].has(s.p) {
					continue
				}
				next := at{s.p.plus(headings[heading]), heading}
				if more, ok := r.cost(s, next, b, goals); ok {
					push(next, c+more, s)
				}
			}
		}
	}
	return nil
}

// cost is the cost of the step from s to next on the way to box b, if it can be made.
func (r *router) cost(s, next at, b int, goals map[at]int) (int, bool) {
	if next.p.x < aside || next.p.y < 1 || next.p.x >= r.w-aside || next.p.y >= r.h-1 {
		return 0, false
	}
	i, axis := next.p.y*r.w+next.p.x, next.heading%2
	c := costStep + r.lines[axis][i]*costShared + r.lines[1-axis][i]*costCross + r.near[axis][i]
	switch in := int(r.inside[i]); in {
	case 0:
		c += r.beside[i]
	case b + 1:
		off, ok := goals[next]
		if !ok {
			return 0, false
		}
		c += off
	default:
		return 0, false
	}
	if next.heading != s.heading {
		here := s.p.y*r.w + s.p.x
		c += costTurn + (r.lines[0][here]+r.lines[1][here])*costShared
		if r.boxes[b].grown(1).has(s.p) {
			c += costTurn // no room for the head of the arrow
		}
	}
	return c, true
}

// portAt is a point on the side of a box at which lines may begin and end.
type portAt struct {
	p   point
	off int // from the middle
}

// ports are the ports of a box on the side that faces heading.
func ports(b box, heading int) []portAt {
	length := b.w
	if heading%2 == 0 {
		length = b.h
	}
	var list []portAt
	for d := 2; d <= length-2; d++ {
		off := max(2*d-length, length-2*d)
		list = append(list, portAt{[...]point{{b.x + b.w, b.y + d}, {b.x + d, b.y + b.h}, {b.x, b.y + d},
			{b.x + d, b.y}}[heading], off})
	}
	return list
}

// remember marks the line that ends at s, turns along both axes, and returns its points, one per
// step.
func (r *router) remember(s at, from []at) []point {
	var line []point
	leaves := s.heading
	for s.heading >= 0 {
		line = append(line, s.p)
		r.mark(s.heading%2, s.p)
		if leaves%2 != s.heading%2 {
			r.mark(leaves%2, s.p)
		}
		leaves, s = s.heading, from[r.index(s)]
	}
	slices.Reverse(line)
	return line
}

// axis is 0 for a step along x, 1 along y.
func axis(p, q point) int {
	if p.x == q.x {
		return 1
	}
	return 0
}

// foreign counts the points of other lines than own under b.
func (r *router) foreign(b box, own []point) int {
	n := 0
	r.each(b, func(at int) {
		if r.lines[0][at]+r.lines[1][at] > 0 {
			n++
		}
	})
	for _, p := range own {
		if b.has(p) {
			n--
		}
	}
	return n
}

// settle finds the best place for a label of w by h on a line, where it covers no box and no other
// label. It reports false if there is none.
func (r *router) settle(line []point, w, h int) (best box, bestCost int, ok bool) {
	bestCost = -1
	for i := 1; i+1 < len(line); i++ {
		for _, shift := range [...]point{{0, 0}, {w / 2, 0}, {-w / 2, 0}, {w / 4, 0}, {-w / 4, 0},
			{0, h / 2}, {0, -h / 2}} {
			b := box{line[i].x - w/2 + shift.x, line[i].y - h/2 + shift.y, w, h}
			covered := b.x < 0 || b.y < 0 || b.x+b.w >= r.w || b.y+b.h >= r.h ||
				slices.ContainsFunc(r.boxes, b.meets) || slices.ContainsFunc(r.labels, b.meets) ||
				b.has(line[len(line)-2])
			if covered {
				continue
			}
			cost := costCovered*r.foreign(b, line) + max(2*i-len(line), len(line)-2*i)
			if shift != (point{}) {
				cost += costShifted
			}
			if bestCost < 0 || cost < bestCost {
				best, bestCost = b, cost
			}
		}
	}
	return best, bestCost, bestCost >= 0
}
