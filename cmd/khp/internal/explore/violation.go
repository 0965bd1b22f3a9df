package explore

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"

	"example.com/khp/fsm"
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
	Cells         []string        `json:"cells"`           // of the tables, that the last steps went through, the last one first
	Transcript    string          `json:"transcript"`
	Mermaid       string          `json:"mermaid"`
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
	out := violation{Configuration: configuration, ID: v.ID, Text: v.Text, Kind: v.Kind, Steps: []violationStep{}, There: v.There, Cells: append([]string{}, v.Cells()...), Transcript: v.String()}
	for i, a := range v.Path {
		_, event, _ := strings.Cut(a.String(), ": ")
		out.Steps = append(out.Steps, violationStep{Step: i + 1, Side: a.Side.String(), Event: event, Breaks: v.Breaks && i == len(v.Path)-1, From: sender(a), Row: a.Row()})
	}
	out.Mermaid = out.mermaid()
	return out
}

// label is what a picture says about a step.
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

// sender returns the side that sent what a receives, "" if it is no message.
func sender(a model.Action) string {
	switch a.Event.Kind {
	case fsm.EventOpened, fsm.EventProceedReceived, fsm.EventRerouteReceived, fsm.EventDataReceived, fsm.EventTerminatorReceived, fsm.EventResponse, fsm.EventPingReceived,
		fsm.EventPeerClosed, fsm.EventOpeningRequest, fsm.EventRequest, fsm.EventBadRequest, fsm.EventBodyReceived, fsm.EventViolation:
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

// mermaid draws a sequence diagram.
func (v violation) mermaid() string {
	harmless := strings.NewReplacer(";", ",", "#", "no. ", "\n", " ")
	var b strings.Builder
	b.WriteString("sequenceDiagram\n  participant client\n  participant server\n")
	for _, s := range v.Steps {
		text := harmless.Replace(s.label())
		switch {
		case s.From != "":
			fmt.Fprintf(&b, "  %s->>%s: %s\n", s.From, s.Side, text)
		case s.Side == model.Network.String():
			fmt.Fprintf(&b, "  Note over client,server: network: %s\n", text)
		default:
			fmt.Fprintf(&b, "  Note over %s: %s\n", s.Side, text)
		}
	}
	fmt.Fprintf(&b, "  Note over client,server: %s: %s\n", v.ID, harmless.Replace(v.Text))
	return b.String()
}

// ndjson writes a line for each step, and one for what is broken.
func (v violation) ndjson(w io.Writer) error {
	e := json.NewEncoder(visible.JSONWriter(w))
	for _, s := range v.Steps {
		if err := e.Encode(s); err != nil {
			return err
		}
	}
	return e.Encode(map[string]string{"violation": v.ID, "kind": v.Kind, "text": v.Text, "configuration": v.Configuration})
}
