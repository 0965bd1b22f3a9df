package play

import (
	"fmt"
	"time"

	"example.com/khp/sim/network"
	"example.com/khp/sim/script/internal/stage"
	"example.com/khp/sim/verdict"
)

// Trial is a graded case while it runs.
type Trial struct {
	level    string // of the case: MUST, SHOULD or MAY
	patience time.Duration
	kaazing  bool
	Result   verdict.Result
	World    *stage.World
	Sections []section // of the adversary, one for each connection
	begun    int
	ended    int
	Over     bool
	lonely   bool // no further connection may come
	gone     bool // none will
}

// section are the steps for one connection.
type section struct {
	Steps   []step
	missing *verdict.Expectation // for a connection that does not come
}

func NewTrial(level string, patience time.Duration, kaazing bool) *Trial {
	t := &Trial{level: level, patience: patience, kaazing: kaazing}
	t.Result.Behaviour.Grade = verdict.Pass
	return t
}

// otherwise is the grade of behaviour that a case does not name.
func (t *Trial) otherwise() verdict.Grade {
	if t.level == "MAY" {
		return verdict.Info
	}
	return verdict.Fail
}

// Rule adds a ruling to the result of the case.
func (t *Trial) Rule(r verdict.Ruling) { t.Result.Behaviour = t.Result.Behaviour.Add(r) }

// hurry bounds a wait by the patience: late is called unless done was called before.
func (t *Trial) hurry(p *Player, probe bool, late func()) (done func()) {
	waiting := true
	if probe {
		t.World.Net.After(t.patience/2, func() {
			if waiting && p.websocket() {
				p.probe()
			}
		})
	}
	t.World.Net.After(t.patience, func() {
		if waiting && !t.Over {
			late()
		}
	})
	return func() { waiting = false }
}

// finished is told that a connection has come to its end.
func (t *Trial) finished() {
	t.ended++
	switch {
	case t.Over || t.ended < t.begun:
	case t.stopped() || t.begun == len(t.Sections) && !t.lonely:
		t.Over = true
	case t.begun < len(t.Sections):
		want := t.begun
		t.World.Net.After(t.patience, func() {
			if t.begun == want && !t.Over {
				t.missing()
			}
		})
		if t.gone {
			t.missing()
		}
	default: // no further connection may come
		t.World.Net.After(t.patience, func() { t.Over = true })
		if t.gone {
			t.Over = true
		}
	}
}

// stopped reports whether nothing more is to be learned.
func (t *Trial) stopped() bool {
	return t.Result.Behaviour.Grade == verdict.Skip || t.Result.Behaviour.Grade.Failed()
}

// missing rules that a connection does not come.
func (t *Trial) missing() {
	e := t.Sections[t.begun].missing
	r, _ := e.Judge(verdict.Seen{Kind: verdict.Silence, Text: "no further connection within " +
		t.patience.String()})
	t.Rule(r)
	t.Over = true
}

// Came is told that the peer has gone on to something else.
func (t *Trial) Came() {
	if t.Over || t.begun == 0 || t.ended < t.begun {
		return
	}
	t.gone = true
	if t.begun < len(t.Sections) {
		t.missing()
	}
	t.Over = true
}

// Settle comes to a verdict when nothing more happens.
func (t *Trial) Settle() {
	switch {
	case t.Over:
	case t.begun > 0 && t.ended == t.begun:
		t.Came()
	default:
		t.Rule(verdict.Ruling{Grade: verdict.Error, Why: "the case came to no end"})
	}
	t.Over = true
}

// note adds something that the peer did to the log.
func (t *Trial) note(conn int, s verdict.Seen, wire []byte) {
	t.Result.Log = append(t.Result.Log,
		verdict.Entry{At: t.World.Net.Now(), Conn: conn, Kind: s.Kind, Text: s.String(), Wire: wire})
}

func within(d time.Duration) string { return fmt.Sprintf("within %s", d) }

// Surplus refuses a connection that no step is for. A client may try again; where no further
// connection may come that is a failure.
func (t *Trial) Surplus(raw *network.Raw) {
	if t.lonely {
		t.Rule(verdict.Ruling{Grade: t.otherwise(), Why: "the client connects again",
			Want: "no further connection", Got: "a further connection"})
		t.Over = true
	}
	raw.Conn().Close()
}
