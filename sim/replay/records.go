package replay

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"example.com/khp/fsm"
	"example.com/khp/internal/balancer"
	"example.com/khp/transport/trace"
	"example.com/khp/wire"
)

// ReadTrace reads a trace and hands each connection to each once it is over, the others at the end.
// note tells of an end in the middle of a line, "" if there was none. The error, an *[trace.Error]
// or one of r, comes after the connections before it.
func ReadTrace(r io.Reader, each func(*Session)) (note string, err error) {
	t, err := trace.NewReader(r)
	if err != nil {
		return "", err
	}
	a := &recordings{header: t.Header, each: each, open: map[recordKey]*Session{}}
	for {
		rec, err := t.Next()
		if err != nil {
			a.rest()
			if err != io.EOF {
				return "", err
			}
			if t.Truncated() {
				note = "the trace ends in the middle of line " + itoa(t.Line())
			}
			if a.leftOut > 0 {
				note = strings.TrimPrefix(note+"; "+itoa(a.leftOut)+" records are left out, "+
					"of connections beyond the "+itoa(mostOpen)+" that may be open at the same time", "; ")
			}
			return note, nil
		}
		a.add(t.Line(), &rec)
	}
}

// recordKey tells connections of a trace apart.
type recordKey struct {
	conn uint64
	side string
}

// recordings collects records by connection.
type recordings struct {
	header  trace.Header
	each    func(*Session)
	kept    int // bytes of the sessions in open
	leftOut int // records of connections beyond the limit
	open    map[recordKey]*Session
	order   []recordKey
	attempt map[recordKey]int
	trips   map[recordKey]*journey
	count   uint64
}

// add adds the record in a line.
func (a *recordings) add(line int, r *trace.Record) {
	key := recordKey{r.Conn, r.Side}
	s := a.open[key]
	if s != nil && r.Attempt > a.attempt[key] && a.attempt[key] > 0 {
		s.Steps = append(s.Steps, Step{At: line, Time: r.Time, From: Client, Kind: Followed})
		a.trips[key].leave(s)
		a.finish(key)
		s = nil
	}
	if s == nil && len(a.open) >= mostOpen {
		a.leftOut++
		return
	}
	if s == nil {
		s = a.begin(key, r)
	}
	if r.Kind == trace.Dial {
		s.Name = r.Text
		if wrong, ok := a.trips[key].follow(line, r, s.ClientConfig); ok {
			s.Steps = append(s.Steps, wrong)
		}
		return
	}
	step, ok := stepOf(line, r, s.Recorder)
	if !ok {
		return
	}
	if cost := len(step.Data) + len(step.Text) + stepBytes; s.Missing == "" &&
		len(s.Steps) < mostSteps && a.kept+cost <= mostKept {
		a.kept += cost
		s.Steps = append(s.Steps, step)
	} else if s.Missing == "" {
		s.Missing = "only the first " + itoa(len(s.Steps)) +
			" steps are judged, which is the limit of what is kept"
	}
	switch step.Kind {
	case Opened, Failed, GaveUp:
		a.finish(key)
		delete(a.trips, key)
		delete(a.attempt, key)
	case Opening, Message, Ping, Pong, Close, Ended, Broken, Followed:
	}
}

// begin makes a session.
func (a *recordings) begin(key recordKey, r *trace.Record) *Session {
	a.count++
	s := &Session{Conn: a.count, Recorder: Client, Unit: "line", Name: "connection " +
		itoa(int(r.Conn)) + " of the " + r.Side}
	if r.Side == Server.String() {
		s.Recorder = Server
	}
	switch r.Kind {
	case trace.Dial, trace.Opening, trace.Fail, trace.Closed, trace.Lost, trace.Violation:
	default:
		s.Late = true
	}
	if c := a.header.Config; c != nil && a.header.Side == r.Side {
		if s.Recorder == Server {
			m := c.Server()
			s.ServerConfig = &m
		} else if m := c.Client(); m.Profile != 0 {
			s.ClientConfig = &m
		}
	}
	if a.attempt == nil {
		a.attempt, a.trips = map[recordKey]int{}, map[recordKey]*journey{}
	}
	if a.trips[key] == nil || r.Attempt <= 1 {
		a.trips[key] = &journey{}
	}
	a.open[key], a.attempt[key] = s, r.Attempt
	if len(a.order) > 2*mostOpen {
		a.order = slices.DeleteFunc(a.order, func(k recordKey) bool { return a.open[k] == nil })
	}
	a.order = append(a.order, key)
	return s
}

// finish hands on a session that is over.
func (a *recordings) finish(key recordKey) {
	s := a.open[key]
	s.Over = s.Missing == ""
	delete(a.open, key)
	for i := range s.Steps {
		a.kept -= len(s.Steps[i].Data) + len(s.Steps[i].Text) + stepBytes
	}
	a.kept = max(a.kept, 0) // the steps of a journey were not counted
	a.each(s)
}

// rest hands on the sessions that are not over, in the order in which they began.
func (a *recordings) rest() {
	for _, key := range a.order {
		if s := a.open[key]; s != nil {
			delete(a.open, key)
			a.each(s)
		}
	}
}

// Limits on the records kept of connections that are open at the same time.
const (
	mostOpen  = 20000
	mostKept  = 64 << 20 // bytes
	mostSteps = 50000    // of one connection
	stepBytes = 256      // of a step beside its bytes
)

// noStatus is how many libraries report a Close frame without a code.
const noStatus = 1005

// stepOf makes a step of a record; ok is false for one that is only for people to read.
func stepOf(line int, r *trace.Record, recorder Side) (s Step, ok bool) {
	s = Step{At: line, Time: r.Time, From: recorder, Data: r.Data, Code: r.Code, Text: r.Text}
	if r.Dir == trace.Received {
		s.From = recorder.Other()
	}
	switch r.Kind {
	case trace.Opening:
		s.Kind = Opening
	case trace.Message:
		s.Kind, s.Type = Message, wire.Binary
		if r.Type == wire.Text.String() {
			s.Type = wire.Text
		}
	case trace.Ping:
		s.Kind = Ping
	case trace.Close:
		if s.Kind = Close; s.Code == noStatus {
			s.Code = 0
		}
	case trace.Lost:
		s.Kind, s.From, s.Reset = Ended, recorder.Other(), !strings.Contains(r.Text, "EOF")
	case trace.Violation:
		s.Kind, s.From, s.Reqs = Broken, recorder.Other(), brokenReqs(r.Code, r.Text)
	case trace.Open:
		s.Kind = Opened
	case trace.Fail:
		s.Kind, s.Failure = Failed, parseFailure(r.Failure)
	case trace.Closed:
		s.Kind = GaveUp
	default: // and kinds of later versions
		return s, false
	}
	return s, true
}

// brokenReqs guesses from a description which rule of frames was broken.
func brokenReqs(code uint16, text string) string {
	for _, k := range []struct{ word, reqs string }{
		{"mask", "WSP-FRAME-04"}, {"UTF-8", "WSP-TEXT-01"},
		{"before the request", "KHP-EXT-01 KHP-EXT-02"}, {"control", "WSP-FRAME-03"},
		{"fragment", "WSP-FRAME-02"}, {"continuation", "WSP-FRAME-02"}, {"lose", "WSP-CLOSE-03"},
	} {
		if strings.Contains(text, k.word) {
			return k.reqs
		}
	}
	if code == fsm.CloseCode(fsm.FailureUTF8) {
		return "WSP-TEXT-01"
	}
	return "WSP-CLOSE-02"
}

// parseFailure returns the failure of that name, 0 if there is none.
func parseFailure(name string) fsm.Failure {
	for f := fsm.Failure(1); !strings.Contains(f.String(), "("); f++ {
		if f.String() == name {
			return f
		}
	}
	return 0
}

// journey is where a connect call has been.
type journey struct {
	visited   []string // keys of its URLs
	redirects int
	sentOn    bool // its last connection ended with a redirect
}

// follow notes that the call connects to a URL, and returns a step if it should not. [KHP-REDIR-04,
// KHP-REDIR-05]
func (j *journey) follow(line int, r *trace.Record, most *fsm.ClientConfig) (s Step, wrong bool) {
	s = Step{At: line, Time: r.Time, From: Client, Kind: Broken, Code: fsm.CloseCode(fsm.FailureFrame)}
	if j.sentOn {
		j.redirects++
	}
	u, err := wire.ParseURL(r.Text, nil)
	if err != nil {
		return s, false // a name that is not ASCII: who knows
	}
	key := u.Key()
	before := slices.Contains(j.visited, key)
	j.visited = append(j.visited, key)
	switch {
	case j.sentOn && before:
		s.Reqs, s.Text = "KHP-REDIR-05", "it follows a redirect to a place where it was before"
	case j.sentOn && most != nil && j.redirects > int(most.MaxRedirects):
		s.Reqs, s.Text = "KHP-REDIR-04", "it follows more redirects than it may"
	default:
		return s, false
	}
	return s, true
}

// leave notes how a connection of the call ended.
func (j *journey) leave(s *Session) {
	j.sentOn = false
	for i := range slices.Backward(s.Steps) {
		st := &s.Steps[i]
		if st.From != Server || st.Kind != Message && st.Kind != Opening || len(st.Data) == 0 {
			continue
		}
		kind, _ := balancer.Parse(st.Data)
		j.sentOn = kind == balancer.Reroute || bytes.HasPrefix(st.Data, []byte("HTTP/1.1 3"))
		return
	}
}
