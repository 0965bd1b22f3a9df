package export

import (
	"errors"
	"fmt"
	"html"
	"io"
	"strings"

	"example.com/khp/fsm"
)

// SVG writes the client or the server as a picture that needs nothing else: no script, no font, no
// other file. It follows the reader's preference for dark or light. Both sides at once are too wide
// to read: that is an error, and [Mermaid] or [DOT] draw them.
func SVG(w io.Writer, m Machine) error {
	if m == Pair {
		return errors.New("export: SVG draws one side; Mermaid and DOT draw both")
	}
	return write(w, m, func(graphs []*graph) string { return svg(graphs[0]) })
}

func svg(g *graph) string {
	d := layOut(g)
	h := d.h + 5
	id := "khp-" + g.side.String() // so that several pictures can stand in one page
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" `+
		`aria-labelledby="%[3]s-title %[3]s-desc">`+"\n", d.w*unit, h*unit, id)
	fmt.Fprintf(&b, "<title id=\"%[3]s-title\">%[1]s</title>\n<desc id=\"%[3]s-desc\">%[2]s</desc>\n",
		g.side.caption(), g.description(), id)
	b.WriteString(style())
	fmt.Fprintf(&b, `<rect class="page" width="%d" height="%d"/>`+"\n", d.w*unit, h*unit)
	d.write(&b)
	writeLegend(&b, h*unit-24)
	b.WriteString("</svg>\n")
	return b.String()
}

// style is the style sheet.
func style() string {
	var light, dark strings.Builder
	for _, o := range outcomes {
		rule := ".%[1]s rect{fill:%[2]s;stroke:%[3]s}.%[1]s path{stroke:%[3]s}.%[1]s " +
			".tip{fill:%[3]s;stroke:none}\n"
		fmt.Fprintf(&light, rule, o.name, o.fill, o.line)
		fmt.Fprintf(&dark, rule, o.name, o.darkFill, o.darkLine)
		if o.dash != "" {
			fmt.Fprintf(&light, ".%s path{stroke-dasharray:%s}\n", o.name, o.dash)
		}
	}
	return `<style>
text{font:11px "DejaVu Sans","Segoe UI",Helvetica,Arial,sans-serif;fill:#1f2328;text-anchor:middle}
.name{font-size:14px;font-weight:bold}.note{fill:#57606a}` +
		`.head{font-size:12px;fill:#57606a;text-anchor:start}` +
		`.title{font-size:18px;font-weight:bold;text-anchor:start}.start{text-anchor:start}
path{fill:none;stroke-width:1.5}.open path{stroke-width:2.6}.tip{stroke-dasharray:none}
.page{fill:#ffffff}.group{fill:#00000005;stroke:#d0d7de}.label rect{fill:#ffffff;stroke-width:.7}
` + light.String() + `.label.label rect{fill:#ffffff}
@media (prefers-color-scheme:dark){
text{fill:#e6edf3}.note,.head{fill:#9da7b3}.page{fill:#0d1117}.group{fill:#ffffff08;stroke:#30363d}
` + dark.String() + `.label.label rect{fill:#0d1117}
}
</style>
`
}

// description describes a picture in words.
func (g *graph) description() string {
	phases := 0
	for _, n := range g.nodes {
		if !n.through() {
			phases++
		}
	}
	parts := []string{fmt.Sprintf("The %s has %d phases and %d edges.",
		g.side, phases, len(Edges(g.side)))}
	for _, l := range g.links {
		if !g.nodes[l.from].through() {
			parts = append(parts, fmt.Sprintf("%s to %s: %s.",
				g.nodes[l.from].phase, g.nodes[l.to].phase, strings.Join(g.label(l), ", ")))
		}
	}
	return html.EscapeString(strings.Join(parts, " "))
}

func (d *drawing) write(b *strings.Builder) {
	fmt.Fprintf(b, `<text class="title" x="%d" y="28">%s</text>`+"\n", (margin-2)*unit, d.side)
	for i, f := range d.groups {
		if f.w > 0 {
			fmt.Fprintf(b, `<rect class="group" x="%d" y="%d" width="%d" height="%d" rx="10"/><text `+
				`class="head" x="%d" y="%d">%s</text>`+"\n",
				f.x*unit, f.y*unit, f.w*unit, f.h*unit, f.x*unit+10, f.y*unit+18, groups[i])
		}
	}
	for i, l := range d.links {
		if len(d.lines[i]) == 0 {
			continue
		}
		fmt.Fprintf(b, `<g class="%s" data-edges="%d"><title>%s</title><path d="%s"/>%s</g>`+"\n",
			outcomes[l.outcome].name, len(l.edges), d.details(l), curve(d.lines[i]), tip(d.lines[i]))
	}
	for i, n := range d.nodes {
		x, y := d.boxes[i].x*unit, d.boxes[i].y*unit
		fmt.Fprintf(b, `<g class="%s" data-edges="%d"><title>%s</title><rect x="%d" y="%d" width="%d" `+
			`height="%d" rx="8" stroke-width="1.5"/>`,
			outcomes[n.outcome].name, len(n.stays), d.rows(n.stays), x, y, boxW*unit, boxH*unit)
		lines := d.facts(i, "")
		middle := x + boxW*unit/2
		first := y + boxH*unit/2 - (len(lines)*lineH)/2 + 5
		fmt.Fprintf(b, `<text class="name" x="%d" y="%d">%s</text>`, middle, first, n.title())
		for k, s := range lines {
			fmt.Fprintf(b, `<text class="note" x="%d" y="%d">%s</text>`,
				middle, first+(k+1)*lineH+1, html.EscapeString(s))
		}
		b.WriteString("</g>\n")
	}
	for i, l := range d.links {
		f := d.labels[i]
		if f.w == 0 {
			continue
		}
		height := len(d.texts[i])*lineH + 6
		x, y := (2*f.x+f.w)*unit/2, ((2*f.y+f.h)*unit-height)/2
		width := 0
		for _, s := range d.texts[i] {
			width = max(width, textWidth(s))
		}
		fmt.Fprintf(b, `<g class="label %s"><rect x="%d" y="%d" width="%d" height="%d" rx="6"/>`,
			outcomes[l.outcome].name, x-width/2, y, width, height)
		for k, s := range d.texts[i] {
			fmt.Fprintf(b, `<text x="%d" y="%d">%s</text>`, x, y+lineH*(k+1)-1, html.EscapeString(s))
		}
		b.WriteString("</g>\n")
	}
}

// details lists the rows of a link, as its tooltip.
func (d *drawing) details(l link) string {
	return fmt.Sprintf("%s to %s\n", d.nodes[l.from].phase, d.nodes[l.to].phase) + d.rows(l.edges)
}

func (d *drawing) rows(edges []fsm.Row) string {
	var lines []string
	for _, e := range edges {
		s := e.ID + " " + eventText(d.side, e.Event)
		if e.Guard != "" {
			s += " if " + e.Guard
		}
		lines = append(lines, html.EscapeString(s))
	}
	if len(lines) > 12 {
		lines = append(lines[:10], fmt.Sprintf("and %d more", len(edges)-10))
	}
	return strings.Join(lines, "\n")
}

// curve is a line with round corners.
func curve(line []point) string {
	var b strings.Builder
	fmt.Fprintf(&b, "M%d %d", line[0].x*unit, line[0].y*unit)
	for i := 1; i+1 < len(line); i++ {
		p, q, s := line[i-1], line[i], line[i+1]
		if axis(p, q) != axis(q, s) {
			fmt.Fprintf(&b, "L%d %dQ%d %d %d %d",
				(p.x+q.x)*unit/2, (p.y+q.y)*unit/2, q.x*unit, q.y*unit, (q.x+s.x)*unit/2, (q.y+s.y)*unit/2)
		}
	}
	last := line[len(line)-1]
	fmt.Fprintf(&b, "L%d %d", last.x*unit, last.y*unit)
	return b.String()
}

// tip is the head of the arrow at the end of a line.
func tip(line []point) string {
	p, q := line[len(line)-2], line[len(line)-1]
	dx, dy, x, y := q.x-p.x, q.y-p.y, q.x*unit, q.y*unit
	return fmt.Sprintf(`<path class="tip" d="M%d %dL%d %dL%d %dZ"/>`,
		x, y, x-9*dx+4*dy, y-9*dy+4*dx, x-9*dx-4*dy, y-9*dy-4*dx)
}

// writeLegend explains colours, marks and lines.
func writeLegend(b *strings.Builder, y int) {
	x := (margin - 2) * unit
	for _, o := range outcomes {
		line := []point{{0, 0}, {3, 0}, {4, 0}}
		text := map[string]string{"waiting": "goes on", "open": "opens", "failing": "fails",
			"redirect": "leads to another connection"}[o.name]
		fmt.Fprintf(b, `<g class="%s" transform="translate(%d %d)"><path d="%s"/>%s<text class="start" `+
			`x="50" y="4">%s%s</text></g>`+"\n",
			o.name, x, y, curve(line), tip(line), o.mark, text)
		x += 140
	}
}
