package conform

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"example.com/khp/internal/sequence"
	"example.com/khp/internal/visible"
	"example.com/khp/sim/conform"
	"example.com/khp/sim/verdict"
)

// Schema changes with the meaning of the JSON documents.
const Schema = "khp-conform/1"

// Document is a report of one or several runs.
type Document struct {
	Schema string `json:"schema"`
	Khp    string `json:"khp"` // version that made it
	Runs   []*Run `json:"runs"`
}

// Run is the result of the cases for one implementation in one role and profile.
type Run struct {
	Name    string `json:"name"`
	Role    string `json:"role"` // of the implementation: server or client
	Profile string `json:"profile"`
	Target  string `json:"target,omitempty"`
	Down    string `json:"down,omitempty"` // why nothing was run: it cannot be reached
	// why no case can be run: it is there, but speaks no KHP
	Unfit  string                `json:"unfit,omitempty"`
	Grades map[verdict.Grade]int `json:"grades"`
	// of the list of known failures
	Unexpected []string  `json:"unexpected_passes,omitempty"`
	Edges      *Edges    `json:"edges,omitempty"`
	Cases      []Outcome `json:"cases"`
}

// Edges is how much of the transition table the cases go along.
type Edges struct {
	Walked     int `json:"walked"`
	Observable int `json:"observable"` // from outside
	All        int `json:"all"`
}

// Outcome is the result of one case.
type Outcome struct {
	ID           string          `json:"id"`
	Title        string          `json:"title,omitempty"`
	Level        string          `json:"level"`
	Requirements []string        `json:"requirements,omitempty"`
	Profile      string          `json:"profile"`
	Grade        verdict.Grade   `json:"grade"`
	Why          string          `json:"why,omitempty"`
	Behaviour    *verdict.Ruling `json:"behaviour,omitempty"`
	Closing      *verdict.Ruling `json:"closing,omitempty"`
	Wire         []Sent          `json:"wire,omitempty"`
	Rerun        string          `json:"rerun,omitempty"`
}

// Sent is one thing that was sent in a case.
type Sent struct {
	Milliseconds int64  `json:"ms"`
	Connection   int    `json:"connection"`
	From         string `json:"from"` // client or server
	Text         string `json:"text"`
	Hex          string `json:"hex,omitempty"` // its bytes, without credentials
	Bytes        int    `json:"bytes,omitempty"`
}

// Section is the part of the id that groups cases in reports.
func (c *Outcome) Section() string {
	i := strings.LastIndexByte(c.ID, '/')
	return c.ID[:max(i, 0)]
}

// Failed reports whether an implementation has failed: a case did, or none could be run.
func (r *Run) Failed() bool {
	return r.Unfit != "" || r.Grades[verdict.Fail]+r.Grades[verdict.Error] > 0
}

// mostHex bounds the bytes of one entry that a report shows.
const mostHex = 2048

// log takes over the frames sent. Bytes with credentials are left out; the text has them redacted.
func (c *Outcome) log(entries []verdict.Entry, server bool) {
	for _, e := range entries {
		s := Sent{Milliseconds: e.At.Milliseconds(), Connection: e.Conn, From: "client", Text: e.Text,
			Bytes: len(e.Wire)}
		if e.Ours != server {
			s.From = "server"
		}
		if !strings.Contains(e.Text, "[redacted]") {
			s.Hex = hex.EncodeToString(e.Wire[:min(len(e.Wire), mostHex)])
		}
		c.Wire = append(c.Wire, s)
	}
}

// Drawing is the conversation of a case.
func (c *Outcome) Drawing() []sequence.Step {
	var steps []sequence.Step
	conn := 0
	for _, s := range c.Wire {
		if s.Connection != conn {
			conn = s.Connection
			steps = append(steps,
				sequence.Step{Kind: sequence.Connection, Text: fmt.Sprintf("connection %d", conn)})
		}
		step := sequence.Step{Kind: sequence.Message, From: sequence.Client, Text: visible.Line(s.Text),
			Number: fmt.Sprintf("%d", s.Milliseconds)}
		if s.From == "server" {
			step.From = sequence.Server
		}
		switch word, _, _ := strings.Cut(s.Text, " "); word {
		case "opening":
			step.Kind = sequence.HTTP
		case "close", "ping", "pong":
			step.Kind = sequence.Control
		case "end", "lost:", "ends", "cuts":
			step.Kind = sequence.End
		}
		steps = append(steps, step)
	}
	if c.Grade.Failed() || c.Grade == verdict.XFail {
		steps = append(steps, sequence.Step{Kind: sequence.Remark, Text: visible.Line(c.Why), Bad: true})
	}
	return steps
}

// add takes in outcomes, and counts them.
func (r *Run) add(list []Outcome, o Options) {
	r.Cases = append(r.Cases, list...)
	for i := range r.Cases {
		if name := o.Expected.apply(&r.Cases[i]); name != "" {
			r.Unexpected = append(r.Unexpected, name)
		}
	}
	r.Grades = map[verdict.Grade]int{}
	var walked []string
	for _, c := range r.Cases {
		r.Grades[c.Grade]++
		r.Profile = c.Profile
		if c.Grade != verdict.Skip {
			walked = append(walked, c.ID)
		}
	}
	if e := Edges(conform.Coverage(r.Role, r.Profile, walked)); r.Unfit == "" && e.Walked > 0 {
		r.Edges = &e
	}
}

// Read reads a report.
func Read(b []byte) (*Document, error) {
	var d Document
	if err := json.Unmarshal(b, &d); err != nil {
		return nil, errors.New("it is no report that khp conform --json wrote")
	}
	if d.Schema != Schema {
		return nil,
			fmt.Errorf("it is no report that khp conform --json wrote: its schema is %q, expected %q",
				d.Schema, Schema)
	}
	for _, r := range d.Runs {
		for _, c := range r.Cases {
			if !slices.Contains(verdict.Grades, c.Grade) {
				return nil, fmt.Errorf("case %s has the unknown grade %q", c.ID, c.Grade)
			}
		}
	}
	return &d, nil
}
