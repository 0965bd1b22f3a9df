package replay

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/observe"
	"example.com/khp/internal/terminal"
	"example.com/khp/sim/capture"
	"example.com/khp/sim/replay"
)

// report prints verdicts as they come.
type report struct {
	w       io.Writer
	options *options
	on      terminal.Palette
	totals  totals
	notes   []string
	err     error
}

// totals counts connections by verdict.
type totals struct {
	Event       string `json:"event"` // totals
	Connections int    `json:"connections"`
	Paths       int    `json:"paths"`
	Wrong       int    `json:"wrong"`
	Incomplete  int    `json:"incomplete"`
	Encrypted   int    `json:"encrypted"`
	NotKHP      int    `json:"not_khp"`

	Packets int            `json:"packets,omitempty"` // of a capture
	Unread  map[string]int `json:"unread,omitempty"`  // packets without TCP, by their kind
	// packets of which the file has only the beginning
	Cut     int `json:"cut,omitempty"`
	LeftOut int `json:"left_out,omitempty"`

	Notes []string `json:"notes"`
}

// sessionLine is the verdict on one connection for --json.
type sessionLine struct {
	Event   string     `json:"event"` // session
	Conn    uint64     `json:"conn"`
	Name    string     `json:"name"`
	Verdict string     `json:"verdict"` // path, wrong, incomplete, encrypted, not-khp
	Profile string     `json:"profile,omitempty"`
	Outcome string     `json:"outcome,omitempty"`
	Why     string     `json:"why,omitempty"`
	Note    string     `json:"note,omitempty"`
	Steps   int        `json:"steps"`
	Wrong   *wrongLine `json:"wrong,omitempty"`
}

// wrongLine is the first wrong step.
type wrongLine struct {
	Unit         string    `json:"unit"` // of at: line or packet
	At           int       `json:"at"`
	Time         time.Time `json:"time"`
	Blame        string    `json:"blame"` // client or server
	Step         string    `json:"step"`
	Why          string    `json:"why"`
	Requirements []reqLine `json:"requirements"`
	Allowed      []string  `json:"allowed"`
	Phases       []string  `json:"phases"`
}

// reqLine is a requirement.
type reqLine struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// verdictNames are the verdicts in --json.
var verdictNames = map[replay.Verdict]string{replay.Path: "path", replay.NotPath: "wrong",
	replay.Incomplete: "incomplete", replay.Encrypted: "encrypted", replay.NotKHP: "not-khp"}

// session checks one connection and prints the verdict.
func (r *report) session(s *replay.Session) {
	if r.options.conn > 0 && s.Conn != r.options.conn {
		return
	}
	result := replay.Check(s)
	r.count(result.Verdict)
	switch {
	case result.Verdict == replay.NotKHP && !r.options.all && r.options.conn == 0:
	case r.options.json:
		r.encode(lineOf(result))
	default:
		r.text(result)
	}
}

func (r *report) count(v replay.Verdict) {
	r.totals.Connections++
	//exhaustive:enforce
	switch v {
	case replay.Path:
		r.totals.Paths++
	case replay.NotPath:
		r.totals.Wrong++
	case replay.Incomplete:
		r.totals.Incomplete++
	case replay.Encrypted:
		r.totals.Encrypted++
	case replay.NotKHP:
		r.totals.NotKHP++
	}
}

// lineOf is a result for --json.
func lineOf(x replay.Result) sessionLine {
	l := sessionLine{
		Event: "session", Conn: x.Session.Conn, Name: observe.WithoutQueries(x.Session.Name),
		Verdict: verdictNames[x.Verdict], Profile: x.Profile, Outcome: x.Outcome, Why: x.Why,
		Note: x.Session.Note, Steps: len(x.Session.Steps),
	}
	if w := x.Wrong; w != nil {
		s := &x.Session.Steps[w.Step]
		l.Wrong = &wrongLine{Unit: x.Session.Unit, At: s.At, Time: s.Time, Blame: w.Blame.String(),
			Step: s.Label(), Why: w.Why, Allowed: w.Allowed, Phases: w.Phases}
		for _, id := range w.Requirements {
			l.Wrong.Requirements = append(l.Wrong.Requirements, reqLine{id, replay.Text(id)})
		}
	}
	return l
}

func (r *report) encode(v any) {
	if err := cli.WriteJSON(r.w, v); err != nil && r.err == nil {
		r.err = err
	}
}

func (r *report) printf(format string, args ...any) {
	if _, err := io.WriteString(r.w, terminal.Fold(fmt.Sprintf(format, args...))); err != nil &&
		r.err == nil {
		r.err = err
	}
}

// text prints a result for people. Mermaid stands alone, so that it can be drawn.
func (r *report) text(x replay.Result) {
	if r.options.draw != "mermaid" {
		r.verdict(x)
	}
	if draw := drawings[r.options.draw]; draw != nil && len(x.Session.Steps) > 0 {
		if err := draw(r.w, x.Conversation(), r.on); err != nil && r.err == nil {
			r.err = err
		}
		r.printf("\n")
	}
}

// verdict prints the verdict in a line, and the faults below.
func (r *report) verdict(x replay.Result) {
	color := r.on.Good
	switch x.Verdict {
	case replay.NotPath:
		color = r.on.Bad
	case replay.Incomplete, replay.Encrypted, replay.NotKHP:
		color = r.on.Note
	case replay.Path:
	}
	line := x.Verdict.String()
	for _, more := range []string{profileText(x.Profile), x.Outcome, x.Why, x.Session.Note} {
		if more != "" {
			line += "; " + more
		}
	}
	r.printf("%d %s: %s\n", x.Session.Conn, cli.OneLine(observe.WithoutQueries(x.Session.Name)),
		color(cli.OneLine(line)))
	w := x.Wrong
	if w == nil {
		return
	}
	s := &x.Session.Steps[w.Step]
	r.printf("  %s %d, %s: %s\n", x.Session.Unit, s.At, s.Time.UTC().Format("15:04:05.000000"),
		cli.OneLine(s.Label()))
	r.printf("  wrong, by the %s: %s\n", w.Blame, cli.OneLine(w.Why))
	for _, id := range w.Requirements {
		r.printf("    %s: %s\n", id, replay.Text(id))
	}
	r.printf("  right would have been: %s\n", strings.Join(w.Allowed, "; "))
}

func profileText(p string) string {
	switch p {
	case "":
		return ""
	case "unterminated":
		return "a gateway that ends no response (the client needs TerminatorOptional)"
	}
	return p + " profile"
}

// note keeps something about the whole file.
func (r *report) note(text string) { r.notes = append(r.notes, text) }

// captured notes the packets of a capture that belong to no connection.
func (r *report) captured(sum capture.Summary) {
	t := &r.totals
	t.Packets, t.Unread, t.Cut, t.LeftOut = sum.Packets, sum.Unread, sum.Truncated, sum.LeftOut
	switch {
	case sum.Packets == 0:
		r.note("the capture has no packets")
	case sum.Other > 0:
		var kinds []string
		for _, what := range slices.Sorted(maps.Keys(sum.Unread)) {
			kinds = append(kinds, fmt.Sprintf("%d %s", sum.Unread[what], what))
		}
		r.note(fmt.Sprintf("no TCP was found in %d of %s: %s",
			sum.Other, cli.Plural(sum.Packets, "packet"), strings.Join(kinds, ", ")))
	}
	if sum.Truncated > 0 {
		r.note(cli.Plural(sum.Truncated, "packet") + " of " + fmt.Sprint(sum.Packets) +
			" were captured in part; capture with -s 0")
	}
	if sum.LeftOut > 0 {
		r.note(cli.Plural(sum.LeftOut, "connection") +
			" beyond the limit of those open at the same time were left out; filter the capture by port")
	}
}

// end prints the totals.
func (r *report) end() {
	t := &r.totals
	if r.options.json {
		t.Event, t.Notes = "totals", append([]string{}, r.notes...)
		r.encode(t)
		return
	}
	mark := ""
	if r.options.draw == "mermaid" {
		mark = "%% " // a comment there
	}
	for _, n := range r.notes {
		r.printf("%snote: %s\n", mark, cli.OneLine(n))
	}
	r.printf("%s%s: %d right, %d wrong, %d incomplete, %d encrypted, %d not KHP\n", mark,
		cli.Plural(t.Connections, "connection"), t.Paths, t.Wrong, t.Incomplete, t.Encrypted, t.NotKHP)
}
