package script

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"time"

	"example.com/khp/sim/network"
	"example.com/khp/sim/verdict"
)

// Live has cases run against a peer outside of the network, in the time of the world outside.
type Live interface {
	// Begin connects the network with the world outside, before anything happens. came is called
	// when the peer has gone on to something else, so that it will not come back to this case.
	Begin(n *network.Network, gone func())
	// Run lets things happen until over returns true, or nothing more can.
	Run(n *network.Network, over func() bool)
}

// Result is what came of a case.
type Result struct {
	Behaviour  verdict.Ruling // until the connection closes
	Closing    verdict.Ruling // how it does; the zero value if that was not looked at
	Log        []Entry
	Transcript []string
	Broken     []string // invariants of our own peer
}

// Grade is the worse of both grades.
func (r *Result) Grade() verdict.Grade {
	return verdict.Worse(r.Behaviour.Grade, r.Closing.Grade)
}

// String says how it came out, on one line.
func (r *Result) String() string {
	s := string(r.Behaviour.Grade)
	if r.Behaviour.Why != "" {
		s += " (" + r.Behaviour.Why + ")"
	}
	if r.Closing.Grade != "" {
		s += ", closing " + string(r.Closing.Grade)
	}
	return s
}

// Entry is one thing that was sent or received in a case.
type Entry struct {
	At   time.Duration
	Conn int // from 1
	Ours bool
	Kind verdict.Kind
	Text string // what it is, without secrets
	Wire []byte // its bytes
}

// trial is a graded case while it runs.
type trial struct {
	c        *Case
	patience time.Duration
	kaazing  bool
	result   Result
	world    *world
	sections []section // of the adversary, one for each connection
	begun    int
	ended    int
	over     bool
	lonely   bool // no further connection may come
	gone     bool // none will
}

// section are the steps for one connection.
type section struct {
	steps   []step
	missing *verdict.Expectation // what it is worth that the connection does not come
}

// DefaultPatience is how long a peer may take for one step of a case.
const DefaultPatience = 10 * time.Second

func newTrial(c *Case, o Options) *trial {
	t := &trial{c: c, patience: cmp.Or(c.Slow, o.Patience, DefaultPatience), kaazing: o.profile(c) == "kaazing"}
	t.result.Behaviour.Grade = verdict.Pass
	return t
}

// otherwise is what it is worth that a peer does something that a case does not name.
func (t *trial) otherwise() verdict.Grade {
	if t.c.Level == "MAY" {
		return verdict.Info
	}
	return verdict.Fail
}

// rule adds to what the case is worth.
func (t *trial) rule(r verdict.Ruling) { t.result.Behaviour = t.result.Behaviour.Add(r) }

// hurry waits for what has to happen within the patience. If it does not, late is called.
func (t *trial) hurry(p *player, probe bool, late func()) (done func()) {
	waiting := true
	if probe {
		t.world.net.After(t.patience/2, func() {
			if waiting && p.websocket() {
				p.probe()
			}
		})
	}
	t.world.net.After(t.patience, func() {
		if waiting && !t.over {
			late()
		}
	})
	return func() { waiting = false }
}

// finished is told that a connection has come to its end.
func (t *trial) finished() {
	t.ended++
	switch {
	case t.over || t.ended < t.begun:
	case t.stopped() || t.begun == len(t.sections) && !t.lonely:
		t.over = true
	case t.begun < len(t.sections):
		want := t.begun
		t.world.net.After(t.patience, func() {
			if t.begun == want && !t.over {
				t.missing()
			}
		})
		if t.gone {
			t.missing()
		}
	default: // no further connection may come
		t.world.net.After(t.patience, func() { t.over = true })
		if t.gone {
			t.over = true
		}
	}
}

// stopped reports whether nothing more is to be learned.
func (t *trial) stopped() bool {
	return t.result.Behaviour.Grade == verdict.Skip || t.result.Behaviour.Grade.Failed()
}

// missing rules that a connection does not come.
func (t *trial) missing() {
	e := t.sections[t.begun].missing
	r, _ := e.Judge(verdict.Seen{Kind: verdict.Silence, Text: "no further connection within " + t.patience.String()})
	t.rule(r)
	t.over = true
}

// came is told that the peer has gone on to something else.
func (t *trial) came() {
	if t.over || t.begun == 0 || t.ended < t.begun {
		return
	}
	t.gone = true
	if t.begun < len(t.sections) {
		t.missing()
	}
	t.over = true
}

// settle comes to a verdict when nothing more happens.
func (t *trial) settle() {
	switch {
	case t.over:
	case t.begun > 0 && t.ended == t.begun:
		t.came()
	default:
		t.rule(verdict.Ruling{Grade: verdict.Error, Why: "the case came to no end"})
	}
	t.over = true
}

// note adds something that the peer did to the log.
func (t *trial) note(conn int, s verdict.Seen, wire []byte) {
	t.result.Log = append(t.result.Log, Entry{At: t.world.net.Now(), Conn: conn, Kind: s.Kind, Text: s.String(), Wire: wire})
}

// basic are the Basic credentials of a user.
func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

func within(d time.Duration) string { return fmt.Sprintf("within %s", d) }

// surplus refuses a connection that no step is for. A client may try again; where no further
// connection may come that is a failure.
func (t *trial) surplus(raw *network.Raw) {
	if t.lonely {
		t.rule(verdict.Ruling{Grade: t.otherwise(), Why: "the client connects again", Want: "no further connection", Got: "a further connection"})
		t.over = true
	}
	raw.Conn().Close()
}
