package export

import (
	"cmp"
	"slices"
	"strings"
)

// Sizes, in units of the lattice and in pixels.
const (
	unit     = 10 // pixels between lattice lines
	boxW     = 20
	boxH     = 9
	colPitch = 37
	rowPitch = 17
	groupGap = 2 // more between rows of different groups
	margin   = 12
	top      = 8
	lineH    = 14  // pixels between lines of text
	charW    = 6.3 // pixels per character of a label, generously
)

// drawing is a graph with places for everything.
type drawing struct {
	*graph
	boxes  []box
	lines  [][]point
	labels []box
	texts  [][]string // of labels
	groups []box
	w, h   int
}

// layOut places boxes on the grid, then lines and labels, short ones first.
func layOut(g *graph) *drawing {
	d := &drawing{graph: g, lines: make([][]point, len(g.links)), labels: make([]box, len(g.links)),
		texts: make([][]string, len(g.links))}
	rows, cols := 0, 0
	first := map[int]int{} // first group of a row
	for _, n := range g.nodes {
		rows, cols = max(rows, n.row+1), max(cols, n.col+1)
		if old, ok := first[n.row]; !ok || n.group < old {
			first[n.row] = n.group
		}
	}
	ys := make([]int, rows)
	for row, y := 0, top; row < rows; row++ {
		if row > 0 && first[row] != first[row-1] {
			y += groupGap
		}
		ys[row] = y
		y += rowPitch
	}
	d.w, d.h = 2*margin+(cols-1)*colPitch+boxW+1, ys[rows-1]+boxH+4
	for _, n := range g.nodes {
		d.boxes = append(d.boxes, box{margin + n.col*colPitch, ys[n.row], boxW, boxH})
	}
	r := newRouter(d.w, d.h, d.boxes)
	for i := range groups {
		d.groups = append(d.groups, d.around(i))
		if b := d.groups[i]; b.w > 0 {
			r.keepClear(box{b.x, b.y, len(groups[i])*8/unit + 1, 2})
		}
	}
	order := make([]int, len(g.links))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(d.distance(a), d.distance(b))
	})
	for _, i := range order {
		l := g.links[i]
		d.lines[i] = r.route(l.from, l.to)
		d.texts[i], d.labels[i] = r.label(d.lines[i], g.label(l))
	}
	return d
}

// label places a label, in as many lines as fit best.
func (r *router) label(line []point, text []string) (best []string, place box) {
	bestCost := -1
	for _, width := range [...]int{18, 26, 40} {
		var lines []string
		w := 0
		for _, s := range wrap(strings.Join(text, ", "), width) {
			lines = append(lines, s)
			w = max(w, (textWidth(s)+unit-1)/unit)
		}
		if b, cost, ok := r.settle(line, w+w%2, (len(lines)*lineH+6+unit-1)/unit); ok &&
			(bestCost < 0 || cost < bestCost) {
			best, place, bestCost = lines, b, cost
		}
	}
	if bestCost >= 0 {
		r.keepClear(place)
	}
	return best, place
}

// textWidth is the width of a label with one line.
func textWidth(s string) int { return int(float64(len([]rune(s)))*charW) + 12 }

// distance is how far apart the two ends of link i are.
func (d *drawing) distance(i int) int {
	a, b := d.boxes[d.links[i].from], d.boxes[d.links[i].to]
	return max(a.x-b.x, b.x-a.x) + max(a.y-b.y, b.y-a.y)
}

// around is the frame of group i.
func (d *drawing) around(i int) box {
	var f box
	for k, n := range d.nodes {
		if n.group != i {
			continue
		}
		b := d.boxes[k]
		if f.w == 0 {
			f = b
		}
		x, y := min(f.x, b.x), min(f.y, b.y)
		f = box{x, y, max(f.x+f.w, b.x+b.w) - x, max(f.y+f.h, b.y+b.h) - y}
	}
	if f.w > 0 {
		f = box{f.x - 2, f.y - 4, f.w + 4, f.h + 6}
	}
	return f
}
