package sequence

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"example.com/khp/internal/terminal"
	"example.com/khp/internal/visible"
)

// width is how many characters there are between the lines of client and server.
const width = 48

// Text draws steps for a terminal: a margin with the numbers, the client's line, the arrows, the
// server's line, and notes beside it.
func Text(w io.Writer, steps []Step, on terminal.Palette) error {
	margin := 3
	for _, s := range steps {
		if n := utf8.RuneCountInString(s.Number); n > 0 {
			margin = max(margin, n+3)
		}
	}
	d := &drawing{w: w, on: on, margin: margin}
	for i := range steps {
		d.step(i, &steps[i])
	}
	return d.err
}

// drawing writes the lines of one diagram.
type drawing struct {
	w      io.Writer
	on     terminal.Palette
	margin int
	err    error
}

// strokes are the characters of arrows.
var strokes = map[Kind]string{HTTP: "─", Message: "═", Control: "┄", End: "·"}

func (d *drawing) step(i int, s *Step) {
	text, note := visible.Line(s.Text), visible.Line(s.Note)
	//exhaustive:enforce
	switch s.Kind {
	case Connection:
		if i > 0 {
			d.println("")
		}
		gap := max(width+2-len("client")-utf8.RuneCountInString(text), 1)
		line := strings.Repeat(" ", d.margin) + d.on.Title("client") +
			strings.Repeat(" ", gap) + d.on.Title(text)
		if d.margin+len("client")+gap+utf8.RuneCountInString(text)+2+
			utf8.RuneCountInString(note) <= terminal.Columns {
			d.println(line + "  " + d.on.Note(note))
			break
		}
		d.println(line)
		for _, part := range terminal.Wrap(note, terminal.Columns-d.margin) {
			d.println(strings.Repeat(" ", d.margin) + d.on.Note(part))
		}
	case HTTP, Message, Control, End:
		d.rows(s, d.arrow(s, text), note)
	case Local:
		d.rows(s, d.local(s, text), note)
	case Turn:
		text = " " + terminal.Clip(text, width-4) + " "
		n := width - utf8.RuneCountInString(text)
		d.rows(s, []string{strings.Repeat("·", n/2) + text + strings.Repeat("·", n-n/2)}, note)
	case Remark:
		color := d.on.Note
		if s.Bad {
			text, color = "✗ "+text, d.on.Bad
		}
		for _, line := range terminal.Wrap(text, terminal.Columns-d.margin) {
			d.println(strings.Repeat(" ", d.margin) + color(line))
		}
	}
}

// arrow returns the lines between client and server: text in the arrow, the others below.
func (d *drawing) arrow(s *Step, text string) []string {
	line := strokes[s.Kind]
	text = terminal.Clip(text, width-8)
	first := line + line + line + " "
	last := "▶"
	if s.From == Server {
		first, last = "◀"+line+line+" ", line
	}
	lines := []string{first + text + " " +
		strings.Repeat(line, width-6-utf8.RuneCountInString(text)) + last}
	for _, more := range s.More {
		lines = append(lines, "    "+terminal.Clip(visible.Line(more), width-5))
	}
	return lines
}

// local returns the lines at the side of s.
func (d *drawing) local(s *Step, text string) (lines []string) {
	for _, line := range append([]string{text}, s.More...) {
		line = terminal.Clip(visible.Line(line), width-2)
		if s.From == Server {
			line = strings.Repeat(" ", width-2-utf8.RuneCountInString(line)) + line
		}
		lines = append(lines, " "+line)
	}
	return lines
}

// rows prints lines between the two sides, and the note beside them.
func (d *drawing) rows(s *Step, lines []string, note string) {
	var notes []string
	for _, part := range terminal.Wrap(note, terminal.Columns-d.margin-width-4) {
		notes = append(notes, terminal.WrapPath(part, terminal.Columns-d.margin-width-4)...)
	}
	for i := range max(len(lines), len(notes)) {
		line, beside, number := "", "", ""
		if i < len(lines) {
			line = lines[i]
		}
		if i < len(notes) {
			beside = notes[i]
		}
		if i == 0 {
			number = s.Number
		}
		line += strings.Repeat(" ", max(0, width-utf8.RuneCountInString(line)))
		d.println(fmt.Sprintf("%*s", d.margin-1, number) + " │" + d.color(s)(line) + "│  " +
			d.on.Note(beside))
	}
}

func (d *drawing) color(s *Step) func(string) string {
	switch {
	case s.Bad:
		return d.on.Bad
	case s.Good:
		return d.on.Good
	case s.Kind == Local || s.Kind == Turn:
		return d.on.Note
	case s.From == Server:
		return d.on.Received
	}
	return d.on.Sent
}

func (d *drawing) println(s string) {
	if d.err == nil {
		_, d.err = fmt.Fprintln(d.w, strings.TrimRight(s, " "))
	}
}
