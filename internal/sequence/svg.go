package sequence

import (
	"fmt"
	"html"
	"strings"

	"example.com/khp/internal/terminal"
)

// Measures of a picture, in its pixels.
const (
	pictureWidth = 720
	clientX      = 120
	serverX      = 600
	top          = 50
	rowHeight    = 34
	lineChars    = 44 // in a line over an arrow
)

// SVG draws steps as a picture that takes its colours from the page around it: classes sequence,
// life, side, message, note, breaking and bad. All text in it is escaped.
func SVG(label string, steps []Step) string {
	var b strings.Builder
	height := top + len(steps)*rowHeight + 30
	fmt.Fprintf(&b, `<svg class="sequence" viewBox="0 0 %d %d" role="img" aria-label="%s">`,
		pictureWidth, height, html.EscapeString(label))
	for side, x := range []int{Client: clientX, Server: serverX} {
		if x == 0 {
			continue
		}
		fmt.Fprintf(&b, `<path class="life" d="M%d 34V%d"/><rect class="side" x="%d" y="8" width="100" `+
			`height="26" rx="5"/><text x="%d" y="26">%s</text>`, x, height-10, x-50, x, Side(side))
	}
	for i := range steps {
		steps[i].picture(&b, top+20+i*rowHeight)
	}
	return b.String() + "</svg>"
}

// picture draws a step at height y.
func (s *Step) picture(b *strings.Builder, y int) {
	class, number := "", ""
	if s.Bad {
		class = " breaking"
	}
	if s.Number != "" {
		number = s.Number + ". "
	}
	text := func(x, chars int) {
		fmt.Fprintf(b, `<text x="%d" y="%d"><title>%s</title>%s</text></g>`,
			x, y, html.EscapeString(s.Text), html.EscapeString(number+terminal.Clip(s.Text, chars)))
	}
	x, from, tip := serverX, clientX, -8
	if s.From == Server {
		x, from, tip = clientX, serverX, 8
	}
	//exhaustive:enforce
	switch s.Kind {
	case HTTP, Message, Control, End:
		fmt.Fprintf(b, `<g class="message%s"><path d="M%d %dH%dm%d -4l%d 4l%d 4"/>`,
			class, from, y+6, x, tip, -tip, tip)
		text((clientX+serverX)/2, lineChars*3/2)
	case Local:
		w := min(7*(min(len(s.Text), lineChars)+4)+12, 2*(pictureWidth-serverX)+100)
		at := min(max(from, w/2+4), pictureWidth-w/2-4)
		fmt.Fprintf(b, `<g class="note%s"><rect x="%d" y="%d" width="%d" height="22" rx="3"/>`,
			class, at-w/2, y-15, w)
		text(at, lineChars)
	case Turn:
		fmt.Fprintf(b, `<g class="note%s"><rect x="%d" y="%d" width="%d" height="22" rx="3"/>`,
			class, clientX, y-15, serverX-clientX)
		text((clientX+serverX)/2, lineChars*3/2)
	case Connection, Remark:
		if s.Bad {
			class = ` class="bad"`
		}
		fmt.Fprintf(b, `<g><rect%s x="20" y="%d" width="%d" height="26" rx="5"/>`,
			class, y-16, pictureWidth-40)
		text(pictureWidth/2, lineChars*2)
	}
}
