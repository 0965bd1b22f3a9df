package explore

import (
	"fmt"
	"html"
	"strings"

	"example.com/khp/sim/model"
)

// Measures of a sequence diagram, in pixels of the picture.
const (
	sequenceWidth = 720
	clientX       = 120
	serverX       = 600
	sequenceTop   = 50
	sequenceRow   = 34
	sequenceChars = 44 // in a line over an arrow
)

// sequence draws a violation as an SVG that takes its colours from the page around it.
func (v violation) sequence() string {
	var b strings.Builder
	rows := len(v.Steps) + 1
	height := sequenceTop + rows*sequenceRow + 30
	fmt.Fprintf(&b, `<svg class="sequence" viewBox="0 0 %d %d" role="img" aria-label="%s">`, sequenceWidth, height, html.EscapeString("The way to the violation of "+v.ID))
	for _, side := range []struct {
		name string
		x    int
	}{{"client", clientX}, {"server", serverX}} {
		fmt.Fprintf(&b, `<path class="life" d="M%d 34V%d"/><rect class="side" x="%d" y="8" width="100" height="26" rx="5"/><text x="%d" y="26">%s</text>`, side.x, height-10, side.x-50, side.x, side.name)
	}
	y := sequenceTop + 20
	for _, s := range v.Steps {
		s.draw(&b, y)
		y += sequenceRow
	}
	fmt.Fprintf(&b, `<rect class="bad" x="20" y="%d" width="%d" height="26" rx="5"/><text x="%d" y="%d">%s</text></svg>`, y-16, sequenceWidth-40, sequenceWidth/2, y+2, clipped(v.ID+": "+v.Text, 90))
	return b.String()
}

// draw draws one step at height y.
func (s violationStep) draw(b *strings.Builder, y int) {
	class := ""
	if s.Breaks {
		class = " breaking"
	}
	label := func(x int) {
		fmt.Fprintf(b, `<text x="%d" y="%d"><title>%s</title>%d. %s</text></g>`, x, y, html.EscapeString(s.label()), s.Step, clipped(s.label(), sequenceChars*3/2))
	}
	x, from, tip := clientX, serverX, 8
	if s.Side == model.Server.String() {
		x, from, tip = serverX, clientX, -8
	}
	switch {
	case s.From != "":
		fmt.Fprintf(b, `<g class="message%s"><path d="M%d %dH%dm%d -4l%d 4l%d 4"/>`, class, from, y+6, x, tip, -tip, tip)
		label((clientX + serverX) / 2)
	case s.Side == model.Network.String():
		fmt.Fprintf(b, `<g class="note%s"><rect x="%d" y="%d" width="%d" height="22" rx="3"/>`, class, clientX, y-15, serverX-clientX)
		label((clientX + serverX) / 2)
	default:
		shown := clipped(s.label(), sequenceChars)
		w := min(7*(len(shown)+4)+12, 2*(sequenceWidth-serverX)+100)
		at := min(max(x, w/2+4), sequenceWidth-w/2-4)
		fmt.Fprintf(b, `<g class="note%s"><rect x="%d" y="%d" width="%d" height="22" rx="3"/>`, class, at-w/2, y-15, w)
		fmt.Fprintf(b, `<text x="%d" y="%d"><title>%s</title>%d. %s</text></g>`, at, y, html.EscapeString(s.label()), s.Step, shown)
	}
}

// clipped shortens text that does not fit, and escapes it.
func clipped(s string, n int) string {
	if r := []rune(s); len(r) > n {
		s = string(r[:n-1]) + "…"
	}
	return html.EscapeString(s)
}
