package replay

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"example.com/khp/internal/balancer"
	"example.com/khp/internal/scan"
	"example.com/khp/internal/sequence"
	"example.com/khp/internal/terminal"
	"example.com/khp/internal/visible"
	"example.com/khp/wire"
)

// Of a long session these steps are drawn: as many from the beginning, and as many before the wrong
// one.
const (
	drawMost = 60
	drawNear = 5
)

// textChars is how many characters of a text message are shown.
const textChars = 60

// Ladder draws the session of r as text: the client on the left, the server on the right, each step
// with its line or packet number and, of HTTP, the fields that matter without credentials. A wrong
// step is the last one and has its reason below. Of a long session the beginning and the steps
// before the wrong one are drawn.
func Ladder(w io.Writer, r Result) error {
	return sequence.Text(w, r.Conversation(), terminal.Plain())
}

// Mermaid draws the session of r as a sequence diagram of Mermaid.
func Mermaid(w io.Writer, r Result) error { return sequence.Mermaid(w, r.Conversation()) }

// Conversation returns the steps that Ladder and Mermaid draw.
func (r *Result) Conversation() []sequence.Step {
	list := []sequence.Step{{Kind: sequence.Connection, Text: "server"}}
	r.drawn(func(i int, s *Step) {
		drawn := s.drawn()
		wrong := r.Wrong != nil && r.Wrong.Step == i
		drawn.Bad = wrong
		list = append(list, drawn)
		if wrong {
			text := fmt.Sprintf("wrong, by the %s: %s (%s)",
				r.Wrong.Blame, r.Wrong.Why, strings.Join(r.Wrong.Requirements, " "))
			list = append(list, sequence.Step{Kind: sequence.Remark, Text: text, Bad: true})
		}
	}, func(n int) {
		list = append(list, sequence.Step{Kind: sequence.Remark, Text: fmt.Sprintf("⋮ %d more", n)})
	})
	return list
}

// drawn returns how a step is drawn.
func (s *Step) drawn() sequence.Step {
	d := sequence.Step{Kind: sequence.Local, From: sequence.Client,
		Number: strconv.Itoa(s.At), Text: s.Label()}
	if s.From == Server {
		d.From = sequence.Server
	}
	//exhaustive:enforce
	switch s.Kind {
	case Opening:
		d.Kind, d.More = sequence.HTTP, sequence.Fields(s.Data)
	case Message:
		d.Kind = sequence.Message
		if looksLikeRequest(s.Data) || looksLikeResponse(s.Data) {
			d.More = sequence.Fields(s.Data)
		}
	case Ping, Pong, Close, Broken:
		d.Kind = sequence.Control
	case Ended:
		d.Kind = sequence.End
	case Opened:
		d.Good = true
	case Failed, GaveUp, Followed:
	}
	return d
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

// Label describes a step in one line of printable text.
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

// message describes a message.
func (s *Step) message() string {
	if len(s.Data) == 0 {
		return "empty " + s.Type.String() + " message"
	}
	switch kind, url := balancer.Parse(s.Data); kind {
	case balancer.Proceed:
		return "N"
	case balancer.Reroute:
		return "R " + visible.Line(string(url))
	case balancer.None:
	}
	if looksLikeRequest(s.Data) || looksLikeResponse(s.Data) {
		return firstLine(s.Data)
	}
	if s.Type == wire.Text {
		return "text " + strconv.QuoteToASCII(terminal.Clip(string(s.Data), textChars))
	}
	return "binary message of " + strconv.Itoa(len(s.Data)) + " bytes"
}

// firstLine is the first line of HTTP, without the query of a target: clients put secrets there.
func firstLine(p []byte) string {
	line, _, _ := strings.Cut(string(scan.Cut(p, 1024)), "\r\n")
	if path, rest, ok := strings.Cut(line, "?"); ok {
		_, version, _ := strings.Cut(rest, " ")
		line = path + "?... " + version
	}
	return visible.Line(line)
}
