package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/observe"
	"example.com/khp/internal/visible"
	"example.com/khp/transport"
)

// The diagram: a margin, the client's line, the arrows, the server's line, and notes beside it.
const (
	drawMargin = 3
	drawWidth  = 56 // between the two lines
	drawNotes  = cli.Columns - drawMargin - drawWidth - 2 - 2
)

// stroke is what an arrow is drawn with.
type stroke struct{ line, left, right string }

var (
	strokeHTTP    = stroke{"─", "◀", "▶"}
	strokeMessage = stroke{"═", "◀", "▶"}
	strokeClose   = stroke{"┄", "◀", "▶"}
)

// drawing collects the lines of one diagram.
type drawing struct {
	w   io.Writer
	on  cli.Palette
	err error
}

// draw writes the sequence of a scene.
func draw(w io.Writer, moments []moment, notes *annotator, on cli.Palette) error {
	d := &drawing{w: w, on: on}
	for i, m := range moments {
		//exhaustive:ignore
		switch m.Kind {
		case transport.EventDial:
			if i > 0 {
				d.println("")
			}
			d.heading(m)
		case transport.EventSendOpening:
			d.arrow(strokeHTTP, true, essence(m), notes.of(m))
		case transport.EventReceiveOpening:
			d.arrow(strokeHTTP, false, essence(m), notes.of(m))
		case transport.EventSend:
			d.arrow(strokeMessage, true, essence(m), notes.of(m))
		case transport.EventReceive:
			d.arrow(strokeMessage, false, essence(m), notes.of(m))
		case transport.EventSendClose:
			d.arrow(strokeClose, true, essence(m), notes.of(m))
		case transport.EventReceiveClose:
			d.arrow(strokeClose, false, essence(m), notes.of(m))
		case transport.EventOpen:
			d.banner("open", notes.of(m), on.Good)
		case transport.EventFail:
			d.banner("failed", notes.of(m), on.Bad)
		}
	}
	return d.err
}

func (d *drawing) println(s string) {
	if d.err == nil {
		_, d.err = fmt.Fprintln(d.w, strings.TrimRight(s, " "))
	}
}

// heading names both ends of a connection.
func (d *drawing) heading(m moment) {
	right := m.server
	gap := drawWidth + 2 - len("client") - len(right)
	d.println(strings.Repeat(" ", drawMargin) + d.on.Title("client") + strings.Repeat(" ", max(gap, 1)) + d.on.Title(right) + "  " + d.on.Note(m.Text))
}

// row is one line: what is between the lifelines, and what is beside them.
func (d *drawing) row(inner string, color func(string) string, note string) {
	inner += strings.Repeat(" ", max(0, drawWidth-utf8.RuneCountInString(inner)))
	d.println(strings.Repeat(" ", drawMargin) + "│" + color(inner) + "│  " + d.on.Note(note))
}

// arrow draws one message: its first line in the arrow, the others below.
func (d *drawing) arrow(s stroke, toServer bool, lines []string, note string) {
	color := d.on.Received
	if toServer {
		color = d.on.Sent
	}
	text := clipTo(lines[0], drawWidth-8)
	fill := strings.Repeat(s.line, drawWidth-6-utf8.RuneCountInString(text))
	first := s.left + s.line + s.line + " " + text + " " + fill + s.line
	if toServer {
		first = s.line + s.line + s.line + " " + text + " " + fill + s.right
	}
	inner := []string{first}
	for _, l := range lines[1:] {
		inner = append(inner, "    "+clipTo(l, drawWidth-5))
	}
	notes := cli.Wrap(note, drawNotes)
	for i := range max(len(inner), len(notes)) {
		in, beside := "", ""
		if i < len(inner) {
			in = inner[i]
		}
		if i < len(notes) {
			beside = notes[i]
		}
		d.row(in, color, beside)
	}
}

// banner marks a turn of the whole connection.
func (d *drawing) banner(text, note string, color func(string) string) {
	text = " " + text + " "
	before := (drawWidth - len(text)) / 2
	after := drawWidth - len(text) - before
	lines := cli.Wrap(note, drawNotes)
	inner := strings.Repeat("·", before) + text + strings.Repeat("·", after)
	for i, l := range lines {
		if i > 0 {
			inner = ""
		}
		d.row(inner, color, l)
	}
}

// clipTo cuts s to n characters.
func clipTo(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

// essence is what is worth showing of an event: its first line, and the fields that matter.
func essence(m moment) []string {
	lines := spoken(m)
	for i, s := range lines {
		lines[i] = visible.Line(s)
	}
	return lines
}

func spoken(m moment) []string {
	switch {
	case m.Kind == transport.EventSendClose, m.Kind == transport.EventReceiveClose:
		return []string{observe.CloseText(m.Code, m.Text)}
	case m.app:
		return []string{m.Type.String() + " " + fmt.Sprintf("%q", m.Data)}
	}
	h := observe.ParseHead(m.Data)
	if h.Start == "" {
		return []string{observe.Headline(m.Event)}
	}
	lines := []string{h.Start}
	for _, name := range []string{"Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions", "Authorization", "WWW-Authenticate", "Location"} {
		if v := h.Get(name); v != "" {
			lines = append(lines, name+": "+v)
		}
	}
	first, _, _ := strings.Cut(strings.TrimSpace(h.Body), "\n")
	if first != "" && !strings.HasSuffix(h.Start, first) && strings.HasPrefix(h.Get("Content-Type"), "text/plain") {
		lines = append(lines, strconv.Quote(cli.OneLine(first)))
	}
	return lines
}
