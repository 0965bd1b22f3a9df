package explore

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"example.com/khp/fsm"
	"example.com/khp/internal/sequence"
	"example.com/khp/internal/terminal"
	"example.com/khp/internal/visible"
	"example.com/khp/sim/model"
)

// violation is a broken property as JSON, transcript and picture show it.
type violation struct {
	Configuration string          `json:"configuration"`
	ID            string          `json:"id"`
	Text          string          `json:"text"`
	Kind          string          `json:"kind"`
	Steps         []violationStep `json:"steps"`
	There         string          `json:"there,omitempty"` // phases at the end of the way
	// of the tables, that the last steps went through, the last one first
	Cells      []string `json:"cells"`
	Transcript string   `json:"transcript"`
	Mermaid    string   `json:"mermaid"`
}

type violationStep struct {
	Step   int    `json:"step"`
	Side   string `json:"side"`
	Row    string `json:"row"` // of the transition table, "-" if the step took none
	Event  string `json:"event"`
	Breaks bool   `json:"breaks,omitempty"` // the property, by this step itself
	From   string `json:"from,omitempty"`   // the side whose message it is
}

func newViolation(configuration string, v model.Violation) violation {
	out := violation{Configuration: configuration, ID: v.ID, Text: v.Text, Kind: v.Kind,
		Steps: []violationStep{}, There: v.There, Cells: append([]string{}, v.Cells()...),
		Transcript: v.String()}
	for i, a := range v.Path {
		_, event, _ := strings.Cut(a.String(), ": ")
		out.Steps = append(out.Steps, violationStep{Step: i + 1, Side: a.Side.String(), Event: event,
			Breaks: v.Breaks && i == len(v.Path)-1, From: sender(a), Row: a.Row()})
	}
	var b strings.Builder
	_ = sequence.Mermaid(&b, out.steps()) // writing to b cannot fail
	out.Mermaid = b.String()
	return out
}

// label is the text of a step in a picture.
func (s violationStep) label() string {
	if s.Row == "-" {
		return s.Event
	}
	return s.Row + " " + s.Event
}

// length sorts violations: the shortest way first, those without any last.
func (v violation) length() int {
	if len(v.Steps) == 0 {
		return math.MaxInt
	}
	return len(v.Steps)
}

// sender returns the side whose message a receives, "" if it is no message.
func sender(a model.Action) string {
	switch a.Event.Kind {
	case fsm.EventOpened, fsm.EventProceedReceived, fsm.EventRerouteReceived, fsm.EventDataReceived,
		fsm.EventTerminatorReceived, fsm.EventResponse, fsm.EventPingReceived,
		fsm.EventPeerClosed, fsm.EventOpeningRequest, fsm.EventRequest, fsm.EventBadRequest,
		fsm.EventBodyReceived, fsm.EventViolation:
	default:
		return ""
	}
	switch a.Side {
	case model.Client:
		return model.Server.String()
	case model.Server:
		return model.Client.String()
	}
	return ""
}

// steps returns the way as a picture shows it, with the broken property at its end.
func (v violation) steps() (list []sequence.Step) {
	for _, s := range v.Steps {
		list = append(list, s.drawn())
	}
	return append(list, sequence.Step{Kind: sequence.Remark, Text: v.ID + ": " + v.Text, Bad: true})
}

// drawn is a step of a picture. Messages go to the side that the step is of.
func (s violationStep) drawn() sequence.Step {
	d := sequence.Step{Kind: sequence.Local, From: sequence.Client, Number: strconv.Itoa(s.Step),
		Text: s.label(), Bad: s.Breaks}
	server := model.Server.String()
	switch {
	case s.From != "":
		d.Kind = sequence.Message
		if s.From == server {
			d.From = sequence.Server
		}
	case s.Side == model.Network.String():
		d.Kind = sequence.Turn
		d.Text = s.Side + ": " + d.Text
	case s.Side == server:
		d.From = sequence.Server
	}
	return d
}

// text writes the violation for people: the property, the way as a drawing, with facts below the
// events and rows of the tables beside them, and where to look.
func (v violation) text(w io.Writer, on terminal.Palette) error {
	if _, err := io.WriteString(w, terminal.Fold(fmt.Sprintf("\n%s\n%s\n",
		visible.Text(v.Configuration), on.Bad(v.ID+": "+v.Text)))); err != nil || len(v.Steps) == 0 {
		return err
	}
	list := append([]sequence.Step{{Kind: sequence.Connection, Text: model.Server.String()}},
		v.steps()...)
	for i, s := range v.Steps {
		d := &list[i+1]
		what, facts, _ := strings.Cut(s.Event, " (")
		d.Text, d.More, d.Note = what, terminal.Wrap(strings.TrimSuffix(facts, ")"), factChars), s.Row
		if d.Kind == sequence.Turn {
			d.Text, d.More = s.Side+": "+s.Event, nil
		}
	}
	if err := sequence.Text(w, list, on); err != nil {
		return err
	}
	var b strings.Builder
	if v.There != "" {
		fmt.Fprintf(&b, "there: %s\n", v.There)
	}
	if len(v.Cells) > 0 {
		fmt.Fprintf(&b, "the last rows, the last one first:\n  %s\n", strings.Join(v.Cells, "\n  "))
	}
	_, err := io.WriteString(w, terminal.Fold(visible.Text(b.String())))
	return err
}

// factChars is how many characters a line of facts has in a drawing.
const factChars = 43

// ndjson writes a line for each step, and one for the broken property.
func (v violation) ndjson(w io.Writer) error {
	e := json.NewEncoder(visible.JSONWriter(w))
	for _, s := range v.Steps {
		if err := e.Encode(s); err != nil {
			return err
		}
	}
	return e.Encode(map[string]string{"violation": v.ID, "kind": v.Kind, "text": v.Text,
		"configuration": v.Configuration})
}
