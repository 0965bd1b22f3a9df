package replay

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"example.com/khp/internal/visible"
	"example.com/khp/wire"
)

// Draw bounds.
const (
	drawWidth = 60 // between the two lines
	drawMost  = 60 // steps that are drawn from the beginning
	drawNear  = 5  // and before the wrong one
)

// Ladder draws the session of r as text: the client on the left, the server on the right, a step a line with its line or packet number. A wrong step is the
// last one and has its reason below. Of a long session the beginning and what is before the wrong step are drawn.
func Ladder(w io.Writer, r Result) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%8s client%sserver\n", "", strings.Repeat(" ", drawWidth-10))
	r.drawn(func(i int, s *Step) {
		row(&b, s)
		if r.Wrong != nil && r.Wrong.Step == i {
			fmt.Fprintf(&b, "%8s ✗ wrong, by the %s: %s\n", "", r.Wrong.Blame, r.Wrong.Why)
		}
	}, func(n int) { fmt.Fprintf(&b, "%8s ⋮ %d more\n", "", n) })
	_, err := io.WriteString(w, visible.Text(b.String()))
	return err
}

// Mermaid draws the session of r as a sequence diagram of Mermaid.
func Mermaid(w io.Writer, r Result) error {
	var b strings.Builder
	b.WriteString("sequenceDiagram\n  participant C as client\n  participant S as server\n")
	r.drawn(func(i int, s *Step) {
		text := escape(s.Label())
		switch arrow := "C->>S"; {
		case s.Kind >= Opened:
			fmt.Fprintf(&b, "  Note over %s: %s\n", letter(s.From), text)
		default:
			if s.From == Server {
				arrow = "S->>C"
			}
			fmt.Fprintf(&b, "  %s: %d %s\n", arrow, s.At, text)
		}
		if r.Wrong != nil && r.Wrong.Step == i {
			fmt.Fprintf(&b, "  Note over C,S: wrong, by the %s: %s (%s)\n", r.Wrong.Blame, escape(r.Wrong.Why), strings.Join(r.Wrong.Requirements, " "))
		}
	}, func(n int) { fmt.Fprintf(&b, "  Note over C,S: %d more\n", n) })
	_, err := io.WriteString(w, visible.Text(b.String()))
	return err
}

func letter(s Side) string { return map[Side]string{Client: "C", Server: "S"}[s] }

// escape writes what Mermaid takes for syntax as entities.
func escape(s string) string {
	return strings.NewReplacer("#", "#35;", ";", "#59;", "<", "#lt;", ">", "#gt;").Replace(s)
}

// drawn hands the steps that are to be drawn to one, and how many are left out to more.
func (r *Result) drawn(one func(int, *Step), more func(int)) {
	steps := r.Session.Steps
	until := len(steps)
	if r.Wrong != nil {
		until = r.Wrong.Step + 1
	}
	resume := until
	if r.Wrong != nil {
		resume = max(until-drawNear, 0)
	}
	for i := 0; i < until; i++ {
		if i == drawMost && i < resume {
			more(resume - i)
			i = resume
			if i >= until {
				return
			}
		}
		one(i, &steps[i])
	}
}

// row draws one step.
func row(b *strings.Builder, s *Step) {
	text := clip(s.Label(), drawWidth-8)
	fill := strings.Repeat("─", max(0, drawWidth-6-utf8.RuneCountInString(text)))
	switch {
	case s.Kind >= Opened:
		pad := drawWidth - utf8.RuneCountInString(text) - 1
		if s.From == Client {
			fmt.Fprintf(b, "%8d │ %s%s│\n", s.At, text, strings.Repeat(" ", pad))
		} else {
			fmt.Fprintf(b, "%8d │%s%s │\n", s.At, strings.Repeat(" ", pad), text)
		}
	case s.From == Client:
		fmt.Fprintf(b, "%8d │─── %s %s▶│\n", s.At, text, fill)
	default:
		fmt.Fprintf(b, "%8d │◀%s %s ───│\n", s.At, fill, text)
	}
}

// Label says in one line of printable text what a step is.
func (s *Step) Label() string {
	//exhaustive:enforce
	switch s.Kind {
	case Opening:
		return firstLine(s.Data)
	case Message:
		return s.message()
	case Ping:
		return "Ping"
	case Pong:
		return "Pong"
	case Close:
		if s.Code == 0 {
			return "Close"
		}
		return strings.TrimSpace("Close " + strconv.Itoa(int(s.Code)) + " " + visible.Line(s.Text))
	case Ended:
		if s.Reset {
			return "end of the connection, not in good order"
		}
		return "end of the connection"
	case Broken:
		return visible.Line(s.Text)
	case Opened:
		return "open"
	case Failed:
		return "failed: " + s.Failure.Error()
	case GaveUp:
		return "ended"
	case Followed:
		return "on to another connection"
	}
	return "?"
}

// message says what a message is.
func (s *Step) message() string {
	if len(s.Data) == 0 {
		return "empty " + s.Type.String() + " message"
	}
	switch kind, url := wire.ParseBalancer(s.Data); kind {
	case wire.BalancerProceed:
		return "N"
	case wire.BalancerReroute:
		return "R " + visible.Line(string(url))
	case wire.BalancerNone:
	}
	if looksLikeRequest(s.Data) || looksLikeResponse(s.Data) {
		return firstLine(s.Data)
	}
	if s.Type == wire.Text {
		return "text " + strconv.QuoteToASCII(clip(string(s.Data), drawWidth))
	}
	return "binary message of " + strconv.Itoa(len(s.Data)) + " bytes"
}

// firstLine is the first line of HTTP, without the query of a target: clients put secrets there.
func firstLine(p []byte) string {
	line, _, _ := strings.Cut(string(p[:min(len(p), 1024)]), "\r\n")
	if path, rest, ok := strings.Cut(line, "?"); ok {
		_, version, _ := strings.Cut(rest, " ")
		line = path + "?... " + version
	}
	return visible.Line(line)
}

// clip cuts s to n characters.
func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
